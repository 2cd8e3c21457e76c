"""Signs above a name: entries of a transpose, primes on arrays and numbers in brackets."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, VECTORS, findings, words

PROVED = {
    "an entry of a transpose": r"\partial E / \partial x_j = \sum_{i=1}^{m} W^\top_{ji} (\partial E / \partial u_i)",
    "the same in brackets": r"\partial E / \partial x_j = \sum_{i=1}^{m} (W^\top)_{ji} (\partial E / \partial u_i)",
    "it is the entry of the matrix, turned": r"W^T_{ji} = W_{ij}",
    "a prime on a matrix": r"\nabla_x E = W' \nabla_u E",
    "a prime on brackets": r"\nabla_x E = (W)' \nabla_u E",
    "a prime on a vector": r"\nabla_W E = \nabla_u E \, x' + \lambda W",
}


@pytest.mark.parametrize("formula", PROVED.values(), ids=PROVED)
def test_what_is_written_is_proved(formula: str) -> None:
    assert words(VECTORS, formula) == ["proved"]


REFUTED = {
    "swapped": r"\partial E / \partial x_j = \sum_{i=1}^{m} W^\top_{ij} (\partial E / \partial u_i)",
    "a square matrix is not symmetric": r"A^\top_{ij} = A_{ij}",
}


@pytest.mark.parametrize("formula", REFUTED.values(), ids=REFUTED)
def test_what_is_written_is_refuted(formula: str) -> None:
    assert words(VECTORS, formula) == ["refuted"]


NOT_UNDERSTOOD = {
    "a prime that turns nothing true": (VECTORS, r"\nabla_x E = 2 W' \nabla_u E"),
    "a prime on a number": (VECTORS, r"E' = E"),
    "a number in brackets is no power": (VECTORS, r"E^{(2)} = E^2"),
    "a number in square brackets is none": (VECTORS, r"\lambda^{[2]} = \lambda^2"),
    "a number in curly brackets is none": (VECTORS, r"\lambda^{\{2\}} = \lambda^2"),
    "a number in angle brackets is none": (VECTORS, r"E^{\langle 2 \rangle} = E^2"),
}


@pytest.mark.parametrize(("model", "formula"), NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_what_may_be_something_else_is_not_understood(model: str, formula: str) -> None:
    assert words(model, formula) == ["not-understood"]


def test_a_prime_read_as_a_transpose_is_said() -> None:
    (found,) = findings(VECTORS, r"\nabla_x E = W' \nabla_u E")
    assert "transpose" in found.message


def test_a_layer_below_is_no_entry() -> None:
    assert words(LAYERS, r"\nabla_{a^{l-1}} C = (W^{l})^T \nabla_{z^l} C") == ["proved"]
