"""Networks with given sizes: symbolic sizes replaced, layers kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.algebra.expr import ZERO
from derive.algebra.index import Lin, Range, Size, lin
from derive.algebra.substitute import subs
from derive.errors import NetworkError
from derive.network.network import Definition, Leaf, Network


def with_sizes(network: Network, sizes: Mapping[Size, Lin]) -> Network:
    """Return the network in which every definition over layers is written once for each layer, with known sizes.

    Raises: NetworkError if a size that a range needs is not given.
    """
    definitions = [d for definition in network.definitions for d in _unroll(definition, sizes)]
    leaves = [leaf for source in network.leaves for leaf in _unroll_leaf(source, sizes)]
    facts = tuple(
        replace(
            fact,
            left=subs(fact.left, sizes),
            right=subs(fact.right, sizes) if fact.right is not None else None,
            ranges=tuple(r.subs(sizes) for r in fact.ranges),
        )
        for fact in network.facts
    )
    return Network(tuple(definitions), tuple(leaves), facts, network.loss)


def layer_slots(params: tuple[object, ...], ranges: tuple[Range, ...]) -> list[int]:
    """Return the slots on which the ranges of other slots depend, or whose range is a single layer: k in h[k,i]."""
    used = {i for r in ranges for i in r.lo.indices() | r.hi.indices()}
    return [n for n, (param, r) in enumerate(zip(params, ranges, strict=True)) if param in used or r.lo == r.hi]


def _values(range_: Range, sizes: Mapping[Size, Lin]) -> range:
    known = range_.subs(sizes)
    if not (known.lo.is_const and known.hi.is_const):
        raise NetworkError(f"the size in the range {range_} is not given")
    return range(known.lo.const, known.hi.const + 1)


def _unroll(definition: Definition, sizes: Mapping[Size, Lin]) -> list[Definition]:
    slots = layer_slots(definition.params, definition.ranges)
    if not slots:
        ranges = tuple(r.subs(sizes) for r in definition.ranges)
        return [replace(definition, ranges=ranges, body=subs(definition.body, sizes))]
    param, range_ = definition.params[slots[0]], definition.ranges[slots[0]]
    found = []
    for value in _values(range_, sizes):
        at = {param: lin(value)}
        ranges = tuple(
            Range(lin(value), lin(value)) if n == slots[0] else r.subs(at).subs(sizes)
            for n, r in enumerate(definition.ranges)
        )
        body = subs(subs(definition.body, at), sizes)
        found.append(replace(definition, ranges=ranges, body=body))
    return found


def _unroll_leaf(leaf: Leaf, sizes: Mapping[Size, Lin]) -> list[Leaf]:
    unrolled = _unroll(Definition(leaf.name, leaf.params, leaf.ranges, ZERO), sizes)
    return [Leaf(d.name, d.params, d.ranges) for d in unrolled]


def blocks(network: Network) -> tuple[Definition | Leaf, ...]:
    """Return leaves and definitions: everything whose indices have ranges."""
    return (*network.leaves, *network.definitions)
