"""Sums that an exchange of two bound indices, or of the indices of a symmetric array, makes simpler:
Σ_ij f(x_i - x_j) with f odd is 0, and a_i S_ij x_j sums to what x_i S_ij a_j does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import monomial, multiply
from derive.algebra.bound_names import Factors, canonical_sum, rename
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    FunFactor,
    Poly,
    PolyFactor,
    Rational,
    SumFactor,
    VarFactor,
    add,
    is_negative,
    poly_of,
    scale,
)
from derive.algebra.index import Index, Range, lin
from derive.algebra.triangles import Bounds

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_TURNED = 4  # entries of symmetric arrays in one sum
HALF = Fraction(1, 2)


def exchanged(algebra: Algebra, bounds: Bounds, factors: Factors, found: SumFactor) -> Poly | None:
    """Return what has the same sum, by way of its image under an exchange of bound indices, where that is simpler."""
    both = _halves(algebra, bounds, factors)
    if both is not None:
        return scale(both, HALF)
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
            return add(multiply(algebra, rest, alpha), scale(multiply(algebra, rest, poly_of(other, e)), beta))
        if opposite.key == found.key and beta < 0:
            return scale(multiply(algebra, rest, alpha), HALF)
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
