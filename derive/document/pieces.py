"""What a document consists of for the checker: formulas, models and assumptions, each with its place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from derive.reader.expansion import Macros, default_macros
from derive.source import Position, Source, Span


@dataclass(frozen=True, slots=True)
class FormulaRegion:
    """One piece of mathematics in a document.

    `span` is the inside of its delimiters without blanks at the ends. Environments with rows (align, gather, …) keep
    their `\\begin` and `\\end`, so that the reader sees where a row ends. `source.excerpt(span)` is verbatim what the
    author wrote. `clean` has the same name and length, so the same offsets, but blanks for comments, macro definitions
    and the `>` of block quotes, and what Markdown needs escaped (`\\_`, `\\*`, `&lt;`) is replaced by what it means,
    padded with blanks: this is the text for the reader of formulas.

    A formula of an included file has that file as its source, and `source.name` is the path to report it under.
    `cell` is the 1-based cell of a notebook; `skip` says why the formula is switched off. Where a formula `goes_on`
    from the one above, which ended with its sign, `clean` has that sign directly before `span`. `macros` are those in
    force at its place.
    """

    source: Source = field(repr=False)
    span: Span
    display: bool
    cell: int | None = None
    skip: str | None = None
    clean: Source = field(repr=False, default=Source("", ""))
    goes_on: bool = False
    macros: Macros = field(repr=False, compare=False, default_factory=default_macros)

    @property
    def latex(self) -> str:
        """The formula as written."""
        return self.source.excerpt(self.span)

    @property
    def read_span(self) -> Span:
        """What of `clean` is to be read: the formula, and the sign that it goes on with."""
        return Span(self.span.start - 1, self.span.end) if self.goes_on else self.span


@dataclass(frozen=True, slots=True)
class ModelDirective:
    """A model written in the document; `toml` is its text without comment signs and macros of the document.

    `origins[n]` is the offset in `source` at which line n + 1 of `toml` begins. `span` covers the TOML in the document.
    """

    source: Source = field(repr=False)
    span: Span
    toml: str
    origins: tuple[int, ...]
    cell: int | None = None

    @property
    def line(self) -> int:
        """The line of the document on which the TOML begins."""
        return self.source.position(self.origins[0]).line

    def position(self, line: int, column: int = 1) -> Position:
        """Return where line and column (both 1-based) of the TOML stand in the document."""
        return self.source.position(self.origins[min(line, len(self.origins)) - 1] + column - 1)

    def in_document(self, span: Span) -> Span:
        """Return the span of the document that corresponds to a span of the TOML text."""
        starts = list(accumulate((len(line) + 1 for line in self.toml.split("\n")), initial=0))

        def offset(place: int) -> int:
            number = min(bisect_right(starts, place) - 1, len(self.origins) - 1)
            origin = self.origins[number]
            end = self.source.text.find("\n", origin)
            return min(origin + place - starts[number], end if end >= 0 else len(self.source.text))

        start = offset(span.start)
        return Span(start, max(start, offset(span.end)))


@dataclass(frozen=True, slots=True)
class AssumeDirective:
    """A fact that the document declares with `derive:assume`; `span` and `clean` as in a FormulaRegion."""

    source: Source = field(repr=False)
    span: Span
    cell: int | None = None
    clean: Source = field(repr=False, default=Source("", ""))
    macros: Macros = field(repr=False, compare=False, default_factory=default_macros)

    @property
    def latex(self) -> str:
        """The formula as written."""
        return self.source.excerpt(self.span)


@dataclass(frozen=True, slots=True)
class ModelEnd:
    """The end of what a model of the document is in force for."""

    line: int


Piece = FormulaRegion | ModelDirective | ModelEnd | AssumeDirective


@dataclass(frozen=True)
class Document:
    """A document as the checker sees it: its pieces in reading order.

    `sources` are the texts that were read: the file and what it includes, or the
    Markdown cells; `text` is the file as it is.
    """

    path: str
    pieces: tuple[Piece, ...]
    sources: tuple[Source, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)

    @property
    def formulas(self) -> tuple[FormulaRegion, ...]:
        """The formulas alone."""
        return tuple(piece for piece in self.pieces if isinstance(piece, FormulaRegion))
