"""Numbers that somebody gives for the worked example: a TOML file of arrays by the names that the handout has for them.

x = [1.0, 0.5]
W_1 = [[0.5, -0.3], [0.8, -0.6]]
'\\ell' = 2
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.errors import UsageError
from derive.writing.plain import plain

if TYPE_CHECKING:
    from derive.algebra.index import Index, Size
    from derive.network.network import Leaf, Network
    from derive.proof.draw import Concrete
    from derive.report.subject import Subject

LAYERS = 6
Place = tuple[int, ...]
Key = tuple[str, Place]


@dataclass(frozen=True)
class Given:
    """What was given, by name: entries with their places from 0. `arrays` has the leaf and layers of each name."""

    entries: Mapping[str, Mapping[Place, Fraction]] = field(default_factory=dict)
    arrays: Mapping[str, tuple[str, Place]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.entries

    def sizes(self, network: Network) -> dict[Size, int]:
        """Return the sizes that the shapes of the given arrays say."""
        found: dict[Size, int] = {}
        for key, (name, layers) in self.arrays.items():
            for leaf in (leaf for leaf in network.leaves if leaf.name == name):
                for size, value in self._sizes(leaf, layers, key):
                    if found.setdefault(size, value) < value and not size.args:
                        found[size] = value
        return found

    def _sizes(self, leaf: Leaf, layers: Place, key: str) -> Iterator[tuple[Size, int]]:
        from derive.algebra.index import Size, lin

        lengths = [1 + max(place[n] for place in self.entries[key]) for n in range(len(leaf.params) - len(layers))]
        values = [*layers, *lengths]
        at = {param: lin(value) for param, value in zip(leaf.params, layers, strict=False)}
        for n, (range_, value) in enumerate(zip(leaf.ranges, values, strict=True)):
            known = range_.subs(at)
            top = value if n < len(layers) else value - 1 + known.lo.const
            if isinstance(known.hi.atom, Size):
                yield known.hi.atom, top

    def labels(self, about: Subject) -> dict[Index, int]:
        """Return the values of labels such as the class."""
        return {
            label: int(self.entries[key][()]) for label in about.labels for key in [canonical(label.name)]
            if key in self.entries
        }  # fmt: skip

    def values(self, about: Subject, concrete: Concrete) -> dict[Key, Fraction]:
        """Return the entries of leaves with their indices. Raises: UsageError for an array of another shape."""
        found: dict[Key, Fraction] = {}
        for key, (name, layers) in self.arrays.items():
            wanted = [place for place in concrete.entries(name) if place[: len(layers)] == layers]
            starts = [min(place[n] for place in wanted) for n in range(len(layers), len(wanted[0]))] if wanted else []
            entries = {
                (*layers, *(start + n for start, n in zip(starts, place, strict=False))): value
                for place, value in self.entries[key].items()
            }
            if set(entries) != set(wanted):
                raise UsageError(f"--values: {key} is {_shape(self.entries[key])}, but the others ask for "
                                 f"{_shape(place[len(layers):] for place in wanted)}")  # fmt: skip
            found |= {(name, place): value for place, value in entries.items()}
        return found


def read_given(path: Path, about: Subject) -> Given:
    """Return the numbers of a file. Raises: UsageError for a name that the network has no place for, or no number."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise UsageError(f"--values: cannot read {path}: {fault.strerror}") from fault
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise UsageError(f"--values {path}: {fault}") from fault
    known = dict(_known(about))
    labels = [canonical(label.name) for label in about.labels]
    greek = {plain_key(key): key for key in (*known, *labels)}
    entries: dict[str, Mapping[Place, Fraction]] = {}
    for name, value in data.items():
        key = greek.get(name, canonical(name))
        if key not in known and key not in labels:
            raise UsageError(f"--values {path}: nothing is called {name}; there are {', '.join(greek)}")
        entries[key] = dict(_entries(value, key))
        if not _is_full(entries[key]):
            raise UsageError(f"--values {path}: {name} is no array: it is empty, or its rows are not equally long")
    return Given(entries, {key: known[key] for key in entries if key in known})


def canonical(name: str) -> str:
    """Return a name without the differences that TeX makes: W_{1} is W_1."""
    return re.sub(r"[\s{}]", "", plain(name))


def plain_key(key: str) -> str:
    """Return a name with its Greek letters in words, as they may stand in a TOML file without quotes: theta for θ."""
    key = key.replace("λ", "lambda")  # which Unicode calls lamda
    names = (unicodedata.name(char, "").removeprefix("GREEK SMALL LETTER ").lower() for char in key)
    return "".join(char if char.isascii() else name if name.isalpha() else char
                   for char, name in zip(key, names, strict=True))  # fmt: skip


def _lengths(places: Iterable[Place]) -> tuple[int, ...]:
    """Return how many different indices there are along each axis."""
    return tuple(len(set(along)) for along in zip(*places, strict=False))


def _is_full(entries: Mapping[Place, Fraction]) -> bool:
    """Whether each entry of an array is there, and none is an array itself."""
    depths = {len(place) for place in entries}
    return len(depths) == 1 and len(entries) == prod(_lengths(entries))


def _shape(places: Iterable[Place]) -> str:
    lengths = _lengths(places)
    if len(lengths) == 1:
        return f"an array of {lengths[0]}"
    return "an array of " + " by ".join(map(str, lengths)) if lengths else "a number"


def _known(about: Subject) -> Iterator[tuple[str, tuple[str, Place]]]:
    for leaf in about.network.leaves:
        slots = about.layer_slots(leaf.name)
        for layer in range(LAYERS) if slots else (0,):
            low = leaf.ranges[slots[0]].lo if slots else None
            if low is None or layer >= low.const:
                layers = (layer,) * bool(slots)
                yield canonical(about.array(leaf.name, *map(str, layers))), (leaf.name, layers)


def _entries(value: Any, key: str, place: Place = ()) -> Iterator[tuple[Place, Fraction]]:
    if isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _entries(inner, key, (*place, n))
        return
    try:
        yield place, Fraction(str(value))
    except (ValueError, ZeroDivisionError) as fault:
        where = f"entry {', '.join(str(n + 1) for n in place)} of {key}" if place else key
        raise UsageError(f"--values: {where} is {value!r}, which is no number") from fault
