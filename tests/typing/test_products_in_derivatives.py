"""How far a derivative reaches over a product in which indices are summed, and norms of matrices."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

MODEL = r"""<!-- derive:model
forward = ['q = x^\top A x']
shapes = ['A, B \in \mathbb{R}^{n \times n}', 'x \in \mathbb{R}^n']
-->

"""
EINSTEIN = "We use Einstein's summation convention: repeated indices are summed over.\n\n"


def verdict(latex: str, words: str = "") -> str:
    return (
        check_document(Path("a.md"), CheckOptions(mends=False), text=f"{MODEL}{words}$${latex}$$\n")
        .findings[-1]
        .verdict
    )


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{d}{dx_k} x_i A_{ij} x_j = A_{kj} x_j + x_i A_{ik}", "proved"),
        (r"\frac{d}{dx_k} x_i A_{ij} x_j = A_{ki} x_i + x_i A_{ik}", "proved"),
        (r"\frac{d}{dx_k} x_i A_{ij} x_j = \frac{dx_i}{dx_k} A_{ij} x_j + x_i A_{ij} \frac{dx_j}{dx_k}", "proved"),
        (r"\frac{d}{dx_k} x_i A_{ij} x_j = 2 A_{kj} x_j", "refuted"),
        (r"\frac{d}{dx_k} x_i A_{ij} x_j = A_{kj} x_j", "undecided"),
    ],
)
def test_a_derivative_reaches_over_the_whole_product_that_is_summed(latex: str, expected: str) -> None:
    assert verdict(latex, EINSTEIN) == expected


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\nabla_A \|A - B\|_2^2 = 2 (A - B)", "proved"),
        (r"\nabla_A \|A - B\|_2^2 = 2 (B - A)", "not-understood"),
        (r"\nabla_A \|A - B\|_F^2 = 2 (B - A)", "refuted"),
        (r"\nabla_A \|A - B\|_2 = \frac{A - B}{\|A - B\|_2}", "not-understood"),
    ],
)
def test_the_squared_norm_2_of_a_matrix_is_that_of_its_entries_but_refutes_nothing(latex: str, expected: str) -> None:
    assert verdict(latex) == expected
