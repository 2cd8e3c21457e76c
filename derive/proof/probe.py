"""Concrete networks that are kept, so that many claims with the same left side can be asked of them one by one.

This only sorts out what is false: what passes is judged by `derive.proof.kernel`, on networks of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from flint import arb

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Size
from derive.budget import Budget, BudgetError
from derive.errors import NetworkError
from derive.network.network import Fact, Network
from derive.proof.claim import Claim
from derive.proof.draw import Concrete, Signs, rules
from derive.proof.evaluate import program
from derive.proof.exact import Entry
from derive.proof.faults import OutOfRange, Unsettled
from derive.proof.generic import scatter
from derive.proof.pick import Free, candidates, pin, pinned, spread
from derive.proof.question import Formulas, Question, formulas
from derive.proof.sizes import LARGEST, SizeKey, Sizes, outline, plan

ATTEMPTS = 4
FAULTS = (OutOfRange, Unsettled, BudgetError, NetworkError, RecursionError)

Fixed = tuple[tuple[Size, Lin], ...]
Asked = tuple[int, tuple[Fact, ...], Fixed, Free, Expr]
Values = Mapping[Entry, arb]
"""The values of a scalar at some values of its free indices, where they could be evaluated."""


def differ(one: arb, two: arb) -> bool:
    """Return whether two values are certainly not the same."""
    return bool(one.is_finite() and two.is_finite() and not one.overlaps(two))


@dataclass
class Probe:
    """Networks drawn with a seed, one for each left side; evaluations count for the budget."""

    seed: int
    budget: Budget
    _known: dict[Asked, tuple[Network, Concrete | None, Values]] = field(default_factory=dict)

    def differs(self, claim: Claim) -> bool | None:
        """Return whether a network makes the sides of a claim differ; None where there is none to ask.

        A right side without a value where the left side has one, such as h_{L+1} or the inverse of 0, differs from it.
        """
        _, concrete, left = self._asked(claim)
        if concrete is None:
            return None
        right = _compiled(claim, claim.right)
        agreed = False
        for entry, value in left.items():
            other = self._value(right, concrete, entry)
            if other is not None and differ(value, other):
                return True
            agreed = agreed or other is not None
        return not agreed

    def left(self, claim: Claim) -> Values:
        """Return the values of the left side, wherever a claim with this left side is asked."""
        return self._asked(claim)[2]

    def values(self, claim: Claim, side: Expr) -> Values:
        """Return the values of another side at the same places."""
        _, concrete, left = self._asked(claim)
        if concrete is None:
            return {}
        code = _compiled(claim, side)
        pairs = ((entry, self._value(code, concrete, entry)) for entry in left)
        return {entry: value for entry, value in pairs if value is not None}

    def _asked(self, claim: Claim) -> tuple[Network, Concrete | None, Values]:
        key = (id(claim.network), claim.facts, claim.sizes, claim.free, claim.left)
        if key not in self._known:
            try:
                self._known[key] = claim.network, *self._draw(claim)
            except FAULTS:
                self._known[key] = claim.network, None, {}
        return self._known[key]

    def _draw(self, claim: Claim) -> tuple[Concrete | None, Values]:
        """Return a network that meets all facts and on which the left side has values, and these."""
        allowed, code = rules(claim.network, claim.facts), _compiled(claim, claim.left)
        question = Question(claim, allowed.facts, self.budget)
        fixed = pinned(claim, program(claim.network).loose | code.compiler.loose | question.loose)
        least: dict[SizeKey, int] = {}
        for signs, attempt in product(Signs, range(ATTEMPTS)):
            free: dict[Index, int] = {}
            choose = plan(outline(claim.network), self.seed, 0, attempt)
            sizes = Sizes((*claim.sizes, *allowed.sizes), choose, free, least)
            concrete = Concrete(allowed, scatter(self.seed, 0, attempt), sizes, signs)
            try:
                pin(fixed, free, concrete)
                if question.broken_fact(concrete):
                    continue
                entries = spread(candidates(claim, concrete), concrete.seed)
                pairs = [(entry, code.nodes(entry, concrete.run(budget=self.budget))[0].value) for entry in entries]
            except (OutOfRange, Unsettled) as fault:
                growth = getattr(fault, "growth", None)
                if growth is not None and growth.least <= LARGEST:
                    least[growth.name, growth.args] = growth.least
                continue
            if values := {entry: value for entry, value in pairs if value.is_finite()}:
                return concrete, values
        return None, {}

    def _value(self, code: Formulas, concrete: Concrete, entry: Entry) -> arb | None:
        """Return a value; None where it is not known on this network."""
        try:
            value = code.nodes(entry, concrete.run(budget=self.budget))[0].value
        except FAULTS:
            return None
        return value if value.is_finite() else None


def _compiled(claim: Claim, side: Expr) -> Formulas:
    return formulas(tuple(index for index, _ in claim.free), (side,))
