"""Numbers that are counted by examples are the entries of a vector, although examples count vectors too."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.judge_formula import Judge
from derive.models.model import parse_model

LOGISTIC = r"""
forward = [
  'a_n = w^\top \phi_n \quad (1 \le n \le N)', 'y_n = \sigma(a_n) \quad (1 \le n \le N)',
  'E = -\sum_{n=1}^{N} \left[ t_n \ln y_n + (1 - t_n) \ln(1 - y_n) \right]',
]
shapes = ['w, \phi_n \in \mathbb{R}^M', 't_n \in \mathbb{R}']
where = ['\Phi_{nj} = \phi_{nj}', 'r_n = y_n (1 - y_n)', 'g_n = (y_n - t_n) \phi_n']
[functions]
'\sigma' = "sigmoid"
"""

JUDGED = {
    r"\nabla_w E = \Phi^\top (y - t)": "proved",
    r"\nabla_w E = \Phi (y - t)": "refuted",
    r"\nabla_w E = \sum_{n=1}^{N} g_n": "proved",
    r"\nabla_w \nabla_w^\top E = \Phi^\top \operatorname{diag}(r) \Phi": "proved",
    r"\nabla_w \nabla_w^\top E = \Phi^\top \operatorname{diag}(y) \Phi": "refuted",
    r"\nabla_w \nabla_w^\top E = \sum_{n=1}^{N} r_n \phi_n \phi_n^\top": "proved",
    r"\|y - t\|^2 = \sum_{n=1}^{N} (y_n - t_n)^2": "proved",
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.items())
def test_outputs_and_targets_of_all_examples_are_vectors(formula: str, word: str) -> None:
    assert words(LOGISTIC, formula) == [word]


def test_the_gradient_of_a_row_has_the_variable_as_its_rows() -> None:
    text = r"""
forward = ['E = u^\top A v']
shapes = ['u \in \mathbb{R}^m', 'v \in \mathbb{R}^n', 'A \in \mathbb{R}^{m \times n}']
"""
    judge = Judge.start(parse_model(text))

    assert [link.word for link in judge.formula(r"\nabla_u \nabla_v^\top E = A")[0]] == ["proved"]
    assert [link.word for link in judge.formula(r"\nabla_v \nabla_u^\top E = A")[0]] == ["refuted"]
