"""./openvsm test"""

import fnmatch
from pathlib import Path

from openvsm_cli import build as building
from openvsm_cli import emulators, kvm
from openvsm_cli.attacks import cases as attack_cases
from openvsm_cli.attacks import table as attack_table
from openvsm_cli.errors import UsageError
from openvsm_cli.terminal import Phases, note, paint, say
from openvsm_cli.testing import discovery, host, results, scheduler

HELP = "build everything and run every test, or those whose name holds (or matches) PATTERN"


def add_arguments(parser):
    parser.add_argument("pattern", nargs="?", metavar="PATTERN", help="part of a test's name, or a shell pattern with * for the whole")
    parser.add_argument("--list", action="store_true", help="only name the tests")
    parser.add_argument("--emulator", choices=emulators.NAMES,
                        help="only the tests that run a machine, and only on this emulator (default: all tests, all emulators)")
    parser.add_argument("--accel", choices=("tcg", "kvm"), default="tcg",
                        help="kvm: QEMU's machines on this processor, where its kernel module reports nested virtualization")
    parser.add_argument("--mutants", action="store_true",
                        help="only the attack suite with each protection switched off, one after the other: every attack must notice")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML too")


def matches(name, pattern):
    return pattern is None or pattern in name or fnmatch.fnmatchcase(name, pattern)


def all_cases(options):
    attacks = attack_cases.all_cases(options.mutants, options.accel)
    if options.mutants:
        return [case for case in attacks if case.name.startswith("mutants/")]
    return discovery.python_cases() + attacks


def chosen(options):
    """-> names of host tests, cases"""
    cases = [case for case in all_cases(options) if matches(case.name, options.pattern)]
    if options.mutants:
        return [], cases
    if options.accel == "kvm":
        return [], discovery.for_kvm(cases, kvm.INSTRUCTIONS[kvm.nested_vendor()])
    if options.emulator:
        return [], [case for case in cases if case.emulator == options.emulator]
    return [name for name in host.names() if matches(name, options.pattern)], cases


def run_all(host_names, cases, accel):
    yield from host.run(host_names)
    yield from scheduler.run(cases, accel)


def run(options):
    if options.accel == "kvm":
        if options.emulator not in (None, emulators.DEFAULT):
            raise UsageError("--accel kvm is QEMU's: leave --emulator out")
        kvm.require_nested()
        options.emulator = emulators.DEFAULT
    phases = Phases()
    building.configure_and_build(phases)
    host_names, cases = chosen(options)
    if options.list:
        for name in host_names + [case.name for case in cases]:
            say(name)
        return 0
    say(f"1..{len(host_names) + len(cases)}")
    found = []
    with phases.phase("tests"):
        for result in run_all(host_names, cases, options.accel):
            found.append(result)
            say(results.tap_line(len(found), result))
    return close(found, options, phases)


def tell_attacks(found, options):
    if found and options.pattern is None and options.emulator is None:
        say()
        attack_table.tell(found)


def close(found, options, phases):
    note(phases.summary())
    tell_attacks(found, options)
    if options.junit:
        results.write_junit(options.junit, found)
    failed = [result for result in found if result.state == "failed"]
    for result in failed:
        say(paint(f"failed: {result.name}", "red"))
    if not found:
        note("openvsm: error: no test found" + (f" for '{options.pattern}'" if options.pattern else ""))
    say(results.closing_line(found))
    return 1 if failed or not found else 0
