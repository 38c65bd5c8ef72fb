"""apt with a configuration of our own.

The machine's own apt configuration is read but never changed: the entries we
need (deb or deb-src) are derived from its entries into a private list, with
private index and cache folders, so neither root nor a prior update is needed.
"""

import re
import subprocess
from pathlib import Path

from openvsm_cli.errors import FetchError


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


def convert_stanza(fields, codename, kind):
    """The twin of kind deb or deb-src of one deb822 stanza, or None if it is not the distribution's."""
    values = {f.split(":", 1)[0].strip().lower(): f.split(":", 1)[1].strip() for f in fields if ":" in f}
    types = values.get("types", "").split()
    suites = [s for s in values.get("suites", "").split() if is_distribution_suite(s, codename)]
    if not suites or not {"deb", "deb-src"} & set(types) or values.get("enabled", "yes").lower() in ("no", "false", "0"):
        return None
    kept = [f for f in fields if f.split(":", 1)[0].strip().lower() not in ("types", "suites", "architectures")]
    return "\n".join([f"Types: {kind}", "Suites: " + " ".join(suites)] + kept) + "\n"


def convert_line(line, codename, kind):
    """The twin of kind deb or deb-src of a one-line entry, or None."""
    match = re.match(r"deb(?:-src)?\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line.strip())
    if not match or not is_distribution_suite(match[3], codename):
        return None
    return f"{kind} {match[1] or ''}{match[2]} {match[3]} {match[4].strip()}"


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


def derive_entries(files, codename, kind):
    """-> (one-line entries, deb822 stanzas), without repetitions."""
    lines, stanzas = [], []
    for file in files:
        text = file.read_text(errors="replace")
        if file.suffix == ".sources":
            stanzas += [convert_stanza(f, codename, kind) for f in deb822_stanzas(text)]
        else:
            lines += [convert_line(line, codename, kind) for line in text.splitlines()]
    return list(dict.fromkeys(filter(None, lines))), list(dict.fromkeys(filter(None, stanzas)))


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


class PrivateApt:
    """Own source list, index and cache; the system's keys, proxies and options still hold."""

    def __init__(self, root, kind):
        self.root = root
        self.kind = kind
        for name in ("parts", "lists/partial", "cache/archives/partial"):
            (root / name).mkdir(parents=True, exist_ok=True)

    def options(self):
        # Apt drops to its own user when started as root and cannot write here then.
        pairs = {"Dir::Etc::SourceList": "/dev/null", "Dir::Etc::SourceParts": self.root / "parts",
                 "Dir::State::Lists": self.root / "lists", "Dir::Cache": self.root / "cache", "APT::Sandbox::User": "root",
                 "Acquire::Retries": "3", "Acquire::Languages": "none"}
        return [word for key, value in pairs.items() for word in ("-o", f"{key}={value}")]

    def write_sources(self):
        lines, stanzas = derive_entries(apt_source_files(), distribution_codename(), self.kind)
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

    def candidate(self, package):
        """The binary package's version and dependencies as apt would install it: {field: value}."""
        done = subprocess.run(["apt-cache", *self.options(), "show", "--no-all-versions", package], capture_output=True, text=True)
        return dict(re.findall(r"^([\w-]+): (.*)$", done.stdout, re.M))

    def download_binary(self, package, version, folder):
        done = subprocess.run(["apt-get", *self.options(), "-qq", "download", f"{package}={version}"], cwd=folder,
                              capture_output=True, text=True)
        if done.returncode:
            raise FetchError(f"download of {package} {version} failed: " + last_line(done.stderr))
