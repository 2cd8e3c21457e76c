"""Expressions of the index calculus as SymPy objects."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from typing import Any

import sympy

from derive.algebra import sympy_names
from derive.algebra.expr import (
    Add,
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
from derive.algebra.functions import KNOWN
from derive.algebra.index import TIMES, Index, Lin, Size
from derive.algebra.substitute import walk
from derive.algebra.sympy_names import DIFF, OF_ENTRIES, SYMPY_FUNCTIONS, WHERE, Entries, Own, SymPyError
from derive.notation.functions import EXTREMES


class Names:
    """The SymPy objects that names become: SymPy's own ones here; a network has its own (`derive.network.face`)."""

    def entry(self, name: str, indices: tuple[Any, ...]) -> Any:
        return sympy.IndexedBase(name)[indices] if indices else sympy.Symbol(name)

    def letter(self, name: str) -> Any:
        return sympy.Symbol(name, integer=True)

    def bound(self, letter: str) -> str:
        """Return what a bound index is called by preference."""
        return letter.lstrip("\\")

    def size(self, name: str, indices: tuple[Any, ...] | None) -> Any:
        """Return a size; of one with indices its IndexedBase, where None are given."""
        if indices is None:
            return sympy.IndexedBase(name, integer=True, positive=True)
        if indices:
            return sympy.IndexedBase(name, integer=True, positive=True)[indices]
        return sympy.Symbol(name, integer=True, positive=True)

    def function(self, name: str) -> Any:
        return SYMPY_FUNCTIONS.get(name) or (sympy.sqrt if name == "sqrt" else sympy.Function(name))

    def is_given(self, entry: Expr) -> bool:
        """Whether an entry depends on no other: here nothing says so."""
        return False

    def total(self, of: Any, by: Any) -> Any:
        return sympy.Function(DIFF)(of, by)

    def slope(self, function: Any, orders: Any) -> Any:
        """Return the derivative of a function of symbols by some of them."""
        return sympy.Derivative(function, *orders, evaluate=not isinstance(function, sympy.Function))


PLAIN = Names()


def to_sympy(expr: Expr, names: Names = PLAIN) -> Any:
    """Return an expression as a SymPy object.

        W[k,i,j]      Indexed of IndexedBase("W"); a scalar variable is a Symbol
        Σ_j, Π_j      Sum, Product over a letter that nothing else in the expression has
        [i = j]       KroneckerDelta(i, j);   [i <= j] a Piecewise;   [x > 0] Heaviside(x)
        g''(u)        Derivative(g(u), (u, 2)) of an entry, else Subs(Derivative(g(ξ), (ξ, 2)), ξ, u);
                      g^{[l]}(u) is g(Tuple(l), u)
        ℓ(a, y)       ℓ(Entries(a[i], (i, 1, n)), Entries(y[i], (i, 1, n))): an open function of whole arrays
        n_k, L        Indexed of IndexedBase("n", integer, positive), Symbol("L", integer, positive)
        ∂u/∂v         the undefined function Diff(u, v), or a Derivative of a network's own quantities

    Raises: SymPyError for a product of symbolically many matrices, and for the derivative of an open function by one
    of its arrays where another may depend on it.
    """
    return _Writer(names, {}, {atom.name for atom in _letters(expr)}).expr(expr)


def index_to_sympy(value: Lin, names: Names = PLAIN) -> Any:
    """Return an index expression as a SymPy integer expression."""
    return _Writer(names, {}, set()).lin(value)


def _letters(expr: Expr) -> Iterator[Index | Size]:
    """Yield the indices and sizes in an expression that no sum binds."""
    for node in walk(expr):
        match node:
            case Var(_, idx) | Fun(_, _, _, idx):
                values: tuple[Lin, ...] = idx
            case Iverson(_, left, right):
                values = (left, right)
            case IndexValue(value):
                values = (value,)
            case Sum(_, range_, _) | Prod(_, range_, _):
                values = (range_.lo, range_.hi)
            case _:
                continue
        for value in values:
            yield from (index for index in value.indices() if index.uid == 0)
            yield from (atom for atom, _ in value.terms if isinstance(atom, Size))


class _Writer:
    """`bound` maps the indices of sums around to their symbols, `taken` has the letters that are in use."""

    def __init__(self, names: Names, bound: dict[Index, Any], taken: set[str]) -> None:
        self.names = names
        self.bound = bound
        self.taken = taken

    def expr(self, expr: Expr) -> Any:
        match expr:
            case Num(value):
                return sympy.Rational(value.numerator, value.denominator)
            case IndexValue(value):
                return self.lin(value)
            case Var(name, idx):
                return self.names.entry(name, tuple(map(self.lin, idx)))
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
            case Functional():
                return self.functional(expr)
            case Diff(body, var):
                return self.names.total(self.expr(body), self.expr(var))
        raise SymPyError(f"SymPy has no counterpart of a product over layers ({type(expr).__name__}): {expr}")

    def within(self, index: Index) -> tuple[_Writer, Any]:
        """Return a writer of what an index is bound in, and its symbol."""
        wished = self.names.bound(index.name)
        wishes = chain((wished,), (f"{wished}{n}" for n in count(1)))
        letter = next(wish for wish in wishes if wish not in self.taken)
        symbol = sympy.Symbol(letter, integer=True)
        return _Writer(self.names, {**self.bound, index: symbol}, self.taken | {letter}), symbol

    def functional(self, expr: Functional) -> Any:
        """Return an open function of arrays; its derivative by an entry of one is a Derivative by that entry."""
        if expr.name in EXTREMES:
            head = sympy.Function((WHERE if expr.slots else OF_ENTRIES)[expr.name])
            return head(self.array(expr.args[0]), *(self.lin(e) for _, place in expr.slots for e in place))
        found = self.names.function(expr.name)(*map(self.lin, expr.idx), *map(self.array, expr.args))
        for place, idx in expr.slots:
            array = expr.args[place]
            others = [arg.body for n, arg in enumerate(expr.args) if n != place]
            if not isinstance(array.body, Var) or not all(self.names.is_given(other) for other in others):
                raise SymPyError(f"SymPy has no derivative of an open function by one of its arrays alone: {expr}")
            at = dict(zip(array.indices, idx, strict=True))
            entry = Var(array.body.name, tuple(e.subs(at) for e in array.body.idx))
            found = self.names.total(found, self.expr(entry))
        return found

    def array(self, array: Lambda) -> Any:
        writer, limits = self, []
        for index, range_ in zip(array.indices, array.ranges, strict=True):
            ends = (writer.lin(range_.lo), writer.lin(range_.hi))
            writer, symbol = writer.within(index)
            limits.append((symbol, *ends))
        return Entries(writer.expr(array.body), *limits) if limits else writer.expr(array.body)

    def big(self, expr: Sum | Prod) -> Any:
        inner, symbol = self.within(expr.index)
        sign = sympy_names.Sum if isinstance(expr, Sum) else sympy_names.Product
        return sign(inner.expr(expr.body), (symbol, self.lin(expr.range.lo), self.lin(expr.range.hi)))

    def function(self, expr: Fun) -> Any:
        if expr.name == "pi":
            return sympy.pi
        head = self.names.function(expr.name)
        own = (Own(*map(self.lin, expr.idx)),) if expr.idx and expr.name not in KNOWN else ()
        args = tuple(map(self.expr, expr.args))
        if not any(expr.order):
            return head(*own, *args)
        plain = len(set(args)) == len(args) and all(isinstance(arg, sympy.Symbol | sympy.Indexed) for arg in args)
        points = args if plain else tuple(sympy.Dummy("xi", real=True) for _ in args)
        orders = [(point, order) for point, order in zip(points, expr.order, strict=True) if order]
        slope = self.names.slope(head(*own, *points), orders)
        if plain or not isinstance(slope, sympy.Derivative):
            return slope.xreplace(dict(zip(points, args, strict=True)))
        return sympy.Subs(slope, points, args)

    def lin(self, value: Lin) -> Any:
        return sympy.Add(*(factor * self.atom(atom) for atom, factor in value.terms), value.const)

    def atom(self, atom: Index | Size) -> Any:
        if isinstance(atom, Index):
            return self.bound.get(atom) or self.names.letter(atom.name)
        if atom.name == TIMES:
            return sympy.Mul(*map(self.lin, atom.args))
        return self.names.size(atom.name, tuple(map(self.lin, atom.args)))
