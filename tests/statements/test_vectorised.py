"""vec and Kronecker products: vec(A X B) = (Bᵀ ⊗ A) vec(X)."""

from __future__ import annotations

import pytest
from verdicts import findings, words

PRODUCTS = r"""
forward = ['y = A B c', 'f = \frac{1}{2} \| y - t \|^2']
shapes = [
  'A \in \mathbb{R}^{m \times n}', 'B \in \mathbb{R}^{n \times p}', 'D \in \mathbb{R}^{p \times q}',
  'c \in \mathbb{R}^p', 'y, t \in \mathbb{R}^m', '\eta \in \mathbb{R}',
]
[operators]
'\otimes' = "kronecker"
"""

JUDGED = {
    r"\operatorname{vec}(A B) = (I \otimes A) \operatorname{vec}(B)": "proved",
    r"\operatorname{vec}(A B) = (B^\top \otimes I) \operatorname{vec}(A)": "proved",
    r"\mathrm{vec}(A B D) = (D^\top \otimes A)\, \mathrm{vec}(B)": "proved",
    r"\operatorname{vec}(A B D) = (D \otimes A^\top)^\top \operatorname{vec}(B)": "proved",
    r"\operatorname{vec}(A B) = (B \otimes I) \operatorname{vec}(A)": "refuted",
    r"\operatorname{vec}(A B D) = (A \otimes D) \operatorname{vec}(B)": "refuted",
    r"y = (c^\top \otimes A) \operatorname{vec}(B)": "proved",
    r"\operatorname{vec}(\nabla_B f) = (c \otimes A^\top) (y - t)": "proved",
    r"\operatorname{vec}(\nabla_B f) = c \otimes A^\top (y - t)": "proved",
    r"\operatorname{vec}(\nabla_B f) = 2 (c \otimes A^\top (y - t))": "refuted",
    r"\operatorname{vec}(B - \eta \nabla_B f) = \operatorname{vec}(B) - \eta (c \otimes A^\top) (y - t)": "proved",
    r"\operatorname{vec}(c) = c": "proved",
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.items())
def test_stacked_columns(formula: str, word: str) -> None:
    assert words(PRODUCTS, formula) == [word]


def test_what_holds_for_stacked_rows_alone_is_left_in_doubt() -> None:
    found = findings(PRODUCTS, r"\operatorname{vec}(A B D) = (A \otimes D^\top) \operatorname{vec}(B)")

    assert [link.word for link in found] == ["undecided"]
    assert "columns or rows" in found[0].message
    assert words(PRODUCTS, r"\operatorname{vec}(\nabla_B f) = A^\top (y - t) \otimes c") == ["undecided"]
    assert words(PRODUCTS, r"\operatorname{vec}(\nabla_B f) = -A^\top (y - t) \otimes c") == ["refuted"]
