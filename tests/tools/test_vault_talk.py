"""./openvsm vault: its words, the conversation with a played VTL0, and what people read."""

import contextlib
import io
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import protocol, vault_command, vault_output, vault_words
from openvsm_cli.errors import OpenVSMError, UsageError
from openvsm_cli.paths import ROOT
from openvsm_cli.testing import each
from openvsm_cli.vault_place import VaultPlace
from openvsm_cli.vault_react import Reactions
from openvsm_cli.vault_scan import ScanTalk
from openvsm_cli.vault_talk import Request, Talk

ENTRY = ("id={id} credential=1 type=password label=6d61696c07 allow=ntlmv2,hmac flags=pin,confirm uses=2 max_uses=5 rate=10/60 expires=0 "
         "failures=1 tries=3 state=locked public=0")


class Machine:
    """VTL0 as the protocol has it: answers each request by what the test gives."""

    def __init__(self, talk, answers, vtl1=""):
        self.talk, self.answers, self.vtl1 = talk, list(answers), vtl1
        self.com1, self.lines = self, []

    def send(self, data):
        self.lines.append(bytes(data))

    def log_text(self, component):
        return self.vtl1 if component == "vtl1" else ""

    def run(self):
        self.say("vault ready")
        while not self.lines[-1].endswith(b" end\n"):
            number = self.lines[-1].split()[1].decode()
            for line in self.answers.pop(0):
                self.say(line.replace("{id}", number))
        return self.talk.answers

    def say(self, line):
        self.talk.on_event(self, protocol.parse("@openvsm " + line))


def answered(verb, status, name, **words):
    words = {"id": "{id}", "verb": verb, "status": status, "name": name, "origin": "vault", **words}
    return " ".join(["vault", *(f"{key}={value}" for key, value in words.items())])


def success(verb, **words):
    return answered(verb, 0, "success", **words)


def refused_by_vault(verb, name, status):
    return answered(verb, status, name)


def code_line(code, name="credvault"):
    return f'vtl1: {name}: confirm {code}: request 00112233, HMAC by credential 1 "mail"\n'


def shown(answer):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        vault_output.tell(answer)
    return out.getvalue()


def refused(words):
    try:
        vault_command.requests(words.split())
    except UsageError as error:
        return str(error)
    raise AssertionError(f"{words}: taken")


def test_every_status_and_reason_has_a_sentence():
    """The enums of abi/credvault.h, no more and no fewer."""
    assert set(vault_words.enum_of("credvault_status")) == set(vault_words.STATUSES)
    assert set(vault_words.enum_of("credvault_reason")) == {f"reason-{name}" if name in ("none",) else name for name in vault_words.REASONS}


def test_requests():
    """'then' parts them; text with a blank or beyond ASCII goes as hexadecimal."""
    one, two = vault_command.requests(["add", "type=password", "label=my mail", "user=zoë", "password=a b", "then", "list"])
    assert bytes(one.line) == b"add type=password label=hex:6d79206d61696c user=hex:7a6fc3ab password=hex:612062"
    assert bytes(two.line) == b"list"


@each(wrong=("frob", "add", "add type", "list then", "then list", "hmac id=1", "list id=1", "hmac id=1 id=2 message=x",
             "hmac id=1 message=hex:0", "remove id=\x01", "unlock id=1", "add type=password label=l user=u"))
def test_bad_words(wrong):
    """Refused before anything is built, in words; what has to be typed needs a terminal."""
    assert "vault" in refused(wrong) or "terminal" in refused(wrong)


def test_bad_words_end_the_command():
    done = subprocess.run([str(ROOT / "openvsm"), "vault", "frob"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr


def test_examples_are_good():
    """Each verb's example is one that the command takes (where it ends in '...', but for that)."""
    for name, verb in vault_command.VERBS.items():
        example = verb.example.replace("...", "").replace("hex:04", "hex:0400")
        words = vault_command.split(example.split())[0]
        words += {"add": ["password=x"], "unlock": ["pin=1234"]}.get(name, [])
        assert bytes(vault_command.requests(words)[0].line).split()[0].decode() == name


def test_a_conversation():
    """One request at a time, rows kept with their answer, lines of other ids not taken, everything wiped behind."""
    requests = [Request.of_text("list"), Request.of_text("unlock id=1 pin=2580")]
    talk = Talk(requests)
    machine = Machine(talk, [["vault-entry " + ENTRY, "vault id=77 verb=x status=0", success("list")],
                             [refused_by_vault("unlock", "pin-locked", 12)]])
    listed, unlocked = machine.run()
    assert machine.lines == [b"OVSM-VAULT 1 list\n", b"OVSM-VAULT 2 unlock id=1 pin=2580\n", b"OVSM-VAULT 3 end\n"], machine.lines
    assert listed.succeeded and len(listed.rows) == 1 and not unlocked.succeeded
    assert not any(byte for request in requests for byte in request.line)
    assert "the vault refuses: this credential is locked (status 12)" in shown(unlocked)
    assert all(word in shown(listed) for word in ("mail?", "2 of 5, 10 in 60 s", "1 of 3 wrong", "locked", "confirmed"))


@each(origin=("vault", "secure-kernel", "vtl0"))
def test_who_refused(origin):
    """Each sentence says whose word it is; a line that VTL0 does not take says what is wrong with it."""
    more = {"error": "missing-word", "word": "id"} if origin == "vtl0" else {}
    said = vault_words.sentence({"status": "5", "name": "wrong-type", "origin": origin, **more})
    assert said.startswith(vault_words.ORIGINS[origin] + ": ") and "(status 5)" in said and ("missing word (id)" in said) == bool(more)


def test_a_success_is_the_vaults():
    """Status 0 of another origin is none."""
    assert not vault_words.succeeded({"status": "0", "origin": "vtl0"}) and vault_words.succeeded({"status": "0", "origin": "vault"})


def test_confirming():
    """The code's line of VTL1's console is shown as that, the person types it, and the request goes again as it was."""
    talk = Talk([Request.of_text("hmac id=1 message=m")], Reactions(True, read=lambda _: " 004711 "))
    machine = Machine(talk, [[refused_by_vault("hmac", "confirm-required", 13)], [success("confirm")], [success("hmac", tag="00")]],
                      vtl1=code_line("001234", "hello: credvault") + code_line("004711"))
    with contextlib.redirect_stderr(io.StringIO()) as told:
        answers = machine.run()
    assert machine.lines[1:3] == [b"OVSM-VAULT 2 confirm code=004711\n", b"OVSM-VAULT 3 hmac id=1 message=m\n"], machine.lines
    assert "VTL1's console" in told.getvalue() and "004711" in told.getvalue() and "001234" not in told.getvalue()
    assert [answer.succeeded for answer in answers] == [False, True, True]


def test_nobody_to_confirm():
    """Without a terminal the request stays refused."""
    talk = Talk([Request.of_text("hmac id=1 message=m")], Reactions(False))
    assert len(Machine(talk, [[refused_by_vault("hmac", "confirm-required", 13)]], vtl1=code_line("004711")).run()) == 1


def test_a_closed_vault_says_why():
    """Once, by itself, with what to do about it."""
    talk = Talk([Request.of_text("list"), Request.of_text("remove id=1")], Reactions(False))
    closed = [refused_by_vault("list", "closed", 20)]
    info = [success("info", state="refused", reason="old-state")]
    answers = Machine(talk, [closed, info, closed]).run()
    assert [answer.verb for answer in answers] == ["list", "info", "remove"]
    said = shown(answers[1])
    assert vault_words.REASONS["old-state"] in said and "vault reset confirm=yes" in said.replace("\n  ", " "), said


def test_one_machine_at_a_time():
    """A second command does not touch a vault in use; a temporary one is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, VaultPlace(folder):
        try:
            VaultPlace(folder).__enter__()
        except OpenVSMError as error:
            assert "in use" in str(error)
        else:
            raise AssertionError("two machines with one TPM")
    with VaultPlace() as place:
        kept = place.folder
        assert kept.is_dir()
    assert not Path(kept).exists()


def test_a_scan():
    """Behind the answers the secrets follow, masked; nothing is kept of them."""
    talk = ScanTalk([Request.of_text("list")], [b"0123456789abcdef"])
    machine = Machine(talk, [[success("list")]])
    machine.run()
    machine.say("scan ready")
    masked = bytes(byte ^ 0x5C for byte in b"0123456789abcdef").hex().encode()
    assert machine.lines[-2:] == [b"OVSM-SCAN " + masked + b"\n", b"OVSM-SCAN end\n"], machine.lines
    machine.say("vault-scan pages=1 unreadable=0 patterns=1 hits=0 controls=1")
    talk.wipe()
    assert not any(byte for secret in talk.secrets for byte in secret)
