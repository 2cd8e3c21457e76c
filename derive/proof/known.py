"""Values of the functions that have a fixed meaning, with all their derivatives, in ball arithmetic.

Each smooth function is one formula that balls and power series both understand: the n-th derivative is n! times the
n-th Taylor coefficient at the point. Functions with a corner are smooth on each side of it and have no value on it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import factorial
from typing import Any, TypeVar

from flint import arb, arb_series, fmpq

from derive.errors import NetworkError
from derive.notation.functions import FUNCTIONS
from derive.proof.dual import Partials
from derive.proof.faults import Unsettled

T = TypeVar("T", arb, arb_series)


def _sigmoid(x: T) -> T:
    return 1 / (1 + (-x).exp())


def _tanh(x: T) -> T:
    return 2 * _sigmoid(2 * x) - 1


def _softplus(x: T) -> T:
    return (1 + x.exp()).log()


def _gelu(x: T) -> T:
    return x / 2 * (1 + (x / arb(2).sqrt()).erf())


Formula = Callable[[Any], Any]
"""A formula for balls and for power series alike."""

SMOOTH: dict[str, Formula] = {
    "identity": lambda x: x,
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.sin() / x.cos(),
    "arctan": lambda x: x.atan(),
    "atan": lambda x: x.atan(),
    "arcsin": lambda x: x.asin(),
    "arccos": lambda x: x.acos(),
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "tanh": _tanh,
    "sqrt": lambda x: x.sqrt(),
    "erf": lambda x: x.erf(),
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "silu": lambda x: x * _sigmoid(x),
    "gelu": _gelu,
}

CORNERED: dict[str, tuple[Formula, Formula]] = {
    "relu": (lambda x: 0 * x, lambda x: x),
    "abs": (lambda x: -x, lambda x: x),
    "sign": (lambda x: 0 * x - 1, lambda x: 0 * x + 1),
}
"""Functions of one argument by their formulas left and right of zero."""


class _Balls:
    """The functions in which the table of functions writes its formulas, of balls and power series."""

    def __getattr__(self, name: str) -> Formula:
        return SMOOTH[name]

    def number(self, value: int) -> fmpq:
        return fmpq(value)

    def root(self, x: T) -> T:
        return x.sqrt()

    def pi(self) -> arb:
        return arb.pi()

    def step(self, x: arb | arb_series) -> int:
        """Return 1 for x > 0 and 0 for x < 0. Raises: Unsettled where the ball contains 0."""
        return int(positive(x[0] if isinstance(x, arb_series) else x))


SMOOTH |= {
    row.name: partial(row.value, _Balls())
    for row in FUNCTIONS
    if row.value is not None and row.arity == 1 and row.name not in SMOOTH | CORNERED
}
"""What the table of functions states and nothing above works out by itself."""

FIRST: dict[str, Callable[[arb], arb]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: 1 / x,
    "sin": lambda x: x.cos(),
    "cos": lambda x: -x.sin(),
    "tanh": lambda x: 1 - x.tanh() ** 2,
    "sigmoid": lambda x: _sigmoid(x) * _sigmoid(-x),
    "softplus": _sigmoid,
}
"""First derivatives that are asked for often; the series gives the same more slowly."""

SLOPES = {"leaky_relu": fmpq(1, 100), "elu": fmpq(1)}
"""The second argument of these where it is not given."""

NAMES = frozenset(SMOOTH) | frozenset(CORNERED) | frozenset(SLOPES) | {"max", "min", "pi"}


def partials(name: str, args: tuple[arb, ...]) -> Partials:
    """Return the partial derivatives of the known function `name` at `args`, by their orders.

    The partials raise Unsettled where the argument may be on either side of a corner.
    Raises: NetworkError for a wrong number of arguments.
    """
    if name == "pi":
        return lambda order: arb.pi()
    if not args or (len(args) > 1 and name in SMOOTH | CORNERED):
        raise NetworkError(f"{name} is given {len(args)} arguments")
    if name in ("max", "min"):
        return _selected(name, args)
    if name in SLOPES:
        slope = args[1] if len(args) > 1 else arb(SLOPES[name])
        return _sloped(name, args[0], slope)
    return _single(name, args[0])


def positive(x: arb) -> bool:
    """Return whether x > 0. Raises Unsettled where the ball contains zero."""
    if x > 0:
        return True
    if x < 0:
        return False
    raise Unsettled("an argument may be on either side of a corner")


def _single(name: str, x: arb) -> Partials:
    def at(order: tuple[int, ...]) -> arb | None:
        if name in CORNERED:
            side = CORNERED[name][positive(x)]
            return _derivative(side, x, order[0]) if order[0] < 2 else None
        if order[0] == 0:
            value: arb = SMOOTH[name](x)
            return value
        if order[0] == 1 and name in FIRST:
            return FIRST[name](x)
        return _derivative(SMOOTH[name], x, order[0])

    return at


def _derivative(formula: Formula, x: arb, order: int) -> arb:
    """Return formula⁽ⁿ⁾(x) = n! [tⁿ] formula(x + t)."""
    try:
        series: arb_series = formula(arb_series([x, 1], prec=order + 1))
    except (ZeroDivisionError, ValueError) as error:
        raise Unsettled(f"no derivative here: {error}") from error
    coefficient: arb = series[order]
    return coefficient * factorial(order)


def _sloped(name: str, x: arb, slope: arb) -> Partials:
    """Return the partials of leaky_relu (α x for x < 0) and elu (α (eˣ - 1) for x < 0), x for x > 0."""

    def at(order: tuple[int, ...]) -> arb | None:
        by_x, by_slope = order[0], sum(order[1:])
        if positive(x):
            return None if by_slope or by_x > 1 else arb(1) if by_x else x
        if by_slope > 1:
            return None
        factor = arb(1) if by_slope else slope
        if name == "elu":
            return factor * (x.exp() if by_x else x.exp() - 1)
        return None if by_x > 1 else factor if by_x else factor * x

    return at


def _selected(name: str, args: tuple[arb, ...]) -> Partials:
    """Return the partials of the largest or smallest of the arguments; it moves with that argument alone."""

    def at(order: tuple[int, ...]) -> arb | None:
        best = 0
        for place in range(1, len(args)):
            if positive(args[place] - args[best]) == (name == "max"):
                best = place
        if sum(order) == 0:
            return args[best]
        return arb(1) if sum(order) == 1 and order[best] == 1 else None

    return at
