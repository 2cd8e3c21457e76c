"""Equations of vectorised matrices: vec stacks the columns of a matrix, and (P ⊗ Q) vec(X) = vec(Q X Pᵀ).

Both sides are read as the matrices that they stack. A column stands for itself, as a matrix of one column, and
p ⊗ q of two columns for q pᵀ. Where vec stacks rows, (P ⊗ Q) vec(X) = vec(P X Qᵀ), and p ⊗ q stands for p qᵀ.
"""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.build import MINUS_ONE, mul
from derive.algebra.index import Size
from derive.reader.syntax import Additive, Group, Item, Node, Product, product_of, walk
from derive.typing.ceiling import Reason, only_refutes
from derive.typing.context import Context
from derive.typing.contraction import combine_terms, multiply
from derive.typing.tensor import Tensor, transpose


def is_vectorised(node: Node, ctx: Context) -> bool:
    """Return whether a side speaks of vec, or of Kronecker products where the model says that ⊗ is one."""
    kronecker = ctx.table.operators.get(r"\otimes") == "kronecker"
    for inner in walk(node):
        if inner.word == "vec" and "vec" not in ctx.table.entries:
            return True
        if kronecker and isinstance(inner, Product) and any(item.operator == r"\otimes" for item in inner.items):
            return True
    return False


def stacked(node: Node, ctx: Context) -> Tensor:
    """Return the matrix whose columns a side stacks, a column where there is only one.

    Raises: LatexError where the side is nothing of that kind; ShapeError where shapes do not fit.
    """
    if not is_vectorised(node, ctx):
        return _column(ctx.value(node), node, ctx)
    match node:
        case Additive(_, terms):
            total: Tensor | None = None
            for term in terms:
                value = stacked(term.node, ctx)
                if total is None:
                    total = _negative(value) if term.sign == "-" else value
                else:
                    total = combine_terms(total, value, -1 if term.sign == "-" else 1, ctx, term.node)
            if total is not None:
                return total
        case Group(_, "(" | "[", _, body):
            return stacked(body, ctx)
        case Product(_, items):
            return _product(items, node, ctx)
    raise ctx.unsupported("this side is no stack of columns", node)


def _product(items: tuple[Item, ...], node: Node, ctx: Context) -> Tensor:
    """Read factors from the right: vec(X) or a column, then matrices P ⊗ Q, matrices and numbers in front of it."""
    if _is_vec(items[0].node) and len(items) == 2 and not items[1].operator:
        value = ctx.value(items[1].node)
        return value if len(value.axes) == 2 else _column(value, node, ctx)
    cut = next((n for n, item in enumerate(items) if item.operator == r"\otimes"), None)
    if cut is not None:
        left, right = ctx.value(_joined(items[:cut])), ctx.value(_joined(items[cut:]))
        return _outer(_column(left, node, ctx), _column(right, node, ctx), node, ctx)
    if any(item.operator not in {"", r"\cdot"} for item in items):
        raise ctx.unsupported("this product is no stack of columns", node)
    last = len(items) - (2 if len(items) > 1 and _is_vec(items[-2].node) else 1)
    value = stacked(_joined(items[last:]), ctx)
    for item in reversed(items[:last]):
        value = _applied(item.node, value, node, ctx)
    return value


def _applied(factor: Node, value: Tensor, node: Node, ctx: Context) -> Tensor:
    """Return c X, A x, or Q X Pᵀ for a factor P ⊗ Q; transposing P ⊗ Q transposes both."""
    pair = _kronecker(factor, ctx)
    if pair is None:
        matrix = ctx.value(factor)
        if matrix.is_scalar or value.is_vector:
            return multiply(matrix, value, ctx, node)
        raise ctx.unsupported("a matrix in front of a vectorised one", factor)
    first, second = pair
    if value.is_vector and first.is_vector:  # (p ⊗ Q) x = p ⊗ Q x
        return _outer(first, multiply(second, value, ctx, node), node, ctx)
    if value.is_vector and second.is_vector:  # (P ⊗ q) x = P x ⊗ q
        return _outer(multiply(first, value, ctx, node), second, node, ctx)
    if value.is_vector:
        raise ctx.unsupported("a Kronecker product in front of a column that is no stack", factor)
    if ctx.choice("stacking") == "rows":
        first, second = second, first
    return multiply(multiply(second, value, ctx, node), transpose(first), ctx, node)


def _outer(first: Tensor, second: Tensor, node: Node, ctx: Context) -> Tensor:
    """Return the matrix that p ⊗ q stacks: q pᵀ by its columns, p qᵀ by its rows."""
    if ctx.choice("stacking") == "rows":
        first, second = second, first
    return multiply(second, transpose(first), ctx, node)


def _kronecker(node: Node, ctx: Context) -> tuple[Tensor, Tensor] | None:
    """Return P and Q of (P ⊗ Q), perhaps transposed; None for anything else."""
    turned = node.sub is None and node.sup is not None and node.sup.is_transpose
    inner = node.base if turned else node
    body = inner.body if isinstance(inner, Group) and inner.opening in "([" else None
    if not isinstance(body, Product):
        return None
    cut = next((n for n, item in enumerate(body.items) if item.operator == r"\otimes"), None)
    if cut is None:
        return None
    first, second = ctx.value(_joined(body.items[:cut])), ctx.value(_joined(body.items[cut:]))
    return (transpose(first), transpose(second)) if turned else (first, second)


def _joined(items: tuple[Item, ...]) -> Node:
    return product_of(items)


def _is_vec(node: Node) -> bool:
    return node.key == "vec"


def _column(value: Tensor, node: Node, ctx: Context) -> Tensor:
    if not value.is_vector or value.orientation == "row":
        raise ctx.unsupported(f"{ctx.shape(value)} where a column is stacked", node)
    return value


def _negative(value: Tensor) -> Tensor:
    return replace(value, body=mul(MINUS_ONE, value.body))


def settle_stacks(left: Tensor, right: Tensor, ctx: Context) -> None:
    """Let stacks of equal length but different columns, p ⊗ q beside q ⊗ p, meet where both sizes are 2.

    There they can differ, and then they differ in general; what agrees there is left in doubt.
    """
    if len(left.axes) != 2 or len(right.axes) != 2:
        return
    for a, b in zip(left.ranges, right.ranges, strict=True):
        if ctx.same_range(a, b) or not isinstance(a.hi.atom, Size) or not isinstance(b.hi.atom, Size):
            continue
        ctx.log.sizes.update({a.hi.atom: 2, b.hi.atom: 2})
        ctx.log.limit(only_refutes(Reason("the columns that the two sides stack have different lengths")))
