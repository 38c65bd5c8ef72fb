"""./openvsm vault"""

import argparse
import json
import sys
from pathlib import Path

from openvsm_cli import account, emulators, esp, machine_options, places, vault_command, vault_output
from openvsm_cli import build as building
from openvsm_cli.paths import BUILD, shown
from openvsm_cli.session import Session
from openvsm_cli.terminal import Phases, note, say
from openvsm_cli.vault_place import VaultPlace
from openvsm_cli.vault_react import Reactions
from openvsm_cli.vault_talk import Talk

HELP = "the credential vault: boot the machine and send the vault commands, one after the other in one session"
SECONDS = 240
STATE = BUILD / "vault"
VALUES = """
A value is text, or hex:DIGITS for any bytes. A password or PIN that is left out is asked for on a terminal. Several
commands go through one boot and one session, with 'then' between them:

  ./openvsm vault add type=password label=mail user=alice domain=EXAMPLE then list
  ./openvsm vault unlock id=3 then otp id=3

Policy of a new credential: allow=a,b (ntlmv2 kerberos hmac hotp totp sign agree wrap unwrap export), pin=P tries=N,
uses=N, rate=N/SECONDS, expires=FILETIME, confirm=yes. The state folder holds the TPM's state and VTL0's store of blobs:
together they are the vault, so the next command finds what this one left. Exit status: 0 if every command succeeded.
"""


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = vault_command.help_text() + "\n" + VALUES
    parser.add_argument("words", metavar="VERB key=value ...", nargs="+", help="a command; 'then' before the next one")
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="where TPM and store are kept (default: build/vault)")
    parser.add_argument("--json", action="store_true", help="the answers as one JSON array")
    machine_options.add(parser, SECONDS, choose_emulator=True, tpm=None)


def converse(options, requests, place, phases):
    """-> Outcome, [Answer]"""
    disk = esp.standard().configure(vtl0__options="mode=vault store=com1").write_disk(places.disk(BUILD / "vault-disk"))
    talk = Talk(requests, Reactions(sys.stdin.isatty()))
    try:
        spec = place.with_tpm(machine_options.spec(options, disk))
        with phases.phase("machine"):
            outcome = Session(spec, places.claim_logs("vault"), on_event=talk.on_event, store=place.store).run()
    finally:
        talk.wipe()
        disk.unlink()
    return outcome, talk.answers


def tell(options, answers):
    if options.json:
        say(json.dumps(vault_output.document(answers), indent=2))
        return
    for answer in answers:
        vault_output.tell(answer)


def run(options):
    machine_options.check(options)
    phases = Phases()
    requests = vault_command.requests(options.words)
    building.configure_and_build(phases)
    lasting = options.emulator == emulators.DEFAULT
    if not lasting:
        note(f"{emulators.title(options.emulator)} has no TPM: this vault's root and state are for this boot only")
    with VaultPlace(options.state if lasting else None) as place:
        outcome, answers = converse(options, requests, place, phases)
    tell(options, answers)
    if not outcome.succeeded:
        account.tell_failure(outcome, shown(outcome.logs), sys.stderr)
    return 0 if outcome.succeeded and answers and all(answer.succeeded for answer in answers) else 1
