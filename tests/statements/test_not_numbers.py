"""Letters that nothing declares: numbers, unless something speaks against it."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words

NO_NUMBERS = {
    "a transpose": r"(P Q)^T = P^T Q^T",
    "a transpose of one letter": r"p^T q = q p^T",
    "an inverse": r"(P Q)^{-1} = P^{-1} Q^{-1}",
    "the inverse of a capital letter": r"S^{-1} r = r S^{-1}",
    "the order of capital letters": r"P Q = Q P",
    "a power of a sum": r"(P - Q)^2 = P^2 - 2 P Q + Q^2",
    "one letter under two indices": r"\frac{\partial}{\partial r_i} (r_i r_j) = r_j",
    "a letter and a number as indices": r"\frac{\partial}{\partial r_1} r_k^2 = 0",
    "a derivative by a stranger": r"\frac{d (p q)}{d s} = 0",
    "a second derivative": r"\frac{d^2 r}{d p^2} = \frac{d^2 r}{d q^2} \left( \frac{d q}{d p} \right)^2",
    "a declared vector": r"r\, x\, b = r\, b\, x",
}
NUMBERS = {
    "small letters": r"(p + q)^2 = p^2 + 2 p q + q^2",
    "one capital letter": r"\frac{d}{dr} (P r^2) = 2 P r",
    "indices that differ": r"\frac{\partial}{\partial r_1} (r_1 r_2) = r_2",
    "a chain through a declared vector": r"\frac{dy}{dp} = \frac{dy}{dr} \frac{dr}{dp}",
    "the whole second derivative": (
        r"\frac{d^2 r}{d p^2} = \frac{d^2 r}{d q^2} \left( \frac{d q}{d p} \right)^2 + \frac{dr}{dq} \frac{d^2 q}{dp^2}"
    ),
    "an inverse of a number": r"\frac{d}{dr} r^{-1} = -r^{-2}",
}


@pytest.mark.parametrize("formula", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_marks_of_other_things_are_not_read_as_numbers(formula: str) -> None:
    assert words(VECTORS, formula) == ["not-understood"]


@pytest.mark.parametrize("formula", NUMBERS.values(), ids=NUMBERS)
def test_without_such_marks_letters_are_numbers(formula: str) -> None:
    assert words(VECTORS, formula) == ["proved"]
