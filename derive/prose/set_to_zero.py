"""What a sentence sets to zero in words: "Setting this gradient to zero gives the normal equations"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.notation.declared import GROUPS, alternatives
from derive.notation.words import IT, SETS_TO_ZERO, SEVERAL
from derive.prose.sentences import MAX_NEIGHBOURS, MAX_SENTENCE, plain, text_between
from derive.reader.derivatives import has_derivative
from derive.reader.parser import parse_formula
from derive.reader.syntax import Node, Relation

_ENDS = re.compile(r"[.!?;](?=[\s$]|$)|[。；！？]|\n[ \t\r>]*\n|-->")
_OPENS = re.compile(r"(?:[\s$(\[:]|\\[(\[]|\\begin\{\w+\*?\})*\Z")
"""What opens a formula at the end of the text before it."""
_SECOND = re.compile(r"\\(?:nabla|partial)\s*\^|(?<![a-z\\])d\s*\^")
"""What begins a second derivative, which nobody sets to zero."""
_WORD = re.compile(r"[^\W\d_]+")


def set_to_zero(regions: Sequence[FormulaRegion], number: int) -> str | None:
    """Return the equation that the sentence of a formula sets up in words, \\nabla_w E = 0, from which it then follows.

    It is that of the derivative that stands last before the words, or among them. Returns "" where it is not clear
    which one is meant, and None where the sentence sets no derivative to zero.
    """
    own = regions[number]
    start = max(0, own.span.start - MAX_SENTENCE)
    lead = _OPENS.sub("", plain(own.clean.text)[start : own.span.start])
    found = _phrase().search(lead, max((match.end() for match in _ENDS.finditer(lead)), default=0))
    if found is None:
        return None
    what = next((text for text in found.groups() if text), "")
    words = {word.lower() for word in _WORD.findall(what)}
    named = not words.isdisjoint(_names_of_derivatives()) or r"\partial" in what or r"\nabla" in what
    if words and not named and not words <= IT | SEVERAL:
        return None
    if words & SEVERAL:
        return ""
    return _last_derivative(regions, number, start + found.end(), named)


def _last_derivative(regions: Sequence[FormulaRegion], number: int, end: int, named: bool) -> str:
    """Return the derivative that stands last before a place, as an equation to be solved; "" where none does. Only one
    that is `named` may stand before formulas of other things."""
    for place in range(number - 1, max(-1, number - 1 - MAX_NEIGHBOURS), -1):
        region = regions[place]
        if text_between(region, regions[number]) is None:
            return ""
        if region.span.start >= end:
            continue
        sides = list(_first_sides(region))
        for side in reversed(sides):
            if has_derivative(side) and not _SECOND.search(region.clean.excerpt(side.span)):
                return f"{region.clean.excerpt(side.span)} = 0"
        if sides and not named:
            return ""
    return ""


def _first_sides(region: FormulaRegion) -> Iterator[Node]:
    """Yield what the equations of a formula begin with, or a derivative alone."""
    try:
        statements = parse_formula(region.clean, region.read_span, region.macros).statements
    except LatexError:
        return
    for statement in statements:
        if isinstance(statement.body, Relation):
            yield statement.body.first
        elif has_derivative(statement.body):
            yield statement.body


@cache
def _phrase() -> re.Pattern[str]:
    """Return the words that set something to zero, each with a group for what that is."""
    rows = (rf"(?<!\w)(?:{verb})(?!\w)([^.;:!?]{{0,80}}?)(?<!\w){tail}(?!\w)" for verb, tail in SETS_TO_ZERO)
    return re.compile("|".join(rows).replace(" ", r"\s+"), re.IGNORECASE)


@cache
def _names_of_derivatives() -> frozenset[str]:
    return frozenset(word for phrase in alternatives(GROUPS["gradient"]) for word in phrase.split())
