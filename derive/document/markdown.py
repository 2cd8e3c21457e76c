"""Formulas in Markdown and plain text.

Read: `$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]` (also with both backslashes doubled), `` $`…`$ ``, fenced ```` ```math ````,
and bare `\\begin{align}…\\end{align}`. Not read: code, HTML comments (except directives), escaped dollars, and prices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.document.definitions import GROUP, definitions
from derive.document.directives import Assembler, read_directive
from derive.document.guess import is_display, is_inline
from derive.document.marks import (
    MATRIX_ENVIRONMENTS,
    PLAIN_ENVIRONMENTS,
    ROW_ENVIRONMENTS,
    Marks,
    Mathematics,
    erase,
    in_dollars,
    trim,
    unwrap,
)
from derive.document.unescape import unescape
from derive.errors import InputError
from derive.source import Source, Span

_TOKEN = re.compile(
    r"(?P<fence>^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<bar>`{3,}(?=[^`\n]*$)|~{3,})[ \t]*(?P<info>[^\n]*))"
    r"|(?P<colons>^[ \t>]*:{3,}[ \t]*\{math\}[^\n]*)"
    r"|(?P<ticks>`+)"
    r"|(?P<comment><!--)"
    r"|<(?P<raw>pre|code|script|style|textarea)\b"
    r"|(?P<bracket>\\\\[(\[]|\\[(\[])"
    r"|\\begin\s*\{(?P<env>[A-Za-z]+\*?)\}"
    r"|(?P<escape>\\[\s\S])"
    r"|(?P<dollars>\$+)",
    re.MULTILINE,
)
_CLOSING = {r"\(": r"\)", r"\[": r"\]", r"\\(": r"\\)", r"\\[": r"\\]"}
_MATH_FENCES = ("math", "{math}")
_CODE_FORMULA = re.compile(r"\$([^$\n]+)(?=\$)")
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?=[\w-]+[ \t]*:)(?:(?!---|\.\.\.)[^\n]*\n){1,200}(?:---|\.\.\.)[ \t]*\r?\n")
_END_OF_COLONS = re.compile(r"^[ \t>]*:{3,}[ \t\r]*$", re.MULTILINE)
_ROLE = "{math}"
_LINE_START = re.compile(r"(?:^|\n)[ \t>]*$")
_OPTION_LINES = re.compile(r"(?:[ \t>]*:[\w-]+:[^\n]*\n)*")


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment that was found; `body` is what stands in it."""

    body: Span
    end: int


def read_markdown(source: Source, assembler: Assembler, cell: int | None = None) -> None:
    """Add the formulas, directives and macro definitions of a Markdown text to `assembler`.

    Raises: InputError for a directive that cannot be read.
    """
    found = list(scan(source))
    formulas = [item for item in found if isinstance(item, Mathematics)]
    text = in_dollars(unescape(source.text, [one.inside for one in formulas]), formulas)
    macros = [span for one in formulas for span in definitions(text, one.inside.start, one.inside.end)]
    written, clean = Source(source.name, text), Source(source.name, erase(text, macros))
    assembler.sources.append(source)
    for item in found:
        if isinstance(item, Comment):
            directive = read_directive(source, item.body)
            if directive is not None:
                assembler.directive(source, clean, directive, cell)
            continue
        inside = unwrap(text, trim(clean.text, item.inside.start, item.inside.end))
        states = bool(clean.excerpt(inside).strip(" .,;{}"))
        in_group = states and any(_is_in_group(clean.text, item.inside, span) for span in macros)
        if in_group:
            assembler.begin_group()
        assembler.define(written, item.inside, formula=True)
        if states:
            assembler.formula(source, clean, inside, item.display, cell)
        if in_group:
            assembler.end_group()


def _is_in_group(text: str, formula: Span, definition: Span) -> bool:
    """Return whether a definition stands in a group of a formula, and so holds in this formula alone."""
    if not formula.start <= definition.start < formula.end:
        return False
    depth = 0
    for sign in GROUP.finditer(text, formula.start, definition.start):
        depth += (sign["begin"] is not None) - (sign["end"] is not None)
    return depth > 0


def scan(source: Source) -> Iterator[Mathematics | Comment]:
    """Yield the formulas and comments of a Markdown text in order, in linear time."""
    text, marks = source.text, Marks(source.text)
    front = _FRONT_MATTER.match(text)
    place = front.end() if front else 0
    while token := _TOKEN.search(text, place):
        if token["fence"]:
            formulas, place = _fence(text, token)
            yield from formulas
            continue
        found, place = _read(source, marks, token)
        if found is not None:
            yield found


def _read(source: Source, marks: Marks, token: re.Match[str]) -> tuple[Mathematics | Comment | None, int]:
    """Return what begins at a token, if anything, and where to go on."""
    found: Mathematics | Comment | None = None
    if token["colons"]:
        return _colons(marks.text, token)
    if token["ticks"]:
        end = marks.tick_run(len(token["ticks"]), token.end())
        if end is not None and marks.text.endswith(_ROLE, 0, token.start()):
            stop = end + len(token["ticks"])
            return Mathematics(Span(token.start() - len(_ROLE), stop), Span(token.end(), end), False), stop
        return None, token.end() if end is None else end + len(token["ticks"])
    if token["raw"]:
        end = marks.find(f"</{token['raw']}", token.end())
        return None, end if end >= 0 else token.end()
    if token["comment"]:
        found = _comment(source, marks, token)
    elif token["bracket"]:
        found = _bracket(marks, token)
    elif token["env"]:
        found = _environment(marks, token)
    elif token["dollars"]:
        found = _dollars(marks, token)
        if found is None and len(token["dollars"]) == 2:
            found = _open_display(marks, token)
    return found, token.end() if found is None else found.outer.end if isinstance(found, Mathematics) else found.end


def _colons(text: str, token: re.Match[str]) -> tuple[Mathematics | None, int]:
    """Return the formula of a :::{math} directive without its options, and where to go on."""
    close = _END_OF_COLONS.search(text, token.end())
    if close is None:
        return None, token.end()
    options = _OPTION_LINES.match(text, min(token.end() + 1, close.start()), close.start())
    start = max(token.end(), options.end() - 1) if options else token.end()
    return Mathematics(Span(token.start(), close.end()), Span(start, close.start()), True), close.end()


def _fence(text: str, token: re.Match[str]) -> tuple[list[Mathematics], int]:
    """Return the formulas of fenced code and where it ends: all of it if it is marked `math`, those of pseudo-code."""
    bar = token["bar"]
    closing = re.compile(rf"^[ \t>]*{re.escape(bar[0])}{{{len(bar)},}}[ \t\r]*$", re.MULTILINE)
    close = closing.search(text, token.end())
    start, end, stop = token.end(), len(text), len(text)
    if close:
        end, stop = close.span()
    marked = token["info"].split()[:1]
    if marked and marked[0] in _MATH_FENCES and close:
        options = _OPTION_LINES.match(text, min(start + 1, end), end)
        inside = Span(max(start, options.end() - 1) if options else start, end)
        return [Mathematics(Span(token.start("bar"), stop), inside, True)], stop
    return ([] if marked else list(_pseudo_code(text, start, end))), stop


def _pseudo_code(text: str, start: int, end: int) -> Iterator[Mathematics]:
    """Yield the formulas with a TeX command in code without a language: the steps of an algorithm, as `$\\theta$`."""
    while match := _CODE_FORMULA.search(text, start, end):
        start = match.end()
        if re.search(r"\\[A-Za-z]", match[1]):
            yield Mathematics(Span(match.start(), start + 1), Span(*match.span(1)), False)
            start += 1


def _comment(source: Source, marks: Marks, token: re.Match[str]) -> Comment | None:
    end = marks.find("-->", token.end())
    if end >= 0:
        return Comment(Span(token.end(), end), end + len("-->"))
    body = Span(token.end(), min(len(source.text), token.end() + 200))
    if read_directive(source, body) is not None:
        raise InputError("the comment of this directive is not closed; end it with -->", source, Span(*token.span()))
    return None


def _bracket(marks: Marks, token: re.Match[str]) -> Mathematics | None:
    """Read `\\(…\\)` or `\\[…\\]`, unless prose stands in it: Markdown also escapes brackets that way."""
    sign = token["bracket"]
    end = marks.closer(_CLOSING[sign], token.end())
    if end is None or not is_inline(marks.text[token.end() : end], "", "", lenient=False):
        return None
    return Mathematics(Span(token.start(), end + len(sign)), Span(token.end(), end), sign[-1] == "[")


def _environment(marks: Marks, token: re.Match[str]) -> Mathematics | None:
    name = token["env"]
    whole = name in ROW_ENVIRONMENTS or name in MATRIX_ENVIRONMENTS
    if not whole and name not in PLAIN_ENVIRONMENTS:
        return None
    end = marks.environment_end(name, token.end())
    if end < 0:
        return None
    stop = end + len(f"\\end{{{name}}}")
    inside = Span(token.start(), stop) if whole else Span(token.end(), end)
    return Mathematics(Span(token.start(), stop), inside, name != "math")


def _dollars(marks: Marks, token: re.Match[str]) -> Mathematics | None:
    text, start = marks.text, token.end()
    if len(token["dollars"]) == 2:
        end = marks.pair(start)
        if end is None or not is_display(text, start, end, marks.blank_after(start)):
            return None
        return Mathematics(Span(token.start(), end + 2), Span(start, end), True)
    if len(token["dollars"]) > 2:
        return None
    if text.startswith("`", start):
        end = marks.find("`$", start + 1)
        if 0 <= end < marks.blank_after(start):
            return Mathematics(Span(token.start(), end + 2), Span(start + 1, end), False)
        return None
    end = marks.inline_end(token.start())
    if end is None or _opens_a_line(text, end):
        return None
    if not is_inline(text[start:end], text[max(0, start - 2) : start - 1], text[end + 1 : end + 2]):
        return None
    return Mathematics(Span(token.start(), end + 1), Span(start, end), False)


def _opens_a_line(text: str, dollar: int) -> bool:
    """Return whether `$$` stands here as the first of its line, so that it opens a display and closes nothing."""
    if not text.startswith("$$", dollar):
        return False
    return _LINE_START.search(text[max(0, dollar - 80) : dollar]) is not None


def _open_display(marks: Marks, token: re.Match[str]) -> Mathematics | None:
    """Read a display that is never closed up to the end of its paragraph, so that it is reported and not lost."""
    end = marks.blank_after(token.end())
    content = marks.text[token.end() : end]
    if "=" not in content or "\\" not in content or "$" in content:
        return None
    return Mathematics(Span(token.start(), end), Span(token.end(), end), True)
