"""Conditions on inputs that have few values: y_k = 1 becomes a factor of both sides of a claim, y_k ∈ {0, 1} a fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.algebra.build import MINUS_ONE, add, mul
from derive.algebra.expr import Expr, Num, Var
from derive.algebra.index import Index, lin
from derive.errors import LatexError
from derive.names.letters import free_letters
from derive.network.network import Fact, Leaf, Network
from derive.reader.ranges import is_choice
from derive.reader.syntax import Group, Node, Relation, Tuple
from derive.typing.conditions import without_prose
from derive.typing.context import Context, Log

_USUAL = (frozenset((Fraction(0), Fraction(1))), frozenset((Fraction(-1), Fraction(1))))
"""What labels are, where nothing says which values they have."""


@dataclass(frozen=True, slots=True)
class SingleValue:
    """A factor that is 0 exactly where a condition does not hold, and the fact on which that rests.

    y_k = 1, y ∈ {0, 1}:  A = B  is  y_k A = y_k B;      y_k ≠ 1:  (y_k - 1) A = (y_k - 1) B
    """

    variable: Var
    factor: Expr
    facts: tuple[Fact, ...] = ()


def single_value(
    node: Node, letters: Collection[str], universal: Collection[str], ctx: Context, network: Network
) -> SingleValue | None:
    """Return what y_k = 1 says of a claim with the index k among its `letters`; None for any other condition.

    What is said for all values of its letters is no single value.
    """
    node = without_prose(node)
    if not isinstance(node, Relation) or len(node.links) != 1 or node.links[0].operator not in {"=", r"\ne"}:
        return None
    equal = node.links[0].operator == "="
    try:
        own = replace(ctx, log=Log())
        variable, value = own.value(node.first).body, own.value(node.links[0].node).body
    except LatexError:
        return None
    leaf = next((one for one in network.leaves if isinstance(variable, Var) and one.name == variable.name), None)
    if leaf is None or not isinstance(variable, Var) or not isinstance(value, Num):
        return None
    if len(variable.idx) != len(leaf.params):
        return None
    named = free_letters(variable)
    if not named <= set(letters) or (equal and named <= set(universal)):
        return None
    known = _choices(leaf, network.facts)
    values = known or next((usual for usual in _USUAL if value.value in usual), frozenset())
    if value.value not in values or len(values) < 2:
        return None
    ctx.value(node.first)  # so that the ranges of its letters count
    others = values - {value.value} if equal else {value.value}
    factor = mul(*(add(variable, mul(MINUS_ONE, Num(other))) for other in sorted(others)))
    written = ", ".join(map(str, sorted(values)))
    text = rf"{ctx.text(node.first)} \in \{{{written}\}}"
    choices = tuple(Num(one) for one in sorted(values))
    general = Var(leaf.name, tuple(lin(param) for param in leaf.params))
    fact = Fact("in", general, None, leaf.params, leaf.ranges, text, choices)
    return SingleValue(variable, factor, () if known else (fact,))


def few_values(node: Node, ctx: Context, network: Network) -> Fact | None:
    """Return that all entries of an input are among some numbers, for y_n ∈ {0, 1}; None for any other condition."""
    node = without_prose(node)
    if not is_choice(node) or not isinstance(node, Relation):
        return None
    members = node.links[0].node
    assert isinstance(members, Group), "a choice is among numbers in braces"
    items = members.body.items if isinstance(members.body, Tuple) else (members.body,)
    try:
        own = replace(ctx, log=Log())
        variable = own.value(node.first).body
        choices = tuple(own.value(item).body for item in items)
    except LatexError:
        return None
    leaf = next((one for one in network.leaves if isinstance(variable, Var) and one.name == variable.name), None)
    if leaf is None or not isinstance(variable, Var) or len(variable.idx) != len(leaf.params):
        return None
    if not all(isinstance(value.atom, Index) for value in variable.idx):
        return None
    general = Var(leaf.name, tuple(lin(param) for param in leaf.params))
    return Fact("in", general, None, leaf.params, leaf.ranges, ctx.text(node), choices)


def _choices(leaf: Leaf, facts: Iterable[Fact]) -> frozenset[Fraction]:
    """Return the values that all entries of an input may have, as a fact says; none where none does."""
    for fact in facts:
        if fact.relation == "in" and isinstance(fact.left, Var) and fact.left.name == leaf.name:
            values = [choice.value for choice in fact.choices if isinstance(choice, Num)]
            if len(values) == len(fact.choices) and len(fact.params) == len(leaf.params):
                return frozenset(values)
    return frozenset()
