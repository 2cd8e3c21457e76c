"""The largest and the smallest entry of an array, by the indicator of where it stands.

    max_p f_p = Σ_p f_p [p = argmax f]        ∂ max f / ∂f_p = [p = argmax f]        min f = -max(-f)

The indicator of the argmax is a factor of its own, the peak. It is meant away from ties, where one entry alone is the
largest; there

    Σ_p [p = argmax f] = 1        [p = argmax f] [q = argmax f] = [p = q] [p = argmax f]

and it stays the same where a positive number multiplies all entries, or a number is added to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product as places
from math import prod
from typing import TYPE_CHECKING

from derive.algebra import summation
from derive.algebra.arithmetic import Powers, UndefinedError, monomial, multiply, product, take_out_content
from derive.algebra.expr import Functional
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    LambdaFactor,
    Monomial,
    Poly,
    Rational,
    add,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.substitute import subs
from derive.notation.functions import EXTREMES

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

TIES = "away from ties of a maximum or minimum"
Bounds = list[tuple[Index, Range]]


def extreme(algebra: Algebra, expr: Functional) -> Poly:
    """Return the largest or smallest entry of an array, or its derivative by one entry; by two it is 0."""
    if len(expr.slots) > 1:
        return ZERO_POLY
    (array,) = expr.args
    names = {index: fresh(index.name) for index in array.indices}
    renamed = {old: lin(new) for old, new in names.items()}
    bounds = [(names[i], r.subs(renamed)) for i, r in zip(array.indices, array.ranges, strict=True)]
    algebra.ranges.update(bounds)
    entry = algebra.normal(subs(array.body, renamed))
    compared = entry if EXTREMES[expr.name] == "max" else scale(entry, -1)
    if expr.slots:
        return peak(algebra, bounds, compared, expr.slots[0][1])
    value = multiply(algebra, entry, peak(algebra, bounds, compared, tuple(lin(index) for index, _ in bounds)))
    for index, range_ in reversed(bounds):
        value = summation.sum_over(algebra, index, range_, value)
    return value


def peak(algebra: Algebra, bounds: Bounds, entry: Poly, at: tuple[Lin, ...]) -> Poly:
    """Return [at = argmax entry]. Raises: UndefinedError where all entries are the same."""
    at = tuple(map(algebra.resolve, at))
    ranges = [Range(algebra.resolve(r.lo), algebra.resolve(r.hi)) for _, r in bounds]
    if any(algebra.context.within(e, r) is None for e, r in zip(at, ranges, strict=True)):
        return ZERO_POLY
    if all(r.lo == r.hi for r in ranges):
        return product(algebra, [algebra.iverson("=", e - r.lo) for e, r in zip(at, ranges, strict=True)])
    algebra.note(TIES)
    whole = list(zip((index for index, _ in bounds), ranges, strict=True))
    if at == tuple(r.hi for r in ranges) and _counted(ranges, algebra.unroll):
        others = (tuple(map(lin, idx)) for idx in places(*(range(r.lo.const, r.hi.const + 1) for r in ranges)))
        rest = [_peak(algebra, whole, entry, other) for other in others if other != at]
        return subtract(ONE_POLY, add(*rest))
    return _peak(algebra, whole, entry, at)


def _counted(ranges: Sequence[Range], most: int) -> bool:
    """Return whether sums over these ranges are written out, so that the last entry is told by the others."""
    known = all(r.lo.is_const and r.hi.is_const for r in ranges)
    return known and prod(r.length.const for r in ranges) <= most


def _peak(algebra: Algebra, bounds: Bounds, entry: Poly, at: tuple[Lin, ...]) -> Poly:
    bound, part, height = algebra.close(list(bounds), _compared(algebra, entry, {index for index, _ in bounds}))
    return poly_of(LambdaFactor("peak", "", (bound,), (part,), at, height))


def _compared(algebra: Algebra, entry: Poly, own: set[Index]) -> Poly:
    """Return what of the entries tells which is the largest, up to a positive number."""
    moving = Poly({m: c for m, c in entry.terms.items() if any(own & f.free for f, _ in m)})
    if moving.is_zero:
        raise UndefinedError("the largest of equal numbers")
    content, rest = take_out_content(algebra, moving, whole_exponent=False)
    return moving if own & content.free else rest


def is_peak(factor: Factor) -> bool:
    """Return whether a factor is the indicator of where an array is largest."""
    return isinstance(factor, LambdaFactor) and factor.kind == "peak"


def together(algebra: Algebra, factor: LambdaFactor, powers: Powers, c: Rational) -> Poly | None:
    """Return a product with two peaks of one array, which are at the same place; None if there is no other."""
    for other in powers:
        if (
            other is not factor
            and isinstance(other, LambdaFactor)
            and (other.kind, other.bounds, other.parts) == ("peak", factor.bounds, factor.parts)
        ):
            rest = monomial(algebra, {f: e for f, e in powers.items() if f is not other}, c)
            same = [algebra.iverson("=", a - b) for a, b in zip(factor.lins, other.lins, strict=True)]
            return product(algebra, [rest, *same])
    return None


def is_whole(algebra: Algebra, bounds: Bounds, factors: Monomial) -> bool:
    """Return whether a sum runs over all places where one array may be largest, so that it is 1."""
    if len(factors) != 1 or factors[0][1] != 1 or not is_peak(factors[0][0]):
        return False
    factor = factors[0][0]
    assert isinstance(factor, LambdaFactor)
    own, summed = factor.bounds[0], dict(bounds)
    inside = factor.parts[0].free.union(*(r.lo.indices() | r.hi.indices() for _, r in own if r is not None))
    if len(own) != len(summed) or inside & set(summed):
        return False
    for e, (_, range_) in zip(factor.lins, own, strict=True):
        over = next((index for index in e.indices() if index in summed), None)
        if over is None or range_ is None or (e - lin(over)).indices() & set(summed):
            return False
        moved, shift = summed.pop(over), e - lin(over)
        if Range(moved.lo + shift, moved.hi + shift) != range_:
            return False
        if algebra.context.at_most_zero(range_.lo - range_.hi) is not True:
            return False
    return not summed


def support(algebra: Algebra, index: Index, range_: Range, factor: LambdaFactor) -> Range:
    """Return the part of the range of an index in which a peak is at a place of its array, as far as that is told."""
    decide = algebra.context.at_most_zero
    for e, (_, within) in zip(factor.lins, factor.bounds[0], strict=True):
        c = dict(e.terms).get(index, 0)
        rest = e - lin(index) * c
        if within is None or abs(c) != 1 or index in rest.indices():
            continue
        ends = (within.lo - rest, within.hi - rest) if c == 1 else (rest - within.hi, rest - within.lo)
        if any(i.uid < 0 for end in ends for i in end.indices()):
            continue
        lo = ends[0] if decide(range_.lo - ends[0]) else range_.lo
        hi = ends[1] if decide(ends[1] - range_.hi) else range_.hi
        range_ = Range(lo, hi)
    return range_
