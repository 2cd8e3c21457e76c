"""Partial derivatives of a network as derivations: the chain rule through the direct dependents, in readable steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.algebra.arithmetic import UndefinedError, solve
from derive.algebra.expr import Diff, Var
from derive.algebra.factors import (
    DiffFactor,
    IversonFactor,
    Poly,
    VarFactor,
)
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts, sure_extreme
from derive.algebra.substitute import refresh
from derive.errors import NetworkError
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.dependencies import Dependencies, variables
from derive.network.derivation import Case, Derivation
from derive.network.network import Definition, Leaf, Network
from derive.network.steps import derive_steps

MAX_STEPS = 16
Free = Mapping[Index, Range]


@dataclass(frozen=True, slots=True)
class Known:
    """What a case takes for granted: the ranges of the free indices and facts e >= 0 about sizes; and its name."""

    free: Free
    facts: tuple[Lin, ...] = ()
    name: str = ""
    sizes: tuple[tuple[Size, Lin], ...] = ()

    def context(self) -> IndexFacts:
        """Return a context that knows all of it."""
        context = IndexFacts(self.free)
        context.add_facts(self.facts)
        return context

    def at(self, sizes: Mapping[Size, Lin]) -> Known:
        """Return what is known where sizes have the given values."""
        free = {index: range_.subs(sizes) for index, range_ in self.free.items()}
        return replace(
            self,
            free=free,
            facts=tuple(fact.subs(sizes) for fact in self.facts),
            sizes=(*self.sizes, *sizes.items()),
        )


def derive_partial(network: Network, of: Var, by: Var, over: Free | None = None) -> Derivation:
    """Return the derivation of ∂of/∂by, through the direct dependents of `by`, for all values of its free indices.

    `over` has other ranges than those of the widest definition: the layer 1 of x_1 = x beside x_{l+1} = x_l + f_l.

    The recursion of the lectures is one step: at a layer with layers above it the result contains the gradient of the
    layer above. Where the layers differ (k < L, k = L) there is a case for each.

    Raises: NetworkError if `by` is not a variable of the network, or where the derivative divides by what is zero
    somewhere, as below the logarithm of a rectifier.
    """
    return _derived(network, of, by, tuple((over or {}).items()))


@lru_cache(maxsize=1024)
def _derived(network: Network, of: Var, by: Var, over: tuple[tuple[Index, Range], ...]) -> Derivation:
    """Each partial of a network is derived once, whoever asks for it."""
    return Derivation(Diff(of, by), tuple(case.written() for case in _all_cases(network, of, by, dict(over))))


def last_case(network: Network, of: Var, by: Var) -> Case:
    """Return the last of these cases, the most general one, without the derivations of the others. Raises: as above."""
    *_, case = _all_cases(network, of, by)
    return case.written()


@dataclass(frozen=True, slots=True)
class _Open:
    """A case that is found, but not written out."""

    known: Known
    algebra: NetworkAlgebra
    goal: DiffFactor

    def written(self) -> Case:
        try:
            steps = tuple(derive_steps(self.algebra, self.goal))
        except UndefinedError as fault:
            what = f"the derivative of {self.goal.u.name} by {self.goal.v.name}"
            raise NetworkError(f"{what} is not defined everywhere: {fault}") from fault
        return Case(self.known.name or "all indices", tuple(self.known.free.items()), steps, self.known.sizes)


def _all_cases(network: Network, of: Var, by: Var, over: Free | None = None) -> Iterator[_Open]:
    free = {**label_ranges(network), **free_indices(network, of, by), **(over or {})}
    return _cases(network, Dependencies(network), of, by, Known(free))


def free_indices(network: Network, *variables: Var) -> dict[Index, Range]:
    """Return the free indices of variables with the ranges of their slots."""
    found: dict[Index, Range] = {}
    for var in variables:
        domain = _domain(network, var.name, var.idx)
        if domain is None:
            raise NetworkError(f"{var.name} is no variable of this network")
        params, ranges = domain
        if len(params) != len(var.idx):
            raise NetworkError(f"{var.name} has {len(params)} indices, not {len(var.idx)}")
        values = dict(zip(params, var.idx, strict=True))
        for e, range_ in zip(var.idx, ranges, strict=True):
            if isinstance(e.atom, Index):
                found.setdefault(e.atom, range_.subs(values))
    return found


def label_ranges(network: Network) -> dict[Index, Range]:
    """Return the free indices of the definitions themselves, such as the class ℓ in -log ŷ_ℓ, with their ranges."""
    found: dict[Index, Range] = {}
    for definition in network.definitions:
        for var in variables(refresh(definition.body)):  # bound indices may have plain names, too
            for n, e in enumerate(var.idx):
                if isinstance(e.atom, Index) and e.atom.uid == 0 and e.atom not in definition.params:
                    domain = _domain(network, var.name)
                    if domain is not None:
                        found[e.atom] = domain[1][n].subs(dict(zip(domain[0], var.idx, strict=True)))
    return found


def _domain(
    network: Network, name: str, idx: tuple[Lin, ...] = ()
) -> tuple[tuple[Index, ...], tuple[Range, ...]] | None:
    """Return indices and ranges of a name: of a definition that has the layers of `idx`, if possible the widest."""
    leaves = [leaf for leaf in network.leaves if leaf.name == name]
    for leaf in [leaf for leaf in leaves if _fits(leaf.ranges, idx)] or leaves:
        return leaf.params, leaf.ranges
    definitions = [d for d in network.definitions if d.name == name]
    definitions = [d for d in definitions if _fits(d.ranges, idx)] or definitions
    exact = [d for d in definitions if any(r.lo == r.hi == e for r, e in zip(d.ranges, idx, strict=False))]
    widest = [d for d in definitions if not any(r.lo == r.hi for r in d.ranges)] or definitions
    found = exact or widest
    return (found[0].params, found[0].ranges) if found else None


def _fits(ranges: tuple[Range, ...], idx: tuple[Lin, ...]) -> bool:
    """Whether numbers among the indices lie in their ranges, as far as these are numbers."""
    for e, range_ in zip(idx, ranges, strict=False):
        below, above = e - range_.lo, range_.hi - e
        if (below.is_const and below.const < 0) or (above.is_const and above.const < 0):
            return False
    return True


def _existence(network: Network, *variables: Var) -> Iterator[Lin]:
    """Yield index expressions that are >= 0 because the variables exist: W[1,1,2] says n[0] >= 2."""
    for var in variables:
        blocks: list[Leaf | Definition] = [*network.leaves, *network.definitions]
        found = [
            [r.subs(dict(zip(b.params, var.idx, strict=True))) for r in b.ranges] for b in blocks if b.name == var.name
        ]
        for e, ranges in zip(var.idx, zip(*found, strict=True), strict=True):
            below, above = sure_extreme([r.lo for r in ranges], 1), sure_extreme([r.hi for r in ranges], -1)
            gaps = [*(e - lo for lo in below), *(hi - e for hi in above)]
            yield from (gap for gap in gaps if not gap.is_const)


def _cases(network: Network, dependencies: Dependencies, of: Var, by: Var, known: Known) -> Iterator[_Open]:
    context = known.context()
    context.add_facts(fact.subs(dict(known.sizes)) for fact in _existence(network, of, by))
    algebra = NetworkAlgebra(network, context, dependencies=dependencies)
    algebra.fixed.update(known.sizes)
    goal = DiffFactor(VarFactor(of.name, of.idx), VarFactor(by.name, by.idx))
    expanded = algebra.expand_derivative(goal)
    condition = _open_condition(expanded)
    if condition is None:
        yield _Open(known, algebra, goal)
        return
    for fact in (-condition.e, condition.e - 1):
        if not context.at_most_zero(fact + 1):
            yield from _branch(network, dependencies, of, by, known, fact)


def _branch(network: Network, dependencies: Dependencies, of: Var, by: Var, known: Known, fact: Lin) -> Iterator[_Open]:
    """Continue under fact >= 0: one end of a range moves, the index is replaced by the only value left, or the fact is
    one about sizes."""
    solved = solve(fact)
    if solved is None or solved[0] not in known.free:
        if fact.indices():
            raise NetworkError(f"the derivation has to know whether {fact} >= 0")
        context = known.context()
        context.add_facts(_existence(network, of, by))
        exact = context.at_most_zero(fact) is True
        more = replace(known, facts=(*known.facts, fact), name=_comparison(fact, exact=exact))
        if exact:
            more = more.at(_sizes_where_zero(fact))
        yield from _cases(network, dependencies, of, by, more)
        return
    index, end = solved
    c = dict(fact.terms)[index]
    old = known.free[index]
    new = Range(end, old.hi) if c > 0 else Range(old.lo, end)
    if IndexFacts(known.free).zero(new.hi - new.lo) or new.hi == new.lo:
        values = {index: new.lo}
        moved = {i: r.subs(values) for i, r in known.free.items() if i != index}
        of, by = (Var(v.name, tuple(e.subs(values) for e in v.idx)) for v in (of, by))
        facts = tuple(known_fact.subs(values) for known_fact in known.facts)
        at_end = Known(moved, facts, f"{index} = {new.lo}", known.sizes)
        yield from _cases(network, dependencies, of, by, at_end)
        return
    narrowed = replace(known, free={**known.free, index: new}, name=f"{new.lo} <= {index} <= {new.hi}")
    yield from _cases(network, dependencies, of, by, narrowed)


def _sizes_where_zero(e: Lin) -> dict[Size, Lin]:
    """Solve e = 0 for the first size with coefficient ±1."""
    solved = [(atom, (e - lin(atom) * c) * -c) for atom, c in e.terms if isinstance(atom, Size) and abs(c) == 1]
    return dict(solved[:1])


def _comparison(fact: Lin, *, exact: bool) -> str:
    """Return fact >= 0 (or fact = 0) as a comparison of what it counts up with what it counts down: L >= 3."""
    up = Lin(tuple((a, c) for a, c in fact.terms if c > 0), max(fact.const, 0))
    down = up - fact
    if exact:
        return f"{down} = {up}" if up.is_const else f"{up} = {down}"
    return f"{down} <= {up}" if up.is_const else f"{up} >= {down}"


def _open_condition(poly: Poly) -> IversonFactor | None:
    for factor in all_factors(poly):
        if isinstance(factor, IversonFactor) and factor.relation == "<=" and all(i.uid >= 0 for i in factor.free):
            return factor
    return None
