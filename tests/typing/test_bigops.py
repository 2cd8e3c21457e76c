"""What Σ binds and what it reaches over."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, findings, words


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


STEPS = r"""
name = "steps"
forward = ['s_t = d_t \odot (W s_{t-1}) \quad (1 \le t \le T)', 'E = \|s_T\|^2']
shapes = ['s_t, d_t \in \mathbb{R}^{n}', 'W \in \mathbb{R}^{n \times n}']
"""


def test_a_product_may_reach_over_factors_without_its_index() -> None:
    (found,) = findings(STEPS, r"\frac{\partial s_T}{\partial s_0} = \prod_{t=T}^{1} \operatorname{diag}(d_t) W")

    assert found.word == "proved"
    assert any("all factors" in assumption for assumption in found.assumptions)
