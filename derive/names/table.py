"""The symbol table: which names there are, where their indices stand, which shapes they have, which are functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.names.notation import Pair, Pattern
from derive.reader.syntax import BARE_FONTS, Node

Kind = Literal["layer", "unit"]
Orientation = Literal["scalar", "col", "row", "free", "matrix"]


@dataclass(frozen=True, slots=True)
class Param:
    """One index of a name: its variable, its range (None while a model is being built) and what it counts."""

    index: Index
    range: Range | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """A declared name.

    `base` is its canonical base; `fixed_sub` and `fixed_sup` are parts of the name below and above it (W_{hh}, C_0,
    W^{(1)}). `params` are its indices in the order of `Var.idx`; `sub` and `sup` say which of them stand below and
    above, in order. Trailing units may be left out, then they are the axes of a whole array of the given `orientation`.
    `body` is what an alias stands for, over `params`; None for a variable of the network. `written` is the base as
    LaTeX, `bracket` what stands around the indices above. `letters` are those that its indices were declared with, one
    for each of `params`, or none; `by_letter` says that they tell it apart from another name, as δ_j from δ_k.
    `fixed_last` says that the fixed part below comes behind the indices (w_{j0}), `partial` that an alias is ∂L/∂v.
    `arguments` are those that it was defined with, as written, and `bound` are the indices that have no slot but
    theirs, as the i of p(x_i). `nested` says that an index stands below the fixed part above, as the t of g^{s_t}.
    `pair` says how the index of its layer is written as two neighbours, w^{v,v-1}.
    """

    name: str
    base: str
    params: tuple[Param, ...] = ()
    sub: tuple[int, ...] = ()
    sup: tuple[int, ...] = ()
    orientation: Orientation = "scalar"
    body: Expr | None = None
    fixed_sub: tuple[str, ...] = ()
    fixed_sup: tuple[str, ...] = ()
    written: str = ""
    bracket: str = ""
    letters: tuple[str, ...] = ()
    by_letter: bool = False
    fixed_last: bool = False
    partial: bool = False
    arguments: tuple[Node, ...] = ()
    bound: tuple[int, ...] = ()
    nested: bool = False
    pair: Pair | None = None

    @property
    def plain(self) -> str:
        """The base without the fonts that only decorate."""
        return plain_base(self.base)

    @property
    def form(self) -> tuple[object, ...]:
        """What two names with the same base must differ in: the fixed parts, whether there is a layer, or any index."""
        return (self.fixed_sub, self.fixed_last, self.fixed_sup, bool(self.layers), bool(self.params))

    @property
    def written_alike(self) -> tuple[object, ...]:
        """The form, and the letters where they tell names apart."""
        return (*self.form, self.letters if self.by_letter else ())

    @property
    def layers(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if param.kind == "layer")

    @property
    def units(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if param.kind == "unit")

    def pair_of(self, param: Param) -> Pair | None:
        """Return how the index of a layer is written as a pair; None for any other index."""
        return self.pair if param.kind == "layer" else None


def _differ(entry: Entry, other: Entry) -> bool:
    """Return whether two names differ by letters that run over other ranges, and by nothing else."""
    if entry.layers or other.layers or not entry.letters or len(entry.letters) != len(other.letters):
        return False
    pairs = zip(entry.letters, entry.params, other.letters, other.params, strict=True)
    differing = [(a != b, p.range != q.range) for a, p, b, q in pairs]
    return any(ranges for _, ranges in differing) and all(letters or not ranges for letters, ranges in differing)


FunctionKind = Literal["known", "open", "softmax", "log_softmax", "logsumexp", "functional", "macro", "library"]


@dataclass(frozen=True, slots=True)
class Function:
    """A declared function: a known one applied to each entry, an open one, a softmax (`axis`: "", "rows", "columns"),
    an open scalar of arrays, or a macro with `params` and `body` as written.

    `layers` counts its own indices above, `fixed_sub` and `fixed_sup` are what belongs to its name below and above
    (h_θ, g^{(2)}); a macro `of_arrays` takes its arguments whole.
    """

    name: str
    kind: FunctionKind
    axis: str = ""
    layers: int = 0
    params: tuple[str, ...] = ()
    body: Node | None = None
    written: str = ""
    fixed_sub: str | None = None
    fixed_sup: str | None = None
    of_arrays: bool = False


@dataclass(frozen=True)
class SymbolTable:
    """All names of a model or document. Immutable; `with_*` return extended tables.

    `entries`: base -> declared names with that base; `sizes`: name of a size -> number of its indices,
    `size_patterns`: how it is written; `equal`: sizes that are other ones, d = n_0; `labels`: free indices of the
    whole model, such as the class ℓ, with their ranges; `index_names`: how an index letter is called in the model (l
    for \\ell); `operators`: symbol -> elementwise, outer, kronecker, compose, product; `ranges`: what conditions of
    the forward pass say of index letters; `recursions`: name -> the layers at which it is meant, without the start
    h_0; `heads`: names that may carry arguments as decoration, as the loss in L(θ); `examples`: letters that number
    arrays as layers do, but numbers as the entries of a vector; `domains`: (function, "") -> the layers of the
    function, (function, variable) -> the layers at which the forward pass applies it to that variable; `sets`: the
    set over which the forward pass sums without saying what is in it, so that it is all that there is.
    """

    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    size_patterns: Mapping[str, Pattern] = field(default_factory=dict)
    equal: Mapping[str, Lin] = field(default_factory=dict)
    labels: Mapping[Index, Range] = field(default_factory=dict)
    index_names: Mapping[str, str] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    recursions: Mapping[str, Range] = field(default_factory=dict)
    domains: Mapping[tuple[str, str], Range] = field(default_factory=dict)
    sets: frozenset[str] = frozenset()
    loss: str | None = None
    heads: frozenset[str] = frozenset()
    examples: frozenset[str] = frozenset()
    broadcast: bool = False

    def with_entry(self, entry: Entry) -> SymbolTable:
        """Return the table with one more name; it replaces one with the same base and fixed parts."""
        same = self.entries.get(entry.base, ())
        kept = tuple(e for e in same if e.written_alike != entry.written_alike)
        return replace(self, entries={**self.entries, entry.base: (*kept, entry)})

    def apart(self, entry: Entry) -> Entry:
        """Return a new name as it is called beside those of the same form whose letters run over other ranges."""
        same = [other for other in self.entries.get(entry.base, ()) if other.form == entry.form]
        others = [other for other in same if other.letters != entry.letters]
        if not others or not all(_differ(entry, other) for other in others):
            return entry
        taken = entry.name in {other.name for other in others}
        return replace(entry, name=f"{entry.name} by {''.join(entry.letters)}" if taken else entry.name, by_letter=True)

    def with_another(self, entry: Entry) -> SymbolTable:
        """Return the table with one more name, which its letters may tell apart from others: δ_k beside δ_j."""
        entry = self.apart(entry)
        same = self.entries.get(entry.base, ())
        told = tuple(replace(e, by_letter=e.by_letter or (entry.by_letter and e.form == entry.form)) for e in same)
        return replace(self, entries={**self.entries, entry.base: told}).with_entry(entry)

    def with_meant(self, name: str, layers: Range | None) -> SymbolTable:
        """Return the table in which a name is meant at some layers unless a formula says more."""
        return self if layers is None else replace(self, recursions={**self.recursions, name: layers})

    def without(self, base: str) -> SymbolTable:
        """Return the table without the names that have a base."""
        return replace(self, entries={key: entries for key, entries in self.entries.items() if key != base})

    def with_function(self, key: str, function: Function) -> SymbolTable:
        return replace(self, functions={**self.functions, key: function})

    @property
    def every(self) -> list[Entry]:
        """All declared names."""
        return [entry for entries in self.entries.values() for entry in entries]

    @property
    def unit_sizes(self) -> frozenset[str]:
        """The names of the sizes that count units; not of those that count layers alone."""
        units = (unit for entry in self.every for unit in entry.units)
        ends = (unit.range.hi.atom for unit in units if unit.range is not None)
        return frozenset(end.name for end in ends if isinstance(end, Size))

    @property
    def has_arrays(self) -> bool:
        """Return whether any name is a vector or a matrix."""
        return any(entry.units for entry in self.every)

    @property
    def counts_from_zero(self) -> bool:
        """Return whether a name has a unit 0 of its own, as the bias w_{j0}."""
        ranges = [unit.range for entry in self.every for unit in entry.units if unit.range is not None]
        by_itself = (entry.fixed_last and entry.fixed_sub == ("0",) for entry in self.every)
        return any(range_.lo == lin(0) for range_ in ranges) or any(by_itself)

    def by_name(self, name: str) -> Entry | None:
        """Return the declared name whose name in the network is given."""
        return next((entry for entry in self.every if entry.name == name), None)

    def candidates(self, key: str | None, plain: str | None) -> tuple[Entry, ...]:
        """Return the names that a base may mean: those with this very font, else the same letter in any font."""
        if key is not None and key in self.entries:
            return self.entries[key]
        if plain is None:
            return ()
        found = [entries for base, entries in self.entries.items() if plain_base(base) == plain]
        if not found and self.loss is not None and plain not in self.sizes:
            same = [entries for base, entries in self.entries.items() if _is_script(base, plain)]
            found = [entries for entries in same if any(entry.name == self.loss for entry in entries)]
        return found[0] if len(found) == 1 else ()

    def in_other_fonts(self, key: str, plain: str | None) -> tuple[Entry, ...]:
        """Return the names with the same letter in other fonts than that of a declared base: 𝐱 beside x."""
        others = [entries for base, entries in self.entries.items() if base != key and plain_base(base) == plain]
        return others[0] if key in self.entries and len(others) == 1 else ()

    def multi_letter_names(self) -> frozenset[str]:
        """Return the declared names of several letters, such as dZ, that win over a product of letters."""
        return frozenset(base for base in self.entries if len(base) > 1 and base.isalpha())


def _is_script(left: str, right: str) -> bool:
    """Return whether one is the other in script letters, as \\mathcal{J} and J."""
    return any(a in {rf"\mathcal{{{b}}}", rf"\mathscr{{{b}}}"} for a, b in ((left, right), (right, left)))


@cache
def plain_base(base: str) -> str:
    """Return a canonical base without the fonts that only decorate."""
    for font in BARE_FONTS:
        start = f"\\{font}{{"
        while start in base:
            at = base.index(start)
            end = _closing(base, at + len(start))
            base = base[:at] + base[at + len(start) : end] + base[end + 1 :]
    return base


def _closing(text: str, start: int) -> int:
    depth = 1
    for position in range(start, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return position
    return len(text)
