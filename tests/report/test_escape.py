"""Titles and names are shown as typed, in every format, and never run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.document.document import read_document
from derive.errors import UsageError
from derive.report import escape

HOSTILE = r"\input{/etc/passwd} <script>alert(1)</script> $x_1$ 100% a&b #1 ~ ^ `c` *d* [e](f) | <!-- derive:off -->"


def test_tex_leaves_no_active_character() -> None:
    shown = escape.tex(HOSTILE)

    assert not re.search(
        r"(?<!\\)[$&#%_~^]", shown.replace(r"\textasciitilde{}", "").replace(r"\textasciicircum{}", "")
    )
    assert r"\input" not in shown
    assert shown.startswith(r"\textbackslash{}input\{/etc/passwd\}")


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("é", r"\'{e}"),
        ("ß", r"\ss{}"),
        ("ŷ", r"\^{y}"),
        ("ï", r"\"{\i}"),
        ("Łódź", r"\L{}\'{o}d\'{z}"),
        ("α", r"\ensuremath{\alpha}"),
        ("e\u0301", r"\'{e}"),
        ("a\nb", "a b"),
        ("--", "{-}{-}"),
        ("\u200b", ""),
    ],
)
def test_letters_that_pdftex_can_set(text: str, latex: str) -> None:
    assert escape.tex(text) == latex


def test_letters_that_pdftex_cannot_set_are_named() -> None:
    assert escape.tex_letters("Ada 你好, ŷ") == {"你", "好"}
    with pytest.raises(UsageError, match=r"你.*--format html,md"):
        escape.tex("你")


def test_html_has_no_tags_and_no_quotes_left() -> None:
    shown = escape.html(HOSTILE + '"')

    assert "<" not in shown
    assert '"' not in shown
    assert "&lt;script&gt;" in shown


def test_markdown_has_no_markup_left() -> None:
    shown = escape.markdown(HOSTILE)

    assert "<" not in shown
    assert not re.search(r"(?<!\\)[$`*_\[\]|]", shown)
    assert shown.startswith(r"\\input\{/etc/passwd\}")


@pytest.mark.parametrize("text", [r"\(a = b\)", r"\[a = b\]", "$a = b$", "$$a = b$$", r"\begin{align}a = b\end{align}"])
def test_markdown_has_no_formulas_left(text: str) -> None:
    assert read_document(Path("notes.md"), escape.markdown(text)).formulas == ()
