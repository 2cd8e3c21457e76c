"""Values of a worked example are no identities, and are not held against the network."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words

SCALARS = r"""
name = "scalars"
forward = ['z = w x + b', 'a = \sigma(z)', 'E = \frac{1}{2} (a - y)^2']
shapes = ['w, x, b, y \in \mathbb{R}']
[functions]
'\sigma' = "sigmoid"
"""


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        (r"w = 0.5", ["assumed"]),
        (r"a = 0.73", ["assumed"]),
        (r"z = 0.5 \cdot 2 + 1 = 2", ["assumed", "proved"]),
        (r"a = \sigma(2) = 0.88", ["assumed", "assumed"]),
        (r"\sigma(2) = 0.5", ["refuted"]),
        (r"0.5 \cdot 2 = 1.5", ["refuted"]),
        (r"\frac{\partial E}{\partial w} = -0.0126", ["assumed"]),
        (r"\frac{\partial E}{\partial E} = 1.0", ["proved"]),
        (r"\frac{\partial z}{\partial b} = 0", ["assumed"]),
        (r"\frac{\partial z}{\partial b} = 2", ["refuted"]),
        (r"a = 0.5 z", ["refuted"]),
        (r"a = \varepsilon(1 - 0 - 0.5)", ["assumed"]),
        (r"a = \varepsilon(1 - z)", ["not-understood"]),
        (r"a = f(x; \theta)", ["assumed"]),
        (r"a = f_\theta(x)", ["assumed"]),
    ],
)
def test_values_of_scalars(formula: str, found: list[str]) -> None:
    assert words(SCALARS, formula) == found


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"x = (1, 2)^T", "assumed"),
        (r"W = \begin{bmatrix} 0.1 & 0.2 \\ 0.3 & 0.4 \end{bmatrix}", "assumed"),
        (r"b = \mathbf{0}", "assumed"),
        (r"u - u = \mathbf{0}", "proved"),
        (r"\theta = (W, b)", "assumed"),
        (r"\frac{\partial u}{\partial b} = \begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}", "proved"),
        (r"\frac{\partial u}{\partial b} = \begin{bmatrix} 0 & 1 \\ 1 & 0 \end{bmatrix}", "refuted"),
    ],
)
def test_values_of_arrays(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\langle x, x \rangle = x^T x", "proved"),
        (r"\langle A, A \rangle = \|A\|_F^2", "proved"),
        (r"\langle W, u x^T \rangle = \operatorname{tr}(W^T u x^T)", "proved"),
        (r"\langle A, A \rangle = \operatorname{tr}(A A)", "refuted"),
        (r"\langle W, A \rangle = 2 \|W\|_F^2", "refuted"),
    ],
)
def test_inner_products_of_vectors_and_of_matrices(formula: str, word: str) -> None:
    assert words(VECTORS, formula) == [word]


NAMED = r"""
name = "named-activations"
forward = ['h = f_h(x)', 'E = h^2']
shapes = ['x, h \in \mathbb{R}']
[functions]
f_h = "tanh"
f_o = "sigmoid"
"""


@pytest.mark.parametrize(
    ("formula", "word"), [(r"h = f_h(x)", "proved"), (r"h = f_o(x)", "refuted"), (r"h = f_q(x)", "assumed")]
)
def test_only_a_function_that_nothing_declares_is_mere_notation(formula: str, word: str) -> None:
    assert words(NAMED, formula) == [word]
