"""Rational values of polynomials, and a walk over expressions: what the laws of a draw need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, fmpq

from derive.algebra.expr import Add, Expr, Fun, IndexValue, Iverson, Lambda, Mul, Num, Pow, Sum, Var
from derive.algebra.index import Index

if TYPE_CHECKING:
    from derive.proof.draw import Concrete

Entry = tuple[int, ...]
Env = dict[Index, int]
Lookup = Callable[[str, Entry], "Fraction | None"]


def leafless(name: str, idx: Entry) -> Fraction | None:
    """Look up no entry: only what has the same value in every network is exact."""
    return None


def ball(number: Fraction | int) -> arb:
    """Return the ball around a rational number, at the present precision."""
    return arb(fmpq(number.numerator, number.denominator))


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """Yield an expression and all expressions in it."""
    stack: list[object] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, Expr | Lambda):
            if isinstance(node, Expr):
                yield node
            stack.extend(getattr(node, name) for name in node.__slots__)
        elif isinstance(node, tuple):
            stack.extend(node)


def degree(expr: Expr) -> Fraction | None:
    """Return the degree of an expression that is homogeneous in its variables; None for any other."""
    match expr:
        case Num() | IndexValue() | Iverson():
            return Fraction(0)
        case Var():
            return Fraction(1)
        case Add(args):
            degrees = {degree(arg) for arg in args}
            return degrees.pop() if len(degrees) == 1 else None
        case Mul(args):
            parts = [part for arg in args if (part := degree(arg)) is not None]
            return sum(parts, Fraction(0)) if len(parts) == len(args) else None
        case Pow(base, Num(power)):
            part = degree(base)
            return None if part is None else part * power
        case Sum(_, _, body):
            return degree(body)
        case Fun("abs", (arg,), order) if not any(order):
            return degree(arg)
        case Fun("sqrt", (arg,), order) if not any(order):
            part = degree(arg)
            return None if part is None else part / 2
    return None


def exact_value(expr: Expr, env: Env, concrete: Concrete, leaf: Lookup) -> Fraction | None:
    """Return the value of a polynomial with rational entries; None where it is not one."""

    def value(part: Expr) -> Fraction | None:
        return exact_value(part, env, concrete, leaf)

    match expr:
        case Num(number):
            return number
        case IndexValue(index):
            return Fraction(concrete.lin(index, env))
        case Iverson(relation, left, right):
            one, two = concrete.lin(left, env), concrete.lin(right, env)
            return Fraction(one == two if relation == "=" else one <= two)
        case Var(name, idx):
            return leaf(name, tuple(concrete.lin(part, env) for part in idx))
        case Add(args):
            return _fold(lambda a, b: a + b, Fraction(0), map(value, args))
        case Mul(args):
            return _fold(lambda a, b: a * b, Fraction(1), map(value, args))
        case Pow(base, Num(Fraction(numerator=power, denominator=1))) if abs(power) <= 64:
            root = value(base)
            return None if root is None or (power < 0 and not root) else root**power
        case Fun("abs", (arg,), order) if not any(order):
            size = value(arg)
            return None if size is None else abs(size)
        case Sum(index, bounds, body):
            walk = range(concrete.lin(bounds.lo, env), concrete.lin(bounds.hi, env) + 1)
            terms = (exact_value(body, {**env, index: i}, concrete, leaf) for i in walk)
            return _fold(lambda a, b: a + b, Fraction(0), terms)
    return None


def _fold(
    join: Callable[[Fraction, Fraction], Fraction], start: Fraction, parts: Iterable[Fraction | None]
) -> Fraction | None:
    for part in parts:
        if part is None:
            return None
        start = join(start, part)
    return start
