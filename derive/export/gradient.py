"""The backward pass as definitions: what was derived for every array, each with the verdict on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.algebra.expr import ZERO, Add, Diff, Expr, Iverson, Mul, Var
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import subs, walk
from derive.errors import NetworkError
from derive.export.names import ExportError, Slots
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.concrete import blocks
from derive.network.dependencies import Dependencies
from derive.network.derivation import Case
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import derive_partial, label_ranges
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.writing.plain import plain

LETTERS = ("i", "j", "m", "p", "q", "r", "s", "t", "u", "v")


@dataclass(frozen=True)
class Gradient:
    """∂loss/∂v for all entries of v in one case, as the definition of an array `d v`, and the verdict on it."""

    definition: Definition
    goal: Expr
    result: Expr
    condition: str
    verdict: str


def gradients(network: Network, slots: Slots, time_limit: float = 5.0) -> Iterator[Gradient]:
    """Yield the gradients of all arrays that the loss depends on; `slots` are those that become loops.

    Raises: ExportError for a network without a loss, or an array whose gradient cannot be derived.
    """
    if network.loss is None:
        raise ExportError("this network has no loss to differentiate")
    below = Dependencies(network).below.get(network.loss, set())
    turned = replace(network, definitions=network.definitions[::-1])
    needed = [one for b in blocks(turned) if b.name in below for one in _layer_by_layer(b, slots.get(b.name, ()))]
    for name in dict.fromkeys(block.name for block in needed):
        cases = [case for block in needed if block.name == name for case in _cases(network, block, slots.get(name, ()))]
        for case in _merged(network, cases):
            yield _gradient(network, case, time_limit)


def _layer_by_layer(block: Definition | Leaf, loops: tuple[int, ...]) -> Iterator[Definition | Leaf]:
    """Yield a block once for each layer where the layers are numbered, 1 … 4."""
    for n in loops:
        range_ = block.ranges[n]
        if range_.lo.is_const and range_.hi.is_const and range_.lo != range_.hi:
            for value in range(range_.lo.const, range_.hi.const + 1):
                at: dict[Any, Lin] = {block.params[n]: lin(value)}
                ranges = tuple(
                    Range(lin(value), lin(value)) if m == n else r.subs(at) for m, r in enumerate(block.ranges)
                )
                yield from _layer_by_layer(replace(block, ranges=ranges), loops)
            return
    yield block


def _cases(network: Network, block: Definition | Leaf, loops: tuple[int, ...]) -> Iterator[Case]:
    """Derive the loss by the entries of one definition or parameter."""
    taken = {label.name for label in label_ranges(network)}
    idx = []
    for param, range_ in zip(block.params, block.ranges, strict=True):
        wishes = (param.name, *LETTERS)
        letter = next(wish for wish in wishes if wish not in taken)
        taken.add(letter)
        idx.append(range_.lo if range_.lo == range_.hi else lin(Index(letter)))
    try:
        derivation = derive_partial(network, Var(network.loss or ""), Var(block.name, tuple(idx)))
    except NetworkError as error:
        raise ExportError(f"the gradient by {plain(block.name)} cannot be derived: {error}") from error
    cases = [_for_export(network, case) for case in derivation.cases]
    units = [n for n in range(len(idx)) if n not in loops]
    if any(_is_part(case, block, idx, units) for case in cases):
        if len({_place(case, loops) for case in cases}) > 1:
            raise ExportError(f"the gradient by {plain(block.name)} has cases by layer and by unit")
        cases = [_joined(cases, idx, units, _ranges_at(block, idx))]
    yield from cases


Place = tuple[tuple[Lin, Range | None], ...]


def _is_part(case: Case, block: Definition | Leaf, idx: list[Lin], units: list[int]) -> bool:
    """Whether a case holds for some of the units only, of the layer that it is about."""
    ranges = _ranges_at(block, case.goal.var.idx)
    return any(at != idx[n] or own != ranges[at.atom] for n, (at, own) in zip(units, _place(case, units), strict=True))


def _ranges_at(block: Definition | Leaf, idx: Sequence[Lin]) -> dict[Index | Size | None, Range]:
    """Return the ranges of a block's indices under the names that they have in an entry."""
    names: dict[Any, Lin] = dict(zip(block.params, idx, strict=True))
    return {e.atom: range_.subs(names) for e, range_ in zip(idx, block.ranges, strict=True)}


def _place(case: Case, slots: Iterable[int]) -> Place:
    """Return at which indices a case holds, each with its range."""
    own, ranges = case.goal.var.idx, dict[Index | Size | None, Range](case.free)
    return tuple((own[n], ranges.get(own[n].atom)) for n in slots)


def _joined(cases: list[Case], idx: list[Lin], units: list[int], whole: dict[Index | Size | None, Range]) -> Case:
    """Return cases by unit, i = 1 or j <= i, as a sum in which each counts where it holds: an array has no cases."""
    ranges = dict(cases[0].free)
    ranges.update((atom, whole[atom]) for n in units if isinstance(atom := idx[n].atom, Index))
    known = IndexFacts(ranges)
    terms = []
    for case in cases:
        holds = []
        for n, (value, own) in zip(units, _place(case, units), strict=True):
            if value != idx[n]:
                holds.append(Iverson("=", idx[n], value))
            elif own is not None:
                ends = ((own.lo, value), (value, own.hi))
                holds += [Iverson("<=", a, b) for a, b in ends if not known.at_most_zero(a - b)]
        terms += [Mul((*holds, case.result))] if case.result != ZERO else []
    goal = Diff(cases[0].goal.body, Var(cases[0].goal.var.name, tuple(idx)))
    steps = (replace(cases[0].steps[0], expr=goal), replace(cases[0].steps[-1], expr=Add(tuple(terms))))
    return replace(cases[0], steps=steps, free=tuple(ranges.items()), condition="")


def _merged(network: Network, cases: list[Case]) -> list[Case]:
    """Return the cases with h_0 taken into k = 1 … L-1 where it has the same formula."""
    result = list(cases)
    for single in cases:
        for wide in result:
            longer = _extended(network, wide, single)
            if longer is not None:
                result = [longer if case is wide else case for case in result if case is not single]
                break
    return result


def _extended(network: Network, wide: Case, single: Case) -> Case | None:
    """Return the wider case with one more layer below it, if the formula there is the same."""
    ranges = dict(wide.free)
    pairs = list(zip(wide.goal.var.idx, single.goal.var.idx, strict=True))
    places = [(have.atom, want) for have, want in pairs if have.atom in ranges and want.atom not in dict(single.free)]
    if len(places) != 1:
        return None
    letter, value = places[0]
    if not isinstance(letter, Index) or value != ranges[letter].lo - 1:
        return None
    names: dict[Any, Lin] = {have.atom: want for have, want in pairs if isinstance(have.atom, Index)}
    algebra = NetworkAlgebra(network, IndexFacts(dict(single.free)))
    if algebra.normal(subs(wide.result, names)) != algebra.normal(single.result):
        return None
    return replace(wide, free=tuple((i, Range(value, r.hi) if i == letter else r) for i, r in wide.free))


def _for_export(network: Network, case: Case) -> Case:
    """Return a case whose result only uses derivatives of the loss; inner ones are worked out."""
    inner = [n for n in walk(case.result) if isinstance(n, Diff) and n.body != Var(network.loss or "")]
    if not inner:
        return case
    algebra = NetworkAlgebra(network, IndexFacts(dict(case.free)))
    poly = algebra.expand_fully(algebra.normal(case.result))
    if any(f for f in all_factors(poly) if type(f).__name__ == "DiffFactor"):
        raise ExportError("a derivative within the network could not be worked out")
    return replace(case, steps=(*case.steps, replace(case.steps[-1], expr=to_expr(poly))))


def _gradient(network: Network, case: Case, time_limit: float) -> Gradient:
    goal = case.goal
    ranges = dict(case.free)
    params, bounds = [], []
    for n, value in enumerate(goal.var.idx):
        atom = value.atom
        if isinstance(atom, Index) and atom in ranges:
            params.append(atom)
            bounds.append(ranges[atom])
        else:
            params.append(Index(f"at{n}"))
            bounds.append(Range(value, value))
    verdict = judge(Claim(network, goal, case.result, case.free), time_limit)
    said = f"proved for {verdict.scope}" if isinstance(verdict, Proved) else "not proved"
    definition = Definition(f"d {goal.var.name}", tuple(params), tuple(bounds), case.result)
    return Gradient(definition, goal, case.result, case.condition, said)
