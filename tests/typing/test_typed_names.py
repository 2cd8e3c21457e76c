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
