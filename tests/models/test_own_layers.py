"""A layer with an activation of its own: softmax on top of open activations."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

MODEL = r"""
forward = [
  'a^{[0]} = x',
  'z^{[l]} = W^{[l]} a^{[l-1]} \quad (1 \le l \le L)',
  'a^{[l]} = g^{[l]}(z^{[l]}) \quad (1 \le l \le L)',
  'J = -\sum_i y_i \log a^{[L]}_i',
]
shapes = [
  'x \in \mathbb{R}^{n^{[0]}}', 'z^{[l]}, a^{[l]} \in \mathbb{R}^{n^{[l]}}', 'y \in \mathbb{R}^{n^{[L]}}',
  'W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}',
]
assume = ['\sum_i y_i = 1']
[functions]
'g^{[l]}' = "any"
'g^{[L]}' = "softmax"
"""


def test_the_last_layer_is_defined_apart() -> None:
    layers = [str(d.ranges[0]) for d in parse_model(MODEL).network.definitions if d.name == "a"]

    assert layers == ["0..0", "1..L-1", "L..L"]


@pytest.mark.parametrize(
    ("latex", "word"),
    [
        (r"\nabla_{z^{[L]}} J = a^{[L]} - y", "proved"),
        (r"\nabla_{z^{[L]}} J = y - a^{[L]}", "refuted"),
        (r"\nabla_{z^{[l]}} J = \nabla_{a^{[l]}} J \odot {g^{[l]}}'(z^{[l]}) \quad (l < L)", "proved"),
    ],
)
def test_formulas_know_the_layer_that_they_are_about(latex: str, word: str) -> None:
    assert Judge.start(parse_model(MODEL)).formula(latex)[0][0].word == word
