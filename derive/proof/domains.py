"""What follows from the fact that the entries in a formula exist: their indices lie in the ranges of their slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from derive.algebra.expr import Add, Chain, Expr, Functional, IndexValue, Iverson, Mul, Num, Pow, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size
from derive.algebra.index_facts import IndexFacts, sure_extreme
from derive.algebra.substitute import children, factors_of, walk
from derive.network.network import Network


def domains(network: Network, name: str) -> list[tuple[tuple[Index, ...], tuple[Range, ...]]]:
    """Return the parameters and ranges of each definition of a name, or of the leaf."""
    found = [(d.params, d.ranges) for d in network.definitions if d.name == name]
    return found or [(leaf.params, leaf.ranges) for leaf in network.leaves if leaf.name == name]


def domain_facts(network: Network, exprs: Iterable[Expr], sizes: Mapping[Size, Lin]) -> tuple[Lin, ...]:
    """Return index expressions that are >= 0 because the free entries in the expressions exist."""
    facts: dict[Lin, None] = {}
    for expr in exprs:
        for var, bound in needed_entries(expr):
            for fact in entry_facts(network, var):
                if bound.isdisjoint(fact.indices()):
                    facts[fact.subs(sizes)] = None
    return tuple(fact for fact in facts if not fact.is_const)


def needed_entries(expr: Expr, bound: frozenset[Index] = frozenset()) -> Iterator[tuple[Var, frozenset[Index]]]:
    """Yield the entries that have to exist for an expression to have a value, with the indices bound around them.

    What an indicator multiplies is not needed where that is 0, nor the body of a sum over an empty range.
    """
    match expr:
        case Var():
            yield expr, bound
            return
        case Mul() if any(_may_vanish(factor) for factor in factors_of(expr)):
            return
        case Sum(index, range_, _) | Prod(index, range_, _):
            bound |= {index}
            if not IndexFacts().at_most_zero(range_.lo - range_.hi):
                return
        case Chain():
            return
        case Functional(_, args):
            bound = bound.union(*(arg.indices for arg in args))
    for child in children(expr):
        yield from needed_entries(child, bound)


def _may_vanish(factor: Expr) -> bool:
    """Whether a factor is a number that indices decide, so that it keeps the others from being evaluated where it is
    0.
    """
    nodes = list(walk(factor))
    whole = all(isinstance(node, Num | IndexValue | Iverson | Add | Mul | Pow) for node in nodes)
    return whole and not all(isinstance(node, Num | Mul) for node in nodes)


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
        facts.extend(e - lo for lo in sure_extreme(los, 1))
        facts.extend(hi - e for hi in sure_extreme(his, -1))
    return facts
