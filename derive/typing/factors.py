"""Factors with the operators between them, multiplied: side by side first, then ⊙ and ⊗."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.algebra.build import mul
from derive.algebra.expr import Diff, Expr, Var
from derive.reader.syntax import BigOperator, Node, walk
from derive.typing.context import Context
from derive.typing.contraction import divide, elementwise, inverse, multiply
from derive.typing.derivatives import operator_of
from derive.typing.tensor import ShapeError, Tensor, transpose

_PARTING = frozenset({"elementwise", "elementwise or scaled", "divided", "outer", "kronecker"})
"""Meanings of signs that bind less tightly than factors side by side."""


_DOTS = frozenset({r"\cdot", "*", "@"})
"""Signs that also stand for the inner product of two vectors."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor with the operator before it and its meaning."""

    operator: str
    meaning: str
    value: Tensor
    node: Node


def combine(factors: list[Factor], ctx: Context, node: Node) -> Tensor:
    """Multiply the factors: side by side first, then ⊙ and ⊗; from left to right alone if only that fits."""
    groups: list[list[Factor]] = [[]]
    for factor in factors:
        if factor.meaning in _PARTING and groups[-1]:
            groups.append([])
        groups[-1].append(factor)
    try:
        values = [replace(group[0], value=_fold(group, ctx)) for group in groups]
        return _fold(values, ctx)
    except ShapeError:
        if len(groups) == 1:
            raise
        try:
            return _fold(factors, ctx)
        except ShapeError:
            pass
        raise


def _fold(factors: list[Factor], ctx: Context) -> Tensor:
    factors = _below_slashes(factors, ctx)
    value, by = factors[0].value, _gradient_by(factors[0])
    inner = not _is_long_chain(factors, ctx)
    for factor in factors[1:]:
        ends = _jacobian(factor) if factor.meaning in {"product", "elementwise or scaled"} else None
        follows = ends is not None and ends[0] == by
        tensors = follows and value.orientation == "col" and ctx.choice("chain") == "tensors"
        value = _apply(value, factor, ctx, inner=inner, tensors=tensors)
        by = ends[1] if ends is not None and follows else None if factor.value.axes else by
    return value


def _below_slashes(factors: list[Factor], ctx: Context) -> list[Factor]:
    """Return the factors with what stands side by side behind a slash, a/bc, as one below it where it is read so."""
    found: list[Factor] = []
    for factor in factors:
        last = found[-1] if found else factor
        beside = not factor.operator and factor.meaning == "product" and not isinstance(factor.node, BigOperator)
        if last.meaning == "over" and beside and ctx.choice("slash") == "below":
            found[-1] = replace(last, value=_apply(last.value, factor, ctx, inner=True))
        else:
            found.append(factor)
    return found


def _is_long_chain(factors: list[Factor], ctx: Context) -> bool:
    """Return whether three arrays or more, a derivative among them, are multiplied: no dot is an inner product then."""
    arrays = [factor.node for factor in factors if factor.value.axes]
    return len(arrays) > 2 and any(operator_of(inner, ctx) is not None for node in arrays for inner in walk(node))


def _gradient_by(factor: Factor) -> str | None:
    """Return the name of u where a factor is ∂L/∂u of a scalar, or a name for it; None for ∇_u L and anything else."""
    body = factor.value.body
    return body.var.name if factor.value.partial and isinstance(body, Diff) else None


def _jacobian(factor: Factor) -> tuple[str, str] | None:
    """Return the names of u and v where a factor is ∂u/∂v in numerator layout."""
    body = factor.value.body
    known = isinstance(body, Diff) and isinstance(body.body, Var) and factor.value.outer
    return (body.body.name, body.var.name) if known and isinstance(body, Diff) and isinstance(body.body, Var) else None


def _apply(left: Tensor, factor: Factor, ctx: Context, *, inner: bool, tensors: bool = False) -> Tensor:
    """Return the product with one more factor.

    A dot between two columns is their inner product where `inner`; `tensors` is as in `multiply`.
    """
    right, node = factor.value, factor.node
    if factor.meaning in {"elementwise", "elementwise or scaled"}:
        right = _laid_along(left, right, ctx)
    match factor.meaning:
        case "elementwise" if left.is_scalar != right.is_scalar and not (left.special or right.special):
            raise ctx.misfit(f"{ctx.shape(left)} {factor.operator} {ctx.shape(right)}: the shapes differ", node)
        case "elementwise":
            return elementwise(left, right, ctx, node, mul, factor.operator)
        case "elementwise or scaled" if left.axes and right.axes:
            try:
                return elementwise(left, right, ctx, node, mul, factor.operator)
            except ShapeError:  # between a column and a row, or before a Jacobian, the sign can only be a product
                if not right.outer and (left.orientation != "col" or right.orientation != "row"):
                    raise
                return multiply(left, right, ctx, node, tensors=tensors)
        case "divided":
            return elementwise(left, right, ctx, node, _quotient, factor.operator)
        case "over":
            return divide(left, right, ctx, node)
        case "outer":
            return outer(left, right, ctx, node)
        case "kronecker":
            raise ctx.fault("the Kronecker product of arrays is not supported", node)
    return multiply(left, right, ctx, node, dot=inner and factor.operator in _DOTS, tensors=tensors)


def _laid_along(left: Tensor, right: Tensor, ctx: Context) -> Tensor:
    """Return a vector turned as the one before it, where derivatives are rows and are paired with columns."""
    crossed = left.is_vector and right.is_vector and {left.orientation, right.orientation} == {"row", "col"}
    lying = ctx.reading["gradients"] == "row" or ctx.reading["errors"] == "row"
    turned = crossed and lying and ctx.choice("pairs") == "entries"
    return replace(right, orientation=left.orientation) if turned else right


def _quotient(left: Expr, right: Expr) -> Expr:
    return mul(left, inverse(right))


def outer(left: Tensor, right: Tensor, ctx: Context, node: Node) -> Tensor:
    """Return u vᵀ of two vectors. Raises: LatexError for anything else."""
    if not (left.is_vector and right.is_vector):
        raise ctx.fault(r"\otimes between other things than two vectors; say what it means in [operators]", node)
    column = left if left.orientation != "row" else transpose(left)
    row = right if right.orientation == "row" else replace(right, orientation="row")
    return multiply(replace(column, orientation="col"), row, ctx, node)
