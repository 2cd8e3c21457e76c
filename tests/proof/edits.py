"""Edits of closed forms, to build the slips that lectures make from the formula that is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derive.algebra.expr import ONE, Add, Chain, Diff, Expr, Fun, IndexValue, Mul, Num, Pow, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs
from derive.network.closed_forms import ClosedForm
from derive.network.mlp import DEPTH, width

Edit = Callable[[ClosedForm], ClosedForm]
Change = Callable[[Expr], Expr | None]

HALF = Num(Fraction(1, 2))


def rewrite(expr: Expr, change: Change) -> Expr:
    """Return the expression with every node for which `change` has an answer replaced by it, from the top down."""
    new = change(expr)
    if new is not None:
        return new
    match expr:
        case Add(args):
            return Add(tuple(rewrite(arg, change) for arg in args))
        case Mul(args):
            return Mul(tuple(rewrite(arg, change) for arg in args))
        case Pow(base, exponent):
            return Pow(rewrite(base, change), rewrite(exponent, change))
        case Fun(_, args):
            return replace(expr, args=tuple(rewrite(arg, change) for arg in args))
        case Sum() | Chain() | Diff():
            return replace(expr, body=rewrite(expr.body, change))
    return expr


def right(change: Callable[[Expr], Expr]) -> Edit:
    """Change the right side of a closed form."""
    return lambda form: replace(form, right=change(form.right))


def left(change: Callable[[Expr], Expr]) -> Edit:
    """Change the left side of a closed form."""
    return lambda form: replace(form, left=change(form.left))


def inside(change: Change) -> Edit:
    """Change nodes of the right side; a change that finds nothing to change is a fault of the test."""

    def edit(form: ClosedForm) -> ClosedForm:
        new = rewrite(form.right, change)
        assert new != form.right, f"the edit leaves {form.name} as it is"
        return replace(form, right=new)

    return edit


def times(factor: Expr | int) -> Edit:
    """Put a factor before the right side: 2, ½ or -1."""
    return right(lambda expr: factor * expr)


def renamed(old: str, new: str) -> Edit:
    """Write one variable for another, such as y for ŷ."""
    return inside(lambda e: Var(new, e.idx) if isinstance(e, Var) and e.name == old else None)


def reindexed(name: str, idx: Callable[..., tuple[Lin | Index | int, ...]]) -> Edit:
    """Give every entry of one variable other indices, under a derivative too."""

    def entry(e: Expr) -> Expr | None:
        if isinstance(e, Diff) and e.var.name == name:
            return replace(e, var=entry(e.var))
        return Var(name, tuple(lin(i) for i in idx(*e.idx))) if isinstance(e, Var) and e.name == name else None

    return inside(entry)


def at(index: Index, value: Index | Lin | int) -> Edit:
    """Write one index for another on the right."""
    return right(lambda expr: subs(expr, {index: lin(value)}))


def without(name: str) -> Edit:
    """Lose a factor: every entry or function of this name becomes 1, every derivative by it too."""

    def one(e: Expr) -> Expr | None:
        named = (isinstance(e, Var | Fun) and e.name == name) or (isinstance(e, Diff) and e.var.name == name)
        return ONE if named else None

    return inside(one)


def undifferentiated(name: str) -> Edit:
    """Write g where g′ is meant."""
    return inside(lambda e: replace(e, order=(0,)) if isinstance(e, Fun) and e.name == name else None)


def sum_lost(form: ClosedForm) -> ClosedForm:
    """Keep one term of a sum, the first: Σ_m x_m becomes x_1."""
    return inside(lambda e: subs(e.body, {e.index: e.range.lo}) if isinstance(e, Sum) else None)(form)


def sum_short(form: ClosedForm) -> ClosedForm:
    """Start a sum one too late, as in programs that count from 0."""
    return inside(lambda e: replace(e, range=Range(e.range.lo + 1, e.range.hi)) if isinstance(e, Sum) else None)(form)


SIGN = times(-1)
TWICE = times(2)
HALVED = times(HALF)
AVERAGED = right(lambda expr: expr / IndexValue(width(DEPTH)))
