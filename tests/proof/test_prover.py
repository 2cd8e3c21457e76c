"""How far the search expands: a network of given depth down to its inputs, whatever lies between."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

DEEP = r"""
name = "deep"
forward = ['p = A x', 'q = f(p)', 'r = B q', 's = f(r)', 'u = C s', 'v = f(u)', 'E = \frac{1}{2} \|t - v\|^2']
shapes = [
  'x \in \mathbb{R}^{k}',
  'A \in \mathbb{R}^{l \times k}', 'B \in \mathbb{R}^{m \times l}', 'C \in \mathbb{R}^{n \times m}',
  't \in \mathbb{R}^{n}',
]
[functions]
f = "any"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"E = \frac{1}{2} \| t - f(C f(B f(A x))) \|^2", "proved"),
        (r"E = \frac{1}{2} \| t - f(C f(B A x)) \|^2", "refuted"),
        (r"E = \frac{1}{2} \sum_i (t_i - f(\sum_j C_{ij} f(\sum_p B_{jp} q_p)))^2", "proved"),
    ],
)
def test_a_loss_is_written_out_down_to_the_inputs(formula: str, word: str) -> None:
    found, _ = Judge.start(parse_model(DEEP)).formula(formula)

    assert [verdict.word for verdict in found] == [word]
