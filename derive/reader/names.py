"""Names as they are written: their text, what stands above them, words and signs with a meaning of their own."""

from __future__ import annotations

from derive.notation.signs import TRANSPOSES
from derive.reader.syntax import (
    Accent,
    Additive,
    Empty,
    Font,
    Group,
    Node,
    Number,
    Placeholder,
    Product,
    Term,
    Tuple,
    word,
)

SPELLED = frozenset({"new", "old", "next", "prev", "neu", "alt"})
"""Words that stand on names also without \\text: w^{new}."""


def spelled(node: Node) -> Node:
    """Return letters side by side that spell a word, as the name w^{new} has above it, as that word."""
    if isinstance(node, Product) and flat_text(node) in SPELLED:
        return word(node.span, flat_text(node))
    return node


def is_bold_zero(node: Node) -> bool:
    """Return whether a node is the zero vector \\mathbf{0}, \\vec{0}, perhaps with its size below."""
    if node.scripted and node.sup is None:
        node = node.base
    body = node.body if isinstance(node, Font | Accent) else None
    return isinstance(body, Number) and body.text == "0"


def is_transpose(node: Node) -> bool:
    """Return whether a superscript is a transpose sign."""
    return node.key in TRANSPOSES


def flat_text(node: Node) -> str:
    """Return a node as a compact text, for comparing parts of names: hh, (1), i,j."""
    if node.scripted:
        below = "" if node.sub is None else f"_{{{flat_text(node.sub)}}}"
        above = "" if node.sup is None else f"^{{{flat_text(node.sup)}}}"
        return flat_text(node.base) + "'" * node.primes + below + above
    match node:
        case Number(_, text):
            return text
        case Group(_, opening, closing, body):
            return f"{opening}{flat_text(body)}{closing}"
        case Tuple(_, items):
            return ",".join(map(flat_text, items))
        case Product(_, items):
            return "".join(item.operator + flat_text(item.node) for item in items)
        case Additive(_, terms):
            return "".join(_signed(term, n) for n, term in enumerate(terms))
        case Placeholder():
            return r"\cdot"
        case Empty():
            return ""
    return node.key or "?"


def _signed(term: Term, position: int) -> str:
    return (term.sign if position or term.sign != "+" else "") + flat_text(term.node)
