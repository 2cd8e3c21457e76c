"""For what a claim is said: its free indices and sizes in words."""

from __future__ import annotations

from collections.abc import Callable

from derive.algebra.index import Lin, Range, lin
from derive.proof.claim import Claim


def describe_scope(claim: Claim, say: Callable[[Lin], str] = str) -> str:
    """Return "all 1 <= k <= L-1, 1 <= i <= n[k]; n[k] = 3", or "all sizes" where no index is free.

    `say` writes index expressions and sizes.
    """
    parts = [f"{say(r.lo)} <= {say(lin(index))} <= {say(r.hi)}" for index, r in claim.free if not _single(r)]
    fixed = [f"{say(lin(size))} = {say(value)}" for size, value in claim.sizes]
    text = f"all {', '.join(parts)}" if parts else "all sizes"
    return "; ".join([text, *fixed])


def _single(range_: Range) -> bool:
    return range_.lo == range_.hi
