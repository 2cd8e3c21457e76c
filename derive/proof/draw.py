"""Concrete networks: sizes, rational parameters, and a generic smooth function for each function left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from flint import arb

from derive.algebra.expr import Var
from derive.algebra.index import Index, Lin, Range, Size
from derive.budget import UNLIMITED, Budget
from derive.errors import NetworkError
from derive.network.network import Fact, Leaf, Network
from derive.proof.evaluate import PRECISION, Evaluation
from derive.proof.exact import Entry, ball, exact_value, leafless
from derive.proof.faults import Growth
from derive.proof.generic import scatter
from derive.proof.laws import Law, Pattern, laws
from derive.proof.sizes import Fixed, Sizes, fixed_by_facts, outline, plan

DENOMINATORS = (5, 6, 7, 8, 9, 11, 13)
MAX_ENTRIES = 400


class Signs(Enum):
    """What raw entries look like: of both signs, positive, or between 0 and 1."""

    BOTH = 0
    POSITIVE = 1
    UNIT = 2


@dataclass(frozen=True)
class Rules:
    """What the facts assumed of a network ask of a draw."""

    network: Network
    facts: tuple[Fact, ...]
    laws: Mapping[str, tuple[Law, ...]]
    bounds: Mapping[str, tuple[tuple[Pattern, Fact, bool], ...]]
    sizes: tuple[Fixed, ...]


def rules(network: Network, facts: tuple[Fact, ...] = ()) -> Rules:
    """Return the rules for drawing `network` under its own facts and further ones."""
    every = (*network.facts, *facts)
    leaves = frozenset(leaf.name for leaf in network.leaves)
    bounds: dict[str, tuple[tuple[Pattern, Fact, bool], ...]] = {}
    for fact in every:
        for side, lower in ((fact.left, True), (fact.right, False)):
            if fact.relation == ">" and isinstance(side, Var) and side.name in leaves:
                bounds[side.name] = (*bounds.get(side.name, ()), (Pattern(side.idx, fact), fact, lower))
    return Rules(network, every, laws(every, leaves), bounds, fixed_by_facts(every))


def windows(network: Network) -> tuple[Range, ...]:
    """Return the ranges of a forward pass that end before the end of what they slide over: 1 ≤ i ≤ P - m + 1."""
    every = (bounds for definition in network.definitions for bounds in definition.ranges)
    return tuple(dict.fromkeys(bounds for bounds in every if _is_window(bounds.hi - bounds.lo)))


def _is_window(length: Lin) -> bool:
    sizes = all(isinstance(atom, Size) and not atom.args for atom, _ in length.terms)
    return sizes and {coefficient > 0 for _, coefficient in length.terms} == {True, False}


def too_narrow(ranges: tuple[Range, ...], concrete: Concrete) -> Growth | None:
    """Return the size that has to grow for the first empty one of some ranges: on it, all sums would be 0 = 0."""
    for bounds in ranges:
        length = bounds.hi - bounds.lo
        short = -concrete.lin(length, {})
        for atom, coefficient in length.terms if short > 0 else ():
            if isinstance(atom, Size) and coefficient > 0:
                return Growth(atom.name, (), concrete.size(atom.name, ()) - (-short // coefficient))
    return None


@dataclass
class Concrete:
    """One network of known sizes; entries of leaves are drawn when first asked for, the same ones for the same seed."""

    rules: Rules
    seed: int
    sizes: Sizes
    signs: Signs = Signs.BOTH
    given: Mapping[tuple[str, Entry], Fraction] = field(default_factory=dict)
    _runs: dict[int, Evaluation] = field(default_factory=dict)

    @property
    def network(self) -> Network:
        return self.rules.network

    def size(self, name: str, args: Entry) -> int:
        """Return the size `name[args]`."""
        return self.sizes.size(name, args)

    def lin(self, value: Lin, env: Mapping[Index, int]) -> int:
        """Return the value of an index expression."""
        return self.sizes.lin(value, env)

    def free_index(self, index: Index) -> int:
        """Return the value of an index that the network leaves free. Raises NetworkError if it has none."""
        return self.sizes.index(index)

    def run(self, prec: int = PRECISION, budget: Budget = UNLIMITED) -> Evaluation:
        """Return the values at a precision; they are kept."""
        found = self._runs.get(prec)
        if found is None:
            found = self._runs[prec] = Evaluation(self, prec)
        found.budget = budget
        return found

    def leaf(self, name: str, idx: Entry, run: Evaluation) -> arb:
        """Return the value of an entry of a leaf, at the precision of the run."""
        value = self.number(name, idx, run)
        return ball(value) if isinstance(value, Fraction) else value

    def number(self, name: str, idx: Entry, run: Evaluation) -> Fraction | arb:
        """Return an entry of a leaf as it was given or drawn: a rational number where the facts allow one."""
        given = self.given.get((name, idx))
        if given is not None:
            return given
        for law in self.rules.laws.get(name, ()):
            value = law.value(idx, run)
            if value is not None:
                return value
        return self.raw(name, idx)

    def raw(self, name: str, idx: Entry) -> Fraction:
        """Return a random rational number for an entry, within the bounds that facts set for it."""
        random = scatter(self.seed, name, idx)
        low, high = self._bounds(name, idx)
        below = DENOMINATORS[random % len(DENOMINATORS)]
        unit = Fraction(1 + (random >> 8) % (below - 1), below)
        if low is not None and high is not None:
            return low + (high - low) * unit
        if low is not None or high is not None:
            return low + 2 * unit if low is not None else (high or 0) - 2 * unit
        if self.signs is Signs.UNIT:
            return unit
        unit = unit * Fraction(4, 3)
        return -unit if self.signs is Signs.BOTH and random & (1 << 40) else unit

    def _bounds(self, name: str, idx: Entry) -> tuple[Fraction | None, Fraction | None]:
        low: list[Fraction] = []
        high: list[Fraction] = []
        for pattern, fact, lower in self.rules.bounds.get(name, ()):
            env = pattern.match(idx, self)
            bound = fact.right if lower else fact.left
            value = None if env is None or bound is None else exact_value(bound, env, self, leafless)
            if value is not None:
                (low if lower else high).append(value)
        return max(low, default=None), min(high, default=None)

    def entries(self, name: str) -> Iterator[Entry]:
        """Yield the indices of all entries of a leaf. Raises NetworkError if there is none of that name."""
        for leaf in self.network.leaves:
            if leaf.name == name:
                yield from assignments(leaf, self)
                return
        raise NetworkError(f"{name} is not a parameter of the network")


def assignments(block: Leaf | Fact, concrete: Concrete) -> Iterator[Entry]:
    """Yield the values of the parameters in their ranges, the last one fastest."""

    def walk(env: dict[Index, int]) -> Iterator[Entry]:
        if len(env) == len(block.params):
            yield tuple(env.values())
            return
        index, bounds = block.params[len(env)], block.ranges[len(env)]
        for value in range(concrete.lin(bounds.lo, env), concrete.lin(bounds.hi, env) + 1):
            yield from walk({**env, index: value})

    return walk({})


def draw_network(
    network: Network,
    seed: int = 0,
    sizes: Mapping[Size, int] | None = None,
    values: Mapping[tuple[str, Entry], Fraction] | None = None,
    free: Mapping[Index, int] | None = None,
) -> Concrete:
    """Return a concrete network of the given sizes, leaf entries and free indices; what is not given is drawn."""
    drawn = rules(network)
    fixed = tuple((size, Lin((), value)) for size, value in (sizes or {}).items())
    choose = plan(outline(network), seed, 0, 0)
    return Concrete(drawn, seed, Sizes((*fixed, *drawn.sizes), choose, free or {}), given=values or {})
