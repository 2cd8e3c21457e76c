"""Indicators of equations and inequalities between indices: [e = 0] and [e <= 0], decided, divided and signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.algebra.arithmetic import multiply
from derive.algebra.factors import ONE_POLY, ZERO_POLY, IversonFactor, Poly, add, atom_key, poly_of, scale
from derive.algebra.index import Index, Lin, Size, factors_of, is_product, lin, times

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra


def signed(relation: str, e: Lin) -> Lin:
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
        return poly_of(IversonFactor("=", signed("=", e)))
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
