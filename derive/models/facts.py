"""Facts that a model or a document assumes: Σ_i y_i = 1, T > 0, y_i ∈ {0, 1}."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.algebra.build import MINUS_ONE, add, substitute
from derive.algebra.expr import Expr, IndexValue, Num, Var
from derive.algebra.substitute import map_children, subs
from derive.errors import LatexError
from derive.names.table import SymbolTable
from derive.network.network import Definition, Fact
from derive.notation.signs import ORDERS
from derive.reader.syntax import Group, Node, Relation, Statement, Tuple
from derive.source import Source
from derive.typing.context import Context, Log
from derive.typing.contraction import aligned, like
from derive.typing.elaborate import elaborate
from derive.typing.index_ranges import quantify
from derive.typing.quantifiers import Limits, read_limits
from derive.typing.reading import Reading
from derive.typing.tensor import Tensor


def fact_of(statement: Statement, table: SymbolTable, reading: Reading, source: Source, text: str) -> Fact:
    """Return the fact that a statement says. Raises: LatexError where it cannot be read."""
    body = statement.body
    if not isinstance(body, Relation) or len(body.links) != 1:
        raise LatexError(
            "an assumption is one relation", source, statement.span, "left = right, left > right, left \\in {…}"
        )
    link = body.links[0]
    ctx = Context(table, source, reader=elaborate, reading=reading, log=Log())
    left = ctx.value(body.first)
    limits, others = read_limits(statement.conditions, ctx)
    if others:
        raise ctx.fault("cannot read this condition of an assumption", others[0], r"a range such as 1 \le k \le L")
    if link.operator == r"\in":
        choices = _choices(link.node, ctx)
        return _over_indices("in", left, None, choices, ctx, statement, limits, text)
    right = ctx.value(link.node)
    order = ORDERS.get(link.operator)
    if order is not None and order.smaller == "left":
        left, right = right, left
    relation = "=" if link.operator == "=" else ">" if order is not None else ""
    if not relation:
        raise ctx.fault(f'an assumption with "{link.operator}"', link.node, "=, > or \\in")
    left, right = like(left, right), like(right, left)
    if left.axes and right.is_scalar:
        right = replace(left, body=right.body)
    if left.axes or right.axes:
        left, right = aligned(left, right, ctx, link.node, relation)
    strict = order is None or order.strict
    if not strict and _is_whole(left.body) and _is_whole(right.body):
        right, strict = right.with_body(add(right.body, MINUS_ONE)), True
    text = text if strict else f"{text}, never with equality"
    return replace(_over_indices(relation, left, right.body, (), ctx, statement, limits, text), strict=strict)


def of_inputs(fact: Fact, definitions: Iterable[Definition]) -> Fact:
    """Return a fact as one about inputs, where it speaks of what is an entry of them by definition: the y^{(i)} of
    y^{(i)} ∈ {0, 1} is Y_{1i}. Values are drawn for inputs alone."""
    named = [definition for definition in definitions if isinstance(definition.body, Var)]
    names = [definition.name for definition in named]
    entries = {definition.name: definition for definition in named if names.count(definition.name) == 1}

    def inner(expr: Expr) -> Expr:
        if not isinstance(expr, Var) or expr.name not in entries:
            return map_children(expr, inner)
        own = entries[expr.name]
        return inner(subs(own.body, dict(zip(own.params, expr.idx, strict=True))))

    return replace(fact, left=inner(fact.left), right=None if fact.right is None else inner(fact.right))


def arrays_of(statement: Statement, table: SymbolTable, reading: Reading, source: Source) -> set[str]:
    """Return the names of the arrays that a statement lists. Raises: LatexError where one is no array alone."""
    ctx = Context(table, source, reader=elaborate, reading=reading, log=Log())
    body = statement.body
    bodies = [ctx.value(item).body for item in (body.items if isinstance(body, Tuple) else (body,))]
    if not all(isinstance(one, Var) for one in bodies):
        raise LatexError("no name of an array", source, statement.span, "names alone, as in forward: M, e^{(t)}")
    return {one.name for one in bodies if isinstance(one, Var)}


def _is_whole(expr: Expr) -> bool:
    """Return whether an expression is a size, an index or a whole number: n ≥ 2 says n > 1."""
    return isinstance(expr, IndexValue) or (isinstance(expr, Num) and expr.value.denominator == 1)


def _choices(node: Node, ctx: Context) -> tuple[Expr, ...]:
    if not isinstance(node, Group) or node.opening != r"\{":
        raise ctx.fault("a set is written {0, 1}", node)
    items = node.body.items if isinstance(node.body, Tuple) else (node.body,)
    return tuple(ctx.value(item).body for item in items)


def _over_indices(
    relation: str, left: Tensor, right: Expr | None, choices: tuple[Expr, ...], ctx: Context, statement: Statement,
    limits: Limits, text: str,
) -> Fact:  # fmt: skip
    found = quantify(ctx.log.uses, limits, {}, ctx, statement.body)
    if found.sizes:
        raise ctx.fault("an index runs over two sizes here", statement.body, "one index for each size")
    at = dict(found.values)
    left, right = left.subs(at), None if right is None else substitute(right, at)
    labels = [pair for pair in found.free if pair[0] not in ctx.table.labels]
    params = [index for index, _ in labels] + [axis.index for axis in left.axes]
    ranges = [range_ for _, range_ in labels] + [axis.range for axis in left.axes]
    choices = tuple(substitute(choice, at) for choice in choices)
    return Fact(relation, left.body, right, tuple(params), tuple(ranges), text, choices)
