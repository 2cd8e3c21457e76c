"""Repairs are proposed by type: what cannot fit where it would stand is never read."""

from __future__ import annotations

import pytest

from derive.algebra.index import size, upto
from derive.models.model import Model
from derive.models.registry import load_model
from derive.reader.parser import parse_statement
from derive.repairs import Candidate, candidates, vocabulary_for
from derive.repairs.screen import Screen
from derive.repairs.shapes import SCALAR, Shape
from derive.source import Source, Span
from derive.statements.claims import start
from derive.statements.pieces import pieces

N, M = upto(size("n")), upto(size("m"))


@pytest.fixture(scope="module")
def khapra() -> Model:
    return load_model("khapra")


def proposed(model: Model, latex: str) -> list[Candidate]:
    """Return the repairs of the right side of a formula."""
    source = Source("formula", latex)
    (piece,) = pieces(parse_statement(source), None)
    screen = Screen.of(piece, model, start(model), (), None, 0)
    vocabulary = vocabulary_for(model, piece.left, piece.right)
    return list(candidates(source, piece.right, vocabulary, screen.types))


def texts(model: Model, latex: str) -> set[str]:
    return {"".join(candidate.latex.split()) for candidate in proposed(model, latex)}


def test_a_product_contracts_what_stands_side_by_side() -> None:
    assert Shape(N, M).times(Shape(M)) == Shape(N)
    assert Shape(N).times(Shape(None, M)) == Shape(N, M)
    assert Shape(None, N).times(Shape(N)) == SCALAR
    assert Shape(N, M).times(Shape(N)) is None
    assert SCALAR.times(Shape(N, M)) == Shape(N, M)


def test_a_number_may_be_the_size_that_it_fixes() -> None:
    assert Shape(N).agrees(Shape(upto(3)))
    assert not Shape(upto(2)).agrees(Shape(upto(3)))
    assert not Shape(N).agrees(Shape(None, N))


def test_an_array_is_replaced_by_one_of_its_type_where_the_side_fits(khapra: Model) -> None:
    found = texts(khapra, r"\nabla_{a_k} L = \nabla_{a_k} L \odot h_k")

    assert r"\nabla_{a_k}L\odotb_k" in found
    assert not any(text.startswith(r"\nabla_{a_k}L\odotW") for text in found)
    assert r"\nabla_{a_k}L\odoth_{k-1}" in texts(khapra, r"\nabla_{a_k} L = \nabla_{a_k} L \odot h_k")


def test_a_shape_is_mended_by_another_type_at_the_place_that_does_not_fit(khapra: Model) -> None:
    latex = r"\nabla_{h_{k-1}} L = W_k \nabla_{a_k} L + \lambda h_{k-1}"
    found = proposed(khapra, latex)
    product = Span(latex.index("W_k"), latex.index(" +"))

    assert "W_k^T" in {text for candidate in found for _, text in candidate.edits}
    assert all(candidate.touches(product) for candidate in found)


def test_a_product_is_turned_into_what_fits(khapra: Model) -> None:
    latex = r"\nabla_{h_{k-1}} L = W_k \nabla_{a_k} L"
    found = {"".join(one.latex.split()) for one in proposed(khapra, latex) if one.code == "D202"}

    assert found == {r"W_k^T\nabla_{a_k}L"}


def test_factors_are_exchanged_where_the_shapes_allow_it(khapra: Model) -> None:
    fitting = [one.latex for one in proposed(khapra, r"a_k = W_k h_{k-1}") if one.code in {"D202", "D203"}]
    turned = [one.latex for one in proposed(khapra, r"\nabla_{W_k} L = h_{k-1} (\nabla_{a_k} L)^T")]

    assert fitting == []
    assert r"(\nabla_{a_k} L) \, h_{k-1}^T" in turned
    assert r"(\nabla_{a_k} L)^T \, h_{k-1}" not in turned


def test_what_is_added_has_the_type_of_the_side(khapra: Model) -> None:
    found = texts(khapra, r"\nabla_{b_k} L = -\nabla_{a_k} L")

    assert any(text.endswith("+b_k") for text in found)
    assert not any(text.endswith(("+W_k", r"\odotW_k")) for text in found)


def test_a_number_has_no_transpose(khapra: Model) -> None:
    latex = r"\frac{\partial L}{\partial h_{k-1,j}} = \sum_i W_{k,j,i} \frac{\partial L}{\partial a_{ki}}"

    assert not any(candidate.code == "D202" for candidate in proposed(khapra, latex))


def test_a_sum_is_taken_over_what_is_free(khapra: Model) -> None:
    found = [one.latex for one in proposed(khapra, r"L = \sum_i b_{ki}") if one.code == "D208"]

    assert not any(latex.startswith(r"\sum_{i} \sum_i") for latex in found)
