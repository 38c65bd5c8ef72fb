"""\\EFI\\openvsm\\openvsm.conf"""

DEFAULTS = {
    "vtl0.program": "\\EFI\\openvsm\\vtl0.efi",
    "vtl0.options": "mode=demo",
    "vtl1.securekernel": "\\EFI\\openvsm\\securekernel.img",
    "vtl1.trustlet": "\\EFI\\openvsm\\trustlets\\credvault.img",
    "log.level": "info",
}

ESP_PATH = "EFI/openvsm/openvsm.conf"


def render(**changes):
    """The file's text. A key is written with '__' for '.'; None leaves a default out."""
    values = dict(DEFAULTS)
    values.update({key.replace("__", "."): value for key, value in changes.items()})
    lines = ["# Written by ./openvsm; docs/development.md lists the keys."]
    lines += [f"{key} = {value}" for key, value in values.items() if value is not None]
    return "\n".join(lines) + "\n"
