"""The words of './openvsm vault', checked before a machine is started: verbs, their words, what has to be asked for."""

import getpass
import sys
from dataclasses import dataclass

from openvsm_cli.errors import UsageError
from openvsm_cli.vault_talk import Request

POLICY = "allow pin tries uses rate expires confirm"
NEW = "type label " + POLICY
OTP = "hash digits step counter"
TEXTS = ("label", "user", "domain", "password", "salt", "pin", "message", "info")     # any text; the others are names and numbers
HIDDEN = {"password": "Password", "pin": "PIN"}     # asked for without an echo, and sent as hexadecimal


@dataclass(frozen=True)
class Verb:
    needs: str
    takes: str
    text: str
    example: str

    def words(self):
        return (*self.needs.split(), *self.takes.split())


VERBS = {
    "info": Verb("", "", "root, state and reason, generation, audit key", "info"),
    "list": Verb("", "", "all credentials and their policies, nothing of their secrets", "list"),
    "audit": Verb("", "challenge", "the log of uses and refusals, its chain and signature checked", "audit"),
    "reset": Verb("confirm", "", "begin anew: every credential is gone", "reset confirm=yes"),
    "add": Verb("type label", f"{NEW} user domain password salt iterations1 iterations2 key {OTP}",
                "bring a password or a symmetric key, which VTL0 sees this once",
                "add type=password label=mail user=alice domain=EXAMPLE"),
    "generate": Verb("type label", f"{NEW} size {OTP}", "a key made in the vault: symmetric, p256, p384, ed25519, rsa2048, rsa3072",
                     "generate type=p256 label=device allow=sign uses=100"),
    "import": Verb("type label by wrapped", f"{NEW} wrapping {OTP}", "a secret wrapped for credential BY: VTL0 never sees it",
                   "import type=ed25519 label=moved by=4 wrapped=hex:..."),
    "remove": Verb("id", "", "a credential goes for good", "remove id=3"),
    "public": Verb("id", "", "the public key", "public id=2"),
    "policy": Verb("id", POLICY, "show it; with words: make it tighter", "policy id=2 uses=10 allow=sign"),
    "unlock": Verb("id", "pin", "the PIN, for one use that follows", "unlock id=3 then otp id=3"),
    "confirm": Verb("code", "", "the code that VTL1's console showed", "confirm code=123456"),
    "respond": Verb("id", "challenge blob", "an NTLMv2 response", "respond id=1 challenge=hex:0123456789abcdef"),
    "hmac": Verb("id message", "", "HMAC-SHA-256 of a message", "hmac id=1 message=hello"),
    "otp": Verb("id", "", "a one-time password: HOTP or TOTP", "otp id=3"),
    "sign": Verb("id message", "algorithm hashed", "a signature", "sign id=2 message=hello"),
    "agree": Verb("id peer", "info size", "a key agreed on with a peer's public key", "agree id=2 peer=hex:04..."),
    "wrap": Verb("id target", "", "the secret of TARGET, wrapped by credential ID (RFC 5649)", "wrap id=4 target=5"),
    "preauth": Verb("id etype", "time usec", "Kerberos PA-ENC-TIMESTAMP", "preauth id=1 etype=18"),
    "as-rep": Verb("id etype cipher", "", "open an AS-REP; its session key stays", "as-rep id=1 etype=18 cipher=hex:..."),
    "tgs-rep": Verb("key etype cipher", "", "open a TGS-REP under a session key", "tgs-rep key=1 etype=18 cipher=hex:..."),
    "authenticator": Verb("key usage data", "", "encrypt an Authenticator", "authenticator key=1 usage=7 data=hex:..."),
    "checksum": Verb("key usage data", "", "a keyed checksum", "checksum key=1 usage=6 data=hex:..."),
    "raw": Verb("command", "data", "any command, any bytes", "raw command=64 data=hex:01000000"),
}


def requests(words):
    """The words of the command line -> [Request], with what has to be typed."""
    parts = split(words)
    parsed = [parse(part) for part in parts]        # all of them, before anybody types a secret
    return [made(verb, pairs) for verb, pairs in parsed]


def split(words):
    parts = [[]]
    for word in words:
        if word == "then":
            parts.append([])
        else:
            parts[-1].append(word)
    if not all(parts):
        raise UsageError("vault VERB key=value ... [then VERB key=value ...]: a verb is missing; --help lists them")
    return parts


def parse(part):
    verb, *words = part
    if verb not in VERBS:
        raise UsageError(f"vault {verb}: no such verb; --help lists them")
    pairs = []
    for word in words:
        key, found, value = word.partition("=")
        if not found:
            raise UsageError(f"vault {verb}: '{word}' is no key=value")
        if key not in VERBS[verb].words():
            raise UsageError(f"vault {verb}: it takes no {key}=; it takes {', '.join(VERBS[verb].words()) or 'nothing'}")
        if key in dict(pairs):
            raise UsageError(f"vault {verb}: {key}= stands there twice")
        check_value(verb, key, value)
        pairs.append((key, value))
    missing = [key for key in VERBS[verb].needs.split() if key not in dict(pairs)]
    if missing:
        raise UsageError(f"vault {verb}: {', '.join(key + '=' for key in missing)} is missing, as in: {VERBS[verb].example}")
    return verb, pairs


def check_value(verb, key, value):
    """The rest is VTL0's to judge; this much it could not even read."""
    if value.startswith("hex:"):
        try:
            bytes.fromhex(value[4:])
        except ValueError:
            raise UsageError(f"vault {verb}: {key}= is no hexadecimal") from None
    elif key not in TEXTS and not (value.isascii() and value.isprintable() and " " not in value):
        raise UsageError(f"vault {verb}: {key}= has a blank or another character that no such value has")


def made(verb, pairs):
    """-> Request. A password or PIN that is not there is asked for on a terminal."""
    given = dict(pairs)
    request = Request(verb, *pairs)
    for key in to_ask(verb, given):
        request.add(key, typed(verb, key, given).encode())
    return request


def to_ask(verb, given):
    asked = ["password"] if verb == "add" and given["type"] == "password" and "password" not in given else []
    return asked + (["pin"] if (verb == "unlock" or "tries" in given) and "pin" not in given else [])


def typed(verb, key, given):
    if not sys.stdin.isatty():
        raise UsageError(f"vault {verb}: {key}= is missing, and there is no terminal to ask for it")
    whose = given["label"] if "label" in given else f"credential {given['id']}"
    return getpass.getpass(f"{HIDDEN[key]} of {whose} (for the vault): ")


def help_text():
    """The verbs of --help."""
    lines = ["verbs:"]
    for name, verb in VERBS.items():
        needed = [f"{key}=" for key in verb.needs.split()]
        optional = [f"[{key}=]" for key in dict.fromkeys(verb.takes.split()) if key not in verb.needs.split()]
        lines += wrap(f"  {name}", needed + optional)
        lines += [f"      {verb.text}", f"      ./openvsm vault {verb.example}"]
    return "\n".join(lines)


def wrap(line, words, width=110):
    lines = []
    for word in words:
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = "     "
        line += " " + word
    return [*lines, line]
