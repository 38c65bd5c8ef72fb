"""A credential is used in bursts."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac rate=2/3600", "success"),
    ("hmac id=1 message=a", "success"),
    ("hmac id=1 message=a", "success"),
    ("hmac id=1 message=a", "too-often"),
).attack
