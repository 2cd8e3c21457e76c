"""Products of typed values: matrix products contract, scalars scale, ⊙ pairs equal axes. Shapes are checked here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from derive.algebra.build import add, mul, sum_over
from derive.algebra.expr import ZERO, Expr, Iverson, Mul, Num, Pow, Var
from derive.algebra.index import Index, Lin, Size, fresh, lin
from derive.algebra.substitute import subs
from derive.names.table import Orientation
from derive.reader.syntax import Node
from derive.typing.context import Context
from derive.typing.tensor import Axis, Tensor, orientation_of


def multiply(
    left: Tensor, right: Tensor, ctx: Context, node: Node, *, dot: bool = False, tensors: bool = False
) -> Tensor:
    """Return the product: scalars scale, a row times a column is a number, otherwise the inner axes are contracted.

    `dot` allows the product of two vectors of the same orientation, as `a \\cdot b`; `tensors` a column ∂L/∂u before
    ∂u/∂v, of which all axes of u are summed.
    Raises: ShapeError if the inner axes differ.
    """
    if left.special == "identity" and not right.is_scalar:
        return right.with_body(mul(left.body, right.body))
    if right.special == "identity" and not left.is_scalar:
        return left.with_body(mul(left.body, right.body))
    if left.is_scalar:
        return replace(right, body=mul(left.body, right.body))
    if right.is_scalar:
        return replace(left, body=mul(left.body, right.body))
    left, right = left.renamed(), right.renamed()
    if _is_chain(left, right, ctx, tensors):
        return _chain_rule(left, right, ctx)
    if left.is_vector and right.is_vector:
        return _vectors(left, right, ctx, node, dot)
    if left.is_vector and (left.orientation == "col" or len(right.axes) > 2):
        raise ctx.misfit(f"{ctx.shape(left)} cannot be multiplied by {ctx.shape(right)}", node)
    if right.is_vector and right.orientation == "row":
        raise ctx.misfit(f"{ctx.shape(left)} cannot be multiplied by {ctx.shape(right)}", node)
    return _contract(left, right, ctx, node)


def _is_chain(left: Tensor, right: Tensor, ctx: Context, tensors: bool) -> bool:
    """Return whether the product is ∂L/∂u ∂u/∂v, of which all axes of u are summed.

    Arrays of more than two axes have no orientation; a Jacobian that is a matrix is multiplied as one, so that a column
    does not fit before it.
    """
    count = right.outer
    if not count or len(left.axes) < count:
        return False
    if len(right.axes) < 3 and left.orientation == "col" and not tensors:
        return False
    pairs = zip(left.axes[-count:], right.axes[:count], strict=True)
    return all(ctx.same_range(mine.range, other.range) for mine, other in pairs)


def _chain_rule(left: Tensor, right: Tensor, ctx: Context) -> Tensor:
    """Return Σ_u (∂L/∂u) (∂u/∂v), with the shape of v where ∂L/∂u is a column."""
    count = right.outer
    right = right.counted_like((*left.ranges[-count:], *right.ranges[count:]))
    left, right = replace(left, axes=_fixed(left, ctx)), replace(right, axes=_fixed(right, ctx))
    kept, summed = left.axes[:-count], left.axes[-count:]
    own: dict[Index | Size, Lin] = {b.index: lin(a.index) for a, b in zip(summed, right.axes, strict=False)}
    body = mul(left.body, subs(right.body, own))
    for axis in reversed(summed):
        body = sum_over(axis.index, axis.range, body)
    axes = (*kept, *right.axes[count:])
    single: Orientation = "row" if left.is_vector and left.orientation == "row" else "col"
    return Tensor(axes, body, orientation_of(len(axes), single), outer=left.outer if kept else 0)


def _vectors(left: Tensor, right: Tensor, ctx: Context, node: Node, dot: bool) -> Tensor:
    outer = (
        left.orientation == "col" and right.orientation in {"row", "free"} and not (dot and right.orientation == "free")
    )
    if outer:
        return Tensor((*left.axes, *right.axes), mul(left.body, right.body), "matrix")
    if left.orientation == right.orientation and left.orientation != "free" and not dot:
        raise ctx.misfit(f"{ctx.shape(left)} cannot be multiplied by {ctx.shape(right)}", node)
    return _contract(left, right, ctx, node)


def _contract(left: Tensor, right: Tensor, ctx: Context, node: Node) -> Tensor:
    inner, first = left.axes[-1], right.axes[0]
    if not ctx.same_range(inner.range, first.range):
        raise ctx.misfit(
            f"{ctx.shape(left)} cannot be multiplied by {ctx.shape(right)}: "
            f"{ctx.said(inner.range.length)} is not {ctx.said(first.range.length)}",
            node,
        )
    right = right.counted_like((inner.range, *right.ranges[1:]))
    left, right = replace(left, axes=_fixed(left, ctx)), replace(right, axes=_fixed(right, ctx))
    body = mul(left.body, subs(right.body, {first.index: lin(inner.index)}))
    axes = (*left.axes[:-1], *right.axes[1:])
    single: Orientation = "col" if len(left.axes) > 1 else "row"
    summed = sum_over(inner.index, ctx.fixed(inner.range), body)
    return Tensor(axes, summed, orientation_of(len(axes), single))


def _fixed(value: Tensor, ctx: Context) -> tuple[Axis, ...]:
    return tuple(Axis(axis.index, ctx.fixed(axis.range)) for axis in value.axes)


def elementwise(
    left: Tensor, right: Tensor, ctx: Context, node: Node, combine: Callable[[Expr, Expr], Expr], sign: str
) -> Tensor:
    """Return the entry by entry combination of two arrays of the same shape.

    Raises: ShapeError if the shapes differ.
    """
    left, right = like(left, right), like(right, left)
    left, right = aligned(left, right, ctx, node, sign)
    return left.with_body(combine(left.body, right.body))


def aligned(left: Tensor, right: Tensor, ctx: Context, node: Node, sign: str) -> tuple[Tensor, Tensor]:
    """Return two arrays of the same shape over the same axis indices.

    Raises: ShapeError if numbers of axes, orientations or sizes differ.
    """
    orientation = left.orientation if right.orientation == "free" else right.orientation
    fit = len(left.axes) == len(right.axes) and left.orientation in {orientation, "free"}
    if not fit or not all(ctx.same_range(a.range, b.range) for a, b in zip(left.axes, right.axes, strict=True)):
        message = f"{ctx.shape(left)} {sign} {ctx.shape(right)}: the shapes differ"
        if sign == "=":
            message = f"the left side is {ctx.shape(left)}, the right side {ctx.shape(right)}"
        raise ctx.misfit(message, node)
    left = left.renamed()
    right = right.counted_like(left.ranges).over(tuple(axis.index for axis in left.axes))
    axes = tuple(Axis(axis.index, ctx.fixed(axis.range)) for axis in left.axes)
    return replace(left, axes=axes, orientation=orientation), replace(right, axes=axes, orientation=orientation)


def like(value: Tensor, other: Tensor) -> Tensor:
    """Give a zero or an identity the shape of the array that it stands beside."""
    if value.special == "identity" and len(other.axes) == 2:
        rows = other.axes[0]
        index, column = fresh("i"), fresh("j")
        body = mul(value.body, Iverson("=", lin(index), lin(column)))
        return Tensor((Axis(index, rows.range), Axis(column, rows.range)), body, "matrix")
    if value.is_scalar and value.body == ZERO and other.axes:
        axes = tuple(Axis(fresh(axis.index.name), axis.range) for axis in other.axes)
        return Tensor(axes, ZERO, other.orientation)
    return value


def combine_terms(left: Tensor, right: Tensor, sign: int, ctx: Context, node: Node) -> Tensor:
    """Return left ± right. A plain number beside an array is added to each entry (1 - H).

    With `broadcast` in the model a column is added to every column of a matrix, a row to every row.
    Raises: ShapeError if the shapes differ.
    """
    left, right = like(left, right), like(right, left)
    if sign < 0:
        right = replace(right, body=mul(Num(Fraction(-1)), right.body))
    if left.is_scalar and _is_number(left.body) and right.axes:
        return right.with_body(add(left.body, right.body))
    if right.is_scalar and _is_number(right.body) and left.axes:
        return left.with_body(add(left.body, right.body))
    if left.is_scalar != right.is_scalar and not (left.special or right.special):
        if ctx.table.broadcast or ctx.choice("broadcast") == "entries":
            return (right if left.is_scalar else left).with_body(add(left.body, right.body))
        message = f"{ctx.shape(left)} {'+' if sign > 0 else '-'} {ctx.shape(right)}: the shapes differ"
        raise ctx.misfit(f"{message} (broadcast = true adds a number to every entry)", node)
    if left.special and left.special == right.special:
        return replace(left, body=add(left.body, right.body))
    if ctx.table.broadcast and {len(left.axes), len(right.axes)} == {1, 2}:
        return _broadcast(left, right, ctx, node, add)
    left, right = aligned(left, right, ctx, node, "+" if sign > 0 else "-")
    return left.with_body(add(left.body, right.body))


def _is_number(expr: Expr) -> bool:
    match expr:
        case Num():
            return True
        case Mul(args):
            return all(map(_is_number, args))
    return False


def _broadcast(left: Tensor, right: Tensor, ctx: Context, node: Node, combine: Callable[[Expr, Expr], Expr]) -> Tensor:
    """Return a matrix combined with a vector: a column goes along the rows' axis, a row along the columns'.

    A vector of ℝ^M that fits the rows alone is added to every row, as arrays of one axis are in programs.
    """
    matrix, vector = (left, right) if len(left.axes) == 2 else (right, left)
    rows, columns = matrix.axes
    own = vector.axes[0].range
    axis = columns if vector.orientation == "row" else rows
    if vector.orientation != "row" and ctx.fixed(own) == ctx.fixed(columns.range) != ctx.fixed(rows.range):
        axis = columns
        if isinstance(vector.body, Var):
            ctx.log.flat.add(vector.body.name)
    if not ctx.same_range(axis.range, vector.axes[0].range):
        raise ctx.misfit(f"{ctx.shape(vector)} cannot be added to, or go along, {ctx.shape(matrix)}", node)
    other = vector.counted_like((axis.range,)).at(lin(axis.index))
    return matrix.with_body(combine(matrix.body, other) if matrix is left else combine(other, matrix.body))


def divide(left: Tensor, right: Tensor, ctx: Context, node: Node) -> Tensor:
    """Return left / right; an array is divided by one of the same shape, or a number by an array, entry by entry.

    Raises: ShapeError if the shapes differ.
    """
    if right.special or (left.special and right.axes):
        raise ctx.fault("a fraction with the identity", node)
    if right.axes and not left.axes:
        return right.with_body(mul(left.body, inverse(right.body)))
    if ctx.table.broadcast and len(left.axes) == 2 and len(right.axes) == 1:
        return _broadcast(left, right, ctx, node, lambda a, b: mul(a, inverse(b)))
    if right.axes:
        return elementwise(left, right, ctx, node, lambda a, b: mul(a, inverse(b)), "/")
    return replace(left, body=mul(left.body, inverse(right.body)))


def inverse(expr: Expr) -> Expr:
    """Return 1/expr, a number as a number."""
    if isinstance(expr, Num) and expr.value != 0:
        return Num(1 / expr.value)
    return Pow(expr, Num(Fraction(-1)))
