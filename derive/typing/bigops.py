"""Σ, Π, max and min with what they reach over; a sum without bounds runs over the range of the slot of its index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.algebra.build import MINUS_ONE, add, mul, sum_over
from derive.algebra.expr import ONE, Expr, Prod
from derive.algebra.index import Range, lin
from derive.notation.commands import OVER_RANGES
from derive.reader.syntax import BigOperator
from derive.typing.bounds import Bound, compared, read_reach
from derive.typing.conditions import condition
from derive.typing.context import Context
from derive.typing.functions import application, call_on
from derive.typing.heads import BUILTIN, Head
from derive.typing.index_ranges import bound_range
from derive.typing.lists import falls
from derive.typing.powers import total_of
from derive.typing.tensor import Axis, Tensor, orientation_of, scalar

if TYPE_CHECKING:
    from derive.typing.products import Scanner


def big_operator(node: BigOperator, scanner: Scanner) -> Tensor:
    """Return Σ, Π, max or min over the rest of the product.

    Raises: LatexError for other operators, or where the range of an index cannot be told.
    """
    kind = node.kind.lstrip("\\")
    extreme = kind in {"max", "min"}
    if extreme and node.below is None:
        return application(Head(BUILTIN[kind], node), scanner)
    if kind not in OVER_RANGES:
        raise scanner.ctx.unsupported(f'"{node.kind}" is not supported here', node)
    if node.wide:
        scanner.ctx.log.note("the sum is taken over all terms behind it up to the last one with its index")
    reach = read_reach(node, scanner.ctx, tuple(item.node for item in scanner.rest))
    bounds = list(reach.bounds.values())
    outer, start = scanner.ctx, len(scanner.ctx.log.uses)
    inner = scanner.ctx = outer.binding({bound.letter: lin(bound.index) for bound in bounds})
    value = scanner.body(frozenset(reach.bounds) if kind != "sum" and bounds else None)
    scanner.ctx = outer
    if extreme and (not bounds or reach.conditions or value.axes):
        raise outer.unsupported(f'this "{node.kind}" is not supported here', node)
    if not bounds:
        return _all_entries(value, node, outer)
    if reach.conditions:
        value = _where(kind, [condition(item, inner) for item in reach.conditions], value, node, outer)
    ranges: dict[str, Range] = {}
    for bound in reversed(bounds):
        ranges[bound.letter] = bound_range(bound, outer, start, usual=outer.table.ranges.get(bound.letter))
        if not extreme:
            value = _closed(kind, bound, value, ranges[bound.letter], outer)
    if extreme:
        axes = tuple(Axis(bound.index, ranges[bound.letter]) for bound in bounds)
        value = call_on(Head(BUILTIN[kind], node), [Tensor(axes, value.body, orientation_of(len(axes)))], outer)
    outer.log.compared |= compared(reach, ranges, outer)
    return value


def _where(kind: str, conditions: list[Expr], value: Tensor, node: BigOperator, ctx: Context) -> Tensor:
    """Return the body of a sign as 0 in a sum, and as 1 in a product, where a condition does not hold."""
    holds = mul(*conditions)
    if kind == "sum":
        return value.with_body(mul(holds, value.body))
    if value.axes:
        raise ctx.unsupported("a product of matrices that leaves some out is not supported", node)
    return value.with_body(add(mul(holds, value.body), add(ONE, mul(MINUS_ONE, holds))))


def _all_entries(value: Tensor, node: BigOperator, ctx: Context) -> Tensor:
    if not value.axes:
        raise ctx.fault("a sum without an index over a scalar", node, r"\sum_i")
    way = ctx.choice("sums") if len(value.axes) == 2 else "entries"
    if way != "entries":
        kept, left_out = value.axes if way == "columns" else value.axes[::-1]
        body = sum_over(left_out.index, ctx.fixed(left_out.range), value.body)
        return Tensor((kept,), body, "col" if way == "columns" else "row")
    ctx.log.note("a sum without an index is taken over all entries")
    return scalar(total_of(value, value.body, ctx))


def _closed(kind: str, bound: Bound, value: Tensor, range_: Range, ctx: Context) -> Tensor:
    if kind == "sum":
        return value.with_body(sum_over(bound.index, range_, value.body))
    upwards = Range(range_.hi, range_.lo) if falls(range_) else range_
    ctx.log.products.append(upwards)
    if value.axes:
        from derive.typing.chains import chain_of

        descending = (ctx.choice("order") == "falling") != (upwards != range_)
        return chain_of(value, bound.index, upwards, ctx, bound.node, descending=descending)
    return scalar(Prod(bound.index, upwards, value.body))
