"""How the names of a model are written: where each index stands, with which brackets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Pair:
    """How one index is written as a pair of neighbours, v,v-1: `at` is its own place among both, and `step` the
    distance of the other one."""

    at: int
    step: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One index of a name: below or above the base, plain or in brackets ("(" for z^{(l)}, "[" for z^{[l]}).

    A "layer" slot is part of the name of the array (W_k), a "unit" slot counts along one of its axes (W_{kij}).
    """

    place: Literal["sub", "sup"]
    kind: Literal["layer", "unit"]
    bracket: Literal["", "(", "["] = ""
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """How an array is written: `whole` is its base as LaTeX ("\\mathbf{z}"), `entry` the base of its entries ("z").

    `slots` are in the order of `Var.idx`; layer slots usually come first.
    """

    whole: str
    entry: str
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, repr=False)
class Notation:
    """The written form of every name of a model.

    `patterns`: name in the network -> pattern; `functions`: name in expressions -> LaTeX ("g", "\\sigma");
    `sizes`: name of a size -> its pattern (n_k, n^{[l]}); `indices`: the letters used for "layer" and "unit" indices in
    the order of preference; `transpose`: how ᵀ is written ("^T", "^\\top", "^{\\mathsf T}"); `commas`: whether
    indices are parted even where each is one letter (w_{i,j}).
    """

    patterns: Mapping[str, Pattern]
    functions: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, Pattern] = field(default_factory=dict)
    layer_letters: tuple[str, ...] = ("k",)
    unit_letters: tuple[str, ...] = ("i", "j", "m")
    transpose: str = "^T"
    loss: str = r"\mathcal{L}"
    commas: bool = False

    def __repr__(self) -> str:
        return f"<Notation {', '.join([*(p.entry for p in self.patterns.values()), *self.functions.values()])}>"
