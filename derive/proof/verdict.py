"""Verdicts: what became of a claim, with the evidence that goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from derive.proof.faults import entry_name

Entry = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete network on which the two sides lie in disjoint balls.

    `sizes` and `indices` say which network and which entry, `left` and `right` print the enclosures; `values` are the
    entries of leaves that the sides depend on.
    """

    sizes: tuple[tuple[str, Entry, int], ...]
    indices: tuple[tuple[str, int], ...]
    left: str
    right: str
    values: tuple[tuple[str, Entry, str], ...] = ()

    @property
    def where(self) -> str:
        """The sizes and indices in words: "n_0 = 2, n_1 = 3, k = 1, i = 2"."""
        sizes = [f"{entry_name(name, args)} = {value}" for name, args, value in self.sizes]
        return ", ".join([*sizes, *(f"{index} = {value}" for index, value in self.indices)])

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
