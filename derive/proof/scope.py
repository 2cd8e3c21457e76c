"""For what a claim is said: its free indices and sizes in words."""

from __future__ import annotations

from derive.algebra.index import Range
from derive.proof.claim import Claim


def describe_scope(claim: Claim) -> str:
    """Return "all 1 <= k <= L-1, 1 <= i <= n[k]; n[k] = 3", or "all sizes" where no index is free."""
    parts = [f"{range_.lo} <= {index} <= {range_.hi}" for index, range_ in claim.free if not _single(range_)]
    fixed = [f"{size} = {value}" for size, value in claim.sizes]
    text = f"all {', '.join(parts)}" if parts else "all sizes"
    return "; ".join([text, *fixed])


def _single(range_: Range) -> bool:
    return range_.lo == range_.hi
