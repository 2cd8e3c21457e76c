"""What Σ binds and what it reaches over."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"u_i = \sum_{j'} W_{ij'} x_{j'} + b_i", "proved"),
        (r"u_i = \sum_{j'=1}^n W_{ij'} x_{j'} + b_i", "proved"),
        (r"\sum_{i'} \frac{e^{u_{i'}}}{\sum_{i''} e^{u_{i''}}} = 1", "proved"),
        (r"\nabla_b E = \sum_i (v_i - y_i) \nabla_b v_i", "proved"),
        (r"W x = \sum_j x_j\, W_{\cdot j}", "proved"),
        (r"u_i = \sum_{j'} W_{ji} x_{j'} + b_i", "refuted"),
    ],
)
def test_a_bound_letter_may_have_primes(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]
