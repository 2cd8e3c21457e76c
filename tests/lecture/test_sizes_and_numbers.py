"""What a text leaves to the reader: sizes that its equations tie to a layer, and letters that are numbers."""

from __future__ import annotations

import pytest
from verdicts import last

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


RESTATED = r"""# Forward

For $l = 2, 3, \dots, L$ the activation $h^l$ of a layer is $h^l = g(A^l h^{l-1} + c^l)$ with a differentiable function
$g$ and the intermediate quantity $u^l \equiv A^l h^{l-1} + c^l$, so that $h^l = g(u^l)$. The cost is
$F = \frac{1}{2} \|t - h^L\|^2$.

# Proof

At the output $h^L_j = g(u^L_j)$, and $u^{l+1}_k = \sum_j A^{l+1}_{kj} h^l_j + c^{l+1}_k$.
The sign $\odot g'(u^l)$ is an elementwise product. """


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial F}{\partial u^L_j} = (h^L_j - t_j) g'(u^L_j)", "proved"),
        (r"\frac{\partial u^{l+1}_k}{\partial u^l_j} = A^{l+1}_{kj} g'(u^l_j)", "proved"),
        (r"\frac{\partial F}{\partial A^l_{jk}} = h^l_k \frac{\partial F}{\partial u^l_j}", "refuted"),
    ],
)
def test_what_a_later_part_says_again_of_one_layer_begins_no_other_network(latex: str, verdict: str) -> None:
    assert last(rf"{RESTATED} $${latex}$$") == verdict


def test_an_index_may_stand_for_the_correct_class() -> None:
    text = r"Let $s \in \mathbb{R}^K$, $p_k = \frac{e^{s_k}}{\sum_{j=1}^K e^{s_j}}$ and $L_i = -\log p_{y_i}$."
    claim = r"$$\frac{\partial L_i}{\partial s_k} = p_k - 1$$"

    assert last(f"{text} {claim}") == "refuted"
    assert last(f"{text} We look at the correct class. {claim}") == "undecided"
    assert (
        last(rf"{text} We look at the correct class. $$\frac{{\partial L_i}}{{\partial s_k}} = p_k + 1$$") == "refuted"
    )


def test_bounds_of_a_letter_leave_open_what_holds_within_them() -> None:
    text = r"Let $l(z) = \max(z, k z)$ where $0 < k < 1$."

    assert last(rf"{text} $$l'(z) = \begin{{cases}} 1 & z > 0 \\ k & \text{{otherwise}} \end{{cases}}$$") == "undecided"


def test_values_in_the_paragraph_of_letters_that_nothing_declares_refute_nothing() -> None:
    text = r"Let $q(t) = \sin(t)$ for $t \in \mathbb{R}$. With $v = u + 3$ we have"

    assert last(rf"{text} $$(u - s) v = u v,$$ where we have put $s = 0$") != "refuted"


def test_a_formula_that_cannot_be_read_may_say_what_a_function_is() -> None:
    text = r"Let $q(t) = \sin(t)$ and $f(a) = 3a$. Now take"

    assert last(rf"{text} $f(a) = 4a$. $$f'(a) = 2 a$$") != "proved"
    assert last(rf"{text} $f(a) = {{\text{{a}}}}^{{\text{{2}}}}$. $$f'(a) = 2 a$$") != "refuted"


def test_a_size_with_another_name_is_no_number() -> None:
    text = r"Let $x \in \mathbb{R}^d$ and $t = \|x\|^2$. We take $N = d$. $$\nabla_x t = 2 x$$ and $N = d$"

    assert last(text) != "refuted"


def test_a_partial_model_may_name_gradients() -> None:
    model = "<!-- derive:model\nuse = \"document\"\nwhere = ['\\delta^l = \\nabla_{z^l} C']\n-->\n\n"
    text = r"""For $l = 1, \dots, L$ let $z^l = w^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$ with the sigmoid $\sigma$,
and matrices $w^l \in \mathbb{R}^{n_l \times n_{l-1}}$ and $C = \frac{1}{2} \|y - a^L\|^2$."""

    assert last(rf"{model}{text} $$\frac{{\partial C}}{{\partial b^l}} = \delta^l$$") == "proved"
    assert last(rf"{model}{text} $$\delta^l = w^{{l+1}} \delta^{{l+1}} \odot \sigma'(z^l)$$") == "refuted"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (
            r"With logits $z \in \mathbb{R}^K$ and $T > 0$, $q_k = e^{z_k/T} / \sum_{j=1}^K e^{z_j/T}$.",
            r"\frac{\partial q_k}{\partial z_j} = \frac{1}{T} q_k (\delta_{kj} - q_j)",
            r"\frac{\partial q_k}{\partial z_j} = q_k (\delta_{kj} - q_j)",
        ),
        (
            r"Let $x, c_j \in \mathbb{R}^d$, $f_j = \exp(-\|x - c_j\|^2)$, $o = \sum_{j=1}^m v_j f_j$,"
            r" $E = (o - t)^2$.",
            r"\frac{\partial E}{\partial v_j} = 2 (o - t) f_j",
            r"\frac{\partial E}{\partial v_j} = 2 (o - t) v_j",
        ),
        (
            r"Let $x \in \mathbb{R}^n$, $k \in \mathbb{R}^r$, $y_t = \sum_{s=1}^r k_s x_{t+s}$ for $t = 1, \dots,"
            r" n - r$, and $h_t = \max(0, y_t)$; the loss $C$ is computed from $h$.",
            r"\frac{\partial C}{\partial k_s} = \sum_{t=1}^{n-r} \frac{\partial C}{\partial y_t} x_{t+s}",
            r"\frac{\partial C}{\partial k_s} = \sum_{t=1}^{n-r} \frac{\partial C}{\partial h_t} x_{t+s}",
        ),
        (
            r"Probabilities $p \in \mathbb{R}^K$, which sum to one, and logits $z \in \mathbb{R}^K$ give"
            r" $q = \mathrm{softmax}(z)$ and $L = -\sum_{k=1}^K p_k \log q_k$.",
            r"\nabla_z L = q - p",
            r"\nabla_z L = p - q",
        ),
    ],
    ids=["compared with 0", "computed last", "shifted entries", "sums to one"],
)
def test_what_nothing_declares_has_the_shape_that_its_use_says(text: str, right: str, wrong: str) -> None:
    assert last(f"{text} $${right}$$") == "proved"
    assert last(f"{text} $${wrong}$$") == "refuted"


SLOPED = r"""The unit $f(a) = a\, \sigma(\beta a)$ has the logistic function $\sigma$ and $\beta > 0$. A layer computes
$a = W x + b$ with $W \in \mathbb{R}^{m \times n}$ and $h = f(a)$; the loss $E$ is a function of $h$."""


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"f'(a) = \sigma(\beta a) + \beta a \sigma(\beta a)(1 - \sigma(\beta a))", "proved"),
        (r"f'(a) = \sigma(\beta a) + a \sigma(\beta a)(1 - \sigma(\beta a))", "refuted"),
        (r"\frac{\partial E}{\partial W} = (\frac{\partial E}{\partial h} \odot f'(a)) x^T", "proved"),
        (r"\frac{\partial E}{\partial x} = W (\frac{\partial E}{\partial h} \odot f'(a))", "refuted"),
    ],
)
def test_a_function_of_each_entry_may_be_said_with_the_name_of_a_vector(latex: str, verdict: str) -> None:
    assert last(f"{SLOPED} $${latex}$$") == verdict
