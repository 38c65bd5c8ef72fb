"""Lengths of functions, by a scanner of our own.

C: the project's style puts a function's head and its closing brace in column
0, so an extent is from the head's first line to the next '}' there. Python: ast.
"""

import ast
import re
from dataclasses import dataclass

import tree

NOT_HEADS = ("struct ", "enum ", "union ", "typedef ", "#", "/", " ", "\t", "}", "extern \"")


@dataclass(frozen=True)
class Function:
    file: str
    name: str
    line: int
    length: int


def c_functions(path):
    lines = tree.lines(path)
    index = 0
    while index < len(lines):
        head = index
        if is_head(lines, index):
            opening = opening_brace(lines, index)
            if opening is not None:
                closing = next((i for i in range(opening, len(lines)) if lines[i].startswith("}")), len(lines) - 1)
                yield Function(tree.name(path), function_name(lines[head:opening + 1]), head + 1, closing - head + 1)
                index = closing
        index += 1


def is_head(lines, index):
    """A line in column 0 that holds the '(' of a definition; structs returned by value are heads too."""
    line = lines[index]
    if not line or line[0] in " \t#/}*{\"":
        return False
    return "(" in line and "=" not in line.split("(")[0]


def opening_brace(lines, index):
    """The line whose '{' opens the body; None for a prototype or a macro call."""
    for at in range(index, min(index + 12, len(lines))):
        text = lines[at].rstrip()
        if text.endswith("{"):
            return at
        if text.endswith(";") or not text:
            return None
    return None


def function_name(head):
    found = re.search(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", " ".join(head)))
    return found[1] if found else "?"


def python_functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield Function(tree.name(path), node.name, node.lineno, node.end_lineno - node.lineno + 1)


def all_c():
    return [function for path in tree.sources() if path.suffix == ".c" for function in c_functions(path)]


def all_python():
    return [function for path in tree.sources() if path.suffix == ".py" for function in python_functions(path)]
