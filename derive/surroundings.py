"""What the text around a formula sets: "if $y = 1$, the loss is" before it, "when $y = 0$" behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.source import Span

_SETTING = re.compile(r"\s*\\?[A-Za-z]+\s*=\s*-?\d+(?:\.\d+)?\s*[.,;:]?\s*")
_BREAK = re.compile(r"\n[ \t\r>]*\n")
MAX_NEIGHBOURS = 12
"""How many formulas on either side are looked at."""


def settings_around(regions: Sequence[FormulaRegion], number: int) -> tuple[Span, ...]:
    """Return the places of the formulas that set a letter to a number in the paragraph of one formula.

    A display belongs to the paragraph before it, too, and what follows it without a blank line goes on with it.
    """
    found = [*_walk(regions, number, -1), *_walk(regions, number, 1)]
    own = regions[number]
    if _SETTING.fullmatch(own.clean.excerpt(own.span)):
        return ()
    return tuple(sorted(found, key=lambda span: span.start))


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
    breaks = len(_BREAK.findall(between))
    return breaks == 0 or (breaks == 1 and second.display and between.rstrip(" \t\r\n$[\\").endswith((":", ",")))
