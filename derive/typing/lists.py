"""Lists of indices: {1, …, n}, 1, 2, …, L, and whether they rise or fall."""

from __future__ import annotations

from itertools import pairwise

from derive.algebra.index import Lin, Range, Size, lin
from derive.names.indices import cuts, index_value, parts
from derive.notation.signs import DIFFERENCES
from derive.reader.syntax import Additive, Dots, Group, Item, Node, Product, Relation, Term, Tuple, product_of
from derive.typing.context import Context


def one_index(node: Node, ctx: Context) -> Lin:
    """Return an index expression. Raises: LatexError if it is none."""
    cut = next(cuts(parts(node), 1), None)
    value = None if cut is None else index_value(cut[0], ctx)
    if value is None:
        raise ctx.fault(f'cannot read the bound "{ctx.text(node)}"', node, "a linear index expression")
    return value


def falls(range_: Range) -> bool:
    """Return whether bounds count down, as from L to k+1, or from t to k+1.

    A depth is above letters and numbers; of two letters the raised one is below: i = k+1, …, t rises.
    """
    difference = range_.hi - range_.lo
    if difference.is_const:
        return difference.const < -1
    signs = [c for atom, c in difference.terms if isinstance(atom, Size)]
    return all(c < 0 for c in signs) if signs else difference.const == 1


def set_limits(node: Node, ctx: Context) -> tuple[Lin, Lin] | None:
    """Return first and last of {1, …, n}, [1, n] or [n]; None if it is no set of whole numbers without a gap."""
    if not is_set(node):
        return None
    group = node
    assert isinstance(group, Group), "a set is written in brackets"
    body = group.body
    if group.opening == "[" and not isinstance(body, Tuple | Relation):
        return lin(1), one_index(body, ctx)
    if group.opening == "[" and isinstance(body, Tuple) and len(body.items) == 2:
        return one_index(body.items[0], ctx), one_index(body.items[1], ctx) - (group.closing != "]")
    return listed_limits(body, ctx)


def is_set(node: Node) -> bool:
    """Return whether a node lists or describes numbers in brackets: {1, …, n}, [1, n], {j : j ≠ i}."""
    return isinstance(node, Group) and node.opening in {r"\{", "["}


def listed_limits(node: Node, ctx: Context) -> tuple[Lin, Lin] | None:
    """Return first and last of 1, …, n or 1, 2, 3; None for other lists, such as 1, 3, 5, …, n."""
    items = listed_items(node)
    if len(items) < 2 or any(isinstance(item, Dots) for item in (items[0], items[-1])):
        return None
    numbers = [None if isinstance(item, Dots) else one_index(item, ctx) for item in items]
    steps = [b - a for a, b in pairwise(numbers) if a is not None and b is not None]
    if {step.const if step.is_const else 0 for step in steps} - {1} and set(steps) != {lin(-1)}:
        return None
    first, last = numbers[0], numbers[-1]
    return None if first is None or last is None else rising(first, last)


def parted_set(node: Node) -> tuple[Node, tuple[Node, ...]]:
    """Return S and the members i, … that S ∖ {i, …} leaves out."""
    match node:
        case Product(_, (*first, Item(sign, taken))) if len(first) == 1 and sign in DIFFERENCES:
            whole, left_out = parted_set(first[0].node)
        case Additive(_, (Term("+", first_term), Term("-", taken))) if is_set(taken) or is_set(first_term):
            whole, left_out = parted_set(first_term)
        case _:
            return node, ()
    return whole, (*left_out, *members(taken))


def members(node: Node) -> tuple[Node, ...]:
    """Return the members of {i, j}, or of a single letter i."""
    body = node.body if isinstance(node, Group) and node.opening == r"\{" else node
    return body.items if isinstance(body, Tuple) else (body,)


def rising(first: Lin, last: Lin) -> tuple[Lin, Lin]:
    """Return the ends of a range in rising order: L-1, …, 1 is 1, …, L-1."""
    return (last, first) if falls(Range(first, last)) else (first, last)


def listed_items(node: Node) -> list[Node]:
    """Return the items of a list, parted at commas and around dots."""
    items = list(node.items) if isinstance(node, Tuple) else [node]
    found: list[Node] = []
    for item in items:
        inner = item
        if isinstance(inner, Product) and any(isinstance(i.node, Dots) for i in inner.items):
            found.extend(_around_dots(inner))
        else:
            found.append(inner)
    return found


def _around_dots(product: Product) -> list[Node]:
    found: list[Node] = []
    run: list[Item] = []
    for item in product.items:
        if isinstance(item.node, Dots):
            if run:
                found.append(product_of(run))
            found.append(item.node)
            run = []
        else:
            run.append(Item("" if not run else item.operator, item.node))
    if run:
        found.append(product_of(run))
    return found
