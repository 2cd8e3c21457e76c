"""The derivatives in a formula: what is differentiated, and by what."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import pairwise

from derive.reader.syntax import Fraction, Group, Node, Product, walk


def has_derivative(node: Node, functions: Container[str] = ()) -> bool:
    """Return whether a derivative stands in an expression: ∂, ∇, d/dx, a prime on one of some functions."""
    for inner in walk(node):
        if inner.symbol in {r"\partial", r"\nabla"}:
            return True
        if inner.primes and (inner.base.key or "") in functions:
            return True
        if isinstance(inner, Fraction) and _is_differential(inner.denominator):
            return True
    return False


def derivatives(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the names that are differentiated, with those by which: L and x of ∂L/∂x and of ∇_x L."""
    for inner in walk(node):
        if isinstance(inner, Fraction) and has_derivative(inner) and isinstance(inner.numerator, Product):
            items = inner.numerator.items
            if len(items) == 2 or (len(items) == 3 and isinstance(items[2].node, Group)):
                below = inner.denominator
                yield items[1].node, below.items[-1].node if isinstance(below, Product) else below
        if isinstance(inner, Product):
            yield from _slashed(inner)
            yield from _behind_sign(inner)


def _behind_sign(node: Product) -> Iterator[tuple[Node, Node]]:
    """Yield the name behind the sign of a derivative at the end of a product: ∇_x L and ∇_x L(x)."""
    nodes = [item.node for item in node.items]
    if len(nodes) > 2 and isinstance(nodes[-1], Group) and nodes[-1].opening == "(":
        nodes.pop()  # its arguments
    if len(nodes) < 2:
        return
    sign, last = nodes[-2:]
    if sign.scripted and sign.base.key in {r"\partial", r"\nabla"}:
        yield last, sign.sub or sign


def _slashed(node: Product) -> Iterator[tuple[Node, Node]]:
    """Yield the names of a derivative on one line: ∂L/∂x."""
    for at in range(len(node.items) - 3):
        first, top, slash, below = node.items[at : at + 4]
        signs = {first.node.symbol, slash.node.symbol} == {r"\partial"}
        if signs and slash.operator == "/" and not top.operator and not below.operator:
            yield top.node, below.node


def numerators(node: Node) -> Iterator[Node]:
    """Yield the names that are differentiated: the L of ∂L/∂x, of ∇_x L and of ∇_a L h^T, if L is a number."""
    yield from (top for top, _ in derivatives(node))
    items = node.items if isinstance(node, Product) else ()
    for sign, top in pairwise(item.node for item in items):
        if sign.scripted and sign.base.key == r"\nabla":
            yield top


def differentiated(node: Node) -> Iterator[Node]:
    """Yield what stands in derivatives: ∂L/∂x and d/dx f, ∇_x L and ∂_x L, and what has a prime."""
    for inner in walk(node):
        if isinstance(inner, Fraction) and has_derivative(inner):
            yield inner
        if inner.primes:
            yield inner.base
        if not isinstance(inner, Product):
            continue
        for item, following in zip(inner.items, inner.items[1:], strict=False):
            is_sign = item.node.scripted and item.node.base.key in {r"\partial", r"\nabla"}
            if is_sign or (isinstance(item.node, Fraction) and has_derivative(item.node)):
                yield item.node.sub if is_sign and item.node.sub is not None else item.node
                yield following.node


def _is_differential(node: Node) -> bool:
    """Return whether a denominator is dx: d before one name, above which a d stands too."""
    return (
        isinstance(node, Product)
        and len(node.items) == 2
        and node.items[0].node.key in {"d", r"\mathrm{d}"}
        and not node.items[1].operator
    )
