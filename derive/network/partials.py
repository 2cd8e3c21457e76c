"""Partial derivatives of a network as derivations: the chain rule through the direct dependents, in readable steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from derive.algebra.arithmetic import multiply, product, solve
from derive.algebra.context import Context
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.factors import (
    DiffFactor,
    Factor,
    IversonFactor,
    Poly,
    VarFactor,
    add,
    poly_of,
)
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import refresh, subs
from derive.algebra.summation import sum_over
from derive.errors import NetworkError
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.dependencies import Dependencies, variables
from derive.network.derivation import Case, Derivation, Step
from derive.network.network import Definition, Leaf, Network
from derive.network.recognise import recognise

MAX_STEPS = 16
Free = Mapping[Index, Range]


def derive_partial(network: Network, of: Var, by: Var) -> Derivation:
    """Return the derivation of ∂of/∂by, through the direct dependents of `by`, for all values of its free indices.

    The recursion of the lectures is one step: at a layer with layers above it the result contains the gradient of the
    layer above. Where the layers differ (k < L, k = L) there is a case for each.

    Raises: NetworkError if `by` is not a variable of the network.
    """
    free = {**label_ranges(network), **free_indices(network, of, by)}
    dependencies = Dependencies(network)
    cases = tuple(_cases(network, dependencies, of, by, free, ""))
    return Derivation(Diff(of, by), cases)


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
            if len(set(ranges)) == 1:  # where the definitions of a name differ, no one range is that of the variable
                yield from (gap for gap in (e - ranges[0].lo, ranges[0].hi - e) if not gap.is_const)


def _cases(network: Network, dependencies: Dependencies, of: Var, by: Var, free: Free, name: str) -> Iterator[Case]:
    context = Context(free)
    context.add_facts(_existence(network, of, by))
    algebra = NetworkAlgebra(network, context, None, dependencies)
    goal = DiffFactor(VarFactor(of.name, of.idx), VarFactor(by.name, by.idx))
    expanded = algebra.expand_derivative(goal)
    condition = _open_condition(expanded)
    if condition is None:
        steps = tuple(_steps(algebra, goal, expanded))
        yield Case(name or "all indices", tuple(free.items()), steps)
        return
    for fact in (-condition.e, condition.e - 1):
        yield from _branch(network, dependencies, of, by, free, fact)


def _branch(network: Network, dependencies: Dependencies, of: Var, by: Var, free: Free, fact: Lin) -> Iterator[Case]:
    """Continue under fact >= 0: one end of a range moves, or the index is replaced by the only value left."""
    context = Context(free)
    if context.at_most_zero(fact + 1):
        return
    solved = solve(fact)
    if solved is None or solved[0] not in free:
        raise NetworkError(f"the derivation has to know whether {fact} >= 0")
    index, end = solved
    c = dict(fact.terms)[index]
    old = free[index]
    new = Range(end, old.hi) if c > 0 else Range(old.lo, end)
    if context.zero(new.hi - new.lo) or new.hi == new.lo:
        values = {index: new.lo}
        moved = {i: r.subs(values) for i, r in free.items() if i != index}
        of, by = (Var(v.name, tuple(e.subs(values) for e in v.idx)) for v in (of, by))
        yield from _cases(network, dependencies, of, by, moved, f"{index} = {new.lo}")
        return
    yield from _cases(network, dependencies, of, by, {**free, index: new}, f"{new.lo} <= {index} <= {new.hi}")


def _open_condition(poly: Poly) -> IversonFactor | None:
    for factor in all_factors(poly):
        if isinstance(factor, IversonFactor) and factor.relation == "<=" and all(i.uid >= 0 for i in factor.free):
            return factor
    return None


def _steps(algebra: NetworkAlgebra, goal: DiffFactor, expanded: Poly) -> Iterator[Step]:
    yield Step(to_expr(poly_of(goal)), "start")
    formal = formal_chain_rule(algebra, goal)
    if formal is not None:
        yield Step(formal, "sum over paths" if _has_sum(formal) else "chain rule")
    yield Step(to_expr(expanded), "delta contraction", "insert the local derivatives")
    current = expanded
    for _ in range(MAX_STEPS):
        pending = [f for f in all_factors(current) if isinstance(f, DiffFactor) and not _recursive(algebra, f)]
        if not pending:
            break
        current = algebra.rewrite(current, lambda f: _expand(algebra, f))
        yield Step(to_expr(current), "chain rule", "insert the derivatives above")
    recognised = recognise(algebra, current)
    if recognised != current:
        yield Step(to_expr(recognised), "recognise")


def _recursive(algebra: NetworkAlgebra, factor: DiffFactor) -> bool:
    """Whether the derivative is by a variable with layers of its kind above: there the recursion stops."""
    return factor.v.name in algebra.dependencies.below.get(factor.v.name, set())


def _expand(algebra: NetworkAlgebra, factor: Factor) -> Poly | None:
    if isinstance(factor, DiffFactor) and not _recursive(algebra, factor):
        return algebra.expand_derivative(factor)
    return None


def _has_sum(expr: Expr) -> bool:
    from derive.algebra.expr import Sum
    from derive.algebra.substitute import walk

    return any(isinstance(node, Sum) for node in walk(expr))


def formal_chain_rule(algebra: NetworkAlgebra, goal: DiffFactor) -> Expr | None:
    """Return Σ_w ∂u/∂w · ∂w/∂v unevaluated; None where a dependent reaches v by other paths too."""
    terms = []
    for definition in algebra.dependencies.users.get(goal.v.name, ()):
        term = _formal_term(algebra, goal, definition)
        if term is None:
            return None
        terms.append(term)
    total = add(*terms)
    if total.is_zero or any(_has_other_paths(algebra, f, goal) for f in all_factors(total)):
        return None
    return to_expr(total)


def _has_other_paths(algebra: NetworkAlgebra, factor: Factor, goal: DiffFactor) -> bool:
    """Whether a local derivative ∂w/∂v in the sum over dependents is more than the partial of w's own definition."""
    if not isinstance(factor, DiffFactor) or factor.u == goal.u:
        return False
    return any(isinstance(f, DiffFactor) for f in all_factors(algebra.expand_derivative(factor)))


def _formal_term(algebra: NetworkAlgebra, goal: DiffFactor, definition: Definition) -> Poly | None:
    from derive.algebra.differentiate import derivative, entry_delta

    names = {param: lin(fresh(param.name)) for param in definition.params}
    ranges = [r.subs(names) for r in definition.ranges]
    params = [i.atom for i in names.values() if isinstance(i.atom, Index)]
    for param, range_ in zip(params, ranges, strict=True):
        algebra.ranges[param] = range_
    v = Var(goal.v.name, goal.v.idx)
    local = algebra.normal(derivative(subs(definition.body, names), v, entry_delta))
    if local.is_zero:
        return Poly()
    w = VarFactor(definition.name, tuple(names.values()))
    if w.name == goal.u.name:
        return None
    deltas = [f for f in local.factors() if isinstance(f, IversonFactor) and f.relation == "="]
    common = [f for f in dict.fromkeys(deltas) if all((f, Fraction(1)) in m for m in local.terms)]
    body = product(algebra, [poly_of(f) for f in common])
    body = multiply(algebra, body, multiply(algebra, algebra.derivative_of(goal.u, w), poly_of(DiffFactor(w, goal.v))))
    for param, range_ in reversed(list(zip(params, ranges, strict=True))):
        body = sum_over(algebra, param, range_, body)
    return body
