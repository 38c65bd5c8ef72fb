#!/usr/bin/python3
"""Make pinned Debian source packages available under the build folder.

The machine's own apt configuration is read but never changed: deb-src entries
are derived from its deb entries into a private configuration with its own
index and cache folders. What may be unpacked is decided by tools/sources.lock
alone, so a mirror cannot choose for us.
"""

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

LOCK_FILE = Path(__file__).resolve().parent / "sources.lock"


class FetchError(Exception):
    """A failure that one line explains, with what to do about it."""


def read_lock(path):
    """-> {package: {version: {file: sha256}}}, versions in the file's order, preferred first."""
    pins = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 4 or not re.fullmatch(r"[0-9a-f]{64}", words[3]) or "/" in words[2]:
            raise FetchError(f"{path}:{number}: expected 'package version file sha256'")
        package, version, name, digest = words
        pins.setdefault(package, {}).setdefault(version, {})[name] = digest
    return pins


def distribution_codename():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.split("=", 1)[1].strip().strip('"')
    raise FetchError("/etc/os-release names no VERSION_CODENAME: only Debian and its derivatives are supported")


def is_distribution_suite(suite, codename):
    """True for the distribution's own suites; other vendors' repositories have no sources for us."""
    bases = (codename, "stable", "testing", "unstable", "sid")
    return any(suite == base or suite.startswith((base + "-", base + "/")) for base in bases)


def deb822_stanzas(text):
    """Each stanza as a list of raw fields (a field keeps its continuation lines)."""
    for block in re.split(r"\n\s*\n", text):
        fields = []
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0] in " \t" and fields:
                fields[-1] += "\n" + line
            else:
                fields.append(line)
        if fields:
            yield fields


def convert_stanza(fields, codename):
    """The deb-src twin of one deb822 stanza, or None if it is not the distribution's."""
    values = {f.split(":", 1)[0].strip().lower(): f.split(":", 1)[1].strip() for f in fields if ":" in f}
    types = values.get("types", "").split()
    suites = [s for s in values.get("suites", "").split() if is_distribution_suite(s, codename)]
    if not suites or not {"deb", "deb-src"} & set(types) or values.get("enabled", "yes").lower() in ("no", "false", "0"):
        return None
    kept = [f for f in fields if f.split(":", 1)[0].strip().lower() not in ("types", "suites", "architectures")]
    return "\n".join(["Types: deb-src", "Suites: " + " ".join(suites)] + kept) + "\n"


def convert_line(line, codename):
    """The deb-src twin of a one-line entry, or None."""
    match = re.match(r"deb(?:-src)?\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line.strip())
    if not match or not is_distribution_suite(match[3], codename):
        return None
    return f"deb-src {match[1] or ''}{match[2]} {match[3]} {match[4].strip()}"


def apt_source_files():
    """The machine's own lists, as apt itself finds them."""
    shell = subprocess.run(["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS", "Dir::Etc::sourceparts/d"],
                           capture_output=True, text=True, check=True).stdout
    places = dict(re.findall(r"^(\w+)='(.*)'$", shell, re.M))
    files = [Path(places.get("LIST", "/etc/apt/sources.list"))]
    parts = Path(places.get("PARTS", "/etc/apt/sources.list.d"))
    if parts.is_dir():
        files += sorted(p for p in parts.iterdir() if p.suffix in (".list", ".sources"))
    return [f for f in files if f.is_file()]


def derive_entries(files, codename):
    """-> (one-line entries, deb822 stanzas), without repetitions."""
    lines, stanzas = [], []
    for file in files:
        text = file.read_text(errors="replace")
        if file.suffix == ".sources":
            stanzas += [convert_stanza(f, codename) for f in deb822_stanzas(text)]
        else:
            lines += [convert_line(line, codename) for line in text.splitlines()]
    return list(dict.fromkeys(filter(None, lines))), list(dict.fromkeys(filter(None, stanzas)))


class PrivateApt:
    """apt with our own source list, index and cache; the system's keys, proxies and options still hold."""

    def __init__(self, root):
        self.root = root
        for name in ("parts", "lists/partial", "cache/archives/partial"):
            (root / name).mkdir(parents=True, exist_ok=True)

    def options(self):
        # Apt drops to its own user when started as root and cannot write here then.
        pairs = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": self.root / "parts",
                 "Dir::State::Lists": self.root / "lists", "Dir::Cache": self.root / "cache", "APT::Sandbox::User": "root",
                 "Acquire::Retries": "3", "Acquire::Languages": "none"}
        return [word for key, value in pairs.items() for word in ("-o", f"{key}={value}")]

    def write_sources(self):
        lines, stanzas = derive_entries(apt_source_files(), distribution_codename())
        if not lines and not stanzas:
            raise FetchError("no apt source of this distribution found in /etc/apt: add one to sources.list")
        (self.root / "parts/openvsm.list").write_text("\n".join(lines) + "\n")
        (self.root / "parts/openvsm.sources").write_text("\n".join(stanzas))

    def update(self):
        self.write_sources()
        done = subprocess.run(["apt-get", *self.options(), "-qq", "update"], capture_output=True, text=True)
        if done.returncode:
            raise FetchError("apt-get update failed (is the network up?): " + last_line(done.stderr))

    def versions(self, package):
        done = subprocess.run(["apt-cache", *self.options(), "showsrc", "--only-source", package], capture_output=True, text=True)
        return re.findall(r"^Version: (\S+)$", done.stdout, re.M)

    def download(self, package, version, folder):
        done = subprocess.run(["apt-get", *self.options(), "-qq", "source", "--download-only", "--only-source",
                               f"{package}={version}"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise FetchError(f"download of {package} {version} failed: " + last_line(done.stderr))


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_match(folder, files):
    return all((folder / name).is_file() and sha256_of(folder / name) == digest for name, digest in files.items())


def check_files(folder, package, version, files):
    for name, digest in files.items():
        if not (folder / name).is_file():
            raise FetchError(f"{package} {version}: the download lacks {name}")
        if sha256_of(folder / name) != digest:
            (folder / name).unlink()
            raise FetchError(f"{package} {version}: SHA-256 of {name} differs from tools/sources.lock; the file was removed")


def choose_version(apt, package, versions):
    """The first pinned version that the archive offers, refreshing the index when needed."""
    offered = apt.versions(package)
    if not set(offered) & set(versions):
        apt.update()
        offered = apt.versions(package)
    for version in versions:
        if version in offered:
            return version
    raise FetchError(f"{package}: the archive offers {', '.join(offered) or 'nothing'}, tools/sources.lock pins "
                     f"{', '.join(versions)}; review the new version and run tools/fetch-sources.py --pin {package}")


def download_verified(apt, root, package, versions):
    """-> (version, folder of verified files)"""
    for version, files in versions.items():
        folder = root / "download" / f"{package}_{version}"
        if files_match(folder, files):
            return version, folder
    version = choose_version(apt, package, versions)
    folder = root / "download" / f"{package}_{version}"
    folder.mkdir(parents=True, exist_ok=True)
    apt.download(package, version, folder)
    check_files(folder, package, version, versions[version])
    return version, folder


def dsc_of(files):
    names = [name for name in files if name.endswith(".dsc")]
    if len(names) != 1:
        raise FetchError("tools/sources.lock: each version needs exactly one .dsc")
    return names[0]


def unpack(dsc, target):
    """dpkg-source refuses an existing folder; a half-made one never takes the final name."""
    partial = target.with_name(target.name + ".partial")
    for folder in (partial, target):
        shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(["dpkg-source", "--no-copy", "-x", str(dsc), str(partial)], capture_output=True, text=True)
    if done.returncode:
        raise FetchError(f"dpkg-source -x {dsc.name} failed: " + last_line(done.stderr))
    partial.rename(target)


def provide(apt, root, package, pins):
    """Path of the unpacked package; a no-op when a pinned version is already there."""
    if package not in pins:
        raise FetchError(f"{package}: not in tools/sources.lock (known: {', '.join(sorted(pins))})")
    target, stamp = root / package, root / f"{package}.stamp"
    known = {files[dsc_of(files)] for files in pins[package].values()}
    if target.is_dir() and stamp.is_file() and stamp.read_text().strip() in known:
        return target
    stamp.unlink(missing_ok=True)
    version, folder = download_verified(apt, root, package, pins[package])
    dsc = dsc_of(pins[package][version])
    unpack(folder / dsc, target)
    stamp.write_text(pins[package][version][dsc] + "\n")
    print(f"fetch-sources: {package} {version} (Debian source package) -> {target}", file=sys.stderr)
    return target


def pin(apt, root, package):
    """Print lock lines for the version the archive offers now; a person reviews and commits them."""
    apt.update()
    for version in dict.fromkeys(apt.versions(package)):
        folder = root / "download" / f"{package}_{version}"
        folder.mkdir(parents=True, exist_ok=True)
        apt.download(package, version, folder)
        for file in sorted(folder.iterdir(), key=lambda f: f.suffix != ".dsc"):
            if not file.name.endswith(".asc"):
                print(package, version, file.name, sha256_of(file))


def require_tools():
    for tool in ("apt-get", "apt-cache", "apt-config", "dpkg-source"):
        if not shutil.which(tool):
            raise FetchError(f"{tool} not found: install apt and dpkg-dev")


def run(options):
    require_tools()
    pins = read_lock(LOCK_FILE)
    root = options.build_dir.resolve() / "sources"
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".lock", "w") as lock:
        # Two configure runs in one build folder must not unpack into each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        apt = PrivateApt(root / "apt")
        for package in options.packages or pins:
            if options.pin:
                pin(apt, root, package)
            else:
                print(provide(apt, root, package, pins))


def main():
    parser = argparse.ArgumentParser(description="Unpack pinned Debian source packages under BUILD/sources; prints their paths.")
    parser.add_argument("--build-dir", type=Path, default=LOCK_FILE.parent.parent / "build")
    parser.add_argument("--pin", action="store_true", help="print lock lines for the archive's present version instead")
    parser.add_argument("packages", nargs="*", help="source packages (default: all in tools/sources.lock)")
    try:
        run(parser.parse_args())
    except (FetchError, OSError) as error:
        print(f"fetch-sources: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
