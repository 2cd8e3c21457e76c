"""Einstein's convention in what a text defines: u_j = A_{ji} x_i + a_j is u_j = Σ_i A_{ji} x_i + a_j."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from derive.notation.signs import EQUATES
from derive.reader.syntax import BigOperator, Group, Item, Name, Node, Product, Relation, mapped, walk
from derive.source import Span


def with_sums(body: Node) -> Node:
    """Return an equation with a sign of a sum, of no width, before each product in which an index stands twice that
    its left side does not have."""
    if not isinstance(body, Relation) or body.links[0].operator not in EQUATES:
        return body
    signs = (inner.below for inner in walk(body) if isinstance(inner, BigOperator) and inner.below is not None)
    own = {*_indices(body.first), *(letter.symbol for below in signs for letter in walk(below))}
    links = tuple(replace(link, node=_summed(link.node, own)) for link in body.links)
    return replace(body, links=links)


def repeated(body: Node) -> list[str]:
    """Return the indices of an equation over which the convention would sum, where no sign of a sum stands."""
    before, behind = (dict(_signs(node)) for node in (body, with_sums(body)))
    return [letter for place, letter in behind.items() if place not in before]


def sums_in(node: Node) -> dict[int, str]:
    """Return the signs of sums that the convention puts into an expression, as LaTeX, by their places."""
    found: dict[int, str] = {}
    for (place, _), letter in _signs(node):
        found[place] = found.get(place, "") + rf"\sum_{{{letter}}} "
    return found


def _signs(node: Node) -> Iterator[tuple[tuple[int, str], str]]:
    """Yield the signs of sums of no width, by their places and letters."""
    for inner in walk(node):
        if isinstance(inner, BigOperator) and inner.below is not None and not len(inner.span):
            yield (inner.span.start, inner.below.text), inner.below.text


def _summed(node: Node, own: set[str]) -> Node:
    node = mapped(node, lambda inner: _summed(inner, own)) if not node.scripted else node
    items = node.items if isinstance(node, Product) else (Item("", node),) if _squared(node) else ()
    bound = {letter for _, letter in _signs(node)}
    counts: Counter[str] = Counter()
    for item in items:
        counts.update(letter for letter in _free(item.node) if letter not in own | bound)
    place = Span(node.span.start, node.span.start)
    added = [
        Item("", BigOperator(place, "sum", Name(place, letter)))
        for letter, count in sorted(counts.items())
        if count == 2
    ]
    return Product(node.span, (*added, *items)) if added else node


def _squared(node: Node) -> bool:
    return node.sup is not None and node.sup.text == "2"


def _free(node: Node) -> Iterator[str]:
    """Yield the indices of a factor, each once, and twice in a square or below one name: X_{aa}."""
    names = [inner for inner in walk(node) if isinstance(inner.base, Name) and inner.sub is not None]
    letters = {letter for name in names for letter in _indices(name)}
    twice = {letter for name in names for letter, count in Counter(_indices(name)).items() if count > 1}
    yield from letters
    yield from letters if _squared(node) and isinstance(node.base, Name | Group) else twice


def _indices(node: Node) -> Iterator[str]:
    """Yield the small letters below a name, or below the names in an expression."""
    for inner in walk(node) if node.sub is None else (node,):
        if inner.sub is not None:
            yield from (at.symbol for at in walk(inner.sub) if at.symbol.islower() and len(at.symbol) == 1)
