"""Formulas in reStructuredText.

Read: the role :math:`…` and the directive `.. math::`, whose blank lines part formulas. Not read: literal text, code
and comments (except directives, `.. derive:ignore a slip`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.document.definitions import definitions
from derive.document.directives import Assembler, read_directive
from derive.document.markdown import Comment
from derive.document.marks import Mathematics, erase, in_dollars, trim, unwrap
from derive.source import Source, Span

_TOKEN = re.compile(
    r"^(?P<indent>[ \t]*)\.\.(?:[ \t]+(?P<name>[\w-]+)::|(?P<comment>[ \t]+(?=\S)|[ \t]*$))"
    r"|(?P<literal>::[ \t]*$)"
    r"|(?P<code>``[^\n]*?``)"
    r"|(?P<role>:math:`)(?P<inline>[^`]+)`",
    re.MULTILINE,
)
_CODE = frozenset(("code", "code-block", "sourcecode", "literalinclude", "raw", "parsed-literal", "doctest"))
"""Directives in which nothing is a formula of the text."""
_OPTIONS = re.compile(r"[^\n]*(?:\n[ \t]+:[\w-]+:[^\n]*)*")
_PARAGRAPH = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+")
_BEGIN, _END = r"\begin{", r"\end{"


def read_rst(source: Source, assembler: Assembler) -> None:
    """Add the formulas, directives and macro definitions of a reStructuredText to `assembler`.

    Raises: InputError for a directive that cannot be read.
    """
    text = source.text
    found = list(_scan(text))
    formulas = [item for item in found if isinstance(item, Mathematics)]
    macros = [span for item in formulas for span in definitions(text, item.inside.start, item.inside.end)]
    written, clean = source, Source(source.name, erase(in_dollars(text, formulas), macros))
    assembler.sources.append(source)
    for item in found:
        if isinstance(item, Comment):
            directive = read_directive(source, item.body)
            if directive is not None:
                assembler.directive(source, clean, directive)
            continue
        assembler.define(written, item.inside, formula=True)
        inside = unwrap(text, trim(clean.text, item.inside.start, item.inside.end))
        if clean.excerpt(inside).strip(" .,;"):
            assembler.formula(source, clean, inside, item.display)


def _scan(text: str) -> Iterator[Mathematics | Comment]:
    """Yield the formulas and comments of a text in order."""
    place = 0
    while token := _TOKEN.search(text, place):
        place = token.end()
        if token["role"]:
            yield Mathematics(Span(*token.span()), Span(*token.span("inline")), False)
        elif token["name"] == "math":
            place = _end_of_block(text, token)
            yield from _displays(text, token, place)
        elif token["name"] in _CODE or token["literal"]:
            place = _end_of_block(text, token)
        elif token["comment"] is not None:
            place = _end_of_block(text, token)
            yield Comment(Span(token.end(), place), place)


def _end_of_block(text: str, token: re.Match[str]) -> int:
    """Return where the lines end that are indented more than that of a token, or are blank."""
    start = text.rfind("\n", 0, token.start()) + 1
    line = text[start : token.end()]
    indent = len(line) - len(line.lstrip(" \t"))
    end = place = text.find("\n", token.end())
    while 0 <= place < len(text) - 1:
        stop = text.find("\n", place + 1)
        own = text[place + 1 : stop if stop >= 0 else len(text)]
        if own.strip() and len(own) - len(own.lstrip(" \t")) <= indent:
            break
        place = stop if stop >= 0 else len(text)
        end = place if own.strip() else end
    return end if end >= 0 else len(text)


def _displays(text: str, token: re.Match[str], end: int) -> Iterator[Mathematics]:
    """Yield the formulas of a math directive: one on its own line, then those that blank lines part."""
    head = _OPTIONS.match(text, token.end(), end)
    stop = head.end() if head else token.end()
    first = text.find("\n", token.end(), stop)
    rest = Span(token.end(), first if first >= 0 else stop)
    opening: int | None = token.start()
    if text[rest.start : rest.end].strip():
        yield Mathematics(Span(token.start(), stop), rest, True)
        opening = None
    begun: int | None = None
    for match in _PARAGRAPH.finditer(text, stop, end):
        start = match.start() if begun is None else begun
        whole = text[start : match.end()]
        begun = start if whole.count(_BEGIN) > whole.count(_END) else None
        if begun is None:
            outer = Span(start if opening is None else opening, match.end())
            yield Mathematics(outer, Span(start, match.end()), True)
            opening = None
