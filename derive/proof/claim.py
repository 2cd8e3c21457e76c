"""A claim: two scalars over free indices, said to be equal for all values of the indices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size
from derive.network.network import Fact, Network


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """`left = right` for every value of `free` in its ranges, in `network`.

    `sizes` fixes symbolic sizes (n_3 = 2, as in "W ∈ ℝ^{3×3}"); `facts` are assumed beside the network's own.
    Matrix claims are lowered first: their axes become free indices. `face` writes its sides as SymPy objects in the
    notation of a model; nothing is decided by it.
    """

    network: Network
    left: Expr
    right: Expr
    free: tuple[tuple[Index, Range], ...] = ()
    sizes: tuple[tuple[Size, Lin], ...] = ()
    facts: tuple[Fact, ...] = ()
    face: Any = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.left} = {self.right}"

    def __repr__(self) -> str:
        return f"<Claim {self}>"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a claim."""

    claim: Claim
    expr: Expr

    def to_sympy(self, expand: bool = False) -> Any:
        """Return the side as a SymPy object, with `expand` in weights, biases and inputs alone."""
        if self.claim.face is None:
            from derive.algebra.sympy_bridge import to_sympy

            return to_sympy(self.expr)
        return self.claim.face.show(self.expr, expand)

    def _sympy_(self) -> Any:
        return self.to_sympy()

    def __str__(self) -> str:
        return str(self.to_sympy())

    def __repr__(self) -> str:
        return str(self)
