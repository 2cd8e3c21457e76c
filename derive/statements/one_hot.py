"""A one-hot input as a condition, y = e_c or y_k = δ_kc: the input becomes a definition, and c a label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derive.algebra.expr import ONE, ZERO, Expr, Iverson, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import walk as walk_expr
from derive.errors import LatexError
from derive.network.network import Definition, Fact, Leaf, Network
from derive.reader.syntax import Node
from derive.typing.conditions import equated
from derive.typing.context import Context, Log
from derive.typing.standard_names import label_of


@dataclass(frozen=True, slots=True)
class OneHot:
    """y_k = [k = c] for an input y of the network: what a condition says, with the letter c and its range."""

    leaf: Leaf
    label: Index

    @property
    def range(self) -> Range:
        return self.leaf.ranges[0]

    def of(self, network: Network) -> Network:
        """Return the network with the input defined, and without the assumptions that this makes true."""
        (param,) = self.leaf.params
        defined = Definition(
            self.leaf.name, self.leaf.params, self.leaf.ranges, Iverson("=", lin(param), lin(self.label))
        )
        leaves = tuple(leaf for leaf in network.leaves if leaf is not self.leaf)
        facts = tuple(fact for fact in network.facts if not _speaks_of(fact, self.leaf.name))
        return replace(network, definitions=(defined, *network.definitions), leaves=leaves, facts=facts)


def one_hot_condition(node: Node, ctx: Context, network: Network) -> OneHot | None:
    """Return what y = e_c, y_k = δ_kc, or y_c = 1 of a one-hot y, says of an input; None for any other condition."""
    sides = equated(node)
    return None if sides is None else one_hot_input(*sides, ctx, network)


def one_hot_input(first: Node, second: Node, ctx: Context, network: Network) -> OneHot | None:
    """Return which input is one-hot if the first side, y or y_k, is the second one, e_c or δ_kc; None for others."""
    own = replace(ctx, log=Log())
    try:
        left = own.value(first)
        value = None if left.axes else own.value(second).body
        label = _label(second, own) if value is None else _unit(left.body, value)
    except LatexError:
        return None
    named = left.body.name if isinstance(left.body, Var) else ""
    leaf = next((one for one in network.leaves if one.name == named and len(one.params) == 1), None)
    if leaf is not None and value == ONE and _is_one_hot(leaf, network.facts):
        label = _letter(left.body)
    if leaf is None or label is None or not all(_holds_of_one_hot(fact, leaf) for fact in network.facts):
        return None
    return OneHot(leaf, label)


def with_one_hot(conditions: Iterable[Node], ctx: Context, network: Network) -> tuple[list[Node], Context, Network]:
    """Return the other conditions, and the context and network in which a one-hot input is what they say that it is."""
    others: list[Node] = []
    for node in conditions:
        found = one_hot_condition(node, ctx, network)
        if found is None:
            others.append(node)
            continue
        network = found.of(network)
        ctx.log.note(f"{found.leaf.name} is the one-hot vector of {found.label.name}")
        labels = {**ctx.table.labels, found.label: found.range}
        ctx = replace(ctx, table=replace(ctx.table, labels=labels), network=network)
    return others, ctx, network


def _label(side: Node, ctx: Context) -> Index | None:
    """Return the letter c of e_c, where e is no name of anything else."""
    letter = label_of(side, ctx)
    value = None if letter is None else ctx.letter(letter).atom
    return value if isinstance(value, Index) else None


def _unit(left: Expr, right: Expr) -> Index | None:
    """Return the letter c of [k = c] beside y_k."""
    if not isinstance(left, Var) or len(left.idx) != 1 or not isinstance(right, Iverson) or right.relation != "=":
        return None
    (own,) = left.idx
    pair: Sequence[Lin] = (right.left, right.right)
    if own not in pair or not isinstance(own.atom, Index):
        return None
    other = pair[1] if pair[0] == own else pair[0]
    return other.atom if isinstance(other.atom, Index) and other.atom != own.atom else None


def _letter(entry: Expr) -> Index | None:
    """Return the letter c of y_c."""
    atom = entry.idx[0].atom if isinstance(entry, Var) and len(entry.idx) == 1 else None
    return atom if isinstance(entry, Var) and isinstance(atom, Index) and entry.idx == (lin(atom),) else None


def _is_one_hot(leaf: Leaf, facts: Iterable[Fact]) -> bool:
    """Return whether the entries of an input are 0 or 1 and have the sum 1, so that one that is 1 is the only one."""
    about = [fact for fact in facts if _speaks_of(fact, leaf.name)]
    return {fact.relation for fact in about} == {"in", "="} and all(_holds_of_one_hot(fact, leaf) for fact in about)


def _speaks_of(fact: Fact, name: str) -> bool:
    sides = (side for side in (fact.left, fact.right) if side is not None)
    return any(isinstance(inner, Var) and inner.name == name for side in sides for inner in walk_expr(side))


def _holds_of_one_hot(fact: Fact, leaf: Leaf) -> bool:
    """Return whether an assumption holds of every one-hot vector: Σ_k y_k = 1, y_k ∈ {0, 1}, or says nothing of y."""
    if not _speaks_of(fact, leaf.name):
        return True
    if fact.relation == "in":
        return {ZERO, ONE} <= set(fact.choices)
    total = fact.left
    sums = isinstance(total, Sum) and isinstance(total.body, Var) and total.range == leaf.ranges[0]
    return fact.relation == "=" and sums and fact.right == ONE
