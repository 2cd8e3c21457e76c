"""How far a reading may be trusted: whether a proof, and whether a refutation, counts in it, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass

from derive.errors import LatexError
from derive.source import Span


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not count, and the place in the formula that it is about, where there is one."""

    message: str
    span: Span | None = None

    @classmethod
    def of(cls, error: LatexError) -> Reason:
        """Return what an error says, with what was expected in its place."""
        expected = f"; expected {error.expected}" if error.expected else ""
        return cls(f"{error.message}{expected}", error.span)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What may become of a claim in one reading: proved unless `proof` says why not, refuted unless `refutation` does.

    A proof that does not count leaves the claim undecided; without a refutation that counts it is not understood.
    """

    proof: Reason | None = None
    refutation: Reason | None = None

    def meet(self, other: Ceiling) -> Ceiling:
        """Return the ceiling of a reading that has the doubts of both; the first reason of each kind is kept."""
        return Ceiling(self.proof or other.proof, self.refutation or other.refutation)


OPEN = Ceiling()
"""The ceiling of a reading without any doubt."""


def only_refutes(reason: Reason) -> Ceiling:
    """Return the ceiling under which a claim can be refuted, but not proved."""
    return Ceiling(proof=reason)


def only_proves(reason: Reason) -> Ceiling:
    """Return the ceiling under which a claim can be proved, but not refuted."""
    return Ceiling(refutation=reason)
