"""./openvsm call: commands to a trustlet of one's own, from VTL0."""

from openvsm_cli import esp
from openvsm_cli.cmd_call import PLACE
from openvsm_cli.paths import BUILD

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


def test_nonsense_is_an_error(bench):
    """A command that is none: one sentence, and nothing sent."""
    outcome = called(bench, "hello", "1:xyz")
    assert outcome.status == 1 and not outcome.all("answer"), bench.story(outcome)
    assert "error: vtl0 kernel: call= is COMMAND[:HEX]" in outcome.text["vtl0"], bench.story(outcome)


def test_without_a_trustlet(bench):
    """No trustlet in the image: said so."""
    outcome = bench.boot(esp.without_vtl1().configure(vtl0__options="mode=call call=1"))
    assert outcome.status == 1 and "error: vtl0 kernel: no trustlet to call" in outcome.text["vtl0"], bench.story(outcome)
