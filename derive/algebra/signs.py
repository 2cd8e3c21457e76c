"""Signs in the basis of the normal form: the step [x > 0] and the indicator [x = 0].

The latter is 0 almost everywhere for most expressions, but not for those that are zero on a whole region, as rectified
values are.

    [-x > 0] = 1 - [x > 0] - [x = 0]        [x = 0] f(x) = [x = 0] f(0)

An argument that contains an indicator s is split: [s a + (1 - s) b > 0] = s [a > 0] + (1 - s) [b > 0].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import Powers, divide, is_square, monomial, multiply, product, take_out_content
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    FunFactor,
    Monomial,
    Poly,
    PolyFactor,
    Rational,
    add,
    is_negative,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.null_sets import rarely_zero

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

INDICATORS = frozenset({"step", "zero"})
MAX_SPLITS = 4  # indicators in one argument
KINKS = "away from the kinks of piecewise functions"


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
    if isinstance(factor, FunFactor) and factor.name in INDICATORS:
        return subtract(ONE_POLY, poly_of(factor))
    if algebra.rarely_zero(poly_of(factor)):
        return ZERO_POLY
    return poly_of(FunFactor("zero", (poly_of(factor),)))


def _split(algebra: Algebra, arg: Poly, indicator: Callable[[Algebra, Poly], Poly]) -> Poly | None:
    """Return s [a] + (1 - s) [b] for an argument s a + (1 - s) b with an indicator s; None if there is none."""
    inside = {f for f in arg.factors() if isinstance(f, FunFactor) and f.name in INDICATORS}
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
