"""Families of numbers that a forward pass without shapes speaks of, beside those that their letters tell all about:
the w_{ji} of Σ_{i=0}^{D} and of Σ_{i=1}^{D}, w_{j0}, x_i^{(n)} and the a_l of a chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from derive.algebra.index import Index
from derive.models.constraints import Letters, Use
from derive.models.letters import tokens_of
from derive.names.indices import Token
from derive.names.matching import Written, written
from derive.names.table import Entry, Kind, Param
from derive.reader.syntax import Group, Node
from derive.statements.definitions import full_name
from derive.typing.context import Context
from derive.typing.heads import BUILTIN

_NOT_NAMES = frozenset({"e", r"\delta", r"\nabla", r"\partial", r"\mathbb{1}", r"\mathbf{1}", r"\mathbb{I}"})


@dataclass
class Family:
    """How a base is written: how many places there are below and above it, and the letters that stand in each."""

    name: Written
    below: int
    above: int
    bracket: str
    fixed: tuple[str, ...]
    letters: list[set[str]] = field(default_factory=list)
    numbered: bool = False

    @property
    def key(self) -> str:
        return self.name.base.key or ""

    def is_mixed(self, alike: Letters) -> bool:
        """Return whether the letters, which run over the same range wherever they are in `alike`, do not say it all."""
        return self.numbered or self.above > 0 or any(found - set(alike) for found in self.letters)


def families(uses: Iterable[Use], usual: Letters, ctx: Context) -> dict[str, Family]:
    """Return the bases that nothing declares and that carry index letters with a range, none that is written in two
    ways."""
    found: dict[str, Family] = {}
    mixed: set[str] = set()
    for use in uses:
        name = written(use.node, ctx)
        key = name.base.key
        if key is None or key in _NOT_NAMES or key in BUILTIN or ctx.table.candidates(key, key):
            continue
        if key in ctx.table.functions or key in ctx.table.sizes:
            continue
        places = _places(name, {**usual, **use.ranges}, ctx)
        if places is None:
            mixed.add(key)
            continue
        family = _family(name, places)
        known = found.setdefault(full_name(key, (), family.fixed), family)
        if (known.below, known.above) != (family.below, family.above):
            mixed.add(key)
            continue
        for at, letter in enumerate(places):
            known.letters[at] |= {letter} - {""}
        known.numbered |= "" in places
    return {full: family for full, family in found.items() if family.key not in mixed and _is_one(family, usual)}


def _is_one(family: Family, usual: Letters) -> bool:
    """Return whether every place has letters, and only such as run over the same range."""
    return all(found and len({usual[letter] for letter in found}) == 1 for found in family.letters)


def _family(name: Written, places: list[str]) -> Family:
    above = [piece for piece in name.sup if isinstance(piece, Group)]
    slots = [piece for piece in above if any(token.kind == "letter" for token in tokens_of(piece.body))]
    fixed = tuple(piece.text for piece in above if piece not in slots)
    bracket = slots[0].opening if slots else ""
    return Family(name, len(places) - len(slots), len(slots), bracket, fixed, [set() for _ in places])


def _places(name: Written, ranges: Letters, ctx: Context) -> list[str] | None:
    """Return the index letter in each place, above first, "" for a number or a size; None where one has no range."""
    groups: list[list[Token]] = []
    for piece in name.sup:
        if isinstance(piece, Group) and any(token.kind == "letter" for token in tokens_of(piece.body)):
            groups.append(tokens_of(piece.body))
    for part in name.sub:
        signed = any(token.kind == "sign" for token in part)
        groups += [part] if signed else [[token] for token in part]
    found: list[str] = []
    for group in groups:
        letters = [t.text for t in group if t.kind == "letter" and ctx.table.sizes.get(t.text) != 0]
        if any(token.kind not in {"letter", "number", "sign"} for token in group):
            return None
        if any(letter not in ranges for letter in letters):
            return None
        found.append(letters[0] if letters else "")
    return found


def entry_of_family(full: str, family: Family, layers: Iterable[str]) -> Entry:
    """Return a family of numbers as a declared name; the letters that count layers come first."""
    letters = [min(found) for found in family.letters]
    counting = set(layers)
    kinds: list[Kind] = ["layer" if found & counting else "unit" for found in family.letters]
    order = sorted(range(len(letters)), key=lambda at: kinds[at] != "layer")
    params = tuple(Param(Index(letters[at]), None, kinds[at]) for at in order)
    places = tuple(order.index(at) for at in range(len(letters)))
    return Entry(
        full, family.key, params, places[family.above :], places[: family.above], "scalar", None, (), family.fixed,
        family.name.base.text, family.bracket,
    )  # fmt: skip


def defined_names(lefts: Iterable[Node], ctx: Context) -> set[str]:
    """Return the bases of left sides: what they are the forward pass says itself."""
    return {key for node in lefts if (key := written(node, ctx).base.key) is not None}
