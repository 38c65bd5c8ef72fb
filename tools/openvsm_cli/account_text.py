"""Headings and items of the account."""

import textwrap

from openvsm_cli.terminal import paint, say

WIDTH = 100


def heading(text):
    say()
    say(paint(text, "bold"))


def item(name, value, indent=2, width=20, wrap=True):
    """Long values wrap under themselves."""
    pieces = textwrap.wrap(value, WIDTH - indent - width - 2) if wrap else [value]
    pieces = pieces or [""]
    say(" " * indent + f"{name:<{width}}  {pieces[0]}")
    for piece in pieces[1:]:
        say(" " * (indent + width + 2) + piece)
