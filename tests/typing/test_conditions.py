"""Conditions in words: they say which layer is meant, lead over to a formula, or cannot be read."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, VECTORS, words


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\nabla_v E = v - y \text{ for the output layer}", "proved"),
        (r"\nabla_v E = v - y \quad \text{for the squared error}", "proved"),
        (r"\nabla_v E = y - v \text{ for the output layer}", "refuted"),
        (r"\text{For the output layer: } \nabla_v E = v - y", "proved"),
        (r"\text{For the output layer, } \nabla_v E = y - v", "refuted"),
        (r"\frac{\partial E}{\partial v_i} = v_i - y_i \text{ for units that are seen}", "proved"),
        (r"\frac{\partial E}{\partial v_i} = y_i \text{ for units that are not seen}", "not-understood"),
        (r"\nabla_v E = 0 \cdot v \text{ if the training is over}", "not-understood"),
        (r"\nabla_v E = W \text{ if the training is over}", "refuted"),
    ],
)
def test_a_condition_in_words_can_keep_a_formula_from_being_refuted(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]


def test_words_between_rows_limit_nothing() -> None:
    first = r"\intertext{For the bias,} \nabla_b E &= \nabla_u E"
    second = r"\text{For the input, } \nabla_x E &= W^T \nabla_u E"

    assert words(VECTORS, rf"\begin{{align}} {first} \\ {second} \end{{align}}") == ["proved", "proved"]


def test_a_range_in_words_and_signs_limits_the_formula() -> None:
    assert words(LAYERS, r"\nabla_{z^l} C = \nabla_{a^l} C \odot g'(z^l) \text{ for } l < L") == ["proved"]


def test_the_cases_of_kronecker_define_nothing() -> None:
    assert words(VECTORS, r"\delta_{ij} = 1", r"\frac{\partial u_i}{\partial b_j} = \delta_{ij}") == ["proved"]


@pytest.mark.parametrize("formula", [r"k = 1, \dots, L", r"l = L-1, \ldots, 1", r"l = 2"])
def test_a_range_that_stands_alone_claims_nothing(formula: str) -> None:
    assert words(LAYERS, formula) == ["assumed"]
