"""A credential is used more often than it may be."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac uses=1", "success"),
    ("hmac id=1 message=a", "success"),
    ("hmac id=1 message=a", "used-up"),
).attack
