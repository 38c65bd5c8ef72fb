"""A key is used for what it is not for."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac size=32", "success"),
    ("otp id=1", "not-allowed"),
    ("hmac id=1 message=a", "success"),
).attack
