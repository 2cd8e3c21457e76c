"""Indices above names without brackets, and names beside which there are others of the same form."""

from __future__ import annotations

import pytest
from verdicts import words

PATTERNS = r"""
name = "patterns"
forward = [
  'h_j^\mu = \sum_{k=1}^{K} w_{jk} \xi_k^\mu \quad (1 \le j \le J, 1 \le \mu \le p)',
  'E[w] = \frac{1}{2} \sum_{\mu=1}^{p} \sum_{j=1}^{J} (h_j^\mu)^2 = \frac{1}{2} \sum_{\mu j} h_j^\mu h_j^\mu',
]
shapes = ['w \in \mathbb{R}^{J \times K}']
"""
BIASES = r"""
name = "biases"
forward = [
  'net_j = \sum_{i=1}^{d} x_i w_{ji} + w_{j0} \quad (1 \le j \le m)', 'y_j = f(net_j)',
  'net_k = \sum_{j=1}^{m} y_j w_{kj} + w_{k0} \quad (1 \le k \le c)', 'J = \frac{1}{2} \sum_{k=1}^{c} net_k^2',
]
[functions]
f = "any"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial E}{\partial w_{jk}} = \sum_\mu h_j^\mu \xi_k^\mu", "proved"),
        (r"\frac{\partial E}{\partial w_{jk}} = h_j^\mu \xi_k^\mu", "refuted"),
        (r"E[w] = \frac{1}{2} \sum_{\mu, j} (h_j^\mu)^2", "proved"),
        (r"\frac{\partial h_j^\mu}{\partial \xi_k^\nu} = \delta_{\mu\nu} w_{jk}", "proved"),
        (r"\frac{\partial h_j^\mu}{\partial \xi_k^\nu} = w_{jk}", "refuted"),
    ],
)
def test_a_letter_above_is_an_index_where_the_name_has_one(formula: str, word: str) -> None:
    assert words(PATTERNS, formula) == [word]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial J}{\partial w_{k0}} = net_k", "proved"),
        (r"\frac{\partial J}{\partial w_{j0}} = f'(net_j) \sum_k w_{kj} net_k", "proved"),
        (r"\frac{\partial J}{\partial w_{j0}} = f'(net_j) \sum_k w_{kj} net_k x_0", "not-understood"),
        (r"\frac{\partial J}{\partial w_{kj}} = net_k y_j", "proved"),
        (r"net_k = \sum_{j=1}^{m} y_j w_{kj}", "refuted"),
    ],
)
def test_a_bias_is_the_weight_from_unit_zero(formula: str, word: str) -> None:
    assert words(BIASES, formula) == [word]


def test_errors_of_hidden_units_may_be_named_after_those_of_the_outputs() -> None:
    outputs, hidden = r"\delta_k = net_k", r"\delta_j = f'(net_j) \sum_k w_{kj} \delta_k"

    assert words(BIASES, outputs, hidden) == ["assumed"]
    assert words(BIASES, outputs, hidden, r"\frac{\partial J}{\partial w_{ji}} = \delta_j x_i") == ["proved"]
    assert words(BIASES, outputs, hidden, r"\delta_j = \sum_k w_{kj} \delta_k") == ["refuted"]
