"""A transpose may stand before what it transposes; behind an operand a script belongs to that operand."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.reader.parser import parse_expression
from derive.reader.syntax import Product
from derive.source import Source

MODEL = r"""
name = "two products"
forward = ['Z = A B', 'E = \frac{1}{2} \|Z\|_F^2']
shapes = ['A \in \mathbb{R}^{n \times m}', 'B \in \mathbb{R}^{m \times r}', 'Z \in \mathbb{R}^{n \times r}']
"""

BEFORE = [
    r"{}^tA",
    r"^tA",
    r"{}^{t} A",
    r"{}^{\mathrm{t}}A",
    r"{}^{\top}\!A",
    r"\;^TA",
    r"(\,^tA)",
    r"{}^t{A}",
    r"\operatorname{transpose}(A)",
]


@pytest.mark.parametrize("turned", BEFORE)
def test_a_transpose_before_a_name_transposes_it(turned: str) -> None:
    assert words(MODEL, rf"\nabla_B E = {turned} Z") == ["proved"]
    assert words(MODEL, rf"\nabla_A E = Z \, {turned}") == ["refuted"]


def test_it_reaches_over_brackets_and_scripts() -> None:
    assert words(MODEL, r"{}^t(A B) = {}^tB \, {}^tA") == ["proved"]
    assert words(MODEL, r"{}^t(A B) = {}^tA \, {}^tB") == ["refuted"]
    assert read(r"{}^t W^{(l)}") == read(r"{W^{(l)}}^\top")


@pytest.mark.parametrize(
    ("text", "same"), [(r"A{}^T B", r"A^T B"), (r"A {}^\top B", r"A^\top B"), (r"x^t y", "{x}^t y")]
)
def test_behind_an_operand_it_belongs_to_that(text: str, same: str) -> None:
    assert read(text) == read(same)


def read(text: str) -> str:
    node = parse_expression(Source("test", text))
    return " ".join(item.node.text for item in node.items) if isinstance(node, Product) else node.text
