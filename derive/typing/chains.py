"""Products of a symbolic number of factors: W_{k+1}^T D_{k+1} ⋯ W_L^T D_L, and Π_t W_t of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.expr import Chain, Prod
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.names.indices import cuts, index_value, parts
from derive.reader.syntax import Dots, Item, Name, Node, mapped, product_of
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.templates import Differences, Path, differences, normal, with_markers
from derive.typing.tensor import Axis, Tensor, orientation_of, scalar

if TYPE_CHECKING:
    from derive.typing.factors import Factor

STEP = "step of the product"


@dataclass(frozen=True, slots=True)
class Block:
    """The repeating factors as a function of a step: `nodes` with the letter STEP, first and last value of the step."""

    nodes: tuple[Item, ...]
    first: Lin
    last: Lin


def dots_at(items: Sequence[Item]) -> int | None:
    """Return where dots stand among factors; None if there are none."""
    return next((at for at, item in enumerate(items) if isinstance(item.node, Dots)), None)


def chain_factors(items: Sequence[Item], ctx: Context, node: Node) -> list[Factor]:
    """Return the factors of a product with dots, what repeats joined into one.

    Raises: LatexError where no block of factors repeats, or it cannot be told in which direction.
    """
    at = dots_at(items)
    if at is None:
        raise ValueError("no dots among these factors")
    before, after = list(items[:at]), list(items[at + 1 :])
    periodic = _periodic(before, after, ctx)
    if periodic is not None:
        return _joined(*periodic, ctx, node)
    if _interleaved(before, after, ctx):
        pair = _inside_a_pair(before, after, ctx)
        if pair is not None:
            return _joined(*pair, ctx, node)
        raise ctx.fault("cannot tell which factors the dots repeat", items[at].node, "one more copy written out")
    for length in range(1, min(len(before), len(after)) + 1):
        block = _block(before[-length:], after[:length], ctx)
        if block is None:
            continue
        return _joined(block, before[:-length], after[length:], ctx, node)
    raise ctx.fault("cannot tell what the dots stand for", items[at].node, "factors that repeat")


def _joined(block: Block, before: list[Item], after: list[Item], ctx: Context, node: Node) -> list[Factor]:
    """Return the factors with what repeats as one of them."""
    from derive.typing.factors import Factor
    from derive.typing.products import Scanner

    block, before, after = _grown(block, before, after, ctx)
    value = _chain(block, ctx, node)
    middle = Factor(before[-1].operator if before else "", "product", value, node)
    head = Scanner(before, ctx, node).all() if before else []
    if dots_at(after) is not None:
        return [*head, middle, *chain_factors(after, ctx, node)]
    return [*head, middle, *(Scanner(after, ctx, node).all() if after else [])]


def _periodic(before: list[Item], after: list[Item], ctx: Context) -> tuple[Block, list[Item], list[Item]] | None:
    """Return the block where two copies of several factors stand before the dots, and what is left on both sides.

    Behind the dots the last copy may be there in part: D_k W_{k+1} D_{k+1} W_{k+2} ⋯ W_L ends with D_{L-1} W_L.
    """
    for length in range(1, len(before) // 2 + 1):
        block = _block(before[-2 * length : -length], before[-length:], ctx)
        if block is None or abs((block.last - block.first).const) != 1 or not (block.last - block.first).is_const:
            continue
        if length == 1:
            return None
        for part in range(min(length, len(after)), 0, -1):
            end = _block(before[-part:], after[:part], ctx)
            if end is not None:
                last = block.last + (end.last - end.first)
                return Block(block.nodes, block.first, last), before[: -2 * length], after[part:]
    return None


def _interleaved(before: list[Item], after: list[Item], ctx: Context) -> bool:
    """Whether factors of another kind stand next to what repeats on both sides: D_k W_{k+1} ⋯ W_L D_L."""
    if len(before) < 2 or len(after) < 2 or _block(before[-1:], after[:1], ctx) is None:
        return False
    outer = _block(before[-2:-1], after[1:2], ctx)
    return outer is not None and _block(before[-2:-1], before[-1:], ctx) is None


def _inside_a_pair(before: list[Item], after: list[Item], ctx: Context) -> tuple[Block, list[Item], list[Item]] | None:
    """Return the block of Jacobians where the dots stand in a pair: ∂a^L/∂z^L ∂z^L/∂a^{L-1} ⋯ ∂z^{k+1}/∂a^k ∂a^k/∂z^k.

    What is open for other factors is not for these: one of them alone does not fit behind itself.
    """
    operators = [operator_of(item.node, ctx) for item in (*before[-2:], *after[:2])]
    ends = [
        (o.numerator.text, o.variables[0].text)
        for o in operators
        if o is not None and o.numerator is not None and len(o.variables) == 1
    ]
    if len(ends) < 4 or ends[0][1] != ends[1][0] or ends[2][1] != ends[3][0]:
        return None
    first, second = _block(before[-1:], after[:1], ctx), _block(before[-2:-1], after[1:2], ctx)
    if first is None or second is None:
        return None
    shift = second.last - first.last
    next_one = second.first + (1 if _ascending(second, ctx) else -1)
    if not shift.is_const or first.first + shift != next_one:
        return None
    moved = Item(after[1].operator, _moved(second.nodes[0].node, shift.const))
    return Block((first.nodes[0], moved), first.first, first.last), before[:-1], after[2:]


def _moved(node: Node, shift: int) -> Node:
    """Return a factor as a function of a step that differs from its own by a number."""
    if node.symbol.startswith(STEP):
        return Name(node.span, f"{STEP}{int(node.symbol.removeprefix(STEP)) + shift:+d}")
    return mapped(node, lambda inner: _moved(inner, shift))


def _block(first: list[Item], last: list[Item], ctx: Context) -> Block | None:
    """Return the factors as a function of a step if first and last differ by one and the same shift of indices."""
    if any(isinstance(item.node, Dots) for item in last):
        return None
    if [i.operator for i in first[1:]] != [i.operator for i in last[1:]]:
        return None
    trees = tuple(Item("" if n == 0 else item.operator, normal(item.node)) for n, item in enumerate(first))
    others = tuple(normal(item.node) for item in last)
    found: Differences = {}
    for n, (one, other) in enumerate(zip(trees, others, strict=True)):
        inner = differences(one.node, other, (n,))
        if inner is None:
            return None
        found |= inner
    values = {path: _ends(pair, ctx) for path, pair in found.items()}
    known = {path: ends for path, ends in values.items() if ends is not None}
    shifts = {ends[1] - ends[0] for ends in known.values()}
    if len(known) != len(values) or len(shifts) != 1:
        return None
    start, end = min(known.values(), key=lambda ends: (str(ends[0]), str(ends[1])))
    markers = {path: _offset(ends[0] - start) for path, ends in known.items()}
    if None in markers.values():
        return None
    nodes = tuple(Item(item.operator, _marked(item.node, markers, n)) for n, item in enumerate(trees))
    return Block(nodes, start, end)


def _ends(pair: tuple[Node, Node], ctx: Context) -> tuple[Lin, Lin] | None:
    found = []
    for node in pair:
        cut = next(cuts(parts(node), 1), None)
        value = None if cut is None else index_value(cut[0], ctx)
        if value is None:
            return None
        found.append(value)
    return found[0], found[1]


def _offset(shift: Lin) -> str | None:
    """Return the letter for the step plus a number."""
    return f"{STEP}{shift.const:+d}" if shift.is_const else None


def _marked(node: Node, markers: dict[Path, str | None], position: int) -> Node:
    own = {path: marker for path, marker in markers.items() if path[0] == position and marker is not None}
    result = with_markers(node, own, (position,))
    assert isinstance(result, Node)
    return result


def _grown(block: Block, before: list[Item], after: list[Item], ctx: Context) -> tuple[Block, list[Item], list[Item]]:
    """Take in further copies of the block that are written out: W_1 W_2 ⋯ W_{L-1} W_L."""
    length = len(block.nodes)
    step = 1 if _ascending(block, ctx) else -1
    while len(before) >= length and _same(block, before[-length:], block.first - step, ctx):
        block, before = Block(block.nodes, block.first - step, block.last), before[:-length]
    while len(after) >= length and _same(block, after[:length], block.last + step, ctx):
        block, after = Block(block.nodes, block.first, block.last + step), after[length:]
    return block, before, after


def _same(block: Block, items: list[Item], at: Lin, ctx: Context) -> bool:
    """Return whether factors are the block at a step."""
    for n, (pattern, item) in enumerate(zip(block.nodes, items, strict=True)):
        found = differences(pattern.node, normal(item.node), (n,))
        if found is None:
            return False
        for mark, node in found.values():
            text = mark.text
            value = _ends((node, node), ctx)
            if not text.startswith(STEP) or value is None or value[0] != at + int(text.removeprefix(STEP)):
                return False
    return True


def _ascending(block: Block, ctx: Context) -> bool:
    """Return whether the step rises from the first to the last factor; a depth counts as more than any letter."""
    difference = block.last - block.first
    if difference.is_const:
        return difference.const >= 0
    depths = [c for atom, c in difference.terms if isinstance(atom, Size)]
    letters = [c for atom, c in difference.terms if isinstance(atom, Index)]
    signs = depths or letters
    return bool(signs) and signs[0] > 0


def _chain(block: Block, ctx: Context, node: Node) -> Tensor:
    step = fresh("t")
    offsets = {n.text for item in block.nodes for n in _marks(item.node)}
    letters = {text: lin(step) + int(text.removeprefix(STEP)) for text in offsets}
    start = len(ctx.log.uses)
    value = ctx.binding(letters).value(product_of(block.nodes))
    inside = [use for use in ctx.log.uses[start:] if step in use.value.indices()]
    ctx.log.uses[start:] = [use for use in ctx.log.uses[start:] if use not in inside]
    ends: list[dict[Index | Size, Lin]] = [{step: block.first}, {step: block.last}]
    ctx.log.borders += [use.subs(end) for use in inside for end in ends]
    if _ascending(block, ctx):
        return chain_of(value, step, Range(block.first, block.last), ctx, node)
    return chain_of(value, step, Range(block.last, block.first), ctx, node, descending=True)


def _marks(node: Node) -> list[Node]:
    from derive.reader.syntax import walk

    return [n for n in walk(node) if n.symbol.startswith(STEP)]


def chain_of(
    value: Tensor, step: Index, range_: Range, ctx: Context, node: Node, *, descending: bool = False
) -> Tensor:
    """Return the product of matrices M_lo ⋯ M_hi, or M_hi ⋯ M_lo, as a typed value; of scalars as Π.

    Raises: ShapeError if the factors do not fit together.
    """
    if value.is_scalar:
        return scalar(Prod(step, range_, value.body))
    if len(value.axes) != 2:
        if len(value.axes) > 2:
            raise ctx.unsupported(f"a product over {ctx.shape(value)}", node)
        raise ctx.misfit(f"a product over {ctx.shape(value)}", node)
    rows, columns = value.axes[::-1] if descending else value.axes
    above: dict[Index | Size, Lin] = {step: lin(step) + 1}
    if columns.range != rows.range.subs(above):
        raise ctx.misfit(
            f"the factors of this product do not fit: {ctx.said(columns.range.length)}, then "
            f"{ctx.said(rows.range.subs(above).length)}",
            node,
        )
    left, right = fresh("i"), fresh("j")
    body = Chain(step, range_, rows.index, columns.index, columns.range.hi, value.body, lin(left), lin(right))
    first: dict[Index | Size, Lin] = {step: range_.lo}
    last: dict[Index | Size, Lin] = {step: range_.hi}
    axes = (Axis(left, rows.range.subs(first)), Axis(right, columns.range.subs(last)))
    return Tensor(axes[::-1] if descending else axes, body, orientation_of(2))
