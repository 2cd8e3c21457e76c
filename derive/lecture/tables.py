"""Tables of shapes in the running text: a row | X | n × d | below "shape" says that X has shape n × d."""

from __future__ import annotations

import re

from derive.notation.declared import GROUPS, alternatives

_SHAPE = re.compile(rf"{'|'.join(alternatives(GROUPS['shape'] + '|' + GROUPS['length']))}|shapes|dims?")
"""What a column of shapes is called, and no more than that: a batch size is none."""
_ROW = re.compile(r"^[ \t]*(?:\|.*\||[^|\n]*&.*\\\\.*)[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"[\s|:=+-]+|(?:\\(?:h|top|mid|bottom)(?:line|rule)\s*)+")
_MARKS = re.compile(r"\s*«\d+»(?:\s*,\s*«\d+»)*\s*")
_SIZES = re.compile(r"\s*«\d+»(?:\s*(?:×|x)\s*«\d+»)?\s*")


def with_tables_as_sentences(flow: str) -> str:
    """Return the running text with each row that says a shape as a sentence."""
    column: int | None = None
    end = 0
    pieces: list[str] = []
    for row in _ROW.finditer(flow):
        between = flow[end : row.start()]
        cells = _cells(row[0])
        if between.strip() and _RULE.fullmatch(between) is None:
            column = None  # another table
        if column is None:
            column = next((at for at, cell in enumerate(cells) if _SHAPE.fullmatch(cell.strip(" \t*"))), None)
        pieces += [between, row[0] if column is None else _sentence(row[0], cells, column)]
        end = row.end()
    return "".join((*pieces, flow[end:]))


def _cells(row: str) -> list[str]:
    if "|" in row:
        return row.strip().strip("|").split("|")
    return re.sub(r"\\(?:h|top|mid|bottom)(?:line|rule)", "", row).partition(r"\\")[0].split("&")


def _sentence(row: str, cells: list[str], column: int) -> str:
    """Return what a row says: that what its first cell of names lists has the shape in its column."""
    if len(cells) <= column or not _SIZES.fullmatch(cells[column]):
        return row
    names = next((cell.strip() for cell in cells[:column] if _MARKS.fullmatch(cell)), None)
    if names is None:
        return row
    rest = ". ".join(cell for at, cell in enumerate(cells) if at != column and cell.strip() != names)
    return f"\n\n{names} has shape {cells[column]}. {names} has length {cells[column]}. {rest}\n\n"
