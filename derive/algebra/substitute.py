"""Substitution of free indices and sizes in expressions, and what is free in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from derive.algebra.index import Index, Lin, fresh, lin

Values = Mapping[Any, Lin]


def subs(expr: Expr, values: Values) -> Expr:
    """Replace free index variables and sizes by index expressions, without capture.

    Bound indices are usually fresh; where one is not, it gets a new identity first.
    """
    if not values:
        return expr
    touched = {index for index in values if isinstance(index, Index)}.union(*(e.indices() for e in values.values()))

    def many(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple([i.subs(values) for i in idx])

    def r(e: Expr) -> Expr:
        match e:
            case Num():
                return e
            case IndexValue(value):
                return IndexValue(value.subs(values))
            case Var(name, idx):
                return Var(name, many(idx)) if idx else e
            case Add(args):
                return Add(tuple([r(arg) for arg in args]))
            case Mul(args):
                return Mul(tuple([r(arg) for arg in args]))
            case Pow(base, exponent):
                return Pow(r(base), r(exponent))
            case Fun(name, args, order, idx):
                return Fun(name, tuple([r(arg) for arg in args]), order, many(idx))
            case Functional(name, args, slots, idx):
                return Functional(name, tuple(map(array, args)), tuple((n, many(s)) for n, s in slots), many(idx))
            case Sum(index, range_, body):
                index, body = apart(index, body)
                return Sum(index, range_.subs(values), r(body))
            case Prod(index, range_, body):
                index, body = apart(index, body)
                return Prod(index, range_.subs(values), r(body))
            case Iverson(relation, left, right):
                return Iverson(relation, left.subs(values), right.subs(values))
            case Step(arg):
                return Step(r(arg))
            case Diff(body, var):
                return Diff(r(body), Var(var.name, many(var.idx)))
            case Chain():
                return chain(e)
        raise TypeError(f"not an expression: {e!r}")

    def apart(index: Index, body: Expr) -> tuple[Index, Expr]:
        if index not in touched:
            return index, body
        new = fresh(index.name)
        return new, subs(body, {index: lin(new)})

    def array(a: Lambda) -> Lambda:
        names = {index: lin(fresh(index.name)) for index in a.indices if index in touched}
        indices = tuple(_renamed(index, names) for index in a.indices)
        ranges = tuple(x.subs(names).subs(values) for x in a.ranges)
        return Lambda(indices, ranges, r(subs(a.body, names)))

    def chain(e: Chain) -> Chain:
        names = {index: lin(fresh(index.name)) for index in (e.index, e.row, e.col) if index in touched}
        index, row, col = (_renamed(bound, names) for bound in (e.index, e.row, e.col))
        body, cols = r(subs(e.body, names)), e.cols.subs(names).subs(values)
        left, right = e.left.subs(values), e.right.subs(values)
        return Chain(index, e.range.subs(values), row, col, cols, body, left, right)

    return r(expr)


def _renamed(index: Index, names: Mapping[Index, Lin]) -> Index:
    atom = names[index].atom if index in names else index
    assert isinstance(atom, Index)
    return atom


def refresh(expr: Expr) -> Expr:
    """Give every bound index of an expression a new identity, so that two copies can stand side by side."""
    match expr:
        case Functional(name, args, slots, idx):
            return Functional(name, tuple(map(_refresh_lambda, args)), slots, idx)
        case Chain():
            index, row, col = fresh(expr.index.name), fresh(expr.row.name), fresh(expr.col.name)
            new: Values = {expr.index: lin(index), expr.row: lin(row), expr.col: lin(col)}
            body = refresh(subs(expr.body, new))
            return Chain(index, expr.range, row, col, expr.cols.subs(new), body, expr.left, expr.right)
        case Sum() | Prod():
            index = fresh(expr.index.name)
            return type(expr)(index, expr.range, refresh(subs(expr.body, {expr.index: lin(index)})))
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


def _refresh_lambda(arg: Lambda) -> Lambda:
    indices = tuple(fresh(index.name) for index in arg.indices)
    names: Values = {old: lin(new) for old, new in zip(arg.indices, indices, strict=True)}
    return Lambda(indices, tuple(r.subs(names) for r in arg.ranges), refresh(subs(arg.body, names)))


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


def map_children(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """Return a node with its parts changed; derivatives and what stands below them are left as they are."""
    match expr:
        case Add(args):
            return Add(tuple(map(f, args)))
        case Mul(args):
            return Mul(tuple(map(f, args)))
        case Pow(base, exponent):
            return Pow(f(base), f(exponent))
        case Fun(name, args, order, idx):
            return Fun(name, tuple(map(f, args)), order, idx)
        case Functional(name, arrays, slots, idx):
            changed = tuple(Lambda(a.indices, a.ranges, f(a.body)) for a in arrays)
            return Functional(name, changed, slots, idx)
        case Sum(index, range_, body):
            return Sum(index, range_, f(body))
        case Prod(index, range_, body):
            return Prod(index, range_, f(body))
        case Step(arg):
            return Step(f(arg))
    return expr


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield a node and everything below it."""
    stack = [expr]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))
