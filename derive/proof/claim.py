"""A claim: two scalars over free indices, said to be equal for all values of the indices."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size
from derive.network.network import Fact, Network


@dataclass(frozen=True, slots=True)
class Claim:
    """`left = right` for every value of `free` in its ranges, in `network`.

    `sizes` fixes symbolic sizes (n_3 = 2, as in "W ∈ ℝ^{3×3}"); `facts` are assumed beside the network's own.
    Matrix claims are lowered first: their axes become free indices.
    """

    network: Network
    left: Expr
    right: Expr
    free: tuple[tuple[Index, Range], ...] = ()
    sizes: tuple[tuple[Size, Lin], ...] = ()
    facts: tuple[Fact, ...] = ()
