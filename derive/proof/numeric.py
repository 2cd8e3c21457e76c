"""What the oracle says of a claim on concrete networks."""

from __future__ import annotations

from dataclasses import dataclass

from derive.proof.verdict import Witness


@dataclass(frozen=True, slots=True)
class Sample:
    """Outcome of a cross-examination.

    `agreed` networks had overlapping balls of small radius for both sides; `witness` is set if one had disjoint balls;
    `reason` says why fewer networks than asked could be evaluated.
    """

    agreed: int
    witness: Witness | None = None
    reason: str = ""
