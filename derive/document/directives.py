"""Directives: what an author tells the checker in comments.

    derive:model TOML          the model from here to the next one
    derive:model end           no model of the document from here on
    derive:assume FORMULA      a fact that may be used
    derive:ignore REASON       skip the next formula
    derive:off REASON … derive:on   skip what stands between (or all that follows)

In Markdown they stand in HTML comments; in LaTeX in comment lines, where the text of a model ends with `% derive:end`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace

from derive.document.definitions import used_elsewhere
from derive.document.marks import Marks, trim
from derive.document.pieces import AssumeDirective, FormulaRegion, ModelDirective, ModelEnd, Piece
from derive.errors import InputError, LatexError
from derive.reader.macros import Macros, collect_macros, default_macros, definitions
from derive.source import Source, Span

WORDS = ("model", "assume", "ignore", "off", "on")
_DIRECTIVE = re.compile(r"\s*derive:(?P<word>[A-Za-z][\w-]*)")
_OPENING = re.compile(r"\$\$|\$|\\\(|\\\[")
_CLOSING = {r"\(": r"\)", r"\[": r"\]"}
_LITERAL = re.compile(r"(?<!')'([^'\n]+)'(?!')")


@dataclass(frozen=True, slots=True)
class Directive:
    """The body of a comment that begins with `derive:`; `argument` is what follows the word, without outer blanks."""

    word: str
    span: Span
    argument: Span


def read_directive(source: Source, body: Span, more: tuple[str, ...] = ()) -> Directive | None:
    """Return the directive in a comment's body, or None for a comment of another kind.

    Raises: InputError for a word that is no directive.
    """
    match = _DIRECTIVE.match(source.text, body.start, body.end)
    if match is None:
        return None
    word = match["word"]
    span = Span(match.start("word") - len("derive:"), match.end())
    known = (*WORDS, *more)
    if word not in known:
        close = difflib.get_close_matches(word, known, n=1)
        hint = f"did you mean derive:{close[0]}?" if close else f"there are {', '.join(f'derive:{w}' for w in known)}"
        raise InputError(f"unknown directive derive:{word}; {hint}", source, span)
    return Directive(word, span, trim(source.text, match.end(), body.end))


def inline_model(source: Source, directive: Directive, cell: int | None = None) -> ModelDirective:
    """Return the model of a directive whose argument is the TOML as it stands."""
    span = directive.argument
    if not len(span):
        raise InputError('derive:model is empty; write a model in TOML, or use = "NAME"', source, directive.span)
    toml = source.excerpt(span)
    origins = [span.start, *(span.start + match.end() for match in re.finditer("\n", toml))]
    return ModelDirective(source, span, toml, tuple(origins), cell)


def ends_model(source: Source, directive: Directive) -> bool:
    """Return whether a directive is `derive:model end`."""
    return directive.word == "model" and source.excerpt(directive.argument) == "end"


def without_macros(toml: str, macros: Macros) -> str:
    """Return a model with the document's own macros replaced, line by line, in the strings between single quotes."""

    def replaced(string: re.Match[str]) -> str:
        if not any(name in string[1] for name in macros.own.table):
            return string[0]
        try:
            return f"'{macros.own.expanded(string[1])}'"
        except LatexError:
            return string[0]  # the reader of models will say so, at its place

    return _LITERAL.sub(replaced, toml)


@dataclass
class Assembler:
    """Collects the pieces of a document in reading order and switches formulas off as the directives say."""

    pieces: list[Piece] = field(default_factory=list)
    scopes: list[Macros] = field(default_factory=lambda: [default_macros()])
    sources: list[Source] = field(default_factory=list)
    off: str | None = None
    ignore: str | None = None

    def formula(self, source: Source, clean: Source, span: Span, display: bool, cell: int | None = None) -> None:
        """Add a formula, skipped where `derive:off` holds or `derive:ignore` stands before it."""
        skip = self.off if self.off is not None else self.ignore
        self.ignore = None
        self.pieces.append(FormulaRegion(source, span, display, cell, skip, clean, macros=self.macros))

    @property
    def macros(self) -> Macros:
        """The macros in force here."""
        return self.scopes[-1]

    def define(self, source: Source, span: Span, *, strict: bool = False, formula: bool = False) -> None:
        """Take the definitions of a part of a text; a global one holds in all groups around it, too.

        A formula is read with one set of macros: what it defines in a group of its own, or behind a use, has no one
        meaning in it, and is no name there.
        """
        for place, macros, is_global in definitions(source, span, self.macros, strict=strict):
            if formula and (name := used_elsewhere(source.text, span, place)):
                self.scopes[-1] = macros.without(name)
                continue
            self.scopes[-1] = macros
            if is_global:
                outer = (collect_macros(source, place, scope) for scope in self.scopes[:-1])
                self.scopes = [*outer, macros]

    def begin_group(self) -> None:
        self.scopes.append(self.macros)

    def end_group(self) -> None:
        if len(self.scopes) > 1:
            self.scopes.pop()

    def model(self, model: ModelDirective) -> None:
        """Add a model, in which the macros of the document may stand."""
        self.pieces.append(replace(model, toml=without_macros(model.toml, self.macros)))

    def directive(self, source: Source, clean: Source, directive: Directive, cell: int | None = None) -> None:
        """Obey a directive other than `derive:model` in LaTeX, whose lines its reader puts together."""
        reason = " ".join(source.excerpt(directive.argument).split())
        match directive.word:
            case "model" if ends_model(source, directive):
                self.pieces.append(ModelEnd(source.position(directive.span.start).line))
            case "model":
                self.model(inline_model(source, directive, cell))
            case "assume":
                spans = assumed_formulas(source, directive)
                self.pieces.extend(AssumeDirective(source, span, cell, clean, self.macros) for span in spans)
            case "ignore":
                self.ignore = reason or "derive:ignore"
            case "off":
                self.off = reason or "derive:off"
            case _:
                self.off = None


def assumed_formulas(source: Source, directive: Directive) -> list[Span]:
    """Return the formulas of a `derive:assume`: each between dollars or brackets, else the whole text.

    Raises: InputError where there is none, or where one is not closed.
    """
    whole = directive.argument
    if not len(whole):
        raise InputError(r"derive:assume needs a formula, such as derive:assume \sum_i y_i = 1", source, directive.span)
    text, marks = source.text[: whole.end], None
    spans = []
    place = whole.start
    while opening := _OPENING.search(text, place):
        marks = marks or Marks(text)
        end = _closing(marks, opening)
        if end is None:
            raise InputError(f"{opening[0]} is not closed", source, Span(opening.start(), opening.end()))
        spans.append(trim(text, opening.end(), end))
        place = end + len(opening[0])
    return [span for span in spans if len(span)] or [whole]


def _closing(marks: Marks, opening: re.Match[str]) -> int | None:
    if opening[0] == "$$":
        return marks.pair(opening.end())
    if opening[0] == "$":
        return marks.inline_end(opening.start())
    return marks.closer(_CLOSING[opening[0]], opening.end())
