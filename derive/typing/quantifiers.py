"""Side conditions: 1 ≤ k ≤ L, k = 1, …, L, i ∈ {1, …, n}, k < L, i ≠ j, as ranges of index letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from derive.algebra.index import Index, Lin, Range, Size
from derive.errors import LatexError
from derive.names.indices import cuts, index_value, letters_alone, parts
from derive.notation.signs import ORDERS
from derive.reader.syntax import Dots, Link, Name, Node, Product, Relation, Tuple
from derive.typing.context import Context
from derive.typing.lists import listed_items, members, parted_set, rising, set_limits


@dataclass
class Limits:
    """What side conditions say of index letters: lower and upper bounds, and values (k = L), and
    of sizes: the first of a pair in `orders` is at most the second."""

    lower: dict[str, list[Lin]] = field(default_factory=dict)
    upper: dict[str, list[Lin]] = field(default_factory=dict)
    values: dict[str, Lin] = field(default_factory=dict)
    orders: list[tuple[Lin, Lin]] = field(default_factory=list)

    def between(self, letter: str, low: Lin | None, high: Lin | None) -> None:
        if low is not None:
            self.lower.setdefault(letter, []).append(low)
        if high is not None:
            self.upper.setdefault(letter, []).append(high)

    def range_of(self, letter: str) -> Range | None:
        """Return the range of a letter if both ends are given."""
        if letter in self.values:
            return Range(self.values[letter], self.values[letter])
        if letter in self.lower and letter in self.upper:
            return Range(self.lower[letter][0], self.upper[letter][0])
        return None


def read_limits(conditions: Iterable[Node], ctx: Context) -> tuple[Limits, list[Node]]:
    """Return what conditions say of index letters, and those that say something else."""
    limits, others = Limits(), []
    for node in (part for whole in conditions for part in _parts(whole)):
        try:
            understood = _read(node, limits, ctx)
        except LatexError:
            understood = False
        if not understood:
            others.append(node)
    return _resolved(limits), [node for node in others if not _cuts_an_end(node, limits, ctx)]


def letters_in(conditions: Iterable[Node]) -> frozenset[str]:
    """Return the letters that stand alone among conditions: for all n."""
    return frozenset(node.symbol for whole in conditions for node in _parts(whole) if node.symbol)


def _cuts_an_end(node: Node, limits: Limits, ctx: Context) -> bool:
    """Make k ≠ L an end of the range of k where k runs up to L, and likewise from below; return whether it is one."""
    if not isinstance(node, Relation) or len(node.links) != 1 or node.links[0].operator != r"\ne":
        return False
    letters = letters_alone(node.first)
    try:
        value = _index(node.links[0].node, ctx) if len(letters) == 1 else None
    except LatexError:
        return False
    for ends, step in ((limits.upper, -1), (limits.lower, 1)):
        if value is not None and value in ends.get(letters[0], ()):
            ends[letters[0]] = [end + step if end == value else end for end in ends[letters[0]]]
            return True
    return False


def _parts(node: Node) -> Iterator[Node]:
    """Yield the conditions of a list one by one, and those of a membership: k ∈ S ∖ {m} is k ∈ S and k ≠ m."""
    if isinstance(node, Tuple) and any(isinstance(item, Relation) for item in node.items):
        for item in node.items:
            yield from _parts(item)
    elif isinstance(node, Relation) and all(link.operator in ORDERS for link in node.links) and _lists(node):
        yield from _each(node)
    elif isinstance(node, Relation) and len(node.links) == 1 and node.links[0].operator in {r"\in", r"\notin"}:
        link = node.links[0]
        whole, left_out = parted_set(link.node) if link.operator == r"\in" else (None, members(link.node))
        if whole is not None:
            yield replace(node, links=(replace(link, node=whole),))
        for member in left_out:
            yield replace(node, links=(Link(r"\ne", member, link.operator_span),))
    else:
        yield node


def _lists(node: Relation) -> list[Tuple]:
    """Return the sides of a relation that are lists of letters: 1 \\le i, j \\le n."""
    sides = (node.first, *(link.node for link in node.links))
    return [side for side in sides if isinstance(side, Tuple) and all(item.symbol for item in side.items)]


def _each(node: Relation) -> Iterator[Relation]:
    """Yield what a relation says of each letter of its first list."""
    listed = _lists(node)[0]
    for item in listed.items:
        links = tuple(replace(link, node=item) if link.node is listed else link for link in node.links)
        yield replace(node, first=item if node.first is listed else node.first, links=links)


def _resolved(limits: Limits) -> Limits:
    """Return the limits with each value by letters that have none: of i = j and j = 1, i is 1, too."""
    for _ in limits.values:
        settings: dict[Index | Size, Lin] = {Index(name): value for name, value in limits.values.items()}
        limits.values = {name: value.subs(settings) for name, value in limits.values.items()}
    return limits


def _read(node: Node, limits: Limits, ctx: Context) -> bool:
    if node.symbol:
        return True
    if isinstance(node, Tuple):
        understood = [_read(item, limits, ctx) for item in node.items]
        return all(understood)
    if not isinstance(node, Relation):
        return False
    sides = [node.first, *(link.node for link in node.links)]
    done = True
    for left, link, right in zip(sides, node.links, sides[1:], strict=False):
        done = _read_link(left, link.operator, right, limits, ctx) and done
    return done


def _read_link(left: Node, operator: str, right: Node, limits: Limits, ctx: Context) -> bool:
    if speaks_of_values(left, ctx) or speaks_of_values(right, ctx):
        return False
    letters = letters_alone(left)
    if operator == "=" and letters:
        return _read_equation(letters, right, limits, ctx)
    if operator == r"\in" and letters:
        ends = set_limits(right, ctx)
        if ends is None:
            return False
        for letter in letters:
            limits.between(letter, *ends)
        return True
    order = ORDERS.get(operator)
    if order is None:
        return False
    if order.smaller == "right":
        left, right = right, left
    low, high = _index(left, ctx), _index(right, ctx)
    if low is None or high is None:
        return False
    if not (high - low).indices():
        limits.orders.append((low + order.gap, high))
    for letter, rest in _single(high):
        limits.between(letter, low + order.gap - rest, None)
    for letter, rest in _single(low):
        limits.between(letter, None, high - order.gap - rest)
    return True


def _read_equation(letters: list[str], right: Node, limits: Limits, ctx: Context) -> bool:
    items = listed_items(right)
    if len(items) > 1 and isinstance(right, Tuple | Product):
        ends = [_index(item, ctx) for item in (items[0], items[-1]) if not isinstance(item, Dots)]
        if len(ends) != 2:
            return False
        low, high = ends
        if low is None or high is None:
            return False
        for letter in letters:
            limits.between(letter, *rising(low, high))
        return True
    value = _index(right, ctx)
    if value is None or len(letters) != 1:
        return False
    letter, value = _turned(letters[0], value, ctx)
    settings: dict[Index | Size, Lin] = {Index(name): known for name, known in limits.values.items()}
    if letter in limits.values or Index(letter) in value.subs(settings).indices():
        return False
    if ctx.table.sizes.get(letter) == 0 and not value.is_const:
        return False
    limits.values[letter] = value
    return True


def _turned(letter: str, value: Lin, ctx: Context) -> tuple[str, Lin]:
    """Return k = L for L = k, and i = ℓ for ℓ = i: what is set is the free index."""
    other = value.atom
    if not isinstance(other, Index) or ctx.is_label(other.name) or other.name in ctx.table.sizes:
        return letter, value
    if ctx.is_label(letter) or ctx.table.sizes.get(letter) == 0:
        return other.name, ctx.letter(letter)
    return letter, value


def _single(value: Lin) -> list[tuple[str, Lin]]:
    """Return the free index letter of an expression `letter + rest`, if there is one."""
    found = [atom for atom, c in value.terms if isinstance(atom, Index) and c == 1 and atom.uid == 0]
    if len(found) != 1:
        return []
    return [(found[0].name, value - Lin(((found[0], 1),)))]


def _index(node: Node, ctx: Context) -> Lin | None:
    cut = next(cuts(parts(node), 1), None)
    return None if cut is None else index_value(cut[0], ctx)


def _is_variable(node: Node, ctx: Context) -> bool:
    """Return whether a node names a variable of the model, and no index or size."""
    if node.key is not None and (ctx.is_index(node.key) or ctx.counts(node.key)):
        return False
    return bool(ctx.table.candidates(node.base.key, node.base.plain))


def speaks_of_values(node: Node, ctx: Context) -> bool:
    """Return whether a side of a condition has a variable in it, so that it is about values, not about indices."""
    if isinstance(node, Name) and node.scripted and _is_variable(node, ctx):
        return True
    tokens = [token for group in parts(node) for token in group]
    return any(token.kind == "letter" and _is_variable(token.node, ctx) for token in tokens)
