"""Expressions as trees, tidied without changing what a person would recognise: nothing is multiplied out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from derive.algebra.expr import (
    ONE,
    ZERO,
    Add,
    Diff,
    Expr,
    Iverson,
    Mul,
    Num,
    Pow,
    Prod,
    Sum,
    Var,
)
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import map_children, subs, walk

MINUS_ONE = Num(Fraction(-1))


def replaced(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """Return an expression in which each node that `change` gives something for is that, from the outside in."""
    new = change(expr)
    return new if new is not None else map_children(expr, lambda part: replaced(part, change))


def has_index(expr: Expr, index: Index) -> bool:
    """Whether an index occurs in an expression, also in the entry that a derivative is taken by."""
    return subs(expr, {index: lin(Index("another"))}) != expr


def negated(expr: Expr) -> Expr:
    return tidy(Mul((MINUS_ONE, expr)))


def tidy(expr: Expr) -> Expr:
    """Return an expression flat, without factors 1 and terms 0, its numbers multiplied, constants before their sums."""
    match expr:
        case Diff(body, var):
            return Diff(tidy(body), var)
        case Iverson(relation, left, right) if (left - right).is_const:
            difference = (left - right).const
            return ONE if (difference == 0 if relation == "=" else difference <= 0) else ZERO
    expr = map_children(expr, tidy)
    match expr:
        case Add(args):
            return _tidy_sum(args)
        case Mul(args):
            return _tidy_product(args)
        case Pow(base, Num(exponent)):
            return _tidy_power(base, exponent)
        case Sum(index, range_, body):
            return _tidy_over(index, range_, body)
    return expr


def _tidy_sum(args: tuple[Expr, ...]) -> Expr:
    terms: list[Expr] = []
    number, place = Fraction(0), 0
    for arg in args:
        for term in arg.args if isinstance(arg, Add) else (arg,):
            if isinstance(term, Num):
                place = place if number else len(terms)
                number += term.value
            else:
                terms.append(term)
    if number:
        terms.insert(place, Num(number))
    return (Add(tuple(terms)) if len(terms) > 1 else terms[0]) if terms else ZERO


def _tidy_product(args: tuple[Expr, ...]) -> Expr:
    number, factors = Fraction(1), list[Expr]()
    for arg in args:
        for factor in arg.args if isinstance(arg, Mul) else (arg,):
            if isinstance(factor, Num):
                number *= factor.value
            else:
                factors.append(factor)
    if number == 0:
        return ZERO
    if number == -1 and len(factors) == 1 and isinstance(factors[0], Add):
        return positive_first(Add(tuple(negated(term) for term in factors[0].args)))
    factors.sort(key=lambda factor: 2 * isinstance(factor, Sum) + _is_root_of_sum(factor))
    if number != 1 or not factors:
        factors.insert(0, Num(number))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _is_root_of_sum(factor: Expr) -> bool:
    """Whether a factor is the root of a sum, which is read better behind what is short: d √(…) for √(…) d."""
    match factor:
        case Pow(Add() | Mul() | Sum() as base, Num(e)):
            return e.denominator > 1 and any(isinstance(node, Add | Sum) for node in walk(base))
    return False


def sign_inside(expr: Expr) -> Expr:
    """Write -(y - a) b as (a - y) b: a minus sign goes into the first difference of two things that are no numbers."""
    if not isinstance(expr, Mul) or number_of(expr) >= 0:
        return expr
    for n, factor in enumerate(expr.args):
        if isinstance(factor, Add) and len(factor.args) == 2 and not any(isinstance(arg, Num) for arg in factor.args):
            signs = sorted(number_of(arg) for arg in factor.args)
            if signs[0] < 0 < signs[1]:
                turned = positive_first(Add(tuple(map(negated, factor.args))))
                return tidy(Mul((MINUS_ONE, *expr.args[:n], turned, *expr.args[n + 1 :])))
    return expr


def _tidy_power(base: Expr, exponent: Fraction) -> Expr:
    if exponent in (0, 1):
        return base if exponent else ONE
    match base:
        case Num(value) if exponent.denominator == 1 and value:
            return Num(value ** int(exponent))
        case Pow(inner, Num(power)) if exponent.denominator == 1 and power.denominator == 1:
            return _tidy_power(inner, power * exponent)
        case Mul(factors) if exponent == -1:
            return _tidy_product(tuple(_tidy_power(factor, exponent) for factor in factors))
    return Pow(base, Num(exponent))


def _tidy_over(index: Index, range_: Range, body: Expr) -> Expr:
    if body == ZERO:
        return ZERO
    factors = body.args if isinstance(body, Mul) else (body,)
    constant = [factor for factor in factors if not has_index(factor, index)]
    if not constant or len(constant) == len(factors):
        return Sum(index, range_, body)
    rest = [factor for factor in factors if factor not in constant]
    return _tidy_product((*constant, Sum(index, range_, Mul(tuple(rest)) if len(rest) > 1 else rest[0])))


def number_of(term: Expr) -> Fraction:
    """Return the numeric factor of a term."""
    factors = term.args if isinstance(term, Mul) else (term,)
    number = Fraction(1)
    for factor in factors:
        number *= factor.value if isinstance(factor, Num) else 1
    return number


def positive_first(expr: Expr) -> Expr:
    """Return a sum with what is added before what is subtracted."""
    if not isinstance(expr, Add):
        return expr
    return Add(tuple(sorted(expr.args, key=lambda term: number_of(term) < 0)))


# Sums over indices


def split(expr: Expr, context: IndexFacts) -> Expr:
    """Return an expression with sums term by term where some of their terms have a delta: Σ_m x_m ([m = i] - y)."""
    expr = map_children(expr, lambda part: split(part, context))
    if not isinstance(expr, Sum) or _contracted(expr, context) is not None:
        return expr
    parts = _split(expr, _factors(expr))
    return tidy(Add(tuple(map(tidy, parts)))) if parts else expr


def contract(expr: Expr, context: IndexFacts) -> Expr:
    """Return an expression in which Σ_m [m = i] x_m is x_i; a sum is split where some of its terms have a delta."""
    expr = map_children(expr, lambda part: contract(part, context))
    if not isinstance(expr, Sum):
        return tidy(expr)
    found = _contracted(expr, context)
    if found is not None:
        return contract(tidy(found), context)
    parts = _split(expr, _factors(expr))
    return tidy(Add(tuple(contract(tidy(part), context) for part in parts))) if parts else tidy(expr)


def _contracted(expr: Sum, context: IndexFacts) -> Expr | None:
    """Return x_i for Σ_m [m = i] x_m; None where no factor is a delta that is solved within the range."""
    factors = _factors(expr)
    for n, factor in enumerate(factors):
        value = _solved(factor, expr.index)
        if value is not None and context.within(value, expr.range) == []:
            return subs(Mul((*factors[:n], *factors[n + 1 :])), {expr.index: value})
    return None


def _factors(expr: Sum) -> tuple[Expr, ...]:
    return expr.body.args if isinstance(expr.body, Mul) else (expr.body,)


def _solved(factor: Expr, index: Index) -> Lin | None:
    """Return e of a delta [index = e]."""
    if not isinstance(factor, Iverson) or factor.relation != "=":
        return None
    difference = factor.left - factor.right
    c = dict(difference.terms).get(index, 0)
    return lin(index) - difference * c if abs(c) == 1 else None


def _split(expr: Sum, factors: tuple[Expr, ...]) -> list[Expr]:
    """Return Σ_m x_m ([m = i] - y) as its parts."""
    for n, factor in enumerate(factors):
        if isinstance(factor, Add) and any(_has_delta(term, expr.index) for term in factor.args):
            rest = (*factors[:n], *factors[n + 1 :])
            return [Sum(expr.index, expr.range, tidy(Mul((*rest, term)))) for term in factor.args]
    return []


def _has_delta(term: Expr, index: Index) -> bool:
    factors = term.args if isinstance(term, Mul) else (term,)
    return any(_solved(factor, index) is not None for factor in factors)


# Fractions


def cancelled(expr: Expr) -> Expr:
    """Return an expression in which equal factors above and below a line are gone, and powers are collected."""
    expr = map_children(expr, cancelled)
    if not isinstance(expr, Mul):
        return expr
    powers: dict[Expr, Fraction] = {}
    for base, e in map(power_of, expr.args):
        powers[base] = powers.get(base, Fraction(0)) + e
    if len(powers) == len(expr.args):
        return expr
    return tidy(Mul(tuple(Pow(base, Num(e)) for base, e in powers.items() if e)))


def power_of(factor: Expr) -> tuple[Expr, Fraction]:
    """Return base and exponent of a factor."""
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        return factor.base, factor.exponent.value
    return factor, Fraction(1)


def over_one_line(expr: Add) -> tuple[Expr, Expr] | None:
    """Return a sum of fractions as its numerator and denominator; None where there is nothing to bring together."""
    lines = [_denominator(term) for term in expr.args]
    common: dict[Expr, Fraction] = {}
    for line in lines:
        for base, e in line.items():
            common[base] = max(common.get(base, e), e)
    if not common or all(line == lines[0] for line in lines):
        return None
    below = Mul(tuple(Pow(base, Num(e)) for base, e in common.items()))
    above = [cancelled(tidy(Mul((term, below)))) for term in expr.args]
    return tidy(Add(tuple(above))), tidy(below)


def _denominator(term: Expr) -> dict[Expr, Fraction]:
    factors = term.args if isinstance(term, Mul) else (term,)
    return {base: -e for base, e in map(power_of, factors) if e < 0}


def size(expr: Expr) -> int:
    """Return how much there is to read."""
    return sum(1 for _ in walk(expr))


def bound(expr: Expr) -> Iterator[tuple[Index, Range]]:
    """Yield the bound indices of the sums and products in an expression with their ranges."""
    for node in walk(expr):
        match node:
            case Sum(index, range_) | Prod(index, range_):
                yield index, range_


def variables_named(expr: Expr, name: str) -> bool:
    """Whether a variable of that name occurs in an expression."""
    return any(isinstance(node, Var) and node.name == name for node in walk(expr))
