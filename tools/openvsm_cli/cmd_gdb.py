"""./openvsm gdb"""

from openvsm_cli.errors import MissingError

HELP = "start the machine paused and wait for gdb, with symbols of each component"


def add_arguments(parser):
    pass


def run(options):
    raise MissingError("gdb: no component with symbols exists yet")
