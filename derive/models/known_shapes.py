"""What is known of the shapes of names while they are solved: sizes that are the same, and the shapes of products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, Size, lin
from derive.models.sizes import PLACE, Misfit, Sizes
from derive.models.uses import Names, Use
from derive.reader.syntax import Node


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a name's axes, none for a number; `row` for a vector that lies."""

    sizes: tuple[Lin, ...] = ()
    row: bool = False

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def stands(self) -> bool:
        """Return whether it is a column."""
        return self.rank == 1 and not self.row

    @property
    def turned(self) -> Shape:
        """The transpose."""
        return Shape(self.sizes[::-1], self.stands)


NUMBER = Shape()
State = tuple[dict[str, Shape], dict[str, tuple[tuple[Index, ...], Lin]], list[tuple[Lin, Lin]]]


@dataclass
class KnownShapes(Names):
    """The shapes of names, as far as they are known.

    `counts` are the sizes, `losses` numbers, `compared` names that the text compares with numbers, T > 0, `last` those
    that it differentiates and computes nothing from, `labels` names that only open losses depend on, `arguments` those
    that quantities are written with, f(x, w), `said` the axes of those that words call matrices and vectors, `plain`
    those that are numbers if nothing else is said, `ranks` how many unit indices a text writes on names, `spread` those
    that are declared as one row or column, which sums add to each row or column of a matrix where a text `spreads`
    them; `guessed` are the names whose look, or place, alone says what they are, `members` how many rows or columns
    there are of a name, `computed` are those that lines define.
    """

    counts: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    said: Mapping[str, int] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    operators: Mapping[str, str] = field(default_factory=dict)
    spread: set[str] = field(default_factory=set)
    spreads: bool = False
    guessed: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)
    members: dict[str, Lin] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    shapes: dict[str, Shape] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)
    units: dict[str, Lin] = field(default_factory=dict)

    def known(self, value: Lin) -> Lin:
        """Return a size with what is known of it put in."""
        return self.sizes.known(value)

    def found(self) -> dict[str, tuple[Lin, ...]]:
        """Return what is known of each shape."""
        return {key: tuple(map(self.known, shape.sizes)) for key, shape in self.shapes.items()}

    def state(self) -> State:
        """Return what is known, to come back to."""
        return dict(self.shapes), dict(self.sizes.unknown), list(self.sizes.same)

    def back_to(self, state: State) -> None:
        """Forget what was found since."""
        self.shapes, self.sizes.unknown, self.sizes.same = dict(state[0]), dict(state[1]), list(state[2])

    def say(self, name: Node, sizes: Sequence[Lin]) -> Use | None:
        """Put down the sizes that are said of a name, none for a number; return it if that is new."""
        use = self.use(name)
        if use is None or use.key in self.shapes:
            return None
        ones = sizes.count(lin(1)) if len(sizes) == 2 else 0
        self.spread |= {use.key} if ones == 1 or not (sizes or use.units) else set()
        if not use.units:  # else numbers with indices
            axes = [length for length in sizes if length != lin(1)] if ones else sizes
            letters = [index for value in use.layers for index, _ in value.terms if isinstance(index, Index)]
            values = {letter: lin(place) for letter, place in zip(letters, PLACE, strict=False)}
            shape = Shape(tuple(length.subs(values) for length in axes), ones == 1 and sizes[0] == lin(1))
            if is_of_one_layer(use, sizes):
                self.declare(use.key, use.layers, shape)
            else:
                self.shapes[use.key] = shape
        return use

    def used(self, use: Use) -> Shape | None:
        """Return the shape of a name where it is used, with its layers, indices and powers; None while it is open."""
        found = self.shapes.get(use.key)
        if found is None:
            return NUMBER if use.units and self.ranks.get(use.key) == len(use.units) else None
        here = self.here(found, use.layers)
        if use.units:
            if len(use.units) > here.rank:
                raise Misfit(use.key)
            for letter, length in zip(use.units, here.sizes, strict=False):
                self.sizes.unify(self.units[letter], length) if letter in self.units else None
            return NUMBER if len(use.units) == here.rank else None
        if use.power:
            return here if here == NUMBER else None
        return here.turned if use.turned else here

    def here(self, shape: Shape, layers: tuple[Lin, ...]) -> Shape:
        """Return a shape at given layers, with what is known of its sizes."""
        values = dict(zip(PLACE, layers, strict=False))
        return Shape(tuple(self.known(length.subs(values)) for length in shape.sizes), shape.row)

    def agree(self, one: Shape, other: Shape) -> None:
        """Take two shapes for the same. Raises: Misfit where they are not."""
        if one.rank != other.rank:
            raise Misfit(f"{one.rank} and {other.rank} axes")
        for a, b in zip(one.sizes, other.sizes, strict=True):
            self.sizes.unify(a, b)

    def declare(self, key: str, layers: tuple[Lin, ...], shape: Shape) -> None:
        """Put down the shape of a name, which it has at some layers."""
        own = self.open(key, shape.rank, shape.row)
        for length, wanted in zip(self.here(own, layers).sizes, shape.sizes, strict=True):
            self.sizes.unify(length, wanted)

    def open(self, key: str, rank: int, row: bool = False) -> Shape:
        """Give a name so many axes, of sizes that are not known yet."""
        own = Shape(tuple(self.sizes.fresh(*PLACE[: key.count("@")]) for _ in range(rank)), row)
        self.shapes[key] = own
        return own

    def run(self, factors: Sequence[tuple[str, Shape | None]]) -> Shape | None:
        """Return the shape of a product; None while one of its factors is open."""
        found: Shape | None = NUMBER
        for sign, own in factors:
            found = None if found is None or own is None else self.times(found, own, sign)
        return found

    def is_elementwise(self, sign: str) -> bool:
        """Return whether a sign between factors multiplies them entry by entry."""
        return self.operators.get(sign, "elementwise" if sign == r"\odot" else "") == "elementwise"

    def times(self, one: Shape, other: Shape, sign: str) -> Shape | None:
        """Return the shape of a product of two; None where nothing tells. Raises: Misfit where they do not fit."""
        if NUMBER in (one, other):
            return other if one == NUMBER else one
        if self.is_elementwise(sign):
            self.agree(one, other)
            return one
        if self.operators.get(sign) == "outer":
            return Shape((one.sizes[0], other.sizes[0])) if one.rank == other.rank == 1 else None
        if sign not in {"", r"\cdot", r"\times"} or self.operators.get(sign) == "kronecker":
            return None
        if one.stands and other.rank == 1 and (other.row or sign == r"\cdot"):
            if not other.row:
                self.sizes.unify(one.sizes[0], other.sizes[0])
            return Shape((one.sizes[0], other.sizes[0])) if other.row else NUMBER
        if one.stands or other.row:
            raise Misfit("a column before an array" if one.stands else "a row behind an array")
        self.sizes.unify(one.sizes[-1], other.sizes[0])
        return Shape((*one.sizes[:-1], *other.sizes[1:]), row=one.rank == 1 and other.rank > 1)

    def factor(self, before: Shape, after: Shape, whole: Shape, look: str) -> Shape | None:
        """Return the shape of the factor between two others in a product of a known shape."""
        left = () if before.stands else before.sizes[-1:]
        right = () if after.row else after.sizes[:1]
        scalar_fits = _fit(before, after) and self._would_be(before, after, whole)
        if scalar_fits and (look == "number" or before == after == NUMBER or not (left or right)):
            return NUMBER if before != NUMBER or after != NUMBER else whole
        if (scalar_fits and look != "matrix") or (before != NUMBER and not left) or (after != NUMBER and not right):
            return None
        sizes = list(whole.sizes)
        if before != NUMBER:
            sizes = [*left, *sizes[before.rank - 1 :]]
        if after != NUMBER:
            sizes = [*(sizes if after.rank == 1 else sizes[:-1]), *right]
        lies = len(sizes) == 1 and ((before == NUMBER and after != NUMBER) or whole.row)
        return Shape(tuple(sizes), row=lies) if len(sizes) <= 2 else None

    def _would_be(self, before: Shape, after: Shape, whole: Shape) -> bool:
        """Return whether a product with a number between two factors has a shape, without taking that for said."""
        state = self.state()
        try:
            rest = self.times(before, after, "")
            same = rest is not None and tuple(map(self.known, rest.sizes)) == tuple(map(self.known, whole.sizes))
            return rest is not None and rest.row == whole.row and same
        except Misfit:
            return False
        finally:
            self.back_to(state)


def is_of_one_layer(use: Use, sizes: Sequence[Lin]) -> bool:
    """Return whether sizes are said of a name at one layer, each of that layer too: x_0 ∈ ℝ^{n_0}."""
    fixed = bool(use.layers) and all(value.is_const for value in use.layers)
    return fixed and bool(sizes) and all(isinstance(size.atom, Size) and size.atom.args for size in sizes)


def _fit(one: Shape, other: Shape) -> bool:
    """Return whether two shapes could be multiplied, their sizes apart."""
    return NUMBER in (one, other) or not (one.stands or other.row)
