"""The 'newc' archive that Linux unpacks as its initramfs (kernel documentation, "initramfs buffer format")."""

import stat


def entry(number, name, mode, data=b"", device=(0, 0)):
    name_bytes = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name_bytes), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name_bytes
    return pad(head) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def archive(folders=(), files=None, links=None, devices=None):
    """files: {name: (mode, bytes)}; links: {name: target}; devices: {name: (mode, major, minor)}."""
    items = [(name, stat.S_IFDIR | 0o755, b"", (0, 0)) for name in folders]
    items += [(name, stat.S_IFREG | mode, data, (0, 0)) for name, (mode, data) in (files or {}).items()]
    items += [(name, stat.S_IFLNK | 0o777, target.encode(), (0, 0)) for name, target in (links or {}).items()]
    items += [(name, stat.S_IFCHR | mode, b"", (major, minor)) for name, (mode, major, minor) in (devices or {}).items()]
    parts = [entry(number, *item) for number, item in enumerate(items, 1)]
    return b"".join(parts) + entry(0, "TRAILER!!!", 0)
