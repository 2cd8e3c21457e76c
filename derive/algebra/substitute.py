"""Substitution of free indices and sizes in expressions, and what is free in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from derive.algebra.expr import (
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import Lin, fresh, lin

Values = Mapping[Any, Lin]


def subs(expr: Expr, values: Values) -> Expr:
    """Replace free index variables and sizes by index expressions. Bound indices are fresh, so none is captured."""
    if not values:
        return expr

    def many(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple(i.subs(values) for i in idx)

    def r(e: Expr) -> Expr:
        match e:
            case Num():
                return e
            case IndexValue(value):
                return IndexValue(value.subs(values))
            case Var(name, idx):
                return Var(name, many(idx)) if idx else e
            case Add(args):
                return Add(tuple(map(r, args)))
            case Mul(args):
                return Mul(tuple(map(r, args)))
            case Pow(base, exponent):
                return Pow(r(base), r(exponent))
            case Fun(name, args, order, idx):
                return Fun(name, tuple(map(r, args)), order, many(idx))
            case Functional(name, args, slots, idx):
                inner = tuple(Lambda(a.indices, tuple(x.subs(values) for x in a.ranges), r(a.body)) for a in args)
                return Functional(name, inner, tuple((n, many(s)) for n, s in slots), many(idx))
            case Sum(index, range_, body):
                return Sum(index, range_.subs(values), r(body))
            case Prod(index, range_, body):
                return Prod(index, range_.subs(values), r(body))
            case Iverson(relation, left, right):
                return Iverson(relation, left.subs(values), right.subs(values))
            case Step(arg):
                return Step(r(arg))
            case Diff(body, var):
                return Diff(r(body), Var(var.name, many(var.idx)))
            case Chain():
                return Chain(
                    e.index,
                    e.range.subs(values),
                    e.row,
                    e.col,
                    e.cols.subs(values),
                    r(e.body),
                    e.left.subs(values),
                    e.right.subs(values),
                )
        raise TypeError(f"not an expression: {e!r}")

    return r(expr)


def refresh(expr: Expr) -> Expr:
    """Give every bound index of an expression a new identity, so that two copies can stand side by side."""
    match expr:
        case Sum(index, range_, body):
            new = fresh(index.name)
            return Sum(new, range_, refresh(subs(body, {index: lin(new)})))
        case Prod(index, range_, body):
            new = fresh(index.name)
            return Prod(new, range_, refresh(subs(body, {index: lin(new)})))
        case Add(args):
            return Add(tuple(map(refresh, args)))
        case Mul(args):
            return Mul(tuple(map(refresh, args)))
        case Pow(base, exponent):
            return Pow(refresh(base), refresh(exponent))
        case Fun(name, args, order, idx):
            return Fun(name, tuple(map(refresh, args)), order, idx)
        case Step(arg):
            return Step(refresh(arg))
        case Diff(body, var):
            return Diff(refresh(body), var)
    return expr


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions of a node."""
    match expr:
        case Add(args) | Mul(args) | Fun(_, args):
            return args
        case Pow(base, exponent):
            return (base, exponent)
        case Functional(_, lambdas):
            return tuple(a.body for a in lambdas)
        case Sum(_, _, body) | Prod(_, _, body) | Step(body):
            return (body,)
        case Diff(body, var):
            return (body, var)
        case Chain():
            return (expr.body,)
    return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield a node and everything below it."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))
