"""Equations to be solved: what follows from them is assumed, what solves them is proved of them, and nothing else."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.model import parse_model

RIDGE = r"""
name = "ridge"
forward = [
  'E = \frac{1}{m} \| A v - t \|^2 + \lambda \| v \|^2',
  'F = \sum_{i=1}^{m} (t_i - c)^2',
  'G = \frac{1}{2} \sum_{i=1}^{m} (t_i - \theta s_i)^2',
]
shapes = [
  'A \in \mathbb{R}^{m \times n}', 'v \in \mathbb{R}^n', 't, s \in \mathbb{R}^m',
  '\lambda, c, \theta, u \in \mathbb{R}',
]
"""
GRADIENT = r"\nabla_v E = \frac{2}{m} A^\top (A v - t) + 2 \lambda v = 0"
MEAN = r"\frac{\partial F}{\partial c} = 0"
SLOPE = r"0 = \sum_i s_i (t_i - \theta s_i)"


def after(condition: str, formula: str) -> LinkVerdict:
    """Return the verdict on a formula behind an equation, as the next display and behind a sign of implication."""
    judge = Judge.start(parse_model(RIDGE))
    following = judge.formula(condition)[1]
    (alone,) = following.formula(formula)[0]
    joined = judge.formula(rf"{condition} \implies {formula}")[0][-1]
    assert (alone.word, alone.assumptions) == (joined.word, joined.assumptions)
    return alone


@pytest.mark.parametrize("equation", [GRADIENT, MEAN, SLOPE, r"\nabla_v E = 0", r"2 A^\top (A v - t) = \mathbf{0}"])
def test_an_equation_to_be_solved_is_assumed(equation: str) -> None:
    assert Judge.start(parse_model(RIDGE)).formula(equation)[0][-1].word == "assumed"


@pytest.mark.parametrize(
    ("condition", "formula"),
    [
        (GRADIENT, r"A^\top A v + m \lambda v = A^\top t"),
        (GRADIENT, r"A^\top t = (A^\top A + m \lambda I) v"),
        (r"\nabla_v E = 0", r"A^\top (A v - t) = - m \lambda v"),
        (MEAN, r"m c = \sum_{i=1}^{m} t_i"),
    ],
)
def test_a_rearrangement_is_assumed_and_says_of_what(condition: str, formula: str) -> None:
    verdict = after(condition, formula)

    assert verdict.word == "assumed"
    assert "follows from the equation to be solved" in verdict.message
    assert condition.rpartition("= 0")[0][-8:] in verdict.message


@pytest.mark.parametrize(
    ("condition", "formula", "invertible"),
    [
        (GRADIENT, r"v = (A^\top A + m \lambda I)^{-1} A^\top t", True),
        (MEAN, r"c = \frac{1}{m} \sum_{i=1}^{m} t_i", False),
        (SLOPE, r"\theta = \frac{\sum_i s_i t_i}{\sum_i s_i^2}", False),
    ],
)
def test_a_solution_is_proved_of_the_equation(condition: str, formula: str, invertible: bool) -> None:
    verdict = after(condition, formula)

    assert verdict.word == "proved"
    assert verdict.assumptions[0].startswith("as a solution of ")
    assert any("is invertible" in text for text in verdict.assumptions) == invertible


@pytest.mark.parametrize(
    ("condition", "formula"),
    [
        (GRADIENT, r"A^\top A v = A^\top t"),
        (GRADIENT, r"A^\top A v - m \lambda v = A^\top t"),
        (GRADIENT, r"v = A^\top t"),
        (GRADIENT, r"v = (A^\top A + \lambda I)^{-1} A^\top t"),
        (MEAN, r"c = \sum_{i=1}^{m} t_i"),
        (MEAN, r"m u = \sum_{i=1}^{m} t_i"),
        (SLOPE, r"\theta = \frac{\sum_i s_i t_i}{\sum_i t_i^2}"),
    ],
)
def test_what_does_not_follow_is_neither_proved_nor_assumed(condition: str, formula: str) -> None:
    assert after(condition, formula).word in {"refuted", "undecided"}


def test_without_an_equation_nothing_follows() -> None:
    judge = Judge.start(parse_model(RIDGE))

    assert judge.formula(r"m c = \sum_{i=1}^{m} t_i")[0][0].word == "refuted"
    assert judge.formula(r"v = (A^\top A + m \lambda I)^{-1} A^\top t")[0][0].word == "not-understood"


@pytest.mark.parametrize(("formula", "word"), [(r"\frac{\partial F}{\partial u} = 0", "proved"), (MEAN, "assumed")])
def test_a_derivative_without_a_path_is_proved_to_be_zero(formula: str, word: str) -> None:
    assert Judge.start(parse_model(RIDGE)).formula(formula)[0][0].word == word


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial^2 F}{\partial c^2} = 0", "refuted"),
        (r"\frac{\partial^2 G}{\partial \theta \partial c} = 0", "proved"),
        (r"\frac{\partial^2 G}{\partial \theta \partial s_i} = 0", "refuted"),
        (r"\nabla_v^2 E = 0", "refuted"),
    ],
)
def test_that_a_second_derivative_is_zero_is_a_claim(formula: str, word: str) -> None:
    assert Judge.start(parse_model(RIDGE)).formula(formula)[0][0].word == word


LIKELIHOODS = r"""
name = "likelihoods"
forward = [
  '\ell = \sum_{n=1}^{N} \left( y_n \log p + (1 - y_n) \log (1 - p) \right)',
  'E = \sum_{n=1}^{N} \sum_{j=1}^{d} \left( \frac{(x_{nj} - m_j)^2}{s_j} + \log s_j \right)',
  'q_n = \sigma(w u_n)', 'G = -\sum_{n=1}^{N} \left( y_n \log q_n + (1 - y_n) \log (1 - q_n) \right)',
]
shapes = ['y, u \in \mathbb{R}^N', 'p, w, r \in \mathbb{R}', 'x \in \mathbb{R}^{N \times d}', 'm, s \in \mathbb{R}^d']
functions = {'\sigma' = "sigmoid"}
"""
COIN, VARIANCE = r"\frac{\partial \ell}{\partial p} = 0", r"\frac{\partial E}{\partial s_j} = 0"


@pytest.mark.parametrize(
    ("condition", "formula", "word"),
    [
        (COIN, r"(1 - p) \sum_{n=1}^{N} y_n = p \sum_{n=1}^{N} (1 - y_n)", "assumed"),
        (COIN, r"(1 - p) \sum_{n=1}^{N} y_n = p \sum_{n=1}^{N} (2 - y_n)", "refuted"),
        (COIN, r"(1 + p) \sum_{n=1}^{N} y_n = p \sum_{n=1}^{N} (1 - y_n)", "refuted"),
        (COIN, r"N p = \sum_{n=1}^{N} y_n", "assumed"),
        (COIN, r"\frac{p}{1 - p} = \frac{\sum_{n=1}^{N} y_n}{\sum_{n=1}^{N} (1 - y_n)}", "assumed"),
        (COIN, r"\frac{p}{1 - p} = \frac{\sum_{n=1}^{N} (1 - y_n)}{\sum_{n=1}^{N} y_n}", "refuted"),
        (VARIANCE, r"N s_j = \sum_{n=1}^{N} (x_{nj} - m_j)^2", "assumed"),
        (VARIANCE, r"\frac{1}{s_j} \sum_{n=1}^{N} (x_{nj} - m_j)^2 = N", "assumed"),
        (VARIANCE, r"N s_j^2 = \sum_{n=1}^{N} (x_{nj} - m_j)^2", "refuted"),
        (VARIANCE, r"s_j = \sum_{n=1}^{N} (x_{nj} - m_j)^2", "refuted"),
        (r"\frac{\partial G}{\partial w} = 0", r"\sum_{n=1}^{N} u_n q_n = \sum_{n=1}^{N} u_n y_n", "assumed"),
        (r"\frac{\partial G}{\partial w} = 0", r"\sum_{n=1}^{N} q_n = \sum_{n=1}^{N} y_n", "refuted"),
        (r"p r = 0", r"2 w = w", "refuted"),  # w/(p r) divides by what is 0
    ],
)
def test_an_equation_may_be_multiplied_by_what_it_divides_by(condition: str, formula: str, word: str) -> None:
    judge = Judge.start(parse_model(LIKELIHOODS))

    assert judge.formula(rf"{condition} \iff {formula}")[0][-1].word == word
