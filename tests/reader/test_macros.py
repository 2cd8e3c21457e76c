"""Macros: definitions are found, calls are expanded, and every token keeps the place of what was written."""

from __future__ import annotations

import pytest

from derive.errors import LatexError
from derive.reader.macros import collect_macros
from derive.reader.parser import parse_formula
from derive.reader.scanner import scan
from derive.reader.syntax import Fraction, walk
from derive.source import Source, Span
from tests.reader.shape import statement


def expanded(definitions: str, formula: str) -> str:
    macros = collect_macros(Source("preamble", definitions))
    source = Source("test", formula)
    tokens = macros.expand(scan(source, Span(0, len(formula))), source)
    return "".join(token.text for token in tokens if token.kind != "space")


@pytest.mark.parametrize(
    ("definition", "formula", "expected"),
    [
        (r"\newcommand{\vx}{\mathbf{x}}", r"\vx+1", r"\mathbf{x}+1"),
        (r"\newcommand\vx{\mathbf x}", r"\vx", r"\mathbfx"),
        (r"\renewcommand*{\vec}[1]{\mathbf{#1}}", r"\vec{a}\vec b", r"\mathbf{a}\mathbf{b}"),
        (r"\providecommand{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd{L}w", r"\frac{\partialL}{\partialw}"),
        (r"\newcommand{\der}[2][f]{#1'(#2)}", r"\der{x}+\der[g]{y}", "f'(x)+g'(y)"),
        (r"\def\R{\mathbb{R}}", r"\R^n", r"\mathbb{R}^n"),
        (r"\def\pair#1#2{(#1,#2)}", r"\pair a{bc}", "(a,bc)"),
        (r"\def\by[#1]{\partial_{#1}}", r"\by[w_{1}]C", r"\partial_{w_{1}}C"),
        (r"\def\mean[#1,#2]{\sum_{#1=1}^{#2}}", r"\mean[i, {n,m}]x_i", r"\sum_{i=1}^{{n,m}}x_i"),
        (r"\def\at(#1|#2){#2_{#1}}", r"\at(i|x)", "x_{i}"),
        (r"\let\eps=\varepsilon", r"\eps", r"\varepsilon"),
        (r"\DeclareMathOperator{\softmax}{softmax}", r"\softmax(x)", r"\operatorname{softmax}(x)"),
        (r"\DeclareMathOperator*{\argmin}{arg\,min}", r"\argmin_x", r"\operatorname*{arg\,min}_x"),
        (r"\DeclarePairedDelimiter{\norm}{\lVert}{\rVert}", r"\norm{x}\norm*{y}", r"\lVertx\rVert\lVerty\rVert"),
        (r"\NewDocumentCommand{\g}{m m}{#2_{#1}}", r"\g{i}{x}", "x_{i}"),
        (r"\newcommand{\a}{\b}\newcommand{\b}{c}", r"\a", "c"),
        ("% \\newcommand{\\x}{y}\n\\newcommand{\\z}{w}", r"\x\z", r"\xw"),
        ("", r"\R", r"\mathbb{R}"),
    ],
)
def test_expansion(definition: str, formula: str, expected: str) -> None:
    assert expanded(definition, formula) == expected


def test_the_later_definition_wins() -> None:
    assert expanded(r"\newcommand{\x}{a}\renewcommand{\x}{b}", r"\x") == "b"


def test_a_definition_that_is_not_understood_is_passed_over() -> None:
    assert expanded(r"\def\until#1.{#1} \newcommand{\x}{y}", r"\x\until") == r"y\until"


def test_a_number_without_braces_gives_its_first_digit() -> None:
    assert expanded(r"\newcommand{\half}[1]{\frac{#1}{2}}", r"\half12") == r"\frac{1}{2}2"


def test_definitions_inside_a_formula_hold_there_and_state_nothing() -> None:
    text = r"\newcommand{\d}[1]{\partial #1} \d{L} = 0"
    found = parse_formula(Source("test", text), Span(0, len(text))).statements

    assert [statement(one) for one in found] == [r"<\partial L> = 0"]


def test_tokens_of_the_body_stand_at_the_call_and_arguments_where_they_are() -> None:
    text = r"a = \pd{f}{w} b"
    source = Source("test", text)
    macros = collect_macros(Source("preamble", r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}"))
    body = parse_formula(source, Span(0, len(text)), macros).statements[0].body

    fraction = next(node for node in walk(body) if isinstance(node, Fraction))
    letters = {source.excerpt(node.span) for node in walk(body) if len(node.symbol) == 1}
    assert source.excerpt(fraction.span) == r"\pd{f}{w}"
    assert letters == {"a", "f", "w", "b"}
    assert source.excerpt(body.span) == text


@pytest.mark.parametrize(
    ("definition", "formula", "message"),
    [
        (r"\newcommand{\x}[2]{#1#2}", r"a + \x{b}", "needs 2 arguments"),
        (r"\newcommand{\x}[1]{#1}", r"\x{b", "never closed"),
        (r"\def\x{\x}", r"\x", "never comes to an end"),
        (r"\def\x{\x\x}", r"\x", "never comes to an end"),
        (r"\newcommand{\x}[1]{\x{#1#1}}", r"\x{a}", "never comes to an end"),
    ],
)
def test_faults_are_told_at_the_call(definition: str, formula: str, message: str) -> None:
    with pytest.raises(LatexError, match=message) as caught:
        expanded(definition, formula)

    assert caught.value.span is not None
    assert formula[caught.value.span.start] in "\\{"
