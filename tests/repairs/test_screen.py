"""The cheap look at a repair says what a reading of the whole formula says, in whichever way it looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.models.model import Model
from derive.models.registry import load_model
from derive.reader.parser import parse_statement
from derive.repairs import Candidate, candidates, vocabulary_for
from derive.repairs.screen import Screen
from derive.source import Source
from derive.statements.claims import start
from derive.statements.pieces import pieces


@pytest.fixture(scope="module")
def khapra() -> Model:
    return load_model("khapra")


def screened(model: Model, latex: str) -> tuple[Screen, list[Candidate]]:
    """Return the screen for a formula, and the repairs of its right side."""
    source = Source("formula", latex)
    state = start(model)
    (piece,) = pieces(parse_statement(source), None)
    screen = Screen.of(piece, model, state, (), None, 0)
    vocabulary = vocabulary_for(model, piece.left, piece.right)
    return screen, list(candidates(source, piece.right, vocabulary, screen.types))


FORMULAS = {
    "vector": r"\nabla_{a_k} L = \nabla_{h_k} L",
    "matrix": r"\nabla_{W_k} L = -\nabla_{a_k} L\, h_{k-1}^T",
    "entry": r"\frac{\partial L}{\partial a_{ki}} = 2 \frac{\partial L}{\partial h_{ki}}",
    "sum": r"\frac{\partial L}{\partial h_{kj}} = \sum_i W_{k+1,j,i} \frac{\partial L}{\partial a_{k+1,i}}",
    "sum and a term": r"\frac{\partial L}{\partial h_{kj}} = \sum_i W_{k+1,j,i} h_{k+1,i} + h_{kj}",
    "other shape": r"\nabla_{W_k} L = h_{k-1} (\nabla_{a_k} L)^T",
    "number": r"L = \log \hat{y}_\ell",
}


@pytest.mark.parametrize("latex", FORMULAS.values(), ids=FORMULAS)
def test_each_way_to_look_says_the_same(latex: str, khapra: Model) -> None:
    screen, found = screened(khapra, latex)
    read, _ = screened(khapra, latex)
    read.__dict__["_frame"] = None  # the whole equation is read anew for each repair

    said = []
    for one in found:
        edited, text = replace(one, whole=None), replace(one, whole=None, edits=())
        said.append((one.latex, screen.passes(one), screen.passes(edited), screen.passes(text), read.passes(one)))

    assert len(said) > 20
    assert [one for one in said if len(set(one[1:])) > 1] == []
    assert sum(one[1] for one in said) < len(said) / 5


RIGHT = {
    "slope": (r"\nabla_{a_k} L = \nabla_{h_k} L", r"\nabla_{h_k} L \odot g'(a_k)"),
    "sign": (r"\nabla_{a_L} L = y - \hat{y}", r"\hat{y} - y"),
    "order": (r"\nabla_{W_k} L = h_{k-1} (\nabla_{a_k} L)^T", r"(\nabla_{a_k} L) \, h_{k-1}^T"),
    "bias": (r"a_k = W_k h_{k-1}", r"W_k h_{k-1} + b_k"),
}


@pytest.mark.parametrize(("wrong", "right"), RIGHT.values(), ids=RIGHT)
def test_a_right_repair_is_proposed_and_passes(wrong: str, right: str, khapra: Model) -> None:
    screen, found = screened(khapra, wrong)

    assert right in [one.latex for one in found if screen.passes(one)]


@pytest.mark.parametrize("latex", [r"\hat{y} +", r"\hat{y} + q", r"y_i", r"\nabla_{W_k} L", r"\hat{y} \odot \hat{y}"])
def test_what_cannot_be_read_or_has_another_shape_or_value_is_out(latex: str, khapra: Model) -> None:
    screen, _ = screened(khapra, r"\nabla_{a_L} L = y - \hat{y}")

    assert not screen.passes(Candidate("D200", latex))
    assert screen.passes(Candidate("D200", r"-(y - \hat{y})"))


def test_an_index_that_the_link_does_not_have_is_out_where_no_sum_binds_it(khapra: Model) -> None:
    screen, _ = screened(khapra, r"\frac{\partial L}{\partial b_{ki}} = 2 \sum_j \frac{\partial L}{\partial a_{kj}}")
    assert screen._frame is not None
    read = screen.alone.reader.frame

    assert not screen.passes(Candidate("D209", r"\frac{\partial L}{\partial a_{kj}}"))
    assert screen.alone.reader.frame is read, "the whole equation was read for it"
    assert screen.passes(Candidate("D206", r"\frac{\partial L}{\partial a_{ki}}"))


def test_the_sum_of_the_right_side_may_bind_an_index_of_a_factor_behind_it(khapra: Model) -> None:
    screen, _ = screened(khapra, r"\frac{\partial L}{\partial b_{ki}} = \sum_j \frac{\partial L}{\partial a_{kj}}")
    text = r"\sum_j \frac{\partial L}{\partial a_{kj}} \frac{\partial a_{kj}}{\partial b_{ki}}"
    factor = r"\frac{\partial a_{kj}}{\partial b_{ki}}"

    assert screen.passes(Candidate("D205", text, whole=("*", (factor,))))


@pytest.mark.parametrize("operation", ["*", "/"])
def test_no_sum_binds_an_index_beside_its_brackets(
    operation: str, khapra: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, _ = screened(khapra, r"\frac{\partial L}{\partial b_{ki}} = \sum_j \frac{\partial L}{\partial a_{kj}} + 1")
    read: list[Candidate] = []
    monkeypatch.setattr(Screen, "_edited", lambda _, candidate: read.append(candidate))
    factor = r"\frac{\partial a_{kj}}{\partial b_{ki}}"

    assert not screen.passes(Candidate("D205", "", whole=(operation, (factor,))))
    assert not read
