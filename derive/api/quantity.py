"""A name of a network with none, some or all of its indices: W, W_k, W_{kij}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from derive.algebra.build import substitute
from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.api.deriving import values_of
from derive.api.show import Shown
from derive.errors import UsageError
from derive.network.dependencies import definitions_of
from derive.network.network import Block
from derive.writing.plain import plain
from derive.writing.printer import array_latex, to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.names import IndexLike
    from derive.api.net import Net


@dataclass(frozen=True, repr=False)
class Place(Block):
    """Where a name stands: its indices with their ranges, and what it abbreviates (None for a variable)."""

    name: str
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    body: Expr | None = None


def checked(net: Net, place: Place, idx: tuple[Lin, ...], *, whole: bool = False) -> None:
    """Raise UsageError for too many indices (with `whole`, for too few, too), and for one that is outside its range."""
    if len(idx) > len(place.params) or (whole and len(idx) < len(place.params)):
        raise UsageError(f"{plain(place.name)} has {len(place.params)} indices, not {len(idx)}")
    rest = tuple(map(lin, place.params[len(idx) :]))
    for n, (e, range_) in enumerate(zip(idx, slot_ranges(net, place, (*idx, *rest)), strict=False), start=1):
        value = e.subs(net.sizes)
        if any(gap.is_const and gap.const < 0 for gap in (value - range_.lo, range_.hi - value)):
            raise UsageError(f"index {n} of {plain(place.name)} runs from {range_.lo} to {range_.hi}, not {value}")


def slot_ranges(net: Net, place: Place, idx: tuple[Lin, ...]) -> list[Range]:
    """Return the ranges of the indices of an entry: of layers those of all its definitions, of units at that layer."""
    from derive.api.net import layer_places

    blocks = definitions_of(net.symbolic, place.name)
    single = (n for block in blocks for n, r in enumerate(block.ranges) if r.lo == r.hi)
    layers = {*layer_places(net, place.name), *single}
    known: dict[Any, Lin] = dict(zip(place.params, idx, strict=True))
    found = []
    for n, own in enumerate(place.ranges):
        whole = values_of(net.symbolic, Var(place.name, idx), n) if n in layers else None
        found.append(net.sized(whole or own.subs(known)))
    return found


@dataclass(frozen=True, repr=False, eq=False)
class Quantity(Shown):
    """`net["W"]`, `net["W"][k]`: an array of the network; the indices left out are whole axes.

    With all its indices it is an entry, a SymPy object: `2 * net["W"][k, i, j] + 1`, `diff(net.loss, net["a"][1, 2])`.
    """

    net: Net
    place: Place
    idx: tuple[Lin, ...] = ()
    written: tuple[Any, ...] = ()  # the indices as they were given

    def __getitem__(self, key: IndexLike | tuple[IndexLike, ...]) -> Any:
        """Return the array with further indices; with all of them, the entry as a SymPy object.

        Raises: UsageError for too many, for what is no index, and for a number outside its range.
        """
        keys = key if isinstance(key, tuple) else (key,)
        idx = (*self.idx, *map(self.net.index, keys))
        checked(self.net, self.place, idx)
        found = Quantity(self.net, self.place, idx, (*self.written, *keys))
        return found.to_sympy() if found.is_entry else found

    __iter__ = None  # indices are no positions from 0

    def to_sympy(self, expand: bool = False) -> Any:
        """Return the entry as a SymPy object; with `expand`, what it is in weights, biases and inputs alone.

        A name without indices is its IndexedBase. Raises: UsageError for an array with some of its indices.
        """
        if not expand and self.name in self.net.face.labels:
            if self.is_entry:
                return self.net.face.names.entry(self.name, self.net.face.indices(self.idx, self.written))
            if not self.idx:
                return self.net.face.base(self.name)
        return self.net.face.show(self.expr, expand)

    def _sympy_(self) -> Any:
        return self.to_sympy()

    def _no_number(self, *_: Any) -> Any:
        """Raise UsageError: SymPy's arithmetic is about entries."""
        return self.expr

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _no_number
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = _no_number

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return not self.idx and bool(self.to_sympy() == other)
        return (self.net.face.identity, self.name, self.idx) == (other.net.face.identity, other.name, other.idx)

    def __hash__(self) -> int:
        return hash((self.name, self.idx)) if self.idx else hash(self.to_sympy())

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

    def definition(self) -> Any:
        """Return what the network says it is, as an Eq; where layers differ, its right side is a Piecewise.

        Raises: UsageError for a parameter or an input, which nothing defines.
        """
        import sympy

        whole, face = self.entry(), self.net.face
        left = whole.to_sympy()
        parts = [(face.show(body), conditions) for _, body, _, conditions in whole.cases()]
        if not parts:
            raise UsageError(f"{self} is a parameter or an input: nothing defines it")
        *first, (last, _) = parts
        pieces = [(body, sympy.And(*(sympy.Eq(*map(face.write_index, c)) for c in cs))) for body, cs in first]
        return sympy.Eq(left, sympy.Piecewise(*pieces, (last, True)) if pieces else last, evaluate=False)

    def cases(self) -> Iterator[tuple[Var, Expr, list[str], list[tuple[Lin, Lin]]]]:
        """Yield its definitions, single layers first: left side, body, ranges in words, and where it applies: k = 0."""
        if self.place.body is not None:
            yield Var(self.name, self.idx), self.expr, [], []
            return
        found = definitions_of(self.net.symbolic, self.name)
        for block in sorted(found, key=lambda block: all(r.lo != r.hi for r in block.ranges)):
            own: dict[Any, Lin] = dict(zip(block.params, self.idx, strict=True))
            own |= {
                p: r.lo for p, r in zip(block.params, block.ranges, strict=True) if self.net.sized(r).length == lin(1)
            }
            ranges = [self.net.sized(r.subs(own)) for r in block.ranges]
            gaps = [gap for e, r in zip(self.idx, ranges, strict=True) for gap in (e - r.lo, r.hi - e)]
            if any(gap.is_const and gap.const < 0 for gap in gaps):
                continue
            conditions = [(e, r.lo) for e, r in zip(self.idx, ranges, strict=True) if r.lo == r.hi and e != r.lo]
            values: dict[Any, Lin] = {p: r.lo if r.lo == r.hi else e
                                      for p, r, e in zip(block.params, ranges, self.idx, strict=True)}  # fmt: skip
            idx = tuple(values[param] for param in block.params)
            said = [f"{e} = {r}".replace("..", "…") for e, r in zip(idx, ranges, strict=True) if r.lo != r.hi]
            yield Var(self.name, idx), substitute(block.body, values), said, conditions

    def lines(self) -> list[str]:
        """Return its definitions as text, one line for each case."""
        found = []
        for left, body, ranges, _ in self.entry().cases():
            text = f"{to_unicode(left, self.net.notation)} = {to_unicode(body, self.net.notation)}"
            found.append(text + (f"   ({', '.join(ranges)})" if ranges else ""))
        return found

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
