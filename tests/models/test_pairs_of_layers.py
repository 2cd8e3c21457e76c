"""Names between two layers: w^{v,v-1} has one index, and is written as declared."""

from __future__ import annotations

import pytest

from derive.algebra.index import Index, lin
from derive.models.model import parse_model
from derive.names.patterns import index_latex, pattern_latex
from derive.names.table import Param


def _pattern(declared: str, size: str) -> tuple[tuple[Param, ...], str]:
    model = parse_model(
        rf"""
name = "pairs"
forward = ['x^0 = s', 'u^v = {declared} x^{{v-1}} \quad (1 \le v \le V)', 'x^v = f(u^v) \quad (1 \le v \le V)']
shapes = ['s \in \mathbb{{R}}^{{n_0}}', 'u^v, x^v \in \mathbb{{R}}^{{n_v}}', '{declared} \in \mathbb{{R}}^{{{size}}}']
[functions]
f = "any"
"""
    )
    entry = model.table.entries["w"][0]
    after = index_latex(lin(Index("v")) + 1, model.notation)
    return entry.layers, pattern_latex(model.notation.patterns[entry.name], [after])


@pytest.mark.parametrize(
    ("declared", "next_one"),
    [("w^{v,v-1}", "w^{v+1,v}"), ("w_{v-1,v}", "w_{v,v+1}"), ("w^{(v,v-1)}", "w^{(v+1,v)}")],
)
def test_a_pair_of_neighbours_is_one_index_and_is_written_as_declared(declared: str, next_one: str) -> None:
    layers, written = _pattern(declared, r"n_v \times n_{v-1}")
    assert len(layers) == 1
    assert written == next_one
