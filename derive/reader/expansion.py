"""Macro calls replaced by what they stand for; every token keeps the place of what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import sha256
from types import MappingProxyType

from derive.errors import LatexError
from derive.reader.packages import MACROS
from derive.reader.scanner import Token, scan, written
from derive.source import Source, Span

MAX_EXPANDED = 100_000
"""How many tokens the macros of one formula may make; more means that a macro calls itself."""


@dataclass(frozen=True, slots=True)
class Macro:
    """`\\name` with `count` arguments, the first optional where `default` is given; `#1` in the body is an argument.

    `paired` macros (\\DeclarePairedDelimiter) may be written with a star or a size, which say nothing. A `fixed` one
    stands for a command as it was (\\let), whatever becomes of that. `signs` stand around and between the arguments of
    one that \\def defines with them: "[", ",", "]" for \\def\\m[#1,#2]{…}.
    """

    name: str
    count: int
    body: tuple[Token, ...]
    default: tuple[Token, ...] | None = None
    paired: bool = False
    fixed: bool = False
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Macros:
    """The macros in force, by name with the backslash."""

    table: Mapping[str, Macro] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @cached_property
    def fingerprint(self) -> str:
        """What tells these macros from others, whatever their places."""
        shown = [
            (m.name, m.count, m.signs, *(t.text for t in m.body), m.default and [t.text for t in m.default])
            for m in sorted(self.table.values(), key=lambda macro: macro.name)
        ]
        return sha256(repr(shown).encode()).hexdigest()

    def with_macros(self, more: Iterable[Macro]) -> Macros:
        """Return these macros with others added; a later definition wins."""
        return Macros(MappingProxyType({**self.table, **{macro.name: macro for macro in more}}))

    def without(self, name: str) -> Macros:
        """Return these macros without one."""
        return Macros(MappingProxyType({key: macro for key, macro in self.table.items() if key != name}))

    @cached_property
    def own(self) -> Macros:
        """The macros that the document defines, without those that viewers define by themselves."""
        usual = default_macros().table
        return Macros(MappingProxyType({name: macro for name, macro in self.table.items() if usual.get(name) != macro}))

    def expanded(self, latex: str) -> str:
        """Return a text with every call of a macro replaced. Raises: LatexError as `expand` and the scanner do."""
        source = Source("", latex)
        return written(self.expand(scan(source, Span(0, len(latex))), source))

    def expand(self, tokens: list[Token], source: Source) -> list[Token]:
        """Return tokens with every call replaced: those of a body stand at the call, those of arguments where they are.

        Raises: LatexError for a missing argument, and for macros that never come to an end.
        """
        return _Expansion(self.table, source, tokens).run() if self.table else tokens


@cache
def default_macros() -> Macros:
    """Return the macros that viewers of Markdown and common packages define by themselves, such as \\R and \\norm."""
    return Macros().with_macros(
        Macro(name, count, tuple(scan(Source("", body), Span(0, len(body)))), paired=count > 0)
        for name, (count, body) in MACROS.items()
    )


class _Expansion:
    def __init__(self, table: Mapping[str, Macro], source: Source, tokens: list[Token]) -> None:
        self.table = table
        self.source = source
        self.waiting = tokens[::-1]
        self.made = 0
        self.done: list[Token] = []

    def run(self) -> list[Token]:
        while self.waiting:
            token = self.waiting.pop()
            macro = self.table.get(token.text) if token.kind == "command" else None
            if macro is None:
                self.done.append(token)
            else:
                self._call(macro, token)
        return self.done

    def _call(self, macro: Macro, call: Token) -> None:
        span = call.span
        arguments: list[list[Token]] = []
        if macro.paired:
            self._skip_size()
        if macro.default is not None:
            optional, end = self._optional()
            default = [Token(token.kind, token.text, call.span) for token in macro.default]
            arguments.append(default if optional is None else optional)
            span |= end or span
        if macro.signs:
            arguments, span = self._delimited(macro, call)
        while len(arguments) < macro.count:
            argument, end = self._argument(macro, call)
            arguments.append(argument)
            span |= end
        made = _substituted(macro.body, arguments, span)
        self.made += len(made) + 1
        if self.made > MAX_EXPANDED:
            raise LatexError(f'the macro "{macro.name}" never comes to an end', self.source, call.span)
        if macro.fixed:
            self.done += made
        else:
            self.waiting.extend(reversed(made))

    def _skip_spaces(self) -> None:
        while self.waiting and self.waiting[-1].kind == "space":
            self.waiting.pop()

    def _skip_size(self) -> None:
        """Leave out the star or the size of \\norm*{x}, \\norm[\\big]{x}."""
        if self.waiting and self.waiting[-1].text == "*":
            self.waiting.pop()
        self._optional()

    def _optional(self) -> tuple[list[Token] | None, Span | None]:
        """Return the inside of `[…]` and the place of its end, if it stands here."""
        self._skip_spaces()
        if not self.waiting or self.waiting[-1].text != "[":
            return None, None
        return self._until("]", self.waiting.pop())

    def _delimited(self, macro: Macro, call: Token) -> tuple[list[list[Token]], Span]:
        """Return the arguments between the signs that a definition has around and between them."""
        opening, *closing = macro.signs
        if not self.waiting or self.waiting[-1].text != opening:
            raise LatexError(f'the macro "{macro.name}" needs "{opening}"', self.source, call.span, f'"{opening}"')
        first, span = self.waiting.pop(), call.span
        arguments: list[list[Token]] = []
        for sign in closing:
            argument, end = self._until(sign, first)
            arguments.append(argument)
            span |= end
        return arguments, span

    def _argument(self, macro: Macro, call: Token) -> tuple[list[Token], Span]:
        self._skip_spaces()
        if not self.waiting or self.waiting[-1].text == "}":
            need = f"{macro.count} argument{'s' if macro.count > 1 else ''}"
            raise LatexError(f'the macro "{macro.name}" needs {need}', self.source, call.span, "an argument in braces")
        token = self.waiting.pop()
        if token.text == "{":
            return self._until("}", token)
        if token.kind == "number" and len(token.text) > 1:
            first, rest = split_number(token)
            self.waiting.append(rest)
            return [first], first.span
        return [token], token.span

    def _until(self, closing: str, opening: Token) -> tuple[list[Token], Span]:
        inside: list[Token] = []
        depth = 0
        while self.waiting:
            token = self.waiting.pop()
            if token.text == closing and depth == 0:
                return inside, token.span
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            inside.append(token)
        raise LatexError(f'"{opening.text}" is never closed', self.source, opening.span, f'"{closing}"')


def split_number(token: Token) -> tuple[Token, Token]:
    """Return the first digit of a numeral and the rest, each at its own place (TeX reads x^12 as x^{1}2)."""
    start, end = token.span.start, token.span.end
    if len(token.span) != len(token.text):
        # The numeral comes from a macro: all of it stands at the call.
        return Token("number", token.text[0], token.span), Token("number", token.text[1:], token.span)
    return Token("number", token.text[0], Span(start, start + 1)), Token("number", token.text[1:], Span(start + 1, end))


def _substituted(body: tuple[Token, ...], arguments: list[list[Token]], span: Span) -> list[Token]:
    made: list[Token] = []
    parameter = False
    for token in body:
        if parameter and token.kind == "number" and 1 <= int(token.text[0]) <= len(arguments):
            made.extend(arguments[int(token.text[0]) - 1])
            if token.text[1:]:
                made.append(Token("number", token.text[1:], span))
        elif token.text != "#":
            made.append(Token(token.kind, token.text, span))
        parameter = token.text == "#"
    return made
