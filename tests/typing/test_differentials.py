"""Differentials: df is the sum over the inputs that move, of which the formula has differentials."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.model import parse_model

FORMS = r"""
name = "forms"
forward = ['q = v^\top M v', 'h = \tanh(K v)', 'E = \frac{1}{2} \| h - y \|^2', 's = \log c']
shapes = [
  'v \in \mathbb{R}^n', 'M \in \mathbb{R}^{n \times n}', 'K \in \mathbb{R}^{m \times n}', 'h, y \in \mathbb{R}^m',
  'q, E, c, s \in \mathbb{R}',
]
"""


def judged(formula: str, sign: str = r"\mathrm{d}") -> LinkVerdict:
    """Judge a formula in which δ stands for the d of differentials."""
    (verdict,) = Judge.start(parse_model(FORMS)).formula(formula.replace("δ", sign))[0]
    return verdict


@pytest.mark.parametrize(
    "formula",
    [
        r"δ q = δ v^\top M v + v^\top M \, δ v",
        r"δ q = v^\top (M + M^\top) \, δ v",
        r"δ (v^\top M v) = v^\top δ M \, v",
        r"δ h = (1 - h^2) \odot (K \, δ v)",
        r"δ h = (1 - h^2) \odot (δ K \, v + K \, δ v)",
        r"δ E = (h - y)^\top δ h",
        r"δ E = (h - y)^\top δ h - (h - y)^\top δ y",
        r"δ s = \frac{δ c}{c}",
    ],
)
def test_a_differential_is_the_sum_over_what_moves(formula: str) -> None:
    assert judged(formula).word == "proved"
    assert judged(formula, "d").word == "proved"


@pytest.mark.parametrize(
    "formula",
    [
        r"δ q = v^\top M \, δ v",
        r"δ q = 2 v^\top M \, δ v",
        r"δ (v^\top M v) = δ M \, v",
        r"δ h = K \, δ v",
        r"δ h = (1 - h^2) \odot (δ K \, v - K \, δ v)",
        r"δ E = h^\top δ h",
        r"δ E = (h - y)^\top δ h + (h - y)^\top δ y",
        r"δ s = c \, δ c",
    ],
)
def test_a_slip_in_a_differential_is_refuted(formula: str) -> None:
    assert judged(formula).word == "refuted"
    assert judged(formula, "d").word == "refuted"


def test_what_does_not_move_is_said() -> None:
    assert "M held fixed" in judged(r"δ q = v^\top (M + M^\top) \, δ v").message
    assert "held fixed" not in judged(r"δ q = v^\top (M + M^\top) \, δ v + v^\top δ M \, v").message


def test_a_differential_without_a_variable_is_not_understood() -> None:
    assert judged(r"δ (v^\top M v) = q").word == "not-understood"


@pytest.mark.parametrize("formula", [r"dK = h v^\top", r"dh = h - y", r"dE = 1"])
def test_a_name_that_begins_with_d_is_no_differential(formula: str) -> None:
    assert judged(formula).word == "assumed"


def test_a_declared_name_that_begins_with_d_is_no_differential() -> None:
    model = r"""
forward = ['h = K v', 'E = \frac{1}{2} \| h \|^2']
shapes = ['K \in \mathbb{R}^{m \times n}', 'v \in \mathbb{R}^{n}', 'h \in \mathbb{R}^{m}', 'E \in \mathbb{R}']
where = ['dK = \frac{\partial E}{\partial K}', 'dh = \frac{\partial E}{\partial h}']
"""
    assert words(model, r"dK = dh \, v^\top") == ["proved"]
    assert words(model, r"dK = v \, dh^\top") == ["refuted"]


LAYERS = r"""
name = "layers"
forward = ['a_1 = W_1 x', 'h_1 = \tanh(a_1)', 'a_2 = W_2 h_1', 'u = W_2 h_1', 'R = \frac{1}{2} \| x - u \|^2']
shapes = ['x \in \mathbb{R}^d', 'W_1 \in \mathbb{R}^{d \times d}', 'W_2 \in \mathbb{R}^{d \times d}',
  'a_1, a_2, h_1, u \in \mathbb{R}^d']
"""


@pytest.mark.parametrize(
    ("true", "false"),
    [(r"dR = (u - x)^\top du", r"dR = (x - u)^\top du"), (r"da_2 = W_2 \, dh_1", r"da_2 = W_2^\top dh_1")],
)
def test_d_before_names_is_a_differential_beside_a_size_d_and_what_stands_without_it_may_be_held_fixed(
    true: str, false: str
) -> None:
    for formula, word in ((true, "proved"), (false, "refuted")):
        (verdict,) = Judge.start(parse_model(LAYERS)).formula(formula)[0]
        assert verdict.word == word
