"""A product over a range of positive factors is the exponential of a sum of logarithms: likelihoods are read."""

from __future__ import annotations

import pytest
from verdicts import words

MODEL = r"""
name = "likelihood"
forward = [
  'q = \operatorname{softmax}(z)',
  'H = -\sum_k y_k \log q_k',
  'p_n = \sigma(s_n) \quad (1 \le n \le N)',
  'J = -\sum_{n=1}^{N} (c_n \log p_n + (1 - c_n) \log(1 - p_n))',
  'P = \prod_{b=1}^{B} u_b',
  'R = \prod_{b=1}^{B} v_b',
]
shapes = ['z, q, y \in \mathbb{R}^K', 's, p, c \in \mathbb{R}^N', 'u, v \in \mathbb{R}^B', 'H, J, P, R \in \mathbb{R}']
assume = ['u_b > 0']
[functions]
'\sigma' = "sigmoid"
"""

VERDICTS = {
    r"H = -\log \prod_k q_k^{y_k}": "proved",
    r"H = \log \prod_k q_k^{y_k}": "refuted",
    r"J = -\log \prod_{n=1}^N p_n^{c_n} (1 - p_n)^{1 - c_n}": "proved",
    r"J = -\log \prod_{n=1}^N p_n^{c_n} (1 - p_n)^{c_n}": "refuted",
    r"\log P = \sum_{b=1}^B \log u_b": "proved",
    r"\log P = \prod_{b=1}^B \log u_b": "refuted",
    r"P = u_a \prod_{b \ne a} u_b": "proved",
    r"P = 2 u_a \prod_{b \ne a} u_b": "refuted",
    r"\frac{\partial P}{\partial u_a} = \frac{P}{u_a}": "proved",
    r"\frac{\partial \log P}{\partial u_a} = u_a": "refuted",
    r"\prod_{b=1}^B 3 u_b = 3^B P": "proved",
    r"\prod_{b=1}^B 3 u_b = 3 P": "refuted",
    r"\log R = \sum_{b=1}^B \log v_b": "undecided",
}


@pytest.mark.parametrize(("latex", "word"), VERDICTS.items(), ids=VERDICTS)
def test_a_product_of_positive_factors_is_known_by_its_logarithm(latex: str, word: str) -> None:
    assert words(MODEL, latex) == [word]
