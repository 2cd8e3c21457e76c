"""What there is to say about a derivative, a gradient, a Jacobian or a claim, as parts in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from derive.algebra.expr import Diff, Var
from derive.algebra.index import Index
from derive.algebra.substitute import walk
from derive.api.arrays import ArrayDerivation, ArrayDerivative, gradient, jacobian
from derive.api.claims import FormulaClaim, Judgement
from derive.api.partial import Partial, SecondPartial
from derive.api.paths import PathSum
from derive.api.quantity import Quantity
from derive.api.worked import Worked, worked
from derive.errors import DeriveError, UsageError
from derive.names.letters import loosened
from derive.reader.parser import parse_statement
from derive.reader.syntax import Empty, Node, Relation
from derive.source import Source
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.typing.tensor import Tensor

if TYPE_CHECKING:
    from derive.api.net import Net

MAX_NEEDED = 8


@dataclass(frozen=True)
class Heading:
    """A heading above the parts that follow."""

    text: str


Part: TypeAlias = Heading | Judgement | ArrayDerivative | ArrayDerivation | Partial | PathSum | Worked


@dataclass(frozen=True)
class Explanation:
    """The parts of an explanation of `latex` in a network."""

    net: Net
    latex: str
    parts: tuple[Part, ...]


def explain(net: Net, latex: str, *, numbers: bool = False, seed: int = 0) -> Explanation:
    """Return what there is to say about a formula or a derivative.

    Raises: LatexError for what cannot be read, UsageError for what is neither, and for numbers without widths.
    """
    if net.model is None:
        raise UsageError("explanations need a model, whose notation the formula is written in")
    source = Source("formula", latex)
    statement = parse_statement(source)
    body = statement.body
    parts: list[Part] = []
    target: Node = body
    if isinstance(body, Relation):
        parts.append(FormulaClaim(net, latex).judge())
        target = body.first
    found = None if isinstance(target, Empty) else _derivative(net, target, source, claimed=bool(parts))
    if found is not None:
        parts += _of_derivative(net, found, numbers, seed)
    if not parts:
        raise UsageError(
            f'"{latex}" is neither a formula nor a derivative; write \\frac{{\\partial L}}{{\\partial W_{{112}}}}'
        )
    return Explanation(net, latex, tuple(parts))


def _derivative(net: Net, node: Node, source: Source, *, claimed: bool) -> Partial | ArrayDerivative | None:
    """Return the derivative that a node is; a variable alone stands for the derivative of the loss by it."""
    assert net.model is not None
    try:
        value = elaborate(node, Context(net.model.table, source, reader=elaborate, reading=net.model.reading))
        return _of_value(net, value, claimed=claimed)
    except DeriveError:
        if claimed:
            return None  # the verdict says already what cannot be read
        raise


def _of_value(net: Net, value: Tensor, *, claimed: bool) -> Partial | ArrayDerivative | None:
    match value.body:
        case Diff(Diff(Var() as of, by), second) if not value.axes:
            return SecondPartial(net, of, by, second)
        case Diff(Var() as of, by):
            return _first(net, value, of, by)
        case Var() as by if not claimed and net.symbolic.loss is not None:
            return _first(net, value, net.scalar.var, by)
    return None


def _first(net: Net, value: Tensor, of: Var, by: Var) -> Partial | ArrayDerivative:
    axes = {axis.index for axis in value.axes}
    if not axes:
        return Partial(net, of, by)
    upper, lower = _array(net, of, axes), _array(net, by, axes)
    return jacobian(net, upper, lower) if not upper.is_entry else gradient(net, lower, upper)


def _array(net: Net, v: Var, axes: set[Index]) -> Quantity:
    """Return the array that a variable with some axes is. Raises: UsageError for a row or column in the middle."""
    given = [e for e in v.idx if not e.indices() & axes]
    if tuple(given) != v.idx[: len(given)]:
        raise UsageError("a single row or column of an array has no form of its own here; take an entry")
    return Quantity(net, net.places[v.name], tuple(given))


def _of_derivative(net: Net, found: Partial | ArrayDerivative, numbers: bool, seed: int) -> Iterator[Part]:
    if isinstance(found, ArrayDerivative):
        yield Heading("In matrix form")
        yield found
        yield Heading("Entry by entry")
        partial = found.partial
    else:
        partial = found
    yield partial
    needed = list(_needed(partial))
    if needed:
        yield Heading("What is inserted")
        yield from needed
    if isinstance(found, ArrayDerivative) and found.steps:
        yield Heading("All entries together")
        yield found.derivation
    if net.sizes and not isinstance(found, ArrayDerivative | SecondPartial) and _is_entry(partial):
        yield Heading("The paths")
        paths = partial.path_sum()
        yield paths
        if numbers:
            yield Heading("In numbers")
            yield worked(net, paths, seed)
    elif numbers:
        raise UsageError(
            "numbers need one entry in a network with given widths: '\\partial L / \\partial W_{112}' --widths 2,2,2"
        )


def _is_entry(partial: Partial) -> bool:
    return not any(e.indices() for v in (partial.of, partial.by) for e in v.idx)


def _needed(partial: Partial) -> Iterator[Partial]:
    """Yield the derivatives that a derivation uses, and those that these use, each of two arrays once at each layer."""
    named = not partial.net.sizes  # where the depth is open, layer after layer would follow without end
    done = {(_key(partial.of, named), _key(partial.by, named))}
    waiting = list(_inner(partial))
    for _ in range(MAX_NEEDED):
        if not waiting:
            return
        of, by = waiting.pop(0)
        key = _key(of, named), _key(by, named)
        if key in done:
            continue
        done.add(key)
        inner = Partial(partial.net, of, by)
        try:
            waiting += _inner(inner)
        except DeriveError:
            continue
        yield inner


def _inner(partial: Partial) -> list[tuple[Var, Var]]:
    """Return what was inserted and what is left of the loss's derivatives, bound indices as letters of their own."""
    found: dict[tuple[Var, Var], None] = {}
    for case in partial.cases:
        goals = [chain[0].expr for step in case.steps for chain in step.used if len(chain) > 2]
        left = [node for node in walk(case.result) if isinstance(node, Diff) and node.body == partial.of]
        for goal in (*goals, *left):
            if isinstance(goal, Diff) and isinstance(goal.body, Var):
                found[loosened(goal.body, goal.var, partial.net.notation)] = None
    return list(found)


def _key(v: Var, named: bool) -> tuple[object, ...]:
    """Two entries of one array at one layer are derived alike."""
    return (v.name,) if named else (v.name, *(e.const for e in v.idx[:1] if e.is_const))
