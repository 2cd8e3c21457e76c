"""A name that is defined under a condition is defined there, and nowhere else."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, VECTORS, findings, words

from derive.errors import ModelError
from derive.models.model import parse_model

ERROR = r"\nabla_{z^l} C"
TOP = r"d^L = (a^L - y) \odot \sigma'(z^L)"


@pytest.mark.parametrize(
    ("definition", "formula", "verdict"),
    [
        (r"q_i = 2 u_i \quad (i > 2)", "q_3 = 2 u_3", "proved"),
        (r"q_i = 2 u_i \quad (i > 2)", "q_1 = 2 u_1", "undecided"),
        (r"q_i = 2 u_i \quad (i = 3)", "q_1 = 2 u_1", "undecided"),
        (r"q_i = 2 u_i \quad (1 \le i < m)", "q_m = 2 u_m", "undecided"),
        (r"q_i = 2 u_i \quad (1 \le i \le m)", "q_m = 2 u_m", "proved"),
        (r"q_i = 2 u_i", "q_1 = 2 u_1", "proved"),
    ],
)
def test_a_definition_is_one_for_the_indices_that_it_is_said_for(definition: str, formula: str, verdict: str) -> None:
    assert words(VECTORS, definition, formula) == [verdict]


def test_the_free_indices_of_a_claim_run_as_far_as_the_definition() -> None:
    (found,) = findings(VECTORS, r"q_i = 2 u_i \quad (i > 2)", "q_i = 2 u_i")

    assert (found.word, found.scope) == ("proved", "all 3 <= i <= m")


@pytest.mark.parametrize("condition", [r"i \ne j", "i = j", "i > j", "i < j", r"1 \le i \le j"])
def test_of_a_definition_whose_condition_compares_its_indices_nothing_is_known(condition: str) -> None:
    assert words(VECTORS, rf"q_{{ij}} = u_i x_j \quad ({condition})", "q_{12} = u_1 x_2") == ["assumed"]
    assert words(VECTORS, r"q_{ij} = u_i x_j", "q_{12} = u_1 x_2") == ["proved"]


@pytest.mark.parametrize(
    ("where", "formula", "verdict"),
    [
        (rf"d^l = {ERROR}", TOP, "proved"),
        (rf"d^l = {ERROR} \quad (1 \le l \le L)", TOP, "proved"),
        (rf"d^l = {ERROR} \quad (1 \le l < L)", TOP, "not-understood"),
        (rf"d^l = {ERROR} \quad (1 \le l < L)", r"d^l = ((W^{l+1})^T \nabla_{z^{l+1}} C) \odot g'(z^l)", "proved"),
        (
            rf"d^l = {ERROR} \quad (1 \le l < L)",
            r"d^l = ((W^{l+1})^T d^{l+1}) \odot g'(z^l) \quad (l < L - 1)",
            "proved",
        ),
    ],
)
def test_a_further_name_of_a_model_is_one_where_it_is_said_to_be(where: str, formula: str, verdict: str) -> None:
    assert words(f"where = ['{where}']\n{LAYERS}", formula) == [verdict]


def test_a_further_name_under_a_condition_that_is_no_range_is_an_error() -> None:
    with pytest.raises(ModelError, match="condition"):
        parse_model(rf"where = ['d^l = {ERROR} \quad (y_1 > 0)']" + LAYERS)


def test_a_definition_at_one_size_says_nothing_of_others() -> None:
    assert words(VECTORS, r"S = u_1 + u_2 \quad (m = 2)", r"S = \sum_i u_i") == ["assumed"]
    assert words(VECTORS, "S = u_1 + u_2", r"S = \sum_i u_i") == ["refuted"]


LINEAR = r"\nabla_{z^l} C = (W^{l+1})^T \nabla_{z^{l+1}} C"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("g(z) = z", "proved"),
        (r"g(z) = z \quad (1 \le l \le L)", "proved"),
        (r"g(z) = z \quad (1 \le l < L)", "proved"),
        (r"g(z) = z, \quad z \in \mathbb{R}", "proved"),
        (r"g(z) = z \quad (l = 2)", "undecided"),
        (r"g(z) = z \quad (l > 2)", "undecided"),
        (r"g(z) = z \text{ for the last layer}", "undecided"),
    ],
)
def test_a_function_of_some_layers_is_not_that_of_all(said: str, verdict: str) -> None:
    assert words(LAYERS, said, LINEAR) == [verdict]
    assert words(LAYERS, said, LINEAR.replace("^T", "")) == ["refuted"]
