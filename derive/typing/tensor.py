"""Typed values: a vector or a matrix is a scalar expression over the index variables of its axes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from derive.algebra.build import substitute
from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.errors import LatexError
from derive.names.notation import Pattern
from derive.names.patterns import size_words
from derive.names.table import Orientation
from derive.source import Source, Span


class ShapeError(LatexError):
    """Shapes that do not fit; a refutation before any algebra. `code` is D101, D102 or D103."""

    def __init__(
        self, message: str, source: Source | None = None, span: Span | None = None, code: str = "D101"
    ) -> None:
        super().__init__(message, source, span)
        self.code = code


class UnknownSymbolError(LatexError):
    """A name that neither the model nor the document declares (code D002)."""


class UnsupportedError(LatexError):
    """A construct that is understood but has no value here, such as an inverse matrix or arg min."""


class ArrayListError(UnsupportedError):
    """A list whose entries are arrays, or a gradient by several variables: no array of numbers."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: its entries are counted by `index` over `range`."""

    index: Index
    range: Range


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array: entry (i, j, …) is `body` at the axes' indices. A column n×1 has one axis, and so has a row 1×n.

    `orientation` is "free" for a bracketed list or a part of an array that may stand for a column or a row, and
    "matrix" for two and more axes. `special` marks the identity of any size, whose body is the factor before it.
    `outer` counts the first axes that are those of u in a Jacobian ∂u/∂v, 0 for any other array.
    `partial` says that it is ∂L/∂v, which has a layout, and not ∇_v L, which has the shape of v in any.
    """

    axes: tuple[Axis, ...]
    body: Expr
    orientation: Orientation = "scalar"
    special: Literal["", "identity"] = ""
    outer: int = 0
    partial: bool = False

    @property
    def is_scalar(self) -> bool:
        return not self.axes and not self.special

    @property
    def is_vector(self) -> bool:
        return len(self.axes) == 1

    @property
    def ranges(self) -> tuple[Range, ...]:
        return tuple(axis.range for axis in self.axes)

    def at(self, *indices: Lin) -> Expr:
        """Return the entry at the given indices, one for each axis."""
        values: dict[Index | Size, Lin] = {axis.index: value for axis, value in zip(self.axes, indices, strict=True)}
        return substitute(self.body, values)

    def renamed(self) -> Tensor:
        """Return the same array with new axis indices, so that it can stand beside itself."""
        return self.over(tuple(fresh(axis.index.name) for axis in self.axes))

    def over(self, indices: tuple[Index, ...]) -> Tensor:
        """Return the same array with its axes counted by the given indices."""
        axes = tuple(Axis(index, axis.range) for index, axis in zip(indices, self.axes, strict=True))
        return replace(self, axes=axes, body=self.at(*(lin(index) for index in indices)))

    def counted_like(self, ranges: tuple[Range, ...]) -> Tensor:
        """Return the same array with each axis counted from where the given range begins: 0 … n-1 as 1 … n."""
        steps = [range_.lo - axis.range.lo for axis, range_ in zip(self.axes, ranges, strict=True)]
        if not any(step.is_const and step.const for step in steps):
            return self
        axes = tuple(
            Axis(axis.index, Range(axis.range.lo + step, axis.range.hi + step))
            for axis, step in zip(self.axes, steps, strict=True)
        )
        return replace(self, axes=axes, body=self.at(*(lin(a.index) - s for a, s in zip(axes, steps, strict=True))))

    def subs(self, values: Mapping[Index | Size, Lin]) -> Tensor:
        """Replace free indices and sizes in body and ranges."""
        axes = tuple(Axis(axis.index, axis.range.subs(values)) for axis in self.axes)
        return replace(self, axes=axes, body=substitute(self.body, values))

    def with_body(self, body: Expr) -> Tensor:
        return replace(self, body=body, special="")


def scalar(body: Expr) -> Tensor:
    """Return a scalar as a typed value."""
    return Tensor((), body)


def orientation_of(count: int, single: Orientation = "col") -> Orientation:
    """Return the orientation of an array of `count` axes, a vector as `single`."""
    if count == 0:
        return "scalar"
    return single if count == 1 else "matrix"


def transpose(value: Tensor) -> Tensor:
    """Return the transpose: axes reversed, a column as a row."""
    turned: dict[Orientation, Orientation] = {"col": "row", "row": "col"}
    return replace(value, axes=value.axes[::-1], orientation=turned.get(value.orientation, value.orientation), outer=0)


def shape_words(value: Tensor, sizes: Mapping[str, Pattern]) -> str:
    r"""Return a shape as a reader would say it: "a column of n_k", "a matrix n_k × n_{k-1}"."""
    lengths = [size_words(axis.range.length, sizes) for axis in value.axes]
    match value.orientation, lengths:
        case _, []:
            return f"the {value.special}" if value.special else "a scalar"
        case "row", [length]:
            return f"a row of {length}"
        case _, [length]:
            return f"a column of {length}"
    return "a matrix " + " × ".join(lengths)
