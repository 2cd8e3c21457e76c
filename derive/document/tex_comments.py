"""What TeX does not typeset: comments, verbatim text, drawings; and the directives that stand in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.document.directives import Directive, ends_model, inline_model, read_directive
from derive.document.marks import blank
from derive.document.pieces import ModelDirective
from derive.errors import InputError
from derive.source import Source, Span

_VERBATIM = (
    "verbatim verbatim* Verbatim BVerbatim alltt lstlisting minted comment filecontents filecontents* tikzpicture"
)
_UNREAD = "|".join(re.escape(name) for name in (*_VERBATIM.split(), "pgfpicture", "forest", "filecontentsdef"))
_TOKEN = re.compile(
    r"\\(?:verb|lstinline(?:\[[^\]\n]{0,500}\])?|mintinline(?:\[[^\]\n]{0,500}\])?\{\w+\})(?![A-Za-z])\*?"
    r"(?:\{[^{}\n]*\}|(?P<bar>[^\w\s{}*]).*?(?P=bar))"
    rf"|\\begin\s*\{{(?P<unread>{_UNREAD})\}}"
    r"|\\(?P<false>iffalse)(?![A-Za-z])"
    r"|\\(?:url|href|path|nolinkurl)\s*\{[^{}\n]*\}"
    r"|(?P<escape>\\[\s\S])"
    r"|(?P<comment>%+[^\n]*)"
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A TeX comment; `body` is what follows the percent signs and one blank."""

    span: Span
    body: Span


@dataclass(frozen=True, slots=True)
class TexText:
    """A TeX text in two forms of the same length: `clean` has blanks for all that is not typeset, and `marked` keeps
    the percent signs, so that a line with nothing but a comment is not taken for a blank line."""

    clean: str
    marked: str
    comments: tuple[Comment, ...]


def without_comments(text: str) -> TexText:
    """Return the text without comments, verbatim text and drawings, and the comments."""
    clean: list[str] = []
    marked: list[str] = []
    comments = []
    place = 0
    while token := _TOKEN.search(text, place):
        end = _unread_end(text, token)
        between, hidden = text[place : token.start()], blank(text[token.start() : end])
        if token["escape"]:
            hidden = token[0]
        clean += (between, hidden)
        marked += (between, "%" + hidden[1:] if token["comment"] else hidden)
        if token["comment"]:
            comments.append(_comment(text, token))
        place = end
    return TexText("".join((*clean, text[place:])), "".join((*marked, text[place:])), tuple(comments))


def _unread_end(text: str, token: re.Match[str]) -> int:
    """Return where the text that begins at a token and is not read ends; the end of all where it is not closed."""
    if token["unread"]:
        closing = f"\\end{{{token['unread']}}}"
    elif token["false"]:
        closing = "\\fi"
    else:
        return token.end()
    end = text.find(closing, token.end())
    return len(text) if end < 0 else end + len(closing)


def _comment(text: str, token: re.Match[str]) -> Comment:
    signs = len(token[0]) - len(token[0].lstrip("%"))
    start = token.start() + signs
    end = token.end() - token[0].endswith("\r")
    start += text.startswith((" ", "\t"), start)
    return Comment(Span(*token.span()), Span(min(start, end), end))


def comment_directives(source: Source, comments: tuple[Comment, ...]) -> Iterator[Directive | ModelDirective]:
    """Yield the directives in comments; the lines from `% derive:model` to `% derive:end` are one.

    Raises: InputError for an unknown directive, or a model that is not closed.
    """
    number = 0
    while number < len(comments):
        directive = read_directive(source, comments[number].body, more=("end",))
        if directive is None:
            number += 1
        elif directive.word == "end":
            raise InputError("derive:end without a derive:model before it", source, directive.span)
        elif directive.word == "model" and not ends_model(source, directive):
            lines, number = _model_lines(source, comments, number, directive)
            yield _model(source, directive, lines)
        else:
            yield directive
            number += 1


def _model_lines(
    source: Source, comments: tuple[Comment, ...], number: int, directive: Directive
) -> tuple[list[Span], int]:
    """Return the spans of a model's TOML lines and the number of the comment after them.

    A model that stands wholly on the line of `derive:model` needs no `derive:end`.
    """
    lines = [directive.argument] if len(directive.argument) else []
    end = comments[number].span.end
    for later in range(number + 1, len(comments)):
        comment = comments[later]
        if source.text[end : comment.span.start].strip():
            break
        inner = read_directive(source, comment.body, more=("end",))
        if inner is not None and inner.word == "end":
            return lines, later + 1
        if inner is not None:
            break
        lines.append(comment.body)
        end = comment.span.end
    if len(directive.argument):
        return [directive.argument], number + 1
    raise InputError("this model is not closed; end its comment lines with % derive:end", source, directive.span)


def _model(source: Source, directive: Directive, lines: list[Span]) -> ModelDirective:
    if not any(source.excerpt(line).strip() for line in lines):
        return inline_model(source, directive)
    toml = "\n".join(source.excerpt(line) for line in lines)
    return ModelDirective(source, lines[0] | lines[-1], toml, tuple(line.start for line in lines))
