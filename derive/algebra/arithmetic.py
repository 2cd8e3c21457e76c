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
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    SizeFactor,
    SumFactor,
    VarFactor,
    add,
    number,
    poly_of,
    scale,
)
from derive.algebra.functions import POSITIVE
from derive.algebra.index import Index, Lin, lin

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

Powers = dict[Factor, Fraction]
MAX_TERMS = 20_000
MAX_EXPONENT = 64
MAX_NUMBER_BITS = 4_096


class TooLargeError(ArithmeticError):
    """The normal form would grow beyond what is reasonable."""


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
                powers[factor] = powers.get(factor, Fraction(0)) + e
            results.append(monomial(algebra, powers, c * d))
    return add(*results)


def product(algebra: Algebra, polys: Iterable[Poly]) -> Poly:
    """Return the product of several polynomials."""
    return reduce(lambda left, right: multiply(algebra, left, right), polys, ONE_POLY)


def monomial(algebra: Algebra, powers: Powers, c: Fraction) -> Poly:
    """Return c × ∏ factor^exponent, rewritten by the rules of the special factors."""
    algebra.tick()
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
    return Poly({tuple(sorted(powers.items(), key=lambda item: item[0].key)): c})


def _rewrite(algebra: Algebra, powers: Powers, c: Fraction) -> Poly | None:
    for factor, e in powers.items():
        match factor:
            case IversonFactor():
                if e != 1:
                    return monomial(algebra, {**powers, factor: _idempotent(e)}, c)
                substituted = _use_equation(algebra, factor, powers, c)
                if substituted is not None:
                    return substituted
            case FunFactor(name="step") if e != 1:
                return monomial(algebra, {**powers, factor: _idempotent(e)}, c)
            case FunFactor(name="sin") if e >= 2:
                cosine = poly_of(FunFactor("cos", factor.args), 2)
                rest = monomial(algebra, {**powers, factor: e - 2}, c)
                return multiply(algebra, rest, add(ONE_POLY, scale(cosine, -1)))
            case FunFactor(name="sigmoid"):
                reduced = _sigmoid_with_exponential(algebra, factor, powers, c)
                if reduced is not None:
                    return reduced
            case PrimeFactor(prime=prime) if not 0 < e < 1:
                whole = e.numerator // e.denominator
                return monomial(algebra, {**powers, factor: e - whole}, c * Fraction(prime) ** whole)
            case PolyFactor():
                reduced = _polynomial_factor(algebra, factor, powers, c)
                if reduced is not None:
                    return reduced
    return None


def _idempotent(e: Fraction) -> Fraction:
    if e < 0:
        raise UndefinedError("division by an indicator, which is zero somewhere")
    return Fraction(1)


def solve(e: Lin) -> tuple[Index, Lin] | None:
    """Solve e = 0 for its last index variable with coefficient ±1."""
    candidates = [(a, c) for a, c in e.terms if isinstance(a, Index) and abs(c) == 1]
    candidates = [(a, c) for a, c in candidates if a not in (e - lin(a) * c).indices()]
    if not candidates:
        return None
    index, c = max(candidates, key=lambda term: (term[0].uid != 0, term[0].name, term[0].uid))
    return index, (e - lin(index) * c) * -c


def _use_equation(algebra: Algebra, equation: IversonFactor, powers: Powers, c: Fraction) -> Poly | None:
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
    parts = [Poly({((equation, Fraction(1)),): c})]
    for factor, e in powers.items():
        if factor is equation:
            continue
        replaced = algebra.subs_factor(factor, {index: value}) if index in factor.free else poly_of(factor)
        parts.append(power(algebra, replaced, e))
    return product(algebra, parts)


def exponential_powers(arg: Poly) -> Powers:
    """Return exp(arg) as powers of exponentials of monomials: exp(2x + y) = exp(x)² exp(y)."""
    return {FunFactor("exp", (Poly({m: Fraction(1)}),)): c for m, c in arg.terms.items()}


def _sigmoid_with_exponential(algebra: Algebra, factor: FunFactor, powers: Powers, c: Fraction) -> Poly | None:
    """Reduce e^m σ(m) = e^m - σ(m) and e^{-m} σ(m) = 1 - σ(m), and σ^{-1} = 1 + e^{-m}."""
    e = powers[factor]
    wanted = exponential_powers(factor.args[0])
    if e < 0 and e.denominator == 1:
        rest = monomial(algebra, {**powers, factor: Fraction(0)}, c)
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


def _polynomial_factor(algebra: Algebra, factor: PolyFactor, powers: Powers, c: Fraction) -> Poly | None:
    """Multiply out whole powers of a sum; reduce lead·p^{-k} to smaller monomials by p = lead + rest."""
    e = powers[factor]
    if e >= 1:
        whole = e.numerator // e.denominator
        rest = monomial(algebra, {**powers, factor: e - whole}, c)
        return multiply(algebra, rest, power(algebra, factor.poly, Fraction(whole)))
    if e > 0 or algebra.plain:
        return None
    lead, coefficient = max(factor.poly.terms.items(), key=lambda term: degree_key(term[0]))
    if not all(powers.get(f, Fraction(0)) >= x for f, x in lead):
        return None
    rest_powers = dict(powers)
    for f, x in lead:
        rest_powers[f] = powers[f] - x
    raised = monomial(algebra, {**rest_powers, factor: e + 1}, c / coefficient)
    others = Poly({m: -d / coefficient for m, d in factor.poly.terms.items() if m != lead})
    return add(raised, multiply(algebra, monomial(algebra, rest_powers, c), others))


def degree_key(m: Monomial) -> tuple[Fraction, list[tuple[str, Fraction]]]:
    """Order monomials by degree, then by their factors: compatible with multiplication."""
    return sum((e for _, e in m), Fraction(0)), [(f.key, e) for f, e in m]


def power(algebra: Algebra, poly: Poly, e: Fraction) -> Poly:
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
        half = power(algebra, poly, Fraction(e // 2))
        squared = multiply(algebra, half, half)
        return multiply(algebra, squared, poly) if e % 2 else squared
    return _power_of_sum(algebra, poly, e)


def _power_of_monomial(algebra: Algebra, m: Monomial, c: Fraction, e: Fraction) -> Poly:
    if e.denominator == 1:
        if abs(e) > 10**6 or (c.numerator.bit_length() + c.denominator.bit_length()) * abs(e) > MAX_NUMBER_BITS:
            raise TooLargeError(f"exponent {e}")
        return monomial(algebra, {f: x * e for f, x in m}, c ** int(e))
    result = _root_of_number(abs(c), e)
    opaque: Powers = {}
    for factor, x in m:
        if algebra.positive(factor) or x == 1 or x.denominator != 1:
            result[factor] = result.get(factor, Fraction(0)) + x * e
        elif x % 2 == 0 and (x * e).denominator == 1:
            return _absolute_power(algebra, factor, x * e, m, c, e)
        else:
            opaque[factor] = x
    base = monomial(algebra, result, Fraction(1))
    if c > 0 and not opaque:
        return base
    inner = monomial(algebra, opaque, Fraction(1 if c > 0 else -1))
    return multiply(algebra, base, poly_of(PolyFactor(inner), e))


def _absolute_power(algebra: Algebra, factor: Factor, x: Fraction, m: Monomial, c: Fraction, e: Fraction) -> Poly:
    """(f² …)^(1/2) = |f| (…)^(1/2), with |f| = f·sign f."""
    rest = monomial(algebra, {f: y for f, y in m if f is not factor}, c)
    sign = add(scale(algebra.step(poly_of(factor)), 2), number(-1)) if x % 2 else ONE_POLY
    return product(algebra, [power(algebra, rest, e), poly_of(factor, x), sign])


def _root_of_number(c: Fraction, e: Fraction) -> Powers:
    from sympy import factorint

    powers: Powers = {}
    for prime, x in [*factorint(c.numerator).items(), *((p, -y) for p, y in factorint(c.denominator).items())]:
        powers[PrimeFactor(int(prime))] = Fraction(int(x)) * e
    return powers


def _power_of_sum(algebra: Algebra, poly: Poly, e: Fraction) -> Poly:
    """Take out the content, recognise 1 + e^m and 1 - σ(m), and keep the rest as one factor."""
    content, rest = take_out_content(algebra, poly, whole=e.denominator == 1)
    outside = power(algebra, content, e)
    if e.denominator == 1:
        m = one_plus_exponential(rest)
        if m is not None:
            return multiply(algebra, outside, power(algebra, algebra.sigmoid(scale(m, -1)), -e))
        m = one_minus_sigmoid(rest)
        if m is not None:
            inverse = add(ONE_POLY, algebra.exp(m))
            return multiply(algebra, outside, power(algebra, inverse, -e))
        if e == -1 or algebra.plain:
            return multiply(algebra, outside, poly_of(PolyFactor(rest), e))
    return multiply(algebra, outside, poly_of(PolyFactor(rest), e))


def take_out_content(algebra: Algebra, poly: Poly, *, whole: bool) -> tuple[Poly, Poly]:
    """Return (content, rest) with poly = content × rest and rest canonical.

    For whole exponents any common factor and the sign may go out, for others only what is surely positive.
    """
    terms = list(poly.terms.items())
    numerators = reduce(gcd, (abs(c.numerator) for _, c in terms))
    denominators = reduce(lcm, (c.denominator for _, c in terms))
    c = Fraction(numerators, denominators)
    if whole and max(terms, key=lambda term: degree_key(term[0]))[1] < 0:
        c = -c
    common: Powers = {}
    candidates = {f for m, _ in terms for f, _ in m}
    for factor in candidates:
        if isinstance(factor, IversonFactor) or (isinstance(factor, FunFactor) and factor.name == "step"):
            continue
        lowest = min(dict(m).get(factor, Fraction(0)) for m, _ in terms)
        if lowest and (whole or algebra.positive(factor)):
            common[factor] = lowest
    content = monomial(algebra, common, c)
    inverse = monomial(algebra, {f: -x for f, x in common.items()}, 1 / c)
    return content, multiply(algebra, poly, inverse)


def one_plus_exponential(poly: Poly) -> Poly | None:
    """Return m if the polynomial is 1 + e^m."""
    if len(poly.terms) != 2 or poly.terms.get(()) != 1:
        return None
    ((m, c),) = [(m, c) for m, c in poly.terms.items() if m]
    if c != 1 or not all(isinstance(f, FunFactor) and f.name == "exp" for f, _ in m):
        return None
    return add(*(scale(f.args[0], e) for f, e in m if isinstance(f, FunFactor)))


def one_minus_sigmoid(poly: Poly) -> Poly | None:
    """Return m if the polynomial is 1 - σ(m), up to the sign."""
    if len(poly.terms) != 2:
        return None
    constant = poly.terms.get(())
    if constant not in (1, -1):
        return None
    ((m, c),) = [(m, c) for m, c in poly.terms.items() if m]
    if c != -constant or len(m) != 1 or m[0][1] != 1 or constant != 1:
        return None
    factor = m[0][0]
    return factor.args[0] if isinstance(factor, FunFactor) and factor.name == "sigmoid" else None


def is_positive(algebra: Algebra, factor: Factor) -> bool:
    """Whether a factor is surely positive wherever it is defined."""
    match factor:
        case FunFactor(name=name):
            return name in POSITIVE
        case SizeFactor() | PrimeFactor():
            return True
        case VarFactor(name=name):
            return name in algebra.positive_names
        case SumFactor(factors=inner):
            return all(e % 2 == 0 or algebra.positive(f) for f, e in inner)
        case PolyFactor(poly=poly):
            return all(c > 0 and all(e % 2 == 0 or algebra.positive(f) for f, e in m) for m, c in poly.terms.items())
    return False
