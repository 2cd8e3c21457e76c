"""Remarks: what stands in a formula and asserts nothing."""

from __future__ import annotations

from collections.abc import Sequence

from derive.reader import prose
from derive.reader.blocks import Element
from derive.reader.cursor import Cursor
from derive.reader.expressions import read_level
from derive.reader.scanner import Token
from derive.reader.syntax import Node
from derive.source import Source

_PUNCTUATION = frozenset(",;:.")


def remark_nodes(elements: Sequence[Element], source: Source) -> list[Node]:
    """Return the words and the formulas of a remark in brackets: [\\because h = g(a)], (\\text{as } x > 0)."""
    nodes: list[Node] = []
    run: list[Element] = []
    place = 0
    while place <= len(elements):
        element = elements[place] if place < len(elements) else None
        text = prose.text_here(element, elements[place + 1] if place + 1 < len(elements) else None)
        if element is not None and text is None and not _is_mark(element):
            run.append(element)
            place += 1
            continue
        nodes += _formula(run, source)
        run = []
        nodes += [text] if text else []
        place += 2 if text else 1
    return nodes


def _formula(run: Sequence[Element], source: Source) -> list[Node]:
    kept = list(run)
    while kept and isinstance(kept[-1], Token) and kept[-1].text in _PUNCTUATION:
        kept.pop()
    while kept and isinstance(kept[0], Token) and kept[0].text in _PUNCTUATION:
        kept.pop(0)
    return [read_level(Cursor(kept, kept[0].span | kept[-1].span, source, read_level))] if kept else []


def _is_mark(element: Element) -> bool:
    return isinstance(element, Token) and element.text in ("\\because", "&")
