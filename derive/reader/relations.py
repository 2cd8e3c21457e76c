"""Relation signs, alone or with a note: =, \\in, \\not\\in, \\stackrel{def}{=}, \\xrightarrow{W}."""

from __future__ import annotations

from derive.notation import phrases
from derive.notation.commands import ARROWS_WITH_NOTE, EQUAL_WITH_NOTE
from derive.notation.signs import OPERATORS, RELATIONS, TERMS, negated
from derive.reader import prose
from derive.reader.blocks import Block, Element
from derive.reader.cursor import Cursor, meaningful
from derive.reader.scanner import Token
from derive.source import Span

_STACKED = {"\\overset": 2, "\\stackrel": 2, "\\underset": 2}


def relation_sign(cursor: Cursor) -> str:
    """Return the operator of the relation sign at the cursor, or ""."""
    return _find(cursor)[0]


def take_relation_sign(cursor: Cursor) -> tuple[str, Span]:
    """Take the relation sign at the cursor; return its operator and its place."""
    operator, count = _find(cursor)
    span = cursor.here()
    for _ in range(count):
        span |= cursor.take().span
    return operator, span


def is_repeated(last: Element, first: Element) -> bool:
    """Return whether a row ends with the sign with which the next begins, as many set it: a = \\\\ = b, a + \\\\ + b.

    A minus sign may be meant twice.
    """
    if not isinstance(last, Token) or not isinstance(first, Token) or last.text != first.text:
        return False
    return is_relation_token(last) or last.text in OPERATORS or (last.text in TERMS and last.text != "-")


def is_relation_token(element: Element | None) -> bool:
    """Return whether an element alone is, or begins, a relation sign."""
    if not isinstance(element, Token):
        return False
    signs = (RELATIONS, ARROWS_WITH_NOTE, EQUAL_WITH_NOTE)
    return any(element.text in known for known in signs) or element.text == "\\not"


def _find(cursor: Cursor) -> tuple[str, int]:
    """Return the operator of a relation sign and the number of its elements, or ("", 0)."""
    text = cursor.text()
    if text == ":" and cursor.mode.script == "":
        return (":=", 2) if cursor.text(1) == "=" else (":", 1)
    if text in RELATIONS and text != ":":
        return RELATIONS[text], 1
    if text == "\\not" and cursor.text(1) in RELATIONS:
        return negated(RELATIONS[cursor.text(1)]), 2
    if text in ARROWS_WITH_NOTE or text in EQUAL_WITH_NOTE:
        below = 1 if cursor.text(1) == "block [" else 0
        above = 0 if cursor.at_end or cursor.peek(1 + below) is None else 1
        return ("=" if text in EQUAL_WITH_NOTE else text), 1 + below + above
    if text in ("+", "-") and cursor.text(1) == "=":
        return f"{text}=", 2
    if text in _STACKED:
        _check_note(cursor)
        return _stacked(cursor, _STACKED[text])
    return "", 0


def _stacked(cursor: Cursor, count: int) -> tuple[str, int]:
    """Return the sign under a note, as in \\stackrel{def}{=}."""
    element = cursor.peek(count)
    if isinstance(element, Token):
        return (RELATIONS[element.text], count + 1) if element.text in RELATIONS else ("", 0)
    operator = _only_relation(cursor, element)
    return (operator, count + 1) if operator else ("", 0)


def _check_note(cursor: Cursor) -> None:
    """Raise LatexError where what stands over a sign changes what it says: another sign, or "not"."""
    note = cursor.peek(1)
    above = _STACKED[cursor.text()]
    if above < 2 or not isinstance(note, Block) or not _stacked(cursor, above)[0]:
        return
    inside = meaningful(note.content)
    asks = any(isinstance(element, Token) and element.text == "?" for element in inside)
    words = " ".join(prose.characters(e.content) if isinstance(e, Block) else e.text for e in inside)
    says = {"not", "is not", "denied", "unless", "unclear"} & set(phrases.roles_in(words))
    if asks or says or any(map(is_relation_token, inside)):
        raise cursor.error("cannot tell what stands over this sign says of it", note.span, "a reason, or a reference")


def _only_relation(cursor: Cursor, element: Element | None) -> str:
    """Return the relation sign that is all there is in braces; "" for anything else."""
    inside = meaningful(element.content) if isinstance(element, Block) and element.opening == "{" else []
    first = inside[0] if inside else None
    if isinstance(first, Block) or first is None or not (first.text in _STACKED or is_relation_token(first)):
        return ""
    texts = [part.text for part in inside if isinstance(part, Token)]
    if len(texts) == len(inside) and "".join(texts) in RELATIONS:
        return RELATIONS["".join(texts)]
    inner = cursor.inside(inside, element.span if element is not None else first.span)
    operator, count = _find(inner)
    return operator if count == len(inner.elements) else ""
