"""The vault is asked for a weak answer."""

from openvsm_cli.attacks.vault_lines import VaultLines

attack = VaultLines(
    ("add type=password label=mail user=alice domain=EXAMPLE password=correct-horse", "success"),
    ("raw command=64", "weak"),
    ("respond id=1", "success"),
).attack
