"""Open functions that the text fixes: "if g is the logistic function, g(z) = 1/(1 + e^{-z})", h = g(a) = \\tanh(a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.algebra.differentiate import derivative, entry_delta, replace_variables
from derive.algebra.expr import Chain, Diff, Expr, Fun, Functional, Lambda, Var
from derive.algebra.functions import call
from derive.algebra.index import Range, lin
from derive.algebra.substitute import map_children
from derive.names.table import SymbolTable
from derive.network.network import Fact
from derive.proof.claim import Claim


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the text says an open function is: `body` in the variables that stand for its arguments; `in_part` is
    whether it says so of some layers only."""

    name: str
    places: tuple[Var, ...]
    body: Expr
    written: str
    in_part: bool = False


def with_said(fixed: Sequence[Fixed], said: Fixed) -> tuple[Fixed, ...]:
    """Return what is fixed with one more: what is said of some layers stands beside what is said of all."""
    return (*(one for one in fixed if (one.name, one.in_part) != (said.name, said.in_part)), said)


def known(name: str, function: str, written: str) -> Fixed:
    """Return an open function of one argument that is a known one: g is tanh."""
    place = Var(f"argument of {name}")
    return Fixed(name, (place,), call(function, place), written)


def domains_of(function: str, table: SymbolTable) -> list[Range]:
    """Return the layers at which the forward pass applies a function, for each name that it applies it to."""
    return [range_ for (name, _), range_ in table.domains.items() if name == function]


def are_all_layers(kinds: Sequence[str], domains: Sequence[Range]) -> bool:
    """Return whether words for layers, "hidden" or "last", speak of all at which a function is applied."""
    return not kinds or any(all(_is_of(kind, domain) for domain in domains) for kind in kinds)


def _is_of(kind: str, domain: Range) -> bool:
    match kind:
        case "all":
            return True
        case "first":
            return domain == Range(lin(1), lin(1))
        case "last":
            return domain.lo == domain.hi and not domain.hi.is_const
    return domain.hi.const < 0


def fix(expr: Expr, fixed: Mapping[str, Fixed]) -> Expr:
    """Return an expression with open functions, and their derivatives, as what they are."""

    def f(e: Expr) -> Expr:
        match e:
            case Fun(name, args, order, idx):
                own = fixed.get(name)
                values = tuple(map(f, args))
                if own is None or len(own.places) != len(args) or idx:
                    return Fun(name, values, order, idx)
                return _at(own, values, order)
            case Functional(name, args, slots, idx) if _is_of_numbers(fixed.get(name), args) and not idx:
                counts = [sum(place == n for place, _ in slots) for n in range(len(args))]
                return _at(fixed[name], [f(arg.body) for arg in args], counts)
            case Diff(body, var):
                return Diff(f(body), var)
            case Chain():
                return replace(e, body=f(e.body))
        return map_children(e, f)

    return f(expr)


def _is_of_numbers(own: Fixed | None, args: Sequence[Lambda]) -> bool:
    """Return whether a function of arrays is said of numbers, and applied to numbers alone."""
    return own is not None and len(own.places) == len(args) and not any(arg.indices for arg in args)


def _at(own: Fixed, values: Sequence[Expr], order: Sequence[int]) -> Expr:
    """Return the derivative of a function, of the given order in each argument, at some values."""
    body = own.body
    for place, count in zip(own.places, order, strict=False):
        for _ in range(count):
            body = derivative(body, place, entry_delta)
    return replace_variables(body, {place.name: value for place, value in zip(own.places, values, strict=True)})


def fixed_claims(claims: Sequence[Claim], fixed: Sequence[Fixed]) -> tuple[Claim, ...]:
    """Return claims in which functions that the model leaves open are what the text says."""
    table = {one.name: one for one in fixed}
    return tuple(_claim(claim, table) for claim in claims)


def _claim(claim: Claim, table: Mapping[str, Fixed]) -> Claim:
    definitions = tuple(replace(one, body=fix(one.body, table)) for one in claim.network.definitions)
    network = replace(claim.network, definitions=definitions, facts=_facts(claim.network.facts, table))
    left, right = fix(claim.left, table), fix(claim.right, table)
    return replace(claim, network=network, left=left, right=right, facts=_facts(claim.facts, table))


def _facts(facts: Sequence[Fact], table: Mapping[str, Fixed]) -> tuple[Fact, ...]:
    return tuple(
        replace(fact, left=fix(fact.left, table), right=None if fact.right is None else fix(fact.right, table))
        for fact in facts
    )
