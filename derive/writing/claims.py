"""What a formula was read as: the claim behind it, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable

from derive.algebra.index import lin
from derive.names.notation import Notation
from derive.names.patterns import index_latex
from derive.proof.claim import Claim
from derive.writing.printer import to_latex


def claim_latex(claim: Claim, notation: Notation) -> str:
    """Return a claim as LaTeX with the ranges of its free indices: x_i = y_i \\quad (1 \\le i \\le n)."""
    ranges = [
        r" \le ".join(index_latex(value, notation) for value in (range_.lo, lin(index), range_.hi))
        for index, range_ in claim.free
    ]
    limits = rf" \quad ({', '.join(ranges)})" if ranges else ""
    return f"{to_latex(claim.left, notation)} = {to_latex(claim.right, notation)}{limits}"


def claims_latex(claims: Iterable[Claim], notation: Notation) -> str:
    """Return several claims, which a formula makes at once, one behind the other."""
    return r"; \quad ".join(claim_latex(claim, notation) for claim in claims)
