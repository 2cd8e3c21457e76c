"""Products over all layers of a chain with one unit a layer, proved by induction; sums over shifted ranges."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

CHAIN = r"""
name = "chain"
forward = ['a_0 = x', 'z_l = w_l a_{l-1} + b_l \quad (1 \le l \le L)', 'a_l = f(z_l) \quad (1 \le l \le L)',
  'C = \ell(a_L)', 's_0 = x', 's_l = w_l s_{l-1} \quad (1 \le l \le L)']
shapes = ['x, C \in \mathbb{R}', 'a_l, z_l, w_l, b_l, s_l \in \mathbb{R}']
[functions]
f = "any"
'\ell' = "any scalar"
"""
TRUE = [
    r"\frac{\partial C}{\partial b_1} = f'(z_1) \prod_{l=2}^{L} w_l f'(z_l) \cdot \frac{\partial C}{\partial a_L}",
    r"\frac{\partial C}{\partial b_k} = f'(z_k) \prod_{l=k+1}^{L} w_l f'(z_l) \cdot \frac{\partial C}{\partial a_L}",
    r"\frac{\partial a_L}{\partial a_k} = \prod_{l=k+1}^{L} w_l f'(z_l)",
    r"\frac{\partial z_L}{\partial z_k} = \prod_{l=k}^{L-1} w_{l+1} f'(z_l)",
    r"\frac{\partial a_m}{\partial x} = \prod_{l=1}^{m} w_l f'(z_l)",
    r"s_L = x \prod_{l=1}^{L} w_l",
    r"s_m = x \prod_{l=1}^{m} w_l",
    r"x \prod_{l=1}^{k} w_l = s_k",
    r"\frac{\partial C}{\partial w_k} = a_{k-1} f'(z_k) \left( \prod_{l=k+1}^{L} w_l f'(z_l) \right)"
    r" \frac{\partial C}{\partial a_L}",
]
FALSE = [
    r"\frac{\partial C}{\partial b_1} = f'(z_1) \prod_{l=2}^{L} w_l f'(z_{l-1}) \cdot \frac{\partial C}{\partial a_L}",
    r"\frac{\partial C}{\partial b_1} = \prod_{l=2}^{L} w_l f'(z_l) \cdot \frac{\partial C}{\partial a_L}",
    r"\frac{\partial C}{\partial b_k} = f'(z_k) \prod_{l=k}^{L} w_l f'(z_l) \cdot \frac{\partial C}{\partial a_L}",
    r"\frac{\partial a_L}{\partial a_k} = \prod_{l=k+1}^{L-1} w_l f'(z_l)",
    r"\frac{\partial z_L}{\partial z_k} = \prod_{l=k}^{L-1} w_l f'(z_l)",
    r"\frac{\partial a_m}{\partial x} = \prod_{l=1}^{L} w_l f'(z_l)",
    r"s_L = x \prod_{l=2}^{L} w_l",
    r"s_L = s_k \prod_{l=k}^{L} w_l",
    r"s_L = \prod_{l=1}^{L} w_l",
]


def words(model: str, formula: str) -> list[str]:
    found, _ = Judge.start(parse_model(model)).formula(formula)
    return [verdict.word for verdict in found]


@pytest.mark.parametrize("formula", TRUE)
def test_a_product_over_all_layers_is_proved(formula: str) -> None:
    assert words(CHAIN, formula) == ["proved"]


@pytest.mark.parametrize("formula", FALSE)
def test_a_slip_in_a_product_over_all_layers_is_refuted(formula: str) -> None:
    assert words(CHAIN, formula) == ["refuted"]


SHIFTED = r"""
name = "steps"
forward = ['x_0 = q', 's_t = a x_t \quad (0 \le t \le T-1)', 'x_{t+1} = x_t + h\, \phi(s_t) \quad (0 \le t \le T-1)',
  'J = \frac{1}{2} \sum_{t=1}^{T} (x_t - y_t)^2']
shapes = ['x_t, y_t, s_t, q, a, h, J \in \mathbb{R}']
[functions]
'\phi' = "any"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{dJ}{dh} = \sum_{t=0}^{T-1} \frac{\partial J}{\partial x_{t+1}} \phi(s_t)", "proved"),
        (r"\frac{dJ}{dh} = \sum_{t=1}^{T} \frac{\partial J}{\partial x_{t}} \phi(s_{t-1})", "proved"),
        (r"\frac{dJ}{dh} = \sum_{t=1}^{T-1} \frac{\partial J}{\partial x_{t}} \phi(s_{t-1})", "refuted"),
        (r"\frac{dJ}{dh} = \sum_{t=0}^{T-1} \frac{\partial J}{\partial x_{t}} \phi(s_{t})", "refuted"),
    ],
)
def test_sums_over_shifted_ranges_are_compared(formula: str, word: str) -> None:
    assert words(SHIFTED, formula) == [word]


SMALL = r"""
name = "small"
forward = ['z_j = \sum_{i=1}^{2} w_{ij} x_i \quad (1 \le j \le 2)', 's = v_1 z_1 + v_2 z_2', 'E = (y - s)^2']
shapes = ['x \in \mathbb{R}^2', 'w \in \mathbb{R}^{2 \times 2}', 'z, v \in \mathbb{R}^2',
  's, y, E, \eta \in \mathbb{R}']
where = ['d_j = \frac{\partial E}{\partial z_j}']
"""


def test_a_step_along_a_gradient_named_before_is_the_step_along_the_gradient() -> None:
    start = Judge.start(parse_model(SMALL))
    _, known = start.formula(r"w_{ij}^{\text{new}} = w_{ij} - \eta\, d_j x_i")
    true, _ = known.formula(r"w_{ij}^{\text{new}} = w_{ij} - \eta \frac{\partial E}{\partial w_{ij}}")
    false, _ = known.formula(r"w_{ij}^{\text{new}} = w_{ij} - \eta \frac{\partial E}{\partial w_{ji}}")

    assert [verdict.word for verdict in true] == ["proved"]
    assert [verdict.word for verdict in false] == ["refuted"]


LOGISTIC = r"""
name = "logistic"
forward = ['z_i = \sum_{j=1}^{d} x_{ij} w_j', 'p_i = \sigma(z_i)', 'E = \sum_{i=1}^{m} p_i']
shapes = ['x \in \mathbb{R}^{m \times d}', 'w \in \mathbb{R}^d', 'p, z \in \mathbb{R}^m']
[functions]
'\sigma' = "sigmoid"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\log \frac{p_i}{1 - p_i} = \sum_{j=1}^{d} x_{ij} w_j", "proved"),
        (r"\log \frac{1 - p_i}{p_i} = -z_i", "proved"),
        (r"\left(\frac{p_i}{1 - p_i}\right)^3 = e^{3 z_i}", "proved"),
        (r"\log \frac{p_i}{1 - p_i} = -z_i", "refuted"),
        (r"\left(\frac{p_i}{p_i - 1}\right)^3 = e^{3 z_i}", "refuted"),
    ],
)
def test_log_odds(formula: str, word: str) -> None:
    assert words(LOGISTIC, formula) == [word]


RECURRENT = r"""
name = "recurrent"
forward = ['h_0 = q', 'a_t = W h_{t-1} + U x_t \quad (1 \le t \le T)', 'h_t = \tanh(a_t) \quad (1 \le t \le T)',
  'E = \frac{1}{2} \| h_T - y \|^2']
shapes = ['h_t, a_t, q, y \in \mathbb{R}^n', 'x_t \in \mathbb{R}^d', 'W \in \mathbb{R}^{n \times n}',
  'U \in \mathbb{R}^{n \times d}', 'E \in \mathbb{R}']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial h_T}{\partial h_k} = \prod_{t=T}^{k+1} \operatorname{diag}(1 - h_t^2) W", "proved"),
        (r"\frac{\partial h_T}{\partial h_k} = \prod_{r=k+1}^{T} \operatorname{diag}(1 - h_{T+k+1-r}^2) W", "proved"),
        (
            r"\nabla_{h_k} E = \left( \prod_{t=k+1}^{T} W^\top \operatorname{diag}(1 - h_t^2) \right) (h_T - y)",
            "proved",
        ),
        (r"\frac{\partial h_T}{\partial h_k} = \prod_{r=k}^{T} \operatorname{diag}(1 - h_{T+k-r}^2) W", "refuted"),
        (r"\frac{\partial h_T}{\partial h_k} = \prod_{t=T}^{k+1} \operatorname{diag}(1 - h_{t-1}^2) W", "refuted"),
        (r"\frac{\partial h_T}{\partial h_k} = \prod_{t=T}^{k+1} \operatorname{diag}(1 + h_t^2) W", "refuted"),
    ],
)
def test_a_product_of_jacobians_may_count_down(formula: str, word: str) -> None:
    assert words(RECURRENT, formula) == [word]
