"""Statements joined by "hence": A = B \\Rightarrow C = D, and equations that only set a value."""

from __future__ import annotations

from collections.abc import Iterable

from derive.notation.signs import COMPARES, IMPLICATIONS
from derive.reader.syntax import Additive, Empty, Group, Link, Node, Number, Relation
from derive.source import Span


def steps(node: Node) -> list[Node]:
    """Return the statements that signs of implication join, or a colon behind a setting, y = 1: L = -log p.

    The node stays alone where a side of a sign states nothing.
    """
    if not isinstance(node, Relation):
        return [node]
    found: list[Relation] = []
    first, links = node.first, list[Link]()
    for link in node.links:
        if link.operator in IMPLICATIONS or (link.operator == ":" and is_setting(_relation(first, links))):
            found.append(_relation(first, links))
            first, links = link.node, []
        else:
            links.append(link)
    found.append(_relation(first, links))
    return list(found) if all(step.links for step in found) else [node]


def _relation(first: Node, links: list[Link]) -> Relation:
    span = first.span if not isinstance(first, Empty) or not links else links[0].operator_span
    for link in links:
        span |= link.node.span
    return Relation(Span(span.start, span.end), first, tuple(links))


def is_setting(node: Node) -> bool:
    """Return whether a node sets a letter to a number: y = 1."""
    if not isinstance(node, Relation) or len(node.links) != 1 or node.links[0].operator != "=":
        return False
    side = _inside(node.links[0].node)
    if isinstance(side, Additive) and len(side.terms) == 1:
        side = side.terms[0].node
    return _inside(node.first).symbol != "" and isinstance(side, Number)


def is_bound(node: Node) -> bool:
    """Return whether a node only compares, as z > 0 does."""
    return isinstance(node, Relation) and all(link.operator in COMPARES for link in node.links)


def settings_among(nodes: Iterable[Node]) -> list[Node]:
    """Return the equations that set a letter to a number, unless two of them set the same one."""
    found = [node for node in nodes if is_setting(node)]
    letters = [_inside(node.first) for node in found if isinstance(node, Relation)]
    names = [letter.symbol for letter in letters]
    return found if len(set(names)) == len(names) else []


def _inside(node: Node) -> Node:
    while isinstance(node, Group) and node.opening == "{":
        node = node.body
    return node
