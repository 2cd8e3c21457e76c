"""A proof without what it does not need: a search expands all that lies behind the frontier, and may end far beyond
what makes the sides agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from derive.algebra.aligned_sums import align_sums
from derive.algebra.expr import Diff, Var
from derive.algebra.factors import DiffFactor, Poly, VarFactor, subtract
from derive.budget import BudgetError
from derive.network.chain_rule import NetworkAlgebra
from derive.proof.claim import Claim
from derive.proof.frontier import Expansion, clear_denominators, expand
from derive.proof.hints import Hints, Layers, Part, Path, Split, Step, Telescoped, path
from derive.proof.prover import Attempt, Prover, Situation


def shortened(claim: Claim, found: Hints | None) -> Hints | None:
    """Return how the same proof goes without the steps that it does not need; what is not understood here stays."""
    prover = Prover(claim)
    return _shortened(prover, prover.situation, found)


def _shortened(prover: Prover, situation: Situation | None, found: Hints | None) -> Hints | None:
    match found:
        case Path() if situation is not None:
            return _shortened_path(prover, situation, found)
        case Split(relation, e, holds, fails) if situation is not None:
            holding, failing = situation.branches(relation, e)
            return Split(relation, e, _shortened(prover, holding, holds), _shortened(prover, failing, fails))
        case Layers(base=base, step=step, rest=rest):
            return replace(found, base=_part(base), step=_part(step), rest=_part(rest))
        case Telescoped(base=base, step=step):
            return replace(found, base=_part(base), step=_part(step))
    return found


def _part(part: Part) -> Part:
    return replace(part, hints=shortened(part.claim, part.hints))


def _shortened_path(prover: Prover, situation: Situation, found: Path) -> Path:
    """Return a path without idle steps, from its end to its beginning, if it can be gone again."""
    if len(found.steps) < 2:
        return found
    facts = (False, True) if prover.facts else (False,)
    sums = (None, 0) if prover.claim.sizes else (None,)
    for with_facts, positive, prover.unroll in product(facts, (False, True), sums):
        prover.attempt = Attempt(with_facts=with_facts, assume_positive=positive)
        if _replayed(prover, situation, found.steps) is not None:
            return _without_idle_steps(prover, situation, found)
    return found


def _without_idle_steps(prover: Prover, situation: Situation, found: Path) -> Path:
    best = found
    for step in reversed(found.steps):
        fewer = tuple(s for s in best.steps if s is not step)
        best = _replayed(prover, situation, fewer) or best
    return best


def _replayed(prover: Prover, situation: Situation, steps: Sequence[Step]) -> Path | None:
    """Return the path through some steps, with what is done to sums on it, if the sides agree behind them."""
    algebra = prover.algebra(situation, prover.attempt.with_facts)
    algebra.assume_positive = prover.attempt.assume_positive
    try:
        difference = subtract(algebra.normal(situation.left), algebra.normal(situation.right))
        for step in steps:
            difference = expand(algebra, difference, _expansion(step))
        agree = _vanishes(algebra, difference)
    except (ArithmeticError, BudgetError, RecursionError):
        return None
    return replace(path((), algebra), steps=tuple(steps)) if agree else None


def _vanishes(algebra: NetworkAlgebra, difference: Poly) -> bool:
    aligned = align_sums(algebra, difference)
    return aligned.is_zero or clear_denominators(algebra, aligned).is_zero


def _expansion(step: Step) -> Expansion:
    return Expansion(frozenset(map(_factor, step.targets)), step.forward)


def _factor(target: Var | Diff) -> VarFactor | DiffFactor:
    if isinstance(target, Var):
        return VarFactor(target.name, target.idx)
    assert isinstance(target.body, Var)
    return DiffFactor(VarFactor(target.body.name, target.body.idx), VarFactor(target.var.name, target.var.idx))
