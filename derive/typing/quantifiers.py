"""Side conditions: 1 ≤ k ≤ L, k = 1, …, L, i ∈ {1, …, n}, k < L, i ≠ j, as ranges of index letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, Range
from derive.errors import LatexError
from derive.notation.signs import ORDERS
from derive.reader.syntax import Dots, Node, Product, Relation, Script, Symbol, Tuple
from derive.typing.context import Context
from derive.typing.indices import cuts, index_value, parts
from derive.typing.lists import listed_items, rising, set_limits
from derive.typing.names import base_key, plain_key, unbrace


@dataclass
class Limits:
    """What side conditions say of index letters: lower and upper bounds, and values (k = L)."""

    lower: dict[str, list[Lin]] = field(default_factory=dict)
    upper: dict[str, list[Lin]] = field(default_factory=dict)
    values: dict[str, Lin] = field(default_factory=dict)

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
    for node in conditions:
        try:
            understood = _read(unbrace(node), limits, ctx)
        except LatexError:
            understood = False
        if not understood:
            others.append(node)
    return limits, others


def _read(node: Node, limits: Limits, ctx: Context) -> bool:
    if isinstance(node, Symbol):
        return True
    if isinstance(node, Tuple):
        understood = [_read(unbrace(item), limits, ctx) for item in node.items]
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
    letters = letters_of(left)
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
    for letter, rest in _single(high):
        limits.between(letter, low + order.gap - rest, None)
    for letter, rest in _single(low):
        limits.between(letter, None, high - order.gap - rest)
    return True


def _read_equation(letters: list[str], right: Node, limits: Limits, ctx: Context) -> bool:
    items = listed_items(right)
    if len(items) > 1 and isinstance(unbrace(right), Tuple | Product):
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
    limits.values[letters[0]] = value
    return True


def _single(value: Lin) -> list[tuple[str, Lin]]:
    """Return the free index letter of an expression `letter + rest`, if there is one."""
    found = [atom for atom, c in value.terms if isinstance(atom, Index) and c == 1 and atom.uid == 0]
    if len(found) != 1:
        return []
    return [(found[0].name, value - Lin(((found[0], 1),)))]


def letters_of(node: Node) -> list[str]:
    """Return the letters of k, or of i, j; none if the node is something else."""
    tokens = [token for group in parts(node) for token in group]
    return [token.text for token in tokens] if all(token.kind == "letter" for token in tokens) else []


def _index(node: Node, ctx: Context) -> Lin | None:
    cut = next(cuts(parts(node), 1), None)
    return None if cut is None else index_value(cut[0], ctx)


def _is_variable(letter: Node, ctx: Context) -> bool:
    """Return whether a node names a variable of the model, and no index or size."""
    node = unbrace(letter)
    base = unbrace(node.base) if isinstance(node, Script) else node
    key, plain = base_key(base), plain_key(base)
    if key is None or (not isinstance(node, Script) and ctx.is_index(key)):
        return False
    return bool(ctx.table.candidates(key, plain))


def speaks_of_values(node: Node, ctx: Context) -> bool:
    """Return whether a side of a condition has a variable in it, so that it is about values, not about indices."""
    tokens = [token for group in parts(node) for token in group]
    return any(token.kind == "letter" and _is_variable(token.node, ctx) for token in tokens)
