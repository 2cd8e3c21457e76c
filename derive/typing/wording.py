"""Sizes, shapes and witnesses in the words of messages: as the lecture writes them, n_{k-1} or n^{[l-1]}."""

from __future__ import annotations

from collections.abc import Mapping

from derive.algebra.index import Lin, size
from derive.proof.verdict import Witness
from derive.typing.tensor import Tensor
from derive.writing.notation import Notation, Pattern
from derive.writing.patterns import default_pattern, pattern_latex
from derive.writing.printer import index_latex


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


def witness_table(witness: Witness, notation: Notation) -> dict[str, object]:
    """Return a witness as reports show it: `where`, `left`, `right`, and the drawn `values` by name."""
    sizes = [f"{size_words(size(name, *args), notation.sizes)} = {value}" for name, args, value in witness.sizes]
    indices = [f"{name} = {value}" for name, value in witness.indices]
    return {
        "where": ", ".join([*sizes, *indices]),
        "left": witness.left,
        "right": witness.right,
        "values": {_entry_words(name, idx, notation): value for name, idx, value in witness.values},
    }


def _entry_words(name: str, idx: tuple[int, ...], notation: Notation) -> str:
    """Return an entry of an array as the model writes it: W_{1,2,1}, w^2_{1,1}."""
    pattern = notation.patterns.get(name) or default_pattern(name, len(idx))
    return pattern_latex(pattern, [str(value) for value in idx], commas=True)
