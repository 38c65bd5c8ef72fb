"""./openvsm new-trustlet: what it writes, and what it refuses. tests/system/test_call.py goes on to the answer in VTL0."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from openvsm_cli.paths import BUILD, ROOT
from openvsm_cli.testing import each


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def succeed(*command):
    done = run(*command)
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def new(folder, name="demo"):
    return run(ROOT / "openvsm", "new-trustlet", name, "--path", folder)


def install(prefix):
    succeed("cmake", "--install", BUILD, "--component", "sdk", "--prefix", prefix)
    assert not list(prefix.rglob("*.key")), "the owner's key stays where it is"


def build_and_test(folder, build, *options):
    """Against an SDK and nothing else: no command of the build names the tree."""
    succeed("cmake", "-S", folder, "-B", build, "-G", "Ninja", *options)
    commands = (build / "build.ninja").read_text()
    assert "openvsm-validate" in commands and not re.search(rf"{re.escape(str(ROOT))}\b", commands), "a path of the tree"
    succeed("cmake", "--build", build)
    assert "100% tests passed" in succeed("ctest", "--test-dir", build)


def test_against_an_installed_sdk():
    """The same without the tree: libraries, tools and CMake functions of an installed SDK."""
    with tempfile.TemporaryDirectory() as temporary:
        prefix, folder, build = (Path(temporary) / name for name in ("sdk", "demo", "build"))
        install(prefix)
        assert new(folder).returncode == 0
        build_and_test(folder, build, f"-DOPENVSM_DIR={prefix}")
        told = succeed(prefix / "bin/openvsm-validate", "--owner", build / "keys/owner.pub", build / "demo.img")
        assert "passes every gate" in told, told


def inspected(prefix, image):
    return json.loads(succeed(prefix / "bin/openvsm-sign", "inspect", "--json", image))


def test_debug_builds_are_measured_apart():
    """The same code by the same compiler's flags, as build type Debug and as another: only the mark differs, and so the measurement."""
    with tempfile.TemporaryDirectory() as temporary:
        prefix, folder = Path(temporary) / "sdk", Path(temporary) / "demo"
        install(prefix)
        assert new(folder).returncode == 0
        found = {}
        for kind in ("Debug", "Release"):
            build = Path(temporary) / kind
            succeed("cmake", "-S", folder, "-B", build, "-G", "Ninja", f"-DOPENVSM_DIR={prefix}", f"-DCMAKE_BUILD_TYPE={kind}",
                    f"-DCMAKE_C_FLAGS_{kind.upper()}=-O2")
            succeed("cmake", "--build", build, "--target", "demo-img")
            found[kind] = inspected(prefix, build / "demo.img")
        assert found["Debug"]["identity"] == found["Release"]["identity"]
        assert found["Debug"]["debug"] and not found["Release"]["debug"], found
        assert found["Debug"]["measurement"] != found["Release"]["measurement"]


NOTES_PROJECT = """cmake_minimum_required(VERSION 3.25)
project(notes LANGUAGES C ASM)
find_package(OpenVSM 0.1.0 REQUIRED)
openvsm_add_trustlet(notes SOURCES notes.c book.c MANIFEST notes.manifest LIBS iumbase-crypto)
openvsm_add_trustlet_host_test(notes SOURCES trustlet-notes.c notes.c book.c MANIFEST notes.manifest LIBS iumbase-crypto)
"""


def test_cryptography_of_an_installed_sdk():
    """A trustlet with sealed storage, copied out of the tree, found by CMAKE_PREFIX_PATH."""
    with tempfile.TemporaryDirectory() as temporary:
        prefix, folder, build = (Path(temporary) / name for name in ("sdk", "notes", "build"))
        install(prefix)
        folder.mkdir()
        sources = [*(ROOT / "trustlets/notes").glob("*.[ch]"), ROOT / "trustlets/notes/notes.manifest",
                   ROOT / "tests/host/trustlet-notes.c", ROOT / "tests/host/trustlet.h"]
        for path in sources:
            (folder / path.name).write_text(path.read_text())
        (folder / "CMakeLists.txt").write_text(NOTES_PROJECT)
        build_and_test(folder, build, f"-DCMAKE_PREFIX_PATH={prefix}")
        assert "passes every gate" in succeed(prefix / "bin/openvsm-validate", build / "notes.img")


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
