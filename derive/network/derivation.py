"""A derivation as data: steps from ∂u/∂v to its closed form, each an expression equal to the one before."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size

RULES: dict[str, str] = {
    "start": "what is asked for",
    "chain rule": "chain rule: one term for each quantity that depends on the variable directly",
    "sum over paths": "sum over all paths from the variable to the loss",
    "delta contraction": "the Kronecker delta keeps one term of the sum",
    "recognise": "recognise a quantity of the network",
    "recognise softmax": "recognise the softmax",
    "definition": "insert the definition",
    "factor": "pull out common factors",
}


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One line: `expr` equals the line before by `rule` (a key of RULES); `note` adds what is particular here."""

    expr: Expr
    rule: str
    note: str = ""

    def __str__(self) -> str:
        return f"= {self.expr}   {self.note or RULES[self.rule]}"

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One part of the range of the free indices ("k = L", "1 <= k <= L-1"), or of the depth, with its own result.

    `sizes` are those that the case fixes ("L = 2").
    """

    condition: str
    free: tuple[tuple[Index, Range], ...]
    steps: tuple[Step, ...]
    sizes: tuple[tuple[Size, Lin], ...] = ()

    @property
    def result(self) -> Expr:
        return self.steps[-1].expr

    def __str__(self) -> str:
        first, *others = self.steps
        return "\n".join([f"{self.condition}:", f"{first.expr}", *map(str, others)])

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True, repr=False)
class Derivation:
    """∂u/∂v for all values of its free indices; several cases where the layers differ."""

    goal: Expr
    cases: tuple[Case, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all cases, in order."""
        return tuple(step for case in self.cases for step in case.steps)

    @property
    def result(self) -> Expr:
        """The result of a derivation that has one case."""
        if len(self.cases) != 1:
            raise ValueError(f"the result differs by case: {', '.join(case.condition for case in self.cases)}")
        return self.cases[0].result

    def __str__(self) -> str:
        return "\n".join(map(str, self.cases))

    def __repr__(self) -> str:
        return str(self)
