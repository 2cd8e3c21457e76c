"""How a document is checked, and what is proved of it, for those who want more than its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from derive.findings import Finding
from derive.proof.claim import Claim
from derive.proof.kernel import Proved


@dataclass(frozen=True, slots=True)
class ProvedFormula:
    """A link that is proved, where it stands, and the claims that it is made of, each with its verdict.

    What `follows` from an equation to be solved is not said by its claims.
    """

    finding: Finding
    claims: tuple[tuple[Claim, Proved], ...]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How to check: the model for documents that name none, seconds for each claim, and formulas to leave out.

    `explain` asks for the steps of derivations. `without` holds 0-based numbers of formulas that brought a process
    down before; they are reported as undecided. `configured` says that the model is that of the configuration. `proofs`
    is where links that are proved are put down with their claims. `mends` asks for a repair of what is refuted.
    `within` is the folder below which a document in no repository may include files.
    """

    model: str | None = None
    time_limit: float = 10.0
    seed: int = 0
    explain: bool = False
    without: frozenset[int] = frozenset()
    configured: bool = False
    proofs: list[ProvedFormula] | None = None
    mends: bool = True
    within: Path | None = None
