"""Which expressions are zero on a null set only, whatever the open functions are.

An expression that moves with one free leaf, all others being fixed, takes each value for countably many values of that
leaf, so that it is 0 on a null set only (Fubini). It moves with a leaf t if it is α·f(t) + β, where neither α nor β
depends on t, α is itself rarely zero, and f is analytic and not constant, or another expression that moves with t.

A pre-activation b_i + Σ_j W_ij h_j moves with b_i, also where all h_j are rectified; Σ_j W_ij h_j moves with W_i1 only
where h_1 is rarely zero; max(0, x) is zero on half of all points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import is_square, never_empty
from derive.algebra.factors import (
    Factor,
    FunFactor,
    IversonFactor,
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    SizeFactor,
    SumFactor,
    VarFactor,
)
from derive.algebra.summation import open_sum, rename
from derive.notation.functions import FUNCTIONS

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

ANALYTIC = frozenset(row.name for row in FUNCTIONS if row.analytic)
MAX_DEPTH = 8  # definitions inserted into each other
MAX_LEAVES = 40


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


def _never_negative(algebra: Algebra, m: Monomial) -> bool:
    return all(is_square(e) or algebra.positive(f) for f, e in m)


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
