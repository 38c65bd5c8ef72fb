"""The libFuzzer targets of tests/host/fuzz, for as long as each push can wait; ./openvsm fuzz --host runs them on."""

import re
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import host_fuzz
from openvsm_cli.testing import each

# Each is a new machine and a dozen calls; a new trustlet, PSA's start included; all of the secure kernel, to its trustlets' ends.
RUNS = {"hypercall": 2000, "trustlet-notes": 3000, "trustlet-vault": 1500, "vtl1": 1500}
OTHERS = 100_000


@each(target=host_fuzz.TARGETS)
def test_target(target):
    """From the seeds of the lists on, ASan, UBSan and the target's own conditions find nothing."""
    host_fuzz.build()
    runs = RUNS.get(target, OTHERS)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(host_fuzz.command(target, runs, 1, Path(folder)), capture_output=True, text=True, errors="replace")
        said = done.stderr[-3000:]
        executed = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
    assert done.returncode == 0 and executed and int(executed[1]) >= runs, said
