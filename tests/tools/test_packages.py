"""How source packages are found and trusted."""

import os
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import private_apt, source_packages
from openvsm_cli.errors import FetchError
from openvsm_cli.paths import ROOT


def test_one_line_entries():
    """Options stay, comments and other vendors' suites go."""
    convert = private_apt.convert_line
    assert convert("deb http://h/debian bookworm main contrib # x", "bookworm", "deb-src") == \
        "deb-src http://h/debian bookworm main contrib"
    assert convert("deb [signed-by=/k] http://h/d bookworm-security main", "bookworm", "deb") == \
        "deb [signed-by=/k] http://h/d bookworm-security main"
    assert convert("deb http://v/apt vendor-bookworm main", "bookworm", "deb-src") is None
    assert convert("# deb http://h/debian bookworm main", "bookworm", "deb-src") is None


def test_deb822_entries():
    """Signed-By with its continuation lines survives; a disabled stanza does not."""
    text = "Types: deb\nURIs: http://h/d\nSuites: bookworm vendor\nComponents: main\nSigned-By:\n KEY\n .\n\n" \
           "Enabled: no\nTypes: deb\nURIs: http://h/e\nSuites: bookworm\nComponents: main\n"
    found = [private_apt.convert_stanza(f, "bookworm", "deb-src") for f in private_apt.deb822_stanzas(text)]
    assert found[1] is None
    assert found[0] == "Types: deb-src\nSuites: bookworm\nURIs: http://h/d\nComponents: main\nSigned-By:\n KEY\n .\n"


def test_lock_file_is_complete():
    """Each pinned version names one .dsc and the files that .dsc needs."""
    for package, versions in source_packages.read_lock(source_packages.LOCK_FILE).items():
        for version, files in versions.items():
            assert source_packages.dsc_of(files) and len(files) >= 2, f"{package} {version}"


def test_a_changed_file_is_refused():
    """A download that differs from the lock is removed and named."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x.dsc").write_bytes(b"other")
        try:
            source_packages.check_files(folder, "x", "1", {"x.dsc": "0" * 64})
        except FetchError as error:
            assert "x.dsc" in str(error) and not (folder / "x.dsc").exists()
        else:
            raise AssertionError("a wrong hash was accepted")


def test_bootstrap_names_missing_packages():
    """On a machine with nothing, the shell part names packages and reasons, and installs nothing when told not to."""
    with tempfile.TemporaryDirectory() as folder:
        for tool in ("sh", "dirname", "grep", "cut", "sort", "tr", "id", "cat"):
            os.symlink(f"/usr/bin/{tool}" if os.path.exists(f"/usr/bin/{tool}") else f"/bin/{tool}", f"{folder}/{tool}")
        script = (ROOT / "openvsm").read_text().replace("PATH=$PATH:/usr/sbin:/sbin", f"PATH={folder}")
        script = script.replace('root=$(cd "$(dirname "$0")" && pwd)', f"root={ROOT}")
        done = subprocess.run(["/bin/sh", "-c", script, "openvsm", "run"], capture_output=True, text=True,
                              env={"PATH": folder, "OPENVSM_NO_INSTALL": "1"})
    assert done.returncode == 3, done.stderr
    assert "qemu-system-x86: the machine itself" in done.stderr and "apt-get install" in done.stderr


def test_every_verb_with_a_machine_names_what_it_needs():
    """On a bare machine each of them installs compiler, emulator and firmware, whichever is typed first."""
    rows = [line.split("|") for line in (ROOT / "tools/packages.list").read_text().splitlines() if line and line[0] != "#"]
    verbs = {package: set(named.split()) for _, package, named, _ in rows}
    for package in ("cmake", "gcc", "gnu-efi", "mtools", "qemu-system-x86", "ovmf"):
        assert verbs[package] >= {"run", "test", "linux", "efi", "gdb", "fuzz", "call", "vsm-info"}, package
