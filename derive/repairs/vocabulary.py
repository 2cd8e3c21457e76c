"""What a model and the other side of an equation offer for repairs: letters, names with their indices, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations

from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.models.model import Model
from derive.names.notation import Notation, Pattern, Slot
from derive.names.patterns import pattern_latex
from derive.names.table import Entry, SymbolTable
from derive.notation.signs import TRANSPOSE_SIGNS
from derive.reader.syntax import Node, Number, walk
from derive.repairs.shapes import SCALAR, Shape
from derive.source import squeeze

NO_INDEX = frozenset({r"\prime", *TRANSPOSE_SIGNS})
MOST_LETTERS = 3


@dataclass(frozen=True)
class Vocabulary:
    """What the document offers for repairs, all of it as LaTeX.

    `layers` and `indices` are letters, `left` those on the other side of the equation. `names` are vectors with their
    layer letter, `arrays` vectors and matrices at the layers near it, `entries` entries of vectors at the letters of
    the other side, `bases` all names without indices. `functions` are activations, `scalars` numbers and sizes.
    `slots` are the indices that bases have, `shapes` the types of arrays and entries, and `called` the names of indices
    that are written otherwise (l for \\ell).
    """

    layers: frozenset[str] = frozenset()
    indices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    scalars: tuple[str, ...] = ()
    transpose: str = "^T"
    left: tuple[str, ...] = ()
    arrays: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    slots: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)

    def takes_the_place(self, one: str, other: str) -> bool:
        """Return whether two names without indices may have as many of each kind."""
        mine, others = self.slots.get(one), self.slots.get(other)
        return mine is None or others is None or [slot.kind for slot in mine] == [slot.kind for slot in others]

    def shape(self, name: str) -> Shape | None:
        """Return the type of an array or of an entry; None where it is not known."""
        return self.shapes.get(squeeze(name))


def vocabulary_for(model: Model, left: Node, right: Node) -> Vocabulary:
    """Return what there is for repairs of `right` in the equation left = right."""
    notation, layers = model.notation, frozenset(model.layers)
    letters, inside = index_letters(left), index_letters(right)
    units = tuple(letter for letter in letters if letter not in layers and letter not in notation.sizes)
    numbers = index_numbers(left)
    counting = layers | {name for name, pattern in notation.sizes.items() if not pattern.slots}
    here = next((letter for letter in letters + inside if letter in counting), None)
    last = here in notation.sizes and here not in layers
    near = (here, f"{here}-1", *(() if last else (f"{here}+1",))) if here is not None else numbers
    layer = here or next(iter(notation.layer_letters), "k")
    words = Words(notation, layer, near, (units or numbers)[:MOST_LETTERS], model.table)
    scalars = [pattern.whole for pattern in notation.patterns.values() if not pattern.slots]
    sizes = [pattern.whole for pattern in notation.sizes.values() if not pattern.slots]
    known = (*numbers, *units, *(letter for letter in inside if letter not in layers))
    return Vocabulary(
        layers,
        tuple(dict.fromkeys(known)),
        words.names(),
        tuple(notation.functions.values()),
        tuple(dict.fromkeys((*scalars, *sizes))),
        notation.transpose,
        units,
        words.arrays(),
        words.entries(),
        tuple(sorted({pattern.whole for pattern in notation.patterns.values() if pattern.slots})),
        {pattern.whole: pattern.slots for pattern in notation.patterns.values() if pattern.slots},
        words.shapes(),
        model.table.index_names,
    )


@dataclass(frozen=True)
class Words:
    """The names of a notation with indices: arrays at `layer` or at the layers `near` it, entries at `letters`."""

    notation: Notation
    layer: str
    near: tuple[str, ...]
    letters: tuple[str, ...]
    table: SymbolTable

    def names(self) -> tuple[str, ...]:
        """Return the vectors, each at the layer."""
        return tuple(
            pattern_latex(pattern, [self.layer] * layers)
            for pattern, layers, units in self._patterns()
            if units == 1 and layers <= 1
        )

    def shapes(self) -> dict[str, Shape]:
        """Return the type of each array, and of each entry, by its text without blanks."""
        found = dict.fromkeys(map(squeeze, self.entries()), SCALAR)
        for pattern, entry in self._declared():
            for layer in dict.fromkeys((*self.near, self.layer)) if len(entry.layers) <= 1 else ():
                ranges = _ranges(entry, self._layer(layer))
                shape = None if ranges is None else Shape.of(ranges, entry.orientation)
                if shape is not None:
                    found[squeeze(pattern_latex(pattern, [layer] * len(entry.layers)))] = shape
        return found

    def _declared(self) -> Iterator[tuple[Pattern, Entry]]:
        """Yield the names that have units, with their patterns."""
        for entry in self.table.every:
            if entry.units and entry.name in self.notation.patterns:
                yield self.notation.patterns[entry.name], entry

    def _layer(self, layer: str) -> Lin:
        """Return a layer as an index expression: k-1, 2, or the depth L."""
        letter, step = layer[:-2], layer[-2:]
        if step in ("-1", "+1") and letter:
            return self._layer(letter) + int(step)
        if layer.isdecimal():
            return lin(int(layer))
        is_size = layer in self.notation.sizes and layer not in self.notation.layer_letters
        return lin(Size(layer) if is_size else Index(self.table.index_names.get(layer, layer)))

    def arrays(self) -> tuple[str, ...]:
        """Return the vectors and matrices at all layers near by."""
        return tuple(
            pattern_latex(pattern, [layer] * layers)
            for pattern, layers, units in self._patterns()
            if units and layers <= 1
            for layer in (self.near if layers else ("",))
        )

    def entries(self) -> tuple[str, ...]:
        """Return the entries of vectors and matrices, and the scalars of layers, at the letters."""
        return tuple(
            pattern_latex(pattern, [*[layer] * layers, *at])
            for pattern, layers, units in self._patterns()
            if units <= 2 and layers <= 1 and units + layers
            for layer in (self.near if layers else ("",))
            for at in permutations(self.letters, units)
        )

    def _patterns(self) -> Iterator[tuple[Pattern, int, int]]:
        """Yield the patterns whose layers come first, with their numbers of layers and units."""
        for pattern in self.notation.patterns.values():
            kinds = [slot.kind for slot in pattern.slots]
            if kinds == sorted(kinds):  # "layer" comes before "unit"
                yield pattern, kinds.count("layer"), kinds.count("unit")


def _ranges(entry: Entry, layer: Lin) -> tuple[Range, ...] | None:
    """Return what the units of a name run over at a layer; None where it is not known."""
    at = {param.index: layer for param in entry.layers}
    ranges = tuple(unit.range.subs(at) for unit in entry.units if unit.range is not None)
    return ranges if len(ranges) == len(entry.units) else None


def _script_parts(node: Node) -> Iterator[Node]:
    for script in walk(node):
        if script.scripted:
            for part in (script.sub, script.sup):
                if part is not None:
                    yield from walk(part)


def index_letters(node: Node) -> tuple[str, ...]:
    """Return the letters in the scripts of a formula, in order."""
    names = (part.letter for part in _script_parts(node) if part.letter)
    return tuple(name for name in dict.fromkeys(names) if name not in NO_INDEX)


def index_numbers(node: Node) -> tuple[str, ...]:
    """Return the numbers in the scripts of a formula, which may be what an index of the other side should have been."""
    return tuple(dict.fromkeys(part.text for part in _script_parts(node) if isinstance(part, Number)))
