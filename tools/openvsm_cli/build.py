"""Configure and build by the CMake preset that people can also use by themselves."""

import subprocess

from openvsm_cli.errors import OpenVSMError
from openvsm_cli.paths import BUILD, LOGS, ROOT, shown
from openvsm_cli.places import build_lock

PRESET = "dev"


def run_logged(command, log, what):
    """Output goes to a log file; on failure its telling lines are shown."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as out:
        status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT).returncode
    if status:
        raise OpenVSMError(f"{what} failed (whole output: {shown(log)}):\n" + telling_lines(log))


def telling_lines(log, count=20):
    lines = log.read_text(errors="replace").splitlines()
    first = next((i for i, line in enumerate(lines) if "error" in line.lower() or line.startswith("FAILED")), None)
    chosen = lines[-count:] if first is None else lines[first:first + count]
    return "\n".join("  " + line for line in chosen)


def configure():
    run_logged(["cmake", "--preset", PRESET], LOGS / "configure.log", "configuring")


def build(targets=()):
    command = ["cmake", "--build", "--preset", PRESET]
    if targets:
        command += ["--target", *targets]
    run_logged(command, LOGS / "build.log", "the build")


def configure_and_build(phases):
    with build_lock():
        with phases.phase("configure"):
            configure()
        with phases.phase("build"):
            build()


def is_configured():
    return (BUILD / "build.ninja").is_file()
