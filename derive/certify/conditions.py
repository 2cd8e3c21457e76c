"""Where the functions of a network and of a claim have values and derivatives: x > 0 for log x, x ≠ 0 for 1/x.

What is surely met, such as a sum of exponentials being positive, is not said; the proof has to find it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.algebra.expr import Add, Chain, Diff, Expr, Fun, Functional, IndexValue, Mul, Num, Pow, Prod, Sum, Var
from derive.algebra.functions import POSITIVE
from derive.algebra.index import Index, Range
from derive.algebra.substitute import children
from derive.certify.functions import KNOWN
from derive.certify.terms import free_indices, written_out
from derive.network.network import Fact, Network
from derive.notation.functions import EXTREMES

Binder = tuple[Index, Range]
MAX_DEPTH = 6  # definitions looked through to see that a value is positive


@dataclass(frozen=True, slots=True)
class Condition:
    """`expr relation 0` for all indices in their ranges; relation is "> 0" or "<> 0"; or `expr` is an
    extreme, and "alone" says that it stands at one place only."""

    binders: tuple[Binder, ...]
    expr: Expr
    relation: str


@dataclass(frozen=True)
class Conditions:
    """The conditions of a network under facts."""

    network: Network
    facts: tuple[Fact, ...] = ()

    def of_network(self) -> Iterator[Condition]:
        """Yield what the definitions need to be differentiable."""
        for definition in self.network.definitions:
            binders = tuple(zip(definition.params, definition.ranges, strict=True))
            yield from self.of(definition.body, binders)

    def of(self, expr: Expr, binders: tuple[Binder, ...] = (), *, slopes: bool = True) -> Iterator[Condition]:
        """Yield what an expression needs to have a value; with `slopes`, a derivative, too."""
        expr = written_out(expr)
        match expr:
            case Sum(index, range_, body) | Prod(index, range_, body):
                yield from self.of(body, (*binders, (index, range_)), slopes=slopes)
                return
            case Functional(name, args):
                if name in EXTREMES:
                    yield Condition(binders, replace(expr, slots=()), "alone")
                for arg in args:
                    own = tuple(zip(arg.indices, arg.ranges, strict=True))
                    yield from self.of(arg.body, (*binders, *own), slopes=slopes)
                return
            case Diff() | Chain():
                return
            case Pow(base, Num(Fraction(numerator=-1, denominator=1))):
                yield from self._where(base, "<> 0", binders)
            case Fun(name, (arg,), order) if not any(order) and name in KNOWN:
                needs = KNOWN[name].needs if slopes or KNOWN[name].needs == "> 0" else ""
                if needs and not (name == "step" and self._nonnegative(arg, 0)):  # [relu(a) > 0] is [a > 0]
                    yield from self._where(arg, needs, binders)
        for child in children(expr):
            yield from self.of(child, binders, slopes=slopes)

    def _where(self, expr: Expr, relation: str, binders: tuple[Binder, ...]) -> Iterator[Condition]:
        """Yield what an expression needs for `expr relation 0`, said of its factors where that is the same."""
        expr = written_out(expr)
        if self.positive(expr):
            return
        match expr:
            case Num(value) if value != 0 and relation == "<> 0":
                return
            case Add((value, Num(Fraction(numerator=-1, denominator=1)))) if relation == "<> 0" and self._is_sigmoid(
                value
            ):
                return
            case Mul(args) if relation == "<> 0":
                for arg in args:
                    yield from self._where(arg, relation, binders)
            case Pow(base, Num(Fraction(numerator=n, denominator=1))) if relation == "<> 0" or n % 2 == 0:
                yield from self._where(base, "<> 0", binders)
            case _:
                yield Condition(binders, expr, relation)

    def positive(self, expr: Expr, depth: int = 0) -> bool:
        """Whether an expression is surely positive."""
        match written_out(expr):
            case Num(value):
                return value > 0
            case IndexValue():
                return True
            case Fun(name, (_,), order) if not any(order):
                return name in POSITIVE or name in {"cosh", "sqrt"}  # a root needs more, and that is said
            case Fun("pi", ()):
                return True
            case Add(args) if self._is_complement(args):
                return True
            case Add(args) if any(self.positive(arg, depth) for arg in args):
                return all(self.positive(arg, depth) or self._nonnegative(arg, depth) for arg in args)
            case Mul(args):
                return all(self.positive(arg, depth) for arg in args)
            case Pow(base, Num()):
                return self.positive(base, depth)
            case Sum(_, _, body):
                return self.positive(body, depth)
            case Var(name):
                return self._positive_value(name, depth)
        return False

    def _is_complement(self, args: tuple[Expr, ...]) -> bool:
        """Whether this is 1 - sigmoid(x), also by way of a definition."""
        match args:
            case (Num(Fraction(numerator=1, denominator=1)), Mul((Num(Fraction(numerator=-1, denominator=1)), value))):
                return self._is_sigmoid(value)
        return False

    def _is_sigmoid(self, value: Expr) -> bool:
        match value:
            case Fun("sigmoid", _, order):
                return not any(order)
            case Var(name):
                bodies = [d.body for d in self.network.definitions if d.name == name]
                return bool(bodies) and all(isinstance(b, Fun) and self._is_sigmoid(b) for b in bodies)
        return False

    def _positive_value(self, name: str, depth: int) -> bool:
        """Whether all entries of a variable are positive: by their definitions, or by a fact."""
        if any(
            f.relation == ">" and isinstance(f.left, Var) and f.left.name == name and _least(f) >= 0 for f in self.facts
        ):
            return True
        bodies = [d.body for d in self.network.definitions if d.name == name]
        return bool(bodies) and depth < MAX_DEPTH and all(self.positive(body, depth + 1) for body in bodies)

    def _nonnegative(self, expr: Expr, depth: int) -> bool:
        match written_out(expr):
            case Num(value):
                return value >= 0
            case Pow(_, Num(Fraction(numerator=n, denominator=1))):
                return n % 2 == 0 and n > 0
            case Sum(_, _, body):
                return self.positive(body, depth) or self._nonnegative(body, depth)
            case Mul(args):
                return all(self.positive(arg, depth) or self._nonnegative(arg, depth) for arg in args)
            case Fun(name, _, order) if not any(order):
                return name in {"abs", "relu", "step"}
            case Var(name):
                bodies = [d.body for d in self.network.definitions if d.name == name]
                return bool(bodies) and depth < MAX_DEPTH and all(self._nonnegative(b, depth + 1) for b in bodies)
        return False


def _least(fact: Fact) -> Fraction:
    return fact.right.value if isinstance(fact.right, Num) else Fraction(-1)


def distinct(conditions: Iterable[Condition]) -> list[Condition]:
    """Return conditions without repetitions, each for the indices that it mentions."""
    return list(dict.fromkeys(map(_needed, conditions)))


def _needed(condition: Condition) -> Condition:
    """Leave out the indices that neither the expression nor the range of another index depends on."""
    used = set(free_indices(condition.expr))
    kept: list[Binder] = []
    for index, range_ in reversed(condition.binders):
        if index in used:
            kept.insert(0, (index, range_))
            used |= range_.lo.indices() | range_.hi.indices()
    return Condition(tuple(kept), condition.expr, condition.relation)
