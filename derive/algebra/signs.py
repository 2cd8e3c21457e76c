"""Signs and zeros: what is surely positive, the step [x > 0], the indicator [x = 0], and what is rarely zero.

The indicator is 0 almost everywhere for most expressions, but not for those that are zero on a whole region, as
rectified values are.

    [-x > 0] = 1 - [x > 0] - [x = 0]        [x = 0] f(x) = [x = 0] f(0)

An argument that contains an indicator s is split: [s a + (1 - s) b > 0] = s [a > 0] + (1 - s) [b > 0].

An expression is zero on a null set only, whatever the open functions are, if it moves with one free leaf, all others
being fixed: it takes each value for countably many values of that leaf (Fubini). It moves with a leaf t if it is
α·f(t) + β, where neither α nor β depends on t, α is itself rarely zero, and f is analytic and not constant, or another
expression that moves with t.

A pre-activation b_i + Σ_j W_ij h_j moves with b_i, also where all h_j are rectified; Σ_j W_ij h_j moves with W_i1 only
where h_1 is rarely zero; max(0, x) is zero on half of all points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import Powers, is_indicator, monomial, multiply, product, take_out_content
from derive.algebra.bound_names import open_sum, rename
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    FunFactor,
    IversonFactor,
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    add,
    is_negative,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.functions import POSITIVE
from derive.algebra.index import Index, Range, lin
from derive.algebra.primes import divide
from derive.notation.functions import FUNCTIONS

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra
ANALYTIC = frozenset(row.name for row in FUNCTIONS if row.analytic)
KINKS = "away from the kinks of piecewise functions"
MAX_SPLITS = 4  # indicators in one argument
MAX_DEPTH = 8  # definitions inserted into each other
MAX_LEAVES = 40


def is_positive(algebra: Algebra, factor: Factor) -> bool:
    """Whether a factor is surely positive wherever it is defined, except for values that are zero by chance."""
    match factor:
        case FunFactor(name=name):
            return name in POSITIVE
        case PrimeFactor():
            return True
        case SizeFactor(atom=atom):
            return not isinstance(atom, Index) or (
                atom.uid >= 0 and algebra.context.at_most_zero(-lin(atom) + 1) is True
            )
        case VarFactor():
            return any(known(factor) for known in algebra.positive_rules)
        case SumFactor(bounds=bounds, factors=inner):
            if algebra.positive_rules:
                opened = open_sum(algebra, factor)
                bounds, inner = tuple(opened[0]), tuple(opened[1])
            return all(never_empty(algebra, range_) for _, range_ in bounds) and all(
                is_square(e) or algebra.positive(f) for f, e in inner
            )
        case PolyFactor(poly=poly):
            return all(c > 0 and all(is_square(e) or algebra.positive(f) for f, e in m) for m, c in poly.terms.items())
    return False


def is_square(e: Rational) -> bool:
    """Whether a power with this exponent is a square of a real number."""
    return e.denominator == 1 and e % 2 == 0


def never_empty(algebra: Algebra, range_: Range) -> bool:
    """Whether a range surely has an element, whatever the bound indices in its ends are."""
    gap = range_.lo - range_.hi
    if any(isinstance(atom, Index) and atom.uid < 0 for atom, _ in gap.terms):
        return False
    return algebra.context.at_most_zero(gap) is True


def step(algebra: Algebra, arg: Poly) -> Poly:
    """Return [arg > 0]: [c·x > 0] = [x > 0] for c > 0; decided for what has a sure sign."""
    if arg.is_zero:
        algebra.note("the argument of a step is not 0")
        return ZERO_POLY
    algebra.note(KINKS)
    return _step(algebra, arg)


def _step(algebra: Algebra, arg: Poly) -> Poly:
    if arg.is_zero:
        return ZERO_POLY
    split = _split(algebra, arg, _step)
    if split is not None:
        return split
    if is_negative(arg):
        positive = scale(arg, -1)
        return subtract(subtract(ONE_POLY, _step(algebra, positive)), zero(algebra, positive))
    if all(c > 0 and _never_negative(algebra, m) for m, c in arg.terms.items()):
        return subtract(ONE_POLY, zero(algebra, arg))
    content, rest = take_out_content(algebra, arg, whole_exponent=False)
    if not rarely_zero(algebra, content):
        first = next(iter(arg.terms.values()))
        rest = scale(arg, divide(1, first if first > 0 else -first))
    return poly_of(FunFactor("step", (rest,)))


def zero(algebra: Algebra, arg: Poly) -> Poly:
    """Return [arg = 0]: 0 for what is zero on a null set only, 1 - ∏ (1 - [f = 0]) for a product."""
    if arg.is_zero:
        return ONE_POLY
    if arg.constant is not None:
        return ZERO_POLY
    if arg.single is not None:
        factors = [f for f, _ in arg.single[0]]
        return subtract(ONE_POLY, product(algebra, [subtract(ONE_POLY, _zero_of_factor(algebra, f)) for f in factors]))
    split = _split(algebra, arg, zero)
    if split is not None:
        return split
    if algebra.rarely_zero(arg):
        return ZERO_POLY
    content, rest = take_out_content(algebra, arg, whole_exponent=True)
    if content.constant is not None:
        return poly_of(FunFactor("zero", (rest,)))
    own = [subtract(ONE_POLY, zero(algebra, part)) for part in (content, rest)]
    return subtract(ONE_POLY, product(algebra, own))


def _zero_of_factor(algebra: Algebra, factor: Factor) -> Poly:
    if is_indicator(factor):
        return subtract(ONE_POLY, poly_of(factor))
    if algebra.rarely_zero(poly_of(factor)):
        return ZERO_POLY
    return poly_of(FunFactor("zero", (poly_of(factor),)))


def _split(algebra: Algebra, arg: Poly, indicator: Callable[[Algebra, Poly], Poly]) -> Poly | None:
    """Return s [a] + (1 - s) [b] for an argument s a + (1 - s) b with an indicator s; None if there is none."""
    inside = {f for f in arg.factors() if is_indicator(f) and not isinstance(f, IversonFactor)}
    if not inside or len(inside) > MAX_SPLITS:
        return None
    own = min(inside, key=lambda f: (f.height, len(f.key), f.key))
    above, below = at_one_and_zero(arg, own)
    s = poly_of(own)
    return add(
        multiply(algebra, s, indicator(algebra, above)),
        multiply(algebra, subtract(ONE_POLY, s), indicator(algebra, below)),
    )


def at_one_and_zero(arg: Poly, own: Factor) -> tuple[Poly, Poly]:
    """Return what an argument is where one of its indicators is 1, and where that is 0."""
    where: dict[Monomial, Rational] = {}
    for m, c in arg.terms.items():
        rest = tuple(pair for pair in m if pair[0] != own)
        where[rest] = where.get(rest, 0) + c
    above = Poly({m: c for m, c in where.items() if c})
    below = Poly({m: c for m, c in arg.terms.items() if not any(f == own for f, _ in m)})
    return above, below


def _never_negative(algebra: Algebra, m: Monomial) -> bool:
    return all(algebra.positive(f) or is_square(e) for f, e in m)


def where_zero(algebra: Algebra, factor: FunFactor, powers: Powers, c: Rational) -> Poly | None:
    """Use the equation x = 0 in [x = 0] · rest; None if nothing changes."""
    (arg,) = factor.args
    lead = PolyFactor(arg).lead
    if lead is not None and all(powers.get(f, 0) >= x for f, x in lead[0]):
        rest = Poly({m: divide(-d, lead[1]) for m, d in arg.terms.items() if m != lead[0]})
        lowered = {f: e - dict(lead[0]).get(f, 0) for f, e in powers.items()}
        return multiply(algebra, monomial(algebra, lowered, c), rest)
    for other in powers:
        match other:
            case FunFactor(name="step", args=(x,)) if multiply(algebra, x, poly_of(factor)).is_zero:
                return ZERO_POLY
    return None


def rarely_zero(algebra: Algebra, poly: Poly, depth: int = 0) -> bool:
    """Whether a polynomial is surely zero on a null set only."""
    if poly.constant is not None:
        return not poly.is_zero
    if poly.single is not None:
        return all(_factor_rarely_zero(algebra, f, depth) for f, _ in poly.single[0])
    terms = poly.terms.items()
    if all(c > 0 and _never_negative(algebra, m) for m, c in terms):
        return any(all(_factor_rarely_zero(algebra, f, depth) for f, _ in m) for m, _ in terms)
    return any(_moves(algebra, poly, leaf, depth) for leaf in _some_leaves(algebra, poly, depth))


def _factor_rarely_zero(algebra: Algebra, factor: Factor, depth: int) -> bool:
    match factor:
        case VarFactor() if algebra.is_leaf(factor):
            return algebra.is_free(factor) or algebra.positive(factor)
        case VarFactor():
            value = algebra.expand_value(factor) if depth < MAX_DEPTH else None
            return value is not None and rarely_zero(algebra, value, depth + 1)
        case PolyFactor(poly=poly):
            return rarely_zero(algebra, poly, depth)
        case SumFactor():
            bounds, factors = open_sum(algebra, factor)
            one_sign = all(is_square(e) or algebra.positive(f) for f, e in factors)
            if one_sign and all(never_empty(algebra, range_) for _, range_ in bounds):
                return all(_factor_rarely_zero(algebra, f, depth) for f, _ in factors)
            return any(_factor_moves(algebra, factor, leaf, depth) for leaf in _leaves(algebra, factor, depth))
        case FunFactor(name=name) if name in ANALYTIC and not algebra.positive(factor):
            return any(_factor_moves(algebra, factor, leaf, depth) for leaf in _leaves(algebra, factor, depth))
    return algebra.positive(factor)


def _moves(algebra: Algebra, poly: Poly, leaf: VarFactor, depth: int) -> bool:
    """Whether one factor of one term moves with the leaf, and nothing else depends on it."""
    found: tuple[Monomial, Factor] | None = None
    for m in poly.terms:
        for factor, _ in m:
            if _depends(algebra, factor, leaf, depth):
                if found is not None:
                    return False
                found = m, factor
    if found is None:
        return False
    m, moving = found
    others = [f for f, _ in m if f is not moving]
    return _factor_moves(algebra, moving, leaf, depth) and all(_factor_rarely_zero(algebra, f, depth) for f in others)


def _factor_moves(algebra: Algebra, factor: Factor, leaf: VarFactor, depth: int) -> bool:
    """Whether a factor moves with the leaf."""
    match factor:
        case VarFactor() if algebra.is_leaf(factor):
            return factor == leaf
        case VarFactor():
            value = algebra.expand_value(factor) if depth < MAX_DEPTH else None
            return value is not None and _moves(algebra, value, leaf, depth + 1)
        case PolyFactor(poly=poly):
            return _moves(algebra, poly, leaf, depth)
        case FunFactor(name=name, args=(arg,)) if name in ANALYTIC:
            return _moves(algebra, arg, leaf, depth)
        case SumFactor():
            return _sum_moves(algebra, factor, leaf, depth)
    return False


def _sum_moves(algebra: Algebra, factor: SumFactor, leaf: VarFactor, depth: int) -> bool:
    """Σ_j W_ij h_j moves with one entry W_ij of its own, if h_j is rarely zero and does not depend on that entry.

    The bound indices all stand in slots of their own in W, so that each entry occurs in one term only.
    """
    bounds, factors = open_sum(algebra, factor)
    if not all(never_empty(algebra, range_) for _, range_ in bounds):
        return False
    own = [f for f, _ in factors if isinstance(f, VarFactor) and f.name == leaf.name]
    if len(own) != 1 or not algebra.is_leaf(own[0]):
        return False
    places = {index: [n for n, e in enumerate(own[0].idx) if e.atom == index] for index, _ in bounds}
    if not all(places.values()):
        return False
    values = {index: leaf.idx[slots[0]] for index, slots in places.items()}
    if rename(algebra, own[0], values) != leaf:
        return False
    others = [f for f, _ in factors if f is not own[0]]
    if any(_depends(algebra, f, leaf, depth) for f in others):
        return False
    return all(_factor_rarely_zero(algebra, f, depth) for f in others)


def _depends(algebra: Algebra, factor: Factor, leaf: VarFactor, depth: int) -> bool:
    """Whether a factor may depend on the leaf."""
    match factor:
        case VarFactor():
            return algebra.may_depend(factor, leaf)
        case SumFactor():
            _, factors = open_sum(algebra, factor)
            return any(_depends(algebra, f, leaf, depth) for f, _ in factors)
        case PolyFactor(poly=poly):
            return any(_depends(algebra, f, leaf, depth) for f in poly.factors())
        case FunFactor(args=args):
            return any(_depends(algebra, f, leaf, depth) for arg in args for f in arg.factors())
    return not isinstance(factor, IversonFactor | PrimeFactor | SizeFactor)


def _some_leaves(algebra: Algebra, poly: Poly, depth: int) -> Iterator[VarFactor]:
    seen: dict[VarFactor, None] = {}
    for factor in poly.factors():
        for leaf in _leaves(algebra, factor, depth):
            if leaf not in seen and len(seen) < MAX_LEAVES:
                seen[leaf] = None
                yield leaf


def _leaves(algebra: Algebra, factor: Factor, depth: int) -> Iterator[VarFactor]:
    """Yield free leaves with which a factor might move; bound indices stand for one value each."""
    match factor:
        case VarFactor() if algebra.is_leaf(factor):
            if algebra.is_free(factor):
                yield factor
        case VarFactor() if depth < MAX_DEPTH:
            value = algebra.expand_value(factor)
            if value is not None:
                yield from (leaf for f in value.factors() for leaf in _leaves(algebra, f, depth + 1))
        case PolyFactor(poly=poly):
            yield from (leaf for f in poly.factors() for leaf in _leaves(algebra, f, depth))
        case FunFactor(name=name, args=(arg,)) if name in ANALYTIC:
            yield from (leaf for f in arg.factors() for leaf in _leaves(algebra, f, depth))
        case SumFactor():
            _, factors = open_sum(algebra, factor)
            yield from (leaf for f, _ in factors for leaf in _leaves(algebra, f, depth))


def same_entry_possible(algebra: Algebra, one: VarFactor, other: VarFactor) -> bool:
    """Whether two entries of variables may be the same."""
    if one.name != other.name or len(one.idx) != len(other.idx):
        return one.name == other.name
    return all(algebra.context.zero(a - b) is not False for a, b in zip(one.idx, other.idx, strict=True))
