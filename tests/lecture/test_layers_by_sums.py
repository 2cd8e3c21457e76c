"""Layers that a text states entry by entry: a sum that ends at n_{l-1} says how long the layer below is."""

from __future__ import annotations

import pytest
from verdicts import last

PLAIN = r"""For $l = 1, \dots, L$ the net computes
$$s^l_j = \sum_{k=1}^{m_{l-1}} u^l_{jk} h^{l-1}_k + c^l_j, \qquad h^l_j = \sigma(s^l_j),$$
with the logistic function $\sigma$ and $h^0_k = x_k$,
and its cost is $$K = \frac12 \sum_{j=1}^{m_L} (h^L_j - t_j)^2 .$$"""
BRACKETS = PLAIN.replace("^{l-1}_k", "^{(l-1)}_k").replace("^l_", "^{(l)}_").replace("^L_", "^{(L)}_")
BRACKETS = BRACKETS.replace("^0_k", "^{(0)}_k")
TRUE = [
    r"\frac{\partial K}{\partial s^L_j} = (h^L_j - t_j) h^L_j (1 - h^L_j)",
    r"\frac{\partial K}{\partial h^{l-1}_k} = \sum_{j=1}^{m_l} u^l_{jk} \frac{\partial K}{\partial s^l_j}",
    r"\frac{\partial K}{\partial u^l_{jk}} = h^{l-1}_k \frac{\partial K}{\partial s^l_j}",
]
FALSE = [
    r"\frac{\partial K}{\partial s^L_j} = (t_j - h^L_j) h^L_j (1 - h^L_j)",
    r"\frac{\partial K}{\partial h^{l-1}_k} = \sum_{j=1}^{m_l} u^l_{kj} \frac{\partial K}{\partial s^l_j}",
    r"\frac{\partial K}{\partial h^{l-1}_k} = \sum_{j=1}^{m_{l-1}} u^l_{jk} \frac{\partial K}{\partial s^l_j}",
    r"\frac{\partial K}{\partial u^l_{jk}} = h^{l}_k \frac{\partial K}{\partial s^l_j}",
]


@pytest.mark.parametrize("latex", TRUE)
def test_what_follows_is_proved(latex: str) -> None:
    assert last(f"{PLAIN} $${latex}$$") == "proved"


@pytest.mark.parametrize("latex", FALSE)
def test_slips_are_refuted(latex: str) -> None:
    assert last(f"{PLAIN} $${latex}$$") == "refuted"


def test_layers_may_stand_in_brackets() -> None:
    right = r"\frac{\partial K}{\partial s^{(L)}_j} = (h^{(L)}_j - t_j) h^{(L)}_j (1 - h^{(L)}_j)"

    assert last(f"{BRACKETS} $${right}$$") == "proved"
    assert last(f"{BRACKETS} $${right.replace('1 -', '1 +')}$$") == "refuted"


def test_a_letter_below_a_size_that_counts_nothing_is_part_of_its_name() -> None:
    text = r"Let $r = \sum_{k=1}^{m_x} w_k x_k$ and $E = \frac12 (r - t)^2$."

    assert last(rf"{text} $$\frac{{\partial E}}{{\partial w_k}} = (r - t) x_k$$") == "proved"
    assert last(rf"{text} $$\frac{{\partial E}}{{\partial w_k}} = (r - t) w_k$$") == "refuted"
