"""The functions that the calculus knows, by the table of `derive.notation.functions`.

`DERIVATIVES[name](*args)` lists the partial derivatives by each argument; `DEFINITIONS[name](*args)` rewrites the
function in the basis of the normal form: exp, log, sin, cos, erf, arctan, sigmoid, softplus, Step and powers. Any name
not in `KNOWN` is an open differentiable function. Derivatives hold where the function is differentiable (relu away
from 0).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from derive.algebra.expr import Expr, Fun, Num, Pow, Step
from derive.notation.functions import FUNCTIONS

HALF = Num(Fraction(1, 2))
PI = Fun("pi", ())


def call(name: str, *args: Expr) -> Fun:
    """Return `name(args)`, with no derivative taken."""
    return Fun(name, args, (0,) * len(args))


class _Calls:
    """The functions in which the table writes its formulas, as expressions; any name is a function."""

    step = Step

    def __getattr__(self, name: str) -> Callable[..., Expr]:
        return partial(call, name)

    def number(self, value: int) -> Expr:
        return Num(Fraction(value))

    def root(self, x: Expr) -> Expr:
        return Pow(x, HALF)

    sqrt = root


CALLS = _Calls()

DERIVATIVES: dict[str, Callable[..., tuple[Expr, ...]]] = {
    row.name: partial(row.slope, CALLS) for row in FUNCTIONS if row.slope is not None
}
DEFINITIONS: dict[str, Callable[..., Expr]] = {
    row.name: partial(row.value, CALLS) for row in FUNCTIONS if row.value is not None and not row.basis
}
KNOWN = frozenset(row.name for row in FUNCTIONS)
POSITIVE = frozenset(row.name for row in FUNCTIONS if row.positive)
"""Functions whose values are positive for every real argument."""
