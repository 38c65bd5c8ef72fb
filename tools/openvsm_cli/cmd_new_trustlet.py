"""./openvsm new-trustlet"""

import re
import uuid
from pathlib import Path

from openvsm_cli import templates
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import ROOT, shown
from openvsm_cli.terminal import say

HELP = "write a trustlet that works: source, manifest, build file and a test"
TEMPLATES = Path(__file__).parent / "new_trustlet"
TRUSTLETS = ROOT / "trustlets"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
ENDING = """
What to do next:
  {build}
  {test}
  ./openvsm call {image} 1:05000000 1:07000000    has VTL0 ask it, in one session
docs/trustlets.md goes on from here."""


def add_arguments(parser):
    parser.add_argument("name", metavar="NAME", help="lower-case letters, digits, - and _; at most 31")
    parser.add_argument("--path", metavar="DIR", type=Path,
                        help="the folder to write, new or empty, in the tree or not (default: trustlets/NAME)")


def words(name):
    identifier = name.replace("-", "_")
    return {"NAME": name, "ID": identifier, "UPPER": identifier.upper(), "UUID": str(uuid.uuid4()), "OPENVSM_DIR": ROOT.as_posix()}


def add_to_tree(name):
    """The tree's own trustlets are one add_subdirectory each."""
    path = TRUSTLETS / "CMakeLists.txt"
    path.write_text(path.read_text() + f"add_subdirectory({name})\n")


def next_steps(name, folder, in_tree):
    if in_tree:
        return ENDING.format(name=name, build="./openvsm test 'host/trustlet-*'    builds everything and runs the host tests",
                             test=f"./openvsm test host/trustlet-{name}", image=f"build/trustlets/{name}/{name}.img")
    return ENDING.format(name=name, build=f"cmake -S {folder} -B {folder}/build -G Ninja && cmake --build {folder}/build",
                         test=f"ctest --test-dir {folder}/build --output-on-failure", image=f"{folder}/build/{name}.img")


def run(options):
    name = options.name
    if not NAME.fullmatch(name):
        raise UsageError(f"'{name}': a trustlet's name is a lower-case letter and up to 30 more, digits, - and _")
    folder = (options.path or TRUSTLETS / name).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{shown(folder)} is there already and not an empty folder")
    in_tree = folder == TRUSTLETS / name
    for path in templates.write(TEMPLATES, folder, words(name)):
        say(f"wrote {shown(path)}")
    if in_tree:
        add_to_tree(name)
        say(f"added to {shown(TRUSTLETS / 'CMakeLists.txt')}")
    say(next_steps(name, shown(folder), in_tree))
    return 0
