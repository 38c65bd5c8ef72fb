"""A credential is used without its PIN."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac pin=2580 tries=3", "success"),
    ("hmac id=1 message=a", "pin-required"),
    ("unlock id=1 pin=2580", "success"),
    ("hmac id=1 message=a", "success"),
).attack
