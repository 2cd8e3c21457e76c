"""Where a text defines macros: `\\newcommand`, `\\def`, `\\let`, `\\DeclareMathOperator`, …, and what they define."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.errors import LatexError
from derive.reader.expansion import Macro, Macros, default_macros
from derive.reader.scanner import Token, scan
from derive.source import Source, Span

__all__ = ["Macro", "Macros", "collect_macros", "default_macros", "definitions"]

_COMMAND = re.compile(
    r"\\(?P<kind>(?:re|provide)?newcommand|providecommand|DeclareRobustCommand|DeclareMathOperator|DeclarePairedDelimiter"
    r"|(?:New|Renew|Provide|Declare)DocumentCommand|[gex]?def|let)(?P<star>\*?)(?![A-Za-z])"
)
_NAME = re.compile(r"\s*(?:\{\s*(\\[A-Za-z@]+|\\[^A-Za-z])\s*\}|(\\[A-Za-z@]+|\\[^A-Za-z]))")
_COUNT = re.compile(r"\s*\[\s*(\d)\s*\]")
_DEFAULT = re.compile(r"\s*\[([^\[\]\n]*)\]")
_PARAMETERS = re.compile(r"\s*((?:#\d\s*)*)(?=\{)")
_DELIMITED = re.compile(r"\s*(?P<opening>[\[(])#1(?P<more>(?:[,;|/:]#\d)*)(?P<closing>[\])])(?=\{)")
_ARGUMENTS = re.compile(r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_KINDS = re.compile(r"O\{[^{}]*\}|\S")
_LET = re.compile(r"\s*=?\s*(\\[A-Za-z@]+|\\[^A-Za-z]|[^\s{}])")
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_COMMENT = re.compile(r"(?<!\\)%")
_LONGEST_BODY = 5_000
_GLOBAL_LENGTH = 12


def collect_macros(source: Source, span: Span | None = None, base: Macros | None = None) -> Macros:
    """Return the macros in force behind a text: those before it (or that viewers define by themselves), and its own."""
    known = base or default_macros()
    after = [macros for _, macros, _ in definitions(source, span or Span(0, len(source.text)), known)]
    return after[-1] if after else known


def definitions(
    source: Source, span: Span, known: Macros, *, strict: bool = False
) -> Iterator[tuple[Span, Macros, bool]]:
    """Yield the place of each definition, the macros in force behind it, and whether it holds beyond its group.

    \\providecommand keeps what the document has defined; with `strict`, as in TeX, so does \\newcommand, which is an
    error there. A definition that is not understood (arguments that end at words, for one) takes its name away: its
    use is then an error.
    """
    place = span.start
    while match := _COMMAND.search(source.text, place, span.end):
        place = match.end()
        if _in_comment(source.text, match.start(), span.start):
            continue
        reader = _Definition(source, match, span.end)
        try:
            macro = reader.read(known)
        except (_NotUnderstood, LatexError):
            known = known.without(reader.name)
        else:
            place = reader.place
            own = known.table.get(macro.name)
            kept = own is not None and default_macros().table.get(macro.name) != own and reader.keeps(strict)
            known = known if kept else known.with_macros([macro])
        if reader.place > match.end():
            yield Span(match.start(), reader.place), known, reader.is_global


class _NotUnderstood(Exception):
    """The definition is of a form that is not read."""


class _Definition:
    """Reads one definition; `place` is the offset after what has been read."""

    def __init__(self, source: Source, command: re.Match[str], end: int) -> None:
        self.source = source
        self.kind = command["kind"]
        self.star = bool(command["star"])
        self.place = command.end()
        self.end = end
        self.name = ""
        before = source.text[max(0, command.start() - _GLOBAL_LENGTH) : command.start()]
        self.is_global = self.kind in ("gdef", "xdef") or before.rstrip().endswith("\\global")

    def keeps(self, strict: bool) -> bool:
        """Return whether the definition leaves an older one of the document as it is."""
        provides = self.kind.startswith(("provide", "Provide"))
        return provides or (strict and self.kind.startswith(("new", "New", "DeclareMath", "DeclarePaired")))

    def read(self, known: Macros) -> Macro:
        self.name = name = self._name()
        if self.kind == "let":
            target = self._match(_LET)[1]
            alias = known.table.get(target)
            return replace(alias, name=name) if alias else Macro(name, 0, self._tokens(target), fixed=True)
        if self.kind == "DeclareMathOperator":
            command = "\\operatorname*" if self.star else "\\operatorname"
            return Macro(name, 0, (*self._tokens(command + "{"), *self._body(), *self._tokens("}")))
        if self.kind == "DeclarePairedDelimiter":
            left, right = self._body(), self._body()
            return Macro(name, 1, (*left, *self._tokens("#1"), *right), paired=True)
        if self.kind.endswith("def"):
            signs = self._signs()
            count = len(signs) - 1 if signs else self._match(_PARAMETERS)[1].count("#")
            body = self._body()
            if self.kind in ("edef", "xdef"):
                body = tuple(known.expand(list(body), self.source))
            return Macro(name, count, body, signs=signs)
        if self.kind.endswith("DocumentCommand"):
            return self._document_command(name)
        return self._new_command(name)

    def _signs(self) -> tuple[str, ...]:
        """Return the signs around and between parameters, as in \\def\\m[#1,#2]; none where there are no such signs."""
        found = self._maybe(_DELIMITED)
        if found is None:
            return ()
        between = re.findall(r"(\D)#(\d)", found["more"])
        if [int(number) for _, number in between] != list(range(2, len(between) + 2)):
            raise _NotUnderstood
        return (found["opening"], *(sign for sign, _ in between), found["closing"])

    def _new_command(self, name: str) -> Macro:
        count = self._maybe(_COUNT)
        default = self._maybe(_DEFAULT) if count else None
        tokens = None if default is None else self._tokens(default[1])
        return Macro(name, int(count[1]) if count else 0, self._body(), tokens)

    def _document_command(self, name: str) -> Macro:
        kinds = _KINDS.findall(self._match(_ARGUMENTS)[1])
        optional = kinds[0][2:-1] if kinds and kinds[0].startswith("O{") else None
        if any(kind != "m" for kind in kinds[optional is not None :]):
            raise _NotUnderstood
        default = None if optional is None else self._tokens(optional)
        return Macro(name, len(kinds), self._body(), default)

    def _name(self) -> str:
        match = self._match(_NAME)
        return match[1] or match[2]

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = self._maybe(pattern)
        if match is None:
            raise _NotUnderstood
        return match

    def _maybe(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.source.text, self.place, self.end)
        if match:
            self.place = match.end()
        return match

    def _tokens(self, text: str) -> tuple[Token, ...]:
        return tuple(scan(Source(self.source.name, text), Span(0, len(text))))

    def _body(self) -> tuple[Token, ...]:
        """Read `{…}` or a single token."""
        start = self.place
        while start < self.end and self.source.text[start].isspace():
            start += 1
        if start < self.end and self.source.text[start] != "{":
            return self._tokens(self._match(_LET)[1])
        depth = 0
        for match in _BRACE.finditer(self.source.text, start, min(self.end, start + _LONGEST_BODY)):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if depth == 0:
                self.place = match.end()
                return tuple(scan(self.source, Span(start + 1, match.start())))
        raise _NotUnderstood


def _in_comment(text: str, place: int, start: int) -> bool:
    line = text.rfind("\n", max(start, place - _LONGEST_BODY), place) + 1
    return _COMMENT.search(text, max(line, start, place - _LONGEST_BODY), place) is not None
