"""What both directions of the SymPy bridge agree on: names of functions, and the fault for what has no counterpart."""

from __future__ import annotations

from itertools import count
from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from derive.errors import DeriveError
from derive.notation.functions import EXTREMES


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


class Apart:
    """An expression with bound letters that stay apart from those of what is inserted, or differentiated by.

    SymPy captures them: it has Sum(x[j], (j, 1, n)) differentiated by x[j] as Sum(1, (j, 1, n)).
    """

    __slots__ = ()

    def _apart(self: Any, other: Any) -> Any:
        """Return it with other letters where it binds one that stands in the other expression."""
        body, limits = self.function, list(self.limits)
        taken = {symbol.name for symbol in self.atoms(sympy.Symbol) | other.atoms(sympy.Symbol)}
        for place, (letter, *ends) in enumerate(self.limits):
            if letter in other.free_symbols:
                name = next(name for n in count(1) if (name := f"{letter}{n}") not in taken)
                new = sympy.Symbol(name, **letter.assumptions0)
                taken.add(name)
                body = body.subs(letter, new)
                limits[:place] = [limit.subs(letter, new) for limit in limits[:place]]
                limits[place] = (new, *ends)
        return self.func(body, *limits) if limits != list(self.limits) else self

    def _eval_subs(self: Any, old: Any, new: Any) -> Any:
        inner = self if old in self.variables else self._apart(new)
        return super(Apart, inner)._eval_subs(old, new)  # type: ignore[misc]

    def _eval_derivative(self: Any, by: Any) -> Any:
        return super(Apart, self._apart(by))._eval_derivative(by)  # type: ignore[misc]


class Sum(Apart, sympy.Sum):  # type: ignore[misc]
    """SymPy's sum, and equal to it, with an index that nothing captures."""

    def __eq__(self, other: object) -> bool:
        return _equals(self, other, sympy.Sum)

    __hash__ = sympy.Sum.__hash__


class Product(Apart, sympy.Product):  # type: ignore[misc]
    """SymPy's product, and equal to it, with an index that nothing captures."""

    def __eq__(self, other: object) -> bool:
        return _equals(self, other, sympy.Product)

    __hash__ = sympy.Product.__hash__


def _equals(one: Any, other: object, plain: type) -> bool:
    """Whether two have the same arguments, be they of SymPy's class or of the one that extends it."""
    return one is other or (isinstance(other, plain) and bool(one._hashable_content() == other._hashable_content()))  # type: ignore[attr-defined]


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
        raise SymPyError(
            "SymPy cannot differentiate a function of whole arrays by an entry; derive can: take net.partial(entry), "
            "or with widths net.loss.to_sympy(expand=True)"
        )


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

OF_ENTRIES: dict[str, str] = {name: name.replace(" ", "_") for name in EXTREMES}
WHERE: dict[str, str] = {name: f"is_arg{written}" for name, written in OF_ENTRIES.items()}
"""The largest entry of an array, max_of((x[i] for i = 1…n)), and whether it stands at j: is_argmax_of(…, j)."""

DIFF = "Diff"
"""Diff(u, v) is the total derivative ∂u/∂v: SymPy has Derivative(u, v) = 0 where v does not occur in u as written."""
