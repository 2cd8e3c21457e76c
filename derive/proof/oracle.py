"""The oracle: evaluates both sides of a claim on concrete networks, in ball arithmetic.

It shares nothing with the chain rule or the normal form: derivatives are forward-mode dual numbers on the forward pass.
Disjoint balls are a proof that the sides differ; overlapping small balls are no proof of anything, but evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from derive.algebra.index import Index
from derive.budget import UNLIMITED, Budget, BudgetError
from derive.errors import NetworkError
from derive.proof.claim import Claim
from derive.proof.draw import Concrete, Signs, draw_network, rules, too_narrow, windows
from derive.proof.evaluate import evaluate, program
from derive.proof.exact import Entry
from derive.proof.faults import Growth, OutOfRange, Unsettled
from derive.proof.generic import scatter
from derive.proof.numeric import Sample
from derive.proof.pick import candidates, pin, pinned, spread
from derive.proof.question import Question
from derive.proof.sizes import LARGEST, SizeKey, Sizes, outline, plan
from derive.proof.verdict import Witness

__all__ = ["Concrete", "draw_network", "evaluate", "examine"]

ATTEMPTS = 16
PARTIAL_ATTEMPTS = 3
"""After so many attempts, a network counts even if some of the index values could not be evaluated on it."""


@dataclass(slots=True)
class Trial:
    """What one concrete network said: on how many index values the sides agreed, and what stood in the way."""

    agreed: int = 0
    witness: Witness | None = None
    reason: str = ""
    growth: Growth | None = None
    unsettled: bool = False


def examine(claim: Claim, draws: int = 3, seed: int = 0, budget: Budget = UNLIMITED) -> Sample:
    """Return how many of `draws` concrete networks agree with the claim, and a witness if one does not.

    The sample has a reason where fewer networks than asked could be evaluated.
    """
    agreed, reason = 0, ""
    try:
        examination = Examination(claim, seed, budget)
        for draw in range(draws):
            trial = examination.draw(draw)
            if trial.witness is not None:
                return Sample(agreed, trial.witness)
            agreed += trial.agreed > 0
            reason = reason if trial.agreed else trial.reason
            if not agreed:
                break
    except BudgetError as error:
        reason = str(error)
    except RecursionError:
        reason = "the expressions are nested too deeply to evaluate"
    except NetworkError as error:
        reason = str(error)
    return Sample(agreed, None, reason)


def confirmed(claim: Claim, seed: int = 0, budget: Budget = UNLIMITED) -> Iterator[tuple[Concrete, list[Entry]]]:
    """Yield concrete networks that meet the assumptions of a claim, with entries on which its sides agree."""
    examination = Examination(claim, seed, budget)
    for attempt in range(ATTEMPTS):
        for draw in range(2):
            found = examination.agreement(draw, attempt)
            if found is not None:
                yield found


class Examination:
    """A claim, and how networks are drawn for it."""

    def __init__(self, claim: Claim, seed: int, budget: Budget) -> None:
        self._claim = claim
        self._seed = seed
        self._signs = Signs.BOTH
        self._rules = rules(claim.network, claim.facts)
        self._outline = outline(claim.network)
        self._windows = windows(claim.network)
        self._question = Question(claim, self._rules.facts, budget)
        loose: set[Index] = program(claim.network).loose | self._question.loose
        self._pinned = pinned(claim, loose)

    def draw(self, draw: int) -> Trial:
        """Return what a network said that could be evaluated; what stood in the way if there was none."""
        least: dict[SizeKey, int] = {}
        best = trial = Trial()
        for attempt in range(ATTEMPTS):
            trial = self._trial(draw, attempt, least)
            whole = trial.agreed and (not trial.unsettled or attempt + 1 >= PARTIAL_ATTEMPTS)
            if trial.witness is not None or whole:
                return trial
            best = trial if trial.agreed else best
            if trial.growth is not None and trial.growth.least <= LARGEST and not trial.agreed:
                least[trial.growth.name, trial.growth.args] = trial.growth.least
            elif trial.unsettled and not trial.agreed:
                self._signs = Signs((self._signs.value + 1) % len(Signs))
        return best if best.agreed else trial

    def agreement(self, draw: int, attempt: int) -> tuple[Concrete, list[Entry]] | None:
        """Return one concrete network with the entries on which the sides agree, None if there are none."""
        agreed = []
        self._signs = Signs(attempt % len(Signs))
        try:
            concrete = self._concrete(draw, attempt, {})
            if self._question.broken_fact(concrete):
                return None
            for entry in spread(candidates(self._claim, concrete), concrete.seed):
                with suppress(OutOfRange, Unsettled):
                    if self._question.ask(concrete, entry) is None:
                        agreed.append(entry)
        except (OutOfRange, Unsettled):
            return None
        return (concrete, agreed) if agreed else None

    def _trial(self, draw: int, attempt: int, least: dict[SizeKey, int]) -> Trial:
        trial = Trial()
        try:
            concrete = self._concrete(draw, attempt, least)
            broken = self._question.broken_fact(concrete)
            if broken:
                return Trial(reason=f"no network found that satisfies {broken}", unsettled=True)
            entries = spread(candidates(self._claim, concrete), concrete.seed)
        except (OutOfRange, Unsettled) as fault:
            return _hindered(trial, fault)
        if not entries:
            trial.reason = "an index of the claim has no values in the networks drawn"
        for entry in entries:
            try:
                trial.witness = self._question.ask(concrete, entry)
            except (OutOfRange, Unsettled) as fault:
                _hindered(trial, fault)
                continue
            if trial.witness is not None:
                break
            trial.agreed += 1
        return trial

    def _concrete(self, draw: int, attempt: int, least: Mapping[SizeKey, int]) -> Concrete:
        """Return a network on which windows fit into what they slide over, as far as its sizes may grow."""
        concrete = self._drawn(draw, attempt, least)
        growth = too_narrow(self._windows, concrete)
        while growth is not None and least.get((growth.name, growth.args), 0) < growth.least <= LARGEST:
            least = {**least, (growth.name, growth.args): growth.least}
            concrete = self._drawn(draw, attempt, least)
            growth = too_narrow(self._windows, concrete)
        return concrete

    def _drawn(self, draw: int, attempt: int, least: Mapping[SizeKey, int]) -> Concrete:
        choose = plan(self._outline, self._seed, draw, attempt)
        free: dict[Index, int] = {}
        sizes = Sizes((*self._claim.sizes, *self._rules.sizes), choose, free, least)
        concrete = Concrete(self._rules, scatter(self._seed, draw, attempt), sizes, self._signs)
        pin(self._pinned, free, concrete)
        return concrete


def _hindered(trial: Trial, fault: OutOfRange | Unsettled) -> Trial:
    """Return the trial with the fault noted."""
    if isinstance(fault, OutOfRange):
        trial.growth = trial.growth or fault.growth
    else:
        trial.unsettled = True
    trial.reason = trial.reason or str(fault)
    return trial
