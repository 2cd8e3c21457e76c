"""The types of what stands in a refuted link, which say what may stand there instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.algebra.index import Range
from derive.names.table import Orientation
from derive.reader.syntax import Group, Node, Number
from derive.source import Span
from derive.typing.context import OPEN_LENGTH
from derive.typing.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Shape:
    """A number (no sides), a column, a row, or a matrix: how its rows and its columns are counted, None for one."""

    rows: Range | None = None
    columns: Range | None = None

    @classmethod
    def of(cls, axes: tuple[Range, ...], orientation: Orientation) -> Shape | None:
        """Return the shape of an array; None where it has none, as a list that may stand for a column or a row."""
        match axes, orientation:
            case (), "scalar":
                return SCALAR
            case [length], "col":
                return cls(length)
            case [length], "row":
                return cls(None, length)
            case [rows, columns], _:
                return cls(rows, columns)
        return None

    @property
    def transposed(self) -> Shape:
        return Shape(self.columns, self.rows)

    def agrees(self, other: Shape) -> bool:
        """Return whether this may be the same shape as another one."""
        return agree(self.rows, other.rows) and agree(self.columns, other.columns)

    def times(self, other: Shape) -> Shape | None:
        """Return the shape of the product with another array; None where there is none."""
        if SCALAR in (self, other):
            return other if self == SCALAR else self
        return Shape(self.rows, other.columns) if agree(self.columns, other.rows) else None


SCALAR = Shape()


def agree(one: Range | None, other: Range | None) -> bool:
    """Return whether two ranges may be of the same length: a list of three entries says what the size n is."""
    if one is None or other is None or one == other:
        return one == other
    ends = (one.from_one.hi, other.from_one.hi)
    if ends[0] == ends[1]:
        return True
    return ends[0].is_const != ends[1].is_const or any(str(end).startswith(OPEN_LENGTH) for end in ends)


@dataclass(frozen=True)
class Types:
    """What is known of the types in a link: those of the nodes on its right side, that of its left side, and whether
    the right side fits that (None where it was not refuted for its shape, and makes no claim either). `misfit` is what
    does not fit its neighbour within the right side."""

    value: Callable[[Node], Tensor | None] = lambda node: None
    left: Shape | None = None
    fitting: bool | None = None
    misfit: Span | None = None

    def of(self, node: Node) -> Shape | None:
        """Return the type of a node; None where it is not known."""
        if isinstance(node, Number):
            return SCALAR
        value = self.value(node)
        if value is None and isinstance(node, Group):
            return self.of(node.body)
        return None if value is None or value.special else Shape.of(value.ranges, value.orientation)

    def whole(self, node: Node) -> Shape | None:
        """Return the type of the right side."""
        return self.left if self.fitting else self.of(node)

    def allow(self, own: Shape | None, other: Shape | None) -> bool:
        """Return whether one type may stand in place of another one: the same on a side that fits, a different one on
        a side that does not."""
        return own is None or other is None or self.fitting is None or own.agrees(other) == self.fitting

    def may_be_left(self, shape: Shape | None) -> bool:
        """Return whether a shape, if it is known, may be that of the left side."""
        return shape is None or self.is_left(shape)

    def is_left(self, shape: Shape | None) -> bool:
        """Return whether there is a shape that may be that of the left side."""
        return self.left is None or (shape is not None and self.left.agrees(shape))
