"""Networks as ordered lists of definitions over index ranges."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Range


@dataclass(frozen=True, slots=True)
class Definition:
    """`name[params] = body` for all params in their ranges (a range may depend on earlier params).

    A name may have several definitions with disjoint ranges: h[0,i] = x[i] has the range 0..0 for its layer.
    """

    name: str
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    body: Expr


@dataclass(frozen=True, slots=True)
class Leaf:
    """A parameter or input: `name[params]` for all params in their ranges, not defined by anything."""

    name: str
    params: tuple[Index, ...] = ()
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """An assumption `left relation right` for all params in their ranges; `text` is how the user wrote it.

    relation: "=" (equal), ">" (left > right), "in" (left is one of `choices`).
    """

    relation: str
    left: Expr
    right: Expr | None
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    text: str
    choices: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Network:
    """A forward pass: definitions in order, the leaves that they use, the facts assumed, and the loss (last scalar)."""

    definitions: tuple[Definition, ...]
    leaves: tuple[Leaf, ...]
    facts: tuple[Fact, ...] = ()
    loss: str | None = None
