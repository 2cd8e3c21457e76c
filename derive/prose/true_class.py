"""The class that a sentence says an example has: $y_c = 1$ and $y_k = 0$ otherwise, or all other entries are zero."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.notation.words import ONLY, OTHERS
from derive.prose.sentences import BREAK, MAX_EXPLAINED, SENTENCE, earlier, plain, sentence_before, text_between
from derive.source import Span

_ENTRY = r"\s*(?P<name>[^_^=,]{1,30}?)\s*_\s*\{?\s*(?P<letter>\\?[a-zA-Z]+)\s*\}?\s*=\s*"
_ONE = re.compile(_ENTRY + r"1\s*[.,;]?\s*")
_ZERO = re.compile(_ENTRY + r"0(?![.\d])")
_OTHER_INDEX = re.compile(r"(?:\\neq?(?![a-zA-Z])|\\not\s*=|≠)\s*\{?\s*(?P<letter>\\?[a-zA-Z]+)")
_OTHERS = re.compile(rf"(?<!\w)(?:{'|'.join(OTHERS)})(?!\w)", re.IGNORECASE)
_ONLY = re.compile(rf"(?<!\w)(?:{'|'.join(ONLY)})[\s$\\(]*$", re.IGNORECASE)
MAX_BEHIND = 100
"""How many characters behind the last formula of a sentence may say what the other entries are."""


def true_class(regions: Sequence[FormulaRegion], number: int) -> tuple[Span, ...]:
    """Return the place of $y_c = 1$ where the sentence of a formula says that all other entries are 0, then the places
    of the formulas that say this; () where nothing says so.

    That one other entry is 0, $y_j = 0$, does not make it so: it has to be otherwise, or for $j \\ne c$.
    """
    places = sorted((*earlier(regions, number), *_behind(regions, number)))
    for place in places:
        region = regions[place]
        one = None if region.display else _ONE.fullmatch(_text(region))
        if one is None:
            continue
        zeros = [other for other in places if _is_zero_beside(one, _text(regions[other]))]
        differ = any(
            found["letter"] == one["letter"] for n in places for found in _OTHER_INDEX.finditer(_text(regions[n]))
        )
        if (zeros and differ) or _speaks_of_others(regions, place, number):
            return region.span, *(regions[other].span for other in zeros)
    return ()


def _text(region: FormulaRegion) -> str:
    return region.clean.excerpt(region.span)


def _is_zero_beside(one: re.Match[str], text: str) -> bool:
    """Return whether a formula says that another entry of the same vector is 0."""
    zero = _ZERO.match(text)
    return zero is not None and zero["name"] == one["name"] and zero["letter"] != one["letter"]


def _behind(regions: Sequence[FormulaRegion], number: int) -> Iterator[int]:
    """Yield the places of the formulas behind one in its sentence."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        between = text_between(regions[place - 1], regions[place])
        if between is None or regions[place].display or SENTENCE.search(between) or BREAK.search(between):
            return
        yield place


def _speaks_of_others(regions: Sequence[FormulaRegion], place: int, number: int) -> bool:
    """Return whether words around $y_c = 1$ say that the other entries vanish: only, the rest, elsewhere."""
    region, text = regions[place], regions[place].clean.text
    end = regions[number].span.start if place < number else region.span.end + MAX_BEHIND
    behind = BREAK.split(SENTENCE.split(plain(text)[region.span.end : end])[0])[0]
    before = sentence_before(region)
    return _ONLY.search(before) is not None or any(_OTHERS.search(words) for words in (before, behind))
