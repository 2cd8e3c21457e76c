"""The frontier of a proof: what of a difference is expanded next, derivatives upwards to the loss, values downwards to
the leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from derive.algebra.arithmetic import multiply
from derive.algebra.factors import (
    DiffFactor,
    Factor,
    FunFactor,
    Monomial,
    Poly,
    PolyFactor,
    PrimeFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    poly_of,
    safe,
    shape,
)
from derive.algebra.index import Index, Lin, lin
from derive.network.chain_rule import NetworkAlgebra, all_factors

MAX_WRITTEN_OUT = 8  # terms, and names, for which activations are tried in place of what they stand for


@dataclass(frozen=True, slots=True)
class Expansion:
    """One step of a search: derivatives or values that are replaced at once.

    `forward` expands derivatives from the upper end. `is_open` says that the symbolic depth never lets this end.
    """

    factors: frozenset[DiffFactor | VarFactor]
    forward: bool = False
    is_open: bool = False


def frontier(algebra: NetworkAlgebra, poly: Poly, *, forward: bool = False) -> Expansion | None:
    """Return what is expanded next: what lies behind the frontier, else the frontier itself; None at the end."""
    factors = all_factors(poly)
    derivatives = [f for f in factors if isinstance(f, DiffFactor)]
    short = [d for d in derivatives if algebra.is_local(d)]
    if short:
        return Expansion(frozenset(short))
    outputs = [d for d in derivatives if forward and not _recursive(algebra, d.u.name)]
    if outputs:
        return Expansion(frozenset(outputs), forward=True)
    behind = [d for d in derivatives if any(_reaches(algebra, e.v, d.v) for e in derivatives if e.v != d.v)]
    if behind:
        lowest = [d for d in behind if not any(_reaches(algebra, d.v, e.v) for e in behind if e.v != d.v)]
        return Expansion(frozenset(lowest or behind))
    finite = [d for d in derivatives if not _recursive(algebra, d.v.name)]
    if finite:
        return Expansion(frozenset(finite))
    values = [f for f in factors if isinstance(f, VarFactor) and f.name in algebra.dependencies.mentions]
    ahead = [d for d in derivatives if any(_reaches(algebra, d.u, e.u) for e in derivatives if e.u != d.u)]
    if ahead:
        return Expansion(frozenset(ahead), forward=True)
    told = [v for v in values if _defined_by_another(algebra, v, values)]
    if told:
        return Expansion(frozenset(told))
    local = [d for d in derivatives if d.u.idx]
    if local:
        return Expansion(frozenset(local), is_open=any(_at_open_layer(d) for d in local))
    overtaken = [d for d in derivatives if any(_reaches(algebra, w, d.v) for w in values)]
    if overtaken:  # the other side speaks of what lies above v: it has been unrolled up to there
        return Expansion(frozenset(overtaken), is_open=any(_at_open_layer(d) for d in overtaken))
    inputs = [v for v in values if _is_input(algebra, v)]
    if inputs:
        return Expansion(frozenset(inputs))
    places = [*values, *(d.v for d in derivatives)]
    above = [v for v in values if any(_reaches(algebra, v, w) for w in places if w != v)]
    highest = [v for v in above if not any(_reaches(algebra, w, v) for w in above if w != v)] or above
    if highest:
        return Expansion(frozenset(highest))
    if derivatives:
        return Expansion(frozenset(derivatives), is_open=True)
    ending = [v for v in values if not _recursive(algebra, v.name)]
    if ending:
        return Expansion(frozenset(ending))
    return Expansion(frozenset(values), is_open=True) if values else None


def turns(algebra: NetworkAlgebra, poly: Poly) -> bool:
    """Return whether there is anything that `forward` expands before the rest."""
    return any(isinstance(f, DiffFactor) and not _recursive(algebra, f.u.name) for f in all_factors(poly))


def expand(algebra: NetworkAlgebra, poly: Poly, expansion: Expansion) -> Poly:
    """Expand derivatives by one step of the chain rule, from the lower end or from the upper one, and insert the
    definitions of values."""

    patterns = set(map(pattern, expansion.factors))  # bound indices were renamed

    def step(factor: Factor) -> Poly | None:
        if not isinstance(factor, DiffFactor | VarFactor) or pattern(factor) not in patterns:
            return None
        if isinstance(factor, VarFactor):
            return algebra.expand_value(factor)
        return algebra.expand_forward(factor) if expansion.forward else algebra.expand_derivative(factor)

    marks = {
        f"{safe(factor.v.name if isinstance(factor, DiffFactor) else factor.name)}(" for factor in expansion.factors
    }
    return algebra.rewrite(poly, step, lambda factor: any(mark in factor.key for mark in marks))


def written_out(algebra: NetworkAlgebra, poly: Poly) -> Expansion | None:
    """Return the activation that, written out, makes a difference vanish: h_t beside tanh(W h_{t-1} + U x_t), the
    norm r beside a root √(Σ x² + ε)."""
    standing = _functions_in(poly)
    if len(poly.terms) > MAX_WRITTEN_OUT or not standing:
        return None
    places: dict[tuple[object, ...], VarFactor] = {}
    for factor in all_factors(poly):
        if isinstance(factor, VarFactor) and factor.name in algebra.dependencies.activations:
            places.setdefault(pattern(factor), factor)
    for value in list(places.values())[:MAX_WRITTEN_OUT]:
        inserted = algebra.expand_value(value)
        if inserted is None or standing.isdisjoint(_functions_in(inserted)):
            continue  # nothing that could cancel with it
        expansion = Expansion(frozenset({value}))
        if expand(algebra, poly, expansion).is_zero:
            return expansion
    return None


def _functions_in(poly: Poly) -> set[str]:
    """Return the functions and roots in a polynomial, whatever bound indices are called; a slope writes nothing out."""
    factors = all_factors(poly)
    inner = (m for factor in factors for m in _monomials(factor))
    roots = {f for m in (*poly.terms, *inner) for f, e in m if e.denominator > 1}
    functions = {f for f in factors if isinstance(f, FunFactor) and not any(f.order)}
    return {shape(f.key) for f in functions | roots if not isinstance(f, SizeFactor | PrimeFactor)}


def _monomials(factor: Factor) -> Iterable[Monomial]:
    """Return the products that stand in a sum, over an index or of terms."""
    match factor:
        case SumFactor(factors=factors):
            return (factors,)
        case PolyFactor(poly=poly):
            return poly.terms
    return ()


def _recursive(algebra: NetworkAlgebra, name: str) -> bool:
    """Whether a variable is defined by way of itself at another layer or time step."""
    return name in algebra.dependencies.below.get(name, set())


def _at_open_layer(derivative: DiffFactor) -> bool:
    """Whether an index of the variable is not a number, so that going upwards from there may never end."""
    return any(not e.is_const for e in derivative.v.idx[:1])


def _defined_by_another(algebra: NetworkAlgebra, value: VarFactor, values: list[VarFactor]) -> bool:
    """Whether one step from a value leads to another one that is there: from h_k to a_k, if the sides speak of both."""
    others = {pattern(other) for other in values if other != value}
    if not any(name in algebra.dependencies.mentions[value.name] for name, *_ in others):
        return False
    inserted = algebra.expand_value(value)
    return inserted is not None and any(pattern(f) in others for f in all_factors(inserted))


def _is_input(algebra: NetworkAlgebra, value: VarFactor) -> bool:
    """Whether a value is another name of an input at this very place, as h_0 is of x: one step ends at the leaves."""
    inserted = algebra.expand_value(value)
    if inserted is None or inserted.single is None:
        return inserted is not None and inserted.is_zero
    m, _ = inserted.single
    return all(isinstance(f, VarFactor) and f.name not in algebra.dependencies.mentions for f, _ in m)


def _reaches(algebra: NetworkAlgebra, u: VarFactor, v: VarFactor) -> bool:
    """Whether u may depend on v (not surely not)."""
    return algebra.dependencies.possible((u.name, u.idx), (v.name, v.idx), algebra.context) is not False


def pattern(factor: Factor) -> tuple[object, ...]:
    """Return a factor with every bound index made anonymous."""
    if isinstance(factor, VarFactor):
        return (factor.name, tuple(_anonymous(e) for e in factor.idx))
    if isinstance(factor, DiffFactor):
        return (pattern(factor.u), pattern(factor.v))
    return (factor.key,)


def _anonymous(e: Lin) -> Lin:
    bound = {index: lin(Index("•")) for index in e.indices() if index.uid}
    return e.subs(bound) if bound else e


def denominators(poly: Poly) -> dict[PolyFactor, Rational]:
    """Return the sums that the terms of a polynomial are divided by, each to its highest power."""
    highest: dict[PolyFactor, Rational] = {}
    for m in poly.terms:
        for factor, e in m:
            if isinstance(factor, PolyFactor) and e < 0 and e.denominator == 1:
                highest[factor] = max(highest.get(factor, 0), -e)
    return highest


def clear_denominators(algebra: NetworkAlgebra, poly: Poly) -> Poly:
    """Multiply by the common denominator and expand."""
    highest = denominators(poly)
    if not highest:
        return poly
    algebra.plain = True
    try:
        for factor, e in highest.items():
            poly = multiply(algebra, poly, poly_of(factor, e))
        algebra.plain = False
        return algebra.rewrite(poly, lambda f: None)
    finally:
        algebra.plain = False
