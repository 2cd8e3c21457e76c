"""One formula to its verdicts: true ones proved, slips refuted and, where a small repair mends them, repaired."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.registry import load_model


@pytest.fixture(scope="module")
def khapra() -> Judge:
    return Judge.start(load_model("khapra"))


@pytest.fixture(scope="module")
def nielsen() -> Judge:
    return Judge.start(load_model("nielsen"))


def verdict(judge: Judge, latex: str) -> LinkVerdict:
    """Return the verdict on the last link of a formula."""
    return judge.formula(latex)[0][-1]


TRUE = {
    "weights": r"\nabla_{W_k} L(\theta) = \nabla_{a_k} L(\theta) \, h_{k-1}^T",
    "hidden": r"\nabla_{h_k} L(\theta) = W_{k+1}^T \nabla_{a_{k+1}} L(\theta)",
    "pre-activation": r"\nabla_{a_k} L(\theta) = \nabla_{h_k} L(\theta) \odot g'(a_k)",
    "biases": r"\nabla_{b_k} L(\theta) = \nabla_{a_k} L(\theta)",
    "output": r"\nabla_{a_L} L(\theta) = \hat{y} - y",
    "one entry": r"\frac{\partial a_{31}}{\partial h_{22}} = W_{312}",
    "column": r"\frac{\partial L(\theta)}{\partial h_{ij}} = (W_{i+1,\cdot,j})^\top \nabla_{a_{i+1}} L(\theta)",
    "through two layers": r"\nabla_{a_k} L(\theta) = g'(a_k) \odot (W_{k+1}^T \nabla_{a_{k+1}} L(\theta))",
}

SLIPS = {
    "sign": (r"\nabla_{a_L} L(\theta) = y - \hat{y}", "D201"),
    "wrong layer": (r"\nabla_{W_k} L(\theta) = \nabla_{a_k} L(\theta) \, h_k^T", "D101"),
    "factor order": (r"\nabla_{W_k} L(\theta) = h_{k-1}^T \nabla_{a_k} L(\theta)", "D101"),
    "transpose lost": (r"\nabla_{h_k} L(\theta) = W_{k+1} \nabla_{a_{k+1}} L(\theta)", "D101"),
    "factor two": (r"\nabla_{a_L} L(\theta) = 2 (\hat{y} - y)", "D210"),
}


@pytest.mark.parametrize("latex", TRUE.values(), ids=TRUE)
def test_what_lectures_state_is_proved(latex: str, khapra: Judge) -> None:
    found = verdict(khapra, latex)

    assert found.word == "proved", found.message
    assert found.scope.startswith("all")


@pytest.mark.parametrize(("latex", "code"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted_with_a_repair_that_is_proved(latex: str, code: str, khapra: Judge) -> None:
    found = verdict(khapra, latex)

    assert (found.word, found.code) == ("refuted", code)
    assert found.suggestion is not None
    assert verdict(khapra, found.suggestion).word == "proved"


UNREPAIRED = {
    "slope lost": r"\nabla_{a_k} L(\theta) = \nabla_{h_k} L(\theta)",
    "sum lost": r"\frac{\partial L}{\partial h_{kj}} = W_{k+1,i,j} \frac{\partial L}{\partial a_{k+1,i}}",
    "bound index leaks": r"\frac{\partial L(\theta)}{\partial a_{L1}} = -(0 - \hat{y}_i)",
    "vector equals entry": r"\nabla_{a_3} L(\theta) = \frac{\partial L(\theta)}{\partial a_{3i}}",
    "activation for its slope": r"\nabla_{a_k} L(\theta) = \nabla_{h_k} L(\theta) \odot g(a_k)",
}


@pytest.mark.parametrize("latex", UNREPAIRED.values(), ids=UNREPAIRED)
def test_other_slips_are_refuted_too(latex: str, khapra: Judge) -> None:
    assert verdict(khapra, latex).word == "refuted"


def test_no_repair_repeats_the_left_side(khapra: Judge) -> None:
    (found,), _ = khapra.formula(r"W_{kij} = W_{kji}")

    assert (found.word, found.suggestion) == ("refuted", None)


def test_an_index_free_on_the_left_only_is_fine(khapra: Judge) -> None:
    assert verdict(khapra, r"\frac{\partial a_{ki}}{\partial W_{kij}} = h_{k-1,j}").word == "proved"


@pytest.mark.parametrize(
    ("latex", "word", "code"),
    [
        (r"1 = \frac{\partial a_{ki}}{\partial b_{ki}}", "proved", ""),
        (r"h_{k-1,j} = \frac{\partial a_{ki}}{\partial W_{kij}}", "proved", ""),
        (r"1 = \sum_i \hat{y}_i + y_j - y_j", "proved", ""),
        (r"h_{k-1,j} = \frac{\partial h_{ki}}{\partial W_{kij}}", "refuted", "D102"),
        (r"1 = y_j + \sum_i \hat{y}_i", "refuted", "D102"),
        (r"2 = \sum_i \hat{y}_i + y_j - y_j", "refuted", "D210"),
    ],
)
def test_an_index_free_on_the_right_only_is_blamed_where_its_value_matters(
    latex: str, word: str, code: str, khapra: Judge
) -> None:
    found = verdict(khapra, latex)

    assert (found.word, found.code) == (word, code)


def test_a_refutation_by_values_carries_both_sides(khapra: Judge) -> None:
    found = verdict(khapra, r"\nabla_{a_L} L(\theta) = y - \hat{y}")

    assert found.witness is not None
    assert found.witness["left"] != found.witness["right"]
    assert "L = " in str(found.witness["where"])


def test_each_link_of_a_chain_has_its_own_verdict(khapra: Judge) -> None:
    latex = r"\nabla_{b_k} L(\theta) = \nabla_{a_k} L(\theta) = 2 \nabla_{b_k} L(\theta)"
    words = [found.word for found in khapra.formula(latex)[0]]

    assert words == ["proved", "refuted"]


def test_an_unknown_name_is_not_understood(khapra: Judge) -> None:
    found = verdict(khapra, r"\nabla_{W_k} L(\theta) = \zeta_k")

    assert (found.word, found.code) == ("not-understood", "D002")


NOTHING_CLAIMED = {
    "update": r"W_k \leftarrow W_k - \eta \nabla_{W_k} L(\theta)",
    "update with an equals sign": r"b_k = b_k - \eta \nabla_{b_k} L(\theta)",
    "stationary point": r"\nabla_{W_k} L(\theta) = 0",
    "an index": r"k = 4",
}


@pytest.mark.parametrize("latex", NOTHING_CLAIMED.values(), ids=NOTHING_CLAIMED)
def test_what_claims_nothing_is_assumed(latex: str, khapra: Judge) -> None:
    assert verdict(khapra, latex).word == "assumed"


def test_a_definition_is_known_from_there_on(nielsen: Judge) -> None:
    defined, after = nielsen.formula(r"e^l = \frac{\partial C}{\partial z^l}")
    again, _ = after.formula(r"e^L = (a^L - y) \odot \sigma'(z^L)")

    assert defined[0].word == "assumed"
    assert again[0].word == "proved"


def test_saying_two_things_of_one_new_name_is_a_contradiction(nielsen: Judge) -> None:
    _, after = nielsen.formula(r"q = 3 \eta")
    found, _ = after.formula(r"q = 4 \eta")

    assert (found[0].word, found[0].code) == ("refuted", "D401")


def test_a_bug_in_one_formula_is_reported_there(khapra: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("planted")

    monkeypatch.setattr("derive.judge_link.judge", broken)
    found = verdict(khapra, TRUE["biases"])

    assert (found.word, found.code) == ("undecided", "D303")
    assert "planted" in found.message


def test_where_only_the_verdict_counts_no_repair_is_looked_for(khapra: Judge) -> None:
    wrong = r"\nabla_{a_L} L(\theta) = y - \hat{y}"

    mended, bare = verdict(khapra, wrong), verdict(replace(khapra, mends=False), wrong)

    assert mended.suggestion is not None
    assert (bare.word, bare.suggestion, bare.witness) == ("refuted", None, mended.witness)
