"""What follows from the fact that the entries in a formula exist: their indices lie in the ranges of their slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Lin, Range, Size
from derive.algebra.substitute import walk
from derive.network.network import Network


def domains(network: Network, name: str) -> list[tuple[tuple[Index, ...], tuple[Range, ...]]]:
    """Return the parameters and ranges of each definition of a name, or of the leaf."""
    found = [(d.params, d.ranges) for d in network.definitions if d.name == name]
    return found or [(leaf.params, leaf.ranges) for leaf in network.leaves if leaf.name == name]


def domain_facts(network: Network, exprs: Iterable[Expr], sizes: Mapping[Size, Lin]) -> tuple[Lin, ...]:
    """Return index expressions that are >= 0 because the free entries in the expressions exist."""
    facts: dict[Lin, None] = {}
    for expr in exprs:
        for node in walk(expr):
            if isinstance(node, Var) and node.idx:
                for fact in entry_facts(network, node):
                    facts[fact.subs(sizes)] = None
    return tuple(fact for fact in facts if not fact.is_const and not any(i.uid for i in fact.indices()))


def entry_facts(network: Network, var: Var) -> list[Lin]:
    """Return e - lo and hi - e for every index e of an entry; over several definitions, the widest range."""
    found = domains(network, var.name)
    facts: list[Lin] = []
    for n, e in enumerate(var.idx):
        los, his = [], []
        for params, ranges in found:
            if len(ranges) != len(var.idx):
                return []
            values = dict(zip(params, var.idx, strict=True))
            los.append(ranges[n].lo.subs(values))
            his.append(ranges[n].hi.subs(values))
        if los:
            facts.extend((e - _least(los), _greatest(his) - e))
    return facts


def _least(values: list[Lin]) -> Lin:
    constants = [v for v in values if v.is_const]
    return min(constants, key=lambda v: v.const) if constants else values[0]


def _greatest(values: list[Lin]) -> Lin:
    symbolic = [v for v in values if not v.is_const]
    return max(symbolic or values, key=lambda v: v.const)
