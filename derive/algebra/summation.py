"""Sums over bound indices: Kronecker deltas are eliminated, what does not depend on the index is pulled out, and
connected parts are separated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import comb
from typing import TYPE_CHECKING

from derive.algebra import extremes
from derive.algebra.arithmetic import Powers, monomial, multiply, power, product
from derive.algebra.bound_names import canonical_sum, open_sum
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    Rational,
    SizeFactor,
    SumFactor,
    add,
    number,
    scale,
)
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.mirrored_sums import exchanged, mirrored_entries
from derive.algebra.primes import divide
from derive.algebra.triangles import Bounds

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_DEGREE = 6  # Σ i^d has its closed form up to here


def sum_over(algebra: Algebra, index: Index, range_: Range, body: Poly) -> Poly:
    """Return Σ body over the index."""
    if algebra.fixed:
        range_ = Range(algebra.resolve(range_.lo), algebra.resolve(range_.hi))
    length = range_.length
    if length.is_const:
        if length.const <= 0:
            return ZERO_POLY
        if length.const == 1:
            return algebra.subs(body, {index: range_.lo})
        if length.const <= algebra.unroll and range_.lo.is_const:
            values = range(range_.lo.const, range_.hi.const + 1)
            return add(*(algebra.subs(body, {index: lin(value)}) for value in values))
    algebra.context.bind(index, range_)
    return add(*(_sum_of_term(algebra, index, range_, m, c) for m, c in body.terms.items()))


def count(algebra: Algebra, range_: Range) -> Poly:
    """Return how many integers a range has: hi - lo + 1, or 0 where hi < lo."""
    return _unless_empty(algebra, range_, algebra.size(range_.length))


def _unless_empty(algebra: Algebra, range_: Range, total: Poly) -> Poly:
    """Return a formula for a sum over the range that also holds for hi = lo - 1, made 0 where hi is less."""
    if algebra.context.at_most_zero(range_.lo - range_.hi - 1):
        return total
    return multiply(algebra, algebra.iverson("<=", range_.lo - range_.hi), total)


def _sum_of_powers(algebra: Algebra, range_: Range, degree: int) -> Poly:
    """Σ i^d = F_d(hi) - F_d(lo - 1), with (d + 1) F_d(n) = (n + 1)^(d+1) - 1 - Σ_{r<d} C(d + 1, r) F_r(n)."""

    def up_to(n: Poly) -> Poly:
        sums: list[Poly] = []
        for d in range(degree + 1):
            lower = [scale(earlier, -comb(d + 1, r)) for r, earlier in enumerate(sums)]
            total = add(power(algebra, add(n, ONE_POLY), d + 1), number(-1), *lower)
            sums.append(scale(total, divide(1, d + 1)))
        return sums[degree]

    total = add(up_to(algebra.size(range_.hi)), scale(up_to(algebra.size(range_.lo - 1)), -1))
    return _unless_empty(algebra, range_, total)


def _sum_of_term(algebra: Algebra, index: Index, range_: Range, m: Monomial, c: Rational) -> Poly:
    inside = [(f, e) for f, e in m if index in f.free]
    outside = Poly({tuple([(f, e) for f, e in m if index not in f.free]): c})
    if not inside:
        return multiply(algebra, outside, count(algebra, range_))
    if len(inside) == 1 and isinstance(inside[0][0], SizeFactor) and inside[0][0].atom == index:
        e = inside[0][1]
        if e.denominator == 1 and 0 < e <= MAX_DEGREE:
            return multiply(algebra, outside, _sum_of_powers(algebra, range_, int(e)))
    summed = _by_condition(algebra, index, range_, inside)
    if summed is None:
        summed = _connected_sums(algebra, index, range_, inside)
    return multiply(algebra, outside, summed)


def _by_condition(algebra: Algebra, index: Index, range_: Range, inside: list[tuple[Factor, Rational]]) -> Poly | None:
    """Return a sum of which one condition fixes the index or moves an end of its range; None if there is no such."""
    for factor, _ in inside:
        if isinstance(factor, IversonFactor):
            way = _contract_delta if factor.relation == "=" else _restrict_range
            summed = way(algebra, index, range_, factor, inside)
            if summed is not None:
                return summed
        if isinstance(factor, LambdaFactor) and factor.kind == "peak":
            part = extremes.support(algebra, index, range_, factor)
            if part != range_:
                return sum_over(algebra, index, part, monomial(algebra, dict(inside), 1))
    return None


def _without(inside: Iterable[tuple[Factor, Rational]], factor: Factor) -> Poly:
    return Poly({tuple((f, e) for f, e in inside if f is not factor): 1})


def _contract_delta(
    algebra: Algebra, index: Index, range_: Range, delta: IversonFactor, inside: list[tuple[Factor, Rational]]
) -> Poly | None:
    """Σ_i [i = e] f(i) = [lo <= e <= hi] f(e)."""
    c = dict(delta.e.terms).get(index, 0)
    rest = delta.e - lin(index) * c
    if abs(c) != 1 or index in rest.indices():
        return None
    value = rest * -c
    conditions = algebra.context.within(value, range_)
    if conditions is None:
        return ZERO_POLY
    result = algebra.subs(_without(inside, delta), {index: value})
    return product(algebra, [result, *(algebra.iverson("<=", condition) for condition in conditions)])


def _restrict_range(
    algebra: Algebra, index: Index, range_: Range, bound: IversonFactor, inside: list[tuple[Factor, Rational]]
) -> Poly | None:
    """Σ_{lo<=i<=hi} [i <= e] f(i) = Σ_{lo<=i<=e} f(i) where e <= hi (e >= lo - 1) is known, and likewise from below;
    where hi <= e is known, the condition holds in the whole range."""
    c = dict(bound.e.terms).get(index, 0)
    rest = bound.e - lin(index) * c
    if abs(c) != 1 or index in rest.indices():
        return None
    decide = algebra.context.at_most_zero
    if c == 1:  # i <= -rest
        new = Range(range_.lo, -rest)
        known = decide(-rest - range_.hi) and decide(range_.lo - 1 + rest)
        holds = decide(range_.hi + rest)
    else:  # rest <= i
        new = Range(rest, range_.hi)
        known = decide(range_.lo - rest) and decide(rest - 1 - range_.hi)
        holds = decide(rest - range_.lo)
    if not (holds or known):
        return None
    return sum_over(algebra, index, range_ if holds else new, _without(inside, bound))


def _connected_sums(algebra: Algebra, index: Index, range_: Range, inside: list[tuple[Factor, Rational]]) -> Poly:
    """Open the sums that depend on the index, then split what is bound into connected parts."""
    bounds: Bounds = [(index, range_)]
    factors: dict[Factor, Rational] = {}
    queue = list(inside)
    while queue:
        factor, e = queue.pop()
        if isinstance(factor, SumFactor) and e.denominator == 1 and 0 < e <= 4:
            for _ in range(int(e)):
                opened, inner = open_sum(algebra, factor)
                bounds.extend(opened)
                queue.extend(inner)
        else:
            factors[factor] = factors.get(factor, 0) + e
    merged = monomial(algebra, factors, 1)
    if len(merged.terms) != 1 or dict(next(iter(merged.terms))) != factors:
        return sum_again(algebra, bounds, merged)
    simpler = _by_conditions_between(algebra, bounds, factors)
    if simpler is not None:
        return simpler
    parts = list(_components(bounds, list(factors.items())))
    return product(algebra, [_component_sum(algebra, b, f) for b, f in parts])


def _by_conditions_between(algebra: Algebra, bounds: Bounds, factors: Powers) -> Poly | None:
    """Return Σ_i Σ_u f for Σ_u Σ_i f where a condition between them fixes or bounds the outer index: u >= s i."""
    if len(bounds) < 2 or not any(isinstance(f, IversonFactor) or extremes.is_peak(f) for f in factors):
        return None
    for index, range_ in bounds:
        others = [bound for bound in bounds if bound[0] != index]
        if any(index in r.lo.indices() | r.hi.indices() for _, r in others):
            continue
        summed = _by_condition(algebra, index, range_, [(f, e) for f, e in factors.items() if index in f.free])
        if summed is not None:
            outside = monomial(algebra, {f: e for f, e in factors.items() if index not in f.free}, 1)
            return sum_again(algebra, others, multiply(algebra, outside, summed))
    return None


def sum_again(algebra: Algebra, bounds: Bounds, body: Poly) -> Poly:
    for index, range_ in reversed(bounds):
        body = sum_over(algebra, index, range_, body)
    return body


def _components(
    bounds: Bounds, factors: list[tuple[Factor, Rational]]
) -> Iterator[tuple[Bounds, list[tuple[Factor, Rational]]]]:
    """Split bounds and factors into parts that share no bound index."""
    group = {index: {index} for index, _ in bounds}

    def join(indices: Iterable[Index]) -> None:
        linked = [i for i in indices if i in group]
        for other in linked[1:]:
            merged = group[linked[0]] | group[other]
            for member in merged:
                group[member] = merged

    for factor, _ in factors:
        join(factor.free)
    for index, range_ in bounds:
        join([index, *range_.lo.indices(), *range_.hi.indices()])
    seen: set[Index] = set()
    for index, _ in bounds:
        if index in seen:
            continue
        members = group[index]
        seen |= members
        yield [b for b in bounds if b[0] in members], [(f, e) for f, e in factors if f.free & members]
    loose = [(f, e) for f, e in factors if not any(i in group for i in f.free)]
    if loose:
        yield [], loose


def _component_sum(algebra: Algebra, bounds: Bounds, factors: list[tuple[Factor, Rational]]) -> Poly:
    if not bounds:
        return monomial(algebra, dict(factors), 1)
    if not factors:
        return sum_again(algebra, bounds, ONE_POLY)
    if extremes.is_whole(algebra, bounds, tuple(factors)):
        return ONE_POLY
    height = 1 + max(f.height for f, _ in factors)
    found = canonical_sum(algebra, bounds, factors, height)
    if len(bounds) > 1:
        simpler = exchanged(algebra, bounds, factors, found)
        if simpler is not None:
            return sum_again(algebra, bounds, simpler)
        turned = mirrored_entries(algebra, bounds, factors, found)
        if turned is not None:
            return turned
    return monomial(algebra, {found: 1}, 1)  # a fact may know this sum


def subs_sum(algebra: Algebra, factor: SumFactor, values: dict[Index, Lin]) -> Poly:
    """Substitute free indices in a sum."""
    bounds, factors = open_sum(algebra, factor)
    body = ONE_POLY
    for inner, e in factors:
        replaced = algebra.subs_factor(inner, values)
        body = multiply(algebra, body, power(algebra, replaced, e))
    changed = [(index, range_.subs(values)) for index, range_ in bounds]
    for index, range_ in changed:
        algebra.ranges[index] = range_
    return scale(sum_again(algebra, changed, body), 1)
