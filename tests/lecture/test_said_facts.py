"""What a text says of labels and losses beside their formulas, and what it leaves unsaid."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from verdicts import verdicts

from derive.check import CheckOptions, ProvedFormula, check_document
from derive.document.document import read_document
from derive.lecture.network import network_of
from derive.lecture.text_network import TextNetwork

SCORES = r"With $s \in \mathbb{R}^K$ let $p = \mathrm{softmax}(s)$ and $J = -\sum_{k=1}^K t_k \log p_k$."


def network(text: str) -> TextNetwork:
    found = network_of(read_document(Path("lecture.md"), text).formulas)
    assert found is not None
    return found


def stated(text: str) -> dict[str, Any]:
    return tomllib.loads(network(text).toml)


@pytest.mark.parametrize(
    "words",
    ["a one-hot vector $t$", "one-hot targets $t$", "$t$ is a probability distribution", "$t$ is one-hot"],
)
def test_words_say_that_labels_sum_to_one(words: str) -> None:
    assert stated(f"{SCORES} Here we have {words}.")["assume"] == [r"\sum_{k} t_k = 1"]


def test_the_rows_of_a_matrix_sum_to_one() -> None:
    text = r"""For scores $S \in \mathbb{R}^{n \times K}$ let $P = \mathrm{softmax}(S)$, softmax over rows, and
$$J = -\sum_{i=1}^n \sum_{k=1}^K T_{ik} \log P_{ik}.$$ The rows of $T$ are one-hot."""

    assert stated(text)["assume"] == [r"\sum_{k} T_{ik} = 1"]


def test_what_is_computed_sums_to_one_only_if_it_does() -> None:
    assert "assume" not in stated(rf"{SCORES} Here $p$ is a probability distribution.")


def test_a_formula_that_needs_an_unsaid_fact_is_not_refuted() -> None:
    claims = r" $$\frac{\partial J}{\partial s_k} = p_k - t_k$$ $$\frac{\partial J}{\partial s_k} = t_k - p_k$$"

    assert network(SCORES).usual == (r"\sum_{k} t_k = 1",)
    assert verdicts(SCORES + claims)[-2:] == ["undecided", "refuted"]


def test_what_is_proved_beside_it_is_put_down_without_that_fact() -> None:
    text = SCORES + r" $$\frac{\partial J}{\partial s_i} = \sum_k t_k p_i - t_i = p_i - t_i$$"
    proofs: list[ProvedFormula] = []
    findings = check_document(Path("a.md"), CheckOptions(proofs=proofs), text=text).findings

    assert [finding.verdict for finding in findings[-2:]] == ["proved", "undecided"]
    assert [claim.facts for proved in proofs for claim, _ in proved.claims] == [()]


def test_a_set_of_numbers_is_a_fact_and_a_range_is_none() -> None:
    text = r"Let $w \in \mathbb{R}$, $y \in \{0, 1\}$ and $k \in \{1, \dots, K\}$, and $e = (w - y)^2$."

    assert stated(text)["assume"] == [r"y \in \{0, 1\}"]


def test_a_property_that_no_model_can_say_refutes_nothing() -> None:
    text = r"""Take $x \in \mathbb{R}^n$ and $A \in \mathbb{R}^{n \times n}$. Let $q = x^T A x$.
$$\nabla_x q = 2 A x$$"""

    assert verdicts(text)[-1] == "refuted"
    assert verdicts(f"{text}\nHere $A$ is symmetric.")[-2] != "refuted"


@pytest.mark.parametrize(
    "words",
    [
        r"a loss $L$ that depends on all $y_i$",
        r"The loss $L$ is a scalar function of $y$",
        r"Let $L$ be a differentiable loss which depends on $y$",
    ],
)
def test_a_loss_of_names_is_an_open_function_of_them(words: str) -> None:
    text = rf"For $x \in \mathbb{{R}}^n$ let $y_i = x_i^2$. {words}. $$\frac{{\partial L}}{{\partial x_i}} = 0$$"

    assert stated(text)["forward"][-1] == r"L = \operatorname{loss}(y)"


def test_a_loss_that_is_only_named_is_one_of_the_last_output() -> None:
    text = r"For $x \in \mathbb{R}^n$ let $y = x \odot x$ and $z = 2 y$, and let $L$ be the loss. "
    general = r"$$\frac{\partial L}{\partial x} = 4 x \odot \frac{\partial L}{\partial z}$$"
    wrong = r"$$\frac{\partial L}{\partial x} = 3 x \odot \frac{\partial L}{\partial z}$$"
    special = r"$$\frac{\partial L}{\partial z} = z$$"

    assert stated(text + general)["forward"][-1] == r"L = \operatorname{loss}(z)"
    assert verdicts(text + general + wrong + special)[-3:] == ["proved", "refuted", "undecided"]


def test_a_loss_without_a_clear_output_is_asked_for() -> None:
    text = r"""A cell computes $h_t = \tanh(w h_{t-1})$ for $t = 1, \dots, T$ with real numbers $w, h_0$.
Let $L$ be the loss. $$\frac{\partial L}{\partial w} = 0$$"""

    assert any("the loss $L$" in missing for missing in network(text).missing)


@pytest.mark.parametrize("phrase", ["softmax over each row", "row-wise softmax", "the softmax is taken along the rows"])
def test_a_sentence_says_over_what_the_softmax_is_taken(phrase: str) -> None:
    text = rf"For $S \in \mathbb{{R}}^{{n \times m}}$ let $A = \mathrm{{softmax}}(S)$, with {phrase}."

    assert stated(text)["functions"] == {r"\mathrm{softmax}": "softmax over rows"}


def test_the_letter_of_an_argument_is_that_of_any_example() -> None:
    text = r"""With $x^{(i)} \in \mathbb{R}^n$, $y^{(i)} \in \mathbb{R}$ for $i = 1, \dots, m$ let $h_w(x) = w^T x$ and
$$J(w) = \sum_{i=1}^m (h_w(x^{(i)}) - y^{(i)})^2, \qquad \frac{\partial J}{\partial w_j} = 0.$$"""
    found = stated(text)

    assert r"h_w(x) = w^T x" in found["forward"]
    assert r"w \in \mathbb{R}^{n}" in found["shapes"]
    assert not any(shape.startswith("x ") for shape in found["shapes"])


def test_labels_of_single_numbers_may_sum_to_one_too() -> None:
    text = r"""With $u_w \in \mathbb{R}^d$ and $v \in \mathbb{R}^d$ let
$$p_w = \frac{\exp(u_w^\top v)}{\sum_{k=1}^V \exp(u_k^\top v)}, \quad w = 1, \dots, V,$$
and let the loss be $$J = -\sum_{w=1}^V t_w \log p_w.$$
$$\frac{\partial J}{\partial v} = \sum_{w=1}^V (p_w - t_w) u_w$$"""

    assert network(text).usual == (r"\sum_{w} t_w = 1",)
    assert verdicts(text)[-1] == "undecided"


def test_what_is_said_of_one_loss_is_not_refuted_for_any() -> None:
    text = r"With $x \in \mathbb{R}^n$ let $o = 2 x$. With the loss function $l$ and the label $y$ let $L = l(o, y)$."
    special = r" $$\frac{\partial L}{\partial o} = o - y$$"
    wrong = r" $$\frac{\partial L}{\partial x} = 3 \frac{\partial L}{\partial o}$$"

    assert stated(text + wrong)["shapes"][-1] == r"y \in \mathbb{R}"
    assert verdicts(text + special + wrong)[-2:] == ["undecided", "refuted"]


def test_the_sign_of_a_product_is_said_at_the_end_of_a_list() -> None:
    text = r"""Let $u \in \mathbb{R}^n$,
$v \in \mathbb{R}^n$, $\otimes$ is the elementwise product and $\tau$ the sigmoid.
We take $w = u \otimes \tau(v)$."""
    found = stated(text)

    assert found["operators"] == {r"\otimes": "elementwise"}
    assert found["functions"] == {r"\tau": "sigmoid"}


def test_numbered_letters_are_numbers_where_nothing_is_an_array() -> None:
    small = r"Let $n_1 = w_1 x_1 + w_2 x_2$ and $e = \tanh(n_1)$."
    layers = r"Let $n_1 = W_1 x_1$ and $e = \tanh(n_1)$ with a matrix $W_1$."

    assert r"w_{1} \in \mathbb{R}" in stated(small)["shapes"]
    assert r"x_{1} \in \mathbb{R}" not in str(network_of(read_document(Path("a.md"), layers).formulas))


def test_the_larger_of_two_has_their_shape() -> None:
    text = (
        r"With $x \in \mathbb{R}^d$ and an $m \times d$ matrix $W$ let $u = W x$, $r = \max(0, u)$ and $y = x + V r$."
    )

    assert r"V \in \mathbb{R}^{d \times m}" in stated(text)["shapes"]


def test_a_condition_that_no_model_can_say_is_no_claim_and_refutes_nothing() -> None:
    text = r"""For $X \in \mathbb{R}^{N \times D}$ and $W \in \mathbb{R}^{D \times K}$ we have
$$J = \|X - X W W^\top\|_F^2.$$
$$J = \mathrm{tr}(X^\top X) - \mathrm{tr}(W^\top X^\top X W)$$"""

    assert verdicts(text)[-1] == "refuted"
    assert verdicts(f"{text} Here $W^\\top W = I$.")[-2:] == ["undecided", "assumed"]
    assert verdicts(f"{text} $W$ is a matrix with orthonormal columns.")[-2] == "undecided"


def test_a_declared_row_is_added_to_each_row_of_a_matrix() -> None:
    text = r"""With $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times q}$ and
$b \in \mathbb{R}^{1 \times q}$ let $O = X W + b$ and $J = \|O\|_F^2$.
$$\frac{\partial J}{\partial W} = 2 X^\top O$$ $$\frac{\partial J}{\partial W} = X^\top O$$"""

    assert stated(text)["broadcast"] is True
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_a_first_definition_that_fits_nothing_is_not_refuted() -> None:
    text = r"""With $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times q}$ and $b \in \mathbb{R}^q$ let
$H = 2 X W$ and $O = X W + b$."""

    assert verdicts(text)[-1] in {"not-understood", "undecided"}


def test_a_usual_fact_is_written_where_the_text_writes_no_entries() -> None:
    text = r"""Let $a = W x$ with $W \in \mathbb{R}^{K \times d}$, $p = \mathrm{softmax}(a)$ and the loss
$$L = -y^\top \log p.$$ $$\frac{\partial L}{\partial a} = p - y$$ $$\frac{\partial L}{\partial a} = y - p$$"""

    assert network(text).usual == (r"\sum_{j} y_{j} = 1",)
    assert verdicts(text)[-2:] == ["undecided", "refuted"]


def test_a_formula_of_some_values_only_is_not_refuted_by_others() -> None:
    text = r"""For a score $s = w^\top x + b$ with $w, x \in \mathbb{R}^d$ and a label $y \in \{-1, 1\}$
the hinge loss is
$$\ell = \max(0, 1 - y s).$$

"""
    claim = r"$$\frac{\partial \ell}{\partial b} = -y.$$"

    assert verdicts(f"{text}Always {claim}")[-1] == "refuted"
    assert verdicts(f"{text}If $y s < 1$, {claim}")[-1] == "proved"


@pytest.mark.parametrize(
    ("axis", "fact"),
    [("each row", r"\sum_{k} T_{nk} = 1"), ("each column", r"\sum_{n} T_{nk} = 1")],
)
def test_one_hot_labels_of_a_matrix_sum_to_one_as_its_softmax_does(axis: str, fact: str) -> None:
    text = (
        r"With scores $S \in \mathbb{R}^{N \times K}$ and $P = \mathrm{softmax}(S)$, taken over "
        + axis
        + r", and one-hot labels $T \in \mathbb{R}^{N \times K}$ the loss is"
        + "\n\n"
        + r"$$J = -\sum_{n=1}^N \sum_{k=1}^K T_{nk} \log P_{nk}$$"
    )
    assert stated(text)["assume"] == [fact]


def test_what_a_text_says_of_an_open_function_alone_is_not_refuted() -> None:
    setting = r"Let $z^l = w^l a^{l-1}$, $a^l = g(z^l)$ for $l = 1, \dots, L$ and $C = \frac12 \|y - a^L\|^2$."
    own = r"$$g'(z) = g(z) (1 - g(z))$$ $$\frac{\partial C}{\partial z^L} = (a^L - y) \odot g'(z^L)$$"
    report = check_document(Path("a.md"), CheckOptions(mends=False), text=f"{setting} {own}")

    assert [finding.verdict for finding in report.findings[-2:]] == ["undecided", "proved"]


def test_words_of_another_part_do_not_make_a_number_a_vector() -> None:
    text = r"""# Gradients

The function $f(x)$ takes $x$, where $x$ is a vector of inputs.

# Numbers

Let $f(x,y,z) = (x + y) z$ with $q = x + y$ and $f = q z$. Then $$\frac{\partial f}{\partial x} = z$$
"""
    report = check_document(Path("a.md"), CheckOptions(mends=False), text=text)

    assert {finding.verdict for finding in report.findings if "=" in finding.latex} == {"assumed", "proved"}
