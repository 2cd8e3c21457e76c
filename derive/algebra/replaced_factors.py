"""Factors of a polynomial replaced at every depth, or their free indices, and the result in normal form again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from derive.algebra import extremes
from derive.algebra.arithmetic import Powers, monomial, power, product
from derive.algebra.bound_names import open_sum
from derive.algebra.factors import (
    DiffFactor,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    PolyFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    functional_lins,
    number,
    poly_of,
)
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.range_products import product_over
from derive.algebra.summation import subs_sum, sum_over

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

Bounds = list[tuple[Index, Range | None]]
Replace = Callable[[Factor], "Poly | None"]
Concerns = Callable[[Factor], bool]


def _length(range_: Range | None) -> Lin:
    assert range_ is not None
    return range_.length


def subs_term(algebra: Algebra, m: Monomial, c: Rational, values: Mapping[Index, Lin]) -> Poly:
    """Return a term with free indices replaced."""
    powers: Powers = {}
    sums: list[Poly] = []
    for factor, e in m:
        if factor.free.isdisjoint(values):
            powers[factor] = powers.get(factor, 0) + e
            continue
        new = power(algebra, subs_factor(algebra, factor, values), e)
        if new.single is None:
            sums.append(new)
            continue
        inner, d = new.single
        c *= d
        for f, x in inner:
            powers[f] = powers.get(f, 0) + x
    result = monomial(algebra, powers, c) if c else Poly()
    return product(algebra, [result, *sums]) if sums else result


def subs_factor(algebra: Algebra, factor: Factor, values: Mapping[Index, Lin]) -> Poly:
    """Replace free indices in a factor."""
    if factor.free.isdisjoint(values):
        return poly_of(factor)

    def lins(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple(e.subs(values) for e in idx)

    match factor:
        case VarFactor(name=name, idx=idx):
            return algebra.variable(name, lins(idx))
        case SizeFactor(atom=atom):
            return algebra.size(lin(atom).subs(values))
        case IversonFactor(relation=relation, e=e):
            return algebra.iverson(relation, e.subs(values))
        case DiffFactor(u=u, v=v):
            return algebra.derivative_of(VarFactor(u.name, lins(u.idx)), VarFactor(v.name, lins(v.idx)))
        case FunFactor(name=name, args=args, order=order, idx=idx):
            return algebra.function(name, tuple(algebra.subs(a, values) for a in args), order, lins(idx))
        case PolyFactor(poly=poly):
            return algebra.subs(poly, values)
        case SumFactor():
            return subs_sum(algebra, factor, dict(values))
        case LambdaFactor():
            return _subs_lambda(algebra, factor, values)
    raise TypeError(f"cannot substitute in {type(factor).__name__}")


def _subs_lambda(algebra: Algebra, factor: LambdaFactor, values: Mapping[Index, Lin]) -> Poly:
    def body(part: Poly) -> Poly:
        return algebra.subs(part, values)

    def moved(bounds: Bounds) -> Bounds:
        return [(i, r.subs(values) if r is not None else None) for i, r in bounds]

    lins = tuple(e.subs(values) for e in factor.lins)
    return _rebuild_lambda(algebra, factor, body, moved, lins)


def _rebuild_lambda(
    algebra: Algebra,
    factor: LambdaFactor,
    body: Callable[[Poly], Poly],
    moved: Callable[[Bounds], Bounds],
    lins: tuple[Lin, ...],
) -> Poly:
    if factor.kind == "prod":
        opened, inner = algebra.open(factor.bounds[0], factor.parts[0])
        ((index, range_),) = moved(opened)
        assert range_ is not None, "a product has a range"
        return product_over(algebra, index, range_, body(inner))
    if factor.kind == "peak":
        opened, inner = algebra.open(factor.bounds[0], factor.parts[0])
        over = [(index, range_) for index, range_ in moved(opened) if range_ is not None]
        return extremes.peak(algebra, over, body(inner), lins)
    closed = []
    for bounds, part in zip(factor.bounds, factor.parts, strict=True):
        opened, inner = algebra.open(bounds, part)
        closed.append(algebra.close(moved(opened), body(inner)))
    height = max((c[2] for c in closed), default=0)
    if factor.kind == "functional":
        lins = functional_lins(factor.name, lins)
    names, parts = tuple(c[0] for c in closed), tuple(c[1] for c in closed)
    if factor.kind == "chain" and algebra.context.zero(_length(names[0][0][1])):
        return algebra.iverson("=", lins[0] - lins[1])
    return poly_of(LambdaFactor(factor.kind, factor.name, names, parts, lins, height))


def rewrite_term(algebra: Algebra, m: Monomial, c: Rational, replace: Replace, concerns: Concerns) -> Poly:
    """Return a term with factors replaced at every depth."""
    parts = [number(c)]
    kept: list[tuple[Factor, Rational]] = []
    for factor, e in m:
        new = _rewrite_factor(algebra, factor, replace, concerns)
        if new is None:
            kept.append((factor, e))
        else:
            parts.append(power(algebra, new, e))
    return product(algebra, [Poly({tuple(kept): 1}), *parts])


def _rewrite_factor(algebra: Algebra, factor: Factor, replace: Replace, concerns: Concerns) -> Poly | None:
    """Return what a factor becomes, None if nothing in it changes."""
    if not concerns(factor):
        return None
    match factor:
        case FunFactor():
            args = tuple(algebra.rewrite(arg, replace, concerns) for arg in factor.args)
            if args == factor.args:
                return replace(factor)
            return algebra.function(factor.name, args, factor.order, factor.idx)
        case PolyFactor():
            inner = algebra.rewrite(factor.poly, replace, concerns)
            return None if inner == factor.poly else inner
        case SumFactor():
            return _rewrite_sum(algebra, factor, replace, concerns)
        case LambdaFactor():

            def rewritten(part: Poly) -> Poly:
                return algebra.rewrite(part, replace, concerns)

            new = _rebuild_lambda(algebra, factor, rewritten, lambda b: b, factor.lins)
            return None if new == poly_of(factor) else new
    return replace(factor)


def _rewrite_sum(algebra: Algebra, factor: SumFactor, replace: Replace, concerns: Concerns) -> Poly | None:
    bounds, factors = open_sum(algebra, factor)
    new = [_rewrite_factor(algebra, inner, replace, concerns) for inner, _ in factors]
    if all(part is None for part in new):
        return None
    parts = (poly_of(inner) if part is None else part for part, (inner, _) in zip(new, factors, strict=True))
    body = product(algebra, [power(algebra, part, e) for part, (_, e) in zip(parts, factors, strict=True)])
    for index, range_ in reversed(bounds):
        body = sum_over(algebra, index, range_, body)
    return body
