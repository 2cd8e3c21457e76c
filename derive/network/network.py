"""Networks as ordered lists of definitions over index ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Range
from derive.errors import NetworkError

if TYPE_CHECKING:
    from derive.network.derivation import Derivation


class Block:
    """Base of what has indices with ranges."""

    __slots__ = ()
    name: str
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]

    @property
    def head(self) -> str:
        """The general entry: a[k,i]."""
        return self.name + (f"[{','.join(map(str, self.params))}]" if self.params else "")

    @property
    def where(self) -> str:
        """The ranges of its indices: k = 1..L, i = 1..n[k]."""
        pairs = (f"{param} = {range_}" for param, range_ in zip(self.params, self.ranges, strict=True))
        return f"   ({', '.join(pairs)})" if self.params else ""

    def __repr__(self) -> str:
        return f"{self.head}{self.where}"


@dataclass(frozen=True, slots=True, repr=False)
class Definition(Block):
    """`name[params] = body` for all params in their ranges (a range may depend on earlier params).

    A name may have several definitions with disjoint ranges: h[0,i] = x[i] has the range 0..0 for its layer.
    """

    name: str
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    body: Expr

    def __repr__(self) -> str:
        return f"{self.head} = {self.body}{self.where}"


@dataclass(frozen=True, slots=True, repr=False)
class Leaf(Block):
    """A parameter or input: `name[params]` for all params in their ranges, not defined by anything."""

    name: str
    params: tuple[Index, ...] = ()
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """An assumption `left relation right` for all params in their ranges; `text` is how the user wrote it.

    relation: "=" (equal), ">" (left > right), "in" (left is one of `choices`). Of c ≥ 0 the case c = 0 is left out, and
    `strict` is False.
    """

    relation: str
    left: Expr
    right: Expr | None
    params: tuple[Index, ...]
    ranges: tuple[Range, ...]
    text: str
    choices: tuple[Expr, ...] = ()
    strict: bool = True

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False)
class Network:
    """A forward pass: definitions in order, the leaves that they use, the facts assumed, and the loss (last scalar)."""

    definitions: tuple[Definition, ...]
    leaves: tuple[Leaf, ...]
    facts: tuple[Fact, ...] = ()
    loss: str | None = None

    @staticmethod
    def mlp(
        activation: str = "g",
        output: str = "softmax",
        loss: str = "cross-entropy",
        target: str = "class",
        widths: tuple[int, ...] | None = None,
    ) -> Network:
        """Return a multilayer perceptron, of symbolic depth and widths unless they are given; see `mlp`."""
        from derive.network.mlp import mlp, with_widths

        network = mlp(activation, output, loss, target)
        return network if widths is None else with_widths(network, widths)

    def partial(self, by: Var, of: Var | None = None) -> Derivation:
        """Return the derivation of ∂of/∂by (of the loss where `of` is left out); see `derive.network.partials`.

        Raises: NetworkError if there is no such variable, or the network has no loss.
        """
        from derive.network.partials import derive_partial

        if of is None:
            if self.loss is None:
                raise NetworkError("this network has no loss: say which variable is to be differentiated")
            of = Var(self.loss)
        return derive_partial(self, of, by)

    def __repr__(self) -> str:
        leaves = ", ".join(leaf.head for leaf in self.leaves)
        facts = [f"assuming {fact}" for fact in self.facts]
        return "\n".join([*map(str, self.definitions), f"parameters and inputs: {leaves}", *facts])
