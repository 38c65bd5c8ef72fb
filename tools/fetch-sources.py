#!/usr/bin/python3
"""Make pinned Debian source packages available under the build folder (used by CMake at configure time)."""

import argparse
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from openvsm_cli.errors import FetchError  # noqa: E402 (the path has to be set first)
from openvsm_cli.source_packages import fetch  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="Unpack pinned Debian source packages under BUILD/sources; prints their paths.")
    parser.add_argument("--build-dir", type=Path, default=Path(__file__).resolve().parent.parent / "build")
    parser.add_argument("--pin", action="store_true", help="print lock lines for the archive's present version instead")
    parser.add_argument("packages", nargs="*", help="source packages (default: all in tools/sources.lock)")
    options = parser.parse_args()
    try:
        for path in filter(None, fetch(options.build_dir, options.packages, options.pin)):
            print(path)
    except (FetchError, OSError) as error:
        print(f"fetch-sources: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
