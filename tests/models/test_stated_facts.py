"""What a model assumes holds for the indices that it says, and for no others."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.errors import ModelError
from derive.models.model import parse_model

MODEL = r"""
forward = ['u = W x', 'E = \sum_i u_i c_i^2']
shapes = ['W \in \mathbb{R}^{n \times n}', 'x, u, c \in \mathbb{R}^{n}', 'd \in \mathbb{R}^{m}']
assume = ['FACT']
"""


@pytest.mark.parametrize(
    ("fact", "formula", "verdict"),
    [
        (r"c_i = 0 \quad (i = 3)", "c_3 + 1 = 1", "proved"),
        (r"c_i = 0 \quad (i = 3)", "c_2 + 1 = 1", "refuted"),
        (r"c_i = 0 \quad (i = 3)", "c_i + 1 = 1", "refuted"),
        (r"c_i = 0 \quad (i > 2)", "c_3 + 1 = 1", "proved"),
        (r"c_i = 0 \quad (i > 2)", "c_1 + 1 = 1", "refuted"),
        (r"c_i = 0 \quad (i > 2)", "c_i + 1 = 1", "refuted"),
    ],
)
def test_a_fact_of_some_indices_says_nothing_of_others(fact: str, formula: str, verdict: str) -> None:
    assert words(MODEL.replace("FACT", fact), formula) == [verdict]


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        (r"c_i = 0 \quad (x_i > 0)", "condition"),
        (r"c_i c_j = 0 \quad (i \ne j)", "condition"),
        (r"c_i = 0 \text{ if } i \text{ is even}", "condition"),
        ("c_i = d_i", "two sizes"),
    ],
)
def test_a_fact_that_would_be_said_of_more_than_it_says_is_an_error(fact: str, part: str) -> None:
    with pytest.raises(ModelError, match=part):
        parse_model(MODEL.replace("FACT", fact))
