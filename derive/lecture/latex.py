"""A part of a document as the text of a model line: macros replaced, no marks of alignment, labels or tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.document.pieces import FormulaRegion
from derive.reader.scanner import Token, scan, written
from derive.source import Span

_LEFT_OUT = frozenset((r"\label", r"\tag", r"\nonumber", r"\notag", r"\qquad", r"\quad", r"\displaystyle"))
_WITH_ARGUMENT = frozenset((r"\label", r"\tag"))


def latex_of(
    region: FormulaRegion,
    span: Span,
    renamed: Mapping[str, str] | None = None,
    added: Mapping[int, str] | None = None,
) -> str:
    """Return the LaTeX of a part of a formula on one line, some letters by other names, with what is added at places.

    Raises: LatexError as the scanner and macros do.
    """
    tokens = region.macros.expand(scan(region.clean, span), region.clean)
    kept: list[Token] = []
    waiting = dict(added or {})
    depth = at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        depth += (token.text == r"\begin") - (token.text == r"\end")
        if token.text in _LEFT_OUT:
            at = _behind_argument(tokens, at) if token.text in _WITH_ARGUMENT else at
        elif depth or token.text not in {"&", "\\\\"}:
            other = (renamed or {}).get(token.text, token.text)
            before = waiting.pop(token.span.start, "")
            kept.append(replace(token, text=before + other))
    return written(kept).strip()


def _behind_argument(tokens: list[Token], at: int) -> int:
    """Return the place behind the closing brace of an argument that begins at `at`."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += (tokens[place].text == "{") - (tokens[place].text == "}")
        if tokens[place].text == "}" and depth == 0:
            return place + 1
    return at
