"""What a part of a text takes from the others: what its formulas are computed from, and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.lecture.network import networks_of


def verdicts(text: str) -> list[str]:
    """Return the verdicts on what a text claims."""
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return [finding.verdict for finding in found if finding.verdict != "assumed"]


def test_a_later_part_has_no_lines_that_nothing_in_it_needs() -> None:
    text = r"""# Numbers

For real numbers $u, v$ let $p = u v$ and $q = p^2$.

# Layers

For $x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{m \times n}$ let $q = W x$. Then $\partial q / \partial x = W$.
"""
    found = networks_of(read_document(Path("lecture.md"), text).formulas)

    assert [tomllib.loads(network.toml)["forward"] for network in found] == [["p = u v", "q = p^2"], ["q = W x"]]


def test_an_open_loss_of_a_later_part_keeps_what_is_computed_from_its_names() -> None:
    text = r"""# Layers

For $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times n}$ let $a = W x$, $b = W a$. The loss is $J$.

# Gradients

Let $c = 3$ and $x \in \mathbb{R}^{k}$ be real. $$\frac{\partial J}{\partial W} = \frac{\partial J}{\partial a} x^T$$
"""
    assert "proved" not in verdicts(text)


TABLE = r"""
Let $T \in \mathbb{R}^{V \times d}$, $W \in \mathbb{R}^{n \times m}$, $b \in \mathbb{R}^n$, $x \in \mathbb{R}^m$.
$$\begin{aligned} x &= [T_{w_0}, T_{w_1}, \dots, T_{w_{q-1}}] \\
z &= W x + b \\ E &= \frac{1}{2} \|z\|^2 \end{aligned}$$
"""


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac{\partial E}{\partial W} = z x^T", "proved"),
        (r"\frac{\partial E}{\partial x} = W^T z", "proved"),
        (r"\frac{\partial E}{\partial x} = W z", "refuted"),
        (r"\frac{\partial E}{\partial T} = 0", "not-understood"),
        (r"\frac{\partial E}{\partial T_{w_1}} = 2 \frac{\partial E}{\partial T_{w_1}}", "not-understood"),
    ],
)
def test_what_cannot_be_read_is_given_where_nothing_of_it_stands_elsewhere(formula: str, verdict: str) -> None:
    assert verdicts(f"{TABLE}$${formula}$$")[-1] == verdict


def test_what_cannot_be_read_is_unknown_where_its_names_stand_elsewhere() -> None:
    text = TABLE.replace("W x + b", r"W x + T_{w_0}")

    assert verdicts(rf"{text}$$\frac{{\partial E}}{{\partial W}} = z x^T$$")[-1] == "not-understood"


def test_what_the_text_differentiates_by_a_name_of_the_network_is_not_given() -> None:
    said = r"$$\frac{\partial x}{\partial W} = 1$$"

    assert verdicts(rf"{TABLE}{said}$$\frac{{\partial E}}{{\partial W}} = z x^T$$")[-1] == "not-understood"


ITEMS = r"""
1. **A column.** Let $W \in \mathbb{R}^{n \times m}$ and $z = W x$. Then
   $\frac{\partial z}{\partial x} = W$, and $\frac{\partial z_i}{\partial x_j} = W_{ij}$.

2. **A row.** Let $z = x W$. Then $\frac{\partial z}{\partial x} = W^T$.

3. **A multiple.** Let $z = 3 x$. Then $\frac{\partial z}{\partial x} = 3 I$ and
   $\frac{\partial z_i}{\partial x_i} = 2$.

4. **A column again.** Let $z = W x$. Then $\frac{\partial z_i}{\partial W_{ij}} = x_j$.
"""


def test_a_letter_that_many_sections_define_is_what_its_section_says() -> None:
    assert verdicts(ITEMS) == ["proved", "proved", "proved", "proved", "refuted", "proved"]


CAPITALS = r"""
For $x \in \mathbb{R}^m$ and $W \in \mathbb{R}^{n \times m}$ the loss function $J$ is computed by
$$\begin{aligned} z &= W x \\ p &= \operatorname{softmax}(z) \\ J &= CE(y, p) \end{aligned}$$
"""


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\nabla_W J = \nabla_z J \, x^T", "proved"),
        (r"\nabla_W J = 2 \nabla_z J \, x^T", "refuted"),
        (r"\nabla_z J = p - y", "undecided"),
    ],
)
def test_capitals_before_several_arguments_are_the_name_of_a_loss(formula: str, verdict: str) -> None:
    assert verdicts(f"{CAPITALS}$${formula}$$")[-1] == verdict


def test_capitals_that_stand_alone_elsewhere_are_factors() -> None:
    text = CAPITALS + r"Let $C, E \in \mathbb{R}$ and $s = C + E$."

    assert verdicts(rf"{text}$$\nabla_W J = \nabla_z J \, x^T$$")[-1] == "not-understood"


def test_what_a_chain_has_said_of_a_name_says_nothing_new_in_a_later_section() -> None:
    text = r"""# A cost

Let $x \in \mathbb{R}^m$, $W \in \mathbb{R}^{n \times m}$ and $z = W x$. The cost is
$$C = \frac{1}{2} \|z - y\|^2 = \frac{1}{2} \sum_j (z_j - y_j)^2,$$ and we call
$\delta = \frac{\partial C}{\partial z}$.

# Its gradient

With $C = \frac{1}{2} \sum_j (z_j - y_j)^2$ we have $\delta = z - y$. $$\frac{\partial C}{\partial W} = \delta x^T$$
$$\frac{\partial C}{\partial W} = x \delta^T$$
"""
    assert verdicts(text)[-3:] == ["proved", "proved", "refuted"]


def test_what_is_computed_with_one_example_is_so_with_each() -> None:
    text = r"""The output of a unit is $a = s(w x + c)$ with $s(u) = \frac{1}{1 + e^{-u}}$; for example $i$ it is
$a_i = s(w x_i + c)$, and $E = \frac{1}{n} \sum_{i=1}^{n} (a_i - t_i)^2$.
$$\frac{\partial E}{\partial w} = \frac{1}{n} \sum_{i=1}^{n} 2 (a_i - t_i) a_i (1 - a_i) x_i$$
$$\frac{\partial E}{\partial c} = \frac{1}{n} \sum_{i=1}^{n} 2 (a_i - t_i) a_i$$
"""
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_an_output_that_only_one_example_defines_is_no_input() -> None:
    text = r"""A line is $y = w x$. We take $E = \frac{1}{n} \sum_{i=1}^{n} (y_i - t_i)^2 + \mu w^2$ and
$F = \frac{1}{n} \sum_{i=1}^{n} (w x_i - t_i)^2$.
$$\frac{\partial E}{\partial w} = 2 \mu w$$
$$\frac{\partial E}{\partial w} = \frac{2}{n} \sum_{i=1}^{n} (y_i - t_i) x_i + 2 \mu w$$
"""
    found = verdicts(text)[-2:]
    assert found[0] != "proved"
    assert found[1] != "refuted"


def test_before_a_part_that_defines_a_name_anew_the_name_is_not_what_it_is_there() -> None:
    text = r"""# First

The cost is $E(w) = q w_i$. $$\frac{\partial E}{\partial w} = w$$

# Then

For real numbers $w, x, t$ let $E = (w x - t)^2$. $$\frac{\partial E}{\partial w} = 2 (w x - t) x$$
"""
    assert "refuted" not in verdicts(text)


def test_where_a_function_vanishes_or_is_the_identity_is_no_definition_of_it() -> None:
    text = r"""If the wanted map is $H(x)$, a block learns $F(x) := H(x) - x$ for $x \in \mathbb{R}^n$.

It is easier to reach $F(x) = 0$ than $H(x) = x$. With all weights at zero $F(x) = 0$ is met at once.
"""
    assert "proved" not in verdicts(text)
