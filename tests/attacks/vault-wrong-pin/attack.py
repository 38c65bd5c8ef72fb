"""A wrong PIN is taken for the right one."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac pin=2580 tries=9", "success"),
    ("unlock id=1 pin=0000", "pin-wrong"),
    ("unlock id=1 pin=25800", "pin-wrong"),
    ("unlock id=1 pin=2581", "pin-wrong"),
    ("unlock id=1 pin=2580", "success"),
).attack
