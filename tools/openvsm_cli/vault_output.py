"""The vault's answers for people: a table for list and audit, a sentence for a refusal, a field a line for the rest."""

import textwrap

from openvsm_cli import vault_words
from openvsm_cli.terminal import paint, say

SHOWN_ELSEWHERE = ("id", "verb", "status", "name", "origin")
WIDTH = 100


def table(rows):
    """rows: equally long lists of texts, the first one the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        line = "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip()
        say(paint(line, "dim") if number == 0 else line)


def limit(values):
    """'2 of 5', '3', '4, 10 in 60 s'."""
    uses, most, rate = values["uses"], values["max_uses"], values["rate"]
    text = uses if most == "0" else f"{uses} of {most}"
    count, _, seconds = rate.partition("/")
    return text if count == "0" else f"{text}, {count} in {seconds} s"


def pin(values):
    if "pin" not in values["flags"].split(","):
        return "-"
    return f"{values['failures']} of {values['tries']} wrong"


def entry_row(values):
    state = values["state"] if values["state"] != "none" else "good"
    if values["expires"] != "0":
        state += f", until {vault_words.time_of(int(values['expires']))}"
    if "confirm" in values["flags"].split(","):
        state += ", each use confirmed"
    return [values["credential"], values["type"], vault_words.text_of(values["label"]), values["allow"], limit(values), pin(values), state]


def tell_list(answer):
    if not answer.rows:
        say("  the vault is empty")
        return
    table([["number", "type", "label", "allowed", "uses", "PIN", "state"], *map(entry_row, answer.rows)])


def audit_row(values):
    credential = values["credential"] if values["credential"] != "0" else "-"
    time = vault_words.time_of(int(values["time"]))
    return [values["sequence"], time, values["command"], credential, values["status"], values["session"]]


LOGS = {"good": "the chain is whole and its head is signed by the vault's audit key",
        "missing-entry": "an entry is MISSING", "changed-entry": "an entry was CHANGED",
        "wrong-signature": "the head is NOT signed by the vault"}


def tell_audit(answer):
    if answer.rows:
        table([["entry", "the vault's time", "command", "credential", "status", "session"], *map(audit_row, answer.rows)])
    said = LOGS.get(answer.values.get("log"), "the log was not read to its end")
    where = f" (entry {answer.values['entry']})" if "entry" in answer.values else ""
    say("  " + paint(said + where, "green" if answer.values.get("log") == "good" else "red"))
    if "public_key" in answer.values:
        say(f"  audit key {answer.values['public_key']}")


def shown_value(key, value):
    if key == "label":
        return vault_words.text_of(value)
    if key in ("expires", "now"):
        return vault_words.time_of(int(value))
    if key == "reason" and value != "none":
        return vault_words.reason(value)
    if key == "root":
        return {"tpm": "from the TPM", "boot": "random, for this boot only"}.get(value, value)
    return value


def tell_fields(answer):
    for key, value in answer.values.items():
        if key not in SHOWN_ELSEWHERE:
            pieces = textwrap.wrap(shown_value(key, value), WIDTH - 22) or [""]
            say(f"  {key.replace('_', ' '):<18}  {pieces[0]}")
            for piece in pieces[1:]:
                say(" " * 22 + piece)


TELLERS = {"list": tell_list, "audit": tell_audit}


def tell(answer):
    """One answer, with its verb in front."""
    said = vault_words.sentence(answer.values)
    say(f"{paint(answer.verb, 'bold')}: " + (said if answer.succeeded else paint(said, "red")))
    if answer.verb in TELLERS and (answer.succeeded or "log" in answer.values):
        TELLERS[answer.verb](answer)
    elif answer.succeeded:
        tell_fields(answer)
    if answer.values.get("state") == "refused":
        tell_closed(answer)


def tell_closed(info):
    say(paint(f"  the vault is closed: {vault_words.reason(info.values['reason'])} ({info.values['reason']})", "red"))
    for line in textwrap.wrap(vault_words.RECOVERY, WIDTH - 2):
        say("  " + line)


def document(answers):
    """--json"""
    return [{**answer.values, "verb": answer.verb, "succeeded": answer.succeeded, "sentence": vault_words.sentence(answer.values),
             **({"rows": answer.rows} if answer.rows else {})} for answer in answers]
