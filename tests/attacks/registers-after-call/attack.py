"""VTL0 looks at every register behind each secure call, those that fail among them."""

import os

from openvsm_cli.attacks import Succeeded
from openvsm_cli.vault_scan import ScanTalk
from openvsm_cli.vault_talk import Request

MEMORY = 256        # MiB: the scan of them behind the calls is not this attack
SECONDS = 120
KINDS = ("general", "vector", "debug")


def attack(bench, cpus, mutant=None):
    key = os.urandom(32)
    lines = ("add type=symmetric label=h allow=hmac key=hex:" + key.hex(), "hmac id=1 message=a", "hmac id=99 message=a", "list")
    talk = ScanTalk([Request.of_text(line) for line in lines], [key])
    outcome = bench.boot(bench.attack_esp(mutant, vtl0__options="mode=vault-scan"), cpus=cpus, memory=MEMORY, on_event=talk.on_event,
                         seconds=SECONDS)
    registers = outcome.one("vault-registers")
    assert registers and registers.number("calls") > len(lines), bench.story(outcome)
    changed = {kind: registers.number(kind) for kind in KINDS if registers.number(kind)}
    if changed:
        raise Succeeded(f"registers that are not VTL0's own: {changed}, in {registers.number('calls')} calls")
    return f"{registers.number('calls')} calls, each register as before"
