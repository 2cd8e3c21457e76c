"""Activations that a line defines at once, h_t = tanh(W h_{t-1} + U x_t), beside the same written out."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.judge_formula import Judge
from derive.lecture.stated import load_model

STEPS = r"""
forward = [
  'h_0 = 0', 'h_t = \tanh(W h_{t-1} + U x_t) \quad (1 \le t \le T)',
  'b_t = \tanh(B b_{t+1} + V x_t) \quad (1 \le t \le T)',
  'E = \frac{1}{2} \sum_{t=1}^{T} \| h_t + b_t - d_t \|^2',
]
shapes = [
  'x_t \in \mathbb{R}^m', 'h_t, b_t, d_t \in \mathbb{R}^n',
  'W, B \in \mathbb{R}^{n \times n}', 'U, V \in \mathbb{R}^{n \times m}',
]
"""

JUDGED = {
    r"\nabla_W E = \sum_{t=1}^{T} ((1 - h_t^2) \odot \nabla_{h_t} E) h_{t-1}^\top": "proved",
    r"\nabla_U E = \sum_{t=1}^{T} ((1 - h_t^2) \odot \nabla_{h_t} E) x_t^\top": "proved",
    r"\nabla_W E = \sum_{t=1}^{T} ((1 - h_t^2) \odot \nabla_{h_t} E) h_t^\top": "refuted",
    r"\nabla_W E = \sum_{t=1}^{T} ((1 - h_{t-1}^2) \odot \nabla_{h_t} E) h_{t-1}^\top": "refuted",
    r"\nabla_B E = \sum_{t=1}^{T} ((1 - b_t^2) \odot \nabla_{b_t} E) b_{t+1}^\top": "proved",
    r"\nabla_B E = \sum_{t=2}^{T} ((1 - b_t^2) \odot \nabla_{b_t} E) b_{t-1}^\top": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.items())
def test_sums_over_steps_without_names_for_pre_activations(formula: str, word: str) -> None:
    assert words(STEPS, formula) == [word]


ROOTS = {
    r"\frac{\partial L}{\partial \mu_i} = -\frac{1}{s_i d} \frac{\partial L}{\partial s_i}"
    r" \sum_{j=1}^{d} (X_{ij} - \mu_i) - \frac{1}{s_i} \sum_{j=1}^{d} e_{ij}": "proved",
    r"\frac{\partial L}{\partial X_{ij}} = \frac{e_{ij}}{s_i} + \frac{1}{d} \frac{\partial L}{\partial \mu_i}"
    r" + \frac{\partial L}{\partial Y_{ij}}"
    r" + \frac{1}{s_i d} \frac{\partial L}{\partial s_i} (X_{ij} - \mu_i)": "proved",
    r"\frac{\partial L}{\partial X_{ij}} = \frac{e_{ij}}{s_i} + \frac{1}{d} \frac{\partial L}{\partial \mu_i}"
    r" + \frac{\partial L}{\partial Y_{ij}} + \frac{1}{d} \frac{\partial L}{\partial s_i} (X_{ij} - \mu_i)": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), ROOTS.items())
def test_a_root_is_written_out_beside_its_name_where_the_search_upwards_is_too_long(formula: str, word: str) -> None:
    """∂L/∂s_i stays as it is: written out up to the loss of a transformer block, it would use up all steps."""
    found, _ = Judge.start(load_model("transformer-block")).formula(formula)

    assert [link.word for link in found] == [word]
