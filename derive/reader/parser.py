"""The way into the reader: a part of a text to a formula, a statement, or an expression."""

from __future__ import annotations

from derive.errors import LatexError
from derive.reader.blocks import Element, nest
from derive.reader.code import with_code
from derive.reader.cursor import Cursor
from derive.reader.damage import check_control_characters, check_lost_backslashes
from derive.reader.expressions import read_level
from derive.reader.flatten import flatten
from derive.reader.groups import opened, widened
from derive.reader.macros import Macros, default_macros, definitions
from derive.reader.prescripts import with_prescripts
from derive.reader.reaches import widely
from derive.reader.scanner import Token, scan, without_braces_around_brackets
from derive.reader.segments import segments
from derive.reader.statements import read_statements
from derive.reader.syntax import Formula, Node, Statement
from derive.source import Source, Span


def parse_formula(source: Source, span: Span, macros: Macros | None = None) -> Formula:
    """Return what a piece of mathematics says; `span` is its inside, without $ or \\begin{equation}.

    Raises: LatexError at the first place that cannot be read; DamagedText where a backslash was lost on the way.
    """
    tree, places = _tree(source, span, macros)
    statements = read_statements(segments(flatten(tree), source), source)
    return Formula(span, widely(widened(statements, places)))


def parse_statement(source: Source, span: Span | None = None, macros: Macros | None = None) -> Statement:
    """Return the one statement of a text, such as a line of a forward pass.

    Raises: LatexError as `parse_formula`, and where there is no statement or more than one.
    """
    span = span or Span(0, len(source.text))
    statements = parse_formula(source, span, macros).statements
    if not statements:
        raise LatexError("this formula is empty", source, span, "a statement")
    if len(statements) > 1:
        raise LatexError("a second statement begins here", source, statements[1].span, "one statement")
    return statements[0]


def parse_expression(source: Source, span: Span | None = None, macros: Macros | None = None) -> Node:
    """Return the one expression, relation or list of a text.

    Raises: LatexError as `parse_formula`.
    """
    span = span or Span(0, len(source.text))
    tree, places = _tree(source, span, macros)
    return widened(read_level(Cursor(tree, span, source, read_level)), places)


def _tree(source: Source, span: Span, macros: Macros | None) -> tuple[tuple[Element, ...], list[Span]]:
    """Return the tree of blocks, groups that only set type opened, and the places of those groups."""
    check_control_characters(source, span)
    known = macros or default_macros()
    tokens: list[Token] = []
    place = span.start
    for defined, after, _ in definitions(source, span, known):
        tokens += known.expand(_scanned(source, Span(place, defined.start)), source)
        known, place = after, defined.end
    tokens += known.expand(_scanned(source, Span(place, span.end)), source)
    return opened(with_prescripts(nest(with_code(tokens), source)), source)


def _scanned(source: Source, span: Span) -> list[Token]:
    tokens = without_braces_around_brackets(scan(source, span))
    check_lost_backslashes(source, tokens)
    return tokens
