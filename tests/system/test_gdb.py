"""./openvsm gdb: a debugger that joins stops in each component with the right symbols."""

import re
import subprocess

from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import Hung, tcg_only

# The attacks are single-stepped: the first #DB comes after VTL0's kernel has said where it is.
COMMANDS = """source {script}
openvsm hv
hbreak handle_exception
continue
openvsm
bt 2
delete
openvsm vtl0
hbreak power_off
continue
openvsm
bt 1
kill
quit
"""


def start():
    """The verb itself, up to the line that names the script; -> (process, script)."""
    process = subprocess.Popen([str(ROOT / "openvsm"), "gdb", "--no-vtl1", "--options", "mode=attack"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"gdb -x (\S+)", line)
        if found:
            return process, ROOT / found[1]
    raise AssertionError(f"./openvsm gdb ended with {process.wait()}")


def debug(script):
    path = BUILD / "gdb" / "test.gdb"
    path.write_text(COMMANDS.format(script=script))
    try:
        done = subprocess.run(["gdb", "-nx", "-batch", "-x", str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        raise Hung("gdb saw no stop") from None
    return done.stdout + done.stderr


@tcg_only
def test_stops_with_symbols(bench):
    """In the hypervisor's exception handler and in VTL0's power-off, each with its own symbols and lines."""
    process, script = start()
    try:
        said = debug(script)
    finally:
        process.terminate()
        process.wait(30)
    assert "running: hv; symbols: hv" in said and "hv/core/run.c" in said, said
    assert "running: vtl0; symbols: vtl0" in said and "vtl0-kernel/kernel/power.c" in said, said
