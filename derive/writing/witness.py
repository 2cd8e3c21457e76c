"""Witnesses as reports show them: sizes, indices and values as the lecture writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.algebra.index import size
from derive.names.notation import Notation
from derive.names.patterns import default_pattern, index_latex, pattern_latex
from derive.proof.verdict import DrawnFunction, Witness


def witness_table(witness: Witness, notation: Notation) -> dict[str, object]:
    """Return a witness as reports show it: `where`, `left`, `right`, the drawn `values` by name, and the `functions`
    that stand for those left open, as formulas: with them it can be computed by hand."""
    sizes = [f"{index_latex(size(name, *args), notation)} = {value}" for name, args, value in witness.sizes]
    indices = [f"{name} = {value}" for name, value in witness.indices]
    return {
        "where": ", ".join([*sizes, *indices]),
        "left": witness.left,
        "right": witness.right,
        "values": {_entry_words(name, idx, notation): value for name, idx, value in witness.values},
        "functions": dict(_function(drawn, notation) for drawn in witness.functions),
    }


def _function(drawn: DrawnFunction, notation: Notation) -> tuple[str, str]:
    """Return a function by its name, and its formula: g(z) = 1/2 sin(z + 1/4) - … + 1/3 z."""
    name = notation.functions.get(drawn.name, drawn.name)
    if drawn.idx:
        name += f"_{{{','.join(map(str, drawn.idx))}}}"
    several = max(place for place, *_ in drawn.labels) > 0
    arguments = [_argument(label, several) for label in drawn.labels]
    heads = dict.fromkeys(_argument((place,), several) for place, *_ in drawn.labels)
    waves = [(a, rf"\sin({_linear([*zip(c, arguments, strict=True), (p, '')])})") for a, c, p in drawn.waves]
    body = _linear([*waves, *zip(drawn.slopes, arguments, strict=True)])
    return name, f"{name}({', '.join(heads)}) = {body}"


def _argument(label: tuple[int, ...], several: bool) -> str:
    """Return an argument, or an entry of one: z, or u, v, w where there are several; z_{1,2}."""
    place, *entry = label
    letter = "z" if not several else "uvw"[place] if place < 3 else f"u^{{({place + 1})}}"
    return letter + (f"_{{{','.join(map(str, entry))}}}" if entry else "")


def _linear(terms: Sequence[tuple[Fraction, str]]) -> str:
    """Return Σ factor · word."""
    found = ""
    for factor, word in terms:
        sign = (" - " if factor < 0 else " + ") if found else "-" if factor < 0 else ""
        found += sign + " ".join(
            part for part in (str(abs(factor)) if abs(factor) != 1 or not word else "", word) if part
        )
    return found


def _entry_words(name: str, idx: tuple[int, ...], notation: Notation) -> str:
    """Return an entry of an array as the model writes it: W_{1,2,1}, w^2_{1,1}."""
    pattern = notation.patterns.get(name) or default_pattern(name, len(idx))
    return pattern_latex(pattern, [str(value) for value in idx], commas=True)
