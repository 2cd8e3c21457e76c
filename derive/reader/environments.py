"""Matrices and cases."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import LatexError
from derive.notation import phrases
from derive.notation.commands import CASES_ENVIRONMENTS, MATRIX_ENVIRONMENTS, STATEMENT_ENVIRONMENTS
from derive.notation.signs import RELATIONS
from derive.reader import prose
from derive.reader.bars import SINGLE_BARS
from derive.reader.blocks import Block, Element
from derive.reader.conditions import condition_of
from derive.reader.cursor import Cursor, meaningful
from derive.reader.relations import is_relation_token
from derive.reader.scanner import Token
from derive.reader.structures import rows_of, without_options
from derive.reader.syntax import Cases, Dots, Empty, Matrix, Node, Text, Unclear
from derive.source import Span

_PUNCTUATION = frozenset(",.;:")


def read_environment(cursor: Cursor, block: Block) -> Node:
    """Read an environment that stands for a value.

    Raises: LatexError for an environment that is not known, and for rows of statements inside an expression.
    """
    if block.name in MATRIX_ENVIRONMENTS:
        return _read_matrix(cursor, block)
    if block.name in CASES_ENVIRONMENTS:
        return _read_cases(cursor, block)
    if block.name in STATEMENT_ENVIRONMENTS:
        rows = rows_of(without_options(block))
        if len(rows) == 1 and not any(_is_sign(element, "&") for element in rows[0]):
            return cursor.read(cursor.inside(rows[0], block.span))
        raise cursor.error(f"rows of \\begin{{{block.name}}} inside an expression", block.start, "a matrix or cases")
    raise cursor.error(f"unknown environment \\begin{{{block.name}}}", block.start, "an environment for mathematics")


def _read_matrix(cursor: Cursor, block: Block) -> Node:
    rows = []
    for row in rows_of(without_options(block)):
        cells = _cells(row)
        if len(cells) > 1 or meaningful(cells[0]):
            rows.append(tuple(_read_cell(cursor, cell, block) for cell in cells))
    if not rows:
        raise cursor.error("this matrix has no entries", block.span, "entries")
    return Matrix(block.span, block.name, tuple(rows))


def _cells(row: Sequence[Element]) -> list[list[Element]]:
    cells: list[list[Element]] = [[]]
    for element in row:
        if _is_sign(element, "&"):
            cells.append([])
        else:
            cells[-1].append(element)
    return cells


def _read_cell(cursor: Cursor, cell: Sequence[Element], block: Block) -> Node:
    inside = meaningful(cell)
    if not inside:
        return Empty(Span(block.start.end, block.start.end))
    if len(inside) == 1 and _is_bar(inside[0]):
        return Dots(inside[0].span, "|")  # a line through a column, above and below its name
    return cursor.read(cursor.inside(inside, inside[0].span | inside[-1].span))


def _read_cases(cursor: Cursor, block: Block) -> Node:
    rows = []
    for row in rows_of(without_options(block)):
        if meaningful(row):
            rows.append(_read_case(cursor, row, block))
    if not rows:
        raise cursor.error("these cases have no rows", block.span, "rows")
    return Cases(block.span, tuple(rows))


def _read_case(cursor: Cursor, row: Sequence[Element], block: Block) -> tuple[Node, Node | None]:
    """Read one row: value & condition, or value and prose that begins a condition."""
    value, *others = _cells(row)
    condition = [element for cell in others for element in cell]
    following = meaningful(condition)
    if following and isinstance(following[0], Token) and following[0].text in RELATIONS:
        value, condition = [*value, *condition], []
    if not condition:
        value, condition = _before_prose(value)
    if not condition:
        value, condition = _before_colon(value)
    elif _is_condition(value) and not _is_condition(condition):
        value, condition = condition, value
    value = _without_punctuation(value)
    if not value:
        raise cursor.error("this case has no value", _place(row, block), "a value")
    node = cursor.read(cursor.inside(value, _place(value, block)))
    return node, read_condition(cursor, condition) if meaningful(condition) else None


def _before_prose(elements: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """Split before the first prose (\\text{if } …)."""
    inside = meaningful(elements)
    for place, element in enumerate(inside):
        if prose.text_here(element, inside[place + 1] if place + 1 < len(inside) else None):
            return inside[:place], inside[place:]
    return inside, []


def _before_colon(elements: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """Split at the colon of  z : z > 0."""
    inside = meaningful(elements)
    places = [n for n, element in enumerate(inside) if _is_sign(element, ":") or _is_sign(element, "\\colon")]
    return (inside[: places[0]], inside[places[0] + 1 :]) if len(places) == 1 else (inside, [])


def _is_condition(elements: Sequence[Element]) -> bool:
    """Return whether a cell begins with a word such as "if", or holds a comparison."""
    inside = meaningful(elements)
    text = prose.text_here(inside[0], inside[1]) if len(inside) > 1 else None
    if text is not None and prose.begins_condition(text.content):
        return True
    return any(is_relation_token(element) and not _is_sign(element, ":") for element in inside)


def read_condition(cursor: Cursor, elements: Sequence[Element]) -> Node:
    """Read a condition: `x > 0`, `\\text{if } x > 0`, `\\text{unless } i = j`, `\\text{otherwise}`; notes in brackets
    after it are left out."""
    pieces: list[Text | list[Element]] = []
    for piece in prose.parted(_without_punctuation(elements)):
        if isinstance(piece, Text) and prose.is_note(piece.content):
            continue
        if isinstance(piece, Text) or (part := _without_punctuation(piece)):
            pieces.append(piece if isinstance(piece, Text) else part)
    words = [piece for piece in pieces if isinstance(piece, Text)]
    if len(words) == len(pieces):
        return Text(words[0].span | words[-1].span, " ".join(word.content for word in words))
    for word in words:
        if not phrases.roles_in(word.content):
            raise _unknown(cursor, word)
    nodes = [piece if isinstance(piece, Text) else _read_part(cursor, piece) for piece in pieces]
    node = condition_of(nodes) if words else nodes[0]
    if isinstance(node, Unclear):
        raise _unknown(cursor, words[0])
    return node


def _read_part(cursor: Cursor, part: Sequence[Element]) -> Node:
    return cursor.read(cursor.inside(part, part[0].span | part[-1].span))


def _unknown(cursor: Cursor, word: Text) -> LatexError:
    return cursor.error(f'cannot read the words "{word.content.strip()}" in a condition', word.span, '"if" or "and"')


def _without_punctuation(elements: Sequence[Element]) -> list[Element]:
    """Return the meaningful elements without punctuation at either end."""
    inside = meaningful(elements)
    while inside and isinstance(inside[-1], Token) and inside[-1].text in _PUNCTUATION:
        inside.pop()
    while inside and isinstance(inside[0], Token) and inside[0].text in _PUNCTUATION - {"."}:
        inside.pop(0)
    return inside


def _place(elements: Sequence[Element], block: Block) -> Span:
    return elements[0].span | elements[-1].span if elements else block.span


def _is_bar(element: Element) -> bool:
    return isinstance(element, Token) and element.text in SINGLE_BARS


def _is_sign(element: Element, text: str) -> bool:
    return isinstance(element, Token) and element.text == text
