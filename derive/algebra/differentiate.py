"""Differentiation of expressions by an entry of a variable: one rule for each kind of node."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.algebra.expr import (
    ONE,
    ZERO,
    Add,
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
from derive.algebra.functions import DERIVATIVES, call
from derive.algebra.index import Index, Range, fresh, lin
from derive.algebra.substitute import subs
from derive.notation.functions import EXTREMES


class NoRuleError(ArithmeticError):
    """There is no rule for the derivative of a node."""


def derivative(expr: Expr, var: Var, of_variable: Callable[[Var, Var], Expr]) -> Expr:
    """Return ∂expr/∂var, where `of_variable(u, var)` says what ∂u/∂var is for a variable u that occurs in expr.

    With `entry_delta` this is the direct partial (other variables held fixed); with `total` it is the total derivative.
    Raises: NoRuleError for products of matrices over a layer index.
    """
    own: set[Index] = set().union(*(e.indices() for e in var.idx))

    def d(e: Expr) -> Expr:
        match e:
            case Num() | IndexValue() | Iverson() | Step():
                return ZERO
            case Var():
                return of_variable(e, var)
            case Add(args):
                return _add([d(arg) for arg in args])
            case Mul(args):
                return _add([_mul([*args[:n], d(arg), *args[n + 1 :]]) for n, arg in enumerate(args)])
            case Pow(base, exponent):
                return _power_rule(base, exponent, d)
            case Fun():
                slopes = partials(e)
                return _add([_mul([slope, d(arg)]) for slope, arg in zip(slopes, e.args, strict=False)])
            case Functional(name=name, slots=slots) if name in EXTREMES and slots:
                return ZERO
            case Functional():
                return _add([functional_rule(e, n, d) for n in range(len(e.args))])
            case Sum(index, range_, body):
                if index in own:
                    body, index = _apart(body, index)
                inner = d(body)
                return ZERO if inner == ZERO else Sum(index, range_, inner)
            case Prod(index, range_, body):
                return _product_over_range_rule(index, range_, body, d)
            case Diff():
                return Diff(e, var)
        raise NoRuleError(f"no rule for the derivative of {type(e).__name__}")

    return d(expr)


def _apart(body: Expr, index: Index) -> tuple[Expr, Index]:
    """Give a bound index a new identity: the one that it has stands in the entry differentiated by."""
    new = fresh(index.name)
    return subs(body, {index: lin(new)}), new


def entry_delta(u: Var, var: Var) -> Expr:
    """∂u/∂var for entries of arrays of independent numbers: 1 where all indices agree, else 0."""
    if u.name != var.name:
        return ZERO
    return _mul([Iverson("=", a, b) for a, b in zip(u.idx, var.idx, strict=True)])


def total(u: Var, var: Var) -> Expr:
    """∂u/∂var as a formal total derivative, to be worked out along the network."""
    return Diff(u, var)


def partials(fun: Fun) -> tuple[Expr, ...]:
    """Return the partial derivatives of a function by each of its arguments."""
    order = fun.order or (0,) * len(fun.args)
    rule = DERIVATIVES.get(fun.name)
    if rule is None:
        raised = [tuple(o + (m == n) for m, o in enumerate(order)) for n in range(len(fun.args))]
        return tuple(Fun(fun.name, fun.args, up, fun.idx) for up in raised)
    if any(order):
        return tuple(derivative_by_argument(fun, n) for n in range(len(fun.args)))
    return rule(*fun.args)


def derivative_by_argument(fun: Fun, n: int) -> Expr:
    """Return the partial by argument n of a known function that already carries derivatives."""
    places = [Var(f"argument {m}") for m in range(len(fun.args))]
    value = unfold_orders(Fun(fun.name, tuple(places), fun.order, fun.idx))
    slope = derivative(value, places[n], entry_delta)
    return replace_variables(slope, dict(zip((p.name for p in places), fun.args, strict=True)))


def unfold_orders(fun: Fun) -> Expr:
    """Return a known function with derivative orders as an expression without them: σ'(x) is σ(x)(1-σ(x))."""
    places = [Var(f"argument {m}") for m in range(len(fun.args))]
    value: Expr = call(fun.name, *places)
    for place, order in zip(places, fun.order, strict=True):
        for _ in range(order):
            value = derivative(value, place, entry_delta)
    return replace_variables(value, dict(zip((p.name for p in places), fun.args, strict=True)))


def replace_variables(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """Replace scalar variables by expressions."""

    def r(e: Expr) -> Expr:
        return replace_variables(e, values)

    match expr:
        case Var(name, ()):
            return values.get(name, expr)
        case Add(args):
            return Add(tuple(map(r, args)))
        case Mul(args):
            return Mul(tuple(map(r, args)))
        case Pow(base, exponent):
            return Pow(r(base), r(exponent))
        case Fun(name, args, order, idx):
            return Fun(name, tuple(map(r, args)), order, idx)
        case Step(arg):
            return Step(r(arg))
        case Sum(index, range_, body):
            return Sum(index, range_, r(body))
        case Prod(index, range_, body):
            return Prod(index, range_, r(body))
    return expr


def _add(args: list[Expr]) -> Expr:
    kept = [arg for arg in args if arg != ZERO]
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Add(tuple(kept))


def _mul(args: list[Expr]) -> Expr:
    if ZERO in args:
        return ZERO
    kept = [arg for arg in args if arg != ONE]
    if not kept:
        return ONE
    return kept[0] if len(kept) == 1 else Mul(tuple(kept))


def _power_rule(base: Expr, exponent: Expr, d: Callable[[Expr], Expr]) -> Expr:
    """d(b^e) = e b^(e-1) db + b^e log(b) de."""
    lower = Num(exponent.value - 1) if isinstance(exponent, Num) else exponent - 1
    terms = [_mul([exponent, Pow(base, lower) if lower != ONE else base, d(base)])]
    d_exponent = d(exponent)
    if d_exponent != ZERO:
        terms.append(_mul([Pow(base, exponent), call("log", base), d_exponent]))
    return _add(terms)


def functional_rule(e: Functional, n: int, d: Callable[[Expr], Expr]) -> Expr:
    """Sum over all entries of argument n of ∂l/∂entry · d entry."""
    arg: Lambda = e.args[n]
    names = {old: fresh(old.name) for old in arg.indices}
    renamed = {old: lin(new) for old, new in names.items()}
    slot = tuple(lin(new) for new in names.values())
    inner = _mul([Functional(e.name, e.args, (*e.slots, (n, slot)), e.idx), d(subs(arg.body, renamed))])
    if inner == ZERO:
        return ZERO
    for old, range_ in reversed(list(zip(arg.indices, arg.ranges, strict=True))):
        inner = Sum(names[old], range_.subs(renamed), inner)
    return inner


def _product_over_range_rule(index: Index, range_: Range, body: Expr, d: Callable[[Expr], Expr]) -> Expr:
    """d ∏_i f_i = Σ_j df_j ∏_{i≠j} f_i."""
    chosen = fresh(index.name)
    body, index = _apart(body, index)
    slope = d(subs(body, {index: lin(chosen)}))
    if slope == ZERO:
        return ZERO
    here = Iverson("=", lin(index), lin(chosen))
    rest = Prod(index, range_, here + (1 - here) * body)
    return Sum(chosen, range_, _mul([slope, rest]))
