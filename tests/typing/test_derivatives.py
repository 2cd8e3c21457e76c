"""How derivatives are written: ∇J(θ), ∇^2, d^2/dx^2, ∂E/∂W on one line."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words

SQUARES = r"""
name = "least-squares"
forward = ['S(\beta) = (y - X\beta)^\top (y - X\beta)']
shapes = ['X \in \mathbb{R}^{n \times p}', '\beta \in \mathbb{R}^p', 'y \in \mathbb{R}^n']
"""
CHAIN = r"""
name = "chain"
forward = ['y = f(g(x))', 'E = y^2']
shapes = ['x, y, E \in \mathbb{R}']
[functions]
f = "any"
g = "any"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\nabla S(\beta) = -2 X^\top (y - X \beta)", "proved"),
        (r"\nabla_\beta S = 2 X^\top X \beta - 2 X^\top y", "proved"),
        (r"\nabla^2 S(\beta) = 2 X^\top X", "proved"),
        (r"\nabla_\beta^2 S = \frac{\partial^2 S}{\partial \beta \partial \beta^\top} = 2 X^\top X", "proved"),
        (r"\nabla S(\beta) = -2 X (y - X \beta)", "refuted"),
        (r"\nabla^2 S(\beta) = X^\top X", "refuted"),
        (r"\nabla_\beta \nabla_\beta^\top S = 2 X^\top X", "proved"),
        (r"\nabla_\beta \nabla_\beta^\top S = 2 X X^\top", "refuted"),
        (r"\nabla_\beta^\top S = -2 (y - X \beta)^\top X", "proved"),
        (r"\nabla_\beta^\top S = -2 X^\top (y - X \beta)", "refuted"),
        (r"\nabla S = 1", "not-understood"),
    ],
)
def test_the_gradient_of_a_function_of_one_variable(formula: str, word: str) -> None:
    assert set(words(SQUARES, formula)) == {word}


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{d^2 y}{dx^2} = f''(g(x)) g'(x)^2 + f'(g(x)) g''(x)", "proved"),
        (r"\frac{d^2}{dx^2} f(g(x)) = f''(g(x)) (g'(x))^2 + f'(g(x)) g''(x)", "proved"),
        (r"\frac{d^2 y}{dx^2} = f''(g(x)) g'(x)^2", "refuted"),
        (r"dE/dx = 2 y \, dy/dx", "proved"),
        (r"\mathrm{d} E / \mathrm{d} x = y \, \mathrm{d} y / \mathrm{d} x", "refuted"),
        (r"\frac{d^3 y}{dx^2} = 0", "not-understood"),
    ],
)
def test_orders_and_slashes(formula: str, word: str) -> None:
    assert words(CHAIN, formula) == [word]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\partial E / \partial W = (\partial E / \partial u)\, x^T + \lambda W", "proved"),
        (r"\partial E/\partial W_{ij} = \partial E/\partial u_i \, x_j + \lambda W_{ij}", "proved"),
        (r"\partial E/\partial W_{ij} = \partial E/\partial u_j \, x_i + \lambda W_{ij}", "refuted"),
    ],
)
def test_a_slash_between_differentials_is_a_fraction(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        (r"\nabla y = [\frac{\partial y}{\partial x}, \frac{\partial y}{\partial E}]", ["assumed"]),
        (r"\nabla y = [\frac{\partial y}{\partial x}, 0]", ["not-understood"]),
        (r"\nabla y = [\frac{\partial y}{\partial x}, \frac{\partial E}{\partial x}]", ["not-understood"]),
    ],
)
def test_a_list_of_partial_derivatives_says_what_a_gradient_is(formula: str, found: list[str]) -> None:
    assert words(CHAIN, formula) == found
