"""Lists of indices: {1, …, n}, 1, 2, …, L, and whether they rise or fall."""

from __future__ import annotations

from itertools import pairwise

from derive.algebra.index import Lin, Range, Size
from derive.reader.syntax import Dots, Item, Node, Product, Tuple
from derive.typing.context import Context
from derive.typing.indices import cuts, index_value, parts
from derive.typing.names import unbrace


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
    """Return first and last of {1, …, n}; None if it is no such set."""
    from derive.reader.syntax import Group

    node = unbrace(node)
    if not isinstance(node, Group) or node.opening not in {r"\{", "["}:
        return None
    items = listed_items(node.body)
    if len(items) < 2 or any(isinstance(item, Dots) for item in (items[0], items[-1])):
        return None
    numbers = [one_index(item, ctx) for item in items if not isinstance(item, Dots)]
    if not any(isinstance(item, Dots) for item in items):
        steps = {(b - a).const for a, b in pairwise(numbers) if (b - a).is_const}
        if steps != {1}:
            return None
    return rising(numbers[0], numbers[-1])


def rising(first: Lin, last: Lin) -> tuple[Lin, Lin]:
    """Return the ends of a range in rising order: L-1, …, 1 is 1, …, L-1."""
    return (last, first) if falls(Range(first, last)) else (first, last)


def listed_items(node: Node) -> list[Node]:
    """Return the items of a list, parted at commas and around dots."""
    node = unbrace(node)
    items = list(node.items) if isinstance(node, Tuple) else [node]
    found: list[Node] = []
    for item in items:
        inner = unbrace(item)
        if isinstance(inner, Product) and any(isinstance(unbrace(i.node), Dots) for i in inner.items):
            found.extend(_around_dots(inner))
        else:
            found.append(inner)
    return found


def _around_dots(product: Product) -> list[Node]:
    found: list[Node] = []
    run: list[Item] = []
    for item in product.items:
        if isinstance(unbrace(item.node), Dots):
            if run:
                found.append(Product(run[0].node.span | run[-1].node.span, tuple(run)))
            found.append(unbrace(item.node))
            run = []
        else:
            run.append(Item("" if not run else item.operator, item.node))
    if run:
        found.append(Product(run[0].node.span | run[-1].node.span, tuple(run)))
    return found
