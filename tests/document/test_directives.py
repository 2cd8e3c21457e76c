"""Directives in the comments of Markdown and LaTeX."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.document.document import AssumeDirective, Document, FormulaRegion, ModelDirective, ModelEnd, read_document
from derive.errors import InputError
from derive.source import Position, Span


def markdown(text: str) -> Document:
    return read_document(Path("notes.md"), text)


def tex(text: str) -> Document:
    return read_document(Path("notes.tex"), text)


def models(document: Document) -> list[ModelDirective]:
    return [piece for piece in document.pieces if isinstance(piece, ModelDirective)]


def test_a_model_in_markdown_is_raw_toml_with_its_place() -> None:
    (model,) = models(markdown("# Title\n\n<!-- derive:model\nname = \"a\"\nforward = ['x']\n-->\n"))

    assert model.toml == "name = \"a\"\nforward = ['x']"
    assert model.line == 4
    assert model.position(2, 13) == Position(5, 13)


def test_a_model_on_one_line() -> None:
    (model,) = models(markdown('so <!-- derive:model use = "khapra" -->'))

    assert model.toml == 'use = "khapra"'
    assert model.position(1, 1) == Position(1, 22)


def test_a_model_in_latex_stands_in_comment_lines() -> None:
    text = "text\n  % derive:model\n  % name = 'a'\n  %\n%forward = [\n%   'x',\n% ]\n% derive:end\n$a$"

    (model,) = models(tex(text))

    assert model.toml == "name = 'a'\n\nforward = [\n  'x',\n]"
    assert model.position(4, 3) == Position(6, 5)
    place = model.toml.index("'x'")
    assert model.source.excerpt(model.in_document(Span(place, place + 3))) == "'x'"
    assert model.source.excerpt(model.in_document(Span(0, 4))) == "name"


def test_pieces_come_in_the_order_of_the_document() -> None:
    document = markdown(
        "$a$ <!-- derive:model x = 1 --> $b$ <!-- derive:assume T > 0 --> $c$ <!-- derive:model y = 2 -->"
    )

    kinds = [type(piece).__name__ for piece in document.pieces]
    assert kinds == [
        "FormulaRegion",
        "ModelDirective",
        "FormulaRegion",
        "AssumeDirective",
        "FormulaRegion",
        "ModelDirective",
    ]


ASSUMED = {
    "bare": (r"\sum_i y_i = 1", [r"\sum_i y_i = 1"]),
    "dollars": (r"$T > 0$", ["T > 0"]),
    "several": (r"$T > 0$ and \(y \ge 0\), $$z$$", ["T > 0", r"y \ge 0", "z"]),
}


@pytest.mark.parametrize(("written", "expected"), ASSUMED.values(), ids=ASSUMED)
def test_an_assumption_is_a_formula(written: str, expected: list[str]) -> None:
    for document in (markdown(f"<!-- derive:assume {written} -->"), tex(f"% derive:assume {written}\n")):
        assumed = [piece for piece in document.pieces if isinstance(piece, AssumeDirective)]

        assert [piece.latex for piece in assumed] == expected
        assert [piece.clean.excerpt(piece.span) for piece in assumed] == expected


def test_formulas_are_switched_off_and_on() -> None:
    inside = [
        "derive:ignore  a slip,\tmeant",
        "",
        "derive:off",
        "derive:ignore",
        "derive:on",
        "derive:off old",
        "a remark",
    ]
    expected = [None, "a slip, meant", None, "derive:off", "derive:off", None, "old", "old"]
    as_markdown = "$a$" + "".join(f"<!-- {comment} -->$a$" for comment in inside)
    as_tex = "$a$" + "".join(f"% {comment}\n$a$" for comment in inside)

    assert [formula.skip for formula in markdown(as_markdown).formulas] == expected
    assert [formula.skip for formula in tex(as_tex).formulas] == expected


FAULTS = {
    "misspelt": ("<!-- derive:modle\nx -->", "did you mean derive:model?"),
    "unknown": ("<!-- derive:frobnicate -->", "there are derive:model"),
    "not closed": ('<!-- derive:model use = "a"', "end it with -->"),
    "empty model": ("<!-- derive:model -->", "derive:model is empty"),
    "empty assumption": ("<!-- derive:assume -->", "derive:assume needs a formula"),
    "open dollar": ("<!-- derive:assume $a -->", "$ is not closed"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_directive_that_cannot_be_read_is_an_error_at_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        markdown("words\n\n" + text)

    assert message in str(caught.value)
    assert str(caught.value).startswith("notes.md:3:")


TEX_FAULTS = {
    "model without end": "% derive:model\n% x = 1\ntext\n% derive:end",
    "model in a model": "% derive:model\n% x = 1\n% derive:model\n% derive:end",
    "end without model": "% derive:end",
    "empty": "% derive:model\n%\n% derive:end",
    "misspelt": "% derive:modle",
}


@pytest.mark.parametrize("text", TEX_FAULTS.values(), ids=TEX_FAULTS)
def test_a_directive_in_latex_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="derive:"):
        tex(text)


@pytest.mark.parametrize(
    "text", ["`<!-- derive:modle -->`", "```html\n<!-- derive:modle -->\n```", "<!-- derive: soon -->"]
)
def test_code_and_prose_hold_no_directives(text: str) -> None:
    assert markdown(text).pieces == ()


def test_a_model_ends_in_markdown_and_in_latex() -> None:
    for document in (
        markdown('<!-- derive:model use = "khapra" -->\n$a$\n<!-- derive:model end -->\n$b$'),
        tex('% derive:model use = "khapra"\n$a$\n% derive:model end\n$b$'),
    ):
        assert [type(piece) for piece in document.pieces] == [ModelDirective, FormulaRegion, ModelEnd, FormulaRegion]


def test_a_model_in_latex_may_use_the_macros_before_it() -> None:
    text = (
        "\\newcommand{\\vect}[1]{\\mathbf{#1}}\n\\def\\hid{h}\n"
        "% derive:model\n% forward = ['\\vect{z} = \\hid x', 'E = \\other']\n% derive:end\n$\\newcommand{\\other}{q}$"
    )

    (model,) = models(tex(text))

    assert model.toml == r"forward = ['\mathbf{z} = h x', 'E = \other']"
    assert model.source.position(model.in_document(Span(len(model.toml) - 1, len(model.toml))).start).line == 4
