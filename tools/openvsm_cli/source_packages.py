"""Pinned Debian source packages, unpacked under the build folder.

What may be unpacked is decided by tools/sources.lock alone, so a mirror cannot
choose for us.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from openvsm_cli.errors import FetchError
from openvsm_cli.private_apt import PrivateApt, last_line

LOCK_FILE = Path(__file__).resolve().parent.parent / "sources.lock"


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


def fetch(build_dir, packages, pin_instead=False):
    """-> paths of the unpacked packages (or, for pinning, prints lock lines)."""
    require_tools()
    pins = read_lock(LOCK_FILE)
    root = build_dir.resolve() / "sources"
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".lock", "w") as lock:
        # Two configure runs in one build folder must not unpack into each other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        apt = PrivateApt(root / "apt", "deb-src")
        work = pin if pin_instead else lambda apt, root, package: provide(apt, root, package, pins)
        return [work(apt, root, package) for package in packages or pins]
