"""Groups that only set type are no brackets: what is read is what is printed."""

from __future__ import annotations

import pytest

from derive.errors import LatexError
from derive.reader.macros import collect_macros
from derive.reader.parser import parse_expression, parse_formula
from derive.reader.syntax import Group, Product, walk
from derive.source import Source, Span
from tests.reader.corpus import FORMULAS
from tests.reader.shape import show, statement

# What is written, and the formula that is printed.
PRINTED = {
    "braces before a sign": (r"x {- w}", "x - w"),
    "braces around a sum": (r"{x + w} b", "x + w b"),
    "a power behind braces": (r"{x + w}^2", "x + w^2"),
    "an index behind braces": (r"{W}_{ij}", "W_{ij}"),
    "both scripts, one of them inside": (r"{W_1}^T x", "W_1^T x"),
    "a sum over braces": (r"\sum_i {c_i + b}", r"\sum_i c_i + b"),
    "a minus before braces": (r"x - {x + w}", "x - x + w"),
    "a sign in braces": (r"a {+} b {=} c", "a + b = c"),
    "nested braces": (r"{{a} + {{b}}}", "a + b"),
    "empty braces": (r"{} - x {} + y", "- x + y"),
    "an index on empty braces": (r"x{}_i", "x_i"),
    "an argument in braces": (r"f{(x)} \log{p}", r"f(x) \log p"),
    "braces in a script": (r"W_{{ij}}", "W_{ij}"),
    "a colour": (r"\hat y \textcolor{red}{- y}", r"\hat y - y"),
    "a colour by its numbers": (r"\hat y \textcolor[rgb]{1,0,0}{- y}", r"\hat y - y"),
    "a colour to the end of a group": (r"a {\color{red} - b} + c", "a - b + c"),
    "a relation in a colour": (r"u \textcolor{blue}{= w x}", "u = w x"),
    "a box": (r"x \boxed{- w}", "x - w"),
    "a box with words around dollars": (r"a = \text{\textcolor{blue}{\framebox{$ h - t $}}}", "a = h - t"),
    "a coloured box": (r"a = \colorbox{yellow}{$b$} + \fcolorbox{red}{white}{$c$}", "a = b + c"),
    "a box around it all": (r"\boxed{a = b + c}", "a = b + c"),
    "sizes and styles": (r"{\displaystyle a} + {\scriptstyle b}", "a + b"),
    "phantoms and struts": (r"a \phantom{+ b} + \mathstrut c \vphantom{\sum}", "a + c"),
    "ensuremath": (r"a \ensuremath{- b}", "a - b"),
    "a brace with a note": (r"x \underbrace{- w}_{\text{step}} + \overbrace{y}^{???}", "x - w + y"),
    "an overlay": (r"a \uncover<2->{- b} \onslide<3>{+ c}", "a - b + c"),
    "bold equations": (r"\mathbf{W x = y}", r"\mathbf{W} \mathbf{x} = \mathbf{y}"),
    "an old switch": (r"{\bf W x - y} z", r"\mathbf{W} \mathbf{x} - \mathbf{y} z"),
    "an upright equation": (r"\mathrm{z = net}", r"\mathrm{z} = \mathrm{net}"),
    "script capitals": (r"\mathcal{L = f(x)}", r"\mathcal{L} = f(x)"),
    "a font around fractions": (r"\boldsymbol{\frac{a_i}{b}}", r"\frac{\boldsymbol{a}_i}{\boldsymbol{b}}"),
}


@pytest.mark.parametrize(("written", "printed"), PRINTED.values(), ids=PRINTED)
def test_a_formula_is_read_as_it_is_printed(written: str, printed: str) -> None:
    assert formula(written) == formula(printed)


def formula(text: str) -> list[str]:
    return [statement(one) for one in parse_formula(Source("test", text), Span(0, len(text))).statements]


KEPT = {
    r"{W^l}^T": "W^(l)^(T)",
    r"{x^2}^3": "x^(2)^(3)",
    r"\mathbf{x}_i": r"\mathbf{x}_(i)",
    r"\mathbf{x_i}": r"\mathbf{x_(i)}",
    r"\exp{-x}": "<@exp {-x}>",
    r"{a \over b}^2": "a/b^(2)",
}


@pytest.mark.parametrize("text", KEPT)
def test_what_braces_hold_together(text: str) -> None:
    node = parse_expression(Source("test", text))
    again = parse_expression(Source("test", text.replace("{W^l}", "{{W^l}}").replace("{x^2}", "{{x^2}}")))

    assert show(node) == show(again)
    assert not any(isinstance(found, Group) and found.opening == "{" for found in walk(node))


@pytest.mark.parametrize(
    "text",
    [r"\log{x + 1}", r"W \boxed{x + b}", r"\boxed{a + b} c", r"2 \underbrace{a + b}_{c}", r"\underbrace{a + b}^2"],
)
def test_what_may_or_may_not_be_one_sum_is_not_understood(text: str) -> None:
    with pytest.raises(LatexError, match="meant as a whole"):
        parse_expression(Source("test", text))


@pytest.mark.parametrize("text", [r"{P Q^T}^T", r"{a x^2}^3", r"{{P Q^T}}^T"])
def test_a_second_script_behind_several_factors_is_not_understood(text: str) -> None:
    with pytest.raises(LatexError, match="what this script belongs to"):
        parse_expression(Source("test", text))


@pytest.mark.parametrize("text", FORMULAS)
def test_no_braces_are_left(text: str) -> None:
    for one in parse_formula(Source("test", text), Span(0, len(text))).statements:
        for node in walk(one.body):
            assert not (isinstance(node, Group) and node.opening == "{")
            assert not (isinstance(node, Product) and len(node.items) == 1 and not node.items[0].operator)


@pytest.mark.parametrize(
    "text", [r"x {- w} + b", r"a \textcolor{red}{+ b} c", r"\underbrace{a}_{b} \overbrace{c}^{d} e"]
)
def test_the_text_of_every_node_is_balanced(text: str) -> None:
    source = Source("test", text)
    for node in walk(parse_expression(source)):
        shown = source.excerpt(node.span)
        assert shown.count("{") == shown.count("}")


def test_a_redefinition_inside_a_formula_counts_from_there() -> None:
    text = r"\def\o{+} a \o b \def\o{-} = c \o d"
    assert formula(text) == formula("a + b = c - d")


def test_let_keeps_a_command_that_is_redefined() -> None:
    definitions = r"\let\oldvec\vec \renewcommand{\vec}[1]{\oldvec{\mathbf{#1}}}"
    macros = collect_macros(Source("preamble", definitions))
    text = r"\vec{x}"

    found = parse_expression(Source("test", text), macros=macros)
    assert show(found) == show(parse_expression(Source("test", r"\vec{\mathbf{x}}")))
