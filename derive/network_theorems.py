"""The theorems about all bundled networks: those of the perceptron, and those that stand beside a model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.algebra.index import Size, factors_of
from derive.judge_formula import Judge, LinkVerdict, ProvedLink
from derive.models.model import Model
from derive.models.registry import list_models, load_model
from derive.models.stated_theorems import StatedTheorem
from derive.proof import theorems
from derive.proof.theorems import Theorem

PERCEPTRON = "perceptron"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a theorem: its verdict in one word, for what it holds, and how long that took."""

    network: str
    name: str
    statement: str
    word: str
    scope: str
    assumptions: tuple[str, ...]
    milliseconds: float


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
        """Read the formula in the notation of its model and judge it, as in a lecture."""
        begin = time.perf_counter()
        links = verdicts(self.model, self.stated.formula, time_limit)
        milliseconds = (time.perf_counter() - begin) * 1000
        word = next((link.word for link in links if link.word != "proved"), "proved")
        proved = links if word == "proved" else []
        scope = "; ".join(dict.fromkeys(link.scope for link in proved))
        assumptions = tuple(dict.fromkeys(a for link in proved for a in link.assumptions))
        return Outcome(self.network, self.name, self.stated.formula, word, scope, assumptions, milliseconds)


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
