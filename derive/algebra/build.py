"""Substitution that folds what becomes trivial: conditions on numbers, factors 0 and 1, terms 0."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.algebra.expr import (
    ONE,
    ZERO,
    Add,
    Diff,
    Expr,
    Fun,
    Iverson,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.substitute import map_children, refresh

MINUS_ONE = Num(Fraction(-1))


def substitute(expr: Expr, values: Mapping[Index | Size, Lin]) -> Expr:
    """Replace free indices and sizes, give bound indices new identities, and fold."""
    return fold(refresh(expr, values))


def fold(expr: Expr) -> Expr:
    """Decide conditions between numbers and drop the factors and terms that this makes trivial."""
    match expr:
        case Iverson(relation, left, right):
            return _decide(relation, left - right, expr)
        case Add(args):
            return add(*map(fold, args))
        case Mul(args):
            return mul(*map(fold, args))
        case Pow() | Fun() | Step():
            return map_children(expr, fold)
        case Sum(index, range_, body):
            inner = fold(body)
            return ZERO if inner == ZERO else Sum(index, range_, inner)
        case Diff(body, var):
            inner = fold(body)
            return ZERO if inner == ZERO else Diff(inner, var)
    return expr


def _decide(relation: str, difference: Lin, expr: Expr) -> Expr:
    if not difference.is_const:
        return expr
    holds = difference.const == 0 if relation == "=" else difference.const <= 0
    return ONE if holds else ZERO


def add(*terms: Expr) -> Expr:
    """Return the sum without terms 0."""
    kept = tuple(term for term in terms if term != ZERO)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Add(kept)


def mul(*factors: Expr) -> Expr:
    """Return the product without factors 1, and 0 where one factor is 0."""
    kept = tuple(factor for factor in factors if factor != ONE)
    if ZERO in kept:
        return ZERO
    if not kept:
        return ONE
    return kept[0] if len(kept) == 1 else Mul(kept)


def sum_over(index: Index, range_: Range, body: Expr) -> Expr:
    """Return Σ body over the range, written out where the range is a few numbers and the body lists entries."""
    if body == ZERO:
        return ZERO
    if (
        range_.lo.is_const
        and range_.hi.is_const
        and range_.hi.const - range_.lo.const < 12
        and lists_entries(body, index)
    ):
        values = range(range_.lo.const, range_.hi.const + 1)
        return add(*(substitute(body, {index: lin(value)}) for value in values))
    return Sum(index, range_, body)


def lists_entries(expr: Expr, index: Index) -> bool:
    """Return whether the body says [index = number], as a list of entries does."""
    match expr:
        case Iverson("=", left, right):
            return (left.atom == index and right.is_const) or (right.atom == index and left.is_const)
        case Add(args) | Mul(args) | Fun(_, args):
            return any(lists_entries(arg, index) for arg in args)
        case Pow(base, exponent):
            return lists_entries(base, index) or lists_entries(exponent, index)
        case Sum(_, _, body) | Prod(_, _, body) | Step(body) | Diff(body, Var()):
            return lists_entries(body, index)
    return False
