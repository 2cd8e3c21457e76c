"""Factors with the operators between them, multiplied: side by side first, then ⊙ and ⊗."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.algebra.expr import Expr
from derive.reader.syntax import (
    Node,
)
from derive.typing.context import Context
from derive.typing.contraction import divide, elementwise, inverse, multiply
from derive.typing.folding import mul
from derive.typing.tensor import ShapeError, Tensor, transpose

LOOSE = {
    r"\odot": "elementwise",
    r"\oslash": "divided",
    r"\circ": "elementwise",
    r"\otimes": "outer",
    r"\bullet": "elementwise",
}


TIGHT = {
    "": "product",
    r"\cdot": "product",
    r"\times": "product",
    "*": "product",
    "@": "product",
    r"\ast": "product",
    "/": "over",
    r"\div": "over",
}


_PARTING = frozenset({"elementwise", "elementwise or scaled", "divided", "outer", "kronecker"})
"""Meanings of signs that bind less tightly than factors side by side."""


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
    value = factors[0].value
    for factor in factors[1:]:
        value = _apply(value, factor, ctx)
    return value


def _apply(left: Tensor, factor: Factor, ctx: Context) -> Tensor:
    right, node = factor.value, factor.node
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
                return multiply(left, right, ctx, node)
        case "divided":
            return elementwise(left, right, ctx, node, _quotient, factor.operator)
        case "over":
            return divide(left, right, ctx, node)
        case "outer":
            return outer(left, right, ctx, node)
        case "kronecker":
            raise ctx.fault("the Kronecker product of arrays is not supported", node)
    return multiply(left, right, ctx, node, dot=factor.operator in {r"\cdot", "*", "@"})


def _quotient(left: Expr, right: Expr) -> Expr:
    return mul(left, inverse(right))


def outer(left: Tensor, right: Tensor, ctx: Context, node: Node) -> Tensor:
    """Return u vᵀ of two vectors. Raises: LatexError for anything else."""
    if not (left.is_vector and right.is_vector):
        raise ctx.fault(r"\otimes between other things than two vectors; say what it means in [operators]", node)
    column = left if left.orientation != "row" else transpose(left)
    row = right if right.orientation == "row" else replace(right, orientation="row")
    return multiply(replace(column, orientation="col"), row, ctx, node)
