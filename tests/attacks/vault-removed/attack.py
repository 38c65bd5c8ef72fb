"""A credential is used after it was removed."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("generate type=symmetric label=k allow=hmac", "success"),
    ("hmac id=1 message=a", "success"),
    ("remove id=1", "success"),
    ("hmac id=1 message=a", "no-such-credential"),
    ("remove id=1", "no-such-credential"),
).attack
