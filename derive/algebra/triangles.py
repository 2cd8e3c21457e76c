"""Sums over triangles, where the range of one bound index ends at another: Σ_j Σ_{i<=j} is Σ_i Σ_{j>=i}; and what is
written down of such moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.index import Index, Lin, Range, lin

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

ORIGIN = lin(0)
ANY = Range(ORIGIN, ORIGIN)
Bounds = list[tuple[Index, Range]]


def triangular(algebra: Algebra, bounds: Bounds) -> list[Bounds]:
    """Return the bounds with ranges as tight as they can be and, where one ends at another, also the other way round.

    lo_j <= j <= hi_j, lo_i <= i <= j + c    is    lo_i <= i <= hi_j + c, i - c <= j <= hi_j    if lo_j = lo_i - c
    """
    pairs = [(i, j) for i, range_ in bounds for j, _ in bounds if j in _atoms(range_)]
    if len(pairs) != 1:
        return [bounds]
    ((i, j),) = pairs
    ranges = dict(bounds)
    swapped = _swapped(algebra, lin(i), ranges[i], lin(j), ranges[j])
    if swapped is None:
        return [bounds]
    tight, (other_i, other_j) = swapped
    algebra.moves[EXCHANGED] = None
    return [[(k, new.get(k, r)) for k, r in bounds] for new in ({j: tight}, {i: other_i, j: other_j})]


def _atoms(range_: Range) -> set[Index]:
    """The index variables in the ends of a range, those in the arguments of sizes left out."""
    return {atom for end in (range_.lo, range_.hi) for atom, _ in end.terms if isinstance(atom, Index)}


def _swapped(algebra: Algebra, i: Lin, own: Range, j: Lin, other: Range) -> tuple[Range, tuple[Range, Range]] | None:
    """Return the tight range of j, and both ranges with j inside; None where the corner of the triangle is cut off."""
    decide = algebra.context.at_most_zero
    below, above = own.hi - j, own.lo - j
    if _apart(below, j) and _apart(own.lo, j) and decide(other.lo - own.lo + below):
        return Range(own.lo - below, other.hi), (Range(own.lo, other.hi + below), Range(i - below, other.hi))
    if _apart(above, j) and _apart(own.hi, j) and decide(own.hi - above - other.hi):
        return Range(other.lo, own.hi - above), (Range(other.lo + above, own.hi), Range(other.lo, i - above))
    return None


def _apart(e: Lin, j: Lin) -> bool:
    return j.terms[0][0] not in e.indices()


@dataclass(frozen=True, slots=True)
class Move:
    """What was done to a sum: over `range` it was "shifted" by `by`, or "cut" in two, of which the second begins at
    `by`; or two sums, one of which ends at the index of the other, were "exchanged"."""

    kind: str
    range: Range = ANY
    by: Lin = ORIGIN


EXCHANGED = Move("exchanged")
