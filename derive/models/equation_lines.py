"""Equations as the solver of shapes needs them: what they define, what it is, and how far their letters count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.algebra.index import Index, Lin, size
from derive.models.known_shapes import KnownShapes
from derive.models.letters import counted_from_one
from derive.models.terms import Term, term_of
from derive.models.uses import Use
from derive.names.indices import parts, segments
from derive.reader.syntax import BigOperator, Group, Node, Number, Product, Relation, Statement, walk


@dataclass(frozen=True, slots=True)
class Line:
    """An equation for the solver: the name that it defines, its value, up to what its sums run, its unit letters that
    no sum binds, and the letters of its layers."""

    left: Use | None
    right: Term
    ends: Mapping[str, Lin]
    free: tuple[str, ...]
    layers: tuple[Index, ...]


def line_of(statement: Statement, names: KnownShapes) -> Line | None:
    """Return what the solver needs of an equation; None for any other statement."""
    body = statement.body
    if not isinstance(body, Relation):
        return None
    ends, shifted = _ends(body, names)
    said = {letter: end_of(last, names) for node in statement.conditions for letter, last in counted_from_one(node)}
    ends = {**{letter: end for letter, end in said.items() if letter in names.letters and end is not None}, **ends}
    uses = [use for inner in walk(body) if inner.scripted and (use := names.use(inner)) is not None]
    rows = [use for use in uses if use.key in names.members and isinstance(use.layers[0].atom, Index)]
    ends = {**{str(use.layers[0].atom): names.members[use.key] for use in rows}, **ends}
    layers = sorted({index for use in uses for value in use.layers for index in value.indices()}, key=str)
    free = dict.fromkeys(letter for use in uses for letter in use.units if letter not in {*ends, *shifted})
    ends = {letter: end for letter, end in ends.items() if letter not in shifted}
    return Line(names.use(head_of(body.first)), term_of(body.links[0].node, names), ends, tuple(free), tuple(layers))


def _ends(body: Relation, names: KnownShapes) -> tuple[dict[str, Lin], set[str]]:
    """Return the sizes up to which sums count from 1, by letter, and the letters that run in another way."""
    found: dict[str, Lin] = {}
    shifted: set[str] = set()
    for inner in walk(body):
        if isinstance(inner, BigOperator) and isinstance(inner.below, Relation) and inner.above is not None:
            letters = [t.text for group in parts(inner.below.first) for t in group if t.kind == "letter"]
            low = inner.below.links[0].node
            last = end_of(inner.above, names)
            if len(letters) == 1 and isinstance(low, Number) and low.text == "1" and last is not None:
                found.setdefault(letters[0], last)
            else:
                shifted |= set(letters)
    return found, shifted


def ends_of_sums(statements: Iterable[Statement], sets: Iterable[Node]) -> Iterator[str]:
    """Yield the letters at which sums end, and that no shape has: the K of Σ_{k=1}^{K} y_k log p_k where p ∈ ℝ^n."""
    sized = {node.text for one in sets for node in walk(one)}
    sums = (node for statement in statements for node in walk(statement.body) if isinstance(node, BigOperator))
    yield from (node.above.text for node in sums if node.above is not None and node.above.text not in sized)


def end_of(node: Node, names: KnownShapes) -> Lin | None:
    """Return a size up to which a letter counts; None for more than one."""
    ends = segments(parts(node))
    return (names.index(ends[0]) or _size_of_layer(node, names) or size(node.text)) if len(ends) == 1 else None


def _size_of_layer(node: Node, names: KnownShapes) -> Lin | None:
    """Return a size with layers below or above, n_{l-1} and n^{[l]}; None where a letter there names it, n_x."""
    if not node.scripted or node.base.key is None:
        return None
    found = segments(parts(node.sub) + [group for piece in node.pieces for group in parts(piece.inside)])
    letters = {token.text for segment in found for token in segment if token.kind == "letter"}
    values = [names.index(segment) for segment in found]
    layers = [value for value in values if value is not None]
    counts = bool(layers) and len(layers) == len(values) and letters <= names.layers | names.depths
    return size(node.base.key, *layers) if counts else None


def head_of(node: Node) -> Node:
    """Return a left side without its arguments."""
    if isinstance(node, Product) and len(node.items) == 2 and isinstance(node.items[1].node, Group):
        return node.items[0].node
    return node
