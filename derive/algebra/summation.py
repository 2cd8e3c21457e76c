"""Sums over bound indices: Kronecker deltas are eliminated, what does not depend on the index is pulled out, connected
parts are separated, and bound indices get canonical names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import permutations, product
from math import comb
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import TooLargeError, divide, monomial, multiply, power
from derive.algebra.arithmetic import product as poly_product
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    DiffFactor,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    PolyFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    add,
    atom_key,
    functional_lins,
    lin_key,
    number,
    poly_of,
    scale,
)
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.mirror import exchanged, mirrored_entries
from derive.algebra.triangular import triangular

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_DEGREE = 6  # Σ i^d has its closed form up to here
MAX_ORDERS = 720  # ties among bound indices beyond this many orders keep the order that they have

Bounds = list[tuple[Index, Range]]


def canonical(height: int, n: int) -> Index:
    """Return the n-th bound index of a sum of the given nesting height."""
    if n >= 99:
        raise TooLargeError("a sum over too many indices")
    return Index("•", -(height * 100 + n + 1))


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
    for factor, _ in inside:
        if isinstance(factor, IversonFactor):
            if factor.relation == "=":
                summed = _contract_delta(algebra, index, range_, factor, inside)
            else:
                summed = _restrict_range(algebra, index, range_, factor, inside)
            if summed is not None:
                return multiply(algebra, outside, summed)
    return multiply(algebra, outside, _connected_sums(algebra, index, range_, inside))


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
    return poly_product(algebra, [result, *(algebra.iverson("<=", condition) for condition in conditions)])


def _restrict_range(
    algebra: Algebra, index: Index, range_: Range, bound: IversonFactor, inside: list[tuple[Factor, Rational]]
) -> Poly | None:
    """Σ_{lo<=i<=hi} [i <= e] f(i) = Σ_{lo<=i<=e} f(i) where e <= hi (e >= lo - 1) is known, and likewise from below."""
    c = dict(bound.e.terms).get(index, 0)
    rest = bound.e - lin(index) * c
    if abs(c) != 1 or index in rest.indices():
        return None
    decide = algebra.context.at_most_zero
    if c == 1:  # i <= -rest
        new = Range(range_.lo, -rest)
        known = decide(-rest - range_.hi) and decide(range_.lo - 1 + rest)
    else:  # rest <= i
        new = Range(rest, range_.hi)
        known = decide(range_.lo - rest) and decide(rest - 1 - range_.hi)
    if not known:
        return None
    return sum_over(algebra, index, new, _without(inside, bound))


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
    parts = list(_components(bounds, list(factors.items())))
    return poly_product(algebra, [_component_sum(algebra, b, f) for b, f in parts])


def sum_again(algebra: Algebra, bounds: Bounds, body: Poly) -> Poly:
    for index, range_ in reversed(bounds):
        body = sum_over(algebra, index, range_, body)
    return body


def open_sum(algebra: Algebra, factor: SumFactor) -> tuple[Bounds, list[tuple[Factor, Rational]]]:
    """Return the bounds and factors of a sum with fresh indices in place of the canonical ones."""
    names = {index: fresh("s") for index, _ in factor.bounds}
    values = {old: lin(new) for old, new in names.items()}
    bounds = [(names[index], range_.subs(values)) for index, range_ in factor.bounds]
    for index, range_ in bounds:
        algebra.ranges[index] = range_
    return bounds, [(rename(algebra, inner, values), e) for inner, e in factor.factors]


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
    height = 1 + max(f.height for f, _ in factors)
    found = canonical_sum(algebra, bounds, factors, height)
    if len(bounds) > 1:
        simpler = exchanged(algebra, bounds, factors, found) or mirrored_entries(algebra, bounds, factors, found)
        if simpler is not None:
            return simpler
    return monomial(algebra, {found: 1}, 1)  # a fact may know this sum


def canonical_sum(algebra: Algebra, bounds: Bounds, factors: list[tuple[Factor, Rational]], height: int) -> SumFactor:
    """Return the sum under the names, and of two equal triangular ranges under those, that make its key least."""
    orders = (order for variant in triangular(algebra, bounds) for order in _orders(variant, factors))
    return min((_with_names(algebra, order, factors, height) for order in orders), key=lambda found: found.key)


def rename(algebra: Algebra, factor: Factor, names: dict[Index, Lin]) -> Factor:
    """Rename free indices without rewriting anything: the structure stays, orders and canonical names are made anew."""
    if not any(index in factor.free for index in names):
        return factor
    algebra.budget.spend()

    def lins(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple(e.subs(names) for e in idx)

    match factor:
        case VarFactor():
            return VarFactor(factor.name, lins(factor.idx))
        case DiffFactor():
            u, v = (rename(algebra, part, names) for part in (factor.u, factor.v))
            assert isinstance(u, VarFactor)
            assert isinstance(v, VarFactor)
            return DiffFactor(u, v)
        case SizeFactor(atom=atom):
            (e,) = lins((lin(atom),))
            assert e.atom is not None
            return SizeFactor(e.atom)
        case IversonFactor():
            return IversonFactor(factor.relation, _signed(factor.relation, factor.e.subs(names)))
        case FunFactor():
            args = tuple(rename_poly(algebra, arg, names) for arg in factor.args)
            return FunFactor(factor.name, args, factor.order, lins(factor.idx))
        case PolyFactor():
            return PolyFactor(rename_poly(algebra, factor.poly, names))
        case SumFactor():
            bounds, factors = open_sum(algebra, factor)
            moved = [(index, range_.subs(names)) for index, range_ in bounds]
            return canonical_sum(algebra, moved, [(rename(algebra, f, names), e) for f, e in factors], factor.height)
        case LambdaFactor():
            ranges = tuple(
                tuple((i, r.subs(names) if r is not None else None) for i, r in bound) for bound in factor.bounds
            )
            parts = tuple(rename_poly(algebra, part, names) for part in factor.parts)
            ends = lins(factor.lins)
            ends = functional_lins(factor.name, ends) if factor.kind == "functional" else ends
            return LambdaFactor(factor.kind, factor.name, ranges, parts, ends, factor.height)
    raise TypeError(f"cannot rename in {type(factor).__name__}")


def rename_poly(algebra: Algebra, poly: Poly, names: dict[Index, Lin]) -> Poly:
    """Rename free indices in a polynomial."""
    if not any(index in poly.free for index in names):
        return poly
    return Poly(
        {
            tuple(sorted(((rename(algebra, f, names), e) for f, e in m), key=lambda item: item[0].key)): c
            for m, c in poly.terms.items()
        }
    )


def _signed(relation: str, e: Lin) -> Lin:
    """Return e or -e: of an equation, the one with the lesser constant, then the greater sum of coefficients.

    Only where both are 0 do names decide, those of free indices and sizes before those of bound indices.
    """
    if relation != "=" or not e.terms:
        return e
    sign = -e.const or sum(c for _, c in e.terms) or min(e.terms, key=lambda term: _free_first(term[0]))[1]
    return e if sign > 0 else -e


def _free_first(atom: Index | Size) -> tuple[bool, str]:
    return isinstance(atom, Index) and atom.uid != 0, atom_key(atom)


def indicator(algebra: Algebra, relation: str, e: Lin) -> Poly:
    """Return [e = 0] or [e <= 0], decided where the context allows it.

    Of [e <= 0] = 1 - [1 - e <= 0] the one whose constant is not positive is kept, whatever the indices are called.
    """
    decided = algebra.context.zero(e) if relation == "=" else algebra.context.at_most_zero(e)
    if decided is not None:
        return ONE_POLY if decided else ZERO_POLY
    if relation == "=":
        return poly_of(IversonFactor("=", _signed("=", e)))
    if e.const <= 0:
        return poly_of(IversonFactor("<=", e))
    return add(ONE_POLY, scale(poly_of(IversonFactor("<=", -e + 1)), -1))


def _with_names(algebra: Algebra, order: Bounds, factors: list[tuple[Factor, Rational]], height: int) -> SumFactor:
    values = {index: lin(canonical(height, n)) for n, (index, _) in enumerate(order)}
    for n, (_, range_) in enumerate(order):
        algebra.ranges[canonical(height, n)] = range_.subs(values)
    bounds = tuple((canonical(height, n), range_.subs(values)) for n, (_, range_) in enumerate(order))
    renamed = [(rename(algebra, factor, values), e) for factor, e in factors]
    return SumFactor(bounds, tuple(sorted(renamed, key=lambda item: item[0].key)), height)


def _orders(bounds: Bounds, factors: list[tuple[Factor, Rational]]) -> Iterator[Bounds]:
    """Yield the orders of bound indices that can be canonical: sorted by colour, all orders among equal colours.

    An index comes after those on which its range depends, so that the sums can be taken from the last to the first.
    """
    if len(bounds) == 1:
        yield bounds
        return
    colours, depths = _refine(bounds, factors), _depths(bounds)
    groups: dict[tuple[int, str], Bounds] = {}
    for bound in bounds:
        groups.setdefault((depths[bound[0]], colours[bound[0]]), []).append(bound)
    ordered = [groups[colour] for colour in sorted(groups)]
    total = 1
    for group in ordered:
        for n in range(2, len(group) + 1):
            total *= n
    if total > MAX_ORDERS:
        yield [bound for group in ordered for bound in group]
        return
    for choice in product(*(permutations(group) for group in ordered)):
        yield [bound for group in choice for bound in group]


def _depths(bounds: Bounds) -> dict[Index, int]:
    """How many of the bound indices the range of each one rests on, one upon the other."""
    ends = {index: (range_.lo.indices() | range_.hi.indices()) for index, range_ in bounds}
    depths = dict.fromkeys(ends, 0)
    for _ in bounds:
        for index, needed in ends.items():
            depths[index] = max((depths[other] + 1 for other in needed if other in depths), default=0)
    return depths


_PIECE = re.compile(r"[+·|]")
_EQUATION = re.compile(r"\[([^\[\]]*)=0\]")


def _unordered(match: re.Match[str]) -> str:
    """Return an equation [i - j = 0] with its terms in order, so that its colour does not tell which comes first."""
    return f"[{'&'.join(sorted(match[1].split('+')))}=0]"


def _refine(bounds: Bounds, factors: list[tuple[Factor, Rational]]) -> dict[Index, str]:
    """Colour refinement: an index is coloured by its range and by the factors that it stands in."""
    tokens = {atom_key(index): index for index, _ in bounds}
    pattern = re.compile(f"(?:-1)?({'|'.join(re.escape(token) for token in tokens)})")  # [i - j = 0] has no sign
    colours = {index: "" for index, _ in bounds}
    texts = [(f, str(e)) for f, e in factors]
    for _ in range(len(bounds)):
        new = {}
        for index, range_ in bounds:

            def name(match: re.Match[str], index: Index = index, colours: dict[Index, str] = colours) -> str:
                other = tokens[match.group(1)]
                return "!" if other == index else f"?{colours[other]}?"

            described = sorted(
                "".join(sorted(_PIECE.split(_EQUATION.sub(_unordered, pattern.sub(name, f.key))))) + "^" + e
                for f, e in texts
                if index in f.free
            )
            ends = pattern.sub(name, f"{lin_key(range_.lo)}..{lin_key(range_.hi)}")
            new[index] = f"{ends}:{';'.join(described)}"
        ranks = {colour: str(n) for n, colour in enumerate(sorted(set(new.values())))}
        refined = {index: ranks[colour] for index, colour in new.items()}
        if refined == colours:
            break
        colours = refined
    return colours


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
