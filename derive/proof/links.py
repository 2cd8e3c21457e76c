"""Sums whose terms hang on an end of the range by a product of matrices: ∂L/∂h_t = Σ_{s=t}^{T} (Wᵀ)^{s-t} g_s.

From one end m to the next, such a sum T(m) = Σ_{s=m}^{hi} (M_{m+1} ··· M_s v_s) is a term and one more matrix:

    T(m, p) = (v_m)_p + Σ_q M_{m+1}[p, q] T(m+1, q)

and so it is upwards, h_t = Σ_{s=1}^{t} V^{t-s} W x_s, and for products of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from derive.algebra.expr import ONE, Chain, Expr, Iverson, Mul, Prod, Sum
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import mentions, subs, walk
from derive.proof.claim import Claim


@dataclass(frozen=True, slots=True)
class Link:
    """The matrix, or the number, that comes into the product with the next term.

    `matrix` is its entry (near, far), counted by `at`; `near` is the unit of the claim at that end of the product, and
    `columns` the range of the other index. A number has neither.
    """

    matrix: Expr
    near: Index | None = None
    far: Index | None = None
    columns: Range | None = None

    def at(self, ends: Mapping[Size | Index, Lin]) -> Link:
        """Return the link at another end of the sum."""
        return replace(self, matrix=subs(self.matrix, ends))

    def applied(self, value: Expr) -> Expr:
        """Return Σ_q M[near, q] value(q)."""
        if self.near is None or self.far is None or self.columns is None:
            return self.matrix * value
        return Sum(self.far, self.columns, self.matrix * subs(value, {self.near: lin(self.far)}))


def backwards(node: Sum) -> Sum:
    """Return a sum with its terms from the last to the first: Σ_{s=lo}^{hi} f(lo + hi - s)."""
    turned = node.range.lo + node.range.hi - lin(node.index)
    return Sum(node.index, node.range, subs(node.body, {node.index: turned}))


def hanging(term: Expr) -> Chain | Prod | None:
    """Return the one product over a range that is a factor of a term."""
    found = [part for part in walk(term) if isinstance(part, Chain | Prod)]
    return found[0] if len(found) == 1 and _is_factor(term, found[0]) else None


def _is_factor(expr: Expr, part: Expr) -> bool:
    match expr:
        case Mul(args):
            return sum(_is_factor(arg, part) for arg in args) == 1
        case Sum(_, _, body):
            return _is_factor(body, part)
    return expr is part


def without_empty(term: Expr) -> Expr:
    """Return a term with its product, if that is empty, left out: it is 1, or the identity."""
    product = hanging(term)
    if product is None or product.range.length != lin(0):
        return term
    return _with(term, product, ONE if isinstance(product, Prod) else Iverson("=", product.left, product.right))


def _with(expr: Expr, part: Expr, value: Expr) -> Expr:
    """Return an expression with a value in place of a factor."""
    match expr:
        case Mul(args):
            return Mul(tuple(_with(arg, part, value) for arg in args))
        case Sum(index, range_, body):
            return Sum(index, range_, _with(body, part, value))
    return value if expr is part else expr


def links(claim: Claim, node: Sum, end: Size | Index, step: Mapping[Size | Index, Lin], others: Expr) -> Iterator[Link]:
    """Yield how the terms of a sum hang on its end, which goes to `step[end]` from one term to the next.

    `others` is the factor of the sum. Nothing beside the product may depend on the end, or on the unit at its near end.
    """
    product = hanging(node.body)
    if product is None or not _shortens(product, node, step):
        return
    beside = Mul((others, _with(node.body, product, ONE)))
    if mentions(beside, end):
        return
    range_, after = product.range, product.range.subs(step)
    if _is_power(product) or after == Range(range_.lo + 1, range_.hi):
        yield from _link(claim, node, product, beside, first=True)
    if _is_power(product) or after == Range(range_.lo, range_.hi - 1):
        yield from _link(claim, node, product, beside, first=False)


def _shortens(product: Chain | Prod, node: Sum, step: Mapping[Size | Index, Lin]) -> bool:
    """Whether each later term has one factor less at the next end, and has at least that one."""
    length = product.range.hi - product.range.lo + 1
    later = IndexFacts({node.index: node.range.subs(step)})
    return length.subs(step) == length - 1 and later.at_most_zero(lin(1) - length) is True


def _is_power(product: Chain | Prod) -> bool:
    width = product.cols if isinstance(product, Chain) else lin(1)
    return not mentions(product.body, product.index) and product.index not in width.indices()


def _link(claim: Claim, node: Sum, product: Chain | Prod, beside: Expr, *, first: bool) -> Iterator[Link]:
    """Yield the link by the first or the last factor of a product."""
    at = product.range.lo if first else product.range.hi
    if isinstance(product, Prod):
        yield Link(subs(product.body, {product.index: at}))
        return
    end, far_end = (product.left, product.right) if first else (product.right, product.left)
    near, far, others = end.atom, fresh("q"), dict(claim.free)
    if not isinstance(near, Index) or end != lin(near) or near not in others:
        return
    units = others.pop(near)
    if mentions(beside, near) or _depend(near, far_end, *_ends(node.range, product.range, *others.values())):
        return
    rows, columns = (lin(near), lin(far)) if first else (lin(far), lin(near))
    width = product.cols.subs({product.index: at if first else at - 1})
    if units == Range(lin(1), width):
        entry = subs(product.body, {product.index: at, product.row: rows, product.col: columns})
        yield Link(entry, near, far, units)


def _ends(*ranges: Range) -> Iterator[Lin]:
    for range_ in ranges:
        yield from (range_.lo, range_.hi)


def _depend(index: Index, *values: Lin) -> bool:
    return any(index in value.indices() for value in values)
