"""Substitution of free indices and sizes in expressions, and what is free in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
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
from derive.algebra.index import Index, Lin, Size, fresh, lin, unless_same

Values = Mapping[Any, Lin]


def subs(expr: Expr, values: Values) -> Expr:
    """Replace free index variables and sizes by index expressions, without capture; what has none of them stays itself.

    Bound indices are usually fresh; where one is not, it gets a new identity first.
    """
    if not values:
        return expr
    touched = {index for index in values if isinstance(index, Index)}.union(*(e.indices() for e in values.values()))
    return _replaced(expr, values, touched.__contains__)


def refresh(expr: Expr, values: Values = MappingProxyType({})) -> Expr:
    """Give every bound index of an expression a new identity, so that two copies can stand side by side, and replace
    free ones as `subs` does."""
    return _replaced(expr, values, lambda index: True)


def _replaced(expr: Expr, values: Values, anew: Callable[[Index], bool]) -> Expr:
    """Replace free index variables and sizes; the bound indices that are `anew` get a new identity."""
    return _Replacement(values, anew).of(expr)


class _Replacement:
    """What is replaced, and which bound indices get a new identity. No function within a function: those that call
    each other keep each other alive until the search for garbage, and there is a replacement for every sum opened."""

    __slots__ = ("anew", "values")

    def __init__(self, values: Values, anew: Callable[[Index], bool]) -> None:
        self.values = values
        self.anew = anew

    def of(self, e: Expr) -> Expr:
        match e:
            case Var(name, idx):
                return e if (new := self.many(idx)) is idx else Var(name, new)
            case Mul(args) | Add(args):
                return e if (parts := self.all_of(args)) is args else type(e)(parts)
            case Num():
                return e
            case Pow(base, exponent):
                parts = self.all_of(both := (base, exponent))
                return e if parts is both else Pow(*parts)
            case Sum(index, range_, body) | Prod(index, range_, body):
                (new_index,), inner = self.bound((index,), body)
                bounds = range_.subs(self.values)
                same = new_index is index and bounds is range_ and inner is body
                return e if same else type(e)(new_index, bounds, inner)
            case Fun(name, args, order, idx):
                parts, new = self.all_of(args), self.many(idx)
                return e if parts is args and new is idx else Fun(name, parts, order, new)
            case Diff(body, var):
                inner, by = self.of(body), self.of(var)
                assert isinstance(by, Var)
                return e if inner is body and by is var else Diff(inner, by)
            case Iverson(relation, left, right):
                new = self.many(ends := (left, right))
                return e if new is ends else Iverson(relation, *new)
            case IndexValue(value):
                return IndexValue(value.subs(self.values))
            case Step(arg):
                return Step(self.of(arg))
            case Functional(name, arrays, slots, idx):
                places = tuple((n, self.many(s)) for n, s in slots)
                return Functional(name, tuple(map(self.array, arrays)), places, self.many(idx))
            case Chain():
                return self.chain(e)
        raise TypeError(f"not an expression: {e!r}")

    def many(self, idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        values = self.values
        return unless_same(idx, [i.subs(values) for i in idx])

    def all_of(self, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
        return unless_same(args, [self.of(arg) for arg in args])

    def renamed(self, indices: tuple[Index, ...]) -> tuple[tuple[Index, ...], Values]:
        """Return bound indices as they are called from now on, and what is to be replaced in their scope."""
        names = {index: fresh(index.name) for index in indices if self.anew(index)}
        inside = {**self.values, **{old: lin(new) for old, new in names.items()}} if names else self.values
        return tuple([names.get(index, index) for index in indices]), inside

    def bound(self, indices: tuple[Index, ...], body: Expr) -> tuple[tuple[Index, ...], Expr]:
        indices, inside = self.renamed(indices)
        return indices, self.of(body) if inside is self.values else _replaced(body, inside, self.anew)

    def array(self, a: Lambda) -> Lambda:
        indices, inside = self.renamed(a.indices)
        return Lambda(indices, tuple(x.subs(inside) for x in a.ranges), _replaced(a.body, inside, self.anew))

    def chain(self, e: Chain) -> Chain:
        values = self.values
        (index, row, col), inside = self.renamed((e.index, e.row, e.col))
        body, cols = _replaced(e.body, inside, self.anew), e.cols.subs(inside)
        left, right = e.left.subs(values), e.right.subs(values)
        return Chain(index, e.range.subs(values), row, col, cols, body, left, right)


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


def factors_of(expr: Expr) -> tuple[Expr, ...]:
    """Return the factors of a product, of products in it too; anything else is the only one."""
    if isinstance(expr, Mul):
        return tuple(factor for arg in expr.args for factor in factors_of(arg))
    return (expr,)


def mentions(expr: Expr, atom: Index | Size) -> bool:
    """Return whether an index variable or a size is free in an expression."""
    return subs(expr, {atom: lin(fresh("x"))}) != expr


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
