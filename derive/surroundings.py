"""What the text around a formula says of it.

Values that it sets, "if $y = 1$, the loss is"; names that it explains behind a formula, "where $u = Wx$".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.document.pieces import FormulaRegion
from derive.source import Span

_SETTING = re.compile(r"\s*\\?[A-Za-z]+\s*=\s*-?\d+(?:\.\d+)?\s*[.,;:]?\s*")
_BREAK = re.compile(r"\n[ \t\r>]*\n")
_AROUND = " \t\r\n$.,;:[]()\\>*"
_EXPLAINS = re.compile(r"(?:where|with|here|in which)\b[^$\n]{0,60}", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|where|with|)\b[^$\n]{0,20}|", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.{0,300}?-->[ \t\r]*\n?", re.DOTALL)
_LET = re.compile(
    r"\b(?:let|consider|take|suppose)(?:\s+(?:now|us|again|that|instead|say|for instance|the function)){0,3}[^\w.!?]*$",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:hold|held|keep|kept)\w*\b[^.]{0,60}\b(?:fixed|constant)\b"
    r"|\bpartial\s+derivatives?\s+of\s+(?:one|a\s+single|its\s+own|their\s+own|each)\b"
    r"|\b(?:direct|explicit)\s+(?:path|edge|partial|dependence|derivative)",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", "#")
MAX_EXPLAINED = 3
"""How many formulas behind one may explain its names."""
MAX_LEAD = 60
"""How many characters before a formula may say that it begins an example."""
MAX_TEXT = 600
"""How many characters before a formula may say what its partial derivatives hold fixed."""
MAX_NEIGHBOURS = 12
"""How many formulas on either side are looked at."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of the formulas that set a letter to a number in the paragraph of one formula, and of those that
    explain its names behind it; whether it begins an example, "Let f(x) = x^2"; whether the text before it says that
    partial derivatives hold other names fixed."""

    settings: tuple[Span, ...] = ()
    explained: tuple[Span, ...] = ()
    example: bool = False
    partials: bool = False


def surroundings(regions: Sequence[FormulaRegion], number: int) -> Surroundings:
    """Return what the text around a formula says of it.

    A display belongs to the paragraph before it, too, and what follows it without a blank line goes on with it.
    """
    own = regions[number]
    if _SETTING.fullmatch(own.clean.excerpt(own.span)):
        return Surroundings()
    found = [*_walk(regions, number, -1), *_walk(regions, number, 1)]
    explained = tuple(_explained(regions, number))
    text, end = own.clean.text, own.span.start
    example = _LET.search(text, max(0, end - MAX_LEAD), end) is not None
    partials = _HELD.search(text, max(0, end - MAX_TEXT), end) is not None
    return Surroundings(tuple(sorted(found, key=lambda span: span.start)), explained, example, partials)


def _explained(regions: Sequence[FormulaRegion], number: int) -> Iterator[Span]:
    """Yield the places of the definitions behind a formula: where $u = …$ and $v = …$."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        first, second = regions[place - 1], regions[place]
        if first.clean is not second.clean or first.cell != second.cell or first.span.end > second.span.start:
            return
        between = first.clean.text[first.span.end : second.span.start].strip(_AROUND)
        if not (_EXPLAINS if place == number + 1 else _GOES_ON).fullmatch(between):
            return
        yield second.span


def _walk(regions: Sequence[FormulaRegion], number: int, step: int) -> Iterator[Span]:
    here = regions[number]
    for place in range(number + step, number + step * (MAX_NEIGHBOURS + 1), step):
        if not 0 <= place < len(regions) or not _go_together(here, regions[place], step):
            return
        here = regions[place]
        if not here.display and _SETTING.fullmatch(here.clean.excerpt(here.span)):
            yield here.span


def _go_together(one: FormulaRegion, other: FormulaRegion, step: int) -> bool:
    """Return whether two formulas that follow each other stand in one paragraph."""
    first, second = (one, other) if step > 0 else (other, one)
    if first.clean is not second.clean or first.cell != second.cell or first.span.end > second.span.start:
        return False
    between = first.clean.text[first.span.end : second.span.start]
    between = _COMMENT.sub("", between)
    breaks = len(_BREAK.findall(between))
    leads_in = second.display and not between.rstrip(" \t\r\n$[\\").endswith(_ENDS)
    return breaks == 0 or (breaks == 1 and leads_in)
