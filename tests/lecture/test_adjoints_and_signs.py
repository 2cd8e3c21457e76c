"""Names of adjoints for any quantity, rows in brackets, signs alone, and words that are no function."""

from __future__ import annotations

from pathlib import Path

import pytest
from verdicts import last

from derive.check import CheckOptions, check_document

TAPE = r"""Let $r \in \mathbb{R}^{D}$ be given,
$$ p = B r, \quad e_i = \exp(p_i), \quad n = \sum_{i=1}^{K} e_i, \quad F = \log n $$
with $B \in \mathbb{R}^{K \times D}$. We write
$\bar{q} = \frac{\partial F}{\partial q}$ for the adjoint of a quantity $q$."""
ROW = r"""With $z = W x$ and $s = u^T z$, $W \in \mathbb{R}^{m \times n}$ and $u \in \mathbb{R}^m$, let
$\delta = \frac{\partial s}{\partial z}$ (a row)."""
BLOCK = r"""For $k = 1, \dots, L$ a block is $x_k = x_{k-1} + V_k g(W_k x_{k-1})$ with $x_k \in \mathbb{R}^d$,
$W_k \in \mathbb{R}^{m \times d}$, $V_k \in \mathbb{R}^{d \times m}$,
a differentiable $g$ and a loss $F = \ell(x_L)$."""


@pytest.mark.parametrize("latex", [r"\bar{n} = \frac{1}{n}", r"\bar{p}_i = \bar{e}_i e_i", r"\bar{B} = \bar{p} r^T"])
def test_a_bar_over_any_letter_is_its_gradient(latex: str) -> None:
    assert last(f"{TAPE} $${latex}$$") == "proved"


@pytest.mark.parametrize("latex", [r"\bar{n} = -\frac{1}{n}", r"\bar{p}_i = \bar{e}_i p_i", r"\bar{r} = B \bar{p}"])
def test_slips_of_adjoints_are_refuted(latex: str) -> None:
    assert last(f"{TAPE} $${latex}$$") == "refuted"


def test_words_in_brackets_say_that_a_vector_lies() -> None:
    assert last(rf"{ROW} $$\frac{{\partial s}}{{\partial W}} = \delta^T x^T$$") == "proved"
    assert last(rf"{ROW} $$\frac{{\partial s}}{{\partial W}} = 2 \delta^T x^T$$") == "refuted"


@pytest.mark.parametrize("words", ["The identity path must stay:", "Without the identity branch one would have"])
def test_the_identity_path_is_no_function(words: str) -> None:
    slope = r"W_k^\top (g'(W_k x_{k-1}) \odot V_k^\top \nabla_{x_k} F)"

    assert last(rf"{BLOCK} {words} $$\nabla_{{x_{{k-1}}}} F = {slope}$$") != "proved"
    assert (
        last(rf"{BLOCK} The identity path is kept: $$\nabla_{{x_{{k-1}}}} F = \nabla_{{x_k}} F + {slope}$$") == "proved"
    )
    assert last(rf"{BLOCK} The identity path is lost: $$\nabla_{{x_{{k-1}}}} F = {slope}$$") == "refuted"


@pytest.mark.parametrize("sign", ["*", r"\odot", "=", ":=", r"^\top", "'", r"\equiv"])
def test_a_sign_alone_claims_nothing(sign: str) -> None:
    report = check_document(
        Path("signs.md"), CheckOptions(mends=False), text=f"Here ${sign}$ is a sign, and $y = 2 x$.\n"
    )

    assert report.findings[0].verdict == "assumed"
