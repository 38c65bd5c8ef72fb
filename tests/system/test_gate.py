"""What stops before anything is started: a processor that lacks something, and a machine that OpenVSM already holds."""

from openvsm_cli.testing import Hung, each, tcg_only


@tcg_only
@each(missing=("npt", "smap rdrand", "svm"))
def test_missing_features_are_named(bench, missing):
    """Every missing feature is named, in one line, and VTL0's system is not started."""
    flags = ",".join(f"-{name}" for name in missing.split())
    outcome = bench.boot(bench.esp(), extra=("-cpu", f"EPYC,+svm,+npt,+umip,{flags}"))
    line = bench.expect_refusal(outcome, "required processor features are missing")
    assert {name.upper() for name in missing.split()} <= set(line.replace(":", " ").split()), line


def test_a_second_start_is_refused(bench):
    """VTL0's program is the hypervisor's own image: it sees that OpenVSM runs, says so, and goes back to the firmware."""
    image = bench.esp(vtl0__program="\\EFI\\BOOT\\BOOTX64.EFI")
    try:
        said = bench.story(bench.boot(image, seconds=45))
    except Hung as firmware_menu:  # where a machine waits for a person, for ever
        said = str(firmware_menu)
    assert "error: OpenVSM is already running: not started a second time" in said, said
