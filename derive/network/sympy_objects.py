"""What SymPy sees of a network: its entries, scalars and derivatives, printed in the notation of the model.

Each class bears the name of the SymPy class that it extends. A parameter or an input is equal to SymPy's own object of
its name, `IndexedBase("W")[k, i, j]`, and only prints otherwise. A quantity that the network defines is not: SymPy
would differentiate a plain L by W[1, 1, 2] to 0, because it does not occur in it as written.

    diff(L, a[k, i])      ∂L/∂a[k, i], not evaluated;      diff(x[i], x[j])      KroneckerDelta(i, j)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sympy
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pretty.stringpict import prettyForm, stringPict

from derive.algebra.sympy_names import label
from derive.errors import UsageError


class Spelling(Protocol):
    """How a name is written: `text` for str and pretty, `latex` with the indices in their places."""

    @property
    def text(self) -> str: ...

    def latex(self, indices: Sequence[str]) -> str: ...


@dataclass(frozen=True)
class Meaning:
    """What a SymPy name stands for: its name in the network, and for a defined quantity the digest of its network and
    the SymPy names of all that it depends on, `scalars` among them those that are defined.

    `ask` returns what the network knows of an entry; a pickle leaves it out.
    """

    name: str
    network: str = ""
    below: frozenset[str] = frozenset()
    spelling: Spelling | None = None
    scalars: tuple[tuple[str, Meaning], ...] = ()
    ask: Callable[[Any], Any] | None = field(default=None, compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return (Meaning, (self.name, self.network, self.below, self.spelling, self.scalars))

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells a defined quantity from SymPy's own object of its name."""
        return (self.network,) if self.network else ()

    def slope(self, own: Any, by: Any) -> Any:
        """Return ∂own/∂by: 1, 0, or a derivative that stays as it is."""
        if own == by:
            return sympy.S.One
        if not self.network or (label(by) not in self.below and meaning_of(by) != self):
            return sympy.S.Zero
        return Derivative(own, by)

    def symbols(self) -> set[Any]:
        """Return the names of what a quantity depends on: while these are free in it, no derivative by them is 0."""
        defined = {Symbol(name, meaning) for name, meaning in self.scalars}
        return defined | {sympy.Symbol(name) for name in self.below}


def meaning_of(e: Any) -> Meaning | None:
    """Return what an entry or a scalar of a network stands for; None for any other SymPy object."""
    base = e.base if isinstance(e, sympy.Indexed) else e
    found = getattr(getattr(base, "label", base), "meaning", None)
    return found if isinstance(found, Meaning) else None


def _same(one: Any, other: Any, plain: type) -> bool:
    """Whether two objects have the same arguments, be they of SymPy's class or of the one that extends it.

    Two that are written in different notations are not the same, or SymPy's cache would mix these.
    """
    if one is other:
        return True
    if not isinstance(other, sympy.Basic):
        return bool(one._do_eq_sympify(other) is True)
    spellings = [found.spelling for found in (meaning_of(one), meaning_of(other)) if found is not None]
    if not isinstance(other, plain) or (len(spellings) == 2 and spellings[0] != spellings[1]):
        return False
    return bool(one._hashable_content() == other._hashable_content())  # type: ignore[attr-defined]


class Asked:
    """What an entry can be asked of its network."""

    __slots__ = ()

    def _quantity(self) -> Any:
        meaning = meaning_of(self)
        if meaning is None or meaning.ask is None:
            raise UsageError(f"{self} has lost its network; take it from there: net[…]")
        return meaning.ask(self)

    def definition(self) -> Any:
        """Return what the network says it is, as an Eq. Raises: UsageError for a parameter or an input."""
        return self._quantity().definition()

    def to_sympy(self, expand: bool = False) -> Any:
        """Return it as it is; with `expand`, what it is in weights, biases and inputs alone (given widths)."""
        return self._quantity().to_sympy(True) if expand else self

    def numeric(self, values: Any = None, **labels: int) -> Any:
        """Return its value for given values of the parameters; see `Partial.numeric`."""
        return self._quantity().numeric(values, **labels)

    def latex(self) -> str:
        """Return it as LaTeX in the notation of the model."""
        return str(sympy.latex(self))


class IndexedBase(sympy.IndexedBase):  # type: ignore[misc]
    """The name of an array of a network; what it means goes with its label, a Symbol."""

    def __getitem__(self, indices: Any, **rest: Any) -> Any:
        return Indexed(self, *(indices if isinstance(indices, tuple | list | sympy.Tuple) else (indices,)))

    def __eq__(self, other: object) -> bool:
        return _same(self, other, sympy.IndexedBase)

    __hash__ = sympy.IndexedBase.__hash__


class Indexed(Asked, sympy.Indexed):  # type: ignore[misc]
    """An entry of an array of a network, a[k, i]."""

    def __eq__(self, other: object) -> bool:
        return _same(self, other, sympy.Indexed)

    __hash__ = sympy.Indexed.__hash__

    def _eval_subs(self, old: Any, new: Any) -> Any:
        return new if self == old else None  # SymPy's own comparison asks for the same class, too

    @property
    def free_symbols(self) -> set[Any]:
        meaning = meaning_of(self)
        found: set[Any] = super().free_symbols
        return found | meaning.symbols() if meaning else found

    def _eval_derivative(self, by: Any) -> Any:
        meaning = meaning_of(self)
        if meaning is None or not meaning.network or sympy.Tuple(*self.indices).has(by):
            return super()._eval_derivative(by)
        return meaning.slope(self, by)

    def _sympystr(self, printer: Any) -> str:
        return f"{printer._print(self.base)}[{', '.join(map(printer._print, self.indices))}]"

    def _latex(self, printer: Any) -> str:
        meaning = meaning_of(self)
        texts = list(map(printer._print, self.indices))
        texts = [text.replace(" - ", "-").replace(" + ", "+") for text in texts]
        if meaning is None or meaning.spelling is None:
            return f"{printer._print(self.base)}_{{{','.join(texts)}}}"
        return meaning.spelling.latex(texts)


class Symbol(Asked, sympy.Symbol):  # type: ignore[misc]
    """A scalar of a network, such as its loss; an index letter or a size that the model writes in its own way."""

    __slots__ = ("meaning",)
    meaning: Meaning

    def __new__(cls, name: str, meaning: Meaning, **assumptions: Any) -> Symbol:
        self: Symbol = sympy.Symbol.__xnew__(cls, name, **assumptions)
        self.meaning = meaning
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.name, self.meaning), self._assumptions_orig

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), *self.meaning.identity)

    def __eq__(self, other: object) -> bool:
        return _same(self, other, sympy.Symbol)

    __hash__ = sympy.Symbol.__hash__

    def _eval_subs(self, old: Any, new: Any) -> Any:
        return new if self == old else None

    @property
    def free_symbols(self) -> set[Any]:
        return {self} | self.meaning.symbols()

    def _eval_derivative(self, by: Any) -> Any:
        return self.meaning.slope(self, by)

    def _eval_derivative_n_times(self, by: Any, times: Any) -> Any:
        return (
            Derivative(self, (by, times))
            if isinstance(slope := self._eval_derivative(by), Derivative)
            else (slope if times == 1 else sympy.S.Zero)
        )

    def _sympystr(self, printer: Any) -> str:
        return self.meaning.spelling.text if self.meaning.spelling else self.name

    _lambdacode = _numpycode = _pythoncode = _mpmathcode = _scipycode = _sympystr  # one name for argument and use

    def _pretty(self, printer: Any) -> Any:
        return prettyForm(self._sympystr(printer), binding=prettyForm.ATOM)

    def _latex(self, printer: Any) -> str:
        return self.meaning.spelling.latex(()) if self.meaning.spelling else str(printer._print_Symbol(self))


class Derivative(sympy.Derivative):  # type: ignore[misc]
    """∂u/∂v, total: every path from v to u through the definitions of the network counts; g′(u) of a function."""

    precedence = (PRECEDENCE["Mul"] + PRECEDENCE["Pow"]) / 2

    def __eq__(self, other: object) -> bool:
        return _same(self, other, sympy.Derivative)

    __hash__ = sympy.Derivative.__hash__

    @property
    def is_slope(self) -> bool:
        """Whether it is g′(u): the derivative of a function by its only argument."""
        return isinstance(self.expr, sympy.Function) and self.expr.args == self.variables[:1] == self.expr.args

    @property
    def free_symbols(self) -> set[Any]:
        found: set[Any] = super().free_symbols
        return found.union(*(v.free_symbols for v in self.variables))

    def _below(self, printer: Any, sign: str) -> str:
        return sign.join(["", *(str(printer._print(v)) for v in self.variables)])

    def _sympystr(self, printer: Any) -> str:
        above, order = self.expr, len(self.variables)
        if self.is_slope:
            return f"{above.func.__name__}{'′' * order}({printer._print(above.args[0])})"
        raised = "" if order == 1 else str(order).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
        text = printer.parenthesize(above, PRECEDENCE["Pow"])
        return f"∂{raised}{text}/{self._below(printer, '∂')}"

    def _latex(self, printer: Any) -> str:
        above, order = self.expr, len(self.variables)
        if self.is_slope:
            return rf"{above.func.__name__}{chr(39) * order}\left({printer._print(above.args[0])}\right)"
        sign = r"\partial" + ("" if order == 1 else f"^{{{order}}}")
        below = self._below(printer, r"\partial ").replace(r"\partial ", r" \partial ").strip()
        if isinstance(above, sympy.Indexed | sympy.Symbol):
            return rf"\frac{{{sign} {printer._print(above)}}}{{{below}}}"
        return rf"\frac{{{sign}}}{{{below}}} {printer.parenthesize(above, PRECEDENCE['Mul'])}"

    def _pretty(self, printer: Any) -> Any:
        text = self._sympystr(sympy.printing.str.StrPrinter())
        if self.is_slope or not printer._use_unicode:
            return prettyForm(text, binding=prettyForm.ATOM)
        above, below = text.rsplit("/∂", 1) if text.count("/∂") == 1 else (text, "")
        if not below:
            return prettyForm(text, binding=prettyForm.MUL)
        form = prettyForm(*stringPict.stack(prettyForm(above), stringPict.LINE, prettyForm(f"∂{below}")))
        form.baseline = 1
        return prettyForm(str(form), baseline=1, binding=prettyForm.MUL)

    def _eval_derivative(self, by: Any) -> Any:
        inner = sympy.diff(self.variables[0] if self.is_slope else self.expr, by)
        if inner == 0:
            return sympy.S.Zero
        if self.is_slope:
            return self.func(self.expr, (self.variables[0], len(self.variables) + 1)) * inner
        return self.func(self.expr, *self.variables, by)

    def _eval_subs(self, old: Any, new: Any) -> Any:
        """Insert indices; what is inserted for u or v itself leaves ∂u/∂v as it is, as it leaves u."""
        if old in (self, self.expr, *self.variables):
            return new if old == self else self
        expr, *variables = (arg._subs(old, new) for arg in self.args)
        if all(variable[0]._diff_wrt for variable in variables):
            return self.func(expr, *variables)
        return self
