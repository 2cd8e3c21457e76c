"""How the content's mathematics and prose become LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from derive.report import escape
from derive.report.content import Display
from derive.report.figure import tikz
from derive.report.inline import Inline, Reference
from derive.report.inline import prose as inlined


def inline(pieces: Sequence[Inline]) -> str:
    """Return prose as LaTeX."""
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Inline) -> str:
    match piece.kind:
        case "math":
            return f"${piece.value}$"
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
    ranged = broken(line.ranged)
    sides = f"  {line.left} &{ranged}" if line.right.startswith("=") else f"  {line.left}&{ranged}"
    if display.number and place == len(display.lines) - 1:
        return rf"{sides} \tag{{{display.number}}}"
    return sides + (rf" \rulenote{{{prose(line.rule)}}}" if line.rule else "")


WIDEST = 62
"""About as many letters as a line of a page has room for."""
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[_^{}&]|\S")
OPENING, CLOSING = frozenset("{([") | {r"\left", r"\begin"}, frozenset("})]") | {r"\right", r"\end"}
FONTS = frozenset({r"\mathbf", r"\boldsymbol", r"\mathcal", r"\mathrm", r"\operatorname"})
SILENT = FONTS | {r"\left", r"\right", r"\frac"}
MATRIX = r"= \begin{bmatrix}"
ARRAY = re.compile(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}")


def broken(right: str) -> str:
    """Return the right side of a line: a sum that is too wide on several lines, a matrix that is, drawn smaller."""
    pieces = _terms(right)
    if _width(right) <= WIDEST:
        return right
    if len(pieces) < 2 and right.startswith(MATRIX):
        return rf"\adjustbox{{max width=0.8\linewidth}}{{$\displaystyle {right}$}}"
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if _width(lines[-1] + piece) > WIDEST:
            lines.append(piece)
        else:
            lines[-1] += piece
    return r" \\ &\qquad ".join(lines)


def _terms(right: str) -> list[str]:
    """Split a sum before the signs that stand in no bracket."""
    depth, ends = 0, [0]
    for found in TOKEN.finditer(right):
        token = found[0]
        depth += (token in OPENING) - (token in CLOSING)
        if token in "+-" and depth == 0 and right[found.start() - 1 : found.end() + 1] == f" {token} ":
            ends.append(found.start())
    return [right[one:other] for one, other in pairwise([*ends, len(right)])]


def _width(latex: str) -> float:
    """Return about how many letters wide a formula is; a script counts half, a fraction by its longer line."""
    latex = ARRAY.sub(lambda found: max(found[1].split(r"\\"), key=len), latex)
    latex = re.sub(r"\\frac\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}",
                   lambda found: max(found[1], found[2], key=len), latex)  # fmt: skip
    scripts = sum(map(len, re.findall(r"[_^]\{([^{}]*)\}", latex)))
    tokens = [t for t in TOKEN.findall(latex) if t not in SILENT and t not in "_^{}&"]
    return len(tokens) - scripts / 2


def fitted(display: Display) -> str:
    """Return the lines of a display for an aligned environment on a slide, each with its rule behind it."""
    return " \\\\\n".join(f"  {line.left} &{line.ranged}{_behind(line.rule)}" for line in display.lines)


def _behind(rule: str) -> str:
    return rf" &&\quad\text{{\footnotesize\itshape {prose(rule)}}}" if rule else ""


FILTERS = {
    "fitted": fitted,
    "inline": inline,
    "title": lambda text: inline(inlined(text)),
    "rows": rows,
    "tikz": tikz,
    "text": escape.tex,
}
