"""
constant_time.py PROGRAM GENERATOR

Runs each case of PROGRAM under valgrind, which reports jumps and addresses that depend on secrets, and holds what it reports
against allowed.list: anything else fails, and so does an entry that no longer occurs.
"""

import fnmatch
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ALLOWED = Path(__file__).with_name("allowed.list")
RSA_KEYS = "/usr/lib/python3/dist-packages/cryptography_vectors/asymmetric/RSA/FIPS_186-2/SigGen15_186-2.txt"


def read_allowed():
    """-> (patterns of cases, where) for each entry."""
    for line in ALLOWED.read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            cases, where, _ = (part.strip() for part in line.split("|"))
            yield cases.split(), where


def write_rsa_key(generator, to):
    """The published key of 2048 bits that the vectors' tables have first."""
    sys.path.insert(0, generator)
    import readers
    to.write_bytes(next(readers.rsa(Path(RSA_KEYS), True))[0][0])


def findings(program, key, case, folder):
    """-> set of (function, file) in which valgrind saw a secret decide. The operation itself must succeed."""
    report = folder / f"{case}.xml"
    done = subprocess.run(["valgrind", "-q", "--error-limit=no", "--xml=yes", f"--xml-file={report}", "--num-callers=2", program,
                           str(key), case], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(f"{case}: the operation failed, status {done.returncode}: {done.stderr}")
    frames = (error.find("stack/frame") for error in xml.parse(report).getroot().iter("error"))
    return {(frame.findtext("fn", "?"), frame.findtext("file", "?")) for frame in frames}


def complaints(found):
    allowed = list(read_allowed())
    matched = set()
    for case, places in found.items():
        mine = {where for cases, where in allowed if any(fnmatch.fnmatch(case, pattern) for pattern in cases)}
        matched |= {(case, where) for where in mine if any(where in place for place in places)}
        for function, file in sorted(places):
            if function not in mine and file not in mine:
                yield f"{case}: a secret decides in {function}, {file}, which allowed.list does not have"
    for cases, where in allowed:
        for pattern in cases:
            if not any(w == where and fnmatch.fnmatch(case, pattern) for case, w in matched):
                yield f"{pattern}: nothing in {where} any more: take it off allowed.list"


def main(program, generator):
    cases = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        key = Path(name) / "key.der"
        write_rsa_key(generator, key)
        found = dict(zip(cases, pool.map(lambda case: findings(program, key, case, Path(name)), cases)))
    for case, places in found.items():
        print(f"{case}: " + (", ".join(sorted({file for _, file in places})) or "clean"))
    wrong = list(complaints(found))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
