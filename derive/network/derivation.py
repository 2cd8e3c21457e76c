"""A derivation as data: steps from ∂u/∂v to its closed form, each an expression equal to the one before."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.expr import Diff, Expr
from derive.algebra.index import Index, Lin, Range, Size

RULES: dict[str, str] = {
    "start": "what is asked for",
    "chain rule": "chain rule",
    "sum over paths": "sum over all paths",
    "definition": "insert the definition",
    "linearity": "linearity",
    "entry": "an entry by itself is 1, by another one 0",
    "product": "product rule",
    "quotient": "quotient rule",
    "power": "power rule",
    "exponential": "derivative of exp",
    "logarithm": "derivative of the logarithm",
    "activation": "derivative of the function",
    "split": "split the sum",
    "delta contraction": "one term of the sum depends on it",
    "insert": "insert what they are",
    "cancel": "cancel",
    "common denominator": "common denominator",
    "fact": "by what is assumed",
    "recognise": "recognise a value of the forward pass",
    "recognise softmax": "recognise the softmax",
    "collect": "collect terms",
    "factor": "factor out",
    "vector": "collect into a vector",
    "matrix": "collect into a matrix",
    "matrix product": "a matrix product",
    "outer product": "an outer product",
    "elementwise": "an elementwise product",
    "diagonal": "a diagonal matrix",
    "transpose": "a transposed matrix",
    "induction": "by induction, from the top down",
}
"""What each rule says to a reader; a step may say it more exactly in its note."""


@dataclass(frozen=True, slots=True)
class Form:
    """A vector or matrix in matrix notation (see `derive.network.array_forms`); `entry` is its general entry."""

    @property
    def entry(self) -> Expr:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One line: `expr` equals the line before by `rule` (a key of RULES); `note` adds what is particular here.

    `place` is the part of the line before that was rewritten, where it is one. `used` holds what was inserted, each a
    derivation of its own: of a local derivative, or of one above. `form` is the array in matrix notation whose general
    entry `expr` is, where the line is about a whole array.
    """

    expr: Expr
    rule: str
    note: str = ""
    place: Expr | None = None
    used: tuple[tuple[Step, ...], ...] = ()
    form: Form | None = None

    @property
    def words(self) -> str:
        """The rule as a person says it."""
        return self.note or RULES[self.rule]

    def __str__(self) -> str:
        return f"= {self.expr}   {self.words}"

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
    def goal(self) -> Diff:
        """What is asked for, with the indices of the case."""
        goal = self.steps[0].expr
        assert isinstance(goal, Diff)
        return goal

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
