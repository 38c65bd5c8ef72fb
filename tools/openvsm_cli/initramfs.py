"""The stock Linux guest's user space: busybox, an init, and the command of the person who called us."""

import gzip
import shlex
import shutil
import subprocess

from openvsm_cli import cpio
from openvsm_cli.errors import MissingError, OpenVSMError

FOLDERS = ("bin", "sbin", "dev", "proc", "sys", "tmp", "root", "etc", "openvsm")

# Kernel messages stay out of the command's output; they are in the log up to there.
# The command is a file, not part of any command line: what it holds means nothing to
# the firmware, to the kernel or to this script.
INIT = """#!/bin/busybox sh
export PATH=/bin:/sbin HOME=/root TERM=dumb
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
exec </dev/ttyS0 >/dev/ttyS0 2>&1
dmesg -n 1
stty raw -echo
cd /root
printf '\\n@openvsm linux begin nonce=%s\\n' {nonce}
sh /openvsm/command
status=$?
printf '\\n@openvsm linux end nonce=%s status=%d\\n' {nonce} "$status"
stty cooked
poweroff -f
"""


def busybox_path():
    path = shutil.which("busybox")
    if not path:
        raise MissingError("busybox is not installed: apt-get install busybox-static")
    return path


def applets(path):
    done = subprocess.run([path, "--list"], capture_output=True, text=True)
    if done.returncode:
        raise OpenVSMError("busybox --list failed")
    return [name for name in done.stdout.split() if "/" not in name and name != "busybox"]


def make(command, nonce):
    """-> the gzip'ed archive. command: list of words, run as they are."""
    busybox = busybox_path()
    with open(busybox, "rb") as file:
        program = file.read()
    if b"ld-linux" in program[:4096]:
        raise MissingError(f"{busybox} is not the static one: apt-get install busybox-static")
    files = {"bin/busybox": (0o755, program), "init": (0o755, INIT.format(nonce=nonce).encode()),
             "openvsm/command": (0o755, ("exec " + shlex.join(command) + "\n").encode())}
    links = {f"bin/{name}": "busybox" for name in applets(busybox)}
    devices = {"dev/console": (0o600, 5, 1), "dev/null": (0o666, 1, 3)}
    return gzip.compress(cpio.archive(FOLDERS, files, links, devices), 6, mtime=0)
