"""Reads the form that NIST's CAVP files have, and the RFC vectors that were written down like them."""

# Values that hold for all records behind them, wherever they stand: a key's numbers, given once.
SHARED = {"n", "p", "q"}


def shares(line, section, after_header):
    """A line in brackets: what it says holds until the next such line. Several in a row belong together."""
    if not after_header:
        section.clear()
    for part in line.strip("[]").split(","):
        name, equals, value = part.partition("=")
        section[name.strip()] = value.strip() if equals else True


def records(path, first):
    """The file's records as dictionaries, texts by name. first: the name a record begins with."""
    section, record, after_header, found = {}, None, False, []
    for line in path.read_text(encoding="latin-1").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        is_header = line.startswith("[")
        if is_header:
            shares(line, section, after_header)
            record = None
        else:
            name, _, value = (part.strip() for part in line.partition("="))
            if name in SHARED:
                record = None
            if name == first:
                record = dict(section)
                found.append(record)
            (section if record is None else record)[name] = value
        after_header = is_header
    return found


def number(text, size=0):
    """A hexadecimal number as big-endian bytes, at least size of them."""
    value = int(text, 16)
    return value.to_bytes(max(size, (value.bit_length() + 7) // 8), "big")
