r"""Formulas that end with their equals sign and go on in the display below: `It is $\nabla_a L =$ $$p - y$$`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from derive.document.pieces import FormulaRegion, Piece
from derive.source import Source, Span

_OPEN_END = re.compile(r"[^\s<>!:=\\](\s*=[\s~]*)\Z")
_BETWEEN = re.compile(r"(?:\s|\$|>|\\[()\[\]])+")
_GROUP = re.compile(r"\{[^{}]*\}")
_RELATION = re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|approx|equiv|propto|in|to|mapsto|coloneqq|triangleq)(?![a-zA-Z])")
_DEPTH = 30


def join_unfinished(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with each sign at the end of a formula moved to before the display below.

    A display with a sign of its own says its left side again; then the sign above is only left out.
    """
    found = list(pieces)
    signs: dict[int, list[int]] = {}
    joined: list[int] = []
    for number, (upper, lower) in enumerate(pairwise(pieces)):
        if not isinstance(upper, FormulaRegion) or not isinstance(lower, FormulaRegion):
            continue
        end = _OPEN_END.search(upper.clean.excerpt(upper.span))
        if end is None or not _directly_below(upper, lower):
            continue
        found[number] = replace(upper, span=Span(upper.span.start, upper.span.start + end.start(1)))
        if not has_relation(lower.clean.excerpt(lower.span)):
            signs.setdefault(id(lower.clean), []).append(lower.span.start - 1)
            joined.append(number + 1)
    marked = dict(_with_signs(pieces, signs))
    for number in joined:
        lower = found[number]
        assert isinstance(lower, FormulaRegion)
        found[number] = replace(lower, clean=marked[id(lower.clean)], goes_on=True)
    return found


def has_relation(latex: str) -> bool:
    """Return whether a formula has a sign of relation outside its braces."""
    for _ in range(_DEPTH):
        outside = _GROUP.sub(" ", latex)
        if outside == latex:
            return _RELATION.search(latex) is not None
        latex = outside
    return True  # braces nested like this are not for guessing


def _directly_below(upper: FormulaRegion, lower: FormulaRegion) -> bool:
    if upper.display or not lower.display or upper.skip is not None or lower.skip is not None:
        return False
    if upper.source is not lower.source or upper.clean is not lower.clean or lower.span.start <= upper.span.end:
        return False
    return _BETWEEN.fullmatch(lower.clean.text, upper.span.end, lower.span.start) is not None


def _with_signs(pieces: Sequence[Piece], signs: dict[int, list[int]]) -> Iterator[tuple[int, Source]]:
    """Yield each text that needs signs, by its identity, with all of them in it."""
    for piece in pieces:
        if isinstance(piece, FormulaRegion) and id(piece.clean) in signs:
            text = list(piece.clean.text)
            for place in signs.pop(id(piece.clean)):
                text[place] = "="
            yield id(piece.clean), Source(piece.clean.name, "".join(text))
