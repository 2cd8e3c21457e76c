"""Functions of NumPy in formulas: np.sum(dZ, axis=1, keepdims=True), np.dot(W, X), np.multiply(A, B).

Among them prod(∂L/∂u, ∂u/∂v), which in some textbooks is the product of the chain rule whatever the shapes.
"""

from __future__ import annotations

from functools import reduce

from derive.algebra.build import mul, sum_over
from derive.algebra.expr import ONE, IndexValue, Pow
from derive.reader.syntax import Node, Number, Relation
from derive.typing.context import Context
from derive.typing.contraction import elementwise, inverse, multiply
from derive.typing.factors import outer
from derive.typing.heads import Head
from derive.typing.powers import TWO, total_of
from derive.typing.tensor import Tensor, scalar, transpose

_AXIS = frozenset({"axis", "dim"})
_SAYS_NOTHING = frozenset({"keepdims", "keepdim"})


def library_function(head: Head, nodes: list[Node], ctx: Context) -> Tensor:
    """Return the value of a function of NumPy; `nodes` are its arguments, with names where they have one.

    Raises: LatexError for arguments that it does not take; ShapeError where shapes do not fit.
    """
    if head.primes:
        raise ctx.fault("a prime on a function of arrays", head.node)
    axis, plain = _keywords(head, nodes, ctx)
    values = [ctx.value(node) for node in plain]
    name = head.function.name
    if name == "prod" and axis is None and len(values) > 1:
        return reduce(lambda left, right: multiply(left, right, ctx, head.node, tensors=True), values)
    count = 2 if name in {"dot", "multiply", "outer"} else 1
    if name == "prod" or len(values) != count or (axis is not None and name not in {"sum", "mean"}):
        raise ctx.fault(f'cannot read the arguments of "{ctx.text(head.node)}"', head.node, f"{count} of them")
    if any(value.special for value in values):
        raise ctx.fault("a function of the identity", head.node)
    first, second = values[0], values[-1]
    match name:
        case "dot":
            return multiply(first, second, ctx, head.node, dot=True)
        case "multiply" if first.axes and second.axes:
            return elementwise(first, second, ctx, head.node, mul, "*")
        case "multiply":
            return multiply(first, second, ctx, head.node)
        case "outer":
            return outer(first, second, ctx, head.node)
        case "transpose":
            return transpose(first)
        case "square":
            return first.with_body(Pow(first.body, TWO))
    return _reduced(first, axis, name == "mean", ctx, head.node)


def _keywords(head: Head, nodes: list[Node], ctx: Context) -> tuple[int | None, list[Node]]:
    """Return the axis and the arguments without names. Raises: LatexError for another argument with a name."""
    axis: int | None = None
    plain: list[Node] = []
    for node in nodes:
        if not isinstance(node, Relation):
            plain.append(node)
            continue
        key, value = node.first.text, node.links[0].node
        if key in _AXIS and isinstance(value, Number) and value.text in {"0", "1"} and len(node.links) == 1:
            axis = int(value.text)
        elif key not in _SAYS_NOTHING:
            raise ctx.fault(f'cannot read the argument "{key}"', node, "axis = 0, axis = 1 or keepdims = True")
    return axis, plain


def _reduced(value: Tensor, axis: int | None, mean: bool, ctx: Context, node: Node) -> Tensor:
    """Return the sum or the mean over one axis, as a vector that may stand for a column or a row, or over all."""
    taken = value.axes
    if axis is None:
        total = scalar(total_of(value, value.body, ctx))
    elif len(value.axes) != 2:
        raise ctx.fault(f"cannot tell axis {axis} of {ctx.shape(value)}", node, "a matrix")
    else:
        taken, kept = (value.axes[axis],), value.axes[1 - axis]
        body = sum_over(taken[0].index, ctx.fixed(taken[0].range), value.body)
        total = Tensor((kept,), body, "free")
    if not mean:
        return total
    lengths = [ctx.fixed(one.range).length for one in taken]
    sizes = [ONE if n.is_const and n.const == 1 else inverse(IndexValue(n)) for n in lengths]
    return total.with_body(mul(*sizes, total.body))
