"""Symmetric and antisymmetric matrices of which both indices are summed over."""

from __future__ import annotations

import pytest
from verdicts import words

FORMS = r"""
name = "forms"
forward = ['q = \frac{1}{2} x^\top S x - b^\top x', 'u = x^\top A x', 'v = a^\top B x']
shapes = ['S, A, B \in \mathbb{R}^{n \times n}', 'x, a, b \in \mathbb{R}^n', 'q, u, v, p \in \mathbb{R}']
assume = ['S = S^\top', 'A = -A^\top']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"x^\top S a = a^\top S x", "proved"),
        (r"x^\top S^2 a = a^\top S^2 x", "proved"),
        (r"x^\top S^3 a = a^\top S^3 x", "proved"),
        (r"\sum_{i=1}^n \sum_{j=1}^n x_i S_{ij} a_j = \sum_{i=1}^n \sum_{j=1}^n a_i S_{ij} x_j", "proved"),
        (r"\nabla_x q = S x - b", "proved"),
        (r"a^\top A x = -x^\top A a", "proved"),
        (r"p + u = p", "proved"),
        (r"a^\top A^2 x = x^\top A^2 a", "proved"),
        (r"a^\top A S A x = x^\top A S A a", "proved"),
        (r"a^\top A S x = x^\top S A a", "refuted"),
        (r"a^\top A x = x^\top A a", "refuted"),
        (r"v = x^\top B a", "refuted"),
        (r"x^\top S a = x^\top S x", "refuted"),
    ],
)
def test_entries_are_turned_inside_sums(formula: str, word: str) -> None:
    assert words(FORMS, formula) == [word]
