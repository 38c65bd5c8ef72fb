"""The script that joins gdb to a paused machine."""

import json

from openvsm_cli.paths import BUILD, ROOT

BASE_OF_VTL0 = r"image at (?:0x)?([0-9a-f]+)"
SYMBOLS = {"hv": "hv/hv.elf", "securekernel": "vtl1-securekernel/securekernel.elf", "vtl0": "vtl0-kernel/vtl0.so"}


def components(logs):
    """As openvsm_gdb.Component wants them; only those that were built."""
    found = []
    for name, built in SYMBOLS.items():
        path = BUILD / built
        if path.is_file():
            found.append([name, str(path)] + ([str(logs / "vtl0.log"), BASE_OF_VTL0] if name == "vtl0" else []))
    return found


def render(socket, logs):
    return "\n".join([
        "set pagination off", "set confirm off", "set architecture i386:x86-64",
        f"directory {ROOT}",
        "python",
        f"import sys; sys.path.insert(0, {json.dumps(str(ROOT / 'tools/gdb'))}); sys.dont_write_bytecode = True",
        "import openvsm_gdb",
        f"openvsm_machine = openvsm_gdb.set_up({json.dumps(components(logs))})",
        "end",
        f"target remote {socket}",
        "echo [openvsm] paused before the firmware's first instruction.\\n",
        "echo [openvsm] 'openvsm NAME' chooses symbols (hv, securekernel, vtl0); hbreak and continue from here.\\n",
        ""])
