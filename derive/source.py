"""Places in a source text: spans, lines and columns."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from derive.visible import pictured


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open range [start, end) of character offsets in one source text."""

    start: int
    end: int

    def __or__(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A 1-based line and column."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True)
class Source:
    """A text and where it came from; turns offsets into lines and columns."""

    name: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        starts.extend(offset + 1 for offset, char in enumerate(self.text) if char == "\n")
        return starts

    def position(self, offset: int) -> Position:
        """Return the 1-based line and column of a character offset."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Return the character offset of a 1-based line and column."""
        return self._line_starts[line - 1] + column - 1

    def line(self, number: int) -> str:
        """Return the text of a 1-based line, without its line break."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def excerpt(self, span: Span) -> str:
        """Return the verbatim text of a span."""
        return self.text[span.start : span.end]

    def caret(self, span: Span) -> str:
        """Return the line on which a span begins with carets below its part on that line."""
        place = self.position(span.start)
        line = pictured(self.line(place.line))
        return f"{line}\n{carets(line, Span(place.column - 1, place.column - 1 + len(span)))}"


def carets(line: str, span: Span) -> str:
    """Return the carets to print below a part of a line, one for each column of it and one at least."""
    indent = "".join("\t" if char == "\t" else " " * _columns(char) for char in line[: span.start])
    return indent + "^" * max(1, sum(map(_columns, line[span.start : span.end])))


def _columns(char: str) -> int:
    """Return how many columns of a terminal a character takes: 2 for 漢, none for an accent that is added."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def squeeze(text: str) -> str:
    """Return a text without blanks."""
    return "".join(text.split())
