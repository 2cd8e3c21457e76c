"""Powers of matrices with an exponent that counts steps: W^{t-k}, (W^T)^{T-t}, and T as a number of steps."""

from __future__ import annotations

import pytest
from verdicts import findings, words

LINEAR = r"""
name = "linear recurrence"
forward = [
  'h_t = W h_{t-1} \quad (1 \le t \le T)',
  'L = \frac{1}{2} \|h_T - y\|^2',
]
shapes = ['h_t, y \in \mathbb{R}^{n}', 'W \in \mathbb{R}^{n \times n}']
"""

TRUE = [
    r"h_t = W^t h_0",
    r"\frac{\partial h_t}{\partial h_k} = W^{t-k}",
    r"\frac{\partial h_T}{\partial h_t} = W^{T-t}",
    r"\nabla_{h_t} L = (W^\top)^{T-t} (h_T - y)",
    r"\nabla_{h_t} L = (W^{T-t})^\top (h_T - y)",
    r"\nabla_{h_t} L = (W^T)^{T-t} \nabla_{h_T} L",
    r"W^T h_0 = h_T",
]


@pytest.mark.parametrize("formula", TRUE)
def test_powers_that_count_steps_are_proved(formula: str) -> None:
    assert words(LINEAR, formula) == ["proved"]


SLIPS = [
    r"h_t = W^{t-1} h_0",
    r"\frac{\partial h_t}{\partial h_k} = W^{t-k+1}",
    r"\frac{\partial h_t}{\partial h_k} = -W^{t-k}",
    r"\nabla_{h_t} L = W^{T-t} (h_T - y)",
    r"\nabla_{h_t} L = (W^\top)^{T-t-1} (h_T - y)",
    r"\nabla_{h_t} L = (W^\top)^{T-t} (y - h_T)",
    r"\nabla_{h_{t-1}} L = W \nabla_{h_t} L",
]


@pytest.mark.parametrize("formula", SLIPS)
def test_slips_in_powers_are_refuted(formula: str) -> None:
    assert words(LINEAR, formula) == ["refuted"]


def test_a_transpose_needs_no_second_reading() -> None:
    found = findings(LINEAR, r"\nabla_{h_{t-1}} L = W^T \nabla_{h_t} L")

    assert [(one.word, one.assumptions) for one in found] == [("proved", ())]


@pytest.mark.parametrize("inverse", [r"W^{-1}", r"W^{-T}", r"(W^\top W)^{-1}", r"W^{-\top}"])
def test_an_inverse_is_named_as_what_is_not_understood(inverse: str) -> None:
    found = findings(LINEAR, rf"h_{{t-1}} = {inverse} h_t")

    assert [one.word for one in found] == ["not-understood"]
    assert "inverse of a matrix" in found[0].message
