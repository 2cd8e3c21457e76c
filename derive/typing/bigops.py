"""Σ, Π, max and min with what they reach over; a sum without bounds runs over the range of the slot of its index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from derive.algebra.build import MINUS_ONE, add, mul, sum_over
from derive.algebra.expr import ONE, Expr, Prod
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts, sizes_in
from derive.notation.commands import OVER_RANGES
from derive.reader.syntax import BigOperator
from derive.typing.bounds import Bound, compared, read_reach
from derive.typing.conditions import condition
from derive.typing.context import Context, Use
from derive.typing.functions import application, call_on
from derive.typing.heads import BUILTIN, Head
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


def bound_range(bound: Bound, ctx: Context, start: int, usual: Range | None = None) -> Range:
    """Return the range of a bound index from its bounds and from the slots where it is used, and close it in the log.

    `usual` is the range of its letter in the forward pass: a sum without bounds leaves the start h_0 out.

    Raises: ShapeError if two slots, or a slot and a declared bound, have different sizes.
    """
    log = ctx.log
    known = [use for use in log.uses[start:] if not use.soft]
    direct = [use for use in known if not (use.value.indices() - {bound.index})]
    uses = direct if any(solved(use, bound.index) for use in direct) else known
    slots = [r for use in uses if (r := solved(use, bound.index)) is not None]
    kept = [use for use in log.uses[start:] if bound.index not in use.value.indices()]
    log.uses[start:] = kept
    lo, slot = bound.lo, _common(slots, bound, ctx)
    if bound.hi is not None and lo is not None:
        return _checked(bound, Range(lo, bound.hi), slot, ctx)
    if bound.hi is None and not any(solved(use, bound.index) for use in direct):
        slot = None  # where others stand beside it, as the p of x_{si+p}, the slot does not say how far it goes
    if slot is not None and usual is not None and lo is None:
        slot = meet(slot, usual) or slot
    slot = slot or usual
    if slot is None:
        raise ctx.fault(f'cannot tell what "{bound.letter}" runs over', bound.node, "bounds below and above the sum")
    return Range(lo if lo is not None else slot.lo, slot.hi)


def solved(use: Use, index: Index) -> Range | None:
    """Return the range of an index for which a use lies in its slot; None if the use does not tell."""
    coefficient = dict(use.value.terms).get(index)
    if coefficient not in {1, -1} or index in use.range.lo.indices() | use.range.hi.indices():
        return None
    rest = use.value - lin(index) * coefficient
    if coefficient == 1:
        return Range(use.range.lo - rest, use.range.hi - rest)
    return Range(rest - use.range.hi, rest - use.range.lo)


def _common(slots: Iterable[Range], bound: Bound, ctx: Context) -> Range | None:
    found: Range | None = None
    for slot in slots:
        if found is None:
            found = slot
            continue
        met = meet(found, slot)
        if met is None and ctx.same_range(found, slot):
            met = ctx.fixed(found)
        if met is None and bound.hi is not None and _share_sizes(found, slot):
            continue
        if met is None:
            raise ctx.misfit(
                f'"{bound.letter}" counts {ctx.said(found.length)} in one place and {ctx.said(slot.length)} in another',
                bound.node,
            )
        found = met
    return found


def _share_sizes(left: Range, right: Range) -> bool:
    """Return whether two ranges end at related sizes, B and B+F-2: one may well be part of the other."""
    return bool(sizes_in(left.hi) & sizes_in(right.hi))


def meet(left: Range, right: Range) -> Range | None:
    """Return the intersection of two ranges where it can be told which bounds are tighter: sizes are at least 1."""
    known = IndexFacts()
    left_is_higher = known.at_most_zero(right.lo - left.lo)
    left_is_lower = known.at_most_zero(left.hi - right.hi)
    if left_is_higher is None or left_is_lower is None:
        return None
    return Range(left.lo if left_is_higher else right.lo, left.hi if left_is_lower else right.hi)


def _checked(bound: Bound, written: Range, slot: Range | None, ctx: Context) -> Range:
    """Return the written range, its last letter read as the size of the slot where the model does not know it."""
    if slot is None:
        return written
    if written.lo == lin(0) and slot.lo == lin(1):
        ctx.log.note("units are counted from 0 here")
        return _checked(bound, Range(written.lo + 1, written.hi + 1), slot, ctx)
    met = meet(written, slot)
    if met is not None:
        if met != written:
            ends = [f"{ctx.said(bounds.lo)} … {ctx.said(bounds.hi)}" for bounds in (written, slot)]
            raise ctx.fault(f'"{bound.letter}" runs over {ends[0]}, beyond {ends[1]}', bound.node)
        return written
    last = written.hi
    if written.lo == slot.lo and _is_open_letter(last, bound, ctx):
        text = bound.hi_node.text if bound.hi_node is not None else str(last)
        ctx.log.taken.add(str(last))
        ctx.log.note(f"{text} is taken for {ctx.said(slot.hi)}")
        return slot
    if written.lo == slot.lo and last.is_const and isinstance(slot.hi.atom, Size) and ctx.same_range(written, slot):
        return ctx.fixed(slot)
    if not (slot.hi - last).is_const and isinstance(last.atom, Size) and isinstance(slot.hi.atom, Size):
        raise ctx.misfit(
            f'"{bound.letter}" counts {ctx.said(slot.length)} here, not {ctx.said(written.length)}', bound.node
        )
    return written


def _is_open_letter(last: Lin, bound: Bound, ctx: Context) -> bool:
    """Return whether a sum ends at a letter of which nothing is known so far, so that it may stand for a size.

    Where it ends beside such a letter, the log remembers that this has to be an index of the formula.
    Raises: LatexError where it ends at its own letter, or at a name that is declared as something else.
    """
    used = {index for use in ctx.log.uses for index in use.value.indices()}
    known = {*ctx.indices, *ctx.free, *(index.name for index in used)}
    atoms = [atom for atom, _ in last.terms if isinstance(atom, Index)]
    letters = [atom for atom in atoms if not atom.uid and atom.name not in known]
    if not letters:
        return False
    node = bound.hi_node or bound.node
    if bound.letter in {letter.name for letter in letters}:
        raise ctx.fault(f'a sum over "{bound.letter}" cannot end at "{bound.letter}"', node, "a size")
    if last.atom is None:
        ctx.log.ends |= {letter.name: node for letter in letters}
        return False
    if ctx.table.candidates(node.key, node.plain):
        raise ctx.fault(f"{node.text} is declared, but not as a size", node, "a size")
    return True
