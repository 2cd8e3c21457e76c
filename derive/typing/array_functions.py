"""Functions of whole arrays: softmax, log Σ exp, diag, trace, open scalars of arrays."""

from __future__ import annotations

from derive.algebra.build import MINUS_ONE, add, mul, sum_over
from derive.algebra.expr import Functional, Iverson, Lambda
from derive.algebra.functions import call
from derive.algebra.index import fresh, lin
from derive.typing.context import Context
from derive.typing.contraction import inverse, like
from derive.typing.heads import Head
from derive.typing.powers import total_of
from derive.typing.tensor import Axis, Tensor, orientation_of, scalar

ARRAY_FUNCTIONS = frozenset({"diag", "Diag", "tr", "trace", "Tr", "Trace"})


def single(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    if len(values) != 1 or head.primes:
        raise ctx.fault(f'"{ctx.text(head.node)}" takes one argument and no prime', head.node)
    return values[0]


def softmax_of(head: Head, value: Tensor, ctx: Context) -> Tensor:
    """Return softmax(x)_i = exp(x_i) / Σ_m exp(x_m), log softmax, or log Σ exp, along one axis."""
    if not value.axes:
        raise ctx.misfit(f"the softmax of {ctx.shape(value)}", head.node)
    if len(value.axes) > 2 or (len(value.axes) == 2 and not head.function.axis):
        raise ctx.fault("softmax of a matrix: say over rows or over columns in [functions]", head.node)
    along = 0
    if len(value.axes) == 2:
        along = 1 if head.function.axis == "rows" else 0
    axis = value.axes[along]
    index = fresh(axis.index.name)
    other = value.at(*(lin(index if n == along else a.index) for n, a in enumerate(value.axes)))
    total = sum_over(index, ctx.fixed(axis.range), call("exp", other))
    match head.function.kind:
        case "log_softmax":
            return value.with_body(add(value.body, mul(MINUS_ONE, call("log", total))))
        case "logsumexp":
            axes = tuple(a for n, a in enumerate(value.axes) if n != along)
            return Tensor(axes, call("log", total), orientation_of(len(axes)))
    return value.with_body(mul(call("exp", value.body), inverse(total)))


def array_function(head: Head, value: Tensor, ctx: Context) -> Tensor:
    """Return diag(v), a matrix with v on its diagonal, diag(M), or the trace of a square matrix."""
    trace = head.function.name.lower().startswith("tr")
    if not trace and value.is_vector:
        index = fresh("j")
        axis = value.axes[0]
        body = mul(Iverson("=", lin(axis.index), lin(index)), value.body)
        return Tensor((axis, Axis(index, axis.range)), body, "matrix")
    if trace and value.is_scalar:
        return value
    if len(value.axes) != 2 or not ctx.same_range(value.axes[0].range, value.axes[1].range):
        raise ctx.misfit(f"{head.function.name} of {ctx.shape(value)}", head.node)
    row = value.axes[0]
    diagonal = Tensor((row,), value.at(lin(row.index), lin(row.index)), "col")
    return scalar(total_of(diagonal, diagonal.body, ctx)) if trace else diagonal


def functional(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return an open scalar of whole arrays, l(o, y)."""
    if head.primes:
        raise ctx.fault("a prime on a function of arrays", head.node)
    return scalar(Functional(head.function.name, tuple(map(_array, values)), (), head.idx))


def _array(value: Tensor) -> Lambda:
    shaped = like(value, value).renamed()
    return Lambda(tuple(axis.index for axis in shaped.axes), shaped.ranges, shaped.body)


def extreme(head: Head, value: Tensor, ctx: Context) -> Tensor:
    """Return max(x) or min(x), the largest or smallest entry of an array.

    Raises: LatexError for a single number.
    """
    if not value.axes or value.special:
        raise ctx.fault(f'"{ctx.text(head.node)}" of a single number', head.node, "an array, or two numbers")
    if head.primes:
        raise ctx.fault("a prime on a function of arrays", head.node)
    name, array = f"{head.function.name} of", _array(value)
    match array.body:  # max_i max_j x_ij is max over i and j
        case Functional(other, (inner,), ()) if other == name:
            array = Lambda((*array.indices, *inner.indices), (*array.ranges, *inner.ranges), inner.body)
    return scalar(Functional(name, (array,)))
