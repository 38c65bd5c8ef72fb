"""The files of the tree, as git knows them or, without git, as they lie there."""

import functools
import subprocess
from pathlib import Path

from openvsm_cli.paths import ROOT

SOURCE_SUFFIXES = (".c", ".h", ".S", ".py", ".def", ".lds", ".cmake")


@functools.cache
def files():
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                          capture_output=True)
    if done.returncode == 0:
        names = [name for name in done.stdout.decode().split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    skipped = ("build/", "build-", ".git/", ".cache/")
    return [ROOT / name for name in sorted(names) if not name.startswith(skipped) and (ROOT / name).is_file()]


def sources():
    return [path for path in files() if path.suffix in SOURCE_SUFFIXES or path.name in ("CMakeLists.txt", "openvsm")]


def name(path):
    return str(path.relative_to(ROOT))


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()
