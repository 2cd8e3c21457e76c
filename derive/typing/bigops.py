"""Σ, Π, max and min with what they reach over; a sum without bounds runs over the range of the slot of its index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.context import Context as Knowledge
from derive.algebra.context import sizes_in
from derive.algebra.expr import ONE, Iverson, Prod
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.reader.syntax import BigOperator, Link, Node, Product, Relation, Script, Symbol, Tuple
from derive.typing.context import Context, Use
from derive.typing.folding import MINUS_ONE, add, mul, sum_over
from derive.typing.indices import parts
from derive.typing.lists import falls, one_index, set_limits
from derive.typing.names import base_key, flat_text, plain_key, unbrace
from derive.typing.powers import total_of
from derive.typing.tensor import Tensor, scalar

if TYPE_CHECKING:
    from derive.typing.products import Scanner


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound index letter with its bounds as far as they are written, and a condition that leaves values out."""

    letter: str
    index: Index
    node: Node
    lo: Lin | None = None
    hi: Lin | None = None
    hi_node: Node | None = None
    without: Lin | None = None


def big_operator(node: BigOperator, scanner: Scanner) -> Tensor:
    """Return Σ or Π over the rest of the product.

    Raises: LatexError for other operators, or where the range of an index cannot be told.
    """
    kind = node.kind.lstrip("\\")
    if kind in {"max", "min"} and node.sub is None:
        from derive.typing.functions import application
        from derive.typing.heads import BUILTIN, Head

        return application(Head(BUILTIN[kind], node), scanner)
    if kind not in {"sum", "prod"}:
        raise scanner.ctx.unsupported(f'"{node.kind}" is not supported here', node)
    bounds = read_bounds(node, scanner.ctx)
    outer, start = scanner.ctx, len(scanner.ctx.log.uses)
    scanner.ctx = outer.binding({bound.letter: lin(bound.index) for bound in bounds})
    written = frozenset(token.text for group in parts(_letters_node(node)) for token in group)
    value = scanner.body(written if kind == "prod" and bounds else None)
    scanner.ctx = outer
    if not bounds:
        return _all_entries(value, node, outer)
    for bound in reversed(bounds):
        value = _closed(kind, bound, value, outer, start)
    return value


def _letters_node(node: BigOperator) -> Node | None:
    """Return the letters that a sign binds as they are written."""
    sub = None if node.sub is None else unbrace(node.sub)
    if not isinstance(sub, Relation):
        return sub
    return sub.first if len(sub.links) == 1 else sub.links[0].node


def _all_entries(value: Tensor, node: BigOperator, ctx: Context) -> Tensor:
    if not value.axes:
        raise ctx.fault("a sum without an index over a scalar", node, r"\sum_i")
    if len(value.axes) == 2:
        ctx.log.choices.add("sums")
    if len(value.axes) == 2 and ctx.reading.sums != "entries":
        kept, left_out = value.axes if ctx.reading.sums == "columns" else value.axes[::-1]
        body = sum_over(left_out.index, ctx.fixed(left_out.range), value.body)
        return Tensor((kept,), body, "col" if ctx.reading.sums == "columns" else "row")
    ctx.log.note("a sum without an index is taken over all entries")
    return scalar(total_of(value, value.body, ctx))


def _closed(kind: str, bound: Bound, value: Tensor, ctx: Context, start: int) -> Tensor:
    range_ = bound_range(bound, ctx, start, usual=ctx.table.ranges.get(bound.letter))
    if bound.without is not None:
        inside = Iverson("=", lin(bound.index), bound.without)
        value = value.with_body(mul(add(ONE, mul(MINUS_ONE, inside)), value.body))
    if kind == "sum":
        return value.with_body(sum_over(bound.index, range_, value.body))
    upwards = Range(range_.hi, range_.lo) if falls(range_) else range_
    ctx.log.products.append(upwards)
    if value.axes:
        from derive.typing.chains import chain_of

        ctx.log.choices.add("order")
        descending = (ctx.reading.order == "falling") != (upwards != range_)
        return chain_of(value, bound.index, upwards, ctx, bound.node, descending=descending)
    return scalar(Prod(bound.index, upwards, value.body))


def read_bounds(node: BigOperator, ctx: Context) -> list[Bound]:
    """Return the index letters that Σ binds, with their bounds: i, i=1, i,j, 1 ≤ i ≤ n, j ≠ i, i ∈ {1, …, n}."""
    if node.sub is None:
        return []
    sub = unbrace(node.sub)
    if isinstance(sub, Tuple):
        return [found for item in sub.items for found in _bound(item, node, ctx)]
    return _bound(sub, node, ctx)


def _bound(sub: Node, node: BigOperator, ctx: Context) -> list[Bound]:
    sub = unbrace(sub)
    match sub:
        case Symbol() | Product() | Script():
            tokens = [token for group in parts(sub) for token in group]
            upper = None if node.sup is None else one_index(node.sup, ctx)
            low = None if upper is None else lin(1)
            if tokens and all(token.kind == "letter" for token in tokens):
                return [_new(token.text, token.node, ctx, low, upper, node.sup) for token in tokens]
        case Relation(_, first, (Link("=", lower),)):
            upper = None if node.sup is None else one_index(node.sup, ctx)
            start = one_index(lower, ctx)
            return [_new(letter, sub, ctx, start, upper, node.sup) for letter in _letters_of(first, ctx)]
        case Relation(_, first, (Link(operator, other),)) if operator in {r"\ne", r"\neq"}:
            return [_new(_letter_of(first, ctx), sub, ctx, without=one_index(other, ctx))]
        case Relation(_, first, (Link(operator, other),)) if operator == r"\in":
            limits = set_limits(other, ctx)
            low, high = limits if limits is not None else (None, None)
            return [_new(_letter_of(first, ctx), sub, ctx, low, high)]
        case Relation(_, first, (Link(o1, middle), Link(o2, last))) if {o1, o2} <= {r"\le", r"\leq", "<", r"\leqslant"}:
            low = one_index(first, ctx) + (1 if o1 == "<" else 0)
            high = one_index(last, ctx) - (1 if o2 == "<" else 0)
            return [_new(_letter_of(middle, ctx), sub, ctx, low, high)]
    raise ctx.fault("cannot read what the sum runs over", sub, "an index such as i, i=1 or i,j")


def _new(
    letter: str, node: Node, ctx: Context, lo: Lin | None = None, hi: Lin | None = None,
    hi_node: Node | None = None, without: Lin | None = None,
) -> Bound:  # fmt: skip
    letter = ctx.table.index_names.get(letter, letter)
    return Bound(letter, fresh(letter), node, lo, hi, hi_node, without)


def _letter_of(node: Node, ctx: Context) -> str:
    tokens = [token for group in parts(node) for token in group]
    if len(tokens) != 1 or tokens[0].kind != "letter":
        raise ctx.fault("cannot read the index of the sum", node, "a letter")
    return tokens[0].text


def _letters_of(node: Node, ctx: Context) -> list[str]:
    """Return the letters of i, or of i, j."""
    tokens = [token for group in parts(node) for token in group]
    if not tokens or any(token.kind != "letter" for token in tokens):
        raise ctx.fault("cannot read the index of the sum", node, "a letter")
    return [token.text for token in tokens]


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
    known = Knowledge()
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
        text = flat_text(bound.hi_node) if bound.hi_node is not None else str(last)
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
    if ctx.table.candidates(base_key(node), plain_key(node)):
        raise ctx.fault(f"{flat_text(node)} is declared, but not as a size", node, "a size")
    return True
