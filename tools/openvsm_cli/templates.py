"""Folders that are written from templates: NAME.in with @WORD@ in it."""

import re


def filled(text, values):
    return re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], text)


def write(templates, folder, values):
    """Fills every template of a folder into another one. -> the files written"""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template in sorted(templates.glob("*.in")):
        path = folder / template.name.removesuffix(".in").replace("NAME", values["NAME"])
        path.write_text(filled(template.read_text(), values))
        written.append(path)
    return written
