"""Matrices and cases."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.commands import CASES_ENVIRONMENTS, MATRIX_ENVIRONMENTS, STATEMENT_ENVIRONMENTS
from derive.notation.signs import RELATIONS
from derive.notation.words import CONDITIONS
from derive.reader import prose
from derive.reader.blocks import Block, Element
from derive.reader.cursor import Cursor, meaningful
from derive.reader.relations import is_relation_token
from derive.reader.scanner import Token
from derive.reader.structures import rows_of, without_options
from derive.reader.syntax import Cases, Empty, Matrix, Node, Text, Tuple
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
    if text is not None and prose.first_word(text.content) in CONDITIONS:
        return True
    return any(is_relation_token(element) and not _is_sign(element, ":") for element in inside)


def read_condition(cursor: Cursor, elements: Sequence[Element]) -> Node:
    """Read a condition: `x > 0`, `\\text{if } x > 0`, `\\text{otherwise}`; several joined by "and" are a Tuple."""
    words: list[Text] = []
    parts: list[list[Element]] = [[]]
    inside = _without_punctuation(elements)
    place = 0
    while place < len(inside):
        text = prose.text_here(inside[place], inside[place + 1] if place + 1 < len(inside) else None)
        if text is None:
            parts[-1].append(inside[place])
            place += 1
            continue
        words.append(text)
        parts.append([])
        place += 2
    conditions = [part for part in map(_without_punctuation, parts) if part]
    if not conditions:
        return Text(words[0].span | words[-1].span, " ".join(word.content for word in words))
    for word in words:
        if prose.first_word(word.content) not in CONDITIONS | {"and", "as"}:
            raise cursor.error(
                f'cannot read the words "{word.content.strip()}" in a condition', word.span, '"if" or "and"'
            )
    nodes = tuple(cursor.read(cursor.inside(part, part[0].span | part[-1].span)) for part in conditions)
    return nodes[0] if len(nodes) == 1 else Tuple(nodes[0].span | nodes[-1].span, nodes)


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


def _is_sign(element: Element, text: str) -> bool:
    return isinstance(element, Token) and element.text == text
