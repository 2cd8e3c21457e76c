"""Products over ranges: ∏ f as exp Σ log f where every f is positive, and products of matrices, (M_lo ⋯ M_hi)[i, j]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.algebra import elementary, signs
from derive.algebra.arithmetic import multiply, power, product
from derive.algebra.expr import Chain, Expr, Sum
from derive.algebra.factors import ONE_POLY, IversonFactor, LambdaFactor, Poly, add, number, poly_of, subtract
from derive.algebra.index import Index, Range, fresh, lin
from derive.algebra.substitute import subs as subs_expr
from derive.algebra.summation import count, sum_over

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_CHAIN = 6  # matrix products of at most this known length are multiplied out


def product_over_range(algebra: Algebra, index: Index, range_: Range, body: Expr) -> Poly:
    length = range_.length
    if length.is_const and length.const <= algebra.unroll:
        values = (range_.lo + n for n in range(length.const))
        return product(algebra, (algebra.normal(subs_expr(body, {index: value})) for value in values))
    own = fresh(index.name)
    algebra.ranges[own] = range_
    return product_over(algebra, own, range_, algebra.normal(subs_expr(body, {index: lin(own)})))


def product_over(algebra: Algebra, index: Index, range_: Range, factor: Poly) -> Poly:
    """Return ∏ f: exp Σ log f where every f is surely positive, else factors that are products of their own."""
    logarithm = _log_of_product(algebra, index, range_, factor)
    if logarithm is not None:
        return algebra.exp(logarithm)
    bound, part, height = algebra.close([(index, range_)], factor)
    if bound[0][0] not in part.free:
        return algebra.raised(part, count(algebra, range_))
    if part.single is not None and part != poly_of(part.single[0][0][0]):
        return _split_product(algebra, bound, part)
    return poly_of(LambdaFactor("prod", "", (bound,), (part,), (), height))


def _log_of_product(algebra: Algebra, index: Index, range_: Range, factor: Poly) -> Poly | None:
    """Return log ∏ f = Σ log f; None unless every f is surely positive, both where a condition holds and not."""
    conditions = tuple(dict.fromkeys(f for f in factor.factors() if isinstance(f, IversonFactor)))
    if not conditions:
        sure = algebra.surely_positive(factor)
        return sum_over(algebra, index, range_, elementary.log(algebra, factor)) if sure else None
    holds = poly_of(conditions[0])
    inside, outside = signs.at_one_and_zero(factor, conditions[0])
    if conditions[0].relation == "=" and abs(coefficient := dict(conditions[0].e.terms).get(index, 0)) == 1:
        inside = algebra.subs(inside, {index: lin(index) - conditions[0].e * coefficient})
    if len(conditions) > 1 or not (algebra.surely_positive(inside) and algebra.surely_positive(outside)):
        return None
    terms = [multiply(algebra, holds, elementary.log(algebra, inside))]
    terms.append(multiply(algebra, subtract(ONE_POLY, holds), elementary.log(algebra, outside)))
    return sum_over(algebra, index, range_, add(*terms))


def _split_product(algebra: Algebra, bound: tuple[tuple[Index, Range | None], ...], part: Poly) -> Poly:
    """∏ c·f·g^e = c^n · ∏ f · (∏ g)^e."""
    assert part.single is not None
    m, c = part.single
    ((index, range_),) = bound
    assert range_ is not None
    pieces = [algebra.raised(number(c), count(algebra, range_))]
    for factor, e in m:
        if index in factor.free:
            b, p, h = algebra.close(*algebra.open(bound, poly_of(factor)))
            pieces.append(power(algebra, poly_of(LambdaFactor("prod", "", (b,), (p,), (), h)), e))
        else:
            pieces.append(algebra.raised(poly_of(factor, e), count(algebra, range_)))
    return product(algebra, pieces)


def matrix_chain(algebra: Algebra, expr: Chain) -> Poly:
    length = expr.range.length
    if algebra.context.zero(length):
        return algebra.iverson("=", expr.left - expr.right)
    if length.is_const and 0 < length.const <= MAX_CHAIN:
        return algebra.normal(peel(expr))
    bounds = [(expr.index, expr.range), (expr.row, None), (expr.col, Range(lin(1), expr.cols))]
    bound, part, height = algebra.bound_part(bounds, expr.body)
    return poly_of(LambdaFactor("chain", "", (bound,), (part,), (expr.left, expr.right), height))


def peel(chain: Chain) -> Expr:
    """Write the first factor of a product of matrices apart: (M_lo · rest)[left, right]."""
    first = chain.range.lo
    middle = fresh("q")
    here = subs_expr(chain.body, {chain.index: first, chain.row: chain.left, chain.col: lin(middle)})
    rest = Chain(
        chain.index,
        Range(first + 1, chain.range.hi),
        chain.row,
        chain.col,
        chain.cols,
        chain.body,
        lin(middle),
        chain.right,
    )
    return Sum(middle, Range(lin(1), chain.cols.subs({chain.index: first})), here * rest)
