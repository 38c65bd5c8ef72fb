"""Names in the build folder that two commands at the same time must not share."""

import contextlib
import fcntl
import itertools
import os
import time

from openvsm_cli.paths import BUILD, LOGS

HELD = []       # open lock files; the end of the process frees them


def claim_logs(name):
    """build/logs/NAME, or NAME-2 and so on while another command uses it."""
    for number in itertools.count(1):
        path = LOGS / (name if number == 1 else f"{name}-{number}")
        path.mkdir(parents=True, exist_ok=True)
        lock = open(path / ".lock", "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        HELD.append(lock)
        return path


def disk(folder):
    """A new name for a disk image."""
    return folder / f"{int(time.time())}-{os.getpid()}.img"


@contextlib.contextmanager
def build_lock():
    """CMake and Ninja do not guard a build folder against themselves."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / ".openvsm.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
