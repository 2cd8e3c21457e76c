"""Which relations limit the indices of a statement rather than state something: 1 \\le k \\le L, k = 1, \\dots, L."""

from __future__ import annotations

from derive.latex.grammar.vocabulary import INEQUALITIES
from derive.latex.syntax import Dots, Group, Item, Node, Number, Product, Relation, Symbol, Tuple, walk


def is_range(node: Node) -> bool:
    """Return whether a node limits bare letters."""
    if not isinstance(node, Relation):
        return False
    operators = [link.operator for link in node.links]
    if all(operator in INEQUALITIES for operator in operators):
        return any(_is_letters(side) for side in (node.first, *(link.node for link in node.links[:2])))
    if len(operators) != 1 or not _is_letters(node.first):
        return False
    side = node.links[0].node
    if operators[0] == "=":
        return isinstance(side, Tuple) and any(isinstance(item, Dots) for item in side.items)
    return operators[0] in ("\\in", "\\notin") and isinstance(side, Group) and side.opening in ("\\{", "[")


def is_condition(node: Node) -> bool:
    """Return whether a node can be what a quantifier or "for" is about: letters, a range, or any single relation."""
    return _is_letters(node) or is_range(node) or (isinstance(node, Relation) and _is_plain(node.links[-1].node))


def subjects(node: Node) -> frozenset[str]:
    """Return the letters that a condition is about."""
    if not isinstance(node, Relation):
        return frozenset(found.name for found in walk(node) if isinstance(found, Symbol))
    if all(link.operator in INEQUALITIES for link in node.links) and len(node.links) > 1:
        return subjects(node.links[0].node)
    side = node.first if not isinstance(node.first, Number) else node.links[0].node
    return frozenset(found.name for found in walk(side) if isinstance(found, Symbol))


def mentions(node: Node, letters: frozenset[str]) -> bool:
    """Return whether any of the letters stands in a node."""
    return any(isinstance(found, Symbol) and found.name in letters for found in walk(node))


def without_range(node: Node) -> tuple[Node, Node | None]:
    """Split a_k = b_k (1 \\le k \\le L): return the statement and the range in brackets at its end."""
    if not isinstance(node, Relation) or not isinstance(node.links[-1].node, Product):
        return node, None
    *links, last = node.links
    side = last.node
    assert isinstance(side, Product), "checked above"
    group = side.items[-1]
    bracketed = isinstance(group.node, Group) and group.operator == "" and group.node.opening == "("
    if not bracketed or not isinstance(group.node, Group) or not _surely_range(group.node.body):
        return node, None
    rest = _shorter(side, side.items[:-1])
    span = node.first.span
    for link in (*links, last):
        span |= link.operator_span
    shortened = type(last)(last.operator, rest, last.operator_span)
    return Relation(span | rest.span, node.first, (*links, shortened)), group.node.body


def _shorter(side: Product, items: tuple[Item, ...]) -> Node:
    if len(items) == 1:
        return items[0].node
    span = items[0].node.span
    for item in items:
        span |= item.node.span
    return Product(span, items)


def _surely_range(node: Node) -> bool:
    return (
        is_range(node) and isinstance(node, Relation) and (len(node.links) > 1 or isinstance(node.links[0].node, Tuple))
    )


def _is_letters(node: Node) -> bool:
    if isinstance(node, Tuple):
        return all(_is_letters(item) for item in node.items)
    return isinstance(node, Symbol) and node.name not in ("\\nabla", "\\partial")


def _is_plain(node: Node) -> bool:
    """Return whether a side of a condition is surely complete: a name, a number, a set; not a product of several."""
    if isinstance(node, Product):
        return all(item.operator for item in node.items[1:]) or isinstance(node.items[0].node, Number)
    return not isinstance(node, Relation)
