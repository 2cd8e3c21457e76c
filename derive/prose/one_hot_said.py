"""The letters that words call one-hot vectors: $y$ is the one-hot vector of $c$, or has a 1 at position $o$."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from derive.document.pieces import FormulaRegion
from derive.notation.declared import GROUPS, alternatives
from derive.notation.words import DENIALS
from derive.prose.sentences import BREAK, MAX_LEAD, SENTENCE, is_letter, text_between

_NAME = re.compile(r"\s*\\?[a-zA-Z]+(?:\s*\{\s*\\?[a-zA-Z]+\s*\})?\s*")
"""A name with its font: y, \\mathbf{y}."""
_WORD = r"[\w'’-]+"


def one_hot_said(regions: Sequence[FormulaRegion], number: int) -> str:
    """Return the letter of the entry that is 1 in the vector that a formula names; "" where no words say so."""
    if number + 1 >= len(regions) or not _is_name(regions[number]) or not is_letter(regions[number + 1]):
        return ""
    between = text_between(regions[number], regions[number + 1])
    if between is None or SENTENCE.search(between) or BREAK.search(between):
        return ""
    before = _ends_so().search(_before(regions[number])) is not None
    called = _behind().fullmatch(between) or (before and _tail().fullmatch(between))
    if not called or DENIALS & set(re.findall(r"[\w']+", between.lower())):
        return ""
    return regions[number + 1].clean.excerpt(regions[number + 1].span).strip()


def _is_name(region: FormulaRegion) -> bool:
    return not region.display and _NAME.fullmatch(region.clean.excerpt(region.span)) is not None


def _before(region: FormulaRegion) -> str:
    start = region.span.start
    return region.clean.text[max(0, start - MAX_LEAD) : start].rstrip(" $\\(")


@cache
def _behind() -> re.Pattern[str]:
    """Return what calls the name before it one-hot, up to the letter of its class."""
    verb, article = _any("is"), _any("a")
    called = rf"(?:(?:{verb})\s+)?(?:(?:{article})\s+)?(?:{_WORD}\s+){{0,2}}?(?:{_any('one-hot')})"
    return re.compile(rf"[$\s\\),]{{0,4}}{called}{_TAIL}", re.IGNORECASE)


@cache
def _ends_so() -> re.Pattern[str]:
    """Return what calls the name behind it one-hot: the one-hot vector."""
    return re.compile(rf"(?:{_any('one-hot')})(?:[\s-]+(?:{_any('label')}))*\s*$", re.IGNORECASE)


@cache
def _tail() -> re.Pattern[str]:
    return re.compile(rf"[$\s\\),]{{0,4}}{_TAIL}", re.IGNORECASE)


_TAIL = rf"(?:(?!\s+(?:length|size|dimension))[\s,-]+{_WORD}){{1,10}}?[\s$\\(]*"
"""The words between what is called one-hot and the letter of its class; a length is none."""


def _any(group: str) -> str:
    return "|".join(map(re.escape, sorted(alternatives(GROUPS[group]), key=len, reverse=True)))
