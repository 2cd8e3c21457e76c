"""The rules of calculus one after the other: ∂(…)/∂v of a body as it is written, until no derivative is left.

Each rule takes ∂body/∂v by the outermost form of the body; what a rule leaves to be differentiated stays written as a
derivative. Other variables than v are held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from derive.algebra.differentiate import derivative, entry_delta, functional_rule, partials
from derive.algebra.expr import ONE, ZERO, Add, Diff, Expr, Fun, Functional, Mul, Num, Pow, Sum, Var
from derive.algebra.index import fresh, lin
from derive.algebra.substitute import subs, walk
from derive.network.derivation import Step
from derive.network.tidy import MINUS_ONE, positive_first, replaced, tidy, variables_named

MAX_RULES = 12
NAMED = {"exp": "exponential", "log": "logarithm"}


def worked_out(body: Expr, v: Var) -> Iterator[Step]:
    """Yield the lines from ∂body/∂v to an expression without derivatives by v, each with the rule applied."""
    line: Expr = Diff(body, v)
    for rule, opened in (("linearity", _ordered(tidy(replaced(line, _opened)))), ("entry", linear(line))):
        if opened != line:
            yield Step(opened, rule, place=line)
        line = opened
    for _ in range(MAX_RULES):
        open_ones = pending(line)
        if not open_ones:
            return
        rule = rule_for(open_ones[0])
        line = linear(replaced(line, partial(_applied, rule)))
        yield Step(line, rule, place=open_ones[0])
    yield Step(tidy(derivative(body, v, entry_delta)), "chain rule")


def pending(expr: Expr) -> list[Diff]:
    """Return the derivatives of written expressions that are still to be taken, from the left to the right."""
    found: list[Diff] = []

    def visit(node: Expr) -> Expr | None:
        if isinstance(node, Diff):
            if not isinstance(node.body, Var):
                found.append(node)
            return node
        return None

    replaced(expr, visit)
    return found


def rule_for(node: Diff) -> str:
    """Return the rule for the outermost form of a body, after linearity."""
    match node.body:
        case Fun(name):
            return NAMED.get(name, "activation")
        case Functional():
            return "chain rule"
        case Pow(_, Num(e)):
            return "quotient" if e < 0 else "power"
        case Mul(args):
            return "quotient" if any(_below(arg) for arg in args) else "product"
    return "power"


def _applied(rule: str, node: Expr) -> Expr | None:
    if not isinstance(node, Diff) or isinstance(node.body, Var):
        return None
    return RULES[rule](node.body, node.var) if rule_for(node) == rule else node


def linear(expr: Expr) -> Expr:
    """Return an expression whose derivatives go into sums and past constants; those of other names are 0."""
    return _ordered(tidy(replaced(expr, lambda node: _linear(node.body, node.var) if isinstance(node, Diff) else None)))


def _ordered(line: Expr) -> Expr:
    """Return a line without derivatives with what is added before what is subtracted: h - c for -c + h."""
    return line if any(isinstance(node, Diff) for node in walk(line)) else positive_first(line)


def _opened(node: Expr) -> Expr | None:
    """Return a derivative taken into sums and past constants, entries by entries still written as derivatives."""
    return _linear(node.body, node.var, lambda w, v: ONE if w == v else Diff(w, v)) if isinstance(node, Diff) else None


def _linear(body: Expr, v: Var, by_entry: Callable[[Var, Var], Expr] = entry_delta) -> Expr:
    if not variables_named(body, v.name):
        return ZERO
    match body:
        case Var():
            return by_entry(body, v)
        case Add(args):
            return Add(tuple(_linear(arg, v, by_entry) for arg in args))
        case Mul(args):
            fixed = [arg for arg in args if not variables_named(arg, v.name)]
            rest = [arg for arg in args if variables_named(arg, v.name)]
            inner = _linear(rest[0], v, by_entry) if len(rest) == 1 else Diff(Mul(tuple(rest)), v)
            return Mul((*fixed, inner))
        case Sum(index, range_, inner):
            if any(index in e.indices() for e in v.idx):
                new = fresh(index.name)
                index, inner = new, subs(inner, {index: lin(new)})
            return Sum(index, range_, _linear(inner, v, by_entry))
    return Diff(body, v)


def _product(body: Expr, v: Var) -> Expr:
    args = body.args if isinstance(body, Mul) else (body,)
    return Add(tuple(Mul((*args[:n], Diff(arg, v), *args[n + 1 :])) for n, arg in enumerate(args)))


def _quotient(body: Expr, v: Var) -> Expr:
    """(f/g)' = f'/g - f g'/g²."""
    args = body.args if isinstance(body, Mul) else (body,)
    above = [arg for arg in args if not _below(arg)]
    g = tidy(Mul(tuple(Pow(arg, MINUS_ONE) for arg in args if _below(arg))))
    f = above[0] if len(above) == 1 else Mul(tuple(above))
    first = Diff(f, v) / g if above else ZERO
    return first - (f if above else ONE) * Diff(g, v) / g**2


def _power(body: Expr, v: Var) -> Expr:
    match body:
        case Pow(base, Num(e)):
            return Mul((Num(e), Pow(base, Num(e - 1)), Diff(base, v)))
    return derivative(body, v, entry_delta)


def _function(body: Expr, v: Var) -> Expr:
    assert isinstance(body, Fun)
    slopes = zip(partials(body), body.args, strict=False)
    return Add(tuple(Mul((slope, Diff(arg, v))) for slope, arg in slopes))


def _functional(body: Expr, v: Var) -> Expr:
    assert isinstance(body, Functional)
    return Add(tuple(functional_rule(body, n, lambda e: Diff(e, v)) for n in range(len(body.args))))


def _below(factor: Expr) -> bool:
    return isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0


RULES: dict[str, Callable[[Expr, Var], Expr]] = {
    "product": _product, "quotient": _quotient, "power": _power, "exponential": _function, "logarithm": _function,
    "activation": _function, "chain rule": _functional,
}  # fmt: skip
