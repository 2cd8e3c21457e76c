"""Recognise quantities of the network in a result: exp(a_i)/Σ exp(a_m) is ŷ_i, σ(a_ki) is h_ki."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.algebra.arithmetic import Powers, monomial, multiply, power, product
from derive.algebra.expr import Fun
from derive.algebra.factors import (
    Factor,
    FunFactor,
    Monomial,
    Poly,
    Rational,
    VarFactor,
    add,
    number,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.index import Index, Lin
from derive.algebra.substitute import subs, walk
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.network import Definition


def recognise(algebra: NetworkAlgebra, poly: Poly) -> Poly:
    """Return the polynomial with products that are the body of a definition replaced by the defined variable."""
    for definition in algebra.network.definitions:
        for idx in _candidates(algebra, definition, poly):
            poly = _replace(algebra, definition, idx, poly)
    return _with_tanh(algebra, poly)


def _with_tanh(algebra: NetworkAlgebra, poly: Poly) -> Poly:
    """Return the polynomial in tanh u where it has σ(2u) and the network says tanh: 4σ(2u) - 4σ(2u)² is 1 - tanh² u."""
    bodies = (definition.body for definition in algebra.network.definitions)
    if not any(isinstance(node, Fun) and node.name == "tanh" for body in bodies for node in walk(body)):
        return poly

    def tanh(factor: Factor) -> Poly | None:
        if not isinstance(factor, FunFactor) or factor.name != "sigmoid" or factor.order:
            return None
        half = scale(factor.args[0], Fraction(1, 2))
        return scale(add(number(1), poly_of(FunFactor("tanh", (half,)))), Fraction(1, 2))

    return algebra.rewrite(poly, tanh)


def _affine(body: Poly) -> tuple[FunFactor, Rational, Rational] | None:
    """Return f, c, d of a body c·f + d: tanh x is 2 σ(2x) - 1 in normal form."""
    constant = body.terms.get((), 0)
    rest = [(m, c) for m, c in body.terms.items() if m]
    if len(rest) != 1 or not constant or len(rest[0][0]) != 1:
        return None
    (factor, power), c = rest[0][0][0], rest[0][1]
    return (factor, c, constant) if isinstance(factor, FunFactor) and power == 1 else None


def _candidates(algebra: NetworkAlgebra, definition: Definition, poly: Poly) -> Iterator[tuple[Lin, ...]]:
    """Yield the indices at which the body of a definition may occur: those of variables in arguments."""
    body = algebra.normal(definition.body)
    affine = _affine(body)
    if affine is not None:
        functions = [affine[0]]
    elif body.single is not None and body.single[1] == 1:
        functions = [f for f, _ in body.single[0] if isinstance(f, FunFactor)]
    else:
        return
    patterns = [v for f in functions for v in _variables(f)]
    seen: set[tuple[Lin, ...]] = set()
    for factor in all_factors(poly):
        if not isinstance(factor, FunFactor):
            continue
        for v in _variables(factor):
            for pattern in patterns:
                binding = _bind(pattern, v)
                if binding is None:
                    continue
                for param, range_ in zip(definition.params, definition.ranges, strict=True):
                    if range_.lo == range_.hi:  # a single layer need not occur in the body
                        binding.setdefault(param, range_.lo)
                if any(p not in binding for p in definition.params):
                    continue
                idx = tuple(binding[p] for p in definition.params)
                inside = all(
                    algebra.context.within(e, r.subs(binding).subs(algebra.fixed)) == []
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
    affine = _affine(body)
    if affine is not None:
        function, c, d = affine
        value = scale(subtract(poly_of(VarFactor(definition.name, idx)), number(d)), Fraction(1) / c)
        return add(*(_inserted(algebra, m, coefficient, function, value) for m, coefficient in poly.terms.items()))
    if body.single is None:
        return poly
    wanted = dict(body.single[0])
    new = poly_of(VarFactor(definition.name, idx))
    return add(*(_divide(algebra, m, c, wanted, new) for m, c in poly.terms.items()))


def _inserted(algebra: NetworkAlgebra, m: Monomial, c: Rational, function: FunFactor, value: Poly) -> Poly:
    """Return a term with the powers of one function replaced by those of its value."""
    rest = Poly({tuple((f, e) for f, e in m if f != function): c})
    return product(algebra, [rest, *(power(algebra, value, e) for f, e in m if f == function)])


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
