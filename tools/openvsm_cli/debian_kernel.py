"""Debian's own kernel, downloaded and unpacked under the build folder, never installed and never changed."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from openvsm_cli.errors import FetchError
from openvsm_cli.paths import LINUX
from openvsm_cli.private_apt import PrivateApt, last_line

META = "linux-image-amd64"


@dataclass(frozen=True)
class Kernel:
    package: str
    version: str
    image: Path

    def sha256(self):
        return hashlib.sha256(self.image.read_bytes()).hexdigest()


def real_package(apt):
    """The kernel that the meta package depends on today: (package, version)."""
    depends = apt.candidate(META).get("Depends", "")
    found = re.search(r"(linux-image-\S+) \(= ([^)]+)\)", depends)
    return found.groups() if found else None


def unpack_vmlinuz(archive, folder):
    """Only /boot/vmlinuz-* of the package, so half a gigabyte of modules is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as tar:
        done = subprocess.run(["tar", "-x", "-C", str(folder), "--strip-components=2", "--wildcards", "./boot/vmlinuz-*"],
                              stdin=tar.stdout, capture_output=True, text=True)
        tar.stdout.close()
    if done.returncode:
        raise FetchError(f"{archive.name}: cannot unpack: " + last_line(done.stderr))


def download(package, version):
    apt = PrivateApt(LINUX / "apt", "deb")
    folder = LINUX / "download"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    apt.download_binary(package, version, folder)
    archive = next(folder.glob("*.deb"))
    target = LINUX / f"{package}_{version.replace(':', '_')}"
    unpack_vmlinuz(archive, target)
    archive.unlink()
    (LINUX / "kernel").write_text(f"{package} {version} {target.name}\n")


def remembered():
    """The kernel an earlier run brought; 'clean' forgets it."""
    record = LINUX / "kernel"
    if not record.is_file():
        return None
    package, version, folder = record.read_text().split()
    images = list((LINUX / folder).glob("vmlinuz-*"))
    return Kernel(package, version, images[0]) if images else None


def obtain():
    LINUX.mkdir(parents=True, exist_ok=True)
    with open(LINUX / ".lock", "w") as lock:
        # Tests that run side by side all want it first.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not remembered():
            find_and_download()
    return remembered()


def find_and_download():
    apt = PrivateApt(LINUX / "apt", "deb")
    found = real_package(apt)
    if not found:
        apt.update()
        found = real_package(apt)
    if not found:
        raise FetchError(f"apt knows no {META} here: is this Debian on amd64?")
    try:
        download(*found)
    except FetchError:
        # The index may be older than the archive.
        apt.update()
        download(*(real_package(apt) or found))
