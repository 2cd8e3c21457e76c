"""What a model and the other side of an equation offer for repairs: letters, names with their indices, numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from derive.models.model import Model
from derive.notation.signs import TRANSPOSE_SIGNS
from derive.reader.syntax import Node, Number, Script, Symbol, walk
from derive.writing.notation import Notation, Pattern
from derive.writing.patterns import pattern_latex

NO_INDEX = frozenset({r"\prime", *TRANSPOSE_SIGNS})
MOST_LETTERS = 3


@dataclass(frozen=True)
class Vocabulary:
    """What the document offers for repairs, all of it as LaTeX.

    `layers` and `indices` are letters, `left` those on the other side of the equation. `names` are vectors with their
    layer letter, `arrays` vectors and matrices at the layers near it, `entries` entries of vectors at the letters of
    the other side, `bases` all names without indices. `functions` are activations, `scalars` numbers and sizes.
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


def vocabulary_for(model: Model, left: Node, right: Node) -> Vocabulary:
    """Return what there is for repairs of `right` in the equation left = right."""
    notation, layers = model.notation, frozenset(model.layers)
    letters, inside = index_letters(left), index_letters(right)
    units = tuple(letter for letter in letters if letter not in layers and letter not in notation.sizes)
    numbers = index_numbers(left)
    counting = layers | {name for name, pattern in notation.sizes.items() if not pattern.slots}
    here = next((letter for letter in letters + inside if letter in counting), None)
    near = (here, f"{here}-1", f"{here}+1") if here is not None else numbers
    words = Words(notation, here or next(iter(notation.layer_letters), "k"), near, (units or numbers)[:MOST_LETTERS])
    scalars = [pattern.whole for pattern in notation.patterns.values() if not pattern.slots]
    sizes = [pattern.whole for pattern in notation.sizes.values() if not pattern.slots]
    known = (*numbers, *units, *(letter for letter in inside if letter not in layers), *notation.unit_letters[:3])
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
    )


@dataclass(frozen=True)
class Words:
    """The names of a notation with indices: arrays at `layer` or at the layers `near` it, entries at `letters`."""

    notation: Notation
    layer: str
    near: tuple[str, ...]
    letters: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        """Return the vectors, each at the layer."""
        return tuple(
            pattern_latex(pattern, [self.layer] * layers)
            for pattern, layers, units in self._patterns()
            if units == 1 and layers <= 1
        )

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


def _script_parts(node: Node) -> Iterator[Node]:
    for script in walk(node):
        if isinstance(script, Script):
            for part in (script.sub, script.sup):
                if part is not None:
                    yield from walk(part)


def index_letters(node: Node) -> tuple[str, ...]:
    """Return the letters in the scripts of a formula, in order."""
    names = (part.name for part in _script_parts(node) if isinstance(part, Symbol))
    return tuple(name for name in dict.fromkeys(names) if name not in NO_INDEX)


def index_numbers(node: Node) -> tuple[str, ...]:
    """Return the numbers in the scripts of a formula, which may be what an index of the other side should have been."""
    return tuple(dict.fromkeys(part.text for part in _script_parts(node) if isinstance(part, Number)))
