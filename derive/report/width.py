"""How wide a formula is on a page, and where it is broken."""

from __future__ import annotations

import re
from itertools import pairwise

WIDEST = 63
"""About as many digits as a line of a page has room for."""
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[_^{}&]|\S")
OPENING, CLOSING = frozenset("{([") | {r"\left", r"\begin"}, frozenset("})]") | {r"\right", r"\end"}
FONTS = frozenset({r"\mathbf", r"\boldsymbol", r"\mathcal", r"\mathrm", r"\operatorname"})
SILENT = FONTS | {r"\left", r"\right", r"\frac"}
ARRAY = re.compile(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}")
SILENT |= frozenset("_^{}")
SCRIPT = re.compile(r"[_^](\{[^{}]*\}|\\[A-Za-z]+|[A-Za-z0-9])")
BOUNDS = re.compile(r"\\(?:sum|prod)_(\{[^{}]*\})(?:\^(\{[^{}]*\}|\w))?")
BELOW = re.compile(r"_\{\\text\{[^{}]*\}\}|\\underbrace")
WIDE = {**dict.fromkeys((r"\le", r"\ge", "=", r"\to", r"\leftarrow", r"\quad", r"\cdots", "&"), 2.4),
        **dict.fromkeys(("+", "-", r"\odot", r"\sum", r"\prod", r"\partial"), 1.8),
        **dict.fromkeys(("(", ")", "[", "]", ".", ",", r"\,", "'"), 0.7), r"\qquad": 3.6}  # fmt: skip
SIGNS = frozenset({"=", "+", "-", "<", ">", r"\odot", r"\cdot", r"\le", r"\ge", r"\to", r"\in", r"\,", r"\quad"})
CAPITAL = 1.3
SUMS = frozenset({r"\sum", r"\prod", r"\partial"})
QUOTIENT = re.compile(r"\\frac\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")


def broken(right: str, where: str = "", left: str = "") -> str:
    """Return the right side of a line with its range: a sum that is too wide on several lines, a matrix drawn smaller,
    a range below the line where it has no room beside it."""
    room = WIDEST - width(left)
    lines = _lines(right, room)
    if where and width(rf"{lines[-1]} \qquad ({where})") <= room:
        lines[-1] += rf" \qquad ({where})"
    elif where:
        lines += _filled(rf"\text{{for }} {where}".split(", "), ", ", room)
    return r" \\ &\qquad ".join(lines)


def _lines(right: str, room: float) -> list[str]:
    return [shrunk(line, 0.8) if width(line) > room else line for line in _filled(_terms(right), "", room)]


def shrunk(latex: str, share: float, style: str = r"\displaystyle ") -> str:
    """Return a formula that is drawn smaller where it is wider than a share of the line."""
    return rf"\adjustbox{{max width={share}\linewidth}}{{${style}{latex}$}}"


def _filled(pieces: list[str], between: str, room: float) -> list[str]:
    """Return lines of pieces, as many in each as there is room for."""
    lines = pieces[:1]
    for piece in pieces[1:]:
        if width(lines[-1] + between + piece) > room:
            lines[-1] += between.rstrip()
            lines.append(piece)
        else:
            lines[-1] += between + piece
    return lines


def _terms(right: str) -> list[str]:
    """Split a sum before the signs that stand in no bracket."""
    depth, ends = 0, [0]
    for found in TOKEN.finditer(right):
        token = found[0]
        depth += (token in OPENING) - (token in CLOSING)
        if token in "+-" and depth == 0 and right[found.start() - 1 : found.end() + 1] == f" {token} ":
            ends.append(found.start())
    return [right[one:other] for one, other in pairwise([*ends, len(right)])]


def breakable(latex: str) -> str:
    """Return a formula in a line of text that may be broken between factors, too, but not behind the sign of a sum."""
    depth, found, open_sum = 0, list[str](), False
    tokens = re.findall(rf"{TOKEN.pattern}|\s+", latex)
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        depth += (token in OPENING) - (token in CLOSING)
        between = token.isspace() and depth == 0 and not open_sum and following not in SIGNS
        found.append(r"\allowbreak " if between and found[-1] not in SIGNS else token)
        open_sum = token in SUMS or (open_sum and not token.isspace())
    return "".join(found)


def unbroken(latex: str) -> float:
    """Return the width of the widest part of a sum, which is drawn smaller where a line has no room for it."""
    return max(map(width, _terms(latex)))


def width(latex: str) -> float:
    """Return about how many digits wide a formula is: signs have space around them, scripts are small, a fraction is
    as wide as its longer line, and a sum as its sign or its bounds."""
    brackets = len(ARRAY.findall(latex))
    latex = ARRAY.sub(lambda found: BOUNDS.sub(_beside, max(found[1].split(r"\\"), key=len)), latex)
    latex = QUOTIENT.sub(lambda found: max(found[1], found[2], key=len), latex)
    latex = BELOW.sub("", BOUNDS.sub(_bounds, latex))
    scripts = sum(map(_letters, SCRIPT.findall(latex)))
    return _letters(SCRIPT.sub("", latex)) + 0.6 * scripts + 2 * brackets


def _beside(found: re.Match[str]) -> str:
    """Return a sum of an entry of a matrix: its bounds stand beside the sign there."""
    return r"\sum{}_" + max(found[1], found[2] or "", key=_letters)


def _bounds(found: re.Match[str]) -> str:
    """Return a sum by what is wider, its sign or one of its bounds, which are small."""
    longer = max(found[1], found[2] or "", key=_letters)
    return r"\sum" if 0.6 * _letters(longer) <= WIDE[r"\sum"] else f"_{longer}"


def _letters(latex: str) -> float:
    tokens = (token for token in TOKEN.findall(latex) if token not in SILENT)
    return sum(WIDE.get(token, CAPITAL if token.isupper() else 1.0) for token in tokens)
