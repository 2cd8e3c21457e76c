"""Names of several letters that a text writes side by side, net_{h1} and target_k: they are read as one name.

A run of letters is one name if the text repeats it, and defines it, net_h = …, or none of its letters stands alone
anywhere; so is a function's before its brackets, softmax(z), and capitals before several arguments, CE(y, p).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from derive.notation.functions import OF_WHOLE_ARRAYS, READS
from derive.notation.signs import EQUATES
from derive.reader.syntax import (
    BigOperator,
    Group,
    Item,
    Node,
    Product,
    Relation,
    Statement,
    Tuple,
    mapped,
    product_of,
    walk,
)
from derive.typing.joined_names import fused, name_length

LEAST = 3
"""How many letters such a name has at least: two are more likely a product."""
_FUNCTIONS = (*READS, *(name for _, reads in OF_WHOLE_ARRAYS.values() for name in reads.split()))
_OTHERS = frozenset("ed")
"""Letters that stand alone as something else than names."""


def joined_words(statements: Sequence[Statement]) -> frozenset[str]:
    """Return the names of several letters in the formulas of a text."""
    defined = {name for statement in statements for name in _defined(statement.body)}
    nodes = [node for statement in statements for node in walk(statement.body)]
    runs = Counter("".join(item.node.base.symbol for item in run) for node in nodes for run in _runs(node))
    heads = [run for node in nodes for run in _capitals_applied(node)]
    runs_of_names = [*(run for node in nodes for run in _runs(node)), *heads]
    inside = {id(part) for run in runs_of_names for item in run for part in (item.node, item.node.base)}
    places = [place for node in nodes for place in (node.sub, node.below if isinstance(node, BigOperator) else None)]
    below = {id(inner) for place in places if place is not None for inner in walk(place)}
    alone = {node.base.symbol for node in nodes if id(node) not in inside | below and node.base.symbol} - _OTHERS
    repeated = (run for run, count in runs.items() if count > 1 and (run in defined or not set(run) & alone))
    words = ("".join(item.node.symbol for item in run) for run in heads)
    applied = (word for word in words if not set(word) & alone)
    return frozenset((*repeated, *applied, *(name for node in nodes for name in _applied(node))))


def _defined(body: Node) -> Iterator[str]:
    """Yield the letters with an index that an equation begins with and nothing else: net_h = …"""
    first = body.first if isinstance(body, Relation) and body.links[0].operator in EQUATES else body
    for run in _runs(first):
        if isinstance(first, Product) and len(run) == len(first.items) and run[-1].node.sub is not None:
            yield "".join(item.node.base.symbol for item in run)


def _applied(node: Node) -> Iterator[str]:
    """Yield the functions whose names end in a product of letters before brackets."""
    items = node.items if isinstance(node, Product) else ()
    groups = (at for at, item in enumerate(items) if isinstance(item.node, Group) and not item.operator)
    for at in groups:
        run = next((run for run in _runs_of(items[:at]) if run[-1] is items[at - 1]), [])
        letters = "".join(item.node.base.symbol for item in run)
        yield from (name for name in _FUNCTIONS if len(name) >= LEAST and letters.endswith(name))


def _capitals_applied(node: Node) -> Iterator[tuple[Item, ...]]:
    """Yield the capitals side by side that alone stand before brackets with several arguments: CE(y, p)."""
    items = node.items if isinstance(node, Product) else ()
    group = items[-1].node if len(items) > LEAST - 1 and not items[-1].operator else None
    heads = items[:-1] if isinstance(group, Group) and group.opening == "(" and isinstance(group.body, Tuple) else ()
    if heads and all(len(item.node.symbol) == 1 and item.node.symbol.isupper() for item in heads):
        yield from (heads,) if not any(item.operator for item in heads) else ()


def _runs(node: Node) -> Iterator[list[Item]]:
    """Yield the longest runs of single letters in a product, of which only the last may have scripts."""
    yield from _runs_of(node.items if isinstance(node, Product) else ())


def _runs_of(items: tuple[Item, ...]) -> Iterator[list[Item]]:
    run: list[Item] = []
    for item in items:
        letter = item.node.base.symbol
        if item.operator or len(letter) != 1 or (run and run[-1].node.scripted):
            yield from [run] if len(run) >= LEAST else []
            run = []
        if len(letter) == 1:
            run.append(item)
    yield from [run] if len(run) >= LEAST else []


def with_joined_words(node: Node, words: frozenset[str]) -> Node:
    """Return an expression with some names of several letters as names."""
    node = mapped(node, lambda inner: with_joined_words(inner, words))
    if not isinstance(node, Product):
        return node
    items: list[Item] = []
    at = 0
    while at < len(node.items):
        length = name_length(node.items[at:], words)
        nodes = [item.node for item in node.items[at : at + length]]
        items.append(Item(node.items[at].operator, fused(nodes)) if length > 1 else node.items[at])
        at += length
    return product_of(items) if len(items) < len(node.items) else node
