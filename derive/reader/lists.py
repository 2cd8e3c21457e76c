"""Lists in formulas: which commas part statements, and which part the items on one side of a relation."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.signs import COMPARES
from derive.reader.syntax import Dots, Item, Link, Node, Number, Product, Relation, Tuple, product_of
from derive.source import Source


def joined(parts: Sequence[Node]) -> Node:
    """Return parts between commas in a group or a script; `i, j \\in S` and `k = 1, \\dots, L` are one relation."""
    nodes = join_ranges(parts)
    result: list[Node] = []
    for node in nodes:
        left: list[Node] = []
        if isinstance(node, Relation) and node.first.symbol:
            while result and result[-1].symbol:
                left.insert(0, result.pop())
        result.append(with_first(node, left) if left and isinstance(node, Relation) else node)
    return result[0] if len(result) == 1 else tuple_of(result)


def join_ranges(parts: Sequence[Node]) -> list[Node]:
    """Put the items of a range onto the relation before them: k = 1, \\dots, L and k = L, L-1, \\dots, 1."""
    result: list[Node] = []
    place = 0
    while place < len(parts):
        last = result[-1] if result else None
        count = _range_length(parts[place:]) if isinstance(last, Relation) else 0
        listed = isinstance(last, Relation) and (isinstance(parts[place], Dots) or last.links[-1].operator == "=")
        if isinstance(last, Relation) and count and listed:
            result[-1] = with_last(last, parts[place : place + count])
            place += count
        else:
            result.append(parts[place])
            place += 1
    return result


def _range_length(parts: Sequence[Node]) -> int:
    """Return how many parts after a relation belong to its range: up to the dots, and the one after them."""
    place = 0
    while place < len(parts) and not isinstance(parts[place], Dots | Relation):
        place += 1
    if place == len(parts) or isinstance(parts[place], Relation):
        return 0
    closed = place + 1 < len(parts) and not isinstance(parts[place + 1], Relation)
    return place + 2 if closed else place + 1 if place == 0 else 0


def with_last(relation: Relation, more: Sequence[Node]) -> Relation:
    """Return a relation with items added to its last side."""
    *links, last = relation.links
    items = last.node.items if isinstance(last.node, Tuple) else (last.node,)
    side = tuple_of([*items, *more])
    return Relation(relation.span | side.span, relation.first, (*links, Link(last.operator, side, last.operator_span)))


def with_first(relation: Relation, more: Sequence[Node]) -> Relation:
    """Return a relation with items put before its first side."""
    items = relation.first.items if isinstance(relation.first, Tuple) else (relation.first,)
    side = tuple_of([*more, *items])
    return Relation(side.span | relation.span, side, relation.links)


def tuple_of(items: Sequence[Node]) -> Tuple:
    return Tuple(items[0].span | items[-1].span, tuple(items))


def split_at_dots(parts: Sequence[Node], source: Source) -> list[Node]:
    """Split `a_1, a_2 \\dots a_n` at dots without commas; \\cdots stay a product."""
    result: list[Node] = []
    for part in parts:
        result += _split(part, source) if isinstance(part, Product) else [part]
    return result


def _split(product: Product, source: Source) -> list[Node]:
    dots = [item.node for item in product.items if isinstance(item.node, Dots)]
    plain = all(item.operator == "" for item in product.items)
    if not dots or not plain or any("cdots" in source.excerpt(node.span) for node in dots):
        return [product]
    result: list[Node] = []
    run: list[Item] = []
    for item in (*product.items, None):
        if item is not None and not isinstance(item.node, Dots):
            run.append(item)
            continue
        if run:
            result.append(product_of(run))
        run = []
        result += [item.node] if item else []
    return result


def is_simple(node: Node) -> bool:
    """Return whether a node is a single name or number, with or without scripts."""
    return node.scripted or node.symbol != "" or isinstance(node, Number | Dots)


class UnclearList(Exception):
    """What stands after a comma is neither a statement nor one more item of a list."""

    def __init__(self, node: Node) -> None:
        super().__init__("what stands after this comma is neither a statement nor one more item")
        self.span = node.span


def join_letters(parts: Sequence[Node]) -> list[Node]:
    """Put letters before a relation whose first side is a letter onto that side: `i, j = 1, \\dots, n`."""
    result: list[Node] = []
    for part in parts:
        left: list[Node] = []
        if isinstance(part, Relation) and part.first.symbol:
            while result and result[-1].symbol:
                left.insert(0, result.pop())
        result.append(with_first(part, left) if left and isinstance(part, Relation) else part)
    return result


def join_statements(parts: Sequence[Node]) -> list[Node]:
    """Return the statements of a line from its parts between commas.

    `a, b \\in S` and `k = 1, \\dots, L` are one statement each, `x = a, y = b` are two; others are one list.
    Raises: UnclearList for a part after a relation that is no item of a list.
    """
    nodes = _join_inequalities(join_ranges(parts))
    if not any(isinstance(node, Relation) for node in nodes):
        return [nodes[0] if len(nodes) == 1 else tuple_of(nodes)]
    result: list[Node] = []
    waiting: list[Node] = []
    for node in nodes:
        if isinstance(node, Relation):
            result.append(with_first(node, waiting) if waiting else node)
            waiting = []
        else:
            waiting.append(node)
    if not waiting:
        return result
    last = result[-1]
    assert isinstance(last, Relation), "only relations are in the result"
    side = last.links[-1].node
    items = side.items if isinstance(side, Tuple) else (side,)
    if not all(is_simple(node) for node in (*items, *waiting)):
        raise UnclearList(waiting[0])
    return [*result[:-1], with_last(last, waiting)]


def _join_inequalities(parts: Sequence[Node]) -> list[Node]:
    """Join 1 \\le i, j \\le n to one relation about both letters."""
    result: list[Node] = []
    for part in parts:
        last = result[-1] if result else None
        if (
            isinstance(last, Relation)
            and isinstance(part, Relation)
            and len(last.links) == len(part.links) == 1
            and last.links[0].operator in COMPARES
            and part.links[0].operator in COMPARES
            and last.links[0].node.symbol
            and part.first.symbol
            and not last.first.symbol
        ):
            both = with_last(last, [part.first])
            result[-1] = Relation(last.span | part.span, both.first, (*both.links, *part.links))
        else:
            result.append(part)
    return result
