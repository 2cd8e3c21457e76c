"""Steps of rectified values, [max(0, x) > 0] is [x > 0], and logarithms of logistic ones."""

from __future__ import annotations

import pytest
from verdicts import words

RECTIFIED = r"""
name = "rectified"
forward = ['h = \max(0, x)', 'L = \frac{1}{2} h^2']
shapes = ['x, h \in \mathbb{R}']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\mathbb{1}[h > 0] = \mathbb{1}[x > 0]", "proved"),
        (r"\mathbb{1}[3 h > 0] = \mathbb{1}[x > 0]", "proved"),
        (r"\mathbb{1}[h \le 0] = 1 - \mathbb{1}[x > 0]", "proved"),
        (r"\frac{dL}{dx} = h\, (1 - \mathbb{1}[h \le 0])", "proved"),
        (r"\frac{dL}{dx} = h\, \mathbb{1}[h > 0]", "proved"),
        (r"\frac{dL}{dx} = \mathbb{1}[h > 0]", "refuted"),
    ],
)
def test_the_step_of_a_rectified_value(formula: str, word: str) -> None:
    assert words(RECTIFIED, formula) == [word]


LOGISTIC = r"""
name = "logistic"
forward = ['y = \sigma(a)', 'E = -\ln y']
shapes = ['a, y \in \mathbb{R}']
[functions]
'\sigma' = "sigmoid"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\ln \frac{y}{1 - y} = a", "proved"),
        (r"\ln \frac{1 - y}{y} = -a", "proved"),
        (r"\ln \frac{1 - y}{y} = a", "refuted"),
        (r"\ln \frac{1}{1 - y} = a - \ln y", "proved"),
        (r"\ln (y (1 - y)) = \ln y + \ln(1 - y)", "proved"),
        (r"\ln (y (1 - y)) = \ln y - \ln(1 - y)", "refuted"),
        (r"\frac{1}{(1 - y)^2} = (1 + e^a)^2", "proved"),
        (r"\frac{1}{(y - 1)^3} = -(1 + e^a)^3", "proved"),
        (r"\frac{1}{(y - 1)^3} = (1 + e^a)^3", "refuted"),
    ],
)
def test_the_logarithm_and_the_reciprocal_of_logistic_values(formula: str, word: str) -> None:
    assert words(LOGISTIC, formula) == [word]
