"""Lists of arrays: blocks side by side, gradients by several variables at once, columns of a matrix."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, words

RECURRENT = r"""
name = "recurrent"
forward = [
  'h_0 = c',
  'a_t = U h_{t-1} + V x_t + b \quad (1 \le t \le T)',
  'h_t = \tanh(a_t) \quad (1 \le t \le T)',
  'E = \frac{1}{2} \|h_T - y\|^2',
]
shapes = [
  'h_t, a_t, b, c, y \in \mathbb{R}^{n}', 'x_t \in \mathbb{R}^{d}', 'U \in \mathbb{R}^{n \times n}',
  'V \in \mathbb{R}^{n \times d}',
]
"""


@pytest.mark.parametrize(
    "product",
    [
        r"[U, V] [h_{t-1}; x_t] + b",
        r"[U \; V] [h_{t-1}, x_t] + b",
        r"[U \mid V] \begin{bmatrix} h_{t-1} \\ x_t \end{bmatrix} + b",
        r"\begin{bmatrix} U & V \end{bmatrix} \begin{bmatrix} h_{t-1} \\ x_t \end{bmatrix} + b",
        r"\begin{pmatrix} U & V & b \end{pmatrix} \begin{pmatrix} h_{t-1} \\ x_t \\ 1 \end{pmatrix}",
    ],
)
def test_blocks_are_multiplied_one_by_one(product: str) -> None:
    assert words(RECURRENT, f"a_t = {product}") == ["proved"]


@pytest.mark.parametrize(
    "product",
    [
        r"[V, U] [h_{t-1}; x_t] + b",
        r"[U, -V] [h_{t-1}; x_t] + b",
        r"\begin{bmatrix} U & V \end{bmatrix} \begin{bmatrix} h_{t} \\ x_t \end{bmatrix} + b",
    ],
)
def test_slips_in_blocks_are_refuted(product: str) -> None:
    assert words(RECURRENT, f"a_t = {product}") == ["refuted"]


def test_blocks_without_a_partner_are_not_understood() -> None:
    assert words(RECURRENT, r"a_t = U [h_{t-1}; x_t] + b") == ["not-understood"]


DELTA = r"\delta^{l} = \nabla_{z^{l}} C"


@pytest.mark.parametrize(
    "left",
    [
        r"\nabla_{W^{l}, b^{l}} C",
        r"\nabla_{(W^{l}, b^{l})} C",
        r"\frac{\partial C}{\partial (W^{l}, b^{l})}",
        r"\left(\frac{\partial C}{\partial W^{l}}, \frac{\partial C}{\partial b^{l}}\right)",
    ],
)
def test_gradients_by_several_variables_are_judged_one_by_one(left: str) -> None:
    assert words(LAYERS, DELTA, rf"{left} = (\delta^{{l}} (a^{{l-1}})^T, \delta^{{l}})") == ["proved"]
    assert words(LAYERS, DELTA, rf"{left} = (\delta^{{l}} (a^{{l-1}})^T, -\delta^{{l}})") == ["refuted"]
    assert words(LAYERS, DELTA, rf"{left} = (a^{{l-1}} (\delta^{{l}})^T, \delta^{{l}})") == ["refuted"]


def test_a_number_of_derivatives_in_brackets_can_only_be_proved() -> None:
    assert words(LAYERS, r"\sigma^{(1)}(z^{L}) = a^{L} \odot (1 - a^{L})") == ["proved"]
    assert words(LAYERS, r"\sigma^{(1)}(z^{L}) = a^{L}") == ["not-understood"]


def test_bars_around_a_square_matrix_are_no_absolute_values() -> None:
    square = "name = 'square'\nforward = ['L = \\|A\\|_F^2']\nshapes = ['A, B \\in \\mathbb{R}^{n \\times n}']\n"

    assert words(square, r"|A B| = |A| |B|") == ["not-understood"]


def test_bars_around_a_vector_may_be_its_length() -> None:
    vectors = "name = 'v'\nforward = ['L = \\|u\\|^2']\nshapes = ['u \\in \\mathbb{R}^{n}']\n"

    assert words(vectors, r"L = |u|^2") == ["proved"]
    assert words(vectors, r"L = 2 |u|^2") == ["refuted"]
