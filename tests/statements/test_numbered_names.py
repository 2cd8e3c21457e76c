"""Numbered names at a letter: f_k is f_0, f_1, … wherever all names of the formula exist."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

CHAIN = r"""
name = "chain"
forward = [
  'f_0 = \beta_0 + \omega_0 x', 'h_1 = \sin[f_0]', 'f_1 = \beta_1 + \omega_1 h_1', 'h_2 = \exp[f_1]',
  'f_2 = \beta_2 + \omega_2 h_2', 'E = (f_2 - y)^2',
]
shapes = ['x, y, E \in \mathbb{R}']
"""
MATRICES = r"""
name = "matrices"
forward = [
  'z = W^{(1)} x', 'h = \phi(z)', 'o = W^{(2)} h', 'L = l(o)',
  's = \frac{\lambda}{2} (\|W^{(1)}\|_F^2 + \|W^{(2)}\|_F^2)', 'J = L + s',
]
shapes = [
  'x \in \mathbb{R}^{d}', 'W^{(1)} \in \mathbb{R}^{p \times d}', 'W^{(2)} \in \mathbb{R}^{q \times p}',
  'z, h \in \mathbb{R}^{p}', 'o \in \mathbb{R}^{q}', 'L, s, J, \lambda \in \mathbb{R}',
]
[functions]
'\phi' = "any"
l = "any scalar"
"""


def verdict(text: str, formula: str) -> list[str]:
    links, _ = Judge.start(parse_model(text)).formula(formula)
    return [link.word for link in links]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (
            r"\partial_{\beta_k} E = \partial_{\beta_k} f_k \cdot \partial_{f_k} E",
            "proved",
        ),
        (r"\frac{\partial f_k}{\partial \omega_k} = h_k", "proved"),
        (r"\frac{\partial f_k}{\partial \omega_k} = h_{k+1}", "refuted"),
        (r"\frac{\partial E}{\partial h_k} = \omega_k \frac{\partial E}{\partial f_k}", "proved"),
        (r"\frac{\partial E}{\partial h_k} = \omega_{k-1} \frac{\partial E}{\partial f_k}", "refuted"),
        (
            r"\partial_{f_{k-1}} E = \partial_{f_{k-1}} h_k \cdot \partial_{h_k} f_k \cdot \partial_{f_k} E",
            "proved",
        ),
        (r"f_k = \beta_k + \omega_k h_k", "proved"),
        (r"f_k = \beta_k - \omega_k h_k", "refuted"),
        (r"\frac{\partial f_k}{\partial h_k} = \omega_k \quad k \in \{1, 2\}", "proved"),
        (r"\frac{\partial E}{\partial \beta_k} = 2 (f_k - y) \quad (k = 2)", "proved"),
        (r"\frac{\partial E}{\partial \beta_k} = 2 (f_k - y)", "refuted"),
        (r"\frac{\partial f_k}{\partial \omega_k} = k h_k", "not-understood"),
        (r"\frac{\partial f_k}{\partial \omega_k} = h_j", "not-understood"),
    ],
)
def test_numbered_scalars(formula: str, word: str) -> None:
    assert verdict(CHAIN, formula) == [word]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial J}{\partial W^{(l)}} = \frac{\partial L}{\partial W^{(l)}} + \lambda W^{(l)}", "proved"),
        (r"\frac{\partial J}{\partial W^{(l)}} = \frac{\partial L}{\partial W^{(l)}} + \lambda", "refuted"),
        (
            r"\partial_{W^{(l)}_{ij}} J = \partial_{W^{(l)}_{ij}} L + \lambda W^{(l)}_{ij}",
            "proved",
        ),
        (
            r"\partial_{W^{(l)}_{ij}} J = \partial_{W^{(l)}_{ij}} L + \lambda W^{(l)}_{ji}",
            "refuted",
        ),
    ],
)
def test_numbered_matrices(formula: str, word: str) -> None:
    assert verdict(MATRICES, formula) == [word]
