"""Vertical bars: which of them pair to |x| and ‖x‖, which say "evaluated at", and which say "given"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from derive.errors import LatexError
from derive.notation.commands import BIG_OPERATORS, NAMES, NO_MEANING
from derive.notation.signs import OPERATORS, RELATIONS, TERMS
from derive.reader.blocks import Block, Element
from derive.reader.scanner import Token
from derive.source import Source

EVALUATED = "\\evaluated"
"""The text of the token that a bar with a place below it becomes: f|_{x = a}."""
MIDDLE = "\\middlebar"
"""The text of the token that a bar between two expressions becomes: p(y | x)."""

SINGLE_BARS = frozenset(("|", "\\vert"))
_DOUBLE = frozenset(("\\|", "\\Vert"))
_ENDS_SEGMENT = frozenset((*RELATIONS, ",", ";", "&", "\\\\", "\\quad", "\\qquad")) - {":"}


def pair_bars(elements: Sequence[Element], source: Source) -> tuple[Element, ...]:
    """Return one level of the tree with its bars paired to blocks, or marked as EVALUATED or MIDDLE.

    Raises: LatexError for a bar that opens and is never closed.
    """
    if not any(isinstance(element, Token) and element.text in SINGLE_BARS | _DOUBLE for element in elements):
        return tuple(elements)
    paired: list[Element] = []
    segment: list[Element] = []
    for element in (*_doubled(elements), None):
        if element is None or (isinstance(element, Token) and element.text in _ENDS_SEGMENT):
            paired += _Segment(segment, source).run()
            segment = []
            paired += [element] if element else []
        else:
            segment.append(element)
    return tuple(paired)


class _Segment:
    """The bars between two relation signs or commas."""

    def __init__(self, elements: list[Element], source: Source) -> None:
        self.elements = elements
        self.source = source
        self.left = Counter(sign for element in elements if (sign := _bar(element)))
        self.stack: list[tuple[Token | None, str, list[Element]]] = [(None, "", [])]

    def run(self) -> list[Element]:
        for place, element in enumerate(self.elements):
            sign = _bar(element)
            if sign and isinstance(element, Token):
                self.left[sign] -= 1
                self._take(element, sign, self._script_follows(place))
            else:
                self.stack[-1][2].append(element)
        opening, sign, _ = self.stack[-1]
        if opening is not None:
            raise LatexError(
                f'"{self.source.excerpt(opening.span)}" is never closed', self.source, opening.span, f'"{sign}"'
            )
        return self.stack[0][2]

    def _take(self, token: Token, sign: str, script: bool) -> None:
        after_operand = _ends_operand(self.stack[-1][2]) or (
            self.stack[-1][1] == sign and _placeholder(self.stack[-1][2])
        )
        if after_operand and self.stack[-1][1] == sign:
            opening, _, content = self.stack.pop()
            assert opening is not None, "only the outermost level has no bar of its own"
            self.stack[-1][2].append(Block(sign, sign, tuple(content), opening.span | token.span, opening.span))
        elif after_operand and sign == "|" and script:
            self.stack[-1][2].append(Token("command", EVALUATED, token.span))
        elif after_operand and sign == "|" and self.left[sign] == 0:
            self.stack[-1][2].append(Token("command", MIDDLE, token.span))
        else:
            self.stack.append((token, sign, []))

    def _script_follows(self, place: int) -> bool:
        for element in self.elements[place + 1 : place + 3]:
            if isinstance(element, Block) or element.kind != "space":
                return isinstance(element, Token) and element.text in ("_", "^")
        return False


def _bar(element: Element) -> str:
    if isinstance(element, Block):
        return ""
    return "|" if element.text in SINGLE_BARS else "\\|" if element.text in _DOUBLE else ""


def _ends_operand(elements: Sequence[Element]) -> bool:
    """Return whether what stands before a bar is a complete operand; \\sum_i and \\log are none."""
    signs = [element for element in elements[-_LOOK_BACK:] if isinstance(element, Block) or _counts(element)]
    while len(signs) > 1 and _is_script_sign(signs[-2]):
        del signs[-2:]
    last = signs[-1] if signs else None
    return isinstance(last, Block) or (last is not None and last.text not in _INCOMPLETE)


_LOOK_BACK = 12
_INCOMPLETE = frozenset(
    (*OPERATORS, *TERMS, *BIG_OPERATORS, *NAMES, "_", "^", MIDDLE, "\\nabla", "\\partial", "\\operatorname")
)


def _counts(token: Token) -> bool:
    return token.kind != "space" and token.text not in NO_MEANING


def _is_script_sign(element: Element) -> bool:
    return isinstance(element, Token) and element.text in ("_", "^")


def _placeholder(elements: Sequence[Element]) -> bool:
    """Return whether the dot of ‖·‖ is all there is."""
    signs = [element for element in elements if isinstance(element, Block) or element.kind != "space"]
    return len(signs) == 1 and isinstance(signs[0], Token) and signs[0].text in OPERATORS


def _doubled(elements: Sequence[Element]) -> list[Element]:
    """Write two adjacent bars as one double bar, where they do not close one |x| and open the next."""
    joined: list[Element] = []
    open_single = 0
    for element in elements:
        last = joined[-1] if joined else None
        if isinstance(element, Token) and element.text == "|":
            touching = isinstance(last, Token) and last.text == "|" and last.span.end == element.span.start
            if isinstance(last, Token) and touching and open_single % 2 == 1:
                joined[-1] = Token("command", "\\|", last.span | element.span)
                open_single -= 1
                continue
            open_single += 1
        joined.append(element)
    return joined
