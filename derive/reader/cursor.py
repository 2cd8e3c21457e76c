"""A cursor over one level of the tree of blocks, and what the readers of a formula share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from derive.errors import LatexError
from derive.notation.commands import NO_MEANING, WIDE_SPACES
from derive.reader.bars import pair_bars
from derive.reader.blocks import MAX_DEPTH, Block, Element
from derive.reader.expansion import split_number
from derive.reader.scanner import Token
from derive.reader.syntax import Node
from derive.source import Source, Span


@dataclass(frozen=True, slots=True)
class Mode:
    """Where a cursor reads: in a script \\cdot may stand for an axis; with `digits` every digit is its own item."""

    script: Literal["", "sub", "sup"] = ""
    digits: bool = False


PLAIN = Mode()


class Cursor:
    """The meaningful elements of one level in order.

    `span` is where the level stands, `last` the place of what was taken last, `opening` the delimiter of the level;
    `read` reads a whole level (`expressions.read_level`), which readers of commands call for the levels inside.
    """

    def __init__(
        self, elements: Iterable[Element], span: Span, source: Source, read: Callable[[Cursor], Node], depth: int = 0
    ) -> None:
        self.elements = list(pair_bars(meaningful(elements), source))
        self.span = span
        self.source = source
        self.read = read
        self.depth = depth
        self.mode = PLAIN
        self.opening = ""
        self.place = 0
        self.last = Span(span.start, span.start)
        if depth > MAX_DEPTH:
            raise LatexError(f"nested deeper than {MAX_DEPTH} levels", source, span, "a simpler formula")

    def inside(self, elements: Iterable[Element], span: Span, mode: Mode = PLAIN) -> Cursor:
        """Return a cursor over a level inside this one."""
        inner = Cursor(elements, span, self.source, self.read, self.depth + 1)
        inner.mode = mode
        return inner

    def level(self, block: Block, mode: Mode = PLAIN) -> Node:
        """Read the inside of a block."""
        inner = self.inside(block.content, block.span, mode)
        inner.opening = block.opening
        return self.read(inner)

    @property
    def at_end(self) -> bool:
        return self.place >= len(self.elements)

    def peek(self, ahead: int = 0) -> Element | None:
        return self.elements[self.place + ahead] if self.place + ahead < len(self.elements) else None

    def text(self, ahead: int = 0) -> str:
        """Return the text of the next token, the opening delimiter of a block with "block" before it, or ""."""
        element = self.peek(ahead)
        if isinstance(element, Block):
            return f"block {element.opening}"
        return element.text if element else ""

    def take(self) -> Element:
        element = self.elements[self.place]
        self.place += 1
        self.last = element.span
        return element

    def split_digit(self, token: Token) -> Token:
        """Return the first digit of the numeral that has been taken last, and leave the others to be taken."""
        first, rest = split_number(token)
        self.place -= 1
        self.elements[self.place] = rest
        self.last = first.span
        return first

    def descend(self) -> None:
        """Count one level more, for commands in a row without braces (\\hat\\hat\\hat…)."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels", expected="a simpler formula")

    def ascend(self) -> None:
        self.depth -= 1

    def here(self) -> Span:
        """Return the place of the next element, or the empty place after the last one."""
        element = self.peek()
        if element is not None:
            return element.span
        end = self.elements[-1].span.end if self.elements else self.span.end
        return Span(end, end)

    def error(self, message: str, span: Span | None = None, expected: str = "") -> LatexError:
        return LatexError(message, self.source, span or self._visible(self.here()), expected)

    def unexpected(self, expected: str) -> LatexError:
        """Return the error that the next element cannot stand here."""
        element = self.peek()
        if element is None:
            return self.error(f"{expected} is missing here", expected=expected)
        shown = self.source.excerpt(element.start if isinstance(element, Block) else element.span)
        if isinstance(element, Token) and element.kind == "command" and len(element.text) > 2:
            shown = element.text
        return self.error(f'cannot read "{shown}" here', expected=expected)

    def _visible(self, span: Span) -> Span:
        """Widen an empty place to the end of the level, so that a caret has something to point at."""
        return span if len(span) else Span(max(self.span.start, span.start - 1), max(span.end, self.span.start + 1))


def meaningful(elements: Iterable[Element], keep: frozenset[str] = frozenset()) -> list[Element]:
    """Return elements without blanks and commands that only concern the looks; those in `keep` stay."""
    return [e for e in elements if isinstance(e, Block) or e.text in keep or not _is_blank(e)]


def _is_blank(token: Token) -> bool:
    return token.kind == "space" or token.text.rstrip("*") in _BLANK


_BLANK = NO_MEANING | WIDE_SPACES
