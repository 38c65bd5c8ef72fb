"""Runs cases: plain ones first, then emulators, two single-processor ones at a time."""

import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

from openvsm_cli import emulators
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


def attempt(case, bench):
    arguments = dict(case.arguments)
    if bench:
        arguments["bench"] = bench
    case.function(**arguments)


def run_case(case, accel="tcg"):
    start = time.monotonic()
    state, detail, retried = "passed", "", False
    bench = Bench(case.name, case.emulator, accel) if case.needs_emulator else None
    try:
        try:
            attempt(case, bench)
        except Hung:
            retried = True
            attempt(case, bench)
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
    return Result(case.name, state, time.monotonic() - start, detail, retried, bench.back_end if bench else None)


def run_with_cores(case, cores, accel):
    cores.take(case.processors)
    try:
        return run_case(case, accel)
    finally:
        cores.give(case.processors)


def run(cases, accel="tcg"):
    """Yields results as they come."""
    for case in cases:
        if not case.needs_emulator:
            yield run_case(case)
    # The long ones first, so that no core waits for them at the end; those that need both cores last.
    emulated = sorted((case for case in cases if case.needs_emulator),
                      key=lambda case: (case.processors, -emulators.EMULATORS[case.emulator].slower))
    cores = Cores(CORES)
    with ThreadPoolExecutor(CORES) as pool:
        futures = [pool.submit(run_with_cores, case, cores, accel) for case in emulated]
        for future in as_completed(futures):
            yield future.result()
