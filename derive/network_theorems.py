"""The theorems about all bundled networks: those of the perceptron, and those that stand beside a model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.algebra.index import Index, Lin, Range, Size, factors_of, lin
from derive.algebra.substitute import subs
from derive.errors import LatexError, UsageError
from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict, ProvedLink
from derive.models.model import Model
from derive.models.registry import list_models, load_model
from derive.models.stated_theorems import StatedTheorem
from derive.proof import theorems
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, Verdict, judge
from derive.proof.theorems import Theorem
from derive.proof.verdict import Undecided

PERCEPTRON = "perceptron"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a theorem: its verdict in one word, for what it holds, and how long that took.

    `reason` says why it is not proved.
    """

    network: str
    name: str
    statement: str
    word: str
    scope: str
    assumptions: tuple[str, ...]
    milliseconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entries:
    """A theorem in a network of given sizes, entry by entry: how many there are, and the places of those not proved."""

    network: str
    name: str
    statement: str
    count: int
    failed: tuple[tuple[int, ...], ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PerceptronTheorem:
    """A closed form of the perceptron."""

    theorem: Theorem

    @property
    def network(self) -> str:
        """Whose theorem it is."""
        return PERCEPTRON

    @property
    def name(self) -> str:
        """What it is called in tables."""
        return self.theorem.name

    @property
    def sizes(self) -> tuple[str, ...]:
        """The depth and the widths, which stay symbols."""
        return ("L", "n_k")

    def prove(self, time_limit: float = 10.0) -> Outcome:
        """Have the kernel judge it."""
        found = theorems.prove(self.theorem, time_limit)
        statement = self.theorem.statement_latex
        return Outcome(PERCEPTRON, self.name, statement, found.word, found.scope, found.assumptions, found.milliseconds)


@dataclass(frozen=True, slots=True)
class ModelTheorem:
    """A formula that a model file states about its network."""

    model: Model
    stated: StatedTheorem

    @property
    def network(self) -> str:
        """Whose theorem it is."""
        return self.model.name

    @property
    def name(self) -> str:
        """What it is called in tables: several networks have a theorem about their biases."""
        return f"{self.model.name}: {self.stated.name}"

    @property
    def sizes(self) -> tuple[str, ...]:
        """The sizes of the network, which all stay symbols."""
        ends = [end for leaf in self.model.network.leaves for range_ in leaf.ranges for end in (range_.lo, range_.hi)]
        factors = (factor.atom for end in ends for atom, _ in end.terms for factor in factors_of(atom))
        atoms = {str(atom) for atom in factors if isinstance(atom, Size) and not atom.args}
        return tuple(sorted(atoms, key=lambda name: (name.lower(), name)))

    def prove(self, time_limit: float = 10.0) -> Outcome:
        """Read the formula in the notation of its model and judge it, as in a lecture.

        Raises: UsageError for one that cannot be parsed.
        """
        begin = time.perf_counter()
        try:
            links = verdicts(self.model, self.stated.formula, time_limit)
        except LatexError as fault:
            raise UsageError(f'the theorem "{self.stated.name}" of {self.network}: {fault}') from fault
        milliseconds = (time.perf_counter() - begin) * 1000
        failed = next((link for link in links if link.word != "proved"), None)
        word, reason = ("proved", "") if failed is None else (failed.word, failed.message)
        proved = links if failed is None else []
        scope = "; ".join(dict.fromkeys(link.scope for link in proved))
        assumptions = tuple(dict.fromkeys(a for link in proved for a in link.assumptions))
        return Outcome(self.network, self.name, self.stated.formula, word, scope, assumptions, milliseconds, reason)

    def surviving_slips(self, time_limit: float = 10.0) -> Iterator[str]:
        """Yield the slips of the theorem that are not refuted, each with what became of it."""
        for slip in self.stated.slips:
            words = {link.word for link in verdicts(self.model, self.stated.slipped(slip), time_limit)}
            if "refuted" not in words:
                yield f"{slip} ({', '.join(sorted(words))})"

    def entries(self, sizes: Mapping[Size, Lin], time_limit: float = 10.0) -> Entries:
        """Judge the formula for each value of its free indices by itself, in the network of these sizes.

        An entry is proved by the sums written out, and not as a case of the proof for all sizes.
        Raises: UsageError for a theorem that is not proved, so that it has no entries.
        """
        links = proofs(self.model, self.stated.formula, time_limit)
        if not links:
            raise UsageError(f"{self.name} is not proved for all sizes; `derive prove --model` says why")
        found = [entry for link in links for claim, _ in link.claims for entry in _entries(claim, sizes, time_limit)]
        failed = tuple(place for place, verdict in found if not isinstance(verdict, Proved))
        used = (fact for _, verdict in found if isinstance(verdict, Proved) for fact in verdict.assumptions)
        return Entries(self.network, self.name, self.stated.formula, len(found), failed, tuple(dict.fromkeys(used)))


def _entries(claim: Claim, sizes: Mapping[Size, Lin], time_limit: float) -> Iterator[tuple[tuple[int, ...], Verdict]]:
    """Yield the verdict on a claim for each value of its free indices, which end at sizes and at one another.

    Where the search for one entry comes to no end, what is proved of all entries at these sizes counts for it.
    """
    fixed = replace(claim, sizes=(*claim.sizes, *sizes.items()))
    of_all: Verdict | None = None
    for at in _places(claim.free, sizes):
        left, right = (subs(side, at) for side in (claim.left, claim.right))
        verdict = judge(replace(fixed, left=left, right=right, free=()), time_limit)
        if isinstance(verdict, Undecided):
            verdict = of_all = of_all or judge(fixed, time_limit)
        yield tuple(value.const for value in at.values()), verdict


def _places(free: Sequence[tuple[Index, Range]], sizes: Mapping[Size, Lin]) -> Iterator[dict[Index, Lin]]:
    """Yield the values of free indices in ranges of numbers."""
    places: list[dict[Index, Lin]] = [{}]
    for index, range_ in free:
        ends = [(at, range_.subs(sizes).subs(at)) for at in places]
        places = [{**at, index: lin(n)} for at, r in ends for n in range(r.lo.const, r.hi.const + 1)]
    yield from places


def verdicts(model: Model, formula: str, time_limit: float = 10.0) -> list[LinkVerdict]:
    """Return the verdicts on the links of a formula about a model; none is mended.

    Raises: LatexError if it cannot be read.
    """
    return replace(Judge.start(model, time_limit), mends=False).formula(formula)[0]


def proofs(model: Model, formula: str, time_limit: float = 10.0) -> list[ProvedLink]:
    """Return the links of a formula about a model that are proved, with the claims that they are made of."""
    found: list[ProvedLink] = []
    replace(Judge.start(model, time_limit, proofs=found), mends=False).formula(formula)
    return found


def of_perceptron(chosen: Sequence[Theorem]) -> tuple[PerceptronTheorem, ...]:
    """Return theorems about perceptrons for the list of all theorems."""
    return tuple(map(PerceptronTheorem, chosen))


def of_model(model: Model) -> tuple[ModelTheorem, ...]:
    """Return the theorems that a model file states."""
    return tuple(ModelTheorem(model, stated) for stated in model.theorems)


def of_bundled_models() -> Iterator[ModelTheorem]:
    """Yield the theorems of all bundled models."""
    for name in list_models():
        yield from of_model(load_model(name))
