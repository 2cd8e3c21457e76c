"""What a claim divides by that may be 0 for some sizes, indices or values of a kind: this is assumed not to happen.

n - 1 is 0 for n = 1, which is within "every size"; so is y of y ∈ {0, 1} for half of its values, and max(0, a) for half
of all a. A number that is given, such as c or c - q, may be any, 0 too: c/c = 1 holds of the others. Where the network
divides by it itself, or takes its logarithm, nothing is computed at 0. What is computed, ŷ or a norm, is 0 on a null
set only, which no identity depends on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from derive.algebra.expr import ZERO, Add, Expr, Fun, Functional, IndexValue, Mul, Num, Pow, Prod, Step, Sum, Var
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import children, subs, walk
from derive.network.network import Fact, Network
from derive.notation.functions import EXTREMES
from derive.proof.claim import Claim


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a claim divides by, and that may be 0: an index expression, or None for values of a kind."""

    whole: Lin | None = None

    @property
    def text(self) -> str:
        return "denominators are not 0" if self.whole is None else f"{self.whole} is not 0"

    @property
    def is_met(self) -> bool:
        """Whether an index of a sum meets the 0, so that the claim has no value at all."""
        return self.whole is not None and any(index.uid for index in self.whole.indices())

    @property
    def facts(self) -> tuple[Fact, ...]:
        """That it is more than 0, for the drawing of sizes."""
        if self.whole is None or self.whole.indices():
            return ()
        return (Fact(">", IndexValue(self.whole), ZERO, (), (), self.text),)


def doubts(claim: Claim) -> tuple[Doubt, ...]:
    """Return what a claim and the definitions below it divide by that may be 0."""
    facts = (*claim.network.facts, *claim.facts)
    context = IndexFacts(dict(claim.free), _index_facts(facts))
    sizes: Mapping[Index | Size, Lin] = dict(claim.sizes)
    found: dict[Doubt, None] = {}
    for body in (claim.left, claim.right, *_bodies_below(claim)):
        for base, inside in _denominators(subs(body, sizes), context):
            found |= dict.fromkeys(_doubts(base, inside, claim.network, facts))
    sides = (claim.left, claim.right)
    if Doubt() not in found and any(_divides_by_given(side, sides, claim.network, facts) for side in sides):
        found[Doubt()] = None
    return tuple(found)


def _divides_by_given(side: Expr, sides: tuple[Expr, ...], network: Network, facts: tuple[Fact, ...]) -> bool:
    """Return whether a side divides by a number that is given and that may be 0 in a forward pass, and of which none of
    the sides takes the logarithm."""
    never_zero = (*_never_zero(network), *(names for one in sides for names in _in_logarithms(one)))
    positive = {fact.left.name for fact in facts if isinstance(fact.left, Var) and _is_positive(fact)}
    surely_other = {definition.name for definition in network.definitions} | positive
    for part in walk(side):
        if not (isinstance(part, Pow) and isinstance(part.exponent, Num) and part.exponent.value < 0):
            continue
        names = _given_names(part.base.base if isinstance(part.base, Pow) else part.base)
        if names - surely_other and not any(names <= other for other in never_zero):
            return True
    return False


def _is_positive(fact: Fact) -> bool:
    above = isinstance(fact.right, Num) and fact.right.value >= 0
    return fact.relation == ">" and above and (fact.strict or fact.right != ZERO)


def _given_names(base: Expr) -> frozenset[str]:
    """Return the names in sums and products of names and numbers; none for any other expression, such as 1 + c²."""
    match base:
        case Var(name):
            return frozenset((name,))
        case Add(args) | Mul(args):
            parts = [_given_names(arg) for arg in args if not isinstance(arg, Num | IndexValue)]
            return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


@lru_cache(maxsize=256)
def _never_zero(network: Network) -> tuple[frozenset[str], ...]:
    """Return the names in each expression that a network divides by, or takes the logarithm of."""
    found: dict[frozenset[str], None] = {}
    for part in (part for definition in network.definitions for part in walk(definition.body)):
        match part:
            case Pow(base, Num(value)) if value < 0 or value.denominator > 1:
                found[frozenset(v.name for v in walk(base) if isinstance(v, Var))] = None
    logarithms = (names for definition in network.definitions for names in _in_logarithms(definition.body))
    return tuple(found | dict.fromkeys(logarithms))


def _in_logarithms(expr: Expr) -> Iterator[frozenset[str]]:
    """Yield the names in each expression of which one takes the logarithm."""
    for part in walk(expr):
        match part:
            case Fun("log", (base,)):
                yield frozenset(v.name for v in walk(base) if isinstance(v, Var))


def _index_facts(facts: tuple[Fact, ...]) -> tuple[Lin, ...]:
    """Return facts about sizes and indices, n > 1, as expressions that are >= 0."""
    found = []
    for fact in facts:
        left, right = _lin(fact.left), None if fact.right is None else _lin(fact.right)
        if fact.relation == ">" and not fact.params and left is not None and right is not None:
            found.append(left - right - 1)
    return tuple(found)


def _bodies_below(claim: Claim) -> Iterator[Expr]:
    """Yield the bodies of the definitions on which the sides rest."""
    seen, waiting = (
        set[str](),
        {part.name for side in (claim.left, claim.right) for part in walk(side) if isinstance(part, Var)},
    )
    while waiting:
        seen |= waiting
        bodies = [definition.body for definition in claim.network.definitions if definition.name in waiting]
        yield from bodies
        waiting = {part.name for body in bodies for part in walk(body) if isinstance(part, Var)} - seen


def _denominators(expr: Expr, context: IndexFacts) -> Iterator[tuple[Expr, IndexFacts]]:
    """Yield what is divided by, with what is known of the indices there."""
    match expr:
        case Pow(base, Num(value)) if value < 0:
            yield base, context
        case Sum(index, range_, _) | Prod(index, range_, _):
            context = context.copy()
            context.bind(index, range_)
            context.add_facts([range_.hi - range_.lo])
    for child in children(expr):
        yield from _denominators(child, context)


def _doubts(
    base: Expr, context: IndexFacts, network: Network, facts: tuple[Fact, ...], depth: int = 0
) -> Iterator[Doubt]:
    """Yield why a denominator may be 0, other than on a null set."""
    whole = _lin(base)
    match base:
        case _ if whole is not None:
            if whole.terms and context.zero(whole) is not False and context.at_most_zero(-whole + 1) is not True:
                yield Doubt(whole)
        case Mul(args):
            for arg in args:
                yield from _doubts(arg, context, network, facts, depth)
        case Pow(inner, Num(value)) if value > 0:
            yield from _doubts(inner, context, network, facts, depth)
        case Step() | Fun(name="relu" | "max" | "min"):
            yield Doubt()
        case Functional(name, _, slots) if name in EXTREMES and slots:
            yield Doubt()
        case Var(name) if any(_may_be_zero(fact, name) for fact in facts):
            yield Doubt()
        case Var(name) if depth < len(network.definitions):
            for definition in network.definitions:
                if definition.name == name and not isinstance(definition.body, Var):
                    yield from _doubts(definition.body, context, network, facts, depth + 1)


def _may_be_zero(fact: Fact, name: str) -> bool:
    """Return whether a fact says that a name is one of several values, 0 among them."""
    of_name = fact.relation == "in" and isinstance(fact.left, Var) and fact.left.name == name
    return of_name and any(isinstance(choice, Num) and choice.value == 0 for choice in fact.choices)


def _lin(expr: Expr) -> Lin | None:
    """Return an expression of sizes and indices alone as an index expression; None for any other."""
    match expr:
        case IndexValue(value):
            return value
        case Num(value) if value.denominator == 1:
            return lin(int(value))
        case Add(args):
            parts = [_lin(arg) for arg in args]
            known = [part for part in parts if part is not None]
            return sum(known, lin(0)) if len(known) == len(parts) else None
        case Mul((Num(factor), other)) if factor.denominator == 1:
            part = _lin(other)
            return None if part is None else part * int(factor)
    return None
