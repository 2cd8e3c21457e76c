"""The names of a formula as written: in what order they stand, which of them are applied as functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.reader.syntax import (
    Additive,
    BigOperator,
    Name,
    Node,
    Number,
    Product,
    children,
    mapped,
    walk,
)
from derive.typing.functions import bracket_of
from derive.typing.heads import BUILTIN
from derive.typing.standard_names import is_indicator_head
from derive.typing.templates import same_tree

_NABLA = r"\nabla"
CONSTANTS = frozenset({"e", r"\pi", "d", r"\partial", r"\infty"})
"""What is never a name by itself."""


def names_in(node: Node) -> Iterator[Node]:
    """Yield the names of a formula as written, with their indices, in reading order; not the letters inside indices."""
    if node.scripted:
        base = node.base
        if base.key == _NABLA:
            yield from names_in(node.sub) if node.sub is not None else ()
            return
        if base.key is not None and not isinstance(base, Number):
            yield node
            if node.sup is not None:
                yield from names_in(node.sup)
            return
    if isinstance(node, Name):
        yield node
        return
    for child in () if isinstance(node, BigOperator) else children(node):
        yield from names_in(child)


def name_key(node: Node) -> str:
    """Return the name of a real variable with its index: y_1 is y_{1}; powers above do not belong to it."""
    return node.base.text + ("" if node.sub is None else f"_{{{node.sub.text}}}")


def function_names(nodes: Iterable[Node]) -> set[str]:
    """Return the names that are applied to brackets, composed, or carry primes."""
    found: set[str] = set()
    for node in (inner for outer in nodes for inner in walk(outer)):
        if node.primes:
            found.add(node.base.key or "")
        if isinstance(node, Product):
            found |= {head.base.key or "" for head in _heads(node)}
    found -= {key for key in found if not key or key in CONSTANTS or key in BUILTIN}
    return found - {r"\mathbb{I}", r"\mathds{I}"}


def _heads(node: Product) -> Iterator[Node]:
    """Yield the factors that are applied to the brackets behind them, f(x), not a (b + c), or composed, f ∘ g."""
    for item, following in zip(node.items, (*node.items[1:], None), strict=True):
        group = None if following is None or following.operator else bracket_of(following.node)
        applied = group is not None and not isinstance(group.body, Additive)
        if applied or r"\circ" in {item.operator, "" if following is None else following.operator}:
            yield item.node


def is_variable(node: Node) -> bool:
    """Return whether a name may be one of a number: no constant, no function that is known, no 1 of an indicator."""
    key = node.base.key
    return not (is_indicator_head(node.base) or key in BUILTIN or key in CONSTANTS or node.base.plain == "d")


def put(node: Node, old: Node, new: Node) -> Node:
    """Return a tree with something else in every place of a part."""
    return new if same_tree(node, old) else mapped(node, lambda inner: put(inner, old, new))
