"""How the content's mathematics and prose become LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.report import escape
from derive.report.content import Display
from derive.report.figure import tikz
from derive.report.inline import Inline, Reference
from derive.report.inline import prose as inlined
from derive.report.width import breakable, broken, shrunk, width

INLINE = 48
"""Digits of a formula that needs a line of its own, as a step of the algorithm has."""
SCRIPT = re.compile(r"([_^])(\\(?:text|math)[a-z]*\{[^{}]*\})")


def math(latex: str) -> str:
    """Return mathematics for TeX, which wants braces around a script that a command in the way expands, and whose
    blackboard letters have no digits."""
    return SCRIPT.sub(r"\1{\2}", latex).replace(r"\mathbb{1}", r"\mathbf{1}")


def inline(pieces: Sequence[Inline]) -> str:
    """Return prose as LaTeX."""
    return "".join(_piece(piece) for piece in pieces)


def cell(pieces: Sequence[Inline]) -> str:
    """Return prose in a cell of a table, where a formula is broken between its factors rather than drawn small."""
    return "".join(f"${breakable(math(p.value))}$" if p.kind == "math" else _piece(p) for p in pieces)


def _piece(piece: Inline) -> str:
    match piece.kind:
        case "math":
            latex = math(piece.value)
            return shrunk(latex, 0.72, "") if width(latex) > INLINE else f"${latex}$"
        case "emphasis":
            return rf"\emph{{{prose(piece.value)}}}"
        case "strong":
            return rf"\textbf{{{prose(piece.value)}}}"
    if isinstance(piece, Reference):
        number = f"({piece.number})" if piece.family == "eq" else str(piece.number)
        return rf"\hyperlink{{{piece.family}:{piece.value}}}{{{number}}}"
    return prose(piece.value)


def prose(text: str) -> str:
    """Return the handout's own words: escaped, but with the typographer's quotes, dashes and commas left alone."""
    return escape.tex(text).replace("{-}", "-").replace("{,}", ",").replace("{?}", "?").replace("{!}", "!").replace(
        r"\textquotesingle{}", "'"
    )  # fmt: skip


def rows(display: Display) -> str:
    """Return the lines of a display for an aligned environment, each with its rule at the right margin.

    No page begins with the last line alone.
    """
    *first, last = (_row(display, place) for place in range(len(display.lines)))
    return " \\\\\n".join(first) + " \\\\*\n" + last if first else last


def _row(display: Display, place: int) -> str:
    line = display.lines[place]
    left = math(line.left)
    ranged = broken(math(line.right), math(line.where), left)
    sides = f"  {left} &{ranged}" if line.right.startswith("=") else f"  {left}&{ranged}"
    if display.number and place == len(display.lines) - 1:
        return rf"{sides} \tag{{{display.number}}}"
    return sides + (rf" \rulenote{{{prose(line.rule)}}}" if line.rule else "")


def fitted(display: Display) -> str:
    """Return the lines of a display for an aligned environment on a slide, each with its rule behind it."""
    lines = ((math(line.left), math(line.ranged), _behind(line.rule)) for line in display.lines)
    return " \\\\\n".join(f"  {left} &{right}{rule}" for left, right, rule in lines)


def _behind(rule: str) -> str:
    return rf" &&\quad\text{{\footnotesize\itshape {prose(rule)}}}" if rule else ""


FILTERS = {
    "cell": cell,
    "fitted": fitted,
    "inline": inline,
    "title": lambda text: inline(inlined(text)),
    "rows": rows,
    "tikz": tikz,
    "text": escape.tex,
}
