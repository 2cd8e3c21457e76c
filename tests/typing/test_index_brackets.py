"""Brackets inside an index or a bound count: n-(k-1) is n-k+1, and 2(i-1) is 2i-2."""

from __future__ import annotations

import pytest
from verdicts import words

SIGNALS = r"""
name = "signals"
forward = [
  'y_i = \sum_{k=0}^{K-1} x_{si+k} \quad (0 \le i \le P-1)',
  'z_i = u_i^2 \quad (1 \le i \le n)',
]
shapes = ['x \in \mathbb{R}^{s(P-1)+K}', 'u, z \in \mathbb{R}^n']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"u_{n-(i-1)}^2 = z_{n-i+1} \quad (1 \le i \le n)", "proved"),
        (r"u_{n-(i-1)}^2 = z_{n-i-1} \quad (1 \le i \le n)", "refuted"),
        (r"\sum_{i=2}^{n} z_{i-(n-n)} = \sum_{i=2}^n u_i^2", "proved"),
        (r"y_{P-1} = \sum_{k=0}^{K-1} x_{s(P-1)+k}", "proved"),
        (r"y_{P-1} = \sum_{k=0}^{K-1} x_{P-1+k}", "refuted"),
        (r"\sum_{u=0}^{s(P-1)+K-1} \frac{\partial y_i}{\partial x_u} = K", "proved"),
        (r"\frac{\partial y_{P-1}}{\partial x_{s(P-1)+k}} = 1 \quad (0 \le k < K)", "proved"),
        (r"\sum_{i=1}^{n-(n-1)} z_i = u_1^2", "proved"),
        (r"\sum_{i=1}^{n-(n-1)} z_i = u_1^2 + u_2^2", "refuted"),
    ],
)
def test_what_stands_in_brackets_is_one_number(formula: str, word: str) -> None:
    assert words(SIGNALS, formula) == [word]


def test_a_sum_without_bounds_over_a_shifted_index_says_that_bounds_are_missing() -> None:
    assert words(SIGNALS, r"y_i = \sum_k x_{si+k}") == ["not-understood"]
