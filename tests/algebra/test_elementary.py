"""Steps of rectified values: [max(0, x) > 0] is [x > 0]."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

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
    found, _ = Judge.start(parse_model(RECTIFIED)).formula(formula)

    assert [verdict.word for verdict in found] == [word]
