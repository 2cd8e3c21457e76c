"""Formulas in the Markdown cells of notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derive.document.document import Document, ModelDirective, read_document
from derive.errors import InputError


def notebook(*cells: tuple[str, object]) -> str:
    return json.dumps({"cells": [{"cell_type": kind, "source": text} for kind, text in cells], "nbformat": 4})


def read(text: str) -> Document:
    return read_document(Path("lecture.ipynb"), text)


def test_cells_are_counted_from_one_and_lines_within_the_cell() -> None:
    document = read(notebook(("code", "cost = '$x$'"), ("markdown", ["so\n", "$a$ and\n", " $b$"]), ("raw", "$c$")))

    found = [(f.latex, f.cell, str(f.source.position(f.span.start))) for f in document.formulas]
    assert found == [("a", 2, "2:2"), ("b", 2, "3:3")]
    assert {formula.source.name for formula in document.formulas} == {"lecture.ipynb"}


def test_directives_reach_over_cells() -> None:
    document = read(
        notebook(
            ("markdown", '<!-- derive:model use = "khapra" -->'),
            ("markdown", "<!-- derive:off later -->"),
            ("markdown", "$a$"),
            ("markdown", "<!-- derive:on --> $b$"),
        )
    )

    assert [formula.skip for formula in document.formulas] == ["later", None]
    assert [piece.cell for piece in document.pieces if isinstance(piece, ModelDirective)] == [1]


def test_an_error_names_its_cell() -> None:
    with pytest.raises(InputError, match=r"lecture\.ipynb:2:6: in cell 2: unknown directive derive:modle"):
        read(notebook(("code", ""), ("markdown", "text\n<!-- derive:modle -->")))


def test_older_notebooks_have_worksheets() -> None:
    cell = {"cell_type": "markdown", "source": "$a$"}
    assert [f.latex for f in read(json.dumps({"worksheets": [{"cells": [cell]}]})).formulas] == ["a"]


def test_lone_surrogates_can_be_printed() -> None:
    document = read('{"cells": [{"cell_type": "markdown", "source": "\\ud800 $a$"}]}')

    assert document.sources[0].text.encode() == "\ufffd $a$".encode()


FAULTS = {
    "no JSON": ("{\n  nope", "2:3: this notebook is not valid JSON"),
    "no cells": ("{}", "not a notebook"),
    "a list": ("[]", "not a notebook"),
    "too deep": ("[" * 200_000, "not readable JSON"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_what_is_no_notebook_is_an_error(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)

    assert message in str(caught.value)
    assert "lecture.ipynb" in str(caught.value)
