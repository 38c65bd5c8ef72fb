"""A policy is loosened."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac uses=3", "success"),
    ("policy id=1 uses=9", "looser"),
    ("policy id=1 uses=2", "success"),
).attack
