"""A name of a network with none, some or all of its indices: W, W_k, W_{kij}."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.api.show import Shown
from derive.errors import UsageError
from derive.network.dependencies import definitions_of
from derive.typing.folding import substitute
from derive.writing.plain import plain
from derive.writing.printer import array_latex, to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.names import IndexLike
    from derive.api.net import Net


@dataclass(frozen=True)
class Place:
    """Where a name stands: its indices with their ranges, and what it abbreviates (None for a variable)."""

    name: str
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    body: Expr | None = None


@dataclass(frozen=True, repr=False, eq=False)
class Quantity(Shown):
    """`net["W"]`, `net["W"][k]`, `net["W"][k, i, j]`; the indices left out are whole axes."""

    net: Net
    place: Place
    idx: tuple[Lin, ...] = ()

    def __getitem__(self, key: IndexLike | tuple[IndexLike, ...]) -> Quantity:
        """Return the quantity with further indices. Raises: UsageError for too many, or what is no index."""
        given = tuple(self.net.index(value) for value in (key if isinstance(key, tuple) else (key,)))
        idx = (*self.idx, *given)
        if len(idx) > len(self.place.params):
            raise UsageError(f"{plain(self.name)} has {len(self.place.params)} indices, not {len(idx)}")
        return Quantity(self.net, self.place, idx)

    @property
    def name(self) -> str:
        """Its name in the network."""
        return self.place.name

    @property
    def is_entry(self) -> bool:
        """Whether all indices are given."""
        return len(self.idx) == len(self.place.params)

    @property
    def axes(self) -> tuple[Range, ...]:
        """The ranges of the indices that are left out."""
        known: dict[Any, Lin] = dict(zip(self.place.params, self.idx, strict=False))
        return tuple(self.net.sized(r.subs(known)) for r in self.place.ranges[len(self.idx) :])

    @property
    def expr(self) -> Expr:
        """The entry as an expression. Raises: UsageError unless all indices are given."""
        if not self.is_entry:
            wanted = ", ".join(map(str, self.place.params[len(self.idx) :]))
            raise UsageError(f"{self} is an array; give the indices {wanted} too")
        if self.place.body is None:
            return Var(self.name, self.idx)
        return substitute(self.place.body, dict(zip(self.place.params, self.idx, strict=True)))

    @property
    def var(self) -> Var:
        """The entry as a variable. Raises: UsageError for an array, or a name that abbreviates an expression."""
        expr = self.expr
        if not isinstance(expr, Var):
            raise UsageError(f"{self} stands for {to_unicode(expr, self.net.notation)}; it is no variable of its own")
        return expr

    def entry(self) -> Quantity:
        """Return the general entry: the indices left out get letters."""
        taken = {i.name for value in self.idx for i in value.indices()}
        letters = []
        for param in self.place.params[len(self.idx) :]:
            wishes = (param.name, *self.net.notation.unit_letters, "p", "q", "r")
            letter = next(wish for wish in wishes if wish not in taken)
            taken.add(letter)
            letters.append(lin(Index(letter)))
        return Quantity(self.net, self.place, (*self.idx, *letters))

    def definition(self) -> str:
        """Return what the network says it is, one line for each case; a parameter has no definition."""
        whole = self.entry()
        lines = []
        for found in definitions_of(self.net.symbolic, self.name):
            values: dict[Any, Lin] = {
                param: range_.lo if range_.lo == range_.hi else value
                for param, range_, value in zip(found.params, found.ranges, whole.idx, strict=True)
            }
            left = Var(self.name, tuple(values[param] for param in found.params))
            body = substitute(found.body, values)
            ranges = ", ".join(
                f"{value} = {r.subs(values)}".replace("..", "…")
                for value, r in zip(left.idx, found.ranges, strict=True)
                if r.lo != r.hi
            )
            text = f"{to_unicode(left, self.net.notation)} = {to_unicode(body, self.net.notation)}"
            lines.append(text + (f"   ({ranges})" if ranges else ""))
        if self.place.body is not None:
            lines.append(f"{whole} = {to_unicode(whole.expr, self.net.notation)}")
        return "\n".join(lines) or f"{self} is a parameter or an input: nothing defines it"

    def numeric(self, values: Any = None, **labels: int) -> Any:
        """Return its value for given values of the parameters; see `Partial.numeric`."""
        from derive.api.numbers import evaluate_over

        whole = self.entry()
        known: dict[Any, Lin] = dict(zip(whole.place.params, whole.idx, strict=True))
        slots = [(value, range_.subs(known)) for value, range_ in zip(whole.idx, whole.place.ranges, strict=True)]
        return evaluate_over(self.net, whole.expr, slots, values, labels)

    def latex(self) -> str:
        if self.is_entry and self.place.body is None:
            return to_latex(self.expr, self.net.notation)
        return array_latex(self.name, self.idx, self.net.notation)

    def __str__(self) -> str:
        pattern = self.net.notation.patterns.get(self.name)
        base = plain(pattern.entry if pattern else self.name)
        return base + (f"[{','.join(map(str, self.idx))}]".replace(r"\ell", "ℓ") if self.idx else "")
