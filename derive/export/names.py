"""Names of a network as Python names, and which of their indices become loops."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Size, factors_of
from derive.errors import DeriveError
from derive.names.notation import Notation
from derive.network.concrete import blocks, layer_slots
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Leaf, Network
from derive.network.tidy import replaced
from derive.writing.plain import plain

T = TypeVar("T")
RESERVED = frozenset(
    {"np", "xp", "torch", "jnp", "jax", "math", "sys", "loss", "forward", "gradients", "example", "sum"}
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lam", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "ℓ": "l",
}  # fmt: skip
_ACCENTS = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0307": "dot", "\u20d7": "vec"}


class ExportError(DeriveError):
    """What cannot be written as a program; the message says what, and what to do."""


@dataclass
class Names:
    """Python names for variables, sizes, functions and labels; each name is given once."""

    taken: set[str] = field(default_factory=lambda: set(RESERVED))
    given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, kind: str, name: str) -> str:
        """Return the Python name of a thing; `kind` keeps a size L apart from a loss L."""
        found = self.given.get((kind, name))
        if found is None:
            base = identifier(name)
            found = base
            while found in self.taken or keyword.iskeyword(found):
                found += "_"
            self.taken.add(found)
            self.given[kind, name] = found
        return found


def identifier(name: str) -> str:
    """Return LaTeX as a Python name: `\\hat{y}` is yhat, `\\lambda` is lam."""
    import unicodedata

    letters = []
    for char in unicodedata.normalize("NFD", plain(name)):
        letters.append(_GREEK.get(char) or _ACCENTS.get(char) or (char if re.match(r"\w", char) else "_"))
    text = re.sub(r"_+", "_", "".join(letters)).strip("_")
    text = text.encode("ascii", "ignore").decode() or "v"
    return f"v{text}" if text[0].isdigit() else text


def bare_starts(network: Network, notation: Notation) -> Network:
    """Return a network in which a start that has no letters of its own, h_0 where the model has h_t, is one array: its
    only time step is no index of it."""
    places = {
        leaf.name: layer_slots(leaf.params, leaf.ranges)
        for leaf in network.leaves if leaf.name not in notation.patterns
    }  # fmt: skip

    def bare(items: tuple[T, ...], name: str) -> tuple[T, ...]:
        return tuple(item for n, item in enumerate(items) if n not in places.get(name, ()))

    def written(expr: Expr) -> Expr:
        return replaced(expr, lambda e: Var(e.name, bare(e.idx, e.name)) if isinstance(e, Var) else None)

    return replace(
        network,
        definitions=tuple(replace(d, body=written(d.body)) for d in network.definitions),
        leaves=tuple(Leaf(leaf.name, bare(leaf.params, leaf.name), bare(leaf.ranges, leaf.name))
                     for leaf in network.leaves),
    )  # fmt: skip


def loop_slots(network: Network, notation: Notation) -> dict[str, tuple[int, ...]]:
    """Return for every name the index slots that become loops: layers and time steps."""
    found: dict[str, set[int]] = {}
    for block in blocks(network):
        pattern = notation.patterns.get(block.name)
        own = found.setdefault(block.name, set())
        if pattern is not None and len(pattern.slots) == len(block.params):
            own |= {n for n, slot in enumerate(pattern.slots) if slot.kind == "layer"}
        else:
            own |= set(layer_slots(block.params, block.ranges))
    for picked, shifts in Dependencies(network).offsets:
        if all(shifts.get((name, name), (0, 0)) == (0, 0) for name in picked):
            continue  # an axis that goes through unchanged, such as the examples of a batch
        for name, slot in picked.items():
            if not found.get(name):
                found.setdefault(name, set()).add(slot)
    return {name: tuple(sorted(slots)) for name, slots in found.items()}


def sizes_of(blocks: Iterable[Definition | Leaf]) -> Iterator[Size]:
    """Yield the sizes in the ranges of definitions and leaves."""
    for block in blocks:
        for range_ in block.ranges:
            for end in (range_.lo, range_.hi):
                for factor in (factor for atom, _ in end.terms for factor in factors_of(atom)):
                    if isinstance(factor.atom, Size):
                        yield factor.atom


Slots = Mapping[str, tuple[int, ...]]
