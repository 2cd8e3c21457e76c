"""The derivation of ∂u/∂v for entries with numbers as indices, and in networks whose sizes are given.

What a lecture derives once for all layers and units is specialised here: the entry W_{112} is derived as W_{kij}, and
k = 1, i = 1, j = 2 are inserted in every line. So each line stays the line of the lecture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from derive.algebra.build import substitute
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Range, hull, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.primes import TooLargeError
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import walk
from derive.errors import NetworkError
from derive.network.chain_rule import NetworkAlgebra
from derive.network.concrete import blocks
from derive.network.derivation import Case, Derivation, Step
from derive.network.factoring import factored, with_inputs
from derive.network.network import Network
from derive.network.partials import derive_partial
from derive.network.recognise import recognise

Values = Mapping[Any, Lin]
Slots = Callable[[str], list[int]]
LAYER = "layer"  # stands for a numbered layer while its derivative is derived for all layers


def derive_entry(network: Network, of: Var, by: Var, sizes: Values, layers: Slots) -> Derivation:
    """Return the derivation of ∂of/∂by with its indices and sizes as given; `layers` names the layer slots of a name.

    Raises: NetworkError if there is no such entry, or its derivation cannot be split into cases.
    """
    fault: NetworkError | None = None
    for keep_units, keep_layers in ((True, True), (False, True), (False, False)):
        letters: dict[Index, Lin] = {}
        general = [_general(v, letters, keep_units, keep_layers, layers) for v in (of, by)]
        try:
            derivation = derive_partial(network, general[0], general[1])
        except NetworkError as error:
            fault = fault or error
            continue
        if any(case.sizes for case in derivation.cases):  # a letter for the layer tells its cases apart better
            continue
        cases = tuple(_specialised(network, derivation, (of, by), letters, sizes, layers))
        if cases:
            return Derivation(Diff(of, by), cases)
    raise fault or NetworkError("there is no such entry: an index is outside its range")


def _general(v: Var, letters: dict[Index, Lin], keep_units: bool, keep_layers: bool, layers: Slots) -> Var:
    """Return the entry with letters for numbers; layers keep their distances: a_2 and a_1 are a_{k+1} and a_k."""
    counted = layers(v.name)
    idx = []
    for n, value in enumerate(v.idx):
        if not value.is_const or (keep_layers if n in counted else keep_units):
            idx.append(value)
        elif n in counted:
            base = next((i for i in letters if i.name == LAYER), None)
            if base is None:
                base = Index(LAYER)
                letters[base] = value
            idx.append(lin(base) + (value.const - letters[base].const))
        else:
            letter = Index(f"unit{len(letters)}")
            letters[letter] = value
            idx.append(lin(letter))
    return Var(v.name, tuple(idx))


def _specialised(
    network: Network,
    derivation: Derivation,
    wanted: tuple[Var, Var],
    letters: Values,
    sizes: Values,
    layers: Slots,
) -> Iterator[Case]:
    values = {**letters, **sizes}
    for case in derivation.cases:
        goal = case.steps[0].expr
        every = {i: r.subs(letters).subs(sizes) for i, r in case.free}
        whole, narrowed = _narrowed(network, _at(goal, values), every, sizes, layers)
        free = [(i, r) for i, r in _ordered(whole) if i not in letters]
        context = IndexFacts(dict(free))
        if not isinstance(goal, Diff) or not _holds(network, case, goal, wanted, values, context):
            continue
        steps = tuple(_distinct(_inserted(step, values) for step in case.steps))
        condition = narrowed or _condition(case, wanted, letters, sizes)
        found = Case(condition, tuple(free), steps)
        yield _tidied(network, _without_inner_derivatives(network, found, wanted, sizes, layers))


def _tidied(network: Network, case: Case) -> Case:
    """Return a case with its result as a person would leave it."""
    steps = list(case.steps)
    for rule, work in (("definition", partial(with_inputs, network)), ("factor", factored)):
        expr = work(steps[-1].expr)
        if expr != steps[-1].expr and len(steps) > 1:
            steps.append(Step(expr, rule))
    return replace(case, steps=tuple(steps))


def _at(goal: Expr, values: Values) -> tuple[Var, ...]:
    """Return the two entries of ∂u/∂v with values inserted."""
    if not isinstance(goal, Diff) or not isinstance(goal.body, Var):
        return ()
    return tuple(Var(v.name, tuple(e.subs(values).subs(values) for e in v.idx)) for v in (goal.body, goal.var))


def _narrowed(
    network: Network, entries: tuple[Var, ...], free: dict[Index, Range], sizes: Values, layers: Slots
) -> tuple[dict[Index, Range], str]:
    """Return the ranges in which both entries exist, and in words what became narrower: a_{k+1} needs k <= L-1."""
    ranges, said = dict(free), ""
    for condition in (-fact for fact in _existence(network, entries, free, sizes, layers)):
        solved = [(i, c) for i, c in condition.terms if isinstance(i, Index) and i in ranges and abs(c) == 1]
        if len(solved) != 1:
            continue
        index, c = solved[0]
        end = (condition - lin(index) * c) * -c
        ranges[index] = Range(ranges[index].lo, end) if c > 0 else Range(end, ranges[index].hi)
        said = f"{ranges[index].lo} <= {index} <= {ranges[index].hi}"
    return ranges, said


def _ordered(free: dict[Index, Range]) -> list[tuple[Index, Range]]:
    """Return the indices so that each range depends on earlier ones only."""
    done: dict[Index, Range] = {}
    waiting = dict(free)
    while waiting:
        ready = {i: r for i, r in waiting.items() if not (r.lo.indices() | r.hi.indices()) & set(waiting) - {i}}
        done |= ready or waiting
        waiting = {i: r for i, r in waiting.items() if i not in done}
    return list(done.items())


def _holds(
    network: Network, case: Case, goal: Diff, wanted: tuple[Var, Var], values: Values, context: IndexFacts
) -> bool:
    """Whether a case speaks of the wanted entries, and these exist in it."""
    assert isinstance(goal.body, Var)
    for have, want in zip((goal.body, goal.var), wanted, strict=True):
        for a, b in zip(have.idx, want.idx, strict=True):
            difference = a.subs(values).subs(values) - b.subs(values)
            if difference.is_const and difference.const != 0:
                return False
        if not _exists(network, Var(have.name, tuple(e.subs(values) for e in have.idx)), values, context):
            return False
    inside = ((r.subs(values), value) for i, r in case.free if (value := values.get(i)) is not None)
    return all(context.within(value, r) is not None for r, value in inside)


def _exists(network: Network, v: Var, sizes: Values, context: IndexFacts) -> bool:
    """Whether an entry lies in the range of some definition or leaf, as far as can be told."""
    for block in blocks(network):
        if block.name == v.name:
            at = dict(zip(block.params, v.idx, strict=True))
            ranges = [r.subs(at).subs(sizes) for r in block.ranges]
            if all(context.within(e, r) is not None for e, r in zip(v.idx, ranges, strict=True)):
                return True
    return False


def _condition(case: Case, wanted: tuple[Var, Var], letters: Values, sizes: Values) -> str:
    """Return what a case is about once values are inserted: k = L with k = 1 is L = 1, with L = 1 it says nothing."""
    if not letters and not sizes:
        return case.condition
    goal = case.steps[0].expr
    found: list[str] = []
    assert isinstance(goal, Diff)
    for have, want in zip(goal.var.idx, wanted[1].idx, strict=True):
        inserted = have.subs(letters).subs(sizes)
        difference = inserted - want
        if difference.is_const:
            continue
        if isinstance(want.atom, Index):
            found.append(f"{want} = {inserted}")
        elif not difference.indices():
            found.append(f"{inserted} = {want}")
    for index, range_ in case.free:
        value, own = letters.get(index), range_.subs(letters).subs(sizes)
        if value is not None and index.name == LAYER and not (own.hi - value).is_const:
            found.append(f"{value} <= {own.hi}")
        elif value is None and str(index) in case.condition.split():
            found.append(f"{index} = {own.lo}" if own.lo == own.hi else f"{own.lo} <= {index} <= {own.hi}")
    several = case.condition != "all indices"
    return " and ".join(dict.fromkeys(found)) if found and several else "all indices"


def _inserted(step: Step, values: Values) -> Step:
    if not values:
        return step
    used = tuple(tuple(_inserted(inner, values) for inner in chain) for chain in step.used)
    return replace(step, expr=substitute(substitute(step.expr, values), values), place=None, used=used)


def _distinct(steps: Iterator[Step]) -> Iterator[Step]:
    last: Expr | None = None
    for step in steps:
        if step.expr != last:
            yield step
        last = step.expr


def _without_inner_derivatives(
    network: Network, case: Case, wanted: tuple[Var, Var], sizes: Values, layers: Slots
) -> Case:
    """Return a case whose result has no derivative of anything but the loss left, where the distance is known."""
    result = case.result
    if not any(_is_inner(network, node) for node in walk(result)):
        return case
    algebra = NetworkAlgebra(
        network, IndexFacts(dict(case.free), _existence(network, wanted, dict(case.free), sizes, layers))
    )
    algebra.fixed.update(sizes)
    algebra.unroll = 0  # sums stay sums
    try:
        expanded = recognise(algebra, algebra.expand_fully(algebra.normal(result)))
    except (TooLargeError, ArithmeticError):
        return case
    final = fold_conditions(to_expr(expanded))
    return replace(case, steps=(*case.steps, Step(final, "chain rule", "insert the derivatives between the two")))


def _existence(
    network: Network, entries: tuple[Var, ...], free: dict[Index, Range], sizes: Values, layers: Slots
) -> list[Lin]:
    """Return what follows from the existence of entries, as expressions >= 0: a_2 exists, so L - 2 >= 0."""
    context = IndexFacts(free)
    facts = []
    for v in entries:
        for n in layers(v.name):
            range_ = values_of(network, v, n)
            if range_ is not None:
                facts += [-condition for condition in context.within(v.idx[n], range_.subs(sizes)) or []]
    return facts


def values_of(network: Network, v: Var, n: int) -> Range | None:
    """Return the values that index n of a variable can have in any of its definitions; None if that cannot be told."""
    own = [block for block in blocks(network) if block.name == v.name]
    found = [block.ranges[n].subs(dict(zip(block.params, v.idx, strict=True))) for block in own]
    return hull(found) if found else None


def _is_inner(network: Network, node: Expr) -> bool:
    return isinstance(node, Diff) and isinstance(node.body, Var) and node.body.name != network.loss


def fold_conditions(expr: Expr) -> Expr:
    """Return an expression with conditions between numbers decided."""
    return substitute(expr, {})
