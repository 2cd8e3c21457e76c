"""Names of gradients that a text gives by an example, and letters that stand for two things in it."""

from __future__ import annotations

import pytest
from verdicts import last

BILINEAR = (
    r"Let $A \in \mathbb{R}^{m \times n}$, $B \in \mathbb{R}^{n \times p}$ and $M = A B$, with a scalar loss $F$."
)
STARRED = r"""Let $X \in \mathbb{R}^{n \times m}$, $V \in \mathbb{R}^{k \times n}$ and $v \in \mathbb{R}^{1 \times k}$.
Then $Z = V X$, $H = g(Z)$ with a differentiable function $g$, $q = v H$ and $J = \|q\|^2$."""
UNITS = r"""We have $\sigma(x) = \frac{1}{1 + e^{-x}}$ and data $x_1, \dots, x_n$, with
$$p_i = \sigma(x_i u + c), \qquad F = \frac{1}{n} \sum_{i=1}^n (p_i - t_i)^2 .$$"""
DEEP = r"""Samples run through a chain of neurons: with $p_i^{(0)} = x_i$ let
$$p_i^{(l)} = \sigma(p_i^{(l-1)} u^{(l)} + c^{(l)}), \qquad F = \sum_{i=1}^n (p_i^{(m)} - t_i)^2$$ where $\sigma$ is the
sigmoid."""
OF_INPUTS = r"""For $\mathbf{x} \in \mathbb{R}^D$ a net has
$\mathbf{u}(\mathbf{x}) = \mathbf{A} \mathbf{x}$, $\mathbf{h}(\mathbf{x}) = s(\mathbf{u}(\mathbf{x}))$, $s = \tanh$,
$\mathbf{v}(\mathbf{x}) = \mathbf{B} \mathbf{h}(\mathbf{x})$, $\mathbf{q}(\mathbf{x}) = softmax(\mathbf{v}(\mathbf{x}))$
where $\mathbf{A}$ is an $H \times D$ matrix and $\mathbf{B}$ is a $K \times H$ matrix. The loss of class $c$ is
$$r(\mathbf{q}(\mathbf{x}), c) = -\log \mathbf{q}(\mathbf{x})_c .$$"""


@pytest.mark.parametrize(
    "words", [r"We write $dY$ for $\frac{\partial F}{\partial Y}$.", r"$dY$ means $\partial F/\partial Y$."]
)
def test_an_example_with_a_letter_of_its_own_names_the_gradient_of_anything(words: str) -> None:
    assert last(rf"{BILINEAR} {words} $$dA = dM \, B^\top$$") == "proved"
    assert last(rf"{BILINEAR} {words} $$dB = dM \, A^\top$$") == "refuted"


def test_an_example_with_a_name_of_the_text_refutes_nothing_about_others() -> None:
    own = rf"{BILINEAR} Here $dA$ stands for $\frac{{\partial F}}{{\partial A}}$"

    assert last(rf"{own}. $$dA = dM \, B^\top$$") == "proved"
    assert last(rf"{own}. $$dA = 2 \, dM \, B^\top$$") == "undecided"
    assert last(rf"{own}, and so on. $$dA = 2 \, dM \, B^\top$$") == "refuted"


def test_names_of_one_example_are_no_gradients_where_it_is_another_loss() -> None:
    assert last(rf"{BILINEAR} We write $dA$ for $\frac{{\partial G}}{{\partial A}}$. $$dA = dM \, B^\top$$") != "proved"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial J}{\partial V} = D X^T", "proved"),
        (r"\frac{\partial J}{\partial V} = D X", "refuted"),
        (r"\frac{\partial J}{\partial V} = 2 D X^T", "refuted"),
    ],
)
def test_a_star_in_a_definition_is_read_entry_by_entry_where_only_that_fits(latex: str, verdict: str) -> None:
    assert last(rf"{STARRED} With $D = v^T \frac{{\partial J}}{{\partial q}} * g'(Z)$ $${latex}$$") == verdict


def test_the_argument_of_a_function_may_be_called_as_the_data_are() -> None:
    assert last(rf"{UNITS} $$\frac{{\partial p_i}}{{\partial u}} = p_i (1 - p_i) x_i$$") == "proved"
    assert (
        last(rf"{UNITS} $$\frac{{\partial F}}{{\partial c}} = \frac{{1}}{{n}} \sum_i (p_i - t_i) p_i (1 - p_i)$$")
        == "refuted"
    )
    assert last(rf"{UNITS} $$\sigma'(x) = \sigma(x) (1 - \sigma(x))$$") == "proved"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial p_i^{(l)}}{\partial u^{(l)}} = p_i^{(l)} (1 - p_i^{(l)}) p_i^{(l-1)}", "proved"),
        (r"\frac{\partial p_i^{(l)}}{\partial p_i^{(l-1)}} = p_i^{(l)} (1 - p_i^{(l)}) u^{(l-1)}", "refuted"),
        (r"\frac{\partial F}{\partial c^{(m)}} = 2 \sum_i (p_i^{(m)} - t_i) p_i^{(m)} (1 - p_i^{(m)})", "proved"),
    ],
)
def test_the_last_layer_may_be_a_small_letter(latex: str, verdict: str) -> None:
    assert last(rf"{DEEP} $${latex}$$") == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\nabla_{\mathbf{v}(\mathbf{x})} r = \mathbf{q}(\mathbf{x}) - \mathbf{e}(c)", "proved"),
        (r"\nabla_{\mathbf{B}} r = (\mathbf{q}(\mathbf{x}) - \mathbf{e}(c)) \, \mathbf{h}(\mathbf{x})^\top", "proved"),
        (
            r"\nabla_{\mathbf{u}(\mathbf{x})} r = \nabla_{\mathbf{h}(\mathbf{x})} r \odot (1 - \mathbf{h}(\mathbf{x}))",
            "refuted",
        ),
    ],
)
def test_quantities_may_be_written_with_the_input_they_belong_to(latex: str, verdict: str) -> None:
    assert last(rf"{OF_INPUTS} $${latex}$$") == verdict


def test_the_number_of_examples_is_a_size() -> None:
    text = r"Let $N$ be the number of examples, and $E = \frac{1}{N} \sum_{i=1}^N (a x_i - t_i)^2$."

    assert last(rf"{text} $$\frac{{\partial E}}{{\partial a}} = \frac{{2}}{{N}} \sum_i (a x_i - t_i) x_i$$") == "proved"
