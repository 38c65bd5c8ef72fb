"""Only our own words: no third-party source, no vendored file, no conditional compilation."""

import re

import tree

# Assembled here so that this file does not hold them as text.
LICENCE_MARKS = [" ".join(words) for words in (
    ("SPDX-License", "Identifier"), ("Permission is", "hereby granted"), ("Redistribution and", "use in source"),
    ("Apache License,", "Version"), ("GNU General", "Public License"), ("GNU Lesser", "General"), ("All rights", "reserved"),
    ("THE SOFTWARE IS", "PROVIDED"), ("Mozilla Public", "License"), ("public", "domain"))]
LICENCE_MARKS[0] = LICENCE_MARKS[0].replace(" ", "-")
COPYRIGHT = re.compile(r"\bcopyright\s*(\(c\)|©|\d{4})", re.I)
BINARY = (".a", ".o", ".so", ".efi", ".img", ".bin", ".fd", ".deb", ".gz", ".xz", ".zip", ".tar", ".jar", ".exe", ".dsc")
SECRET = (".key", ".pem", ".p12", ".pfx")


def texts():
    for path in tree.files():
        if tree.name(path) != "LICENSE":
            try:
                yield tree.name(path), path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_no_third_party_licence_text():
    """A foreign licence header means foreign source."""
    wrong = [f"{name}: {mark}" for name, text in texts() for mark in LICENCE_MARKS if mark.lower() in text.lower()]
    wrong += [f"{name}: copyright line" for name, text in texts() if COPYRIGHT.search(text)]
    assert not wrong, "\n".join(wrong)


def test_no_binary_and_no_key_in_the_tree():
    """Nothing built, packed or secret is committed."""
    wrong = [tree.name(path) for path in tree.files() if path.suffix in BINARY + SECRET]
    for path in tree.files():
        if b"\0" in path.read_bytes()[:8192] and path.suffix not in (".png",):
            wrong.append(tree.name(path) + " (binary content)")
    assert not wrong, f"not source: {wrong}"


def conditionals(path):
    """#if lines, but for those that only say by #error what the build must give."""
    lines = tree.lines(path)
    for number, line in enumerate(lines, 1):
        demand = number < len(lines) and re.match(r"\s*#\s*error\b", lines[number])
        if re.match(r"\s*#\s*(if|ifdef|ifndef)\b", line) and not demand:
            yield f"{tree.name(path)}:{number}"


def test_no_conditional_compilation():
    """A variant is a file: no #if in .c files."""
    wrong = [place for path in tree.files() if path.suffix == ".c" for place in conditionals(path)]
    assert not wrong, f"conditional compilation: {wrong}"


def test_layout_of_text():
    """No tab in C (assembler may), no trailing blank, a newline at the end, at most 140 columns."""
    wrong = []
    for path in tree.sources():
        text = path.read_text(encoding="utf-8")
        if text and not text.endswith("\n"):
            wrong.append(f"{tree.name(path)}: no newline at the end")
        for number, line in enumerate(text.splitlines(), 1):
            prose = path.suffix in (".c", ".h", ".py")
            if line != line.rstrip() or (prose and ("\t" in line or len(line) > 140)):
                wrong.append(f"{tree.name(path)}:{number}")
    assert not wrong, "\n".join(wrong)
