"""Which concrete sizes a symbolic network is drawn with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from derive.algebra.expr import IndexValue, Var
from derive.algebra.index import TIMES, Index, Lin, Size
from derive.errors import NetworkError
from derive.network.network import Definition, Fact, Leaf, Network
from derive.proof.exact import subexpressions
from derive.proof.generic import scatter

Fixed = tuple[Size, Lin]
SizeKey = tuple[str, tuple[int, ...]]
LARGEST = 12
"""Sizes do not grow beyond this for the sake of a concrete index."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What kinds of sizes a network has: `depths` bound layers or times, `widths` are the others without indices."""

    depths: tuple[str, ...]
    widths: tuple[str, ...]


def outline(network: Network) -> Outline:
    """Return the kinds of sizes. An index counts layers if it indexes a size (n_k) or is shifted by one (h_{k-1})."""
    depths: dict[str, None] = {}
    others: dict[str, None] = {}
    blocks: tuple[Definition | Leaf, ...] = (*network.definitions, *network.leaves)
    for block in blocks:
        layers = _layers(block)
        for index, bounds in zip(block.params, block.ranges, strict=True):
            for atom, _ in bounds.hi.terms:
                if isinstance(atom, Size) and not atom.args:
                    (depths if index in layers else others)[atom.name] = None
    return Outline(tuple(depths), tuple(name for name in others if name not in depths))


def _layers(block: Definition | Leaf) -> set[Index]:
    found: set[Index] = set()
    for bounds in block.ranges:
        for atom, _ in (*bounds.lo.terms, *bounds.hi.terms):
            if isinstance(atom, Size):
                found.update(*(arg.indices() for arg in atom.args))
    if isinstance(block, Definition):
        for node in subexpressions(block.body):
            if isinstance(node, Var):
                found.update(*(part.indices() for part in node.idx if part.const and part.terms))
    return found


def fixed_by_facts(facts: tuple[Fact, ...]) -> tuple[Fixed, ...]:
    """Return the sizes that facts fix, such as n_k = n."""
    found: list[Fixed] = []
    for fact in facts:
        match fact.relation, fact.left, fact.right:
            case "=", IndexValue(left), IndexValue(right):
                for one, two in ((left, right), (right, left)):
                    if isinstance(one.atom, Size):
                        found.append((one.atom, two))
                        break
            case "=", IndexValue(Lin(terms=((Size() as size, 1),), const=const)), number if number is not None:
                value = getattr(number, "value", None)
                if isinstance(value, Fraction) and value.denominator == 1:
                    found.append((size, Lin((), int(value) - const)))
    return tuple(found)


@dataclass
class Sizes:
    """The sizes of one drawn network: some are fixed, the others come from `choose`, and are at least `least`."""

    fixed: tuple[Fixed, ...]
    choose: Callable[[str, tuple[int, ...]], int]
    free: Mapping[Index, int]
    least: Mapping[SizeKey, int] = field(default_factory=dict)
    known: dict[SizeKey, int] = field(default_factory=dict)
    _open: set[SizeKey] = field(default_factory=set)

    def size(self, name: str, args: tuple[int, ...]) -> int:
        if name == TIMES:
            return prod(args)
        key = (name, args)
        value = self.known.get(key)
        if value is None:
            value = self._fixed(key)
            if value is None:
                value = max(self.choose(name, args), self.least.get(key, 0))
            self.known[key] = value
        return value

    def _fixed(self, key: SizeKey) -> int | None:
        """Return the value that is fixed for a size; a chain of equations that comes back to it fixes nothing."""
        if key in self._open or any(arg < 0 for arg in key[1]):
            return None
        self._open.add(key)
        try:
            for pattern, value in self.fixed:
                if pattern.name == key[0] and len(pattern.args) == len(key[1]):
                    env = self._match(pattern.args, key[1])
                    if env is not None:
                        return self.lin(value, env)
        finally:
            self._open.discard(key)
        return None

    def _match(self, pattern: tuple[Lin, ...], args: tuple[int, ...]) -> dict[Index, int] | None:
        """Return the indices for which the pattern has these arguments; an index of the claim has its own value."""
        env: dict[Index, int] = {}
        for part, value in zip(pattern, args, strict=True):
            atom = part.atom
            if isinstance(atom, Index) and atom not in self.free and env.setdefault(atom, value) == value:
                continue
            if self.lin(part, env) != value:
                return None
        return env

    def lin(self, value: Lin, env: Mapping[Index, int]) -> int:
        """Return the value of an index expression."""
        result = value.const
        for atom, coefficient in value.terms:
            if isinstance(atom, Size):
                number = self.size(atom.name, tuple(self.lin(arg, env) for arg in atom.args))
            else:
                number = env[atom] if atom in env else self.index(atom)
            result += coefficient * number
        return result

    def index(self, index: Index) -> int:
        """Return the value of a free index. Raises NetworkError if it has none."""
        if index not in self.free:
            raise NetworkError(f"the index {index} has no value")
        return self.free[index]


def plan(kinds: Outline, seed: int, draw: int, attempt: int) -> Callable[[str, tuple[int, ...]], int]:
    """Return how sizes are chosen: depths of 2 to 4, and widths that differ from each other, above all in draw 0.

    From the third draw on a width may be 1.
    """
    depths = {name: place for place, name in enumerate(kinds.depths)}
    widths = {name: place for place, name in enumerate(kinds.widths)}
    spread = max(3, min(len(widths), 4)) if len(widths) < 6 else 2

    def choose(name: str, args: tuple[int, ...]) -> int:
        random = scatter(seed, draw, attempt, name, args)
        if not args and name in depths:
            return 2 + (draw + attempt + depths[name]) % 3
        if not args:
            place = widths.get(name, random)
            least = 2 if draw < 2 else 1
            return 2 + (place + seed + attempt) % spread if draw == 0 else least + random % min(spread, 3)
        turn = sum(args) + scatter(seed, name)
        if draw < 2 and attempt < 4:
            return 2 + (turn if draw == 0 else 1 - turn) % 3
        return 1 + random % 4

    return choose
