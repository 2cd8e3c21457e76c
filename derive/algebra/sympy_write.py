"""Expressions of the index calculus as SymPy objects."""

from __future__ import annotations

from typing import Any

import sympy

from derive.algebra.expr import (
    Add,
    Diff,
    Expr,
    Fun,
    IndexValue,
    Iverson,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import Index, Lin, Size
from derive.algebra.sympy_names import DIFF, SYMPY_FUNCTIONS, SymPyError


def to_sympy(expr: Expr) -> Any:
    """Return an expression as a SymPy object.

        W[k,i,j]      Indexed of IndexedBase("W"); a scalar variable is a Symbol
        Σ_j, Π_j      Sum, Product over a Dummy, so that nothing can capture the index
        [i = j]       KroneckerDelta(i, j);   [i <= j] a Piecewise;   [x > 0] Heaviside(x)
        g''(u)        Subs(Derivative(g(ξ), (ξ, 2)), ξ, u);   g^{[l]}(u) is g(Tuple(l), u)
        n_k, L        Indexed of IndexedBase("n", integer, positive), Symbol("L", integer, positive)
        ∂u/∂v         the undefined function Diff(u, v)

    Raises: SymPyError for an open function of whole arrays or a product of symbolically many matrices.
    """
    return _Writer({}).expr(expr)


def index_to_sympy(value: Lin) -> Any:
    """Return an index expression as a SymPy integer expression."""
    return _Writer({}).lin(value)


class _Writer:
    def __init__(self, bound: dict[Index, Any]) -> None:
        self.bound = bound

    def expr(self, expr: Expr) -> Any:
        match expr:
            case Num(value):
                return sympy.Rational(value.numerator, value.denominator)
            case IndexValue(value):
                return self.lin(value)
            case Var(name, idx):
                return sympy.IndexedBase(name)[tuple(map(self.lin, idx))] if idx else sympy.Symbol(name)
            case Add(args):
                return sympy.Add(*map(self.expr, args))
            case Mul(args):
                return sympy.Mul(*map(self.expr, args))
            case Pow(base, exponent):
                return sympy.Pow(self.expr(base), self.expr(exponent))
            case Fun():
                return self.function(expr)
            case Sum() | Prod():
                return self.big(expr)
            case Iverson("=", left, right):
                return sympy.KroneckerDelta(self.lin(left), self.lin(right))
            case Iverson(_, left, right):
                return sympy.Piecewise((1, self.lin(left) <= self.lin(right)), (0, True))
            case Step(arg):
                return sympy.Heaviside(self.expr(arg))
            case Diff(body, var):
                return sympy.Function(DIFF)(self.expr(body), self.expr(var))
        raise SymPyError(f"SymPy has no counterpart of {type(expr).__name__}: {expr}")

    def big(self, expr: Sum | Prod) -> Any:
        symbol = sympy.Dummy(expr.index.name, integer=True)
        inner = _Writer({**self.bound, expr.index: symbol})
        sign = sympy.Sum if isinstance(expr, Sum) else sympy.Product
        return sign(inner.expr(expr.body), (symbol, self.lin(expr.range.lo), self.lin(expr.range.hi)))

    def function(self, expr: Fun) -> Any:
        if expr.name == "pi":
            return sympy.pi
        head = SYMPY_FUNCTIONS.get(expr.name) or (sympy.sqrt if expr.name == "sqrt" else sympy.Function(expr.name))
        own = (sympy.Tuple(*map(self.lin, expr.idx)),) if expr.idx else ()
        args = tuple(map(self.expr, expr.args))
        if not any(expr.order):
            return head(*own, *args)
        points = [sympy.Dummy("xi", real=True) for _ in args]
        orders = [(point, order) for point, order in zip(points, expr.order, strict=True) if order]
        return sympy.Subs(sympy.Derivative(head(*own, *points), *orders), tuple(points), args)

    def lin(self, value: Lin) -> Any:
        return sympy.Add(*(factor * self.atom(atom) for atom, factor in value.terms), value.const)

    def atom(self, atom: Index | Size) -> Any:
        if isinstance(atom, Index):
            return self.bound.get(atom) or sympy.Symbol(atom.name, integer=True)
        if not atom.args:
            return sympy.Symbol(atom.name, integer=True, positive=True)
        return sympy.IndexedBase(atom.name, integer=True, positive=True)[tuple(map(self.lin, atom.args))]
