"""The libFuzzer targets of tests/host/fuzz, by the CMake preset of the same name."""

import subprocess

from openvsm_cli.build import run_logged
from openvsm_cli.paths import BUILD, LOGS, shown
from openvsm_cli.places import build_lock
from openvsm_cli.terminal import note, paint, say

PRESET = "fuzz"
TARGETS = ("hypercall", "decode", "walk", "secure-call", "boot-config", "manifest", "image", "trustlet-notes",
           "trustlet-vault", "vault-operations", "vtl1")
PROGRAMS = BUILD / "fuzz/tests/host"
CORPUS = BUILD / "fuzz-corpus"


def build():
    with build_lock():
        run_logged(["cmake", "--preset", PRESET], LOGS / "fuzz-configure.log", "configuring the fuzz targets")
        run_logged(["cmake", "--build", "--preset", PRESET], LOGS / "fuzz-build.log", "the build of the fuzz targets")


def command(target, runs, seed, corpus):
    """Seeds are made anew; what the target finds to be new is kept in corpus."""
    seeds, found, broken = corpus / "seeds", corpus / "found", corpus / "broken"
    for folder in (seeds, found, broken):
        folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([PROGRAMS / "fuzz-seeds", target, seeds], check=True)
    return [str(PROGRAMS / f"fuzz-{target}"), f"-runs={runs}", f"-seed={seed}", "-max_len=4096", "-timeout=60", "-print_final_stats=1",
            f"-artifact_prefix={broken}/", str(found), str(seeds)]


def run(target, runs, seed=None):
    corpus = CORPUS / target
    done = subprocess.run(command(target, runs, seed or 0, corpus))
    if done.returncode:
        note(f"the inputs that break it: {shown(corpus / 'broken')}")
    say(paint(f"fuzz: {target}, {runs} runs: " + ("FAILED" if done.returncode else "nothing found"), "red" if done.returncode else "green"))
    return 1 if done.returncode else 0
