"""Lists whose entries are arrays: [W_h, W_x] [h; x] is W_h h + W_x x; (∂L/∂W, ∂L/∂b) = (G, d) is two equations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.reader.syntax import (
    Additive,
    Dots,
    Empty,
    Fraction,
    Group,
    Item,
    Matrix,
    Node,
    Product,
    Relation,
    Term,
    Tuple,
    with_scripts,
)
from derive.typing.lists import listed_items

_BRACKETS = frozenset({"(", "["})
_PRODUCTS = frozenset({"", r"\cdot"})


def with_block_products(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return a product with every row of blocks before a column of as many blocks multiplied out: Σ left_n right_n."""
    result: list[Item] = []
    for item in items:
        total = _multiplied(result[-1].node, item.node) if result and item.operator in _PRODUCTS else None
        if total is None:
            result.append(item)
        else:
            result[-1] = Item(result[-1].operator, total)
    return tuple(result)


def _multiplied(left: Node, right: Node) -> Node | None:
    column = _column(right)
    row = None if column is None else _row(left, len(column))
    if column is None or row is None:
        return None
    span = left.span | right.span
    terms = (Product(span, (Item("", a), Item("", b))) for a, b in zip(row, column, strict=True))
    return Group(span, "(", ")", Additive(span, tuple(Term("+", term) for term in terms)))


def _column(node: Node) -> list[Node] | None:
    """Return the blocks of a column: [h; x], (h, x), or a matrix of one column."""
    if isinstance(node, Matrix) and len(node.rows) > 1 and all(len(row) == 1 for row in node.rows):
        return _written([row[0] for row in node.rows])
    return _listed(node)


def _row(node: Node, count: int) -> list[Node] | None:
    """Return the blocks of a row: [U, W], [U \\mid W], a matrix of one row, or [U W] where that makes the count."""
    if isinstance(node, Matrix) and len(node.rows) == 1:
        found = _written(list(node.rows[0]))
    else:
        found = _listed(node) or _side_by_side(node)
    return found if found is not None and len(found) == count else None


def _listed(node: Node) -> list[Node] | None:
    if isinstance(node, Group) and node.opening in _BRACKETS and isinstance(node.body, Tuple):
        return _written(listed_items(node.body))
    return None


def _side_by_side(node: Node) -> list[Node] | None:
    body = node.body if isinstance(node, Group) and node.opening in _BRACKETS else None
    if isinstance(body, Relation) and all(link.operator == r"\mid" for link in body.links):
        return _written([body.first, *(link.node for link in body.links)])
    if not isinstance(body, Product) or any(item.operator for item in body.items):
        return None
    return _written([item.node for item in body.items])


def _written(nodes: list[Node]) -> list[Node] | None:
    """Return nodes if all of them are written out; None where there are dots or empty cells."""
    return None if any(isinstance(node, Dots | Empty) for node in nodes) else nodes


def components(node: Node) -> list[Node] | None:
    """Return what a list of arrays, or a gradient by several variables, says one by one; None for anything else.

    (A, b) has the components A and b; so has [A; b]. ∇_{W,b} L has ∇_W L and ∇_b L.
    """
    listed = _listed(node) or (_column(node) or _only_row(node) if isinstance(node, Matrix) else None)
    if listed is not None:
        return listed
    variables = list(_variables(node))
    if len(variables) != 1:
        return None
    return [_by(node, variables[0], variable) for variable in variables[0].items]


def _only_row(node: Node) -> list[Node] | None:
    return _written(list(node.rows[0])) if isinstance(node, Matrix) and len(node.rows) == 1 else None


def _variables(node: Node) -> Iterator[Tuple]:
    """Yield the lists of variables that the outermost factors of a node differentiate by."""
    match node:
        case Node(base=base, sub=Node() as sub) if _is_sign(base):
            inner = sub.body if isinstance(sub, Group) and sub.opening == "(" else sub
            if isinstance(inner, Tuple) and not any(isinstance(item, Dots) for item in inner.items):
                yield inner
        case Fraction(_, _, below):
            listed = _below(below)
            if listed is not None:
                yield listed[1]
        case Product(_, items):
            for item in items:
                yield from _variables(item.node)


def _below(node: Node) -> tuple[Item, Tuple] | None:
    """Return the sign and the list of ∂(W, b) below a fraction bar."""
    match node:
        case Product(_, (sign, Item("", Group(_, "(", _, body)))) if _is_sign(sign.node):
            inner = body
            return (sign, inner) if isinstance(inner, Tuple) else None
    return None


def _is_sign(node: Node) -> bool:
    return node.symbol in {r"\nabla", r"\partial"}


def _by(node: Node, variables: Tuple, variable: Node) -> Node:
    """Return a node with one variable in place of the list of them."""
    match node:
        case Node(scripted=True, base=base, sub=Node()) if _is_sign(base):
            return with_scripts(node.span, base, variable, node.sup, node.primes)
        case Fraction(_, above, below) if (listed := _below(below)) is not None:
            return Fraction(node.span, above, Product(below.span, (listed[0], Item("", variable))))
        case Product(_, items):
            changed = (
                Item(item.operator, _by(item.node, variables, variable)) if list(_variables(item.node)) else item
                for item in items
            )
            return replace(node, items=tuple(changed))
    return node
