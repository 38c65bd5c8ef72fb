"""./openvsm call: commands to a trustlet of one's own, from VTL0."""

import subprocess
import tempfile
from pathlib import Path

from openvsm_cli import esp, signing
from openvsm_cli.cmd_call import PLACE
from openvsm_cli.paths import BUILD, ROOT

TRUSTLET = "\\" + PLACE.replace("/", "\\")


def called(bench, name, calls):
    image = bench.esp(vtl0__options=f"mode=call call={calls}", vtl1__trustlet=TRUSTLET)
    image.files[PLACE] = BUILD / f"trustlets/{name}/{name}.img"
    return bench.boot(image)


def test_commands_in_one_session(bench):
    """An echo, what the session counted, an unknown command: each with the trustlet's own status."""
    outcome = called(bench, "hello", "1:68656c6c6f,1,99")
    bench.expect_success(outcome)
    answers = [(event.values["command"], event.values["secure"], event.values["status"], event.values["data"])
               for event in outcome.all("answer")]
    assert answers == [("1", "success", "0", "68656c6c6f"), ("1", "success", "0", ""), ("99", "success", "1", "")], answers


def succeed(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{command}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_from_nothing_to_an_answer():
    """The walk of docs/trustlets.md, in a folder that knows the tree by its path only. Its time is what this test took."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, build = Path(temporary) / "demo", Path(temporary) / "build"
        succeed(ROOT / "openvsm", "new-trustlet", "demo", "--path", folder)
        assert sorted(path.name for path in folder.iterdir()) == ["CMakeLists.txt", "demo.c", "demo.manifest", "test-demo.c"]
        succeed("cmake", "-S", folder, "-B", build, "-G", "Ninja", f"-DOPENVSM_DIR={ROOT}")
        succeed("cmake", "--build", build)
        assert "100% tests passed" in succeed("ctest", "--test-dir", build)
        # The machine of this tree obeys the key it was signed with.
        verified = signing.sign("verify", "--public", BUILD / "keys/owner.pub", build / "demo.img")
        assert "correctly signed" in verified and "demo" in signing.sign("inspect", build / "demo.img"), verified
        told = succeed(ROOT / "openvsm", "call", build / "demo.img", "1:05000000", "1:07000000", "9")
    assert told.splitlines() == ["command 1: status 0, 4 bytes 05000000", "command 1: status 0, 4 bytes 0c000000",
                                 "command 9: status 1, 0 bytes"], told


def test_nonsense_is_an_error(bench):
    """A command that is none: one sentence, and nothing sent."""
    outcome = called(bench, "hello", "1:xyz")
    assert outcome.status == 1 and not outcome.all("answer"), bench.story(outcome)
    assert "error: vtl0 kernel: call= is COMMAND[:HEX]" in outcome.text["vtl0"], bench.story(outcome)


def test_without_a_trustlet(bench):
    """No trustlet in the image: said so."""
    outcome = bench.boot(esp.without_vtl1().configure(vtl0__options="mode=call call=1"))
    assert outcome.status == 1 and "error: vtl0 kernel: no trustlet to call" in outcome.text["vtl0"], bench.story(outcome)
