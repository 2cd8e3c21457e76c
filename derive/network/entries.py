"""The arrays of a network with known sizes, and the derivative of its loss by every entry of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from derive.algebra.factors import DiffFactor, Poly, VarFactor
from derive.algebra.index import Index, Range, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.network.chain_rule import NetworkAlgebra
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import label_ranges


@dataclass(frozen=True)
class ArrayGradient:
    """∂loss/∂v for all entries v of one array at one layer: derived once, with symbolic unit indices.

    `ranges` are those of the unit indices; `algebra` knows them.
    """

    v: VarFactor
    ranges: dict[Index, Range]
    derived: Poly
    algebra: NetworkAlgebra

    @property
    def count(self) -> int:
        """How many entries the array has."""
        return prod(range_.length.const for range_ in self.ranges.values())


def arrays(network: Network) -> Iterator[tuple[str, tuple[Index, ...], tuple[Range, ...]]]:
    """Yield name, indices and ranges of every array of a network with known sizes that the loss depends on."""
    below = Dependencies(network).below.get(network.loss or "", set())
    sources: list[Definition | Leaf] = [*network.leaves, *network.definitions]
    for source in sources:
        if source.name in below and source.params:
            yield source.name, source.params, source.ranges


def count_entries(network: Network) -> int:
    """Return the number of partials of the loss: by parameters, inputs and units."""
    return sum(prod(r.length.const for r in ranges) for _, _, ranges in arrays(network))


def array_gradients(network: Network) -> Iterator[ArrayGradient]:
    """Derive the loss by every array, one step of the chain rule each: the dynamic programme of backpropagation."""
    dependencies = Dependencies(network)
    loss = VarFactor(network.loss or "")
    for name, params, ranges in arrays(network):
        single = {p: r.lo for p, r in zip(params, ranges, strict=True) if r.lo == r.hi}
        names = {p: single.get(p, lin(fresh(p.name))) for p in params}
        units = {i.atom: r for i, r in zip(names.values(), ranges, strict=True) if isinstance(i.atom, Index)}
        algebra = NetworkAlgebra(network, IndexFacts({**label_ranges(network), **units}), dependencies=dependencies)
        algebra.unroll = 0  # sums stay sums, or a layer of 784 units would be written out
        v = VarFactor(name, tuple(names.values()))
        yield ArrayGradient(v, units, algebra.expand_derivative(DiffFactor(loss, v)), algebra)
