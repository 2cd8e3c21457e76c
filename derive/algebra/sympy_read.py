"""SymPy objects as expressions of the index calculus."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from derive.algebra.expr import (
    ONE,
    ZERO,
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
from derive.algebra.functions import PI, call
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.sympy_names import DIFF, OF_ENTRIES, SYMPY_FUNCTIONS, WHERE, Entries, SymPyError, label
from derive.notation.functions import EXTREMES

_NAMES: dict[Any, str] = {head: name for name, head in SYMPY_FUNCTIONS.items()}


class Lookup:
    """What names mean where they are read: here all are taken as they stand; a network knows its own."""

    def variable(self, e: Any) -> str | None:
        """Return the variable that a Symbol or an Indexed is an entry of; None where it is an integer."""
        return None if e.is_integer else label(e)

    def value(self, name: str, idx: tuple[Lin, ...]) -> Expr:
        """Return what an entry of a variable is."""
        return Var(name, idx)

    def letter(self, e: Any) -> Lin | None:
        """Return what a Symbol or an Idx is as an index; None where its assumptions say it."""
        return None

    def size(self, e: Any) -> str:
        """Return the name of the size that an Indexed is a value of."""
        return label(e)

    def function(self, name: str) -> str:
        """Return what an undefined function is called in expressions."""
        return name


AS_WRITTEN = Lookup()


def from_sympy(
    expr: Any,
    sizes: Collection[str] = (),
    indices: Mapping[Any, Lin] | None = None,
    functions: Mapping[str, str] | None = None,
    names: Lookup = AS_WRITTEN,
) -> Expr:
    """Return a SymPy object as an expression; bound symbols become fresh indices, so that nothing is captured.

    Inside an index, a bound, a Kronecker delta or a comparison of integers, a Symbol is an index, or a size where it
    is assumed positive or named in `sizes`; an Indexed there is a size, n[k]. Elsewhere an integer Symbol or Indexed is
    the number that it stands for, any other one a variable. `indices` says what further symbols stand for, `functions`
    calls a function by another name: {"g": "tanh"}. Derivative(g(u), u) and Subs(Derivative(g(ξ), ξ), ξ, u) are g'(u);
    Derivative(u, W[k,i,j]) of anything else, and Diff(u, W[k,i,j]), are total derivatives.

    Raises: SymPyError, naming the part that has no counterpart; strings are never parsed.
    """
    return _Reader(dict(indices or {}), frozenset(sizes), dict(functions or {}), names).expr(expr)


def index_from_sympy(
    expr: Any, sizes: Collection[str] = (), indices: Mapping[Any, Lin] | None = None, names: Lookup = AS_WRITTEN
) -> Lin:
    """Return a SymPy integer expression, linear with integer coefficients, as an index expression."""
    return _Reader(dict(indices or {}), frozenset(sizes), {}, names).lin(expr)


@dataclass(frozen=True)
class _Reader:
    """`bound` maps symbols to what they stand for as indices."""

    bound: dict[Any, Lin]
    sizes: frozenset[str]
    functions: dict[str, str]
    names: Lookup

    def expr(self, e: Any) -> Expr:
        match e:
            case bool() | str():
                raise SymPyError(f"{e!r} is no SymPy expression")
            case int() | sympy.Integer() | sympy.Rational():
                return Num(Fraction(int(getattr(e, "p", e)), int(getattr(e, "q", 1))))
            case float() | sympy.Float():
                return Num(Fraction(repr(float(e))))
            case sympy.Symbol():
                return self.symbol(e)
            case sympy.Idx():
                return IndexValue(self.lin(e))
            case sympy.Indexed():
                name = None if label(e) in self.sizes else self.names.variable(e)
                idx = tuple(map(self.lin, e.indices))
                return IndexValue(self.lin(e)) if name is None else self.names.value(name, idx)
            case sympy.Add():
                return Add(tuple(map(self.expr, e.args)))
            case sympy.Mul():
                return Mul(tuple(map(self.expr, e.args)))
            case sympy.Pow():
                return Pow(self.expr(e.base), self.expr(e.exp))
            case sympy.Sum() | sympy.Product():
                return self.big(e)
            case sympy.KroneckerDelta():
                return Iverson("=", self.lin(e.args[0]), self.lin(e.args[1]))
            case sympy.Heaviside():
                return Step(self.expr(e.args[0]))
            case sympy.Piecewise():
                return self.piecewise(e)
            case sympy.Derivative() | sympy.Subs():
                return self.derivative(e)
        return self.constant_or_function(e)

    def symbol(self, e: Any) -> Expr:
        name = None if e in self.bound or e.name in self.sizes else self.names.variable(e)
        return IndexValue(self.lin(e)) if name is None else self.names.value(name, ())

    def constant_or_function(self, e: Any) -> Expr:
        if e is sympy.pi:
            return PI
        if e is sympy.E:
            return call("exp", ONE)
        if isinstance(e, sympy.Function | sympy.Max | sympy.Min):
            return self.function(e, None)
        raise SymPyError(f"the index calculus has no counterpart of {type(e).__name__}: {e}")

    # Functions

    def function(self, e: Any, order: tuple[int, ...] | None) -> Expr:
        head = _NAMES.get(e.func) or (e.func.__name__ if isinstance(e, sympy.core.function.AppliedUndef) else None)
        if head is None:
            raise SymPyError(f"the index calculus does not know the function {e.func.__name__}")
        if head == DIFF and len(e.args) == 2:
            return self.total(e.args[0], [(e.args[1], 1)])
        extreme = next((name for name in EXTREMES if head in (OF_ENTRIES[name], WHERE[name])), None)
        if extreme is not None and isinstance(e.args[0], Entries):
            slots = ((0, tuple(map(self.lin, e.args[1:]))),) if head == WHERE[extreme] else ()
            return Functional(extreme, (self.array(e.args[0]),), slots)
        own = e.args[0] if e.args and isinstance(e.args[0], sympy.Tuple) else ()
        given = e.args[1:] if own else e.args
        if any(isinstance(arg, Entries) for arg in given):
            name = self.functions.get(head) or self.names.function(head)
            return Functional(name, tuple(map(self.array, given)))
        args = tuple(self.expr(arg) for arg in given)
        if head in ("max", "min") and len(args) > 2:
            return reduce(lambda a, b: call(head, a, b), args)
        return Fun(
            self.functions.get(head) or self.names.function(head),
            args,
            order or (0,) * len(args),
            tuple(self.lin(value) for value in own),
        )

    def array(self, e: Any) -> Lambda:
        """Return an argument of an open function of whole arrays."""
        reader, binders = self, []
        for symbol, lo, hi in e.limits if isinstance(e, Entries) else ():
            index = fresh(str(symbol.name))
            binders.append((index, Range(reader.lin(lo), reader.lin(hi))))
            reader = replace(reader, bound={**reader.bound, symbol: lin(index)})
        body = reader.expr(e.function if isinstance(e, Entries) else e)
        return Lambda(tuple(index for index, _ in binders), tuple(range_ for _, range_ in binders), body)

    def derivative(self, e: Any) -> Expr:
        """Return g'(u) for a derivative by an argument, else a total derivative by an entry."""
        points: dict[Any, Any] = {}
        inner = e
        if isinstance(e, sympy.Subs):
            points, inner = dict(zip(e.variables, e.point, strict=True)), e.expr
        if isinstance(inner, sympy.Derivative) and isinstance(inner.expr, sympy.Function):
            args = [arg for arg in inner.expr.args if not isinstance(arg, sympy.Tuple)]
            counts = dict(inner.variable_count)
            if all(args.count(variable) == 1 for variable in counts):
                order = tuple(int(counts.get(arg, 0)) for arg in args)
                return self.function(inner.expr.xreplace(points), order)
        if isinstance(e, sympy.Derivative):
            return self.total(e.expr, [(variable, int(count)) for variable, count in e.variable_count])
        raise SymPyError(f"cannot read the substitution {e}")

    def total(self, body: Any, variables: list[tuple[Any, int]]) -> Expr:
        result = self.expr(body)
        for variable, count in variables:
            by = self.expr(variable)
            if not isinstance(by, Var):
                raise SymPyError(f"{variable} is no entry of a variable to differentiate by")
            for _ in range(count):
                result = Diff(result, by)
        return result

    # Sums and conditions

    def big(self, e: Any) -> Expr:
        """Return Σ or Π; the last limit is the outermost, and the ranges of inner ones may use its index."""
        make = Sum if isinstance(e, sympy.Sum) else Prod
        reader, binders = self, []
        for limit in reversed(e.limits):
            symbol, lo, hi = limit
            index = fresh(str(getattr(symbol, "label", symbol.name)))
            binders.append((index, Range(reader.lin(lo), reader.lin(hi))))
            reader = replace(reader, bound={**reader.bound, symbol: lin(index)})
        body = reader.expr(e.function)
        for index, range_ in reversed(binders):
            body = make(index, range_, body)
        return body

    def piecewise(self, e: Any) -> Expr:
        """Return Σ value · [its condition] · Π (1 - [earlier condition])."""
        result: Expr = ZERO
        left: Expr = ONE
        for value, condition in e.args:
            holds = self.condition(condition)
            result = Add((result, Mul((left, holds, self.expr(value)))))
            left = Mul((left, 1 - holds))
        return result

    def condition(self, c: Any) -> Expr:
        match c:
            case sympy.logic.boolalg.BooleanTrue():
                return ONE
            case sympy.logic.boolalg.BooleanFalse():
                return ZERO
            case sympy.And():
                return Mul(tuple(map(self.condition, c.args)))
            case sympy.Not():
                return 1 - self.condition(c.args[0])
            case sympy.core.relational.Relational():
                return self.relation(c)
        raise SymPyError(f"cannot read the condition {c}")

    def relation(self, c: Any) -> Expr:
        if not (self.counts(c.lhs) and self.counts(c.rhs)):
            return self.comparison(c)
        left, right = self.lin(c.lhs), self.lin(c.rhs)
        match c:
            case sympy.Eq():
                return Iverson("=", left, right)
            case sympy.Ne():
                return 1 - Iverson("=", left, right)
            case sympy.Le():
                return Iverson("<=", left, right)
            case sympy.Lt():
                return Iverson("<=", left + 1, right)
            case sympy.Ge():
                return Iverson("<=", right, left)
        return Iverson("<=", right + 1, left)

    def comparison(self, c: Any) -> Expr:
        """Return [x > y] for real sides; where they are equal nothing is said (almost everywhere)."""
        difference = self.expr(c.lhs) - self.expr(c.rhs)
        match c:
            case sympy.Gt() | sympy.Ge():
                return Step(difference)
            case sympy.Lt() | sympy.Le():
                return Step(-difference)
        raise SymPyError(f"cannot read the condition {c}: real numbers can only be compared by < and >")

    # Indices

    def counts(self, e: Any) -> bool:
        """Return whether an expression is made of indices and sizes alone."""
        if isinstance(e, sympy.Symbol | sympy.Idx | sympy.Indexed):
            return bool(e in self.bound or e.is_integer or str(getattr(e, "base", e)) in self.sizes)
        return isinstance(e, sympy.Integer | sympy.Add | sympy.Mul) and all(map(self.counts, e.args))

    def lin(self, e: Any) -> Lin:
        match e:
            case int() | sympy.Integer():
                return lin(int(e))
            case sympy.Symbol() | sympy.Idx():
                return self.letter(e)
            case sympy.Indexed():
                return lin(Size(self.names.size(e), tuple(map(self.lin, e.indices))))
            case sympy.Add():
                return sum((self.lin(arg) for arg in e.args[1:]), self.lin(e.args[0]))
            case sympy.Mul():
                factor, rest = e.as_coeff_Mul()
                if isinstance(factor, sympy.Integer) and not isinstance(rest, sympy.Mul):
                    return self.lin(rest) * int(factor)
        raise SymPyError(f"{e} is no index: it must be linear in indices and sizes, with integer coefficients")

    def letter(self, e: Any) -> Lin:
        known = self.bound.get(e) or self.names.letter(e)
        if known is not None:
            return known
        name = label(e)
        if name in self.sizes or (e.is_positive and not isinstance(e, sympy.Idx)):
            return lin(Size(name))
        return lin(Index(name))
