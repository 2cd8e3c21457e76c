"""The outermost level made flat: environments of rows are opened, delimiters split over rows are joined again."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.commands import (
    CASES_ENVIRONMENTS,
    MATRIX_ENVIRONMENTS,
    ROW_BREAKS,
    STATEMENT_ENVIRONMENTS,
)
from derive.reader import prose
from derive.reader.bars import EVALUATED
from derive.reader.blocks import Block, Element
from derive.reader.cursor import meaningful
from derive.reader.relations import is_relation_token, is_repeated
from derive.reader.scanner import Token
from derive.reader.structures import rows_of, without_options
from derive.source import Span

BEGIN, END = "\\begin", "\\end"
"""The texts of the tokens that stand where an opened environment begins and ends."""

_ONE_FORMULA = frozenset(("multline", "multlined"))
"""Environments whose rows are one formula."""

_SEPARATORS = frozenset((",", ";", "&", ":", "\\quad", "\\qquad", BEGIN)) | ROW_BREAKS
_MATCHING = {"(": (")", "]"), "[": ("]", ")"), "\\{": ("\\}",), "|": ("|",), "\\|": ("\\|",), "\\langle": ("\\rangle",)}


def flatten(elements: Sequence[Element]) -> list[Element]:
    """Return the elements of a formula with its rows, columns and separators all on one level."""
    flat: list[Element] = []
    for element in elements:
        opened = _opened(element, flat) if isinstance(element, Block) else None
        flat += [_in_one_row(element)] if opened is None else opened
    return _join_delimiters(flat)


def _in_one_row(element: Element) -> Element:
    """Return brackets that reach over several rows without the marks of the rows."""
    if not isinstance(element, Block) or element.opening in ("begin", "{", "."):
        return element
    content = tuple(_in_one_row(inner) for inner in element.content if not _is_row_mark(inner))
    return Block(element.opening, element.closing, content, element.span, element.start)


def _is_row_mark(element: Element) -> bool:
    return isinstance(element, Token) and (element.text == "&" or element.text in ROW_BREAKS)


def _opened(block: Block, before: Sequence[Element]) -> list[Element] | None:
    """Return what is inside a block that only arranges statements, or None."""
    if block.opening == "begin" and block.name in STATEMENT_ENVIRONMENTS:
        inside = flatten(_joined_rows(block) if block.name in _ONE_FORMULA else without_options(block))
        return _between_marks(block, inside) if _begins_statement(before) else inside
    if block.opening == "." and block.closing == "|" and any(is_relation_token(element) for element in block.content):
        # \left. f = g \right|_{…}: the bar stands for its nearest side alone.
        bar = Token("command", EVALUATED, Span(block.span.end - 1, block.span.end))
        return [*flatten(block.content), bar]
    if not _begins_statement(before):
        return None
    inside = meaningful(block.content)
    one_sided = (block.opening, block.closing) in (("\\{", "."), (".", "\\}"), (".", "]"))
    system = inside[0] if one_sided and len(inside) == 1 else block
    if isinstance(system, Block) and _is_system(system):
        return _between_marks(block, flatten(without_options(system)))
    return None


def _joined_rows(block: Block) -> Sequence[Element]:
    """Return a formula broken over rows as one, unless a row states something of its own."""
    content = without_options(block)
    rows = rows_of(content)
    later = [meaningful(row) for row in rows[1:]]
    if any(row and any(map(is_relation_token, row)) and not is_relation_token(row[0]) for row in later):
        return content
    ends = [meaningful(row)[-1:] for row in rows[:-1]]
    twice = [end[0] for end, row in zip(ends, later, strict=True) if end and row and is_repeated(end[0], row[0])]
    return [e for row in rows for e in row if not _is_row_mark(e) and not any(e is one for one in twice)]


def _between_marks(block: Block, inside: list[Element]) -> list[Element]:
    start, end = block.span.start, block.span.end
    return [Token("command", BEGIN, Span(start, start)), *inside, Token("command", END, Span(end, end))]


def _begins_statement(before: Sequence[Element]) -> bool:
    """Return whether what follows is not an operand: a row, a column or prose has just ended."""
    for place in range(len(before) - 1, -1, -1):
        element = before[place]
        if isinstance(element, Block):
            return place > 0 and prose.text_here(before[place - 1], element) is not None
        if element.kind != "space" and element.text in _SEPARATORS:
            return True
        if meaningful([element]):
            return False
    return True


def _is_system(block: Block) -> bool:
    """Return whether an environment holds equations, one in each row, rather than a value by cases."""
    if block.opening != "begin" or block.name not in STATEMENT_ENVIRONMENTS | CASES_ENVIRONMENTS | MATRIX_ENVIRONMENTS:
        return False
    rows = [meaningful(row) for row in rows_of(without_options(block))]
    return bool(rows) and all(any(is_relation_token(element) for element in _until_prose(row)) for row in rows if row)


def _until_prose(row: Sequence[Element]) -> Sequence[Element]:
    for place, element in enumerate(row):
        if prose.text_here(element, row[place + 1] if place + 1 < len(row) else None):
            return row[:place]
    return row


def _join_delimiters(elements: Sequence[Element]) -> list[Element]:
    """Join \\left( … \\right. and, in a later row, \\left. … \\right) to one block."""
    if not any(isinstance(element, Block) and element.closing == "." for element in elements):
        return list(elements)
    joined: list[Element] = []
    waiting: list[int] = []
    for element in elements:
        if isinstance(element, Block) and element.opening == "." and waiting:
            first = joined[waiting[-1]]
            if isinstance(first, Block) and element.closing in (".", *_MATCHING.get(first.opening, ())):
                content = (*first.content, *joined[waiting[-1] + 1 :], *element.content)
                whole = _in_one_row(
                    Block(first.opening, element.closing, content, first.span | element.span, first.start)
                )
                joined[waiting[-1] :] = [whole]
                if element.closing != ".":
                    waiting.pop()
                continue
        if isinstance(element, Block) and element.closing == ".":
            waiting.append(len(joined))
        joined.append(element)
    return joined
