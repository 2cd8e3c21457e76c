"""The elementary functions that turn sums into products and back: exp, log, sigmoid, softplus, sin, cos."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.algebra.arithmetic import (
    UndefinedError,
    monomial,
    multiply,
    one_minus_sigmoid,
    one_plus_exponential,
    power,
    product,
    take_out_content,
)
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
    number,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.primes import rational_factors

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra


def exp(algebra: Algebra, arg: Poly) -> Poly:
    """exp(Σ c·m) = ∏ exp(m)^c, with exp(log f) = f and exp(softplus m) = 1 + exp m."""
    return product(algebra, [_exp_of_term(algebra, m, c) for m, c in arg.terms.items()])


def _exp_of_term(algebra: Algebra, m: Monomial, c: Rational) -> Poly:
    if len(m) == 1 and m[0][1] == 1 and isinstance(m[0][0], FunFactor):
        factor = m[0][0]
        if factor.name == "log":
            return power(algebra, factor.args[0], c)
        if factor.name == "softplus":
            return power(algebra, add(ONE_POLY, exp(algebra, factor.args[0])), c)
    whole = FunFactor("exp", (Poly({m: 1}),))
    return monomial(algebra, {whole: c}, 1) if algebra.rules else poly_of(whole, c)


def sigmoid(algebra: Algebra, arg: Poly) -> Poly:
    """σ(-x) = 1 - σ(x); σ(0) = 1/2."""
    if arg.is_zero:
        return number(Fraction(1, 2))
    if is_negative(arg):
        return subtract(ONE_POLY, sigmoid(algebra, scale(arg, -1)))
    return poly_of(FunFactor("sigmoid", (arg,)))


def softplus(algebra: Algebra, arg: Poly) -> Poly:
    """softplus(-x) = softplus(x) - x."""
    if arg.is_zero:
        return log(algebra, number(2))
    if is_negative(arg):
        return add(poly_of(FunFactor("softplus", (scale(arg, -1),))), arg)
    return poly_of(FunFactor("softplus", (arg,)))


def sine(arg: Poly) -> Poly:
    """sin(-x) = -sin(x)."""
    if arg.is_zero:
        return ZERO_POLY
    if is_negative(arg):
        return scale(sine(scale(arg, -1)), -1)
    return poly_of(FunFactor("sin", (arg,)))


def cosine(arg: Poly) -> Poly:
    """cos(-x) = cos(x)."""
    if arg.is_zero:
        return ONE_POLY
    return poly_of(FunFactor("cos", (scale(arg, -1) if is_negative(arg) else arg,)))


def log(algebra: Algebra, arg: Poly) -> Poly:
    """log of a product of positives is a sum of logs; log(1 + e^m) = softplus(m), log(1 - σ(m)) = -softplus(m)."""
    if arg.is_zero:
        raise UndefinedError("log of zero")
    if arg.single is not None:
        return _log_of_monomial(algebra, *arg.single)
    m_poly = one_minus_sigmoid(arg)
    if m_poly is not None:
        return scale(softplus(algebra, m_poly), -1)
    content, rest = take_out_content(algebra, arg, whole_exponent=False)
    if content != ONE_POLY and one_minus_sigmoid(rest) is not None:
        return add(log(algebra, content), log(algebra, rest))
    m_poly = one_plus_exponential(rest)
    inner = softplus(algebra, m_poly) if m_poly is not None else poly_of(FunFactor("log", (rest,)))
    return inner if content == ONE_POLY else add(log(algebra, content), inner)


def _log_of_monomial(algebra: Algebra, m: Monomial, c: Rational) -> Poly:
    """Take positive factors out, and a single other one whose sign is that of the whole; log(xy) is more than
    log x + log y, which has no value for negative x and y, and log(x²) is more than 2 log x."""
    mixed = [(f, e) for f, e in m if e.denominator == 1 and not algebra.assumed_positive(f)]
    if c > 0 and len(mixed) == 1 and mixed[0][1] % 2:
        mixed = []
    if c < 0 and not mixed:
        raise UndefinedError("log of a negative number")
    apart = [(f, e) for f, e in m if (f, e) not in mixed]
    terms = [_log_of_number(c if c > 0 else -c), *(scale(_log_of_factor(algebra, f), e) for f, e in apart)]
    if mixed:
        terms.append(poly_of(FunFactor("log", (Poly({tuple(mixed): 1 if c > 0 else -1}),))))
    return add(*terms)


def _log_of_number(c: Rational) -> Poly:
    parts = rational_factors(c).items()
    return add(*(scale(poly_of(FunFactor("log", (number(prime),))), e) for prime, e in parts)) if parts else ZERO_POLY


def _log_of_factor(algebra: Algebra, factor: Factor) -> Poly:
    match factor:
        case FunFactor(name="exp", args=(inner,)):
            return inner
        case FunFactor(name="sigmoid", args=(inner,)):
            return subtract(inner, softplus(algebra, inner))
        case FunFactor(name="power", args=(base, exponent)) if all(
            algebra.assumed_positive(f) for f in base.factors()
        ) and all(c > 0 for c in base.terms.values()):
            return multiply(algebra, exponent, log(algebra, base))
        case PolyFactor(poly=poly) if poly.single is None:
            m = one_plus_exponential(poly)
            if m is not None:
                return softplus(algebra, m)
            return poly_of(FunFactor("log", (poly,)))
    return poly_of(FunFactor("log", (poly_of(factor),)))
