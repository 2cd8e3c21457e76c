"""A claim and its facts compiled once, to be asked of several concrete networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from flint import arb

from derive.algebra.expr import Expr
from derive.algebra.index import Index
from derive.budget import Budget
from derive.network.network import Fact
from derive.proof.claim import Claim
from derive.proof.code import Code
from derive.proof.draw import Concrete, assignments
from derive.proof.dual import Entry as Leaf
from derive.proof.dual import Node
from derive.proof.evaluate import PRECISION, Evaluation
from derive.proof.exact import Entry
from derive.proof.faults import Unsettled
from derive.proof.lower import Compiler
from derive.proof.verdict import DrawnFunction, Witness

HIGH_PRECISION = 256
RELATIVE = 1e-10
NEGLIGIBLE = 1e-15
"""A difference enclosed this closely around zero agrees even where both sides vanish."""
FACT_CASES = 60
MAX_VALUES = 30
"""Leaf entries that a witness prints."""


@dataclass(frozen=True, slots=True)
class Formulas:
    """Several expressions over the same indices, compiled."""

    compiler: Compiler
    codes: tuple[Code, ...]

    def nodes(self, values: Entry, run: Evaluation) -> tuple[Node, ...]:
        """Return the values of the expressions for the values of the indices."""
        frame = self.compiler.frame(values)
        return tuple([run.value(code, frame) for code in self.codes])


def formulas(indices: tuple[Index, ...], exprs: tuple[Expr, ...]) -> Formulas:
    compiler = Compiler(indices)
    return Formulas(compiler, compiler.exprs(exprs)[0])


class Question:
    """Both sides of a claim, and the facts that a network has to meet before it is asked."""

    def __init__(self, claim: Claim, facts: tuple[Fact, ...], budget: Budget) -> None:
        self.indices = tuple(index for index, _ in claim.free)
        self.sides = formulas(self.indices, (claim.left, claim.right))
        self.budget = budget
        self._facts = [(fact, formulas(fact.params, _members(fact))) for fact in facts]
        self.loose = self.sides.compiler.loose.union(*(members.compiler.loose for _, members in self._facts))

    def broken_fact(self, concrete: Concrete) -> str:
        """Return the text of a fact that the network does not meet; nothing if it meets them all."""
        run = concrete.run(budget=self.budget)
        for fact, members in self._facts:
            for values in islice(assignments(fact, concrete), FACT_CASES):
                if not _holds(fact, [node.value for node in members.nodes(values, run)]):
                    return fact.text
        return ""

    def ask(self, concrete: Concrete, values: Entry) -> Witness | None:
        """Return a witness if the sides differ for these values of the indices, nothing if they agree.

        Raises: Unsettled if the network does not tell; OutOfRange if an entry does not exist there.
        """
        reason = ""
        for prec in (PRECISION, HIGH_PRECISION):
            run = concrete.run(prec, self.budget)
            left, right = self.sides.nodes(values, run)
            if not (left.value.is_finite() and right.value.is_finite()):
                reason = "a side is not finite (a pole, or the logarithm or root of a negative number)"
            elif not left.value.overlaps(right.value):
                return self._witness(concrete, values, run, (left, right))
            elif _close(left.value, right.value):
                return None
            else:
                reason = "the enclosures are too wide to tell"
        raise Unsettled(reason)

    def _witness(self, concrete: Concrete, values: Entry, run: Evaluation, sides: tuple[Node, Node]) -> Witness:
        free = {**concrete.sizes.free, **dict(zip(self.indices, values, strict=True))}
        sizes = tuple((name, args, n) for (name, args), n in sorted(concrete.sizes.known.items()))
        indices = tuple((index.name, value) for index, value in free.items())
        left, right = _enclosures(sides[0].value, sides[1].value)
        leaves = islice(run.leaves(*sides), MAX_VALUES)
        drawn = tuple((leaf.name, leaf.idx, _text(concrete, leaf, run)) for leaf in leaves)
        functions = [
            DrawnFunction(*key, found.sines, found.slopes) for key, found in islice(run.functions.items(), MAX_VALUES)
        ]
        return Witness(sizes, indices, left, right, drawn, tuple(functions))


def _members(fact: Fact) -> tuple[Expr, ...]:
    return (fact.left, *([] if fact.right is None else [fact.right]), *fact.choices)


def _holds(fact: Fact, values: list[arb]) -> bool:
    """Return whether a fact holds; an equation holds where its sides overlap, which is checked, not proved."""
    left, *others = values
    if fact.relation == ">":
        return bool(left > others[0])
    return any(left.overlaps(other) and left.is_finite() for other in others)


def _close(left: arb, right: arb) -> bool:
    """Return whether two overlapping balls are small enough to count as agreement."""
    width = left.rad() + right.rad()
    return bool(width <= NEGLIGIBLE) or bool(width <= RELATIVE * left.abs_lower())


def _enclosures(left: arb, right: arb) -> tuple[str, str]:
    """Return both balls in as few digits as show that they differ."""
    pairs: Iterator[tuple[str, str]] = ((left.str(digits), right.str(digits)) for digits in (8, 16, 32, 64))
    return next((pair for pair in pairs if pair[0] != pair[1]), (str(left), str(right)))


def _text(concrete: Concrete, leaf: Leaf, run: Evaluation) -> str:
    value = concrete.number(leaf.name, leaf.idx, run)
    return value.str(8) if isinstance(value, arb) else str(value)
