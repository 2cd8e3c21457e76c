"""Sums of the same terms over other ranges: shifted to begin at 1, and cut in two where another one begins or ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import power, product
from derive.algebra.bound_names import canonical_sum, open_sum
from derive.algebra.factors import Factor, IversonFactor, Monomial, Poly, Rational, SumFactor, add, poly_of
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.summation import sum_again
from derive.algebra.triangles import ANY, Move

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_PASSES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A sum, seen as one over the range of its bound number `place`; `likeness` is the same for all ranges."""

    factor: SumFactor
    place: int
    range: Range
    likeness: str


def align_sums(algebra: Algebra, poly: Poly) -> Poly:
    """Return an equal polynomial in which sums of the same terms meet over the same ranges, as far as that is known."""
    ranges = {index: range_ for index, range_ in algebra.ranges.items() if index.uid < 0}
    before = dict(algebra.moves)
    try:
        plain = _aligned(algebra, poly)
        for_plain, algebra.moves = algebra.moves, before
        shifted = poly if plain.is_zero else shift_sums(algebra, poly)
        found = plain if shifted is poly else _aligned(algebra, shifted)
        if shifted is not poly and len(found.terms) < len(plain.terms):
            return found
        algebra.moves = for_plain
        return plain
    finally:
        algebra.ranges.update(ranges)  # sums were compared as if they ran over other ranges


def _aligned(algebra: Algebra, poly: Poly) -> Poly:
    for _ in range(MAX_PASSES):
        cuts: dict[Factor, Poly] = dict(_cuts(algebra, poly))
        if not cuts:
            return poly
        poly = add(*(_replaced(algebra, m, c, cuts) for m, c in poly.terms.items()))
    return poly


def shift_sums(algebra: Algebra, poly: Poly) -> Poly:
    """Return an equal polynomial whose sums begin at 1, or at 1 beyond an index or a size: Σ_{t=0}^{T-1} x_{t+1}."""
    shifted: dict[Factor, Poly] = {
        factor: _shifted(algebra, piece)
        for factor in dict.fromkeys(f for f in poly.factors() if isinstance(f, SumFactor))
        if any(range_.lo.const != 1 for _, range_ in factor.bounds)
        for piece in _pieces(algebra, factor)
        if piece.range.lo.const != 1
    }
    return add(*(_replaced(algebra, m, c, shifted) for m, c in poly.terms.items())) if shifted else poly


def _shifted(algebra: Algebra, piece: Piece) -> Poly:
    bounds, factors = open_sum(algebra, piece.factor)
    old, distance = bounds[piece.place][0], 1 - piece.range.lo.const
    algebra.moves[Move("shifted", piece.range, lin(distance))] = None
    new = fresh(old.name)
    bounds[piece.place] = (new, Range(piece.range.lo + distance, piece.range.hi + distance))
    algebra.ranges[new] = bounds[piece.place][1]
    return sum_again(algebra, bounds, algebra.subs(Poly({tuple(factors): 1}), {old: lin(new) - distance}))


def _cuts(algebra: Algebra, poly: Poly) -> Iterator[tuple[SumFactor, Poly]]:
    """Yield the sums that can be cut in two where another one like it begins or ends."""
    if not _may_cut(algebra, poly):
        return
    groups: dict[str, list[Piece]] = {}
    for factor in dict.fromkeys(f for f in poly.factors() if isinstance(f, SumFactor)):
        for piece in _pieces(algebra, factor):
            groups.setdefault(piece.likeness, []).append(piece)
    for pieces in groups.values():
        ends = [end for piece in pieces for end in (piece.range.lo, piece.range.hi + 1)]
        for piece in pieces:
            at = next((end for end in ends if _inside(algebra, piece.range, end)), None)
            if at is not None:
                yield piece.factor, _cut(algebra, piece, at)


def _may_cut(algebra: Algebra, poly: Poly) -> bool:
    """Whether any range ends inside another one, whatever is summed: this is quickly seen."""
    ranges = {range_ for f in poly.factors() if isinstance(f, SumFactor) for _, range_ in f.bounds}
    ends = {end for range_ in ranges for end in (range_.lo, range_.hi + 1)}
    return any(_inside(algebra, range_, end) for range_ in ranges for end in ends)


def _pieces(algebra: Algebra, factor: SumFactor) -> Iterator[Piece]:
    bound = {index for index, _ in factor.bounds}
    for place, (index, range_) in enumerate(factor.bounds):
        used = any(index in r.lo.indices() | r.hi.indices() for _, r in factor.bounds)
        if used or bound & (range_.lo.indices() | range_.hi.indices()):
            continue
        bounds, factors = open_sum(algebra, factor)
        bounds[place] = (bounds[place][0], ANY)
        yield Piece(factor, place, range_, canonical_sum(algebra, bounds, factors, factor.height).key)


def _inside(algebra: Algebra, range_: Range, end: Lin) -> bool:
    """Whether lo < end <= hi, where equality may be open as long as one of the two parts is then empty."""
    decide = algebra.context.at_most_zero
    if decide(end - range_.lo) or decide(range_.hi + 1 - end):
        return False
    return bool(decide(range_.lo - end)) and bool(decide(end - range_.hi - 1))


def _cut(algebra: Algebra, piece: Piece, at: Lin) -> Poly:
    algebra.moves[Move("cut", piece.range, at)] = None
    parts = []
    for range_ in (Range(piece.range.lo, at - 1), Range(at, piece.range.hi)):
        bounds, factors = open_sum(algebra, piece.factor)
        index: Index = bounds[piece.place][0]
        bounds[piece.place] = (index, range_)
        algebra.ranges[index] = range_
        body = algebra.rewrite(Poly({tuple(factors): 1}), lambda f: _decided(algebra, f))
        parts.append(sum_again(algebra, bounds, body))
    return add(*parts)


def _decided(algebra: Algebra, factor: Factor) -> Poly | None:
    """Return an indicator anew: the shorter range may decide it."""
    return algebra.iverson(factor.relation, factor.e) if isinstance(factor, IversonFactor) else None


def _replaced(algebra: Algebra, m: Monomial, c: Rational, cuts: dict[Factor, Poly]) -> Poly:
    parts = [power(algebra, cuts.get(f) or poly_of(f), e) for f, e in m]
    return product(algebra, [Poly({(): c}), *parts])
