"""Recursions without a said range, losses of one part of a text, and names that a part computes from other things."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.lecture.network import network_of

RECURRENT = r"""The state is $h_t = \tanh(W h_{t-1} + U x_t)$ with $W \in \mathbb{R}^{n \times n}$,
$U \in \mathbb{R}^{n \times d}$ and $x_t \in \mathbb{R}^d$, the output $y_t = V h_t$ with
$V \in \mathbb{R}^{m \times n}$.
"""
MODULES = r"""# Modules

The cost $C$ is computed from the output of a module.

- Linear: $Y = W X$

  $$\frac{\partial C}{\partial X} = W^\top \frac{\partial C}{\partial Y}$$

- Add: $Y = P + Q$

  $$\frac{\partial C}{\partial P} = \frac{\partial C}{\partial Y}$$

  $$\frac{\partial C}{\partial Q} = 2 \frac{\partial C}{\partial Y}$$
"""
DEEP = r"""For $l = 1, \dots, L$ the layers are $z^l = W^l a^{l-1} + b^l$ and $a^l = g(z^l)$ with a differentiable
function $g$, $W^l \in \mathbb{R}^{n_l \times n_{l-1}}$, and the loss is $E = \frac{1}{2} \|a^L - y\|^2$.

# The last layer

There $z^L = W^L a^{L-1} + b^L$.
"""


def slopes(text: str) -> list[str]:
    found = check_document(Path("a.md"), CheckOptions(mends=False), text=text).findings
    return [one.verdict for one in found if one.latex.startswith(r"\frac{\partial")]


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t \odot h_t) W", "proved"),
        (r"\frac{\partial h_t}{\partial h_{t-1}} = W \operatorname{diag}(1 - h_t \odot h_t)", "undecided"),
        (r"\frac{\partial y_t}{\partial h_t} = V", "proved"),
    ],
)
def test_a_recursion_without_a_range_counts_its_steps_from_one(latex: str, verdict: str) -> None:
    assert slopes(f"{RECURRENT}\n\n$${latex}$$\n") == [verdict]


def test_a_state_before_that_is_declared_alone_makes_one_step() -> None:
    text = RECURRENT.replace(r"$x_t \in \mathbb{R}^d$", r"$x_t \in \mathbb{R}^d$, $h_{t-1} \in \mathbb{R}^n$")
    found = network_of(read_document(Path("a.md"), text).formulas)

    assert found is not None
    assert r"1 \le t" not in found.toml


def test_a_letter_that_means_something_else_is_no_end_of_a_range() -> None:
    text = rf"{RECURRENT} The temperature $T$ scales the outputs, $s_t = y_t / T$."
    found = network_of(read_document(Path("a.md"), text).formulas)

    assert found is None or r"\le T" not in found.toml


def test_a_range_that_is_said_of_one_line_is_not_guessed_for_others() -> None:
    text = rf"{RECURRENT} We have $s_t = y_t$ for $t = 2, \dots, N$."
    found = network_of(read_document(Path("a.md"), text).formulas)

    assert found is None or r"1 \le t \le T" not in found.toml


def test_a_part_that_computes_a_name_from_other_things_decides_what_it_is_there() -> None:
    assert slopes(MODULES) == ["proved", "proved", "refuted"]


def test_a_penalty_of_a_later_part_is_none_of_a_loss_before_it() -> None:
    later = r"""
# Penalties

With a penalty the loss is $J(Y, W) = C(Y, W) + \alpha \, R(W)$.
"""
    assert slopes(MODULES + later) == ["proved", "proved", "refuted"]
    before = MODULES.replace("of a module.", "of a module, with a penalty.")
    assert set(slopes(before)) == {"not-understood"}


def test_a_layer_said_again_at_the_last_one_begins_no_other_network() -> None:
    text = DEEP + r"$$\frac{\partial E}{\partial z^L} = (a^L - y) \odot g'(z^L)$$"

    assert slopes(text) == ["proved"]


def test_an_earlier_function_is_none_of_the_entries_of_a_later_part() -> None:
    text = r"""# A chain

Let $a(w, x) = (w + x)^2$ and $q(a) = a^3$, so that

$$\frac{\partial q}{\partial w} = 3 a^2 \frac{\partial a}{\partial w}$$

# Forms

For a column vector $\mathbf{u}$ and a square matrix $A$ let
$q(\mathbf{u}) = \mathbf{u}^\top A \mathbf{u}$.

$$\frac{\partial q}{\partial u_k} = \sum_i a_{ki} u_i + \sum_i a_{ik} u_i$$
"""
    assert slopes(text) == ["proved", "proved"]


def test_what_another_part_differentiates_leaves_the_way_of_this_one_alone() -> None:
    text = r"""# A graph

For real numbers let $u = b c$, $v = a + u$ and $J = 3 v$. $$\frac{\partial J}{\partial a} = 3$$

# A unit

Now $z = w_1 x_1 + b$, $a = \sigma(z)$ with the sigmoid $\sigma$, and $J = \frac{1}{2} (a - y)^2$.

$$\frac{\partial J}{\partial z} = (a - y) a (1 - a)$$
"""
    assert slopes(text) == ["proved", "proved"]


def test_a_value_at_a_point_is_no_other_function() -> None:
    text = r"""Let $f(a) = 3 a$ for a real number $a$, so that $f(a) = 6$ at $a = 2$.

$$\frac{\partial f}{\partial a} = 3$$
"""
    assert slopes(text) == ["proved"]


def test_a_part_that_cannot_be_read_leaves_the_names_that_it_defines_open() -> None:
    text = r"""# Three inputs

For real numbers let $f(x, y, z) = u x + v y + w z$. $$\frac{\partial f}{\partial x} = u$$

# The error

The error is now $f(m, b) = \frac{1}{N} \int (y - (m x + b))^2$.

$$\frac{\partial f}{\partial x} = 2 u$$
"""
    assert slopes(text) == ["proved", "not-understood"]


def test_a_letter_that_is_a_function_elsewhere_is_no_function_here() -> None:
    text = r"""# Inside

Let $g(x) = 4 x$ and $h(x) = x^2$, so that $q(x) = h(g(x))$. $$\frac{\partial q}{\partial x} = 32 x$$

# A constant

We see that $\frac{\partial}{\partial x} (x^3 + g) = 3 x^2$.
"""
    assert "refuted" not in slopes(text)


def test_entries_that_are_vectors_make_no_vector_of_their_list() -> None:
    text = r"""An input is a sequence $\mathbf{x} = (x_1, \dots, x_T)$ of vectors $x_t \in \mathbb{R}^d$, and
$h_t = W x_t$ with $W \in \mathbb{R}^{n \times d}$ and $F = \sum_{t=1}^T \|h_t\|^2$.

$$\frac{\partial F}{\partial x_t} = 2 W^\top h_t$$
"""
    assert slopes(text) == ["proved"]


def test_what_nothing_says_of_a_matrix_of_claims_refutes_no_formula_about_it() -> None:
    text = r"""Here $$\nabla_{\mathbf{u}} \mathbf{u}^\top Q \mathbf{u} = 2 Q \mathbf{u}$$ and, with a covariance
matrix $S$, $$\nabla_{\mathbf{u}} \mathbf{u}^\top S \mathbf{u} = 2 S \mathbf{u}.$$"""
    found = check_document(Path("a.md"), CheckOptions(mends=False), text=text).findings

    assert "refuted" not in [one.verdict for one in found]
