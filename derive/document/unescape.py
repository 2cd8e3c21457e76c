"""Clean text: what Markdown makes of the characters inside a formula, in a text of the same length."""

from __future__ import annotations

import re

from derive.source import Span

_UPRIGHT = r"\\(?:text[a-z]*|mathrm|mathit|mathtt|mathsf|operatorname\*?|mbox|hbox|tag|label)\s*\{[^{}]*\}"
_ESCAPE = re.compile(
    rf"(?P<keep>{_UPRIGHT})"
    r"|(?P<rows>\\\\\\\\)"
    r"|(?P<sign>\\[_*])"
    r"|(?P<other>\\[\s\S])"
    r"|(?P<entity>&(?:lt|gt|amp);)"
    r"|(?P<comment>%[^\n]*)"
)
_QUOTE = re.compile(r"(?<=\n)[ \t]*(?:>[ \t]?)+")
_QUOTED_LINE = re.compile(r"[ \t]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?>")
_ENTITIES = {"&lt;": "<   ", "&gt;": ">   ", "&amp;": "&    "}


def unescape(text: str, formulas: list[Span]) -> str:
    """Return the text with its formulas as TeX would see them; every character stays at its offset.

    `\\_` and `\\*` lose their backslash (but not inside `\\text{…}`, nor between two words), `\\\\\\\\` is one row
    break, `&lt;` is `<`, a TeX comment and the `>` of a block quote are blanks.
    """
    parts = []
    place = 0
    for span in formulas:
        parts += [text[place : span.start], _formula(text, span)]
        place = span.end
    parts.append(text[place:])
    return "".join(parts)


def _formula(text: str, span: Span) -> str:
    formula = text[span.start : span.end]
    if "\n" in formula and _is_quoted(text, span.start):
        formula = _QUOTE.sub(lambda match: " " * len(match[0]), formula)
    return _ESCAPE.sub(_replacement, formula)


def _is_quoted(text: str, place: int) -> bool:
    """Return whether the line of a place begins with the `>` of a block quote."""
    return _QUOTED_LINE.match(text, text.rfind("\n", 0, place) + 1) is not None


def _replacement(match: re.Match[str]) -> str:
    whole = match[0]
    match match.lastgroup:
        case "rows":
            return "\\\\  "
        case "sign" if not _between_words(match):
            return " " + whole[1]
        case "entity":
            return _ENTITIES[whole]
        case "comment":
            return " " * len(whole)
    return whole


def _between_words(match: re.Match[str]) -> bool:
    """Return whether an escaped underscore joins two words (`max\\_iter`) and so belongs to a name."""
    text, start, end = match.string, match.start(), match.end()
    before = re.search(r"(?:^|[^\\A-Za-z])[A-Za-z]{2,}$", text[max(0, start - 30) : start])
    return match[0] == "\\_" and before is not None and re.match("[A-Za-z]{2}", text[end : end + 2]) is not None
