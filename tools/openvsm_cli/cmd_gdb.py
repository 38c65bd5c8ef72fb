"""./openvsm gdb"""

import dataclasses
import os
from pathlib import Path

from openvsm_cli import build as building
from openvsm_cli import console, esp, gdb_script, machine_options, places
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.qemu import Machine
from openvsm_cli.terminal import Phases, note

HELP = "start the machine paused and wait for gdb, with symbols of hypervisor, secure kernel and VTL0 kernel"


def add_arguments(parser):
    parser.add_argument("--options", default="mode=demo", metavar="'WORDS'", help="vtl0.options (default: mode=demo)")
    parser.add_argument("--no-vtl1", action="store_true", help="without a secure kernel")
    parser.add_argument("--port", type=int, metavar="N", help="gdb's stub on a local TCP port instead of a Unix socket")
    machine_options.add(parser, 0)


def stub(options):
    """-> (what gdb connects to, QEMU's arguments)"""
    if options.port:
        return f"localhost:{options.port}", ("-S", "-gdb", f"tcp:127.0.0.1:{options.port}")
    path = BUILD / "gdb" / "socket"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    # Unix socket names are short; a relative one keeps deep build folders possible.
    name = os.path.relpath(path) if len(str(path)) > 100 else str(path)
    return name, ("-S", "-chardev", f"socket,id=gdb,path={name},server=on,wait=off", "-gdb", "chardev:gdb")


def run(options):
    machine_options.check(options)
    phases = Phases()
    building.configure_and_build(phases)
    with phases.phase("image"):
        image = esp.without_vtl1() if options.no_vtl1 else esp.standard()
        disk = image.configure(vtl0__options=options.options).write_disk(places.disk(BUILD / "gdb"))
    address, arguments = stub(options)
    spec = machine_options.spec(options, disk, seconds=0)
    logs = places.claim_logs("gdb")
    script = write_script(address, logs)
    try:
        with Machine(dataclasses.replace(spec, extra=spec.extra + arguments), logs) as machine:
            note(f"the machine waits for gdb; in another terminal:  gdb -x {shown(script)}")
            note("VTL0's console follows; Ctrl-] ends the machine")
            console.join(machine.com1)
    finally:
        disk.unlink()
    return 0


def write_script(address, logs) -> Path:
    path = BUILD / "gdb" / "openvsm.gdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(gdb_script.render(address, logs))
    return path
