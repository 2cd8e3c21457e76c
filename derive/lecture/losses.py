"""Losses that a text names without a formula: they are open, what is true of them holds for any loss."""

from __future__ import annotations

from collections.abc import Container, Iterator

from derive.lecture.collect import Collected, has_derivative, numerators
from derive.lecture.said import head_key, names_in
from derive.lecture.words import Word
from derive.reader.syntax import Additive, Fraction, Group, Node, Product, Relation, walk


def arguments_of(word: Word, found: Collected) -> Iterator[Node]:
    """Yield the names that a loss depends on by the words of a text: the y of a function of y."""
    for statement in found.text.of(word.other) if word.meaning == "loss of" else ():
        body = statement.body
        yield from names_in(body.first if isinstance(body, Relation) else body)


def is_of_any_loss(body: Relation, keys: Container[str]) -> bool:
    """Return whether each term of a relation has a derivative of an open loss: then it speaks of any loss."""
    sides = (body.first, *(link.node for link in body.links))
    return all(_has_loss(term, keys) for side in sides for term in _terms(side))


def is_of_one_loss(body: Relation, keys: Container[str]) -> bool:
    """Return whether a relation says what a derivative of an open loss is by something without one: ∂L/∂o = o - y."""
    sides = [_has_loss(side, keys) for side in (body.first, *(link.node for link in body.links))]
    return any(sides) and not all(sides)


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, Additive):
        for term in node.terms:
            yield from _terms(term.node)
    elif isinstance(node, Group):
        yield from _terms(node.body)
    else:
        yield node


def _has_loss(node: Node, keys: Container[str]) -> bool:
    """Return whether a derivative of a loss stands in a term, or a name for one: δ, dX."""
    for inner in walk(node):
        if any(head_key(name) in keys for name in numerators(inner)):
            return True
        if inner.base.key in {r"\delta", r"\bar"}:
            return True
    return isinstance(node, Product | Fraction) and has_derivative(node) and _names_loss(node, keys)


def _names_loss(node: Node, keys: Container[str]) -> bool:
    return any(head_key(inner) in keys for inner in walk(node))
