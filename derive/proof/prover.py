"""Search for a proof: both sides are brought to a common frontier of the network and compared in normal form.

The difference of the sides is expanded along the definitions, derivatives upwards to the loss, values downwards to the
leaves, until it vanishes. Where an expansion depends on the place of a layer (k < L or k = L), the proof splits into
cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

from derive.algebra.aligned_sums import align_sums
from derive.algebra.arithmetic import solve
from derive.algebra.expr import Expr
from derive.algebra.factors import (
    IversonFactor,
    Poly,
    SumFactor,
    subtract,
)
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import subs
from derive.budget import UNLIMITED, Budget, BudgetError
from derive.network.chain_rule import NetworkAlgebra, all_factors, tied_names
from derive.network.dependencies import Dependencies
from derive.proof.claim import Claim
from derive.proof.domains import domain_facts
from derive.proof.facts import FactRules
from derive.proof.frontier import Expansion, clear_denominators, expand, frontier, turns, written_out
from derive.proof.hints import Hints, Split, path

MAX_ROUNDS = 40
MAX_SPLITS = 5
MAX_ALIGNED = 8  # terms of a difference before its sums are compared over other ranges
NEAR, FAR = (0, 1), (4,)  # further steps on a frontier that the symbolic depth never lets end, attempt by attempt
OPEN_ROUNDS = (*NEAR, *FAR)
MAX_TERMS = 600
BRIEFLY = 4_000  # steps for one way to search, before any way gets more
SHARE = 0.4  # of the steps left, for one way to search


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proof rests on: its cases, the side conditions and the assumptions that it used; and how it was found."""

    cases: tuple[str, ...] = ()
    notes: frozenset[str] = frozenset()
    facts: tuple[str, ...] = ()
    method: str = "normal form"
    hints: Hints | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to search: how many steps beyond the frontier; from the loss downwards first or from the parameters
    upwards; with the facts assumed; and with whatever stands under roots and logarithms taken to be positive."""

    depth: int = OPEN_ROUNDS[-1]
    forward: bool = False
    with_facts: bool = False
    assume_positive: bool = False


@dataclass(frozen=True)
class Situation:
    """One case of a claim: sides, free indices with their ranges, and what is known besides."""

    left: Expr
    right: Expr
    free: Mapping[Index, Range]
    known: tuple[Lin, ...] = ()
    nonzero: tuple[Lin, ...] = ()
    sizes: Mapping[Size, Lin] = field(default_factory=dict)

    def context(self) -> IndexFacts:
        """Return what is known in this case."""
        context = IndexFacts(self.free)
        context.add_facts(self.known)
        context.nonzero.update(self.nonzero)
        return context

    def where(self, e: Lin) -> Situation:
        """Return the situation under e = 0, with an index replaced or a size fixed if that says the same."""
        solved = solve(e)
        if solved is not None:
            return self.at(*solved)
        for atom, c in e.terms:
            if isinstance(atom, Size) and abs(c) == 1 and atom not in self.sizes:
                value = (e - lin(atom) * c) * -c
                return replace(self, known=(*self.known, e, -e), sizes={**self.sizes, atom: value})
        return replace(self, known=(*self.known, e, -e))

    def branches(self, relation: str, e: Lin) -> tuple[Situation | None, Situation | None]:
        """Return the situations where `e relation 0` holds and where it fails; None for one that cannot be."""
        if relation == "<=":
            return self._assume(-e), self._assume(e - 1)
        return self.where(e), self._exclude(e)

    def _exclude(self, e: Lin) -> Situation | None:
        """Return the situation where e is not 0; at the end of a range that makes the range shorter."""
        decide = self.context().at_most_zero
        for side in (e, -e):
            if decide(-side):
                return self._assume(side - 1)
        return replace(self, nonzero=(*self.nonzero, e))

    def _assume(self, fact: Lin) -> Situation | None:
        """Return the situation under fact >= 0, an index or size eliminated where that makes an inequality tight."""
        context = self.context()
        if context.at_most_zero(fact + 1):
            return None
        extended = replace(self, known=(*self.known, fact))
        return self.where(fact) if extended.context().zero(fact) else extended

    def at(self, index: Index, value: Lin) -> Situation:
        """Return the situation with an index replaced."""
        values = {index: value}
        return replace(
            self,
            left=subs(self.left, values),
            right=subs(self.right, values),
            free={i: r.subs(values) for i, r in self.free.items() if i != index},
            known=tuple(e.subs(values) for e in self.known),
            nonzero=tuple(e.subs(values) for e in self.nonzero),
            sizes={Size(s.name, tuple(a.subs(values) for a in s.args)): e.subs(values) for s, e in self.sizes.items()},
        )


class Prover:
    """Proves one claim within a budget."""

    def __init__(self, claim: Claim, budget: Budget = UNLIMITED, known: tuple[Lin, ...] | None = None) -> None:
        """`known` index expressions are >= 0; without it, those that follow from the entries in the claim."""
        self.claim = claim
        self.known = known
        self.budget = budget
        self.dependencies = Dependencies(claim.network)
        self.facts = (*claim.network.facts, *claim.facts)
        self.notes: set[str] = set()
        self.used: dict[str, None] = {}
        self.declined = False
        self.exhausted = False
        self.reason = "the normal forms of the two sides differ"
        self.attempt = Attempt()
        self.attempt_budget = budget
        self.unroll: int | None = None
        self.expansions: list[Expansion] = []
        self._in_vain: set[tuple[int | None, Attempt]] = set()
        self._turned = self._cut = False

    @cached_property
    def situation(self) -> Situation:
        """The whole claim as one situation."""
        claim = self.claim
        sizes = dict(claim.sizes)
        known = self.known
        if known is None:
            known = domain_facts(claim.network, (claim.left, claim.right), sizes)
        free = {index: range_.subs(sizes) for index, range_ in claim.free}
        return Situation(claim.left, claim.right, free, known, (), sizes)

    def prove(self, depths: tuple[int, ...] = OPEN_ROUNDS) -> Proof | None:
        """Return a proof, or None with `reason` set; `depths` says how far each attempt goes beyond the frontier.

        Sums over given sizes are written out first; where an index that is left open (a class ℓ) then hides the terms
        that belong together, they are kept as sums.
        """
        self.unroll = None
        proof = self._prove(depths)
        if proof is None and self.claim.sizes:
            self.unroll = 0
            proof = self._prove(depths)
        return proof

    def glance(self, *, once: bool = False) -> Proof | None:
        """Return a proof that takes no search: up to the frontier, from either end, then with the facts.

        To look `once` is to go one way, with the facts if there are any, which is enough to check a refutation.
        """
        attempts = [Attempt(0), Attempt(0, forward=True)]
        if once:
            attempts = [Attempt(0, with_facts=bool(self.facts))]
        elif self.facts:
            attempts.append(Attempt(0, forward=True, with_facts=True))
        for unroll in (None, 0) if self.claim.sizes else (None,):
            self.unroll = unroll
            proof = next((proof for proof in map(self._attempt, attempts) if proof is not None), None)
            if proof is not None:
                return proof
        return None

    def _prove(self, depths: tuple[int, ...]) -> Proof | None:
        """Try all ways briefly, and those that did not come to their end at length: the next one may be short."""
        before = self.exhausted
        for steps in (BRIEFLY, inf):
            self.exhausted = False
            for attempt in self._attempts(depths):
                proof = self._attempt(attempt, steps)
                if proof is not None:
                    return proof
            if not self.exhausted:
                break
        self.exhausted = self.exhausted or before
        return None

    def _attempts(self, depths: tuple[int, ...]) -> Iterator[Attempt]:
        facts: tuple[bool, ...] = (False, True) if self.facts else (False,)
        for depth in depths:
            for forward in (False, True):
                for with_facts in facts:
                    yield Attempt(depth, forward, with_facts)
            if self.declined:
                yield Attempt(depth, False, facts[-1], assume_positive=True)

    def _attempt(self, attempt: Attempt, steps: float = inf) -> Proof | None:
        """Return a proof by one way of searching; it gets a part of the steps, so that others have theirs.

        What came to its end in vain is not tried again, nor is what would take the same way.
        """
        if (self.unroll, attempt) in self._in_vain:
            return None
        self.used.clear()
        self.notes.clear()
        self.attempt = attempt
        self.attempt_budget = self.budget.share(SHARE).at_most(steps)
        self._turned = self._cut = False
        try:
            cases = self.prove_cases(self.situation, "", 0)
        except BudgetError as error:
            self.exhausted = True
            self.reason = str(error)
            return None
        except RecursionError:
            self.reason = "the formula is nested too deeply"
            return None
        if cases is None:
            self._in_vain |= {(self.unroll, same) for same in self._same_way(attempt)}
            return None
        names, hints = cases
        return Proof(tuple(c for c in names if c), frozenset(self.notes), tuple(self.used), hints=hints)

    def _same_way(self, attempt: Attempt) -> Iterable[Attempt]:
        """Yield the attempts that could only repeat one that came to its end: where it met nothing that is expanded
        from the other end, or nothing beyond its depth."""
        for depth in (attempt.depth,) if self._cut else OPEN_ROUNDS:
            for forward in (attempt.forward,) if self._turned else (False, True):
                yield replace(attempt, depth=depth, forward=forward)

    def prove_cases(self, situation: Situation, case: str, depth: int) -> tuple[list[str], Hints] | None:
        """Prove a situation, splitting it where the place of a layer decides; return the names of its cases, and how
        they were proved.
        """
        algebra = self.algebra(situation, self.attempt.with_facts)
        algebra.assume_positive = self.attempt.assume_positive
        try:
            difference = subtract(algebra.normal(situation.left), algebra.normal(situation.right))
            for condition in self.search(algebra, difference):
                if condition is None:
                    self.notes |= algebra.notes
                    return [case], path(self.expansions, algebra)
                if depth >= MAX_SPLITS:
                    break
                return self._split(situation, condition, case, depth)
        except BudgetError:
            raise
        except ArithmeticError as error:
            self.reason = str(error)
        finally:
            self.declined = self.declined or algebra.declined
        return None

    def algebra(self, situation: Situation, with_facts: bool) -> NetworkAlgebra:
        """Return an algebra that knows the ranges and facts of a situation."""
        algebra = NetworkAlgebra(self.claim.network, situation.context(), self.attempt_budget, self.dependencies)
        algebra.tied |= tied_names(self.facts)
        algebra.fixed.update(situation.sizes)
        if self.unroll is not None:
            algebra.unroll = self.unroll
        if with_facts:
            FactRules(self.facts, self.used).install(algebra)
        return algebra

    def _split(
        self, situation: Situation, condition: IversonFactor, case: str, depth: int
    ) -> tuple[list[str], Hints] | None:
        branches = situation.branches(condition.relation, condition.e)
        names: list[str] = []
        ways: list[Hints | None] = []
        for branch, (relation, side) in zip(branches, _branch_names(condition), strict=True):
            if branch is None:
                ways.append(None)
                continue
            name = f"{case}, {side} {relation} 0".lstrip(", ")
            proved = self.prove_cases(branch, name, depth + 1)
            if proved is None:
                return None
            names.extend(proved[0])
            ways.append(proved[1])
        return names, Split(condition.relation, condition.e, *ways)

    def search(self, algebra: NetworkAlgebra, difference: Poly) -> Iterable[IversonFactor | None]:
        """Expand the difference until it vanishes (yield None) or a condition has to be decided first (yield it)."""
        free = set(self.claim_indices(algebra))
        self.expansions = []
        open_rounds = 0
        for _ in range(MAX_ROUNDS):
            if difference.is_zero:
                yield None
                return
            condition = open_condition(difference, free, "<=")
            if condition is not None:
                yield condition
                return
            if may_align(difference) and align_sums(algebra, difference).is_zero:
                yield None
                return
            last = written_out(algebra, difference)
            if last is not None:
                self.expansions.append(last)
                yield None
                return
            expansion = frontier(algebra, difference, forward=self.attempt.forward)
            self._turned = self._turned or turns(algebra, difference)
            if expansion is None:
                break
            if expansion.is_open and open_rounds >= self.attempt.depth:
                self._cut = True
                break
            expanded = expand(algebra, difference, expansion)
            if len(expanded.terms) > MAX_TERMS:
                break
            self.expansions.append(expansion)
            open_rounds += expansion.is_open
            difference = expanded
        aligned = align_sums(algebra, difference)
        if aligned.is_zero:
            yield None
            return
        cleared = clear_denominators(algebra, aligned)
        if cleared.is_zero:
            algebra.note("denominators are not 0")
            yield None
            return
        condition = open_condition(difference, free, "=")
        if condition is not None:
            yield condition

    @staticmethod
    def claim_indices(algebra: NetworkAlgebra) -> Iterable[Index]:
        """The free indices of the situation."""
        return [index for index in algebra.ranges if index.uid >= 0]


def may_align(difference: Poly) -> bool:
    """Whether a difference is so short that it may be one of sums that differ in their ranges only."""
    sums = sum(any(isinstance(f, SumFactor) for f, _ in m) for m in difference.terms)
    return sums > 1 and len(difference.terms) <= MAX_ALIGNED


def _branch_names(condition: IversonFactor) -> list[tuple[str, str]]:
    text = str(condition.e)
    return [("<=", text), (">", text)] if condition.relation == "<=" else [("=", text), ("!=", text)]


def open_condition(poly: Poly, free: set[Index], relation: str) -> IversonFactor | None:
    """Return an undecided condition on free indices and sizes alone that the polynomial contains."""
    for factor in all_factors(poly):
        if isinstance(factor, IversonFactor) and factor.relation == relation and factor.free <= free:
            return factor
    return None


def prove(claim: Claim) -> tuple[Proof | None, str]:
    """Return a proof of the claim, or None and the reason why there is none."""
    prover = Prover(claim)
    return prover.prove(), prover.reason
