"""How many multiplications formulas take at given sizes: each product once for every value of the letters in it.

    Σ_m W[k,i,m] h[k-1,m]  for all k and i    n_k · n_{k-1} of them, summed over the layers k
    x Σ_m y[m]                                one: what has no letter in common with a sum is taken out of it

A delta selects, and costs nothing: [a + s k = m] leaves one m for each a and k.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from derive.algebra.expr import ONE, Diff, Expr, Fun, Functional, IndexValue, Iverson, Mul, Num, Pow, Sum, Var
from derive.algebra.index import Index, Lin, Range
from derive.algebra.substitute import children, walk
from derive.network.tidy import MINUS_ONE
from derive.notation.functions import EXTREMES
from derive.proof.sizes import Sizes

Scope = Mapping[Index, Range]


def multiplications(expr: Expr, axes: Scope, sizes: Sizes) -> int:
    """Return how many multiplications and divisions the values of `expr` take, for all values of its `axes`."""
    return _Counter(sizes).count(expr, axes)


def entries(axes: Scope, sizes: Sizes) -> int:
    """Return how many values the letters have together."""
    return _Counter(sizes).values(list(axes), axes, {})


@dataclass
class _Counter:
    sizes: Sizes
    seen: set[Expr] = field(default_factory=set)

    def count(self, expr: Expr, scope: Scope) -> int:
        if expr in self.seen or isinstance(expr, Functional | Diff):  # worked out already, or not worked out at all
            return 0
        self.seen.add(expr)
        match expr:
            case Sum(index, range_, body):
                return self.count(body, {**scope, index: range_})
            case Mul(args):
                return self._product(args, scope)
            case Pow(base, Num(power)):
                times = max(abs(power.numerator) - 1, 0) if power.denominator == 1 else 0
                return times * self._places((expr,), scope) + self.count(base, scope)
        return sum(self.count(child, scope) for child in children(expr))

    def _product(self, args: Sequence[Expr], scope: Scope) -> int:
        """Return the fewer: with the factors put into a sum that a delta leaves one term of, or behind it."""
        known, counts = set(self.seen), list[int]()
        for factors, inner in ((list(args), scope), _opened(args, scope)):
            self.seen = set(known)
            worked = [factor for factor in factors if not _selects(factor)]
            own = max(len(worked) - 1, 0) * self._places(factors, inner)
            counts.append(own + sum(self.count(factor, inner) for factor in worked))
        return min(counts)

    def _places(self, factors: Sequence[Expr], scope: Scope) -> int:
        """Return for how many values of the letters in scope these factors differ."""
        used = {i for factor in factors for e in _indices(factor) for i in e.indices()} & set(scope)
        while more := {i for j in used for e in (scope[j].lo, scope[j].hi) for i in e.indices()} & set(scope) - used:
            used |= more
        for delta in (f for f in factors if isinstance(f, Iverson) and f.relation == "="):
            told = dict((delta.left - delta.right).terms)
            used -= set([i for i in scope if i in used and abs(told.get(i, 0)) == 1][:1])
        return self.values([i for i in scope if i in used], scope, {})

    def values(self, letters: list[Index], scope: Scope, at: dict[Index, int]) -> int:
        if not letters:
            return 1
        first, *rest = letters
        low, high = (self.sizes.lin(end, at) for end in (scope[first].lo, scope[first].hi))
        if any(first in e.indices() for other in rest for e in (scope[other].lo, scope[other].hi)):
            return sum(self.values(rest, scope, {**at, first: n}) for n in range(low, high + 1))
        return max(high - low + 1, 0) * self.values(rest, scope, at)


def _opened(args: Iterable[Expr], scope: Scope) -> tuple[list[Expr], Scope]:
    """Return the factors of a product, those inside its sums with a delta among them, with their scope."""
    found, inner = list[Expr](), dict(scope)
    waiting = list(args)
    while waiting:
        match waiting.pop():
            case Mul(factors):
                waiting += factors
            case Sum(index, range_, body) as total if any(isinstance(node, Iverson) for node in walk(total)):
                inner[index] = range_
                waiting.append(body)
            case factor:
                found.append(factor)
    return found, inner


def _selects(factor: Expr) -> bool:
    """Whether a factor multiplies nothing: a sign, a delta, the indicator of where a maximum stands."""
    return factor in (ONE, MINUS_ONE) or isinstance(factor, Iverson) or _is_extreme(factor)


def _is_extreme(factor: Expr) -> bool:
    return isinstance(factor, Functional) and factor.name in EXTREMES and bool(factor.slots)


def _indices(expr: Expr) -> Iterator[Lin]:
    for node in walk(expr):
        match node:
            case Var(_, idx) | Fun(idx=idx):
                yield from idx
            case Functional(slots=slots):
                yield from (e for _, idx in slots for e in idx)
            case IndexValue(value):
                yield value
            case Iverson(_, left, right):
                yield from (left, right)
            case Sum(_, range_, _):
                yield from (range_.lo, range_.hi)
