"""Edits of the tree: the node at a span replaced by the tree of what is written there, everything else left as it is.

What lies beside the edits stays the very same nodes, so that a reader can remember their values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from derive.reader.syntax import (
    Additive,
    BigOperator,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Term,
    Tuple,
    mapped,
    product_of,
    with_base,
    with_scripts,
)
from derive.source import Span

Edit = tuple[Span, str]
Parse = Callable[[str], Node]


class OnlyAsTextError(Exception):
    """An edit that joins what it puts in with what stands beside it, so that its text has to be read as a whole."""


def grafted(node: Node, edits: Sequence[Edit], parse: Parse) -> Node | None:
    """Return a tree with the nodes at some spans replaced; None where only the whole text says what that means.

    Raises: LatexError if what is put in cannot be read.
    """
    graft = _Graft({(span.start, span.end): text for span, text in edits}, parse)
    try:
        found = graft.inside(node)
    except OnlyAsTextError:
        return None
    return found if len(graft.done) == len(edits) else None


@dataclass
class _Graft:
    edits: dict[tuple[int, int], str]
    parse: Parse

    def __post_init__(self) -> None:
        self.done: set[tuple[int, int]] = set()

    def inside(self, node: Node) -> Node:
        """Return a node with what stands in it edited, or the node itself replaced."""
        if (new := self._new(node)) is not None:
            return new
        if not self._touches(node.span):
            return node
        match node:
            case Product(items=items):
                return product_of([part for item in items for part in self._items(item)])
            case Additive(terms=terms):
                return replace(node, terms=tuple(part for term in terms for part in self._terms(term)))
            case _ if node.scripted:
                return self._scripted(node)
        return mapped(node, self.inside)

    def _touches(self, span: Span) -> bool:
        return any(span.start <= start and end <= span.end for start, end in self.edits)

    def _new(self, node: Node) -> Node | None:
        """Return what is put in place of a node, if anything is. Raises: OnlyAsTextError if it is taken away."""
        place = (node.span.start, node.span.end)
        text = self.edits.get(place)
        if text is None:
            return None
        self.done.add(place)
        if not text.strip():
            raise OnlyAsTextError
        return self.parse(text)

    def _items(self, item: Item) -> tuple[Item, ...]:
        node = self.inside(item.node)
        if node is item.node:
            return (item,)
        if isinstance(node, Product):
            return (Item(item.operator, node.items[0].node), *node.items[1:])
        return (Item(item.operator, _alone(node)),)

    def _terms(self, term: Term) -> tuple[Term, ...]:
        node = self.inside(term.node)
        if node is term.node:
            return (term,)
        if isinstance(node, Additive) and node.terms[0].sign == "+":
            return (Term(term.sign, node.terms[0].node), *node.terms[1:])
        return (Term(term.sign, _alone(node)),)

    def _scripted(self, node: Node) -> Node:
        base = self.inside(node.base)
        if base is not node.base and not (isinstance(base, Name | Group) and not base.scripted):
            raise OnlyAsTextError
        sub, sup = (part if part is None else _index(self.inside(part), part) for part in (node.sub, node.sup))
        changed = with_scripts(node.span, base, sub, sup, node.primes)
        return changed if base is node.base else with_base(changed, base)


def _alone(node: Node) -> Node:
    """Return a node that stands as one factor or term.

    Raises: OnlyAsTextError if it would fall into parts there, or reach over what follows.
    """
    last = node.items[-1].node if isinstance(node, Product) else node
    if isinstance(node, Additive | Relation | Tuple) or isinstance(last, BigOperator):
        raise OnlyAsTextError
    return node


def _index(node: Node, old: Node) -> Node:
    """Return a node as it is read in a script, where every digit is an index of its own."""
    if node is not old and isinstance(node, Number) and len(node.text) > 1:
        raise OnlyAsTextError
    return node
