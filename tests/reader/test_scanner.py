"""Tokens: what they are, and where they stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import LatexError
from derive.reader.scanner import MAX_LENGTH, scan
from derive.source import Source, Span


def tokens(text: str) -> list[tuple[str, str]]:
    found = scan(Source("test", text), Span(0, len(text)))
    return [(token.kind, token.text) for token in found if token.kind != "space"]


def texts(text: str) -> list[str]:
    return [text for _, text in tokens(text)]


def test_kinds_of_tokens() -> None:
    assert tokens(r"x\alpha 12+{") == [
        ("letter", "x"),
        ("command", r"\alpha"),
        ("number", "12"),
        ("sign", "+"),
        ("sign", "{"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        r"\|x\\[2pt]": [r"\|", "x", r"\\", "[", "2", "p", "t", "]"],
        "a:=b": ["a", ":=", "b"],
        "1,...,n": ["1", ",", "...", ",", "n"],
        "1..n": ["1", "..", "n"],
        "0.5x": ["0.5", "x"],
        "=.5": ["=", ".5"],
        "W_{k.1}": ["W", "_", "{", "k", ".", "1", "}"],
        r"\operatorname*{a}": [r"\operatorname*", "{", "a", "}"],
        r"\alpha*": [r"\alpha", "*"],
        "a % a remark\nb": ["a", "b"],
        r"5\%": ["5", r"\%"],
    }.items(),
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize(
    ("char", "expected"),
    {
        "α": [r"\alpha"],
        "Θ": [r"\Theta"],
        "∂": [r"\partial"],
        "≤": [r"\le"],
        "−": ["-"],
        "·": [r"\cdot"],
        "′": ["'"],
        "ŷ": [r"\hat", "{", "y", "}"],
        "x\u0304": [r"\bar", "{", "x", "}"],
        "𝐖": [r"\mathbf", "{", "W", "}"],
        "ℝ": [r"\mathbb", "{", "R", "}"],
        "ℒ": [r"\mathcal", "{", "L", "}"],
        "𝜎": [r"\sigma"],
        "ᵀ": ["^", "{", r"\top", "}"],
        "⁻¹": ["^", "{", "-", "1", "}"],
        "ᵢⱼ": ["_", "{", "i", "j", "}"],
    }.items(),
)
def test_unicode_is_read_as_its_command(char: str, expected: list[str]) -> None:
    assert texts(char) == expected


def test_tokens_of_one_character_stand_where_it_stands() -> None:
    assert {token.span for token in scan(Source("test", "a ŷ"), Span(2, 3))} == {Span(2, 3)}


@pytest.mark.parametrize("text", ["a § b", "x \\", "☃"])
def test_an_unknown_character_is_named_at_its_place(text: str) -> None:
    with pytest.raises(LatexError, match="cannot read") as caught:
        scan(Source("test", text), Span(0, len(text)))

    assert caught.value.span is not None
    assert not caught.value.source.excerpt(caught.value.span).isascii() or text.endswith("\\")


def test_a_line_of_ten_megabytes_is_refused_at_once() -> None:
    text = "x+" * 5_000_000
    with pytest.raises(LatexError, match=f"at most {MAX_LENGTH}"):
        scan(Source("test", text), Span(0, len(text)))


@given(st.text(alphabet=r"ab\{}^_ 0.5|&%αŷ₁ᵀ" + "\n", max_size=60))
def test_spans_cover_the_text_in_order(text: str) -> None:
    try:
        found = scan(Source("test", text), Span(0, len(text)))
    except LatexError:
        return
    for before, after in pairwise(found):
        assert before.span.end <= after.span.start or before.span == after.span
    assert all(0 <= token.span.start < token.span.end <= len(text) for token in found)


@given(st.text(alphabet="ab+-=^_{}()[]|,;:<>!/*", max_size=60))
def test_every_plain_sign_is_in_a_token(text: str) -> None:
    assert "".join(texts(text)) == text
