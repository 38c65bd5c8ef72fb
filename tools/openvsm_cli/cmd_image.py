"""./openvsm image"""

import shutil

from openvsm_cli import build as building
from openvsm_cli import esp
from openvsm_cli.paths import IMAGE, shown
from openvsm_cli.terminal import Phases, say

HELP = "make the EFI system partition (a folder) and a raw disk image"


def add_arguments(parser):
    parser.add_argument("--options", default="mode=demo", metavar="'WORDS'", help="vtl0.options (default: mode=demo)")
    parser.add_argument("--program", metavar="PATH", help="vtl0.program: another EFI program on the ESP as VTL0's system")


def run(options):
    phases = Phases()
    building.configure_and_build(phases)
    changes = {"vtl0__options": options.options}
    if options.program:
        changes["vtl0__program"] = options.program
    with phases.phase("image"):
        image = esp.standard().configure(**changes)
        shutil.rmtree(IMAGE / "esp", ignore_errors=True)
        image.write_tree(IMAGE / "esp")
        disk = image.write_disk(IMAGE / "openvsm.img")
    for name, digest in image.digests().items():
        say(f"{digest}  {name}")
    say(f"EFI system partition: {shown(IMAGE / 'esp')}/")
    say(f"raw disk image:       {shown(disk)}")
    return 0
