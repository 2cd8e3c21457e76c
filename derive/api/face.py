"""A network's names in SymPy and back: W[k, i, j], ŷ[i], the loss, sizes, index letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sympy

from derive.algebra.build import substitute
from derive.algebra.expr import Expr, Fun, Functional, IndexValue, Prod, Sum, Var
from derive.algebra.functions import KNOWN
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.substitute import subs, walk
from derive.algebra.sympy_bridge import (
    Lookup,
    Names,
    SymPyError,
    from_sympy,
    index_from_sympy,
    index_to_sympy,
    to_sympy,
)
from derive.algebra.sympy_names import label as label_of
from derive.api.names import find_name
from derive.errors import UsageError
from derive.export.names import identifier
from derive.names.notation import Pattern
from derive.names.patterns import default_pattern, pattern_latex
from derive.network.concrete import blocks
from derive.network.dependencies import Dependencies
from derive.network.partials import label_ranges
from derive.network.sympy_objects import Derivative, IndexedBase, Meaning, Symbol, meaning_of
from derive.writing.plain import plain

if TYPE_CHECKING:
    from derive.api.expansion import Expansion
    from derive.api.net import Net


@dataclass(frozen=True)
class Spelled:
    """How the model writes a name."""

    text: str
    pattern: Pattern

    def latex(self, indices: Sequence[str]) -> str:
        return pattern_latex(self.pattern, indices)


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """Writes expressions of a network as SymPy objects that print in its notation, and reads SymPy objects about it."""

    net: Net

    def __repr__(self) -> str:
        return f"<Face of {self.net!r}>"

    def show(self, expr: Expr, expand: bool = False) -> Any:
        """Return an expression in the sizes of the network; with `expand`, in its parameters and inputs alone."""
        return self._expansion.of(expr) if expand else self.write(subs(expr, self.net.sizes))

    @cached_property
    def _expansion(self) -> Expansion:
        from derive.api.expansion import Expansion

        if not self.net.sizes:
            raise UsageError("expand=True needs widths, as in net.at([2, 3, 2])")
        return Expansion(self.net)

    def write(self, expr: Expr) -> Any:
        """Return an expression as a SymPy object. Raises: SymPyError for what SymPy has no counterpart of."""
        return to_sympy(expr, self.names)

    def write_index(self, value: Lin) -> Any:
        """Return an index expression as a SymPy integer."""
        return index_to_sympy(value, self.names)

    def indices(self, idx: Sequence[Lin], written: Sequence[Any]) -> tuple[Any, ...]:
        """Return indices as SymPy integers; an Idx stays as it was written, with its range."""
        given = [e if isinstance(e, sympy.Basic) and e.has(sympy.Idx) else None for e in written]
        given += [None] * (len(idx) - len(given))
        return tuple(e if e is not None else self.write_index(value) for e, value in zip(given, idx, strict=True))

    def read(self, e: Any, entries: list[Var] | None = None) -> Expr:
        """Return a SymPy object as an expression; `entries` takes up every entry that is named in it.

        Raises: UsageError for a name or an index that the network does not have, SymPyError for what SymPy alone has.
        """
        try:
            return from_sympy(sympy.sympify(e, strict=True), names=_Read(self, entries))
        except sympy.SympifyError as fault:
            raise UsageError(f"{e!r} is no SymPy expression") from fault

    def name_of(self, e: Any) -> str | None:
        """Return the name in the network of an IndexedBase, an Indexed or a Symbol; None for an index or a size."""
        return _Read(self).variable(e)

    def read_index(self, e: Any) -> Lin:
        """Return a SymPy integer as an index expression."""
        return index_from_sympy(sympy.sympify(e, strict=True), names=_Read(self))

    # What there is in the network

    @cached_property
    def names(self) -> Names:
        """The SymPy objects of its names."""
        return _Written(self)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The SymPy name of each name: yhat for \\hat{y}."""
        found: dict[str, str] = {}
        for name, place in self.net.places.items():
            label = name if name.isidentifier() else identifier(name)
            while label in found.values() and place.body is None:
                label += "_"
            if label not in found.values():
                found[name] = label
        return found

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The names of the sizes with the number of their indices."""
        return {atom.name: len(atom.args) for atom in _sizes(self.net)}

    @cached_property
    def size_names(self) -> Mapping[str, Any]:
        """The SymPy names of the sizes: n, to be used as n[k], and the depth L."""
        return {identifier(name): self.names.size(name, None if slots else ()) for name, slots in self.sizes.items()}

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """How index letters that are no plain letters are called in SymPy: ell, and l, for \\ell."""
        known = dict(self.net.model.table.index_names) if self.net.model is not None else {}
        return {**known, **{str(self.names.letter(i.name).name): i.name for i in label_ranges(self.net.symbolic)}}

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """The functions of the network by their SymPy names."""
        bodies = [definition.body for definition in self.net.symbolic.definitions]
        used = {node.name for body in bodies for node in walk(body) if isinstance(node, Fun | Functional)}
        chosen = self.net.model.functions if self.net.model is not None else ()
        own = {self.function_label(name): name for name in {*used, *KNOWN}}
        return own | {identifier(symbol): kind for symbol, kind in chosen if kind in KNOWN}

    def function_label(self, name: str) -> str:
        """Return the SymPy name of a function."""
        return name if name in KNOWN or name.isidentifier() else identifier(name)

    @cached_property
    def identity(self) -> str:
        """A digest of the definitions: networks that differ have quantities that differ."""
        lines = []
        for d in self.net.symbolic.definitions:
            at = {param: lin(Index(f"p{n}")) for n, param in enumerate(d.params)}
            lines += [d.name, *(str(r.subs(at)) for r in d.ranges), _canonical(subs(d.body, at))]
        return sha256("\n".join(lines).encode()).hexdigest()[:12]

    @cached_property
    def meanings(self) -> Mapping[str, Meaning]:
        """What the SymPy name of each name of the network stands for."""
        below = Dependencies(self.net.symbolic).below
        found: dict[str, Meaning] = {}
        for name, label in sorted(self.labels.items(), key=lambda pair: len(below.get(pair[0], ()))):
            slots = len(self.net.places[name].params)
            under = frozenset(self.labels[other] for other in below.get(name, ()) if other in self.labels)
            scalars = tuple(
                (self.labels[o], found[o]) for o in sorted(below.get(name, ())) if self._is_scalar(o, found)
            )
            digest = self.identity if name in below else ""
            under |= {label} if digest else set()
            found[name] = Meaning(name, digest, under, self.spelling(name, slots), scalars, self._asked)
        return found

    def _is_scalar(self, name: str, found: Mapping[str, Meaning]) -> bool:
        """Whether a name is that of a scalar which the network defines."""
        return name in found and not self.net.places[name].params and bool(found[name].network)

    def _asked(self, e: Any) -> Any:
        from derive.api.equations import quantity_of

        return quantity_of(self.net, e)

    def spelling(self, name: str, slots: int, *, size: bool = False) -> Spelled:
        """Return how a name is written, a size if it is one."""
        patterns = self.net.notation.sizes if size else self.net.notation.patterns
        pattern = patterns.get(name) or default_pattern(name, slots)
        return Spelled(plain(pattern.entry), pattern)

    def base(self, name: str) -> Any:
        """Return the SymPy name of an array, or a scalar."""
        symbol = Symbol(self.labels[name], self.meanings[name])
        return IndexedBase(symbol) if self.net.places[name].params else symbol


class _OneLetter(Names):
    """Calls all bound indices alike, and functions as SymPy does."""

    def bound(self, letter: str) -> str:
        return "s"

    def function(self, name: str) -> Any:
        return super().function(name if name in KNOWN else identifier(name))


def _canonical(body: Expr) -> str:
    """Return an expression as text in which SymPy has put sums and products in order, where it can."""
    try:
        return str(sympy.srepr(to_sympy(body, _OneLetter())))
    except SymPyError:
        return str(body)


def _sizes(net: Net) -> Iterator[Size]:
    """Yield the sizes in a network."""
    for block in blocks(net.symbolic):
        for range_ in block.ranges:
            yield from _atoms(range_.lo, range_.hi)
    for definition in net.symbolic.definitions:
        for node in walk(definition.body):
            match node:
                case Sum(_, range_, _) | Prod(_, range_, _):
                    yield from _atoms(range_.lo, range_.hi)
                case IndexValue(value):
                    yield from _atoms(value)


def _atoms(*values: Lin) -> Iterator[Size]:
    yield from (atom for value in values for atom, _ in value.terms if isinstance(atom, Size))


class _Written(Names):
    """The names of a network as SymPy objects."""

    def __init__(self, face: Face) -> None:
        self.face = face

    def entry(self, name: str, indices: tuple[Any, ...]) -> Any:
        base = self.face.base(name)
        return base[indices] if indices else base

    def letter(self, name: str) -> Any:
        label = identifier(name) if name != r"\ell" else "ell"
        if label == name:
            return super().letter(label)
        spelling = Spelled(plain(name), default_pattern(name, 0))
        return Symbol(label, Meaning(name, spelling=spelling), integer=True)

    def size(self, name: str, indices: tuple[Any, ...] | None) -> Any:
        label = identifier(name)
        if indices == ():
            return super().size(label, ())
        spelling = self.face.spelling(name, self.face.sizes.get(name, 1), size=True)
        base = IndexedBase(Symbol(label, Meaning(name, spelling=spelling), integer=True, positive=True))
        return base if indices is None else base[indices]

    def function(self, name: str) -> Any:
        return super().function(self.face.function_label(name))

    def is_given(self, entry: Expr) -> bool:
        """Whether an entry is an input or a parameter, which nothing defines."""
        return isinstance(entry, Var) and any(leaf.name == entry.name for leaf in self.face.net.symbolic.leaves)

    def total(self, of: Any, by: Any) -> Any:
        return Derivative(of.expr, *of.variables, by) if isinstance(of, Derivative) else Derivative(of, by)

    def slope(self, function: Any, orders: Any) -> Any:
        found = super().slope(function, orders)
        return Derivative(function, *orders) if isinstance(found, sympy.Derivative) else found


class _Read(Lookup):
    """SymPy objects as names of a network."""

    def __init__(self, face: Face, entries: list[Var] | None = None) -> None:
        self.face = face
        self.entries = [] if entries is None else entries

    def variable(self, e: Any) -> str | None:
        meaning = meaning_of(e)
        if meaning is not None and meaning.network:
            if meaning.network != self.face.identity:
                raise UsageError(f"{e} is a quantity of another network than {self.face.net!r}")
            return meaning.name
        label = label_of(e)
        slots = len(e.indices) if isinstance(e, sympy.Indexed) else 0
        if e.is_integer or self._size_of(label, slots) is not None:
            return None
        places = self.face.net.places
        return next((name for name, own in self.face.labels.items() if own == label), None) or find_name(label, places)

    def value(self, name: str, idx: tuple[Lin, ...]) -> Expr:
        from derive.api.quantity import checked

        place = self.face.net.places[name]
        checked(self.face.net, place, idx, whole=True)
        self.entries.append(Var(name, idx))
        return (
            Var(name, idx) if place.body is None else substitute(place.body, dict(zip(place.params, idx, strict=True)))
        )

    def _size_of(self, label: str, slots: int) -> str | None:
        sizes = self.face.sizes.items()
        return next((n for n, count in sizes if count == slots and label in (n, identifier(n))), None)

    def letter(self, e: Any) -> Lin | None:
        e = e.label if isinstance(e, sympy.Idx) else e
        meaning = meaning_of(e)
        if meaning is not None and e.is_integer:
            return lin(Index(meaning.name))
        label = plain(meaning.name) if meaning is not None else str(e)
        size = self._size_of(label, 0)
        if size is not None:
            return lin(Size(size))
        if meaning is not None or e.is_positive:
            raise UsageError(f"{e} is no index and no size of this network")
        return lin(Index(self.face.letters.get(label, label)))

    def size(self, e: Any) -> str:
        found = self._size_of(label_of(e), len(e.indices))
        if found is None:
            raise UsageError(f"{e} is no size of this network; its sizes are {', '.join(map(plain, self.face.sizes))}")
        return found

    def function(self, name: str) -> str:
        found = self.face.functions.get(name)
        if found is None:
            there = ", ".join(sorted(set(self.face.functions) - KNOWN)) or "only known ones, such as exp and tanh"
            raise UsageError(f"there is no function {name} in this network; there are {there}")
        return found
