"""Reading documents from files: sample lectures, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.document.document import AssumeDirective, FormulaRegion, ModelDirective, read_document
from derive.errors import DeriveError, InputError, UsageError

SAMPLES = Path(__file__).parent / "samples"


def test_the_sample_in_markdown() -> None:
    document = read_document(SAMPLES / "scanned_notes.md")

    found = [(f.source.position(f.span.start).line, f.latex.split("\n")[0], f.skip) for f in document.formulas]
    assert found == [
        (9, "a_k = b_k + W_k h_{k-1}", None),
        (9, "k", None),
        (14, r"\frac{\partial L}{\partial a\_{ij}}", None),
        (20, r"W_k := W_k - \eta \nabla_{W_k} L", None),
        (25, "a = W h", "the slip is meant"),
        (27, "n", None),
    ]
    assert [type(piece) for piece in document.pieces[:2]] == [ModelDirective, FormulaRegion]
    quoted = document.formulas[2]
    assert ">" not in quoted.clean.excerpt(quoted.span)


def test_the_sample_in_latex() -> None:
    document = read_document(SAMPLES / "handwritten.tex")

    assert [f.latex.split("\n")[0] for f in document.formulas] == [
        r"\W_k",
        r"\begin{align}",
        r"\pd{L}{b_k} = \pd{L}{a_k}",
    ]
    assert [type(piece) for piece in document.pieces[:2]] == [ModelDirective, AssumeDirective]
    assert all("\\pd" in formula.macros.table for formula in document.formulas)
    assert {Path(source.name).name for source in document.sources} == {"handwritten.tex", "biases.tex"}


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(b"\xef\xbb\xbf$a$\r\n")

    (formula,) = read_document(path).formulas
    assert (formula.latex, formula.span.start) == ("a", 1)


UNREADABLE = {
    "latin": (b"a\n caf\xe9", InputError, "line 2 is not UTF-8 (byte 0xe9); save it as UTF-8"),
    "utf-16": ("a".encode("utf-16"), InputError, "UTF-16"),
    "binary": (b"a\0b", InputError, "not a text file"),
    "missing": (None, UsageError, "there is no such file"),
}


@pytest.mark.parametrize(("data", "fault", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(
    tmp_path: Path, data: bytes | None, fault: type[DeriveError], message: str
) -> None:
    path = tmp_path / "notes.md"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(fault) as caught:
        read_document(path)

    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        read_document(tmp_path)
