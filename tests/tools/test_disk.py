"""The disk image as other programs see it."""

import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import diskimage


def made(folder, files):
    return diskimage.make(Path(folder) / "disk.img", files)


def test_files_come_back():
    """mtools reads what was put there, nested folders and large files included."""
    files = {"EFI/BOOT/BOOTX64.EFI": b"one", "EFI/openvsm/a/b.img": bytes(range(256)) * 4096}
    with tempfile.TemporaryDirectory() as folder:
        disk = made(folder, files)
        for name, data in files.items():
            got = subprocess.run(["mtype", "-i", f"{disk}@@1M", "::/" + name], capture_output=True, check=True).stdout
            assert got == data, name


def test_partition_table_is_valid():
    """Both headers with their checksums, the partition inside the disk, FAT32 in it."""
    with tempfile.TemporaryDirectory() as folder:
        data = made(folder, {"a.txt": b"a"}).read_bytes()
    sectors = len(data) // 512
    for at, other in ((1, sectors - 1), (sectors - 1, 1)):
        check_header(data, at, other)
    assert data[510:512] == b"\x55\xaa" and data[450] == 0xEE
    assert data[2048 * 512 + 82:2048 * 512 + 90] == b"FAT32   "


def check_header(data, at, other):
    import struct
    import zlib
    header = data[at * 512:at * 512 + 92]
    fields = struct.unpack("<8sIIIIQQQQ16sQIII", header)
    assert fields[0] == b"EFI PART" and fields[5] == at and fields[6] == other
    assert fields[3] == zlib.crc32(header[:16] + bytes(4) + header[20:])
    table = data[fields[10] * 512:fields[10] * 512 + fields[11] * fields[12]]
    assert fields[13] == zlib.crc32(table)
    first, last = struct.unpack_from("<QQ", table, 32)
    assert fields[7] <= first <= last <= fields[8]


def test_a_failed_image_leaves_the_old_one():
    """A file that cannot be copied is an error and nothing takes the image's name."""
    from openvsm_cli.errors import OpenVSMError
    with tempfile.TemporaryDirectory() as folder:
        disk = made(folder, {"a.txt": b"a"})
        before = disk.read_bytes()
        (Path(folder) / "gone").write_bytes(b"x")
        try:
            made(folder, {"bad|name?": Path(folder) / "gone", "a.txt": b"b"})
        except OpenVSMError:
            assert disk.read_bytes() == before
        else:
            raise AssertionError("a name that FAT cannot hold was accepted")
