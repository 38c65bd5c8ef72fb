"""A PIN is guessed until it is found."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac pin=2580 tries=2", "success"),
    ("unlock id=1 pin=2580", "success"),
    ("unlock id=1 pin=1111", "pin-wrong"),
    ("unlock id=1 pin=1112", "pin-wrong"),
    ("unlock id=1 pin=2580", "pin-locked"),
).attack
