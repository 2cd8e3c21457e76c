"""The numbers of a worked example: sizes, given values, and what the oracle computes from them.

Every value comes from the forward pass alone, every derivative from dual numbers on it, in interval arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import cycle, product
from random import Random
from typing import Any

from derive.algebra.expr import ONE, Diff, Expr, Fun, Sum, Var
from derive.algebra.index import TIMES, Index, Lin, Range, Size, lin
from derive.algebra.substitute import subs, walk
from derive.errors import NetworkError, UsageError
from derive.network.dependencies import Dependencies, variables
from derive.network.network import Definition, Leaf
from derive.notation.functions import BY_NAME
from derive.proof.draw import Concrete, Rules, assignments, draw_network, rules
from derive.proof.evaluate import evaluate
from derive.proof.faults import OutOfRange, Unsettled
from derive.proof.sizes import outline
from derive.report.given import Given, canonical, plain_key
from derive.report.subject import Subject

PENALTY = Fraction(1, 100)
LARGEST = 6
"""Of any size of an example that somebody asks for."""
CLEAR = 0.04
"""How far the argument of a function stays from its corner."""
TRIES = 13
RATES = tuple(Fraction(1, 10**n) for n in range(1, 7))
WEIGHTS = tuple(Fraction(n, 10) for n in (5, -3, 8, -6, 2, 9, -4, 7, -1, 6, -8, 3, -7))
BIASES = tuple(Fraction(n, 10) for n in (1, -2, 3, -4))
INPUTS = tuple(Fraction(n, 2) for n in (2, 1, -2, 4, 3, -1, -4, 5, -3, 6, -5))
SMALL = tuple(Fraction(n, 2) for n in (2, -1, 1, -2, 3, -1, 2, 1, -3, 1, -2))
LEVELLING = frozenset({"tanh", "sigmoid"})
TARGETS = tuple(Fraction(n, 4) for n in (2, 4, 0, 1, 3, 4))
Number = float | Fraction
Nested = Number | list["Nested"]
Key = tuple[str, tuple[int, ...]]
Axes = tuple[tuple[Index, Range], ...]


@dataclass(frozen=True, slots=True)
class Array:
    """One array of the example: of one layer, where it has layers.

    `axes` are its other indices, with numbers for their ranges; `body` is its general entry, `place` says where in the
    network's definitions it comes from, and `at` the values of the layers.
    """

    name: str
    layers: tuple[int, ...]
    axes: Axes
    entry: Var
    body: Expr | None = None
    place: int = 0
    at: tuple[tuple[Index, Lin], ...] = ()

    @property
    def places(self) -> list[tuple[int, ...]]:
        """The indices of its entries, where their ranges are known numbers."""
        return list(product(*(range(r.lo.const, r.hi.const + 1) for _, r in self.axes)))


class Numbers:
    """The network `about` at small sizes, with numbers. Raises: NetworkError where it has none."""

    def __init__(
        self,
        about: Subject,
        widths: tuple[int, ...],
        given: Given,
        seed: int | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        self.about = about
        self.network = about.network
        self.widths = widths
        self.given = given
        self.asked = dict(sizes or {})
        self.random = Random(seed) if seed is not None else None

    # Which numbers

    @cached_property
    def rules(self) -> Rules:
        return rules(self.network)

    @cached_property
    def sizes(self) -> dict[Size, int]:
        """The sizes that the options or the given arrays say; those of other networks are drawn."""
        told = self._asked_sizes | self.given.sizes(self.network)
        roles = self.about.roles
        if told or roles is None or roles.batch:
            return told
        depth = roles.depth.atom
        assert isinstance(depth, Size)
        layers = {Size(roles.size, (lin(roles.first + k),)): width for k, width in enumerate(self.widths)}
        return {depth: roles.first + len(self.widths) - 1} | layers

    @property
    def _asked_sizes(self) -> dict[Size, int]:
        """The sizes that the options name. Raises: UsageError for a name that is none."""
        known = sizes_by_name(self.about)
        for name, value in self.asked.items():
            if name not in known or value > LARGEST:
                raise UsageError(f"--widths {name}={value}: the sizes of this network are {', '.join(known)}, and each "
                                 f"number is at most {LARGEST}")  # fmt: skip
        return {known[name]: value for name, value in self.asked.items()}

    @cached_property
    def concrete(self) -> Concrete:
        """The network with its numbers: those for which no function is near a corner, if there are any."""
        frame = self._frame
        found = [frame]
        for start in range(TRIES if self.given.empty else 1):
            values = self._chosen(frame, start)
            candidate = replace(frame, given=values, _runs={})
            if self._generic(candidate):
                if self._moving(candidate):
                    return candidate
                found.insert(1, candidate)
            else:
                found.append(candidate)
        return next(one for one in (*found[1:], frame) if self._finite(one))

    @cached_property
    def _frame(self) -> Concrete:
        """The network with its sizes, of those drawn the one with the fewest entries and no axis of one."""
        labels = dict.fromkeys(self.about.labels, 2) | self.given.labels(self.about)
        choices = (
            [self._twos_and_threes | self.sizes, self.sizes] if self.sizes else [self._twos_and_threes, {}, {}, {}]
        )
        drawn = [draw_network(self.network, seed, sizes, None, labels) for seed, sizes in enumerate(choices)]
        smallest = min(drawn, key=self._bulk)
        for label, range_ in self.about.labels.items():
            labels[label] = min(labels[label], smallest.lin(range_.hi, {}))
        return smallest

    @property
    def _twos_and_threes(self) -> dict[Size, int]:
        """Sizes for which axes have two or three entries, 1 for the P of a kernel of 2P + 1 and for a stride.

        Where arrays have more than two axes, all have two: so many numbers are on a page.
        """
        kinds, slots = outline(self.network), self.about.layer_slots
        blocks = (*self.network.leaves, *self.network.definitions)
        factors: dict[object, int] = {}
        for atom, factor in (term for block in blocks for range_ in block.ranges for term in range_.hi.terms):
            factors[atom] = max(factor, factors.get(atom, 0))
        deep = any(len(block.params) - len(slots(block.name)) > 2 for block in blocks)
        within = (size.name for block in blocks for range_ in block.ranges for size in sizes_in(range_))
        sizes = [Size(name) for name in dict.fromkeys((*kinds.depths, *kinds.widths, *within))]
        return {
            size: 1 if factors.get(size, 1) <= 0 else (2 + n % 2 * (not deep)) // min(2, factors.get(size, 1))
            for n, size in enumerate(sizes)
        }

    def _bulk(self, concrete: Concrete) -> int:
        total = 0
        for block in (*self.network.leaves, *self.network.definitions):
            entries = list(assignments(block, concrete))  # type: ignore[arg-type]
            slots = self.about.layer_slots(block.name)
            axes = [place for n, place in enumerate(zip(*entries, strict=True)) if n not in slots]
            total += len(entries) + sum(20 for place in axes if len(set(place)) == 1) + 1000 * (not entries)
        return total

    def _chosen(self, frame: Concrete, start: int) -> Mapping[Key, Fraction]:
        """Return a value for each entry of what is given to the network, where no fact says what it is."""
        weights, biases = cycle(WEIGHTS[start:] + WEIGHTS[:start]), cycle(BIASES)
        found: dict[Key, Fraction] = {}
        for leaf in self.leaves:
            places, summed = list(assignments(leaf, frame)), self._summed(leaf)
            if summed is not None:
                found |= {(leaf.name, place): share for place, share in _shares(places, summed)}
            if summed is not None or leaf.name in self.rules.laws:
                continue
            inputs, targets = cycle(self._inputs), cycle(self._targets)
            numbers = {1: biases}.get(len(leaf.params) - len(self.about.layer_slots(leaf.name)), weights)
            numbers = targets if self._is_target(leaf) else inputs if self._is_input(leaf) else numbers
            for place in places:
                found[leaf.name, place] = self._number(leaf, next(numbers))
        return found | self.given.values(self.about, frame)

    def _number(self, leaf: Leaf, usual: Fraction) -> Fraction:
        if self._is_target(leaf) or (self._is_input(leaf) and self.random is None):
            return usual
        unused = not leaf.params and leaf.name not in self.about.parameters and not self._is_input(leaf)
        if leaf.name in self.rules.bounds or unused:
            return PENALTY
        if self.random is None:
            return usual
        return Fraction(self.random.choice([n for n in range(-9, 10) if n]), 10)

    @cached_property
    def _inputs(self) -> Sequence[Fraction]:
        """Inputs for which a function that levels off does not do so everywhere: its slopes are to be seen."""
        nodes = (node for d in self.network.definitions for node in walk(d.body))
        levels = any(isinstance(node, Fun) and node.name in LEVELLING for node in nodes)
        return SMALL if levels and self.about.roles is None else INPUTS

    @cached_property
    def _targets(self) -> Sequence[Fraction]:
        nodes = (node for d in self.network.definitions for node in walk(d.body))
        logged = any(isinstance(node, Fun) and node.name == "log" for node in nodes)
        return [Fraction(0), Fraction(1)] if logged else TARGETS

    def _summed(self, leaf: Leaf) -> int | None:
        """Return over which of its indices a leaf sums to one, where a fact says that it does."""
        for fact in self.network.facts:
            total = fact.left
            if fact.relation != "=" or fact.right != ONE or not isinstance(total, Sum):
                continue
            entry = total.body
            if isinstance(entry, Var) and entry.name == leaf.name and lin(total.index) in entry.idx:
                return entry.idx.index(lin(total.index))
        return None

    def _is_target(self, leaf: Leaf) -> bool:
        roles = self.about.roles
        return leaf.name == roles.targets if roles is not None else self.about.letter(leaf.name) in ("y", "t")

    def _is_input(self, leaf: Leaf) -> bool:
        roles = self.about.roles
        named = leaf.name in self.about.inputs or self.about.letter(leaf.name) == "x"
        return leaf.name == roles.inputs if roles is not None else named

    def _finite(self, concrete: Concrete) -> bool:
        try:
            return bool(evaluate(self.about.loss, concrete).is_finite())
        except (NetworkError, OutOfRange, Unsettled, ArithmeticError):
            return False

    def _generic(self, concrete: Concrete) -> bool:
        """Whether the loss has a value, and no function of the forward pass is near a corner."""
        if not self._finite(concrete):
            return False
        for definition in self.network.definitions:
            corners = [n for n in walk(definition.body) if isinstance(n, Fun) and _has_corner(n)]
            for place in assignments(definition, concrete) if corners else ():  # type: ignore[arg-type]
                at = dict(zip(definition.params, map(lin, place), strict=True))
                if any(abs(float(evaluate(subs(n.args[0], at), concrete).mid())) < CLEAR for n in corners):
                    return False
        return True

    def _moving(self, concrete: Concrete) -> bool:
        """Whether some entry of each parameter moves the loss: not all units of a rectifier are off."""
        loss = self.about.loss
        for name in self.about.parameters:
            entries = (Var(name, tuple(map(lin, place))) for place in concrete.entries(name))
            if not any(self.value(Diff(loss, entry), concrete) for entry in entries):
                return False
        return True

    # What there is

    @cached_property
    def leaves(self) -> list[Leaf]:
        used = Dependencies(self.network).below[self.about.loss.name]
        return [leaf for leaf in self.network.leaves if leaf.name in used]

    def arrays(self, block: Definition | Leaf) -> Iterator[Array]:
        """Yield a leaf or definition array by array: W_1, W_2."""
        slots = self.about.layer_slots(block.name)
        if isinstance(block, Leaf):
            block = self._lettered(block)
        seen = dict.fromkeys(tuple(place[n] for n in slots) for place in assignments(block, self.concrete))  # type: ignore[arg-type]
        for layers in seen:
            at: dict[Any, Lin] = dict(zip((block.params[n] for n in slots), map(lin, layers), strict=True))
            axes = tuple(
                (param, self.concreted(range_.subs(at)))
                for n, (param, range_) in enumerate(zip(block.params, block.ranges, strict=True))
                if n not in slots
            )
            entry = Var(block.name, tuple(at.get(param, lin(param)) for param in block.params))
            body = subs(block.body, at) if isinstance(block, Definition) else None
            place = self.network.definitions.index(block) if isinstance(block, Definition) else 0
            yield Array(block.name, layers, axes, entry, body, place, tuple(at.items()))

    def _lettered(self, leaf: Leaf) -> Leaf:
        """Return a leaf whose indices have the letters that the text has for them."""
        letters = dict(zip(leaf.params, self.about.general(leaf.name).idx, strict=False))
        params = tuple(e.atom for e in letters.values() if isinstance(e.atom, Index))
        return replace(leaf, params=params, ranges=tuple(r.subs(letters) for r in leaf.ranges))

    @cached_property
    def computed(self) -> list[Array]:
        """The arrays of the forward pass that the loss rests on, each after those that it reads."""
        needed = Dependencies(self.network).below[self.about.loss.name] | {self.about.loss.name}
        every = [a for d in self.network.definitions if d.name in needed for a in self.arrays(d)]
        order: dict[int, Array] = {}
        begun: set[int] = set()

        def visit(number: int) -> None:
            if number not in begun:
                begun.add(number)
                for below in self.sources(every, number):
                    visit(below)
                order[number] = every[number]

        for number in range(len(every)):
            visit(number)
        return list(order.values())

    def sources(self, every: list[Array], number: int) -> Iterator[int]:
        """Yield the places of the arrays that one of them reads."""
        array = every[number]
        assert array.body is not None
        for v in variables(array.body):
            slots = self.about.layer_slots(v.name)
            wanted = [self.whole(v.idx[n]) for n in slots]
            for other, one in enumerate(every):
                same = one.name == v.name and len(one.layers) == len(wanted)
                if same and all(w is None or w == layer for w, layer in zip(wanted, one.layers, strict=True)):
                    yield other

    def whole(self, index: Lin) -> int | None:
        """Return the value of an index in terms of sizes; None where it runs."""
        return None if index.indices() else self.concrete.lin(index, {})

    def concreted(self, range_: Range) -> Range:
        """Return a range with numbers for its ends, as far as they are known."""
        lo, hi = self.whole(range_.lo), self.whole(range_.hi)
        return Range(range_.lo if lo is None else lin(lo), range_.hi if hi is None else lin(hi))

    # Values

    def value(self, expr: Expr, concrete: Concrete | None = None) -> float:
        return float(evaluate(expr, concrete or self.concrete).mid())

    def entry(self, name: str, place: tuple[int, ...]) -> Fraction:
        """Return an entry of a leaf."""
        given = self.concrete.given.get((name, place))
        return Fraction(self.value(Var(name, tuple(map(lin, place))))) if given is None else given

    def table(self, expr: Expr, axes: Axes) -> Nested:
        """Return the values of an expression over its axes, exactly where they were given."""
        if not axes:
            given = self._given(expr) if isinstance(expr, Var) else None
            return self.value(expr) if given is None else given
        (index, range_), *rest = axes
        low, high = (self.concrete.lin(end, {}) for end in (range_.lo, range_.hi))
        return [
            self.table(subs(expr, {index: lin(n)}), tuple((i, r.subs({index: lin(n)})) for i, r in rest))
            for n in range(low, high + 1)
        ]

    def _given(self, entry: Var) -> Fraction | None:
        """Return an entry as it was given, also under another name: h_0 for x."""
        place = tuple(e.const for e in entry.idx if e.is_const)
        if len(place) < len(entry.idx):
            return None
        for definition in self.network.definitions:
            at = dict(zip(definition.params, entry.idx, strict=False))
            ends = [(self.whole(r.lo), self.whole(r.hi)) for r in (r.subs(at) for r in definition.ranges)]
            known = zip(place, ends, strict=False)
            inside = all(lo is not None and hi is not None and lo <= n <= hi for n, (lo, hi) in known)
            if definition.name == entry.name and isinstance(definition.body, Var) and inside:
                source = subs(definition.body, at)
                return self._given(source) if isinstance(source, Var) else None
        return self.concrete.given.get((entry.name, place))

    @cached_property
    def slopes(self) -> dict[Key, Fraction]:
        """The derivative of the loss by each parameter."""
        loss = self.about.loss
        return {
            (leaf.name, place): Fraction(self.value(Diff(loss, Var(leaf.name, tuple(map(lin, place))))))
            for leaf in self.leaves if leaf.name in self.about.parameters
            for place in self.concrete.entries(leaf.name)
        }  # fmt: skip

    def descended(self, rate: Fraction) -> float:
        """Return the loss after one step of gradient descent."""
        changes = {key: self.entry(*key) - rate * slope for key, slope in self.slopes.items()}
        return self.value(self.about.loss, self.moved(changes))

    @cached_property
    def rate(self) -> Fraction:
        """The first of the learning rates whose step goes no farther than half way to where the loss would be zero
        if it fell as fast as it does here; it is lowered by the step."""
        steepness = float(sum(slope * slope for slope in self.slopes.values()))
        before = self.value(self.about.loss)
        fitting = (rate for rate in RATES if steepness * rate <= abs(before) / 2 and self.descended(rate) <= before)
        return next(fitting, RATES[-1])

    def moved(self, changes: Mapping[Key, Fraction]) -> Concrete:
        """Return the network with other values for some entries."""
        return replace(self.concrete, given={**self.concrete.given, **changes}, _runs={})


def sizes_in(range_: Range) -> Iterator[Size]:
    """Yield the sizes that the ends of a range speak of, the factors of products among them: s and H of s (H - 1)."""
    for end in (range_.lo, range_.hi):
        yield from _sizes_in(end)


def _sizes_in(length: Lin) -> Iterator[Size]:
    for atom, _ in length.terms:
        if isinstance(atom, Size) and atom.name == TIMES:
            for factor in atom.args:
                yield from _sizes_in(factor)
        elif isinstance(atom, Size) and not atom.args:
            yield atom


def sizes_by_name(about: Subject) -> dict[str, Size]:
    """Return the sizes of a network by their names as one types them: d_k."""
    blocks = (*about.network.leaves, *about.network.definitions)
    sizes = dict.fromkeys(size for block in blocks for range_ in block.ranges for size in sizes_in(range_))
    return {plain_key(canonical(about.index(lin(size)))): size for size in sizes}


def _shares(places: Sequence[tuple[int, ...]], summed: int) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Yield values that sum to one over an index: one of them is twice the others, the second one of the first row."""
    units = sorted({place[summed] for place in places})
    lows = [min(index) for index in zip(*places, strict=True)]
    for place in places:
        turned = sum(place) - sum(lows)
        yield place, Fraction(1 + (turned % len(units) == 1 or len(units) == 1), len(units) + 1)


def flat(table: Nested) -> list[Number]:
    """Return all numbers of a table."""
    return [number for row in table for number in flat(row)] if isinstance(table, list) else [table]


def _has_corner(node: Fun) -> bool:
    return node.name in BY_NAME and bool(BY_NAME[node.name].corner) and not any(node.order)
