"""What equations of a text say in passing: columns, functions of one layer, open losses in sums, sizes, derivatives."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from verdicts import verdicts

from derive.document.document import read_document
from derive.document.pieces import FormulaRegion
from derive.lecture.network import networks_of


def stated(text: str) -> dict[str, Any]:
    pieces = read_document(Path("a.md"), text).pieces
    (found, *_) = networks_of([piece for piece in pieces if isinstance(piece, FormulaRegion)])
    return tomllib.loads(found.toml)


DEEP = r"""With $x \in \mathbb{R}^{n_0}$ and $h^{(0)} = x$, for $k = 1, \dots, l$ let
$$a^{(k)} = W^{(k)} h^{(k-1)}, \qquad h^{(k)} = f(a^{(k)})$$
with weight matrices $W^{(k)}$ and an activation function $f$. The cost is $J = e(h^{(l)}, y) + \lambda R$. Then
$\nabla_{a^{(k)}} J$ and $\nabla_{h^{(k)}} J$ are needed."""


def test_the_letter_that_ends_a_range_is_no_layer() -> None:
    assert r"W^{(k)} \in \mathbb{R}^{n_{k} \times n_{k-1}}" in stated(DEEP)["shapes"]


def test_a_loss_in_a_sum_is_open_where_it_has_several_arguments() -> None:
    assert stated(DEEP)["functions"]["e"] == "any scalar"
    assert "e" not in stated(DEEP.replace("e(h^{(l)}, y)", r"e \|h^{(l)} - y\|^2")).get("functions", {})


def test_sizes_without_a_noun_are_a_shape() -> None:
    text = r"The scores are $$f = X W$$ where $X$ is $N \times D$ and $W$ is $D \times C$. "
    text += r"We need $\frac{\partial f}{\partial W}$."

    assert {r"X \in \mathbb{R}^{N \times D}", r"W \in \mathbb{R}^{D \times C}"} <= set(stated(text)["shapes"])


def test_a_pair_of_numbers_is_no_shape() -> None:
    text = r"Let $y = u^T x$ where $x$ is $(x_1, x_2)$ and $u \in \mathbb{R}^2$. "
    text += r"We need $\frac{\partial y}{\partial u}$."

    assert not any("x_1" in line for line in stated(text)["shapes"])


def test_a_function_of_one_layer_is_another_one_than_that_of_all() -> None:
    text = r"""Let $A^{[0]} = X$ with $X \in \mathbb{R}^{n^{[0]} \times m}$. For $l = 1, 2$:
$$Z^{[l]} = W^{[l]} A^{[l-1]}, \qquad A^{[l]} = g^{[l]}(Z^{[l]})$$
with $g^{[1]} = \tanh$ and $g^{[2]} = \sigma$ (the sigmoid). We need $\frac{\partial A^{[2]}}{\partial Z^{[2]}}$."""
    found = stated(text)

    assert found["functions"] == {"g^{[1]}": "tanh", "g^{[2]}": "sigmoid", "g^{[l]}": "any"}
    assert r"A^{[l]} = g^{[l]}(Z^{[l]}) \quad (1 \le l \le 2)" in found["forward"]


def test_columns_that_are_listed_are_those_of_the_matrix() -> None:
    text = r"""The examples are $X = [x^{(1)}, x^{(2)}, \dots, x^{(m)}]$, where $X \in \mathbb{R}^{d \times m}$.
$$p^{(i)} = w^T x^{(i)}, \qquad C = \sum_{i=1}^{m} p^{(i)}$$ with $w \in \mathbb{R}^d$.
We need $\frac{\partial C}{\partial w}$."""

    assert r"x^{(i)} = X_{:,i} \quad (i = 1, \dots, m)" in stated(text)["forward"]


STEPS = r"""For $t = 1, \dots, T$, $$h_t = \tanh(U x_t + V h_{t-1}), \qquad y_t = W h_t .$$
Then $\frac{\partial y_t}{\partial h_t} = W$. The loss is LOSS and we write $dh_t = \frac{\partial L}{\partial h_t}$ and
$dy_t = \frac{\partial L}{\partial y_t}$. $$dh_T = W^T dy_T$$"""


def test_derivatives_of_what_is_not_read_refute_nothing() -> None:
    assert verdicts(STEPS.replace("LOSS", r"$L = -\sum_t s_t[y_t; k]$"))[-1] in {"undecided", "not-understood"}


def test_a_loss_that_is_not_read_leaves_the_rest_to_be_judged() -> None:
    assert "proved" in verdicts(STEPS.replace("LOSS", r"$L = -\sum_t s_t[y_t; k]$"))


def test_derivatives_of_what_is_read_are_judged() -> None:
    assert verdicts(STEPS.replace("LOSS", r"$L = \sum_{t=1}^T \|y_t\|^2$").replace("W^T", "2 W^T"))[-1] == "refuted"


def test_an_activation_that_is_written_with_its_input_is_computed_all_the_same() -> None:
    text = r"""For $l = 1, \dots, L$ the activation $a^l$ is $$a^l = \sigma(W^l a^{l-1})$$ with
$W^l \in \mathbb{R}^{n \times n}$. The output is $a^L(x)$.
We need $\frac{\partial a^l}{\partial a^{l-1}}$, where $\sigma$ is the sigmoid."""

    assert any(line.startswith(r"a^l = \sigma(W^l a^{l-1})") for line in stated(text)["forward"])


def test_functions_that_differ_in_a_fraction_are_two() -> None:
    first = "# One\n\nLet $f(x, y) = \\frac{x}{y}$. $$\\frac{\\partial f}{\\partial x} = \\frac{1}{y}$$"
    second = "\n\n# Two\n\nA function of the form $$f(x, y) = \\frac{x + y}{x y}$$"

    assert "refuted" not in verdicts(first + second)
