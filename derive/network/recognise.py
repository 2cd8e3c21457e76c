"""Recognise quantities of the network in a result: exp(a_i)/Σ exp(a_m) is ŷ_i, σ(a_ki) is h_ki."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.arithmetic import Powers, monomial, multiply
from derive.algebra.factors import Factor, FunFactor, Monomial, Poly, Rational, VarFactor, add, poly_of
from derive.algebra.index import Index, Lin
from derive.algebra.substitute import subs
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.network import Definition


def recognise(algebra: NetworkAlgebra, poly: Poly) -> Poly:
    """Return the polynomial with products that are the body of a definition replaced by the defined variable."""
    for definition in algebra.network.definitions:
        for idx in _candidates(algebra, definition, poly):
            poly = _replace(algebra, definition, idx, poly)
    return poly


def _candidates(algebra: NetworkAlgebra, definition: Definition, poly: Poly) -> Iterator[tuple[Lin, ...]]:
    """Yield the indices at which the body of a definition may occur: those of variables in arguments."""
    body = algebra.normal(definition.body)
    if body.single is None or body.single[1] != 1 or not any(isinstance(f, FunFactor) for f, _ in body.single[0]):
        return
    patterns = [v for f, _ in body.single[0] if isinstance(f, FunFactor) for v in _variables(f)]
    seen: set[tuple[Lin, ...]] = set()
    for factor in all_factors(poly):
        if not isinstance(factor, FunFactor):
            continue
        for v in _variables(factor):
            for pattern in patterns:
                binding = _bind(pattern, v)
                if binding is None or any(p not in binding for p in definition.params):
                    continue
                idx = tuple(binding[p] for p in definition.params)
                inside = all(
                    algebra.context.within(e, r.subs(binding)) == []
                    for e, r in zip(idx, definition.ranges, strict=True)
                )
                if inside and idx not in seen and not any(i.uid < 0 for e in idx for i in e.indices()):
                    seen.add(idx)
                    yield idx


def _variables(factor: FunFactor) -> list[VarFactor]:
    return [f for arg in factor.args for f in arg.factors() if isinstance(f, VarFactor)]


def _bind(pattern: VarFactor, v: VarFactor) -> dict[Index, Lin] | None:
    if pattern.name != v.name:
        return None
    binding: dict[Index, Lin] = {}
    for p, e in zip(pattern.idx, v.idx, strict=True):
        if isinstance(p.atom, Index) and p.atom not in binding:
            binding[p.atom] = e
        elif p.subs(binding) != e:
            return None
    return binding


def _replace(algebra: NetworkAlgebra, definition: Definition, idx: tuple[Lin, ...], poly: Poly) -> Poly:
    body = algebra.normal(subs(definition.body, dict(zip(definition.params, idx, strict=True))))
    if body.single is None:
        return poly
    wanted = dict(body.single[0])
    new = poly_of(VarFactor(definition.name, idx))
    return add(*(_divide(algebra, m, c, wanted, new) for m, c in poly.terms.items()))


def _divide(algebra: NetworkAlgebra, m: Monomial, c: Rational, wanted: Powers, new: Poly) -> Poly:
    """Replace one occurrence after the other of the wanted product in a monomial."""
    powers: dict[Factor, Rational] = dict(m)
    times = 0
    while all(_contains(powers.get(f, 0), e) for f, e in wanted.items()) and times < 8:
        for f, e in wanted.items():
            powers[f] -= e
        times += 1
    result = monomial(algebra, powers, c)
    for _ in range(times):
        result = multiply(algebra, result, new)
    return result


def _contains(have: Rational, need: Rational) -> bool:
    return have >= need if need > 0 else have <= need
