"""Formulas in the Markdown cells of a Jupyter notebook; nothing is executed."""

from __future__ import annotations

import json
import re

from derive.document.directives import Assembler
from derive.document.markdown import read_markdown
from derive.errors import InputError
from derive.source import Source, Span
from derive.visible import escaped

_SURROGATE = re.compile("[\ud800-\udfff]")


def read_notebook(source: Source, assembler: Assembler) -> None:
    """Add the pieces of every Markdown cell to `assembler`; cells are numbered from 1, code cells counted.

    Each cell is a source of its own under the notebook's name, so that lines count within the cell.
    Raises: InputError if the text is no notebook, or for a directive that cannot be read.
    """
    for number, cell in enumerate(_cells(source), start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
            continue
        try:
            read_markdown(Source(source.name, _cell_text(cell)), assembler, number)
        except InputError as error:
            raise InputError(f"in cell {number}: {error.message}", error.source, error.span) from error


def _cells(source: Source) -> list[object]:
    try:
        notebook = json.loads(source.text)
    except json.JSONDecodeError as error:
        place = Span(error.pos, error.pos + 1)
        raise InputError(
            f"this notebook is not valid JSON: {error.msg}; save it again in Jupyter", source, place
        ) from None
    except (RecursionError, ValueError):
        raise InputError(
            f"{escaped(source.name)}: this notebook is not readable JSON; save it again in Jupyter"
        ) from None
    match notebook:
        case {"cells": list(cells)}:
            return cells
        case {"worksheets": list(sheets)}:
            return [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    raise InputError(f"{escaped(source.name)}: this JSON is not a notebook: it has no cells; save it again in Jupyter")


def _cell_text(cell: dict[str, object]) -> str:
    lines = cell.get("source", "")
    text = "".join(line for line in lines if isinstance(line, str)) if isinstance(lines, list) else str(lines)
    return _SURROGATE.sub("\ufffd", text)
