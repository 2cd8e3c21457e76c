"""Functions of several names of which a text says nothing else, and names said in general, then in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

RECURRENCE = r"""Every state is made of an input, the state before and a weight, and every output of a state:

$$s_t = f(u_t, s_{t-1}, a), \quad p_t = g(s_t, c) \quad (1 \le t \le T)$$

The objective adds up how far the outputs are from the targets:

$$E(u_1, \ldots, u_T, a, c) = \frac{1}{T} \sum_{t=1}^T q(p_t, y_t)$$

"""
GENERAL = r"""A cell computes its state from the one before, $s_t = f_A(s_{t-1}, u_t)$. Here it is the vector

$$s_t = \tanh(A s_{t-1} + B u_t) \quad (1 \le t \le T)$$

with $s_t \in \mathbb{R}^n$, $u_t \in \mathbb{R}^m$.

"""
MEAN = r"""Let $E = \frac{1}{N} \sum_{i=1}^n (y_i - m x_i)^2$.

"""


def verdict(text: str, formula: str) -> str:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=f"{text}$${formula}$$\n").findings
    return found[-1].verdict


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (
            r"\frac{\partial s_t}{\partial a} = \frac{\partial f(u_t, s_{t-1}, a)}{\partial a}"
            r" + \frac{\partial f(u_t, s_{t-1}, a)}{\partial s_{t-1}} \frac{\partial s_{t-1}}{\partial a}",
            "proved",
        ),
        (
            r"\frac{\partial s_t}{\partial a} = \frac{\partial f(u_t, s_{t-1}, a)}{\partial s_{t-1}}"
            r" \frac{\partial s_{t-1}}{\partial a}",
            "refuted",
        ),
        (
            r"\frac{\partial E}{\partial a} = \frac{1}{T} \sum_{t=1}^T \frac{\partial q(p_t, y_t)}{\partial p_t}"
            r" \frac{\partial g(s_t, c)}{\partial s_t} \frac{\partial s_t}{\partial a}",
            "proved",
        ),
        (
            r"\frac{\partial E}{\partial c} = \sum_{t=1}^T \frac{\partial q(p_t, y_t)}{\partial p_t}"
            r" \frac{\partial g(s_t, c)}{\partial c}",
            "refuted",
        ),
    ],
    ids=["both ways", "one way lost", "through the states", "the mean lost"],
)
def test_functions_of_several_numbers_are_open(formula: str, expected: str) -> None:
    assert verdict(RECURRENCE, formula) == expected


@pytest.mark.parametrize(
    "text",
    [
        r"The state is a vector $s_t$ with $s_t = f(u_t, s_{t-1}, a)$ and $a$ a vector. ",
        r"Let $\mathbf{s}_t = f(\mathbf{u}_t, \mathbf{s}_{t-1}, \mathbf{a})$. ",
    ],
    ids=["words", "bold"],
)
def test_functions_of_vectors_are_not_taken_for_functions_of_numbers(text: str) -> None:
    formula = (
        r"\frac{\partial s_t}{\partial a} = \frac{\partial s_{t-1}}{\partial a} \frac{\partial s_t}{\partial s_{t-1}}"
    )
    assert verdict(text, formula) not in {"proved", "refuted"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac{\partial s_t}{\partial s_{t-1}} = \mathrm{diag}(1 - s_t \odot s_t) A", "proved"),
        (r"\frac{\partial s_t}{\partial s_{t-1}} = \mathrm{diag}(1 - s_t \odot s_t) B", "refuted"),
    ],
)
def test_what_a_name_is_computed_from_is_said_in_full_by_another_equation(formula: str, expected: str) -> None:
    assert verdict(GENERAL, formula) == expected


def test_a_capital_below_a_fraction_line_is_a_number() -> None:
    right = r"\sum_{i=1}^n x_i (y_i - m x_i)"

    assert verdict(MEAN, rf"\frac{{\partial E}}{{\partial m}} = -\frac{{2}}{{N}} {right}") == "proved"
    assert verdict(MEAN, rf"\frac{{\partial E}}{{\partial m}} = -\frac{{1}}{{N}} {right}") == "refuted"


COMPOSED = r"""Suppose that $y = f(u)$ and $u = g(x)$.

"""


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac{dy}{dx} = \frac{dy}{du} \frac{du}{dx}", "proved"),
        (r"\frac{dy}{dx} = f'(g(x)) g'(x)", "proved"),
        (r"\frac{dy}{dx} = f'(x) g'(x)", "refuted"),
    ],
)
def test_what_one_number_is_of_another_is_an_open_function(formula: str, expected: str) -> None:
    assert verdict(COMPOSED, formula) == expected


@pytest.mark.parametrize(
    "text",
    [
        r"Let $z = W x$ with $W \in \mathbb{R}^{m \times n}$ and $a = g(z)$ and $K = c(a)$. ",
        r"Let $z = W x$ with $W \in \mathbb{R}^{m \times n}$ and $a = g(z, u)$ and $K = c(a, t)$. ",
    ],
)
def test_a_function_of_arrays_of_which_nothing_is_said_is_no_function_of_each_entry_and_no_number(text: str) -> None:
    entries = r"\frac{\partial K}{\partial z} = \frac{\partial K}{\partial a} \odot g'(z)"
    turned = (
        r"\frac{\partial K}{\partial z} = \left(\frac{\partial a}{\partial z}\right)^T \frac{\partial K}{\partial a}"
    )

    assert verdict(text, entries) != "refuted"
    assert verdict(text, turned) not in {"proved", "refuted"}


MODULES = r"""A module computes $x_k = f_k(x_{k-1}, \theta_k)$ for $k = 1, \dots, m$, where $x_0 \in \mathbb{R}^{n_0}$
is given and $\theta_k$ is a vector of parameters.

"""
HIDDEN = r"""For $u \in \mathbb{R}^p$ and $z \in \mathbb{R}^q$ let $z = f(u, a)$, and let the loss be
$L = \ell(z, t)$.

"""


@pytest.mark.parametrize(
    ("text", "formula", "expected"),
    [
        (
            MODULES,
            r"\frac{\partial x_k}{\partial \theta_{k-1}} = \frac{\partial x_k}{\partial x_{k-1}}"
            r" \frac{\partial x_{k-1}}{\partial \theta_{k-1}}",
            "proved",
        ),
        (
            MODULES,
            r"\frac{\partial x_m}{\partial x_0} = \frac{\partial x_m}{\partial x_{m-1}}"
            r" \frac{\partial x_{m-1}}{\partial x_{m-2}} \ldots \frac{\partial x_1}{\partial x_0}",
            "proved",
        ),
        (
            MODULES,
            r"\frac{\partial x_k}{\partial \theta_{k-1}} = \frac{\partial x_{k-1}}{\partial \theta_{k-1}}",
            "refuted",
        ),
        (
            HIDDEN,
            r"\nabla_u L = \left(\frac{\partial z}{\partial u}\right)^T \nabla_z L",
            "proved",
        ),
        (
            HIDDEN,
            r"\nabla_u L = \frac{\partial z}{\partial u} \nabla_z L",
            "proved",
        ),
        (
            HIDDEN,
            r"\nabla_u L = \nabla_z L",
            "refuted",
        ),
    ],
    ids=["a step", "all steps", "a module lost", "a loss", "in the other layout", "without the slope"],
)
def test_functions_that_give_vectors_are_open_entry_by_entry(text: str, formula: str, expected: str) -> None:
    assert verdict(text, formula) == expected


def test_a_function_that_is_composed_of_others_is_no_line_of_the_network() -> None:
    text = MODULES.replace("A module", r"The whole is $f = f_m \circ f_{m-1} \circ \dots \circ f_1$. A module")
    product = r"\frac{\partial x_k}{\partial x_{k-1}} \frac{\partial x_{k-1}}{\partial x_{k-2}}"

    assert verdict(text, rf"\frac{{\partial x_k}}{{\partial x_{{k-2}}}} = {product}") == "proved"


@pytest.mark.parametrize("break_", ["", "\n\n# Scores\n\n"], ids=["one part", "two parts"])
def test_what_stands_transposed_elsewhere_is_no_value_of_a_function_of_numbers(break_: str) -> None:
    text = rf"Let $z = \phi(x)$ be the features.{break_} The score is $y = w^T z$. "

    assert verdict(text, r"\frac{\partial y}{\partial w} = z") == "proved"
    assert verdict(text, r"\frac{\partial y}{\partial z} = w") == "proved"
