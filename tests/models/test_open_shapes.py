"""Shapes that a model leaves out are solved from its equations, where these fix them."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.errors import ModelError
from derive.models.model import Model, parse_model

DEEP = r"""
forward = [
  'h_0 = x', 'a_k = W_k h_{k-1} + b_k \quad (1 \le k \le L)', 'h_k = \tanh(a_k) \quad (1 \le k \le L)',
  'E = \frac{1}{2} \|h_L - t\|^2',
]
"""
DEEP_SHAPES = (
    r"W_k \in \mathbb{R}^{n_k \times n_{k-1}}",
    r"a_k, h_k, b_k \in \mathbb{R}^{n_k}",
    r"t \in \mathbb{R}^{n_L}",
)
STEPS = r"""
forward = [
  's_t = \tanh(W s_{t-1} + U x_t + c) \quad (1 \le t \le T)', 'o_t = V s_t + r \quad (1 \le t \le T)',
  'E = \frac{1}{2} \sum_{t=1}^{T} \|o_t - y_t\|^2',
]
"""
STEPS_SHAPES = (
    r"s_t \in \mathbb{R}^m", r"x_t \in \mathbb{R}^d", r"o_t \in \mathbb{R}^q", r"W \in \mathbb{R}^{m \times m}",
    r"U \in \mathbb{R}^{m \times d}", r"V \in \mathbb{R}^{q \times m}", r"y_t, r \in \mathbb{R}^q",
    r"c \in \mathbb{R}^m",
)  # fmt: skip
ROWS = r"""
forward = ['A = X U + \mathbf{1} b^\top', 'H = \tanh(A)', 'E = \frac{1}{2} \|H v - y\|^2']
"""
ROWS_SHAPES = (r"X \in \mathbb{R}^{N \times d}", r"U \in \mathbb{R}^{d \times m}", r"v \in \mathbb{R}^m")


def network(forward: str, shapes: tuple[str, ...]) -> str:
    """Return the network of a model, its inputs in the order of their names."""
    text = forward + "shapes = [" + ", ".join(f"'{shape}'" for shape in shapes) + "]\n"
    found: Model = parse_model(text)
    return "\n".join([*map(repr, found.network.definitions), *sorted(map(repr, found.network.leaves))])


@pytest.mark.parametrize(
    ("forward", "shapes", "left_out"),
    [
        (DEEP, DEEP_SHAPES, 2),
        *((STEPS, STEPS_SHAPES, at) for at in range(3, 8)),
        (ROWS, (*ROWS_SHAPES, r"b \in \mathbb{R}^m", r"y \in \mathbb{R}^N"), 4),
    ],
)
def test_a_shape_that_the_equations_fix_may_be_left_out(forward: str, shapes: tuple[str, ...], left_out: int) -> None:
    assert network(forward, shapes[:left_out] + shapes[left_out + 1 :]) == network(forward, shapes)


def test_a_capital_before_a_vector_is_a_matrix_and_no_number() -> None:
    model = STEPS + "shapes = [" + ", ".join(f"'{shape}'" for shape in STEPS_SHAPES[:3]) + "]\n"
    right = r"\frac{\partial E}{\partial s_T} = V^\top (o_T - y_T)"

    assert words(model, right) == ["proved"]
    assert words(model, right.replace(r"V^\top", "V")) == ["refuted"]


@pytest.mark.parametrize(
    ("forward", "shapes", "inputs"),
    [
        (r"'p = \sigma(w^\top x + b)', 'E = -\log p'", r"'x \in \mathbb{R}^n'", {"w": 1, "x": 1, "b": 0}),
        (r"'a = u^\top M v', 'E = a^2'", r"'u \in \mathbb{R}^n', 'v \in \mathbb{R}^m'", {"u": 1, "M": 2, "v": 1}),
        (r"'a = u^\top M v', 'E = a^2'", r"'u \in \mathbb{R}^n', 'v \in \mathbb{R}^m', 'a \in \mathbb{R}'",
         {"u": 1, "M": 2, "v": 1}),
        (r"'z = W x', 'E = \frac{1}{2} \|z - t\|^2'", r"'W \in \mathbb{R}^{m \times n}'", {"W": 2, "x": 1, "t": 1}),
        (r"'a_n = w^\top x_n \quad (1 \le n \le N)', 'E = \sum_{n=1}^N (a_n - t_n)^2'", r"'x_n \in \mathbb{R}^m'",
         {"w": 1, "x": 2, "t": 1}),
    ],
)  # fmt: skip
def test_what_stands_as_an_array_is_one(forward: str, shapes: str, inputs: dict[str, int]) -> None:
    model = f"forward = [{forward}]\nshapes = [{shapes}]\n[functions]\n'\\sigma' = 'sigmoid'"

    assert {leaf.name: len(leaf.params) for leaf in parse_model(model).network.leaves} == inputs


@pytest.mark.parametrize("forward", ["'a = w x', 'E = a^\\top a'", "'a = w x + x', 'E = a^\\top a'"])
def test_a_small_letter_that_may_be_a_number_stays_one(forward: str) -> None:
    model = parse_model(f"forward = [{forward}]\nshapes = ['x, a \\in \\mathbb{{R}}^n']")
    (w,) = (leaf for leaf in model.network.leaves if leaf.name == "w")

    assert w.params == ()


def test_a_shape_that_stays_open_is_still_a_fault_at_its_place() -> None:
    with pytest.raises(ModelError, match="shapes differ") as caught:
        parse_model(
            "forward = ['a = x + b', 'E = a^\\top a']\nshapes = ['a \\in \\mathbb{R}^n', 'x \\in \\mathbb{R}^m']"
        )

    assert caught.value.span is not None
