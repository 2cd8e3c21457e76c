"""Cases that a text goes through one after the other: *When $j = k$:* … (many formulas) … *When $j \\ne k$,* …"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import first_role
from derive.prose.sentence_conditions import Conditions, condition_lead
from derive.prose.sentences import HEADING, is_general, is_of_indices, text_between

FARTHEST = 40
"""How many formulas away from the beginning of a case one may stand."""
_EQUAL = re.compile(r"\s*(?P<left>[^=<>≠]+?)\s*(?P<sign>=|≠|\\neq?(?![a-zA-Z]))\s*(?P<right>[^=<>≠]+?)\s*")


def case_of_a_split(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return the condition of the case in which a formula stands, where the text goes on to the opposite case after it.

    A text that never comes to the opposite case speaks of one case by the way; what follows may be meant of all.
    """
    begun = next(_announced(regions, range(number - 1, max(-1, number - 1 - FARTHEST), -1), number), None)
    if begun is None:
        return ()
    between = text_between(regions[begun], regions[number])
    if between is None or is_general(between):
        return ()
    following = next(_announced(regions, range(number + 1, min(len(regions), number + 1 + FARTHEST)), number), None)
    if following is None or not _are_opposite(_case_at(regions, begun), _case_at(regions, following)):
        return ()
    return (("if", regions[begun].span),)


def _announced(regions: Sequence[FormulaRegion], places: range, number: int) -> Iterator[int]:
    """Yield the places at which a case of indices begins, from a formula on, as far as its section goes."""
    for place in places:
        ends = sorted((place, number))
        between = text_between(regions[ends[0]], regions[ends[1]])
        if between is None or HEADING.search(between):
            return
        if is_of_indices(regions[place]) and condition_lead(regions, place):
            yield place


def _case_at(regions: Sequence[FormulaRegion], place: int) -> tuple[frozenset[str], bool] | None:
    """Return the letters that a comparison is of, and whether they are the same in its case; None for another one."""
    found = _EQUAL.fullmatch(regions[place].clean.excerpt(regions[place].span))
    if found is None:
        return None
    turned = first_role(condition_lead(regions, place)) == "unless"
    return frozenset((found["left"], found["right"])), (found["sign"] == "=") != turned


def _are_opposite(one: tuple[frozenset[str], bool] | None, other: tuple[frozenset[str], bool] | None) -> bool:
    """Return whether two cases are those of i = j and of i ≠ j."""
    return one is not None and other is not None and one[0] == other[0] and one[1] != other[1]
