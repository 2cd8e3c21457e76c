"""Indices that run over a part of a slot: sizes are at least 1, so that B is at most B + F - 1."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.algebra.index import Range, lin, size, upto
from derive.typing.constraints import meet

WINDOWS = """
forward = [
  'y_i = \\sum_{a=1}^{F} w_a x_{i+a-1} + c \\quad (1 \\le i \\le B)',
  'L = \\frac{1}{2} \\sum_{i=1}^{B} (y_i - t_i)^2',
]
shapes = ['x \\in \\mathbb{R}^{B+F-1}', 'w \\in \\mathbb{R}^{F}', 'y, t \\in \\mathbb{R}^{B}', 'c, L \\in \\mathbb{R}']
where = ['d_i = \\frac{\\partial L}{\\partial y_i}']
"""

JUDGED = {
    r"\frac{\partial L}{\partial w_1} = \sum_{i=1}^{B} d_i x_i": "proved",
    r"\frac{\partial L}{\partial w_1} = \sum_i d_i x_i": "proved",
    r"\frac{\partial L}{\partial w_2} = \sum_{i=1}^{B} d_i x_{i+1}": "proved",
    r"\frac{\partial L}{\partial w_F} = \sum_{i=1}^{B} d_i x_{i+F-1}": "proved",
    r"\frac{\partial L}{\partial w_2} = \sum_{i=1}^{B} d_i x_i": "refuted",
    r"x_i d_i = d_i x_i": "proved",
    r"\frac{\partial L}{\partial x_i} = d_i w_1": "refuted",
    r"\frac{\partial L}{\partial c} = \sum_{i=1}^{B} d_i w_i": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.items())
def test_an_index_may_run_over_a_part_of_a_slot(formula: str, word: str) -> None:
    assert words(WINDOWS, formula) == [word]


def test_ranges_meet_where_it_can_be_told_which_is_tighter() -> None:
    b, f = size("B"), size("F")

    assert meet(upto(b), upto(b + f - 1)) == upto(b)
    assert meet(Range(lin(0), b), upto(b + f)) == upto(b)
    assert meet(upto(b), upto(f)) is None
