"""
generator FOLDER [--sample]

Writes published.bin, the records of all sets one after the other, and published.c, the table of sets that tells where in it
each one is (published.h). --sample: the part of each set that the test trustlet runs.
"""

import struct
import sys
from pathlib import Path

import sets

PACKAGE = Path("/usr/lib/python3/dist-packages/cryptography_vectors")


def sample(records, most):
    """Evenly from all kinds of cases, in the file's order within each kind."""
    ordered = sorted(records, key=lambda record: str(record[3]))
    step = max(1, len(ordered) / most)
    return [ordered[int(i * step)] for i in range(min(most, len(ordered)))]


def encode(record):
    fields, valid, hash, _ = record
    return struct.pack("BBBx", valid, hash, len(fields)) + b"".join(struct.pack("<I", len(f)) + f for f in fields)


def row(entry, offset, count):
    name = f"{entry.algorithm}/{entry.file.rpartition('/')[2]}"
    return f'    {{ "{name}", {entry.judge}, published_records + {offset}, {count} }},\n'


def write(folder, only_sample):
    rows, data = "", b""
    for entry in sets.SETS:
        records = list(entry.read(PACKAGE / entry.file))
        if only_sample:
            records = sample(records, entry.sample)
        rows += row(entry, len(data), len(records))
        data += b"".join(map(encode, records))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "published.bin").write_bytes(data)
    (folder / "published.c").write_text(
        f'#include "published.h"\n\n#include "judges.h"\n\nconst struct published_set published_sets[] = {{\n{rows}}};\n'
        f"const uint32_t published_set_count = {len(sets.SETS)};\n", encoding="ascii")


write(Path(sys.argv[1]), "--sample" in sys.argv[2:])
