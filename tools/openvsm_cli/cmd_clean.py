"""./openvsm clean"""

import shutil

from openvsm_cli.paths import BUILD, ROOT, shown
from openvsm_cli.terminal import say

HELP = "remove what was built"


def add_arguments(parser):
    parser.add_argument("--keep-sources", action="store_true", help="keep the downloaded packages (build/sources, build/linux)")


def run(options):
    kept = {BUILD / "sources", BUILD / "linux"} if options.keep_sources else set()
    targets = [BUILD, ROOT / "build-release"]
    if options.keep_sources and BUILD.is_dir():
        targets = [path for path in BUILD.iterdir() if path not in kept] + [ROOT / "build-release"]
    for path in targets:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.exists() or path.is_symlink():
            path.unlink()
    say("removed " + (f"everything in {shown(BUILD)}/ but the downloads" if kept else f"{shown(BUILD)}/"))
    return 0
