"""The verbs of ./openvsm."""

import argparse
import importlib
import sys

from openvsm_cli.errors import OpenVSMError
from openvsm_cli.terminal import note, paint

VERBS = ("run", "test", "linux", "efi", "image", "gdb", "fuzz", "attack", "new-attack", "new-trustlet", "call", "vault", "vsm-info",
         "clean")


def module_of(verb):
    return importlib.import_module(f"openvsm_cli.cmd_{verb.replace('-', '_')}")


def parser_for(verb, module):
    parser = argparse.ArgumentParser(prog=f"./openvsm {verb}", description=module.HELP, allow_abbrev=False)
    module.add_arguments(parser)
    return parser


def main(arguments):
    verb, *rest = arguments or ["--help"]
    if verb not in VERBS:
        note(f"usage: ./openvsm {{{','.join(VERBS)}}} ...")
        return 2
    module = module_of(verb)
    options = parser_for(verb, module).parse_args(rest)
    try:
        return module.run(options)
    except OpenVSMError as error:
        note(paint("openvsm: error: ", "red", sys.stderr) + str(error))
        return error.status
    except KeyboardInterrupt:
        note("openvsm: interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
