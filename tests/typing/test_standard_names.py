"""Euler's number beside a declared e."""

from __future__ import annotations

import pytest
from verdicts import words

ERRORS = """
forward = ['z = W x', 'p = \\operatorname{softmax}(z)', 'J = -\\sum_{i=1}^{m} y_i \\log p_i']
shapes = ['W \\in \\mathbb{R}^{m \\times n}', 'x \\in \\mathbb{R}^n', 'z, p, y \\in \\mathbb{R}^m']
where = ['e = p - y']
assume = ['\\sum_{i=1}^{m} y_i = 1']
"""

PROVED = {
    "as a factor": r"\nabla_W J = e x^\top",
    "entries": r"p_i = \frac{e^{z_i}}{\sum_{j=1}^{m} e^{z_j}}",
    "vectors": r"p = \frac{e^z}{\sum_{j=1}^{m} e^{z_j}}",
    "transposed": r"e^\top e = \|e\|^2",
    "squared": r"\sum_{i=1}^{m} e_i^2 = \|e\|^2",
}


@pytest.mark.parametrize("formula", PROVED.values(), ids=PROVED)
def test_a_declared_e_and_powers_of_eulers_number_stand_side_by_side(formula: str) -> None:
    assert words(ERRORS, formula) == ["proved"]


def test_a_wrong_exponent_is_refuted_in_both_readings() -> None:
    assert words(ERRORS, r"p_i = \frac{e^{-z_i}}{\sum_{j=1}^{m} e^{-z_j}}") == ["refuted"]


def test_a_number_may_be_raised_to_a_power_too() -> None:
    scalars = "forward = ['e = y - t', 's = e^2', 'E = s']\nshapes = ['y, t, n \\in \\mathbb{R}']"

    assert words(scalars, r"e^{n} = (y - t)^{n}") == ["proved"]
    assert words(scalars, r"\frac{d}{dn} e^{n} = e^{n}") == ["proved"]
