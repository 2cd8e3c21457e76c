"""What stands below and above: indices, powers, layers, primes."""

from __future__ import annotations

from derive.notation.commands import BIG_WITH_BOUNDS
from derive.notation.signs import RELATIONS, SPELLED_TRANSPOSES
from derive.reader.atoms import argument
from derive.reader.blocks import Block, Element
from derive.reader.cursor import PLAIN, Cursor, Mode, meaningful
from derive.reader.scanner import Token
from derive.reader.structures import over
from derive.reader.syntax import BigOperator, Empty, Group, Name, Node, Placeholder, with_scripts
from derive.source import Span

PLACEHOLDERS = frozenset(("\\cdot", ".", ":", "*", "\\bullet", "\\ast"))
_DECORATIONS = frozenset("+-*") | {"\\ast", "\\star", "\\circ", "\\dagger", "\\ddagger", "\\bullet", "\\times", "\\pm"}
_PRIMES = frozenset(("'", "\\prime"))


def read_scripts(cursor: Cursor, base: Node) -> Node:
    """Read the scripts and primes after an operand, in any order.

    Raises: LatexError for two subscripts or two superscripts, which TeX does not accept either.
    """
    sub: Node | None = None
    sup: Node | None = None
    primes = 0
    found = False
    while (sign := cursor.text()) in ("_", "^", "'", "\\prime"):
        token = cursor.take()
        assert isinstance(token, Token), "its text has been looked at"
        found = True
        if sign in _PRIMES:
            primes += 1
        elif (sub if sign == "_" else sup) is not None:
            kind = "subscript" if sign == "_" else "superscript"
            raise cursor.error(f"a second {kind} on the same base", token.span, "braces around the first one")
        elif sign == "_":
            sub = _below(cursor, token, base)
        else:
            more, sup = _above(cursor, token, base)
            primes += more
    return _scripted(base, sub, sup, primes, base.span | cursor.last) if found else base


def _scripted(base: Node, sub: Node | None, sup: Node | None, primes: int, span: Span) -> Node:
    if not primes:
        if isinstance(base, BigOperator) and base.below is None and base.above is None:
            return BigOperator(span, base.kind, sub, sup)
        if base.word in BIG_WITH_BOUNDS and sub is not None:
            return BigOperator(span, base.word, sub, sup)
    return with_scripts(span, base, sub, sup, primes)


def _below(cursor: Cursor, sign: Token, base: Node) -> Node | None:
    block = cursor.peek()
    bounds = isinstance(base, BigOperator) or (base.word in BIG_WITH_BOUNDS)
    if not isinstance(block, Block) or block.opening != "{":
        return _single(cursor, sign, Mode("sub", digits=True))
    stacked = over(cursor, block) if bounds else None
    if stacked is not None:
        cursor.take()
        return stacked
    inside = meaningful(block.content)
    if bounds and inside and _text(inside[0]) == "\\forall":
        # \sum_{\forall x} is \sum_{x}.
        inside = inside[1:]
    digits = not any(isinstance(e, Token) and (e.text in _WHOLE_NUMBERS or e.text in _SIGNS_OF_RANGES) for e in inside)
    return _level(cursor, block, inside, PLAIN if bounds else Mode("sub", digits))


_WHOLE_NUMBERS = frozenset((",", ";"))
_SIGNS_OF_RANGES = frozenset(RELATIONS) - {":"}


def _above(cursor: Cursor, sign: Token, base: Node) -> tuple[int, Node | None]:
    """Return the primes and the rest of a superscript: g^{\\prime}, g^{(l)\\prime}."""
    block = cursor.peek()
    mode = PLAIN if isinstance(base, BigOperator) else Mode("sup")
    if isinstance(block, Token) and block.text in _PRIMES:
        cursor.take()
        return 1, None
    if not isinstance(block, Block) or block.opening != "{":
        return 0, _single(cursor, sign, mode)
    inside = meaningful(block.content)
    primes = 0
    for end in (0, -1):
        while inside and _text(inside[end]) in _PRIMES:
            inside.pop(end)
            primes += 1
    return primes, _level(cursor, block, _with_one_transpose(inside), mode)


def _with_one_transpose(inside: list[Element]) -> list[Element]:
    """Return a superscript with a transpose of several letters at its end, W^{Tr}, as one sign."""
    for word in SPELLED_TRANSPOSES:
        last = inside[-len(word) :]
        if all(isinstance(e, Token) and e.kind == "letter" for e in last) and "".join(map(_text, last)) == word:
            return [*inside[: -len(word)], Token("command", "\\transpose", last[0].span | last[-1].span)]
    return inside


def _level(cursor: Cursor, block: Block, inside: list[Element], mode: Mode) -> Node | None:
    """Read the inside of a script in braces; an empty one is none at all."""
    cursor.take()
    if not inside:
        return None
    only = inside[0]
    if len(inside) == 1 and isinstance(only, Token) and only.text in _DECORATIONS:
        return _lone_sign(only, mode)
    if _text(only) == "<" and _text(inside[-1]) == ">" and len(inside) > 2:
        body = cursor.read(cursor.inside(inside[1:-1], block.span, PLAIN))
        return Group(only.span | inside[-1].span, "\\langle", "\\rangle", body)
    if _text(inside[-1]) in _DECORATIONS - {"*", "\\ast", "\\bullet"} and mode.script == "sup":
        raise cursor.error(f'cannot read "{_text(inside[-1])}" at the end of a superscript', inside[-1].span)
    return cursor.read(cursor.inside(inside, block.span, mode))


def _single(cursor: Cursor, sign: Token, mode: Mode) -> Node:
    """Read a script without braces: one sign, digit, letter or command."""
    element = cursor.peek()
    if isinstance(element, Token) and element.text in _DECORATIONS | PLACEHOLDERS:
        cursor.take()
        return _lone_sign(element, mode)
    node = argument(cursor, sign, mode)
    return node if not isinstance(node, Empty) else Empty(node.span)


def _lone_sign(token: Token, mode: Mode) -> Node:
    """Return a sign that is all of a script: an axis below, a decoration above (w^*)."""
    if token.text in PLACEHOLDERS and (mode.script == "sub" or token.text not in _DECORATIONS):
        return Placeholder(token.span)
    return Name(token.span, token.text)


def _text(element: Element) -> str:
    return element.text if isinstance(element, Token) else ""
