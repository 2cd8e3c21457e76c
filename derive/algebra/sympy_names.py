"""What both directions of the SymPy bridge agree on: names of functions, and the fault for what has no counterpart."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.errors import DeriveError


class SymPyError(DeriveError):
    """An object that SymPy or the index calculus has no counterpart for; the message names it."""


def label(e: Any) -> str:
    """Return the name of a Symbol, an Idx, an IndexedBase or an Indexed, however it is printed."""
    base = getattr(e, "base", e)
    found = getattr(base, "label", base)
    return str(getattr(found, "name", found))


class Own(sympy.Tuple):  # type: ignore[misc]
    """The indices of a function itself, the layer of g^{[l]}: its first argument, which no derivative is taken by."""

    def diff(self, *_: Any) -> Any:
        return sympy.S.Zero


class Entries(ExprWithLimits):  # type: ignore[misc]
    """A whole array as the argument of a function: its general entry, x[i], and what its indices run over."""

    def _sympystr(self, printer: Any) -> str:
        ranges = ", ".join(f"{printer._print(i)} = {printer._print(a)}…{printer._print(b)}" for i, a, b in self.limits)
        return f"({printer._print(self.function)} for {ranges})"

    _pretty = _sympystr

    def _latex(self, printer: Any) -> str:
        ranges = ", ".join(f"{printer._print(i)}={printer._print(a)}" for i, a, _ in self.limits)
        ends = ", ".join(printer._print(b) for *_, b in self.limits)
        return rf"\left({printer._print(self.function)}\right)_{{{ranges}}}^{{{ends}}}"

    def _eval_derivative(self, s: Any) -> Any:
        raise SymPyError("SymPy cannot differentiate by an entry of a whole array; derive can: net.partial(...)")


SYMPY_FUNCTIONS: dict[str, Any] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "arctan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "erf": sympy.erf,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "max": sympy.Max,
    "min": sympy.Min,
}
"""Names of the calculus whose function SymPy has under a class of its own; all others are undefined functions."""

DIFF = "Diff"
"""Diff(u, v) is the total derivative ∂u/∂v: SymPy has Derivative(u, v) = 0 where v does not occur in u as written."""
