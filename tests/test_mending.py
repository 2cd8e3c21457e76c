"""What is shown as help for a refuted formula: a small edit, the beginning of its chain, or what really holds."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.registry import load_model


@pytest.fixture(scope="module")
def khapra() -> Judge:
    return Judge.start(load_model("khapra"))


def judged(judge: Judge, latex: str) -> list[LinkVerdict]:
    return judge.formula(latex)[0]


SLIPS = {
    "two indices exchanged": (
        r"\frac{\partial L}{\partial h_{kj}} = \sum_i W_{k+1,j,i} \frac{\partial L}{\partial a_{k+1,i}}",
        r"\frac{\partial L}{\partial h_{kj}} = \sum_i W_{k+1,i,j} \frac{\partial L}{\partial a_{k+1,i}}",
    ),
    "outer product turned": (
        r"\nabla_{W_k} L = h_{k-1} (\nabla_{a_k} L)^T",
        r"\nabla_{W_k} L = (\nabla_{a_k} L) \, h_{k-1}^T",
    ),
    "slope of an entry": (
        r"\frac{\partial L}{\partial a_{ki}} = \frac{\partial L}{\partial h_{ki}}",
        r"\frac{\partial L}{\partial a_{ki}} = \frac{\partial L}{\partial h_{ki}} g'(a_{ki})",
    ),
    "bias": (r"a_k = W_k h_{k-1}", r"a_k = W_k h_{k-1} + b_k"),
    "delta": (
        r"\frac{\partial a_{ki}}{\partial W_{kmj}} = h_{k-1,j}",
        r"\frac{\partial a_{ki}}{\partial W_{kmj}} = h_{k-1,j} \delta_{i m}",
    ),
    "lost sum": (
        r"\frac{\partial L}{\partial h_{kj}} = W_{k+1,i,j} \frac{\partial L}{\partial a_{k+1,i}}",
        r"\frac{\partial L}{\partial h_{kj}} = \sum_{i} W_{k+1,i,j} \frac{\partial L}{\partial a_{k+1,i}}",
    ),
    "another array": (r"\nabla_{W_k} L = \nabla_{a_k} L\, x^T", r"\nabla_{W_k} L = \nabla_{a_k} L\, h_{k-1}^T"),
    "a vector and its entry": (
        r"\nabla_{a_L} L = \frac{\partial L}{\partial a_{Li}}",
        r"(\nabla_{a_L} L)_i = \frac{\partial L}{\partial a_{Li}}",
    ),
    "order and transpose": (
        r"\nabla_{h_k} L = (\nabla_{a_{k+1}} L) W_{k+1}",
        r"\nabla_{h_k} L = W_{k+1}^T \, (\nabla_{a_{k+1}} L)",
    ),
    "shape": (r"W_k \in \mathbb{R}^{n_{k-1} \times n_k}", r"W_k \in \mathbb{R}^{n_k \times n_{k-1}}"),
    "what the derivative is": (
        r"\frac{\partial \hat{y}_i}{\partial a_{Lj}} = \exp(\hat{y}_i + \hat{y}_j)",
        r"\frac{\partial \hat{y}_i}{\partial a_{Lj}} = \hat{y}_i (\mathbf{1}_{(i=j)} - \hat{y}_j)",
    ),
}


@pytest.mark.parametrize(("wrong", "right"), SLIPS.values(), ids=SLIPS)
def test_a_slip_has_a_help_that_is_proved(wrong: str, right: str, khapra: Judge) -> None:
    (found,) = judged(khapra, wrong)

    assert (found.word, found.suggestion) == ("refuted", right)
    assert {verdict.word for verdict in judged(khapra, right)} <= {"proved", "assumed"}


def test_a_right_end_of_a_chain_is_shown_with_its_beginning(khapra: Judge) -> None:
    first, second = judged(khapra, r"\nabla_{a_L} L = y - \hat{y} = \hat{y} - y")

    assert (first.word, first.suggestion) == ("refuted", r"\nabla_{a_L} L = \hat{y} - y")
    assert (second.word, second.code, second.suggestion) == ("refuted", "D200", r"\nabla_{a_L} L = \hat{y} - y")


def test_a_derivative_that_only_has_another_name_is_no_help(khapra: Judge) -> None:
    (found,) = judged(khapra, r"\nabla_{b_k} L = \sin(a_k)")

    assert (found.word, found.suggestion) == ("refuted", None)
