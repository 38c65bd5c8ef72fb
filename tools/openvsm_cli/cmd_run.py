"""./openvsm run"""

import sys
from pathlib import Path

from openvsm_cli import account, console, demo_run, emulators, esp, machine_options, places, report
from openvsm_cli import build as building
from openvsm_cli import credential as credentials
from openvsm_cli.errors import UsageError
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.terminal import Phases, note, paint, say
from openvsm_cli.vault_place import VaultPlace

HELP = "build everything, boot the dual-VTL machine and run the credential-vault demo"
SECONDS = 240


def add_arguments(parser):
    group = parser.add_argument_group("credential (kept by the vault; without --password: a prompt, or a random one)")
    group.add_argument("--user", help="account name (default: demo)")
    group.add_argument("--domain", help="its domain (default: EXAMPLE)")
    group.add_argument("--password", help="its password; it reaches VTL0 over COM1, never QEMU's command line")
    parser.add_argument("--interactive", action="store_true", help="a console of VTL0's kernel on this terminal (Ctrl-] leaves)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what a third party needs to check the answers")
    parser.add_argument("--faults", action="store_true", help="show, attack by attack, the second-level fault that refused it")
    machine_options.add(parser, SECONDS, choose_emulator=True, tpm="QEMU: the TPM of build/tpm, kept, in place of a new one for this run")


def interactive(options, disk):
    """The store is VTL0's memory: COM1 is the person's."""
    note("VTL0's console; Ctrl-] leaves")
    with VaultPlace() as place:
        spec = demo_run.with_tpm(options, machine_options.spec(options, disk, seconds=0), place)
        with emulators.machine(spec, places.claim_logs("run")) as machine:
            console.join(machine.com1)
    say()
    return 0


def verdict(run):
    """-> (exit status, the closing sentence)"""
    results = run.all_checks()
    if not run.succeeded:
        return 1, "run FAILED"
    if not results:
        return 1, "run FAILED: the machine reported success but gave no answer to check"
    if not all(check.agrees for check in results):
        return 1, "run FAILED: an answer differs from the one computed outside the machine"
    return 0, f"run succeeded: {len(results)} answers agree with those computed outside the machine"


def demo(options, image, disk, phases):
    credential = credentials.obtain(options.user, options.domain, options.password)
    try:
        run = demo_run.run(options, machine_options.spec(options, disk), image, credential, phases)
    finally:
        credential.wipe()
    account.tell(run)
    if options.faults:
        account.tell_faults(run.outcome)
    if options.json:
        report.write(options.json, report.document(run))
    status, sentence = verdict(run)
    if not run.succeeded:
        account.tell_failure(run.failed_outcome(), shown(run.failed_outcome().logs), sys.stderr)
    say()
    say(phases.summary())
    say(paint(sentence, "red" if status else "green"))
    return status


def run(options):
    machine_options.check(options)
    if options.interactive and options.faults:
        raise UsageError("--faults is about the demo's attacks: leave --interactive out")
    phases = Phases()
    building.configure_and_build(phases)
    mode = "mode=console" if options.interactive else "mode=demo store=com1"
    with phases.phase("image"):
        image = esp.standard().configure(vtl0__options=mode, log__level="debug" if options.faults else "info")
        disk = image.write_disk(places.disk(BUILD / "run"))
    try:
        return interactive(options, disk) if options.interactive else demo(options, image, disk, phases)
    finally:
        disk.unlink()
