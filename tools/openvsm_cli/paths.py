"""Where things are in the tree and in the build folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
IMAGE = BUILD / "image"
LINUX = BUILD / "linux"
TESTS = ROOT / "tests"


def shown(path):
    """A path as a person at the root of the tree would type it."""
    try:
        return str(Path(path).relative_to(ROOT))
    except ValueError:
        return str(path)
