"""Verdicts: what became of a claim, with the evidence that goes with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete network on which the two sides lie in disjoint balls.

    `where` names sizes and free indices ("n_0 = 2, n_1 = 3, k = 1, i = 2"), `left` and `right` print the enclosures.
    """

    where: str
    left: str
    right: str
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"left {self.left}, right {self.right} at {self.where}"


@dataclass(frozen=True, slots=True)
class Refuted:
    """The claim fails at `witness`, or before any algebra (`code` says how: shapes, free indices)."""

    message: str
    witness: Witness | None = None
    code: str = "D200"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither proof nor witness; `agreed` concrete networks had equal sides."""

    reason: str
    agreed: int = 0
    code: str = "D301"
