"""Indices in square brackets behind a name, p_t[j] for p_{t,j}: entries of what a text defines without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from derive.notation.signs import EQUATES
from derive.reader.syntax import (
    Additive,
    Group,
    Item,
    Node,
    Number,
    Product,
    Relation,
    Statement,
    Tuple,
    mapped,
    product_of,
    walk,
    with_scripts,
)


def indexed_by_brackets(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names that a text says without brackets, p_t = softmax(y_t) or y ∈ ℝ^n, and behind which no more than
    indices stand in square ones."""
    known = {name for statement in statements for name in _said(statement.body)}
    nodes = [node for statement in statements for node in walk(statement.body)]
    pairs = [pair for node in nodes for pair in _pairs(node)]
    others = {head.base.key for head, group in pairs if not _is_index(group.body, known)}
    return frozenset({head.base.key or "" for head, _ in pairs if head.base.key in known} - others)


def _said(body: Node) -> Iterator[str]:
    """Yield the name that an equation or a membership begins with, and nothing else."""
    says = isinstance(body, Relation) and body.links[0].operator in EQUATES | {r"\in"}
    first = body.first if says and isinstance(body, Relation) else None
    for name in first.items if isinstance(first, Tuple) else (first,):
        if name is not None and name.base.key is not None and not isinstance(name.base, Product):
            yield name.base.key


def _pairs(node: Node) -> Iterator[tuple[Node, Group]]:
    """Yield the names of a product that have square brackets behind them."""
    items = node.items if isinstance(node, Product) else ()
    for item, following in pairwise(items):
        group = following.node
        if isinstance(group, Group) and group.opening == "[" and not following.operator and item.node.base.key:
            yield item.node, group


def _is_index(node: Node, known: set[str]) -> bool:
    """Return whether an expression is a number or a small letter of which the text says nothing, with one below it or a
    shift, or several of them."""
    match node:
        case Tuple(_, items):
            return all(_is_index(item, known) for item in items)
        case Additive(_, terms):
            return all(_is_index(term.node, known) for term in terms)
    small = node.base.symbol.islower() and len(node.base.symbol) == 1 and node.sup is None
    return isinstance(node, Number) or (small and node.base.key not in known)


def with_bracket_indices(node: Node, names: frozenset[str]) -> Node:
    """Return an expression with the indices behind some names below them."""
    node = mapped(node, lambda inner: with_bracket_indices(inner, names))
    if not isinstance(node, Product):
        return node
    items: list[Item] = []
    groups = {id(group) for head, group in _pairs(node) if head.base.key in names}
    for item in node.items:
        if id(item.node) in groups and isinstance(item.node, Group):
            items[-1] = Item(items[-1].operator, _indexed(items[-1].node, item.node))
        else:
            items.append(item)
    return product_of(items) if groups else node


def _indexed(name: Node, group: Group) -> Node:
    below = name.sub.items if isinstance(name.sub, Tuple) else () if name.sub is None else (name.sub,)
    inside = group.body.items if isinstance(group.body, Tuple) else (group.body,)
    sub = Tuple(group.body.span, (*below, *inside)) if len(below) + len(inside) > 1 else inside[0]
    return with_scripts(name.span | group.span, name.base, sub, name.sup, name.primes)
