"""Witnesses as reports show them: sizes, indices and values as the lecture writes them."""

from __future__ import annotations

from derive.algebra.index import size
from derive.names.notation import Notation
from derive.names.patterns import default_pattern, index_latex, pattern_latex
from derive.proof.verdict import Witness


def witness_table(witness: Witness, notation: Notation) -> dict[str, object]:
    """Return a witness as reports show it: `where`, `left`, `right`, and the drawn `values` by name."""
    sizes = [f"{index_latex(size(name, *args), notation)} = {value}" for name, args, value in witness.sizes]
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
