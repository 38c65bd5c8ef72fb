"""./openvsm new-trustlet: what it writes builds, passes its test and is signed, outside the tree."""

import re
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import each

SIGN = BUILD / "tools/openvsm-sign"


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def succeed(*command):
    done = run(*command)
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def new(folder, name="demo"):
    return run(ROOT / "openvsm", "new-trustlet", name, "--path", folder)


def test_outside_the_tree():
    """From nothing to a signed image and a passed test, in a folder that knows the tree by its path only."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, build = Path(temporary) / "demo", Path(temporary) / "build"
        done = new(folder)
        assert done.returncode == 0, done.stderr
        assert sorted(path.name for path in folder.iterdir()) == ["CMakeLists.txt", "demo.c", "demo.manifest", "test-demo.c"]
        succeed("cmake", "-S", folder, "-B", build, "-G", "Ninja", f"-DOPENVSM_DIR={ROOT}")
        succeed("cmake", "--build", build)
        assert "100% tests passed" in succeed("ctest", "--test-dir", build)
        # The machine of this tree obeys the key it was signed with.
        assert "correctly signed" in succeed(SIGN, "verify", "--public", BUILD / "keys/owner.pub", build / "demo.img")
        assert "demo" in succeed(SIGN, "inspect", build / "demo.img")


def test_a_broken_trustlet_fails_its_test():
    """The host test runs the trustlet's own source: a reply too long by a byte is found."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, build = Path(temporary) / "demo", Path(temporary) / "build"
        assert new(folder).returncode == 0
        source = folder / "demo.c"
        text = source.read_text()
        broken = text.replace("memcpy(call->reply, &sum, sizeof(sum));", "memset(call->reply, 0, sizeof(sum) + 1);")
        assert broken != text
        source.write_text(broken)
        succeed("cmake", "-S", folder, "-B", build, "-G", "Ninja", f"-DOPENVSM_DIR={ROOT}")
        succeed("cmake", "--build", build, "--target", "test-trustlet-demo")
        done = run("ctest", "--test-dir", build, "--output-on-failure")
        assert done.returncode != 0 and "heap-buffer-overflow" in done.stdout, done.stdout[-2000:]


def test_each_has_an_identity_of_its_own():
    """Two trustlets of one name are two identities."""
    found = set()
    with tempfile.TemporaryDirectory() as temporary:
        for folder in (Path(temporary) / "a", Path(temporary) / "b"):
            assert new(folder).returncode == 0
            found |= set(re.findall(r"^identity += ([0-9a-f-]{36})$", (folder / "demo.manifest").read_text(), re.M))
    assert len(found) == 2, found


@each(name=("", "Demo", "1demo", "de/mo", "../demo", "a" * 32, "dé"))
def test_bad_names(name):
    """Refused with status 2, and nothing is written."""
    with tempfile.TemporaryDirectory() as temporary:
        done = new(Path(temporary) / "there", name)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
        assert not list(Path(temporary).iterdir())


def test_nothing_is_overwritten():
    """A folder with anything in it stays as it is."""
    with tempfile.TemporaryDirectory() as temporary:
        kept = Path(temporary) / "mine.c"
        kept.write_text("mine")
        done = new(temporary)
        assert done.returncode == 2 and "not an empty folder" in done.stderr, done.stderr
        assert [path.name for path in Path(temporary).iterdir()] == ["mine.c"] and kept.read_text() == "mine"
