"""Units that are counted from 0, first units that are set to a number, and forward passes without shapes."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.errors import ModelError
from derive.judge_formula import Judge
from derive.models.model import parse_model

FROM_ZERO = """
forward = [
  'y_{ij} = \\sum_{a=0}^{F-1} \\sum_{b=0}^{F-1} w_{ab} x_{i+a,j+b} + c \\quad (0 \\le i \\le H-1, 0 \\le j \\le B-1)',
  'L = \\frac{1}{2} \\sum_{i=0}^{H-1} \\sum_{j=0}^{B-1} (y_{ij} - t_{ij})^2',
]
shapes = [
  'x \\in \\mathbb{R}^{(H+F-1) \\times (B+F-1)}',
  'w \\in \\mathbb{R}^{F \\times F}', 'y, t \\in \\mathbb{R}^{H \\times B}',
  'c, L \\in \\mathbb{R}',
]
where = ['d_{ij} = \\frac{\\partial L}{\\partial y_{ij}}']
"""

FIRST_UNIT = """
forward = [
  'x_0 = 1',
  'a_j = \\sum_{i=0}^{D} w_{ji} x_i \\quad (1 \\le j \\le M)',
  'h_0 = 1',
  'h_j = \\tanh(a_j) \\quad (1 \\le j \\le M)',
  'y_k = \\sum_{j=0}^{M} v_{kj} h_j \\quad (1 \\le k \\le K)',
  'E = \\frac{1}{2} \\sum_{k=1}^{K} (y_k - t_k)^2 + \\frac{\\alpha}{2} \\sum_{j=1}^{M} \\sum_{i=1}^{D} w_{ji}^2',
]
"""
SHAPED = FIRST_UNIT + "shapes = ['x_i, w_{ji}, a_j, h_j, v_{kj}, y_k, t_k, E \\in \\mathbb{R}']\n"

CHAIN = """
forward = [
  'a_0 = x', 'z_l = w_l a_{l-1} + b_l \\quad (1 \\le l \\le L)', 'a_l = f(z_l) \\quad (1 \\le l \\le L)',
  'C = \\frac{1}{2} (a_L - y)^2',
]
[functions]
f = "any"
"""

EXAMPLES = """
forward = [
  'p_j^{(n)} = \\sum_{i=1}^{D} w_{ji} x_i^{(n)} + b_j \\quad (1 \\le j \\le M, 1 \\le n \\le N)',
  'E^{(n)} = \\frac{1}{2} \\sum_{j=1}^{M} (p_j^{(n)} - t_j^{(n)})^2',
  'E = \\sum_{n=1}^{N} E^{(n)}',
]
"""

SLOPE = r"(1 - h_j^2) \sum_{k=1}^{K} v_{kj} (y_k - t_k)"
BIASES = rf"\frac{{\partial E}}{{\partial w_{{j0}}}} = {SLOPE}"
WEIGHTS = rf"\frac{{\partial E}}{{\partial w_{{ji}}}} = x_i {SLOPE} + \alpha w_{{ji}}"
JUDGED = [
    (FROM_ZERO, r"\frac{\partial L}{\partial w_{ab}} = \sum_{i=0}^{H-1} \sum_{j=0}^{B-1} d_{ij} x_{i+a,j+b}", "proved"),
    (FROM_ZERO, r"\frac{\partial L}{\partial w_{00}} = \sum_{i=0}^{H-1} \sum_{j=0}^{B-1} d_{ij} x_{ij}", "proved"),
    (FROM_ZERO, r"\frac{\partial L}{\partial c} = \sum_{i,j} d_{ij}", "proved"),
    (FROM_ZERO, r"\frac{\partial L}{\partial w_{ab}} = \sum_{i,j} d_{ij} x_{i+b,j+a}", "refuted"),
    *[
        case
        for model in (FIRST_UNIT, SHAPED)
        for case in (
            (model, r"\frac{\partial E}{\partial v_{kj}} = (y_k - t_k) h_j", "proved"),
            (model, r"\frac{\partial E}{\partial v_{k0}} = y_k - t_k", "proved"),
            (model, BIASES, "proved"),
            (model, WEIGHTS, "refuted"),
            (model, WEIGHTS + r" \quad (i \ge 1)", "proved"),
        )
    ],
    (CHAIN, r"\frac{\partial C}{\partial w_l} = \frac{\partial C}{\partial z_l} a_{l-1}", "proved"),
    (CHAIN, r"\frac{\partial C}{\partial x} = w_1 \frac{\partial C}{\partial z_1}", "proved"),
    (CHAIN, r"\frac{\partial C}{\partial w_l} = \frac{\partial C}{\partial z_l} a_l", "refuted"),
    (EXAMPLES, r"\frac{\partial E}{\partial w_{ji}} = \sum_{n=1}^{N} (p_j^{(n)} - t_j^{(n)}) x_i^{(n)}", "proved"),
    (EXAMPLES, r"\nabla_b E = \sum_{n=1}^{N} (p^{(n)} - t^{(n)})", "proved"),
]


@pytest.mark.parametrize(("model", "formula", "word"), JUDGED)
def test_units_run_as_the_forward_pass_says(model: str, formula: str, word: str) -> None:
    assert words(model, formula) == [word]


def test_units_may_be_defined_one_by_one() -> None:
    text = "forward = ['z_1 = w x_1', 'z_2 = w x_2', 'E = z_1 z_2']\nshapes = ['z, x \\in \\mathbb{R}^2']"
    found, _ = Judge.start(parse_model(text)).formula(r"\frac{\partial E}{\partial w} = x_1 z_2 + x_2 z_1")

    assert [link.word for link in found] == ["proved"]


def test_a_unit_is_not_defined_twice() -> None:
    text = "forward = ['z_1 = w x_1', 'z_1 = w x_2', 'E = z_1 z_2']\nshapes = ['z, x \\in \\mathbb{R}^2']"

    with pytest.raises(ModelError, match="defined twice"):
        parse_model(text)
