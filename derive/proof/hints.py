"""How a proof was found: what was expanded, and where it parts into cases.

Hints are for those who write a proof down for another program. Nothing rests on them: a verdict does not look at them,
and whoever follows them has to check every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.factors import DiffFactor, VarFactor
from derive.algebra.index import Index, Lin, Range, Size
from derive.proof.claim import Claim
from derive.proof.frontier import Expansion

if TYPE_CHECKING:
    from derive.algebra.triangles import Move
    from derive.network.chain_rule import NetworkAlgebra
    from derive.proof.induction import Tail
    from derive.proof.telescope import Telescope


@dataclass(frozen=True, slots=True)
class Step:
    """Derivatives and values that are expanded at once; `forward` derivatives by the definition of their upper end."""

    targets: tuple[Var | Diff, ...]
    forward: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """The sides agree after these steps, sums having been moved; between the names of `zeros` derivatives are 0, which
    the places of their entries tell: a step of time does not depend on later ones."""

    steps: tuple[Step, ...] = ()
    moves: tuple[Move, ...] = ()
    zeros: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """The sides agree where `e relation 0` holds and where it fails; a case that cannot be is None."""

    relation: str
    e: Lin
    holds: Hints | None
    fails: Hints | None


@dataclass(frozen=True, slots=True)
class Layers:
    """A product of matrices over layers, applied to a vector, is `value`: closed(m, p) at its near end.

    `base` and `step` say so of the empty product, and from one layer to the next; in `rest` the product is replaced.
    """

    tail: Tail
    m: Index
    p: Index
    closed: Expr
    rows: Range
    value: Expr
    base: Part
    step: Part
    rest: Part


@dataclass(frozen=True, slots=True)
class Telescoped:
    """One side is rest + factor·Σ, by induction on the length of the sum; `flipped` if that is the left side.

    left(m) and rest(m) are what the claim becomes where the sum ends, or begins, at m. `base` is about the empty sum,
    `step` says that both sides grow by the same from one m to the next. Where the terms hang on that end by a product
    of matrices, base and step are about any `unit` at its near end; the sum of the telescope may be taken backwards.
    """

    telescope: Telescope
    flipped: bool
    m: Index
    left: Expr
    rest: Expr
    base: Part
    step: Part
    now: Mapping[Size | Index, Lin]
    unit: Index | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A claim that is shown on the way, and how."""

    claim: Claim
    hints: Hints | None


Hints = Path | Split | Layers | Telescoped


def path(expansions: Iterable[Expansion], algebra: NetworkAlgebra) -> Path:
    """Return the hints for a search that has ended."""
    return Path(tuple(_step(expansion) for expansion in expansions), tuple(algebra.moves), tuple(algebra.zeros))


def _step(expansion: Expansion) -> Step:
    return Step(tuple(sorted(map(_target, expansion.factors), key=str)), expansion.forward)


def _target(factor: DiffFactor | VarFactor) -> Var | Diff:
    if isinstance(factor, VarFactor):
        return Var(factor.name, factor.idx)
    return Diff(Var(factor.u.name, factor.u.idx), Var(factor.v.name, factor.v.idx))
