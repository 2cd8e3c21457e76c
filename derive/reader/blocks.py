"""Nesting: tokens to a tree of blocks, so that braces, brackets, \\left…\\right and environments always match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from derive.errors import LatexError
from derive.notation.commands import BOX_COLOURS, BOXES, NO_MEANING_WITH_ARGUMENT, RAW_ARGUMENTS, TEXTS, TRANSPARENT
from derive.reader.scanner import Token
from derive.source import Source, Span

STACKS = frozenset(("\\over", "\\atop"))
"""Signs that set all that is before them in their braces over all behind."""
MAX_DEPTH = 50
"""How deep a formula may be nested; real ones stay below 20, and every reader of the tree is recursive."""


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two delimiters.

    `opening` is "{", "(", "[", "\\\\{", "|", … as in `syntax.Group`, "." for the invisible \\left., or "begin" for an
    environment, whose name is `name`. `start` is the place of the opening delimiter alone.
    """

    opening: str
    closing: str
    content: tuple[Element, ...]
    span: Span
    start: Span
    name: str = ""


Element: TypeAlias = Token | Block

_OPENING = {
    "{": "{", "(": "(", "[": "[", "\\{": "\\{", "\\lbrace": "\\{", "\\lbrack": "[", "\\langle": "\\langle",
    "\\lvert": "|", "\\lVert": "\\|", "\\lfloor": "\\lfloor", "\\lceil": "\\lceil", "\\lparen": "(",
}  # fmt: skip
_CLOSING = {
    "}": "}", ")": ")", "]": "]", "\\}": "\\}", "\\rbrace": "\\}", "\\rbrack": "]", "\\rangle": "\\rangle",
    "\\rvert": "|", "\\rVert": "\\|", "\\rfloor": "\\rfloor", "\\rceil": "\\rceil", "\\rparen": ")",
}  # fmt: skip
_BARS = {
    "|": "|",
    "\\vert": "|",
    "\\|": "\\|",
    "\\Vert": "\\|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\lVert": "\\|",
    "\\rVert": "\\|",
}
_ANGLES = {"<": "\\langle", ">": "\\rangle"}
_MATCHES = {
    "{": ("}",), "(": (")", "]"), "[": ("]", ")"), "\\{": ("\\}",), "\\langle": ("\\rangle",), "|": ("|",),
    "\\lfloor": ("\\rfloor",), "\\lceil": ("\\rceil",), "\\|": ("\\|",),
}  # fmt: skip


_PROSE = frozenset((*TEXTS, "\\intertext", "\\shortintertext"))
_COLOURS = NO_MEANING_WITH_ARGUMENT | BOX_COLOURS
"""Commands with arguments that are not set."""


@dataclass(slots=True)
class _Open:
    """A delimiter that waits for its partner; `how` is "\\left", "\\begin" or empty."""

    opening: str
    span: Span
    how: str = ""
    name: str = ""
    content: list[Element] = field(default_factory=list)


def is_empty(element: Element) -> bool:
    """Return whether an element is a pair of braces with nothing in it."""
    return isinstance(element, Block) and element.opening == "{" and not element.content


def nest(tokens: Sequence[Token], source: Source) -> tuple[Element, ...]:
    """Return the tokens as a tree.

    Raises: LatexError for a delimiter without partner, and for a tree that is too deep.
    """
    return _Nesting(tokens, source).run()


class _Nesting:
    def __init__(self, tokens: Sequence[Token], source: Source) -> None:
        self.tokens = list(tokens)
        self.source = source
        self.place = 0
        self.stack = [_Open("", Span(0, 0))]

    def run(self) -> tuple[Element, ...]:
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            self._take(token)
        if len(self.stack) > 1:
            top = self.stack[-1]
            raise LatexError(f"{self._shown(top)} is never closed", self.source, top.span, _partner(top))
        return tuple(self.stack[0].content)

    def _take(self, token: Token) -> None:
        text = token.text
        if text == "\\left":
            opening, span = self._delimiter(token)
            self._open(_Open(_BARS.get(opening) or _ANGLES.get(opening) or _OPENING.get(opening, opening), span, text))
        elif text == "\\right":
            closing, span = self._delimiter(token)
            self._close(_BARS.get(closing) or _ANGLES.get(closing) or _CLOSING.get(closing, closing), span, text)
        elif text == "\\begin":
            name, span = self._name(token)
            self._open(_Open("begin", span, text, name))
        elif text == "\\end":
            name, span = self._name(token)
            self._close("end", span, text, name)
        elif text in _OPENING:
            self._open(_Open(_OPENING[text], token.span))
        elif text in _CLOSING:
            self._close_plain(token)
        else:
            self.stack[-1].content.append(token)
            if text in RAW_ARGUMENTS or text.rstrip("*") in RAW_ARGUMENTS:
                self._raw_argument(token)

    def _open(self, opened: _Open) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise LatexError(f"nested deeper than {MAX_DEPTH} levels", self.source, opened.span, "a simpler formula")
        self.stack.append(opened)

    def _close_plain(self, token: Token) -> None:
        closing = _CLOSING[token.text]
        if closing in ("|", "\\|") and self.stack[-1].opening != closing:
            # \rvert_{x = a} without \lvert: the place at which something is evaluated.
            self.stack[-1].content.append(Token("sign", closing, token.span))
            return
        self._close(closing, token.span, "")

    def _close(self, closing: str, span: Span, how: str, name: str = "") -> None:
        top = self.stack[-1]
        opens = {"\\right": "\\left", "\\end": "\\begin"}.get(how, "")
        fits = top.how == opens and (how != "" or closing in _MATCHES.get(top.opening, ()))
        if len(self.stack) == 1 or not fits or top.name != name:
            shown = f'"{self.source.excerpt(span)}"'
            if len(self.stack) == 1:
                raise LatexError(f"{shown} closes nothing", self.source, span)
            where = f"{self._shown(top)} in line {self.source.position(top.span.start).line}"
            raise LatexError(f"{shown} does not close {where}", self.source, span, _partner(top))
        self.stack.pop()
        content = _without_dollars(top.content) if top.opening == "{" else tuple(top.content)
        opening = top.opening
        if (opening, closing) == (".", "."):
            opening, closing = "{", "}"  # \left. … \right. shows nothing
        block = Block(opening, closing, content, top.span | span, top.span, name)
        self.stack[-1].content.append(block)

    def _delimiter(self, command: Token) -> tuple[str, Span]:
        self._skip_spaces()
        if self.place == len(self.tokens):
            raise LatexError(f'"{command.text}" needs a delimiter', self.source, command.span, "a delimiter such as (")
        token = self.tokens[self.place]
        known = token.text in _OPENING or token.text in _CLOSING or token.text in _BARS or token.text in _ANGLES
        if (not known and token.text not in (".", "/")) or token.text in ("{", "}"):
            raise LatexError(
                f'"{token.text}" cannot follow {command.text}', self.source, token.span, "a delimiter such as ("
            )
        self.place += 1
        return token.text, command.span | token.span

    def _name(self, command: Token) -> tuple[str, Span]:
        self._skip_spaces()
        name, span = self._characters()
        if not name:
            raise LatexError(f'"{command.text}" needs the name of an environment', self.source, command.span, "{name}")
        return name.strip().removesuffix("*"), command.span | span

    def _characters(self) -> tuple[str, Span]:
        """Read `{…}` as characters."""
        start = self.place
        if start == len(self.tokens) or self.tokens[start].text != "{":
            return "", Span(0, 0)
        depth = 0
        for place in range(start, len(self.tokens)):
            depth += {"{": 1, "}": -1}.get(self.tokens[place].text, 0)
            if depth == 0:
                self.place = place + 1
                inside = self.tokens[start + 1 : place]
                return "".join(token.text for token in inside), self.tokens[start].span | self.tokens[place].span
        raise LatexError('"{" is never closed', self.source, self.tokens[start].span, '"}"')

    def _raw_argument(self, command: Token) -> None:
        """Read the braces after a command for prose without nesting what is in them; `$…$` in it is mathematics."""
        self._skip_spaces()
        start = self.place
        _, span = self._characters()
        if self.place == start:
            return
        inside = self.tokens[start + 1 : self.place - 1]
        if command.text in TEXTS and _only_sets(inside):
            self.stack[-1].content.pop()
            bare = [token for token in inside if token.text != "$"]
            self.tokens[self.place : self.place] = [self.tokens[start], *bare, self.tokens[self.place - 1]]
            return
        prose, *rest = _split(inside, "$")
        if command.text.rstrip("*") not in _PROSE:  # \\tag{$*$}
            prose, rest = [token for part in [prose, *rest] for token in part], []
        if not rest:
            self.stack[-1].content.append(Block("{", "}", tuple(prose), span, self.tokens[start].span))
            return
        if len(rest) % 2:
            raise LatexError('"$" is never closed', self.source, span, '"$"')
        # The command is taken back: words and formulas take its place, in braces where they are a script.
        self.stack[-1].content.pop()
        opening, closing = self.tokens[start], self.tokens[self.place - 1]
        again: list[Token] = []
        for number, part in enumerate([prose, *rest]):
            again += part if number % 2 or not part else [command, opening, *part, closing]
        script = _is_script(self.stack[-1].content)
        self.tokens[self.place : self.place] = [opening, *again, closing] if script else again

    def _skip_spaces(self) -> None:
        while self.place < len(self.tokens) and self.tokens[self.place].kind == "space":
            self.place += 1

    def _shown(self, opened: _Open) -> str:
        return f"\\begin{{{opened.name}}}" if opened.how == "\\begin" else f'"{self.source.excerpt(opened.span)}"'


def _only_sets(tokens: Sequence[Token]) -> bool:
    """Return whether words are no words but one formula in boxes and colours: \\text{\\framebox{$ h $}}."""
    depth, left_out, dollars = 0, 0, 0
    for token in tokens:
        if token.text == "$":
            dollars += 1
        elif dollars % 2 or token.kind == "space":
            continue
        elif token.text in "{}":
            depth += 1 if token.text == "{" else -1
            left_out -= left_out > 0 and depth == 0
        elif token.text in _COLOURS:
            depth, left_out = 0, _COLOURS[token.text]
        elif not left_out and token.text not in BOXES | TRANSPARENT | TEXTS.keys():
            return False
    return dollars == 2


def _without_dollars(content: Sequence[Element]) -> tuple[Element, ...]:
    """Return the inside of braces without the dollars around all of it: \\fbox{$x$}."""
    places = [n for n, element in enumerate(content) if isinstance(element, Token) and element.text == "$"]
    full = [n for n, element in enumerate(content) if isinstance(element, Block) or element.kind != "space"]
    if len(places) != 2 or places != [full[0], full[-1]]:
        return tuple(content)
    return tuple(content[places[0] + 1 : places[1]])


def _partner(opened: _Open) -> str:
    if opened.how:
        return f"\\end{{{opened.name}}}" if opened.how == "\\begin" else "\\right"
    return f'"{_MATCHES[opened.opening][0]}"'


def _is_script(content: Sequence[Element]) -> bool:
    last = content[-1] if content else None
    return isinstance(last, Token) and last.text in ("_", "^")


def _split(tokens: Sequence[Token], text: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == text:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts
