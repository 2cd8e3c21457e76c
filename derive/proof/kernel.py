"""The only maker of `Proved`: a claim is proved when the search found a proof and the oracle, asked apart, did not
object.

Nothing else can construct `Proved`: its constructor wants a seal that does not leave this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.algebra.normal_form import POSITIVE_PARTS
from derive.budget import Budget
from derive.deadline import DeadlineExceeded, deadline
from derive.errors import InternalDisagreement
from derive.findings import STOPPED
from derive.proof.claim import Claim
from derive.proof.denominators import Doubt, doubts
from derive.proof.hints import Hints
from derive.proof.induction import prove_by_induction
from derive.proof.numeric import Sample
from derive.proof.opening import open_activations
from derive.proof.oracle import examine
from derive.proof.products import prove_product
from derive.proof.prover import FAR, NEAR, Proof, Prover
from derive.proof.scope import describe_scope
from derive.proof.telescope import prove_by_telescope
from derive.proof.verdict import Judged, Refuted, Undecided, shown

_SEAL = object()
DEFAULT_LIMIT = 10.0  # seconds: the last resort, for work that is not counted in steps
STEPS = 150_000  # of the search for one proof: a few seconds
GLANCE = 2_500  # of them for a proof that needs no search
CROSS_CHECK = 600  # of them for one that would contradict a concrete network
TELESCOPE = 15_000
PRODUCT = 20_000
ORACLE = 400_000  # values and tangents of entries, which are quicker than steps of a proof
MORE_DRAWS = 12


@dataclass(frozen=True, slots=True, repr=False)
class Proved(Judged):
    """The claim holds for everything in its scope, under the assumptions; `agreed` concrete networks confirmed it.

    `hints` say how the proof was found; nothing rests on them.
    """

    scope: str
    assumptions: tuple[str, ...]
    cases: tuple[str, ...]
    method: str
    agreed: int
    seal: object = field(compare=False)
    hints: Hints | None = field(default=None, compare=False)
    claim: Claim | None = field(default=None, compare=False)

    def noted(self, note: str) -> Proved:
        """Return the verdict with a note among its assumptions."""
        return replace(self, assumptions=(*self.assumptions, note))

    def __str__(self) -> str:
        return "; ".join([f"proved for {shown(self.scope)}", *(f"assuming {fact}" for fact in self.assumptions)])

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only the kernel can say that a claim is proved")


Verdict = Proved | Refuted | Undecided


def judge(claim: Claim, time_limit: float = DEFAULT_LIMIT, seed: int = 0) -> Verdict:
    """Return the verdict on a claim, found within STEPS, or else within the time limit as a last resort.

    Proof and concrete networks are found independently. Raises InternalDisagreement if they contradict each other.
    """
    try:
        with deadline(time_limit):
            return _judged(claim, Budget(STEPS), seed)
    except DeadlineExceeded:
        return Undecided(f"{STOPPED}, after {time_limit:g} s", 0, "D302", claim)


def _judged(claim: Claim, budget: Budget, seed: int) -> Verdict:
    open_doubts = doubts(claim)
    drawn, drawing = _within_doubts(claim, open_doubts), Budget(ORACLE)
    sample = examine(drawn, seed=seed, budget=drawing)
    refuted = sample.witness is not None
    checking = refuted and not open_doubts
    soon = budget.at_most(CROSS_CHECK if checking else GLANCE)
    prover = Prover(claim, soon)
    proof = _glance(claim, prover, soon, once=checking)
    if proof is None and not refuted:
        proof = _search(claim, prover, budget)
        if proof is None and sample.agreed:
            sample = _asked_again(drawn, sample, seed + 1, drawing)
    return _weigh(claim, proof, sample, prover.reason, open_doubts)


def prove_within(claim: Claim, budget: Budget, draws: int, seed: int = 0) -> Proved | None:
    """Return the proof of a claim that is found within a budget, for those to whom no other verdict is of use.

    What one of `draws` concrete networks speaks against, or none can tell, is not looked into.
    """
    open_doubts = doubts(claim)
    sample = examine(_within_doubts(claim, open_doubts), draws, seed, Budget(ORACLE))
    if sample.witness is not None or not sample.agreed:
        return None
    soon = budget.at_most(GLANCE)
    prover = Prover(claim, soon)
    proof = _glance(claim, prover, soon) or _search(claim, prover, budget)
    verdict = _weigh(claim, proof, sample, prover.reason, open_doubts)
    return verdict if isinstance(verdict, Proved) else None


def _within_doubts(claim: Claim, open_doubts: tuple[Doubt, ...]) -> Claim:
    return replace(claim, facts=(*claim.facts, *(fact for doubt in open_doubts for fact in doubt.facts)))


def _glance(claim: Claim, prover: Prover, soon: Budget, *, once: bool = False) -> Proof | None:
    """Return a proof that needs no search, with open activations written out or as they are."""
    opened = open_activations(claim)
    return (Prover(opened, soon).glance(once=once) if opened is not None else None) or prover.glance(once=once)


def _asked_again(claim: Claim, sample: Sample, seed: int, budget: Budget) -> Sample:
    """Return what further networks say where no proof was found: a few may all lie on one side of a kink."""
    more = examine(claim, draws=MORE_DRAWS, seed=seed, budget=budget)
    return sample if more.witness is None else more


def _search(claim: Claim, prover: Prover, budget: Budget) -> Proof | None:
    """Search for long: where no concrete network speaks against the claim, a proof is worth its steps."""
    prover.budget = budget
    return (
        prove_by_telescope(claim, budget, GLANCE)
        or prove_by_induction(claim, budget)
        or prover.prove(NEAR)
        or prove_product(claim, budget.at_most(PRODUCT))
        or prove_by_telescope(claim, budget, TELESCOPE)
        or prover.prove(FAR)
    )


def _weigh(claim: Claim, proof: Proof | None, sample: Sample, reason: str, open_doubts: tuple[Doubt, ...]) -> Verdict:
    met = [doubt for doubt in open_doubts if doubt.is_met or (doubt.whole is None and sample.witness is not None)]
    if proof is not None and met:
        return Undecided(f"this holds only if {met[0].text}", sample.agreed)
    if proof is not None and sample.witness is not None and POSITIVE_PARTS not in proof.notes:
        raise InternalDisagreement(
            f"the proof search and a concrete network contradict each other: {sample.witness}\n"
            f"left  {claim.left}\nright {claim.right}\nPlease report this as a bug, with the formula and its model."
        )
    if sample.witness is not None:
        where = "a concrete network makes" if sample.witness.where else "concrete values make"
        witness = replace(sample.witness, face=claim.face)
        return Refuted(f"{where} the two sides differ", witness, claim=claim)
    if proof is None:
        return Undecided(reason, sample.agreed, claim=claim)
    if not sample.agreed:
        return Undecided(f"proved, but no concrete network could confirm it: {sample.reason}", 0, claim=claim)
    notes = sorted(proof.notes | {doubt.text for doubt in open_doubts})
    assumptions = (*proof.facts, *notes)
    scope = describe_scope(claim)
    return Proved(scope, assumptions, proof.cases, proof.method, sample.agreed, _SEAL, proof.hints, claim)
