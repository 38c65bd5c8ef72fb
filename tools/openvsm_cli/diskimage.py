"""A raw disk with a GPT and one EFI system partition, made without root."""

import struct
import subprocess
import uuid
import zlib
from pathlib import Path

from openvsm_cli.errors import OpenVSMError

SECTOR = 512
FIRST = 2048                 # partition start: 1 MiB, the usual alignment
ENTRIES, ENTRY_SIZE = 128, 128
TABLE_SECTORS = ENTRIES * ENTRY_SIZE // SECTOR
ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
# Fixed identities: the same files give the same table on every machine.
DISK_ID = uuid.UUID("4f56534d-0000-4000-8000-000000000001")
PARTITION_ID = uuid.UUID("4f56534d-0000-4000-8000-000000000002")


def protective_mbr(sectors):
    entry = struct.pack("<B3sB3sII", 0, b"\x00\x02\x00", 0xEE, b"\xff\xff\xff", 1, min(sectors - 1, 0xFFFFFFFF))
    return b"\0" * 446 + entry + b"\0" * 48 + b"\x55\xaa"


def partition_table(last):
    name = "OpenVSM ESP".encode("utf-16-le").ljust(72, b"\0")
    entry = ESP_TYPE.bytes_le + PARTITION_ID.bytes_le + struct.pack("<QQQ", FIRST, last, 0) + name
    return entry.ljust(ENTRIES * ENTRY_SIZE, b"\0")


def gpt_header(sectors, here, other, table_at, table):
    def pack(crc):
        return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, here, other, 2 + TABLE_SECTORS,
                           sectors - TABLE_SECTORS - 2, DISK_ID.bytes_le, table_at, ENTRIES, ENTRY_SIZE, zlib.crc32(table))
    return pack(zlib.crc32(pack(0))).ljust(SECTOR, b"\0")


def write_gpt(path, sectors):
    """Primary table at the front, its twin in the last sectors (UEFI, "GUID Partition Table (GPT) Disk Layout")."""
    table = partition_table(sectors - TABLE_SECTORS - 2)
    with open(path, "r+b") as disk:
        disk.write(protective_mbr(sectors))
        disk.write(gpt_header(sectors, 1, sectors - 1, 2, table) + table)
        disk.seek((sectors - TABLE_SECTORS - 1) * SECTOR)
        disk.write(table + gpt_header(sectors, sectors - 1, 1, sectors - TABLE_SECTORS - 1, table))


def tool(command, what):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8",
                               "SOURCE_DATE_EPOCH": "1577836800"})
    if done.returncode:
        raise OpenVSMError(f"{what}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")


def folders_of(files):
    """Every folder above the files, parents first."""
    folders = {str(parent) for name in files for parent in Path(name).parents} - {"."}
    return sorted(folders, key=lambda folder: folder.count("/"))


def disk_mib(files):
    """Room for the files, and never so small that FAT32 would not fit."""
    payload = sum(len(data) if isinstance(data, bytes) else data.stat().st_size for data in files.values())
    return max(64, payload * 5 // 4 // (1 << 20) + 40)


def fill(path, files):
    place = f"{path}@@{FIRST * SECTOR}"
    folders = folders_of(files)
    if folders:
        tool(["mmd", "-i", place, *("::/" + folder for folder in folders)], "mmd")
    for number, (name, data) in enumerate(files.items()):
        source = data
        if isinstance(data, bytes):
            source = path.with_name(f"{path.name}.{number}")
            source.write_bytes(data)
        tool(["mcopy", "-i", place, "-o", str(source), "::/" + name], f"mcopy {name}")
        if isinstance(data, bytes):
            source.unlink()


def make(path, files):
    """files: {path on the ESP: bytes or the path of a file}. Replaces what was there only when complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    sectors = disk_mib(files) * (1 << 20) // SECTOR
    with open(partial, "wb") as disk:
        disk.truncate(sectors * SECTOR)
    write_gpt(partial, sectors)
    size_kib = (sectors - TABLE_SECTORS - 1 - FIRST) * SECTOR // 1024
    tool(["mkfs.vfat", "-F", "32", "-s", "1", "-n", "OPENVSM", "-i", "4f56534d", f"--offset={FIRST}", str(partial), str(size_kib)],
         "mkfs.vfat")
    fill(partial, files)
    partial.replace(path)
    return path
