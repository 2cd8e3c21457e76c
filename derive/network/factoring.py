"""Results as a person would leave them: common factors pulled out, the input called by its own name."""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.expr import Add, Expr, Mul, Num, Pow, Var
from derive.algebra.substitute import map_children, subs
from derive.network.dependencies import definitions_of
from derive.network.network import Network

Powers = dict[Expr, Fraction]


def factored(expr: Expr) -> Expr:
    """Return a sum with the factors that all its terms share pulled out: d - d h² is d (1 - h²).

    What is left begins with its number, then what is added, then what is subtracted.
    """
    if not isinstance(expr, Add) or len(expr.args) < 2:
        return expr
    terms = [_powers(arg) for arg in expr.args]
    first, *others = [powers for _, powers in terms]
    shared = {base: min(e, *(powers.get(base, Fraction(0)) for powers in others)) for base, e in first.items()}
    shared = {base: e for base, e in shared.items() if e > 0}
    if not shared:
        return expr
    rest = [(c, {b: e - shared.get(b, 0) for b, e in powers.items() if e != shared.get(b, 0)}) for c, powers in terms]
    rest.sort(key=lambda term: (bool(term[1]), term[0] < 0))
    return Mul((*_factors(shared), Add(tuple(_term(c, powers) for c, powers in rest))))


def _powers(term: Expr) -> tuple[Fraction, Powers]:
    """Return the number of a term, and its other factors with their exponents."""
    number, found = Fraction(1), Powers()
    for factor in term.args if isinstance(term, Mul) else (term,):
        match factor:
            case Num(value):
                number *= value
            case Pow(base, Num(exponent)):
                found[base] = found.get(base, Fraction(0)) + exponent
            case _:
                found[factor] = found.get(factor, Fraction(0)) + 1
    return number, found


def _factors(powers: Powers) -> list[Expr]:
    return [base if e == 1 else Pow(base, Num(e)) for base, e in powers.items()]


def _term(number: Fraction, powers: Powers) -> Expr:
    factors = _factors(powers)
    if number != 1 or not factors:
        factors.insert(0, Num(number))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def with_inputs(network: Network, expr: Expr) -> Expr:
    """Return an expression in which a layer that is just another name goes by that name: x[2] for h[0,2]."""

    def renamed(v: Var) -> Expr:
        for definition in definitions_of(network, v.name):
            at = dict(zip(definition.params, v.idx, strict=True))
            layers = [(e, r) for e, r in zip(v.idx, definition.ranges, strict=True) if r.lo == r.hi]
            if layers and all(e == r.lo for e, r in layers) and isinstance(definition.body, Var):
                return subs(definition.body, at)
        return v

    def changed(part: Expr) -> Expr:
        return renamed(part) if isinstance(part, Var) else map_children(part, changed)

    return changed(expr)
