"""From normal forms back to expressions, for further differentiation and for printing."""

from __future__ import annotations

from fractions import Fraction
from itertools import cycle

from derive.algebra.expr import (
    ONE,
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.factors import (
    DiffFactor,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    slots_of,
)
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.substitute import subs

Bound = tuple[tuple[Index, Range | None], ...]


def to_expr(poly: Poly) -> Expr:
    """Return an expression whose normal form is `poly`."""
    terms = [_term(m, c) for m, c in sorted(poly.terms.items(), key=lambda t: str(t[0]))]
    if not terms:
        return Num(Fraction(0))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _term(m: Monomial, c: Rational) -> Expr:
    factors = [_power(f, e) for f, e in m]
    if c != 1 or not factors:
        factors.insert(0, Num(Fraction(c)))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _power(factor: Factor, e: Rational) -> Expr:
    base = factor_to_expr(factor)
    return base if e == 1 else Pow(base, Num(Fraction(e)))


def factor_to_expr(factor: Factor) -> Expr:
    """Return a factor as an expression."""
    match factor:
        case VarFactor(name=name, idx=idx):
            return Var(name, idx)
        case SizeFactor(atom=atom):
            return IndexValue(lin(atom))
        case PrimeFactor(prime=prime):
            return Num(Fraction(prime))
        case IversonFactor(relation=relation, e=e):
            return _indicator(relation, e)
        case DiffFactor(u=u, v=v):
            return Diff(Var(u.name, u.idx), Var(v.name, v.idx))
        case PolyFactor(poly=poly):
            return to_expr(poly)
        case FunFactor(name="step", args=(arg,)):
            return Step(to_expr(arg))
        case FunFactor(name="zero", args=(arg,)):
            return 1 - Step(to_expr(arg)) - Step(-to_expr(arg))
        case FunFactor(name="power", args=(base, exponent)):
            return Pow(to_expr(base), to_expr(exponent))
        case FunFactor(name=name, args=args, order=order, idx=idx):
            return Fun(name, tuple(map(to_expr, args)), order or (0,) * len(args), idx)
        case SumFactor(bounds=bounds, factors=factors):
            return _sum(bounds, factors)
        case LambdaFactor():
            return _binder(factor)
    raise TypeError(f"no expression for {type(factor).__name__}")


def _indicator(relation: str, e: Lin) -> Expr:
    positive = Lin(tuple((a, c) for a, c in e.terms if c > 0), max(e.const, 0))
    return Iverson(relation, positive, positive - e)


def _sum(bounds: tuple[tuple[Index, Range], ...], factors: Monomial) -> Expr:
    names = {index: lin(fresh(letter)) for (index, _), letter in zip(bounds, cycle("mpqrstuv"), strict=False)}
    body = subs(_term(factors, 1), names)
    for index, range_ in reversed(bounds):
        atom = names[index].atom
        assert isinstance(atom, Index)
        body = Sum(atom, range_.subs(names), body)
    return body


def _rename(bound: Bound, part: Poly) -> tuple[list[Index], list[Range | None], Expr]:
    names = {index: lin(fresh(letter)) for (index, _), letter in zip(bound, cycle("tpqrsuvw"), strict=False)}
    indices = [n.atom for n in names.values() if isinstance(n.atom, Index)]
    ranges = [r.subs(names) if r is not None else None for _, r in bound]
    return indices, ranges, subs(to_expr(part), names)


def _binder(factor: LambdaFactor) -> Expr:
    opened = [_rename(bound, part) for bound, part in zip(factor.bounds, factor.parts, strict=True)]
    if factor.kind == "functional":
        return _functional(factor, opened)
    indices, ranges, body = opened[0]
    if factor.kind == "peak":
        array = Lambda(tuple(indices), tuple(r for r in ranges if r is not None), body)
        return Functional("max of", (array,), ((0, factor.lins),))
    first = ranges[0]
    assert first is not None
    if factor.kind == "prod":
        return Prod(indices[0], first, body)
    cols = ranges[2]
    assert cols is not None
    left, right = factor.lins
    return Chain(indices[0], first, indices[1], indices[2], cols.hi, body, left, right)


def _functional(factor: LambdaFactor, opened: list[tuple[list[Index], list[Range | None], Expr]]) -> Functional:
    name, idx, slots = slots_of(factor.name, factor.lins)
    args = tuple(Lambda(tuple(i), tuple(r for r in rs if r is not None), b) for i, rs, b in opened)
    return Functional(name, args, tuple(slots), idx)


__all__ = ["ONE", "factor_to_expr", "to_expr"]
