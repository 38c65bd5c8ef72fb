"""Runs cases: plain ones first, then emulators, two single-processor ones at a time."""

import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

from openvsm_cli.errors import OpenVSMError
from openvsm_cli.testing import Hung, Skip
from openvsm_cli.testing.bench import Bench
from openvsm_cli.testing.results import Result

CORES = 2


class Cores:
    """A counting lock that hands out several at once."""

    def __init__(self, count):
        self.free = count
        self.changed = threading.Condition()

    def take(self, count):
        with self.changed:
            self.changed.wait_for(lambda: self.free >= count)
            self.free -= count

    def give(self, count):
        with self.changed:
            self.free += count
            self.changed.notify_all()


def attempt(case):
    arguments = dict(case.arguments)
    if case.needs_emulator:
        arguments["bench"] = Bench(case.name)
    case.function(**arguments)


def run_case(case):
    start = time.monotonic()
    state, detail, retried = "passed", "", False
    try:
        try:
            attempt(case)
        except Hung:
            retried = True
            attempt(case)
    except Skip as reason:
        state, detail = "skipped", str(reason)
    except OpenVSMError as reason:
        state, detail = "failed", str(reason)
    except Hung as reason:
        state, detail = "failed", f"hung twice: {reason}"
    except AssertionError as reason:
        state, detail = "failed", str(reason) or traceback.format_exc()
    except Exception:  # noqa: BLE001 (whatever a test raises is its failure, not ours)
        state, detail = "failed", traceback.format_exc()
    return Result(case.name, state, time.monotonic() - start, detail, retried)


def run_with_cores(case, cores):
    cores.take(case.processors)
    try:
        return run_case(case)
    finally:
        cores.give(case.processors)


def run(cases):
    """Yields results as they come."""
    for case in cases:
        if not case.needs_emulator:
            yield run_case(case)
    emulated = sorted((case for case in cases if case.needs_emulator), key=lambda case: case.processors)
    cores = Cores(CORES)
    with ThreadPoolExecutor(CORES) as pool:
        futures = [pool.submit(run_with_cores, case, cores) for case in emulated]
        for future in as_completed(futures):
            yield future.result()
