"""Sums over bound indices: Kronecker deltas are eliminated, what does not depend on the index is pulled out, connected
parts are separated, and bound indices get canonical names.

Then what makes equal sums the same that are written otherwise: ranges that end at other bound indices, bound indices
that are exchanged, and ranges that begin or end elsewhere.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb, prod
from typing import TYPE_CHECKING

from derive.algebra import extremes
from derive.algebra.arithmetic import Powers, TooLargeError, divide, monomial, multiply, power, product
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
    is_negative,
    lin_key,
    number,
    poly_of,
    scale,
)
from derive.algebra.index import Index, Lin, Range, Size, factors_of, fresh, is_product, lin, times

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_DEGREE = 6  # Σ i^d has its closed form up to here
MAX_ORDERS = 720  # ties among bound indices beyond this many orders keep the order that they have
MAX_TURNED = 4  # entries of symmetric arrays in one sum
MAX_PASSES = 8
HALF = Fraction(1, 2)
ORIGIN = lin(0)
ANY = Range(ORIGIN, ORIGIN)

Bounds = list[tuple[Index, Range]]
Factors = list[tuple[Factor, Rational]]


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
    if extremes.is_whole(algebra, bounds, tuple(factors)):
        return ONE_POLY
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
    divided = _divided(algebra, relation, e)
    if divided is not None:
        return divided
    if relation == "=":
        return poly_of(IversonFactor("=", _signed("=", e)))
    if e.const <= 0:
        return poly_of(IversonFactor("<=", e))
    return add(ONE_POLY, scale(poly_of(IversonFactor("<=", -e + 1)), -1))


def _divided(algebra: Algebra, relation: str, e: Lin) -> Poly | None:
    """Return [n d + r = 0] = [d = 0] [r = 0] for |r| < n and [n d + r <= 0] = [d <= 0] for -n < r <= 0, where n is a
    size that multiplies index variables in e: the windows of a stride do not overlap."""
    sizes = {factor.atom: None for atom, _ in e.terms if is_product(atom) for factor in factors_of(atom)}
    for n in sizes:
        if not isinstance(n, Size):
            continue
        d, rest = _quotient(e, n)
        below = algebra.context.at_most_zero(-rest - lin(n) + 1)
        if below and relation == "=" and algebra.context.at_most_zero(rest - lin(n) + 1):
            return multiply(algebra, algebra.iverson("=", d), algebra.iverson("=", rest))
        if below and relation == "<=" and algebra.context.at_most_zero(rest):
            return algebra.iverson("<=", d)
    return None


def _quotient(e: Lin, n: Size) -> tuple[Lin, Lin]:
    """Return d and r with e = n d + r, where n divides no product of r; n itself is left in r."""
    d = lin(0)
    for atom, c in e.terms:
        others = list(factors_of(atom))
        if is_product(atom) and lin(n) in others:
            others.remove(lin(n))
            d = d + times(*others) * c
    return d, e - times(lin(n), d)


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
    for choice in itertools.product(*(itertools.permutations(group) for group in ordered)):
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


def exchanged(algebra: Algebra, bounds: Bounds, factors: Factors, found: SumFactor) -> Poly | None:
    """Return a sum by way of its image under an exchange of bound indices, where that is simpler."""
    both = _halves(algebra, bounds, factors)
    if both is not None:
        return scale(sum_again(algebra, bounds, both), HALF)
    for factor, e in factors:
        image = _mirrored(factor, e)
        if image is None:
            continue
        alpha, beta, other = image
        rest = Poly({tuple(pair for pair in factors if pair[0] is not factor): 1})
        opposite = canonical_sum(
            algebra, bounds, [(f if f is not factor else other, x) for f, x in factors], found.height
        )
        if opposite.key < found.key:
            body = add(multiply(algebra, rest, alpha), scale(multiply(algebra, rest, poly_of(other, e)), beta))
            return sum_again(algebra, bounds, body)
        if opposite.key == found.key and beta < 0:
            return scale(sum_again(algebra, bounds, multiply(algebra, rest, alpha)), HALF)
    return None


def mirrored_entries(algebra: Algebra, bounds: Bounds, factors: Factors, found: SumFactor) -> Poly | None:
    """Return a sum with the entries of symmetric (or antisymmetric) arrays turned so that its key is least, if they are
    not: Σ_ij a_i S_ij x_j for Σ_ij x_i S_ij a_j; 0 where turning changes nothing but the sign."""
    if not algebra.twins:
        return None
    images = [_images(algebra, f) if e == 1 else [] for f, e in factors]
    if not any(images) or sum(map(bool, images)) > MAX_TURNED:
        return None
    best, sign = found, 1
    choices = ([(f, 1), *others] for (f, _), others in zip(factors, images, strict=True))
    for choice in itertools.product(*choices):
        turned = [(f, e) for (f, _), (_, e) in zip(choice, factors, strict=True)]
        other = canonical_sum(algebra, bounds, turned, found.height)
        own = prod(s for _, s in choice)
        if other.key == best.key and own != sign:
            return ZERO_POLY
        if other.key < best.key:
            best, sign = other, own
    return None if best is found else Poly({((best, 1),): sign})


def _images(algebra: Algebra, factor: Factor) -> list[tuple[Factor, int]]:
    """Return an entry as its mirror images, with their signs."""
    if not isinstance(factor, VarFactor):
        return []
    found = (twin(factor) for twin in algebra.twins)
    return [image for image in found if image is not None and image[0] != factor]


def _mirrored(factor: Factor, e: Rational) -> tuple[Poly, int, Factor] | None:
    """Return (α, β, g) with f^e = α + β g^e, where the argument of g is the negative of that of f and equal in kind."""
    arg = _argument(factor)
    if len(arg.terms) < 2 or is_negative(arg) or is_negative(scale(arg, -1)):
        return None
    other = scale(arg, -1)
    match factor:
        case PolyFactor() if e.denominator == 1:
            return ZERO_POLY, -1 if e % 2 else 1, PolyFactor(other)
        case FunFactor(name="sigmoid") if e == 1:
            return ONE_POLY, -1, FunFactor("sigmoid", (other,))
        case FunFactor(name="softplus") if e == 1:
            return arg, 1, FunFactor("softplus", (other,))
        case FunFactor(name="sin" | "erf" | "arctan" as name) if e.denominator == 1:
            return ZERO_POLY, -1 if e % 2 else 1, FunFactor(name, (other,))
        case FunFactor(name="cos"):
            return ZERO_POLY, 1, FunFactor("cos", (other,))
    return None


def _argument(factor: Factor) -> Poly:
    match factor:
        case PolyFactor(poly=poly):
            return poly
        case FunFactor(args=(arg,)):
            return arg
    return ZERO_POLY


def _halves(algebra: Algebra, bounds: Bounds, factors: Factors) -> Poly | None:
    """Return body + exchanged body, which sums to twice the sum, where that is simpler than the body."""
    if not any(isinstance(f, PolyFactor) and e < 0 for f, e in factors):
        return None
    body = monomial(algebra, dict(factors), 1)
    for (i, one), (j, other) in _independent_pairs(bounds):
        if one == other:
            names = {i: lin(j), j: lin(i)}
            exchanged = monomial(algebra, {rename(algebra, f, names): e for f, e in factors}, 1)
            both = add(body, exchanged)
            if all(len(m) < len(factors) for m in both.terms):
                return both
    return None


def _independent_pairs(bounds: Bounds) -> Iterator[tuple[tuple[Index, Range], tuple[Index, Range]]]:
    bound = {index for index, _ in bounds}
    fixed = [(i, r) for i, r in bounds if not (r.lo.indices() | r.hi.indices()) & bound]
    steering = {index for _, r in bounds for index in r.lo.indices() | r.hi.indices()}
    yield from itertools.combinations([(i, r) for i, r in fixed if i not in steering], 2)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sum, seen as one over the range of its bound number `place`; `likeness` is the same for all ranges."""

    factor: SumFactor
    place: int
    range: Range
    likeness: str


@dataclass(frozen=True, slots=True)
class Move:
    """What was done to a sum: over `range` it was "shifted" by `by`, or "cut" in two, of which the second begins at
    `by`; or two sums, one of which ends at the index of the other, were "exchanged"."""

    kind: str
    range: Range = ANY
    by: Lin = ORIGIN


EXCHANGED = Move("exchanged")


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
