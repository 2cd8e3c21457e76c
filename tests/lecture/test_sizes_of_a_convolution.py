"""A sequence with weights that move along it: sizes that a text says by others, M = N - K + 1."""

from __future__ import annotations

import pytest
from verdicts import last

TEXT = r"""A signal $s_1, \dots, s_P$ meets $Q$ weights $w_1, \dots, w_Q$. There are $R = P - Q + 1$ outputs,
$$ v_i = \sum_{k=1}^{Q} w_k s_{i+k-1} + c, \qquad i = 1, \dots, R. $$
Let $F$ be a loss of the outputs $v$."""


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial F}{\partial w_k} = \sum_{i=1}^{R} \frac{\partial F}{\partial v_i} s_{i+k-1}",
        r"\frac{\partial F}{\partial c} = \sum_{i=1}^{R} \frac{\partial F}{\partial v_i}",
        r"\frac{\partial F}{\partial c} = \sum_{i=1}^{P-Q+1} \frac{\partial F}{\partial v_i}",
    ],
)
def test_each_weight_meets_each_output(latex: str) -> None:
    assert last(f"{TEXT} $${latex}$$") == "proved"


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{\partial F}{\partial w_k} = \sum_{i=1}^{R} \frac{\partial F}{\partial v_i} s_{i+k}",
        r"\frac{\partial F}{\partial w_k} = \sum_{i=1}^{Q} \frac{\partial F}{\partial v_i} s_{i+k-1}",
        r"\frac{\partial F}{\partial c} = 2 \sum_{i=1}^{R} \frac{\partial F}{\partial v_i}",
    ],
)
def test_slips_are_refuted(latex: str) -> None:
    assert last(f"{TEXT} $${latex}$$") == "refuted"


def test_a_size_that_the_text_says_is_no_other_one() -> None:
    assert (
        last(rf"{TEXT} $$\frac{{\partial F}}{{\partial c}} = \sum_{{i=1}}^{{P}} \frac{{\partial F}}{{\partial v_i}}$$")
        != "proved"
    )
