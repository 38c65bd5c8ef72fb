"""The test cases of the suite: attacks/<id> wherever it runs, mutants/<id> for each protection that can be switched off."""

from openvsm_cli import emulators
from openvsm_cli.attacks import catalogue, drive
from openvsm_cli.testing.discovery import Case, named


def on_bochs(attack):
    """One number of processors: Bochs runs them all on one thread, and QEMU has tried the others."""
    return 2 if 2 in attack.processors else attack.processors[0]


def attack_case(attack, emulator, cpus):
    def run(bench, cpus):
        return drive.refused(attack, bench, cpus)

    return Case(named(f"attacks/{attack.id}", emulator, {"cpus": cpus}), run, {"cpus": cpus}, emulator)


def mutant_case(attack, emulator, mutant):
    cpus = on_bochs(attack)

    def run(bench, mutant):
        return drive.noticed(attack, bench, cpus, mutant)

    run.openvsm_processors = cpus
    run.openvsm_tcg_only = True
    return Case(named(f"mutants/{attack.id}", emulator, {"mutant": mutant}), run, {"mutant": mutant}, emulator)


def attack_cases(attack):
    for emulator in attack.emulators:
        for cpus in attack.processors if emulator == emulators.DEFAULT else (on_bochs(attack),):
            yield attack_case(attack, emulator, cpus)


def mutant_cases(attack, every):
    """every: all of them; otherwise the one that stands for its class."""
    if every:
        for emulator in attack.mutants_on:
            for mutant in attack.mutants:
                yield mutant_case(attack, emulator, mutant)
    elif attack.ci:
        yield mutant_case(attack, emulators.DEFAULT, attack.mutants[0])


def hardware_case(attack):
    """What no emulator shows runs where there is a processor for it (--accel kvm)."""
    return attack_case(attack, emulators.DEFAULT, attack.processors[0])


def all_cases(every_mutant=False, accel="tcg"):
    found = []
    for attack in catalogue.load():
        if attack.needs_hardware:
            found += [hardware_case(attack)] if accel == "kvm" else []
            continue
        found += attack_cases(attack)
        found += mutant_cases(attack, every_mutant)
    return found
