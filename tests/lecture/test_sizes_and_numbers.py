"""What a text leaves to the reader: sizes that its equations tie to a layer, and letters that are numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

LAYERS = r"""Here $x \in \mathbb{R}^p$ gives $h^0 = x$, $u^l = A^l h^{l-1}$ and $h^l = g(u^l)$ for $l = 1, \dots, L$,
with $A^l \in \mathbb{R}^{n_l \times n_{l-1}}$ and a differentiable function $g$. For $t \in \mathbb{R}^C$ the loss is
$F = \frac{1}{2} \sum_{c=1}^C (h^L_c - t_c)^2$."""
UNITS = r"""Hidden units have $net_h = \sum_{i=1}^{I} v_{ih} x_i$ and $o_h = g(net_h)$ with the logistic function $g$,
an output unit $m$ has $net_m = \sum_{h=1}^{H} v_{hm} o_h$ and $y_m = g(net_m)$. With targets $t_m$ the error is
$$E = \frac{1}{2} \sum_{m=1}^{M} (t_m - y_m)^2 .$$"""
ROWS = r"""Let $X$ be an $N \times D$ matrix, $A$ a $D \times M$ matrix and $r$ a row vector with $M$ entries. The layer
is $$Y = X A + \mathbf{1} r$$ where $\mathbf{1} \in \mathbb{R}^{N}$. A scalar loss $F$ depends on $Y$."""
NEURON = (
    r"A neuron has $q = \sigma(u)$, $u = c p + d$ with the sigmoid $\sigma$, and the cost $$K = \frac{(t - q)^2}{2}.$$"
)


def last(text: str) -> str:
    return check_document(Path("a.md"), CheckOptions(), text=text).findings[-1].verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial F}{\partial h^L_c} = h^L_c - t_c", "proved"),
        (r"\frac{\partial F}{\partial u^1_j} x_i = \frac{\partial F}{\partial A^1_{ji}}", "proved"),
        (r"\nabla_x F = A^1 \nabla_{u^1} F", "refuted"),
        (r"\|x\|^2 = \sum_{i=1}^p x_i^2", "proved"),
        (r"F = \frac{1}{2} \sum_{c=1}^p (h^L_c - t_c)^2", "refuted"),
    ],
)
def test_a_size_may_be_that_of_the_first_or_last_layer(latex: str, verdict: str) -> None:
    assert last(rf"{LAYERS} $${latex}$$") == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial E}{\partial v_{hm}} = -(t_m - y_m) g'(net_m) o_h", "proved"),
        (r"\frac{\partial E}{\partial v_{ih}} = \frac{\partial E}{\partial net_h} x_i", "proved"),
        (r"\frac{\partial E}{\partial o_h} = \sum_{m=1}^M v_{hm} \frac{\partial E}{\partial y_m}", "refuted"),
    ],
)
def test_weights_between_units_are_told_apart_as_those_are(latex: str, verdict: str) -> None:
    assert last(rf"{UNITS} $${latex}$$") == verdict


def test_words_say_that_a_vector_lies() -> None:
    sums = r"\frac{\partial F}{\partial r_m} = \sum_{n=1}^N \frac{\partial F}{\partial Y_{nm}}"

    assert last(rf"{ROWS} $${sums}$$") == "proved"
    assert last(rf"{ROWS} $$\frac{{\partial F}}{{\partial A}} = \frac{{\partial F}}{{\partial Y}} X^T$$") == "refuted"


def test_small_letters_without_any_mark_of_arrays_are_numbers() -> None:
    assert last(rf"{NEURON} $$\frac{{\partial K}}{{\partial c}} = (q - t) \sigma'(u) p$$") == "proved"
    assert last(rf"{NEURON} $$\frac{{\partial K}}{{\partial c}} = (q - t) p$$") == "refuted"


@pytest.mark.parametrize("mark", [r"$c^T p$ is a product", r"$\mathbf{c}$ is the weight", r"$\nabla K$"])
def test_letters_beside_a_mark_of_arrays_stay_open(mark: str) -> None:
    assert last(rf"{NEURON} Note that {mark}. $$\frac{{\partial K}}{{\partial c}} = (q - t) p$$") != "refuted"


@pytest.mark.parametrize("latex", [r"f(x) = a(b(x)) = (x^2)^3", r"s = k(x) l(x) = x^3"])
def test_functions_that_nothing_defines_are_not_refuted(latex: str) -> None:
    assert last(rf"Let $w(x) = \sin(x)$ and $v(x) = x^2$. $${latex}$$") == "not-understood"
