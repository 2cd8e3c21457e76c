"""Sizes and shapes in the words of messages: as the lecture writes them, n_{k-1} or n^{[l-1]}."""

from __future__ import annotations

from collections.abc import Mapping

from derive.algebra.index import Lin
from derive.names.notation import Notation, Pattern
from derive.names.patterns import index_latex
from derive.typing.tensor import Tensor


def size_words(value: Lin, sizes: Mapping[str, Pattern]) -> str:
    """Return an index expression or a size as LaTeX: `n_{k-1}`, `n^{[l]}`, `F+P-1`."""
    return index_latex(value, Notation(patterns={}, sizes=sizes))


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
