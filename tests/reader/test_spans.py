"""Places: every node stands where it was written, verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import LatexError
from derive.reader.parser import parse_expression, parse_formula
from derive.reader.syntax import (
    Accent,
    Additive,
    BigOperator,
    Cases,
    Font,
    Fraction,
    Group,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Script,
    children,
    walk,
)
from derive.source import Source, Span
from tests.reader.corpus import FORMULAS
from tests.reader.shape import show

# What reads the same outside of its context; digits below a base and signs for a whole axis do not.
_ALONE = (
    Accent
    | Additive
    | BigOperator
    | Cases
    | Font
    | Fraction
    | Group
    | Matrix
    | Name
    | Number
    | Product
    | Relation
    | Root
    | Script
)


def outside_scripts(node: Node) -> list[Node]:
    """Return a node and what is inside it, without what stands in scripts and lists without commas, and without the
    \\overline{W} of \\overline{W_i}, which has no text of its own."""
    found = [node]
    inner = [node.base] if node.scripted else [] if isinstance(node, BigOperator) else children(node)
    for child in (child for child in inner if child.span != node.span or not node.scripted):
        found += outside_scripts(child)
    return found


def _over_columns(text: str) -> bool:
    """Return whether a text reaches over columns or rows of the outermost level."""
    return "&" in text and r"\begin" not in text


@pytest.mark.parametrize("text", FORMULAS)
def test_every_node_lies_inside_the_one_around_it(text: str) -> None:
    prefix = "some words before $"
    source = Source("test", f"{prefix}{text}$ and after")
    whole = Span(len(prefix), len(prefix) + len(text))

    for statement in parse_formula(source, whole).statements:
        assert whole.start <= statement.span.start <= statement.span.end <= whole.end
        for root in (statement.body, *statement.conditions, *statement.remarks):
            for node in walk(root):
                for child in children(node):
                    assert node.span.start <= child.span.start <= child.span.end <= node.span.end


@pytest.mark.parametrize("text", FORMULAS)
def test_the_text_of_a_node_reads_as_the_node(text: str) -> None:
    source = Source("test", text)
    seen = 0
    for statement in parse_formula(source, Span(0, len(text))).statements:
        for node in outside_scripts(statement.body):
            if isinstance(node, _ALONE) and not _over_columns(source.excerpt(node.span)):
                assert show(parse_expression(source, node.span)) == show(node)
                seen += 1
    assert seen or _over_columns(text)


@pytest.mark.parametrize("text", [text for text in FORMULAS if text.isascii()])
def test_a_letter_stands_at_itself(text: str) -> None:
    source = Source("test", text)
    for statement in parse_formula(source, Span(0, len(text))).statements:
        for node in walk(statement.body):
            if node.symbol:
                assert source.excerpt(node.span) == node.symbol


_atoms = st.sampled_from(
    ["x", "W_{kij}", r"\theta", "h_{k-1,j}", "2", r"\hat{y}_i", r"\mathbf{a}^{(l)}", r"\log x", "g'(a)"]
)
_expressions = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", " - ", " ", r" \cdot ", r" \odot ", "/"]), inner).map("".join),
        st.tuples(inner, inner).map(lambda two: rf"\frac{{{two[0]}}}{{{two[1]}}}"),
        inner.map(lambda one: rf"\left( {one} \right)^\top"),
        inner.map(lambda one: rf"\sum_{{i=1}}^n {one}"),
        inner.filter(lambda one: r"\|" not in one).map(lambda one: rf"\|{one}\|_2^2"),  # \|x \|x\| x\| is unclear
        inner.map(lambda one: rf"\begin{{bmatrix}} {one} & x \\ \vdots & 0 \end{{bmatrix}}"),
    ),
    max_leaves=8,
)


@given(_expressions)
@settings(max_examples=60, deadline=None)
def test_made_up_expressions_read_back_from_every_node(text: str) -> None:
    source = Source("test", text)
    root = parse_expression(source)

    assert source.excerpt(root.span) == text.strip()
    for node in outside_scripts(root):
        if isinstance(node, _ALONE):
            assert show(parse_expression(source, node.span)) == show(node)


@given(_expressions, st.data())
@settings(max_examples=60, deadline=None)
def test_a_blank_between_tokens_changes_nothing(text: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([0, *(n for n, char in enumerate(text) if char in "+-/()_^{}")]))
    braced = text[:place].endswith((r"\begin", r"\end", r"\left", r"\right"))

    spaced = f"{text[:place]}{'' if braced else ' '}{text[place:]}"
    assert show(parse_expression(Source("test", spaced))) == show(parse_expression(Source("test", text)))


@given(st.text(alphabet=r"ab\{}^_()[]|&=+-,.'12 ", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    fault = None
    try:
        parse_formula(Source("test", text), Span(0, len(text)))
    except LatexError as error:
        fault = error

    assert fault is None or (fault.message and fault.span is not None and _inside(fault.span, text))


def _inside(span: Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)
