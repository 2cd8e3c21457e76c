"""The parts of a multilayer perceptron, found by the form of its definitions: what a person calls its weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.algebra.expr import Add, Fun, Mul, Sum, Var
from derive.algebra.index import Lin, Size, lin
from derive.network.dependencies import variables
from derive.network.network import Definition, Network


@dataclass(frozen=True)
class Roles:
    """Names in the network. `output` is `hidden` where the prediction is the activation of the top layer.

    `depth` is the top layer, `first` the number of the input's; `size` names the widths; `batch` says that arrays hold
    many examples, one in each column.
    """

    weight: str
    bias: str
    pre: str
    hidden: str
    inputs: str
    output: str
    targets: str
    depth: Lin
    first: int
    size: str
    batch: bool


def roles_of(network: Network) -> Roles | None:
    """Return the roles, or None for a network that is no multilayer perceptron."""
    affine = next(_affine(network), None)
    if affine is None:
        return None
    definition, weight, bias, hidden = affine
    start = next(_starts(network, hidden), None)
    applied = any(d.name == hidden and _applies(d, definition.name) for d in network.definitions)
    depth, width = definition.ranges[0].hi, definition.ranges[1].hi.atom
    if start is None or not applied or not isinstance(depth.atom, Size) or not isinstance(width, Size):
        return None
    inputs, first = start
    output = _output(network, hidden, definition.name)
    targets = _targets(network, {weight, bias, inputs})
    if not first.is_const or not width.args or targets is None:
        return None
    return Roles(
        weight, bias, definition.name, hidden, inputs, output, targets, depth, first.const, width.name,
        len(definition.params) > 2,
    )  # fmt: skip


def _affine(network: Network) -> Iterator[tuple[Definition, str, str, str]]:
    """Yield a[k,i] = b[k,i] + Σ_j W[k,i,j] h[k-1,j], with the names of W, b and h."""
    for definition in network.definitions:
        match definition:
            case Definition(params=(k, i, *_), body=Add((left, right))):
                bias, total = (left, right) if isinstance(right, Sum) else (right, left)
                match bias, total:
                    case Var(bias_name, (k1, i1)), Sum(j, _, Mul((Var(weight, at), Var(hidden, (below, j1, *_))))):
                        wanted = (lin(k), lin(i)), (lin(k), lin(i), lin(j)), (lin(k) - 1, lin(j))
                        if ((k1, i1), at, (below, j1)) == wanted:
                            yield definition, weight, bias_name, hidden


def _starts(network: Network, hidden: str) -> Iterator[tuple[str, Lin]]:
    for definition in network.definitions:
        if (
            definition.name == hidden
            and isinstance(definition.body, Var)
            and definition.ranges[0].lo == (definition.ranges[0].hi)
        ):
            yield definition.body.name, definition.ranges[0].lo


def _applies(definition: Definition, pre: str) -> bool:
    match definition.body:
        case Fun(_, (Var(name), *_)):
            return name == pre
    return False


def _output(network: Network, hidden: str, pre: str) -> str:
    """Return the name of the vector that is computed from the top layer, or else the activation itself."""
    for definition in network.definitions:
        reads = {v.name for v in variables(definition.body)}
        if len(definition.params) == 1 and reads in ({pre}, {hidden}):
            return definition.name
    return hidden


def _targets(network: Network, taken: set[str]) -> str | None:
    """Return the vector that only scalars use; "" where there is none, as for -log of one output."""
    used = {v.name for d in network.definitions if d.params for v in variables(d.body)}
    asked = [v.name for d in network.definitions if not d.params for v in variables(d.body) if v.idx]
    leaves = {leaf.name for leaf in network.leaves}
    return next((name for name in asked if name in leaves - used - taken), "")
