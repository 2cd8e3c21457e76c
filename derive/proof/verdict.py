"""Verdicts: what became of a claim, with the evidence that goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.proof.claim import Claim, Side
from derive.proof.faults import entry_name

Entry = tuple[int, ...]


def shown(text: str) -> str:
    """Return a scope or a place as it is read."""
    return text.replace("<=", "≤").replace(r"\ell", "ℓ").replace("\\", "")


@dataclass(frozen=True, slots=True)
class DrawnFunction:
    """What a function that is left open is on the network of a witness: Σ A sin(Σ_e c_e u_e + p) + Σ_e b_e u_e.

    `labels` are the arguments u_e: the number of the argument, from 0, and the indices of its entry where it is an
    array. `waves` are A, the c_e and p; `slopes` the b_e.
    """

    name: str
    idx: Entry
    labels: tuple[Entry, ...]
    waves: tuple[tuple[Fraction, tuple[Fraction, ...], Fraction], ...]
    slopes: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Witness:
    """A concrete network on which the two sides lie in disjoint balls.

    `sizes` and `indices` say which network and which entry, `left` and `right` print the enclosures; `values` are the
    entries of leaves that the sides depend on, `functions` what those left open are there; `face` writes them as SymPy
    objects.
    """

    sizes: tuple[tuple[str, Entry, int], ...]
    indices: tuple[tuple[str, int], ...]
    left: str
    right: str
    values: tuple[tuple[str, Entry, str], ...] = ()
    functions: tuple[DrawnFunction, ...] = ()
    face: Any = field(default=None, compare=False, repr=False)

    def to_sympy(self) -> dict[Any, Any]:
        """Return the sizes, indices and values by their SymPy names, as `subs` takes them."""
        from derive.algebra.sympy_bridge import Names

        names = Names() if self.face is None else self.face.names
        sizes = {names.size(name, args): value for name, args, value in self.sizes}
        indices = {names.letter(name): value for name, value in self.indices}
        return {**sizes, **indices, **{names.entry(name, idx): Fraction(v) for name, idx, v in self.values}}

    @property
    def where(self) -> str:
        """The sizes and indices in words: "n_0 = 2, n_1 = 3, k = 1, i = 2"."""
        sizes = [f"{entry_name(name, args)} = {value}" for name, args, value in self.sizes]
        return ", ".join([*sizes, *(f"{index} = {value}" for index, value in self.indices)])

    def __str__(self) -> str:
        where = shown(self.where)
        return f"left {self.left}, right {self.right}" + (f" at {where}" if where else "")

    def __repr__(self) -> str:
        return str(self)


class Judged:
    """Base of the verdicts: what was judged, and how it is said."""

    __slots__ = ()
    claim: Claim | None

    @property
    def left(self) -> Side:
        """The left side of the claim, as a SymPy object by `to_sympy`."""
        assert self.claim is not None
        return Side(self.claim, self.claim.left)

    @property
    def right(self) -> Side:
        """The right side of the claim."""
        assert self.claim is not None
        return Side(self.claim, self.claim.right)

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True, repr=False)
class Refuted(Judged):
    """The claim fails at `witness`, or before any algebra (`code` says how: shapes, free indices)."""

    message: str
    witness: Witness | None = None
    code: str = "D200"
    claim: Claim | None = field(default=None, compare=False)

    def noted(self, note: str) -> Refuted:
        """Return the verdict with a note beside its message."""
        return replace(self, message=f"{self.message}; {note}")

    def __str__(self) -> str:
        return f"refuted: {self.message}" + (f": {self.witness}" if self.witness is not None else "")


@dataclass(frozen=True, slots=True, repr=False)
class Undecided(Judged):
    """Neither proof nor witness; `agreed` concrete networks had equal sides."""

    reason: str
    agreed: int = 0
    code: str = "D301"
    claim: Claim | None = field(default=None, compare=False)

    def noted(self, note: str) -> Undecided:
        """Return the verdict with a note beside its reason."""
        return replace(self, reason=f"{self.reason}; {note}")

    def __str__(self) -> str:
        return f"undecided: {self.reason}" + (f"; {self.agreed} concrete networks agreed" if self.agreed else "")
