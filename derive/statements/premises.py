"""Side conditions on values: L = -log p if y = 1. They become facts that hold for the whole claim, or factors of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Range, Size
from derive.algebra.substitute import walk as walk_expr
from derive.errors import LatexError
from derive.network.network import Fact, Network
from derive.reader.syntax import Node, Tuple
from derive.statements.single_values import few_values, single_value
from derive.typing.ceiling import Reason, only_proves
from derive.typing.conditions import equated
from derive.typing.context import Context, Log
from derive.typing.contraction import aligned, like
from derive.typing.quantifiers import speaks_of_values
from derive.typing.tensor import Tensor


def each_of(conditions: Iterable[Node]) -> list[Node]:
    """Return conditions one by one: of "if y = 1 and z = 0" there are two."""
    return [part for node in conditions for part in (node.items if isinstance(node, Tuple) else (node,))]


def equation(node: Node, ctx: Context) -> tuple[Node, Node] | None:
    """Return the sides of y = 1, in brackets or with words around it; None unless it speaks of a variable."""
    pair = equated(node)
    return pair if pair is not None and any(speaks_of_values(side, ctx) for side in pair) else None


@dataclass(frozen=True, slots=True)
class Premises:
    """What conditions on values say: facts, and factors of both sides that vanish where a condition does not hold."""

    facts: tuple[Fact, ...] = ()
    factors: tuple[Expr, ...] = ()
    others: tuple[Node, ...] = ()


def premises(
    nodes: Sequence[Node], universal: frozenset[str], letters: Collection[str], ctx: Context, network: Network,
    sides: Sequence[Expr],
) -> Premises:  # fmt: skip
    """Return what conditions say that set inputs of the network, and the other conditions, of a claim with `letters`,
    for all values of `universal` ones.

    What sets a value that the network computes, or one that a side differentiates by, cannot be put in: a claim under
    such a condition can only be proved without it.
    """
    found = Premises()
    for node in nodes:
        single, few = single_value(node, letters, universal, ctx, network), few_values(node, ctx, network)
        pair = equation(node, ctx)
        if single is not None and not _differentiated(single.variable, sides):
            found = replace(found, facts=(*found.facts, *single.facts), factors=(*found.factors, single.factor))
        elif few is not None:
            found = replace(found, facts=(*found.facts, few))
        elif pair is None:
            found = replace(found, others=(*found.others, node))
        elif (fact := _fact(*pair, node, ctx, network, universal)) is None or _differentiated(fact.left, sides):
            fault = ctx.fault("a condition that cannot be put in", node, "a value of an input")
            ctx.log.limit(only_proves(Reason.of(fault)))
        else:
            found = replace(found, facts=(*found.facts, fact))
    return found


def depends(side: Node, variable: Node, ctx: Context, network: Network) -> bool:
    """Return whether a side may depend on a variable through the definitions of the network, or cannot be read."""
    own = replace(ctx, log=Log())
    try:
        wanted, value = own.value(variable).body, own.value(side).body
    except LatexError:
        return True
    seen: set[str] = set()
    waiting = [node.name for node in walk_expr(value) if isinstance(node, Var)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            bodies = (definition.body for definition in network.definitions if definition.name == name)
            waiting += [node.name for body in bodies for node in walk_expr(body) if isinstance(node, Var)]
    return not isinstance(wanted, Var) or wanted.name in seen


def _fact(
    first: Node, second: Node, node: Node, ctx: Context, network: Network, universal: frozenset[str]
) -> Fact | None:
    """Return the fact that an input has a value, an entry for all values of its `universal` letters; None for else."""
    own = replace(ctx, log=Log())
    try:
        left, right = own.value(first), own.value(second)
        if not _is_input(left, network):
            left, right = right, left
        left, right = like(left, right), like(right, left)
        if left.axes and right.is_scalar:
            right = replace(left, body=right.body)
        if left.axes or right.axes:
            left, right = aligned(left, right, own, node, "=")
    except LatexError:
        return None
    free = {index for expr in (left.body, right.body) for index in _indices(expr)} - {a.index for a in left.axes}
    if not _is_input(left, network):
        return None
    over = _slots(left.body, network)
    if not all(index in over and index.name in universal for index in free):
        return None
    params = (*sorted(free, key=str), *(axis.index for axis in left.axes))
    ranges = (*(over[index] for index in sorted(free, key=str)), *left.ranges)
    return Fact("=", left.body, right.body, params, ranges, own.text(node))


def _slots(body: Expr, network: Network) -> dict[Index, Range]:
    """Return the ranges of the indices of an input's entry, y_n."""
    leaf = next((leaf for leaf in network.leaves if isinstance(body, Var) and leaf.name == body.name), None)
    if leaf is None or not isinstance(body, Var):
        return {}
    own: dict[Index | Size, Lin] = dict(zip(leaf.params, body.idx, strict=True))
    pairs = zip(body.idx, leaf.ranges, strict=True)
    return {value.atom: range_.subs(own) for value, range_ in pairs if isinstance(value.atom, Index)}


def _is_input(value: Tensor, network: Network) -> bool:
    return isinstance(value.body, Var) and value.body.name in {leaf.name for leaf in network.leaves}


def _indices(expr: Expr) -> set[Index]:
    return {index for inner in walk_expr(expr) if isinstance(inner, Var) for e in inner.idx for index in e.indices()}


def _differentiated(variable: Expr, sides: Sequence[Expr]) -> bool:
    """Return whether a side has a derivative by this variable, which is to be taken before the value is put in."""
    name = variable.name if isinstance(variable, Var) else ""
    return any(isinstance(inner, Diff) and inner.var.name == name for side in sides for inner in walk_expr(side))
