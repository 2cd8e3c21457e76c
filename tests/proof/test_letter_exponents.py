"""Powers with letters above: (1 - q)^γ and its slopes, and (-1)^y of a label that is 0 or 1."""

from __future__ import annotations

import pytest
from verdicts import words

MODEL = r"""
name = "powers"
forward = [
  'q = \operatorname{softmax}(a)',
  'H = -(1 - q_c)^\gamma \log q_c',
  'p = \sigma(z)',
  'J = -y (1 - p)^\gamma \log p - (1 - y) p^\gamma \log(1 - p)',
]
shapes = ['a, q \in \mathbb{R}^C', 'z, p, y, \gamma, H, J \in \mathbb{R}']
assume = ['\gamma > 0', 'y \in \{0, 1\}']
[functions]
'\sigma' = "sigmoid"
"""

VERDICTS = {
    r"\frac{\partial H}{\partial q_c} = (1 - q_c)^{\gamma - 1} (\gamma \log q_c - \frac{1}{q_c} + 1)": "proved",
    r"\frac{\partial H}{\partial q_c} = (1 - q_c)^{\gamma} (\gamma \log q_c - \frac{1}{q_c} + 1)": "refuted",
    r"\frac{\partial H}{\partial a_c} = (1 - q_c)^{\gamma} (\gamma q_c \log q_c + q_c - 1)": "proved",
    r"\frac{\partial H}{\partial a_c} = (1 - q_c)^{\gamma} (\gamma q_c \log q_c - q_c + 1)": "refuted",
    r"(1 - q_c)^{\gamma + 2} = (1 - q_c)^\gamma (1 - q_c)^2": "proved",
    r"(-1)^y = 1 - 2 y": "proved",
    r"(-1)^y = 2 y - 1": "refuted",
    r"2^y = 1 + y": "proved",
    r"p^y (1 - p)^{1 - y} = y p + (1 - y) (1 - p)": "proved",
    r"p^y (1 - p)^{1 - y} = y p - (1 - y) (1 - p)": "refuted",
    r"\frac{\partial (-1)^y}{\partial y} = 0": "undecided",
}


@pytest.mark.parametrize(("latex", "word"), VERDICTS.items(), ids=VERDICTS)
def test_powers_with_letters_above(latex: str, word: str) -> None:
    assert words(MODEL, latex) == [word]
