"""Equations to be solved: ∂E/∂w = 0 holds at some w only; what is said behind it may follow from it, or solve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.algebra.build import MINUS_ONE, add, mul, substitute
from derive.algebra.expr import ZERO, Expr, Num, Var
from derive.algebra.factors import Factor, Poly, SizeFactor, VarFactor
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.primes import divide
from derive.algebra.rebuild import to_expr
from derive.budget import Budget
from derive.network.chain_rule import NetworkAlgebra
from derive.network.dependencies import names_below
from derive.network.network import Definition, Network
from derive.proof.claim import Claim
from derive.proof.frontier import clear_denominators, denominators
from derive.reader import syntax
from derive.reader.syntax import Group, Item, Product, product_of
from derive.statements.pieces import Piece
from derive.typing.context import Context

_RATIOS = tuple(Fraction(n, d) for n, d in ((1, 1), (-1, 1), (1, 2), (-1, 2), (2, 1), (-2, 1)))
"""Multiples that are tried whatever the terms are: facts, which are not known here, may make two sides the same."""
MULTIPLE_STEPS = 8_000
MAX_MULTIPLES = 24


@dataclass(frozen=True, slots=True)
class Condition:
    """An equation to be solved: `claims` say that each entry of a side is 0; `text` is how the document wrote it."""

    claims: tuple[Claim, ...]
    text: str


def rearranged(claims: Sequence[Claim], condition: Condition) -> tuple[Claim, ...]:
    """Return the ways in which A = B may be a multiple of a condition Z = 0: A - B = κ Z, for each likely κ.

    The multiple κ is a number, m/2 where Z is the gradient of a mean, or -2 v² where Z divides by a variance v.
    """
    if len(claims) != 1 or len(condition.claims) != 1:
        return ()
    claim, zero = claims[0], condition.claims[0]
    renamed = _renamed(zero, claim)
    if renamed is None:
        return ()
    difference = add(claim.left, mul(MINUS_ONE, claim.right))
    found = dict.fromkeys([*_multiples(difference, renamed, claim), *map(Num, _RATIOS)])
    return tuple(replace(claim, left=difference, right=mul(multiple, renamed)) for multiple in found)


def _renamed(zero: Claim, claim: Claim) -> Expr | None:
    """Return the side that is 0 over the free indices of a claim; None where their ranges differ."""
    if len(zero.free) != len(claim.free):
        return None
    pairs = list(zip(zero.free, claim.free, strict=True))
    names: dict[Index | Size, Lin] = {old: lin(new) for (old, _), (new, _) in pairs}
    if any(range_.subs(names) != other for (_, range_), (_, other) in pairs):
        return None
    return substitute(zero.left, names)


def _multiples(difference: Expr, zero: Expr, claim: Claim) -> Iterator[Expr]:
    """Yield the multiples κ that may make D = κ Z: without denominators some term of D is κ times any one term of Z."""
    algebra = NetworkAlgebra(claim.network, IndexFacts(dict(claim.free)), Budget(MULTIPLE_STEPS))
    try:
        sides = [algebra.in_leaves(algebra.normal(side)) for side in (difference, zero)]
        part, whole = (clear_denominators(algebra, side) for side in sides)
    except ArithmeticError:  # the prover may still find one of the numbers
        return
    if whole.is_zero:
        return
    cleared = Counter(denominators(sides[1]))
    cleared.subtract(denominators(sides[0]))
    below, c = next(iter(whole.terms.items()))
    for above, d in list(part.terms.items())[:MAX_MULTIPLES]:
        powers = Counter(dict(above))
        powers.subtract(dict(below))
        factors = [(factor, e) for factor, e in powers.items() if e]
        if all(_is_multiplied_by(algebra, factor, divides=e < 0, alone=len(whole.terms) == 1) for factor, e in factors):
            yield to_expr(Poly({(*factors, *cleared.items()): divide(d, c)}))


def _is_multiplied_by(algebra: NetworkAlgebra, factor: Factor, *, divides: bool, alone: bool) -> bool:
    """Whether an equation may be multiplied or divided by a factor: by what stands in each of its terms, if that may be
    0, only where there are several, as μ (a - b) = 0 is divided by μ."""
    if isinstance(factor, SizeFactor) or algebra.positive(factor):
        return True
    return isinstance(factor, VarFactor) and not (divides and alone)


def solved(left: Expr, right: Expr, condition: Condition, network: Network) -> tuple[Claim, ...]:
    """Return what it means that `left = right` solves a condition: with that definition each of its sides is 0.

    Nothing is returned unless `left` is a parameter on which the condition depends, and `right` does not.
    """
    if not isinstance(left, Var) or left.name not in {leaf.name for leaf in network.leaves}:
        return ()
    leaf = next(leaf for leaf in network.leaves if leaf.name == left.name)
    params = [value.atom for value in left.idx]
    if not any(left.name in names_below([claim.left], network) for claim in condition.claims):
        return ()
    if len(set(params)) != len(params) or left.name in names_below([right], network):
        return ()
    own = [param for param in params if isinstance(param, Index)]
    if len(own) != len(leaf.params):
        return ()
    names: dict[Index | Size, Lin] = {old: lin(new) for old, new in zip(leaf.params, own, strict=True)}
    ranges = tuple(range_.subs(names) for range_ in leaf.ranges)
    definition = Definition(left.name, tuple(own), ranges, right)
    leaves = tuple(other for other in network.leaves if other != leaf)
    before = names_below([right], network)
    first = [one for one in network.definitions if one.name in before]
    rest = [one for one in network.definitions if one.name not in before]
    changed = replace(network, definitions=(*first, definition, *rest), leaves=leaves)
    return tuple(replace(claim, network=changed, right=ZERO) for claim in condition.claims)


def is_implicit(left: Expr, right: Expr, condition: Condition, network: Network) -> bool:
    """Return whether `left = right` may solve a condition for a parameter on which the right side depends, too."""
    if not isinstance(left, Var) or left.name not in {leaf.name for leaf in network.leaves}:
        return False
    sides = [claim.left for claim in condition.claims]
    return left.name in names_below(sides, network) and left.name in names_below([right], network)


def without_fraction(piece: Piece) -> Piece | None:
    """Return m = a / b as b m = a; None where the right side is no fraction."""
    right = piece.right
    if not isinstance(right, syntax.Fraction):
        return None
    items = (
        Item("", Group(right.span, "(", ")", right.denominator)),
        Item("", Group(right.span, "(", ")", piece.left)),
    )
    return replace(piece, left=Product(right.span, items), right=right.numerator, earlier=())


def without_inverse(piece: Piece, ctx: Context) -> tuple[Piece, str] | None:
    """Return w = M^{-1} b as M w = b, with M as it is written; numbers may stand before the inverse."""
    right = piece.right
    items = right.items if isinstance(right, Product) else (Item("", right),)
    for at, item in enumerate(items):
        node = item.node
        if node.sub is None and node.sup is not None and node.sup.text == "-1":
            rest = (*items[:at], *items[at + 1 :])
            if not rest or not all(ctx.value(before.node).is_scalar for before in items[:at]):
                return None
            span = piece.right.span
            matrix = Group(node.base.span, "(", ")", node.base)
            left = Product(span, (Item("", matrix), Item("", Group(piece.left.span, "(", ")", piece.left))))
            behind = product_of(rest)
            return replace(piece, left=left, right=behind, earlier=()), ctx.text(node.base)
    return None
