"""The files of the tree, as git knows them or, without git, as they lie there."""

import functools
import shutil
import subprocess

from openvsm_cli.paths import ROOT

SOURCE_SUFFIXES = (".c", ".h", ".S", ".py", ".def", ".lds", ".cmake")


def git_names():
    """None where there is no git or no repository."""
    if not shutil.which("git"):
        return None
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                          capture_output=True)
    return [name for name in done.stdout.decode().split("\0") if name] if done.returncode == 0 else None


@functools.cache
def files():
    names = git_names()
    if names is None:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    skipped = ("build/", "build-", ".git/", ".cache/")
    return [ROOT / name for name in sorted(names) if not name.startswith(skipped) and (ROOT / name).is_file()]


def sources():
    return [path for path in files() if path.suffix in SOURCE_SUFFIXES or path.name in ("CMakeLists.txt", "openvsm")]


def name(path):
    return str(path.relative_to(ROOT))


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()
