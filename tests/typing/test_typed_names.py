"""Names with their indices: entries of a matrix in small letters, names that numbers tell apart."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, findings, words


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"u_i = \sum_j w_{ij} x_j + b_i", "proved"),
        (r"\frac{\partial E}{\partial w_{ij}} = \frac{\partial E}{\partial u_i} x_j + \lambda w_{ij}", "proved"),
        (r"\frac{\partial E}{\partial w_{ij}} = \frac{\partial E}{\partial u_j} x_i + \lambda w_{ij}", "refuted"),
        (r"w_i^T x + b_i = u_i", "not-understood"),
    ],
)
def test_a_small_letter_with_two_indices_is_an_entry(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]


def test_it_is_said_what_a_small_letter_was_taken_for() -> None:
    (found,) = findings(VECTORS, r"u_i = \sum_j w_{ij} x_j + b_i")

    assert "entries of W" in found.message


ROWS = r"""
name = "rows"
forward = ['Z = X W', 'E = \|Z\|_F^2']
shapes = ['X \in \mathbb{R}^{N \times d}', 'W \in \mathbb{R}^{d \times K}']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"X^\top X = \sum_{n=1}^N X_{n,:}^\top X_{n,:}", "proved"),
        (r"X^\top X = \sum_{n=1}^N X_{n,:} X_{n,:}^\top", "proved"),
        (r"X^\top X = 2 \sum_{n=1}^N X_{n,:}^\top X_{n,:}", "refuted"),
        (r"\|X_{n,:}\|^2 = X_{n,:} X_{n,:}^\top", "proved"),
        (r"Z_{n,:} = X_{n,:} W", "proved"),
        (r"Z_{n,:} = W^\top X_{n,:}", "proved"),
        (r"Z_{n,:} = W X_{n,:}", "refuted"),
        (r"\frac{\partial E}{\partial W} = 2 \sum_{n=1}^N X_{n,:}^\top Z_{n,:}", "proved"),
        (r"\frac{\partial E}{\partial W} = 2 \sum_{n=1}^N Z_{n,:}^\top X_{n,:}", "refuted"),
    ],
)
def test_a_row_of_a_matrix_may_be_meant_as_a_row_or_as_a_column(formula: str, word: str) -> None:
    assert words(ROWS, formula) == [word]
