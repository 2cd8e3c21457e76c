"""The links of a chain of equations, A = B = C, with the sides that they follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.notation.signs import NAMED
from derive.reader.syntax import Empty, Matrix, Node, Product, Relation, Statement, product_of
from derive.source import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """One link of a statement: `left operator right` over a span, with the sides that came before it in the chain."""

    left: Node
    operator: str
    right: Node
    span: Span
    earlier: tuple[Node, ...] = ()


def goes_on(statement: Statement) -> bool:
    """Return whether a statement begins with its sign and so goes on from the side before."""
    body = statement.body
    return isinstance(body, Relation) and isinstance(body.first, Empty)


def without_sign(statement: Statement) -> Statement:
    """Return a statement that begins with its sign without it: = X ∈ S as X ∈ S, and = c as c, which claims nothing."""
    body = statement.body
    assert isinstance(body, Relation), "it goes on"
    first, others = body.links[0].node, body.links[1:]
    return replace(statement, body=Relation(first.span | body.span, first, others) if others else first)


def pieces(statement: Statement, previous: Node | None) -> list[Piece]:
    """Return the links of a statement; a line that begins with its sign continues the side before."""
    body = statement.body
    if not isinstance(body, Relation):
        return []
    first = previous if goes_on(statement) and previous is not None else body.first
    found: list[Piece] = []
    left, seen = first, [first]
    for link in body.links:
        start = link.operator_span if isinstance(left, Empty) or left is previous else left.span
        span = start | (body.span if len(body.links) == 1 else link.node.span)
        sign = NAMED.get(link.operator)
        if sign is not None and sign.turned:
            found.append(Piece(link.node, ":=", left, span, tuple(seen)))
        else:
            found.append(Piece(left, link.operator, link.node, span, tuple(seen)))
        left = link.node
        seen.append(left)
    return found


def split_matrix(side: Node) -> tuple[Node, Node] | None:
    """Return a matrix and what stands directly behind it, where that may begin an equation of its own."""
    if not isinstance(side, Product) or len(side.items) < 2:
        return None
    if not isinstance(side.items[0].node, Matrix) or side.items[1].operator:
        return None
    return side.items[0].node, product_of(side.items[1:])
