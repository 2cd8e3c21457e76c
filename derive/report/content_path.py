"""The scalar chain of any network: one entry, one path from it to the loss, and the factors along it, with numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from derive.algebra.expr import Diff, Expr, Functional, Var
from derive.algebra.index import lin
from derive.algebra.substitute import walk
from derive.errors import NetworkError
from derive.network.partials import last_case
from derive.notation.functions import EXTREMES
from derive.report.content import Block, Display, Figure, Line, Section, paragraph
from derive.report.content_example import shown
from derive.report.figure_graph import ArrayGraph, array_graph, entries_of, path_drawing
from derive.report.inline import prose
from derive.report.numbers import Numbers
from derive.report.subject import Subject

LONGEST, TRIED, SAME = 9, 40, 1e-9


def path(about: Subject, numbers: Numbers) -> Section | None:
    """The section; None for a network in which no path has a factor in short for each of its steps."""
    for entries in _Paths(numbers).found():
        steps = [_Step.of(about, numbers, v, u) for v, u in pairwise(entries)]
        known = [step for step in steps if step is not None]
        if len(known) == len(entries) - 1 and any(step.factor is not None for step in known):
            return Section("chain", "One entry, one path", tuple(_blocks(about, numbers, entries, known)))
    return None


@dataclass(frozen=True)
class _Step:
    """∂u/∂v for two entries next to each other; `factor` is None where an open loss hands it over."""

    slope: Diff
    factor: Expr | None
    value: float

    @classmethod
    def of(cls, about: Subject, numbers: Numbers, v: Var, u: Var) -> _Step | None:
        """Return it; None where it is zero, or nothing in short."""
        slope = Diff(u, v)
        try:
            result = last_case(about.network, u, v).result
            last = last_case(about.network, u, _at_the_top(numbers, v)).result if u == about.loss else result
        except NetworkError:
            return None
        value = numbers.value(slope)
        if any(isinstance(whole, Functional) and whole.name not in EXTREMES for whole in (result, last)):
            return cls(slope, None, value)
        if not value or any(isinstance(node, Diff) for node in walk(result)):
            return None
        alike = abs(numbers.value(result) - value) <= SAME * max(1.0, abs(value))
        return cls(slope, result, value) if alike else None  # at other sizes an entry may stand in the padding


def _at_the_top(numbers: Numbers, entry: Var) -> Var:
    """Return an entry with the letter of the last layer or step for its number in the example: h_{T1} for h_{21}.

    What is open is of h_T, whatever number T is.
    """
    about, idx = numbers.about, list(entry.idx)
    for n in about.layer_slots(entry.name):
        last = about.block(entry.name).ranges[n].hi
        if not last.is_const and not last.indices() and idx[n] == lin(numbers.concrete.lin(last, {})):
            idx[n] = last
    return Var(entry.name, tuple(idx))


# Which path


@dataclass(frozen=True)
class _Paths:
    """Paths through the graph of arrays on which each array depends on the one before it in one way only."""

    numbers: Numbers

    @cached_property
    def graph(self) -> ArrayGraph:
        return array_graph(self.numbers)

    @cached_property
    def above(self) -> dict[int, set[int]]:
        """For each array those that depend on it."""
        found: dict[int, set[int]] = {n: set() for n in range(len(self.graph.arrays))}
        for _ in self.graph.arrays:
            for u, v in self.graph.edges:
                found[u] |= {v} | found[v]
        return found

    def found(self) -> Iterator[list[Var]]:
        """Yield paths of entries from what is learnt, else from an input, to the loss, long ones first."""
        about, arrays = self.numbers.about, self.graph.arrays
        names = about.parameters or about.inputs
        starts = [n for n in sorted(self.graph.given) if arrays[n].name in names]
        ways = (way for n in starts for way in self._ways((n,)))
        paths = sorted(ways, key=lambda way: (len(way), len(arrays[way[0]].axes)), reverse=True)
        for way in paths[:TRIED]:
            entries = self._entries(way)
            if entries:
                yield entries

    def _ways(self, way: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        last = way[-1]
        if self.graph.arrays[last].entry == self.numbers.about.loss:
            yield way
            return
        targets = [v for u, v in self.graph.edges if u == last and len(way) < LONGEST]
        for target in targets:
            others = (u for u, v in self.graph.edges if v == target and u != last)
            if not any(other in self.above[last] for other in others):
                yield from self._ways((*way, target))

    def _entries(self, way: tuple[int, ...]) -> list[Var]:
        """Return one entry of each array, the first that the one before moves; none where nothing moves."""
        entries = list[Var]()
        for n in way:
            every = entries_of(self.graph.arrays[n])
            moved = (e for e in every if not entries or self.numbers.value(Diff(e, entries[-1])))
            entry = next(moved, None)
            if entry is None:
                return []
            entries.append(entry)
        return entries


# The page


def _blocks(about: Subject, numbers: Numbers, entries: list[Var], steps: list[_Step]) -> Iterator[Block]:
    loss, first = about.notation.loss, about.latex(entries[0])
    yield paragraph(
        f"Before all entries at once, one of them: ${first}$, and one path from it to ${loss}$. On it stand numbers "
        "only, and each moves the next one at a rate that is one derivative:"
    )
    lines = tuple(Line(about.latex(s.slope), f"= {about.latex(s.factor)}") for s in steps if s.factor is not None)
    yield Display(lines, step=True)
    handed = [f"${about.latex(step.slope)}$" for step in steps if step.factor is None]
    if handed:
        yield paragraph(f"The loss is open: the rate {' and '.join(handed)} comes from what stands behind.")
    product = 1.0
    for step in steps:
        product *= step.value
    values = r" \cdot ".join(_bracketed(shown(step.value)) for step in reversed(steps))
    yield paragraph(
        "Along a path the rates multiply. With the numbers of the worked example, from the loss down, this path is "
        rf"worth ${values} \approx {shown(product)}$; the factors are rounded to four decimals."
    )
    whole = Diff(about.loss, entries[0])
    total = numbers.value(whole)
    yield paragraph(
        f"There is no other path, so this is ${about.latex(whole)}$."
        if abs(total - product) < SAME
        else f"Over all paths such products add: their sum, ${about.latex(whole)}$, is ${shown(total)}$ here. "
        f"Nobody lists the paths; the sum is found by keeping, for each number, the derivative of ${loss}$ by it. "
        "Figure @{chain} has them for this path."
    )
    caption = prose(
        f"The path. Below each number stand its value, found along the arrows, and the derivative of ${loss}$ by it, "
        "over all its paths, found against them."
    )
    yield Figure(path_drawing(numbers, entries), caption, name="chain")


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("-") else number
