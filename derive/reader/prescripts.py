"""Transposes written before what they transpose: {}^tA, ^tA, \\,{}^{\\top}\\!(A B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.notation.commands import NAMES, NO_MEANING, ROW_BREAKS, WIDE_SPACES
from derive.notation.signs import OPERATORS, RELATIONS, SPELLED_TRANSPOSES, TERMS, TRANSPOSE_SIGNS
from derive.reader.blocks import Block, Element, is_empty
from derive.reader.scanner import Token

TRANSPOSES_NEXT = "\\transposes"
"""The text of the token that a transpose before its operand becomes."""

_SIGNS = frozenset(TRANSPOSE_SIGNS) - frozenset(SPELLED_TRANSPOSES) | {"t"}
_FONTS = frozenset(("\\mathrm", "\\mathsf", "\\mathit", "\\mathbf", "\\text", "\\textrm", "\\rm", "\\sf"))
_SPACES = NO_MEANING | WIDE_SPACES
_PARTS = frozenset((*RELATIONS, *OPERATORS, *TERMS, ",", ";", "&")) | ROW_BREAKS
"""Signs to which no script belongs."""


def with_prescripts(elements: Sequence[Element]) -> tuple[Element, ...]:
    """Return a tree, blanks still in it, with one token for each transpose before an operand.

    A superscript is one where nothing stands before it to which it could belong; so is t on {} behind a blank.
    """
    elements = [_inside(element) if isinstance(element, Block) else element for element in elements]
    done: list[Element] = []
    place = 0
    while place < len(elements):
        made = _prescript(elements, place)
        if made is None:
            done.append(elements[place])
            place += 1
            continue
        while done and is_empty(done[-1]):
            done.pop()
        token, place = made
        done.append(token)
    return tuple(done)


def _inside(block: Block) -> Block:
    return replace(block, content=with_prescripts(block.content))


def _prescript(elements: Sequence[Element], place: int) -> tuple[Token, int] | None:
    """Return the token for a ^ that begins a prescript, and the place behind its script."""
    sign = elements[place]
    if not isinstance(sign, Token) or sign.text != "^" or place + 1 >= len(elements):
        return None
    script = elements[place + 1]
    letter = _sign_in(script)
    if letter not in _SIGNS or not _operand_follows(elements[place + 2 :]):
        return None
    begin = place
    while begin and is_empty(elements[begin - 1]):
        begin -= 1
    behind = begin
    while behind and _is_blank(elements[behind - 1]):
        behind -= 1
    hardly = begin < place and behind < begin and letter == "t"
    if behind and not hardly and not _takes_no_script(elements[behind - 1]):
        return None
    start = elements[begin].span if begin < place else sign.span
    return Token("command", TRANSPOSES_NEXT, start | script.span), place + 2


def _takes_no_script(before: Element) -> bool:
    """Return whether a script cannot belong to an element, which is a space of its own width or a sign."""
    return isinstance(before, Token) and before.text in _SPACES | _PARTS


def _is_blank(element: Element) -> bool:
    return isinstance(element, Token) and element.kind == "space"


def _sign_in(script: Element) -> str:
    """Return the only letter or command of a script, in any upright font."""
    inside = [e for e in _opened(script) if not (_is_blank(e) or (isinstance(e, Token) and e.text in _FONTS))]
    inside = [inner for e in inside for inner in (_opened(e) if isinstance(e, Block) else [e])]
    only = inside[0] if len(inside) == 1 else None
    return only.text if isinstance(only, Token) else ""


def _opened(element: Element) -> Sequence[Element]:
    return element.content if isinstance(element, Block) and element.opening == "{" else [element]


def _operand_follows(rest: Sequence[Element]) -> bool:
    """Return whether what comes next, blanks aside, can be transposed: a letter, a command for one, or brackets."""
    for element in rest:
        if isinstance(element, Block):
            return element.opening in ("{", "(", "[", "begin") and bool(element.content)
        if _is_blank(element) or element.text in NO_MEANING:
            continue
        return element.kind == "letter" or (element.kind == "command" and element.text not in _PARTS | NAMES)
    return False
