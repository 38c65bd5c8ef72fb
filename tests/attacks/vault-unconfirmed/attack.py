"""VTL0 uses a credential that a person must confirm."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac confirm=yes", "success"),
    ("hmac id=1 message=a", "confirm-required"),
    ("confirm code=123456", "confirm-wrong"),
    ("generate type=symmetric label=free allow=hmac", "success"),
    ("hmac id=2 message=a", "success"),
).attack
