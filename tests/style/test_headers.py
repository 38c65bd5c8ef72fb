"""Headers compile alone."""

import json
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

import tree

from openvsm_cli.paths import BUILD, ROOT

EFI = ("-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/x86_64")
ALWAYS = ["-I" + str(ROOT / "abi/include"), "-I" + str(BUILD / "abi/include"), "-I" + str(ROOT / "lib/include")]


def include_flags(words):
    """The include options of one compile command."""
    flags = []
    for at, word in enumerate(words):
        if word in ("-I", "-isystem"):
            flags += [word, words[at + 1]]
        elif word.startswith(("-I", "-isystem")):
            flags.append(word)
    return flags


def variants():
    """{top folder: [include flags of each distinct kind of compile command there]}"""
    found = {}
    for command in json.loads((BUILD / "compile_commands.json").read_text()):
        if not command["file"].startswith(str(ROOT) + "/"):
            continue
        top = command["file"][len(str(ROOT)) + 1:].split("/")[0]
        flags = tuple(include_flags(shlex.split(command["command"])))
        found.setdefault(top, {})[flags] = "-fshort-wchar" in command["command"]
    return found


def compiles(path, flags, efi):
    words = ["gcc", "-std=gnu11", "-fsyntax-only", "-Wall", "-Wno-pragma-once-outside-header", "-x", "c", "-ffreestanding",
             *(["-fshort-wchar", "-DGNU_EFI_USE_MS_ABI"] if efi else []), *flags, *ALWAYS, f"-I{path.parent}", str(path)]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def check(path, known):
    top = tree.name(path).split("/")[0]
    tries = list(known.get(top, {}).items()) + [((), False), (EFI, True)]
    if tree.name(path).startswith("tests/mutants/"):
        tries += [item for flags in known.values() for item in flags.items()]    # it stands for a header of another folder
    message = ""
    for flags, efi in tries:
        good, message = compiles(path, [*flags, f"-I{ROOT / top / 'include'}"], efi)
        if good:
            return None
    first = next((line for line in message.splitlines() if "error:" in line), message)
    return f"{tree.name(path)}: {first}"


def test_headers_compile_alone():
    """Each header includes what it uses (with the include paths of its own folder's sources)."""
    headers = [path for path in tree.files() if path.suffix == ".h"]
    assert headers, "no header found"
    known = variants()
    with ThreadPoolExecutor(2) as pool:
        wrong = [line for line in pool.map(lambda path: check(path, known), headers) if line]
    assert not wrong, "\n".join(wrong)


def test_headers_guard_themselves():
    """#pragma once in every header."""
    wrong = [tree.name(path) for path in tree.files() if path.suffix == ".h" and "#pragma once" not in path.read_text()]
    assert not wrong, f"without #pragma once: {wrong}"
