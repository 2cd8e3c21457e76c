"""Products and powers in normal form, with the rewriting rules that make equal products the same."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import TYPE_CHECKING

from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    Rational,
    add,
    is_negative,
    monomial_key,
    number,
    poly_of,
    scale,
    whole,
)
from derive.algebra.index import Index, Lin, lin
from derive.algebra.primes import TooLargeError, divide, rational_factors

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

Powers = dict[Factor, Rational]
MAX_TERMS = 20_000
MAX_EXPONENT = 64
MAX_NUMBER_BITS = 4_096


class UndefinedError(ArithmeticError):
    """The expression has no value: division by zero, log of zero."""


def multiply(algebra: Algebra, left: Poly, right: Poly) -> Poly:
    """Return the product, distributed."""
    if left.is_zero or right.is_zero:
        return ZERO_POLY
    if left.constant is not None:
        return scale(right, left.constant)
    if right.constant is not None:
        return scale(left, right.constant)
    if len(left.terms) * len(right.terms) > MAX_TERMS:
        raise TooLargeError("a product has too many terms")
    results = []
    for m, c in left.terms.items():
        for n, d in right.terms.items():
            powers = dict(m)
            for factor, e in n:
                powers[factor] = powers.get(factor, 0) + e
            results.append(monomial(algebra, powers, c * d))
    return add(*results)


def product(algebra: Algebra, polys: Iterable[Poly]) -> Poly:
    """Return the product of several polynomials."""
    return reduce(lambda left, right: multiply(algebra, left, right), polys, ONE_POLY)


def monomial(algebra: Algebra, powers: Powers, c: Rational) -> Poly:
    """Return c × ∏ factor^exponent, rewritten by the rules of the special factors."""
    algebra.budget.spend()
    powers = {f: e for f, e in powers.items() if e}
    for factor in powers:
        if factor.special:
            rewritten = _rewrite(algebra, powers, c)
            if rewritten is not None:
                return rewritten
            break
    for rule in algebra.rules:
        rewritten = rule(algebra, powers, c)
        if rewritten is not None:
            return rewritten
    if len(powers) < 2:
        return Poly({tuple(powers.items()): c})
    return Poly({tuple(sorted(powers.items(), key=_by_key)): c})


def _by_key(item: tuple[Factor, Rational]) -> str:
    return item[0].key


def _rewrite(algebra: Algebra, powers: Powers, c: Rational) -> Poly | None:
    for factor, e in powers.items():
        match factor:
            case IversonFactor():
                if e != 1:
                    return monomial(algebra, {**powers, factor: _idempotent(e)}, c)
                substituted = _use_equation(algebra, factor, powers, c)
                if substituted is not None:
                    return substituted
            case FunFactor(name="step" | "zero") if e != 1:
                return monomial(algebra, {**powers, factor: _idempotent(e)}, c)
            case LambdaFactor(kind="peak"):
                joined = _with_peak(algebra, factor, powers, c)
                if joined is not None:
                    return joined
            case FunFactor(name="zero"):
                inserted = algebra.where_zero(factor, powers, c)
                if inserted is not None:
                    return inserted
            case FunFactor(name="sin") if e >= 2:
                cosine = poly_of(FunFactor("cos", factor.args), 2)
                rest = monomial(algebra, {**powers, factor: e - 2}, c)
                return multiply(algebra, rest, add(ONE_POLY, scale(cosine, -1)))
            case FunFactor(name="sigmoid"):
                reduced = _sigmoid_with_exponential(algebra, factor, powers, c)
                if reduced is not None:
                    return reduced
            case PrimeFactor(prime=prime) if not 0 < e < 1:
                floor = e.numerator // e.denominator
                return monomial(algebra, {**powers, factor: e - floor}, c * whole(Fraction(prime) ** floor))
            case PolyFactor():
                reduced = _polynomial_factor(algebra, factor, powers, c)
                if reduced is not None:
                    return reduced
    return None


def _with_peak(algebra: Algebra, factor: LambdaFactor, powers: Powers, c: Rational) -> Poly | None:
    from derive.algebra.extremes import together

    e = powers[factor]
    return monomial(algebra, {**powers, factor: _idempotent(e)}, c) if e != 1 else together(algebra, factor, powers, c)


def _idempotent(e: Rational) -> Rational:
    if e < 0:
        raise UndefinedError("division by an indicator, which is zero somewhere")
    return 1


def solve(e: Lin) -> tuple[Index, Lin] | None:
    """Solve e = 0 for its last index variable with coefficient ±1."""
    candidates = [(a, c) for a, c in e.terms if isinstance(a, Index) and abs(c) == 1]
    candidates = [(a, c) for a, c in candidates if a not in (e - lin(a) * c).indices()]
    if not candidates:
        return None
    index, c = max(candidates, key=lambda term: (term[0].uid != 0, term[0].name, term[0].uid))
    return index, (e - lin(index) * c) * -c


def _use_equation(algebra: Algebra, equation: IversonFactor, powers: Powers, c: Rational) -> Poly | None:
    """[i = e]·f(i) = [i = e]·f(e)."""
    if equation.relation != "=":
        return None
    solved = solve(equation.e)
    if solved is None:
        return None
    index, value = solved
    touched = [f for f in powers if f is not equation and index in f.free]
    if not touched:
        return None
    parts = [Poly({((equation, 1),): c})]
    for factor, e in powers.items():
        if factor is equation:
            continue
        replaced = algebra.subs_factor(factor, {index: value}) if index in factor.free else poly_of(factor)
        parts.append(power(algebra, replaced, e))
    return product(algebra, parts)


def exponential_powers(arg: Poly) -> Powers:
    """Return exp(arg) as powers of exponentials of monomials: exp(2x + y) = exp(x)² exp(y)."""
    return {FunFactor("exp", (Poly({m: 1}),)): c for m, c in arg.terms.items()}


def _sigmoid_with_exponential(algebra: Algebra, factor: FunFactor, powers: Powers, c: Rational) -> Poly | None:
    """Reduce e^m σ(m) = e^m - σ(m) and e^{-m} σ(m) = 1 - σ(m), and σ^{-1} = 1 + e^{-m}."""
    e = powers[factor]
    wanted = exponential_powers(factor.args[0])
    if e < 0 and e.denominator == 1:
        rest = monomial(algebra, {**powers, factor: 0}, c)
        inverse = add(ONE_POLY, product(algebra, [poly_of(f, -x) for f, x in wanted.items()]))
        return multiply(algebra, rest, power(algebra, inverse, -e))
    if e.denominator != 1 or not all(f in powers for f in wanted):
        return None
    above = all(powers[f] >= x if x > 0 else powers[f] <= x for f, x in wanted.items())
    below = all(powers[f] <= -x if x > 0 else powers[f] >= -x for f, x in wanted.items())
    if not above and not below:
        return None
    sign = 1 if above else -1
    divided: Powers = {**powers, factor: e - 1}
    for f, x in wanted.items():
        divided[f] = powers[f] - sign * x
    lowered: Powers = {**powers, factor: e - 1} if above else divided
    raised: Powers = {**divided, factor: e}
    return add(monomial(algebra, lowered, c), monomial(algebra, raised, -c))


def _polynomial_factor(algebra: Algebra, factor: PolyFactor, powers: Powers, c: Rational) -> Poly | None:
    """Multiply out whole powers of a sum; reduce lead·p^{-k} to smaller monomials by p = lead + rest."""
    e = powers[factor]
    if e >= 1:
        floor = e.numerator // e.denominator
        rest = monomial(algebra, {**powers, factor: e - floor}, c)
        return multiply(algebra, rest, power(algebra, factor.poly, floor))
    if e > 0 or algebra.plain:
        return None
    lead = factor.lead
    if lead is None or not all(powers.get(f, 0) >= x for f, x in lead[0]):
        return None
    rest_powers = dict(powers)
    for f, x in lead[0]:
        rest_powers[f] = powers[f] - x
    raised = monomial(algebra, {**rest_powers, factor: e + 1}, divide(c, lead[1]))
    others = Poly({m: divide(-d, lead[1]) for m, d in factor.poly.terms.items() if m != lead[0]})
    return add(raised, multiply(algebra, monomial(algebra, rest_powers, c), others))


def power(algebra: Algebra, poly: Poly, e: Rational) -> Poly:
    """Return poly^e for a rational number e."""
    if e == 0:
        return ONE_POLY
    if e == 1:
        return poly
    if poly.is_zero:
        if e > 0:
            return ZERO_POLY
        raise UndefinedError("division by zero")
    if poly.single is not None:
        return _power_of_monomial(algebra, *poly.single, e)
    if e.denominator == 1 and e > 0:
        if e > MAX_EXPONENT:
            raise TooLargeError(f"exponent {e}")
        half = power(algebra, poly, e // 2)
        squared = multiply(algebra, half, half)
        return multiply(algebra, squared, poly) if e % 2 else squared
    return _power_of_sum(algebra, poly, e)


def _power_of_monomial(algebra: Algebra, m: Monomial, c: Rational, e: Rational) -> Poly:
    if e.denominator == 1:
        size = e.numerator if e > 0 else -e.numerator
        if size > 10**6 or (c.numerator.bit_length() + c.denominator.bit_length()) * size > MAX_NUMBER_BITS:
            raise TooLargeError(f"exponent {e}")
        return monomial(algebra, {f: x * e for f, x in m}, whole(Fraction(c) ** int(e)))
    return _root_of_monomial(algebra, m, c, e)


def _root_of_monomial(algebra: Algebra, m: Monomial, c: Rational, e: Rational) -> Poly:
    """(c ∏ f^x)^e for a fraction e: only factors that are nowhere negative go out, a single other one if its sign is
    that of the whole; what is left stays together, as √(xy) is more than √x √y."""
    for factor, x in m:
        if x.denominator == 1 and x % 2 == 0 and (x * e).denominator == 1 and not algebra.positive(factor):
            rest = monomial(algebra, {f: y for f, y in m if f is not factor}, c)
            return multiply(algebra, power(algebra, rest, e), _absolute_power(algebra, factor, x * e))
    result = _root_of_number(c if c > 0 else -c, e)
    mixed: Powers = {}
    for factor, x in m:
        if algebra.assumed_positive(factor) or x.denominator != 1:
            result[factor] = result.get(factor, 0) + x * e
        else:
            mixed[factor] = x
    if c > 0 and len(mixed) == 1 and 1 in mixed.values():
        ((factor, x),) = mixed.items()
        result[factor] = result.get(factor, 0) + x * e
        mixed = {}
    if c < 0 and not mixed:
        raise UndefinedError("a root of a negative number")
    base = monomial(algebra, result, 1)
    if not mixed:
        return base
    inner = monomial(algebra, mixed, 1 if c > 0 else -1)
    return multiply(algebra, base, poly_of(PolyFactor(inner), e))


def _absolute_power(algebra: Algebra, factor: Factor, e: Rational) -> Poly:
    """|f|^e for a whole e, with |f| = f·sign f."""
    if e % 2 == 0:
        return poly_of(factor, e)
    sign = add(scale(algebra.step(poly_of(factor)), 2), number(-1))
    return multiply(algebra, poly_of(factor, e), sign)


def _root_of_number(c: Rational, e: Rational) -> Powers:
    return {PrimeFactor(prime): x * e for prime, x in rational_factors(c).items()}


def _power_of_sum(algebra: Algebra, poly: Poly, e: Rational) -> Poly:
    """Take out the content, recognise 1 + e^m and 1 - σ(m), and keep the rest as one factor."""
    content, rest = take_out_content(algebra, poly, whole_exponent=e.denominator == 1)
    outside = power(algebra, content, e)
    if e.denominator == 1:
        m = one_plus_exponential(rest)
        if m is not None:
            return multiply(algebra, outside, power(algebra, algebra.sigmoid(scale(m, -1)), -e))
        for sign in (1, -1):  # the content may have taken the sign out
            m = one_minus_sigmoid(scale(rest, sign))
            if m is not None:
                inverse = power(algebra, add(ONE_POLY, algebra.exp(m)), -e)
                return multiply(algebra, outside, scale(inverse, sign if e % 2 else 1))
    return multiply(algebra, outside, poly_of(PolyFactor(rest), e))


def take_out_content(algebra: Algebra, poly: Poly, *, whole_exponent: bool) -> tuple[Poly, Poly]:
    """Return (content, rest) with poly = content × rest and rest canonical.

    For whole exponents any common factor and the sign may go out, for others only what is surely positive.
    """
    terms = list(poly.terms.items())
    numerators = reduce(gcd, (abs(c.numerator) for _, c in terms))
    denominators = reduce(lcm, (c.denominator for _, c in terms))
    c = divide(numerators, denominators)
    if whole_exponent and is_negative(poly):
        c = -c
    common: Powers = {}
    candidates = {f: None for m, _ in terms for f, _ in m}
    for factor in candidates:
        if is_indicator(factor):
            continue
        lowest = min(dict(m).get(factor, 0) for m, _ in terms)
        if lowest and (whole_exponent or algebra.positive(factor)):
            common[factor] = lowest
    if len(terms) == 2 and terms[0][1] == terms[1][1] and all(_is_exponential(m) for m, _ in terms):
        first, _ = min(terms, key=lambda term: monomial_key(term[0]))
        common = dict(first)  # e^a + e^b = e^a (1 + e^(b-a))
    content = monomial(algebra, common, c)
    inverse = monomial(algebra, {f: -x for f, x in common.items()}, divide(1, c))
    return content, multiply(algebra, poly, inverse)


def is_indicator(factor: Factor) -> bool:
    """Whether a factor is 0 in some places and 1 in the others."""
    match factor:
        case FunFactor(name=name):
            return name in ("step", "zero")
        case LambdaFactor(kind=kind):
            return kind == "peak"
    return isinstance(factor, IversonFactor)


def _is_exponential(m: Monomial) -> bool:
    return all(isinstance(f, FunFactor) and f.name == "exp" for f, _ in m)


def one_plus_exponential(poly: Poly) -> Poly | None:
    """Return m if the polynomial is 1 + e^m."""
    if len(poly.terms) != 2 or poly.terms.get(()) != 1:
        return None
    ((m, c),) = [(m, c) for m, c in poly.terms.items() if m]
    if c != 1 or not _is_exponential(m):
        return None
    return add(*(scale(f.args[0], e) for f, e in m if isinstance(f, FunFactor)))


def one_minus_sigmoid(poly: Poly) -> Poly | None:
    """Return m if the polynomial is 1 - σ(m)."""
    if len(poly.terms) != 2 or poly.terms.get(()) != 1:
        return None
    ((m, c),) = [(m, c) for m, c in poly.terms.items() if m]
    if c != -1 or len(m) != 1 or m[0][1] != 1:
        return None
    factor = m[0][0]
    return factor.args[0] if isinstance(factor, FunFactor) and factor.name == "sigmoid" else None
