"""Names between two layers, whose one index is written as a pair of neighbours: w^{v,v-1}, W_{k,k+1}."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from derive.algebra.index import lin
from derive.names.indices import Token, index_value, segments
from derive.names.lookup import Lookup
from derive.names.notation import Pair


@dataclass(frozen=True, slots=True)
class _Neighbour:
    letter: str
    step: int


def declared_pair(groups: list[list[Token]], layers: Collection[str]) -> tuple[str, Pair] | None:
    """Return the letter that a declared pair of neighbours counts by, and how the pair is written; None for others."""
    first, *others = (_neighbour(list(segment)) for segment in segments(groups)[:2]) if groups else (None,)
    second = others[0] if others else None
    if first is None or second is None or first.letter != second.letter or first.letter not in layers:
        return None
    if (first.step == 0) == (second.step == 0):
        return None
    at = 0 if first.step == 0 else 1
    return first.letter, Pair(at, first.step + second.step)


def _neighbour(tokens: list[Token]) -> _Neighbour | None:
    """Return v-1 as the letter and its step."""
    match [token.kind for token in tokens]:
        case ["letter"]:
            return _Neighbour(tokens[0].text, 0)
        case ["letter", "sign", "number"] if tokens[1].text in "+-" and tokens[2].text.isdigit():
            return _Neighbour(tokens[0].text, int(tokens[1].text + tokens[2].text))
    return None


def as_one(groups: list[list[Token]], pair: Pair, ctx: Lookup) -> list[list[Token]] | None:
    """Return an index list with its pair of neighbours as one index, the one that the name counts by.

    A list of one index stands for the pair. None where two indices begin it that are no such neighbours.
    """
    found = [list(segment) for segment in segments(groups)]
    if len(found) < 2:
        return groups
    own, other = (index_value(tuple(found[at]), ctx) for at in (pair.at, 1 - pair.at))
    if own is None or other is None or other - own != lin(pair.step):
        return None
    return [found[pair.at], *found[2:]]


def pair_latex(text: str, pair: Pair) -> str:
    """Return the index of a layer as the pair that it is written as: v as v,v-1."""
    found = re.fullmatch(r"(.*?)([+-]?\d+)?", text)
    before, const = (found[1], int(found[2] or 0)) if found else (text, 0)
    total = const + pair.step
    other = before + (f"{total:+d}" if total and before else "" if before else str(total))
    return f"{text},{other}" if pair.at == 0 else f"{other},{text}"
