"""How the parameters and inputs of a network have to be drawn so that the facts assumed of them hold.

Each law gives the value of an entry, or None for an entry that it does not concern; the first that answers wins. Facts
for which there is no law are met by chance or not at all; every fact is checked on the network drawn (`facts_hold`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Protocol

from flint import arb

from derive.algebra.expr import Expr, Iverson, Mul, Num, Pow, Sum, Var
from derive.algebra.index import Index, Lin
from derive.network.network import Fact
from derive.proof.exact import Entry, Env, Lookup, ball, degree, exact_value, leafless, subexpressions
from derive.proof.generic import scatter

if TYPE_CHECKING:
    from derive.proof.draw import Concrete
    from derive.proof.evaluate import Evaluation

MAX_COMBINATIONS = 4096


class Law(Protocol):
    """Gives the values of the entries of one leaf."""

    @property
    def name(self) -> str: ...

    def value(self, idx: Entry, run: Evaluation) -> Fraction | arb | None:
        """Return the value of `name[idx]`: a rational number, or a ball around the number that the law asks for."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The entries that a fact speaks of: index expressions over the fact's parameters."""

    idx: tuple[Lin, ...]
    fact: Fact

    def match(self, idx: Entry, concrete: Concrete) -> Env | None:
        """Return the parameters for which the pattern is the entry `idx`."""
        env: Env = {}
        if len(idx) != len(self.idx):
            return None
        for part, value in zip(self.idx, idx, strict=True):
            unknown = [index for index in self.fact.params if index in part.indices() and index not in env]
            if not unknown:
                if concrete.lin(part, env) != value:
                    return None
            elif part.terms == ((unknown[0], 1),):
                env[unknown[0]] = value - part.const
            else:
                return None
        return env if len(env) == len(self.fact.params) and self._within(env, concrete) else None

    def _within(self, env: Env, concrete: Concrete) -> bool:
        pairs = zip(self.fact.params, self.fact.ranges, strict=True)
        return all(concrete.lin(r.lo, env) <= env[p] <= concrete.lin(r.hi, env) for p, r in pairs)


@dataclass(frozen=True, slots=True)
class Assigned:
    """leaf = expression."""

    name: str
    pattern: Pattern
    body: Expr

    def value(self, idx: Entry, run: Evaluation) -> Fraction | arb | None:
        env = self.pattern.match(idx, run.concrete)
        if env is None:
            return None
        number = exact_value(self.body, env, run.concrete, leafless)
        return run.evaluate(self.body, env).value if number is None else number


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A_ij = ± A_ji: the entry with the smaller indices is drawn, the other follows."""

    name: str
    pattern: Pattern
    other: tuple[Lin, ...]
    sign: int

    def value(self, idx: Entry, run: Evaluation) -> Fraction | None:
        env = self.pattern.match(idx, run.concrete)
        if env is None:
            return None
        twin = tuple(run.concrete.lin(part, env) for part in self.other)
        if twin == idx and self.sign < 0:
            return Fraction(0)
        raw = run.concrete.raw(self.name, min(idx, twin))
        return raw if idx <= twin else self.sign * raw


@dataclass(frozen=True, slots=True)
class Chosen:
    """Entries out of a finite set; where they have to balance as well (one-hot vectors), a combination that does."""

    name: str
    pattern: Pattern
    choices: tuple[Expr, ...]
    balance: Balanced | None

    def value(self, idx: Entry, run: Evaluation) -> Fraction | None:
        concrete = run.concrete
        env = self.pattern.match(idx, concrete)
        values = [exact_value(choice, env or {}, concrete, leafless) for choice in self.choices]
        numbers = [value for value in values if value is not None]
        if env is None or not numbers:
            return None
        if self.balance is None:
            return numbers[scatter(concrete.seed, self.name, idx) % len(numbers)]
        return self.balance.combination(idx, numbers, concrete)


@dataclass(frozen=True, slots=True)
class Balanced:
    """An equation homogeneous of some degree in one leaf, such as Σ_i y_i = 1 or Σ_i v_i² = 1: drawn, then rescaled."""

    name: str
    fact: Fact
    keys: tuple[tuple[int, Index], ...]
    degree: Fraction

    def value(self, idx: Entry, run: Evaluation) -> Fraction | arb | None:
        env = {index: idx[place] for place, index in self.keys}
        concrete = run.concrete
        wanted = self._wanted(env, concrete)
        if wanted is None:
            return None
        if not wanted:
            return self._vanishing(idx, env, concrete)
        positive = self.degree == 1  # so that the total is not close to zero, and shares are probabilities
        raw = _positive(concrete) if positive else concrete.raw
        total, own = exact_value(self.fact.left, env, concrete, raw), raw(self.name, idx)
        if not total or own is None:
            return None
        if positive:
            return own * wanted / total
        return ball(own) * ball(wanted / total) ** ball(1 / self.degree)

    def _vanishing(self, idx: Entry, env: Env, concrete: Concrete) -> Fraction | None:
        """Return an entry where a linear equation has right side 0: u - v · left(u) / left(v) for random u, v."""
        other = _other(concrete)
        along = exact_value(self.fact.left, env, concrete, other)
        total = exact_value(self.fact.left, env, concrete, concrete.raw)
        direction = other(self.name, idx)
        if self.degree != 1 or total is None or not along or direction is None:
            return None
        return concrete.raw(self.name, idx) - direction * total / along

    def combination(self, idx: Entry, numbers: list[Fraction], concrete: Concrete) -> Fraction | None:
        """Return the entry at `idx` of a combination of `numbers` that meets the equation."""
        env = {index: idx[place] for place, index in self.keys}
        group = [entry for entry in concrete.entries(self.name) if all(entry[p] == idx[p] for p, _ in self.keys)]
        if len(numbers) ** len(group) > MAX_COMBINATIONS:
            return None
        wanted = self._wanted(env, concrete)
        combinations = list(product(numbers, repeat=len(group)))
        start = scatter(concrete.seed, self.name, tuple(env.values())) % len(combinations)
        for combination in combinations[start:] + combinations[:start]:
            values = dict(zip(group, combination, strict=True))
            if exact_value(self.fact.left, env, concrete, _lookup(values)) == wanted:
                return values.get(idx)
        return None

    def _wanted(self, env: Env, concrete: Concrete) -> Fraction | None:
        return None if self.fact.right is None else exact_value(self.fact.right, env, concrete, leafless)


@dataclass(frozen=True, slots=True)
class Orthogonal:
    """Σ_k Q_ik Q_jk = [i = j]: entries of a product of two rational reflections I - 2 v vᵀ / vᵀv."""

    name: str
    across: int

    def value(self, idx: Entry, run: Evaluation) -> Fraction | None:
        concrete = run.concrete
        entries = list(concrete.entries(self.name))
        size = max(max(entry) for entry in entries) + 1
        one, two = (self._normal(concrete, size, kind) for kind in (1, 2))
        row, col = idx[1 - self.across], idx[self.across]
        return sum((_reflection(one, row, k) * _reflection(two, k, col) for k in range(1, size)), Fraction(0))

    def _normal(self, concrete: Concrete, size: int, kind: int) -> list[Fraction]:
        return [Fraction(0), *(concrete.raw(self.name, (k, k * kind, kind)) for k in range(1, size))]


def _lookup(values: Mapping[Entry, Fraction]) -> Lookup:
    return lambda _, idx: values.get(idx)


def _positive(concrete: Concrete) -> Lookup:
    return lambda name, idx: abs(concrete.raw(name, idx))


def _other(concrete: Concrete) -> Lookup:
    """Return entries drawn apart from the raw ones."""
    return lambda name, idx: concrete.raw(name, (*idx, -1))


def _reflection(normal: list[Fraction], row: int, col: int) -> Fraction:
    return int(row == col) - 2 * normal[row] * normal[col] / sum((v * v for v in normal), Fraction(0))


def laws(facts: tuple[Fact, ...], leaves: frozenset[str]) -> dict[str, tuple[Law, ...]]:
    """Return the laws that the facts make for the leaves, by leaf."""
    found: list[Law] = []
    balances = [law for fact in facts if (law := _balanced(fact, leaves)) is not None]
    for fact in facts:
        found.extend(_assigned(fact, leaves))
        found.extend(_orthogonal(fact, leaves))
    for fact in facts:
        if fact.relation == "in" and isinstance(fact.left, Var) and fact.left.name in leaves:
            name = fact.left.name
            balance = next((law for law in balances if law.name == name), None)
            found.append(Chosen(name, Pattern(fact.left.idx, fact), fact.choices, balance))
    found.extend(balances)
    return {name: tuple(law for law in found if law.name == name) for name in {law.name for law in found}}


def _assigned(fact: Fact, leaves: frozenset[str]) -> Iterator[Law]:
    """Yield the law of `leaf = expression`, or of a leaf that is its own mirror image."""
    sides = (
        (fact.left, fact.right) if isinstance(fact.left, Var) and fact.left.name in leaves else (fact.right, fact.left)
    )
    leaf, body = sides
    if fact.relation != "=" or not isinstance(leaf, Var) or leaf.name not in leaves or body is None:
        return
    pattern = Pattern(leaf.idx, fact)
    own = [node for node in subexpressions(body) if isinstance(node, Var) and node.name == leaf.name]
    match body:
        case Var(name, idx) if name == leaf.name:
            yield Mirrored(leaf.name, pattern, idx, 1)
        case Mul((Num(Fraction(numerator=-1, denominator=1)), Var(name, idx))) if name == leaf.name:
            yield Mirrored(leaf.name, pattern, idx, -1)
        case _ if not own:
            yield Assigned(leaf.name, pattern, body)


def _balanced(fact: Fact, leaves: frozenset[str]) -> Balanced | None:
    """Return the law of an equation that is homogeneous in one leaf, whose groups are told apart by the parameters."""
    match fact.left:
        case Pow(base, Num(Fraction(numerator=1, denominator=root))) if root > 1 and fact.right is not None:
            fact = replace(fact, left=base, right=Pow(fact.right, Num(Fraction(root))))
    variables = [node for node in subexpressions(fact.left) if isinstance(node, Var)]
    names = {node.name for node in variables}
    if fact.relation != "=" or isinstance(fact.left, Var) or len(names) != 1 or not names <= leaves:
        return None
    (name,) = names
    power = degree(fact.left)
    keys = {tuple((p, x.atom) for p, x in enumerate(node.idx) if x.atom in fact.params) for node in variables}
    if not power or len(keys) != 1:
        return None
    (key,) = keys
    if {index for _, index in key} != set(fact.params):
        return None
    return Balanced(name, fact, tuple((p, index) for p, index in key if isinstance(index, Index)), power)


def _orthogonal(fact: Fact, leaves: frozenset[str]) -> Iterator[Law]:
    match fact.left, fact.right:
        case (Sum(k, _, Mul((Var(name, (a, b)), Var(other, (c, d))))), Iverson("=", _, _)) if name == other:
            if name in leaves and fact.relation == "=":
                if b.atom == d.atom == k and a.atom != c.atom:
                    yield Orthogonal(name, 1)
                elif a.atom == c.atom == k and b.atom != d.atom:
                    yield Orthogonal(name, 0)
