"""Activations that a line defines at once, h_t = tanh(W h_{t-1} + U x_t), beside the same written out."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

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
    found, _ = Judge.start(parse_model(STEPS)).formula(formula)

    assert [link.word for link in found] == [word]
