"""Names as formulas use them: which base is meant, at which layers, with which unit indices, and what stands above.

(W^{(l)}_{ij})^T      the name "W@" at the layer l, the units i and j, turned
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, lin, size
from derive.names.declare import full_name
from derive.names.indices import Segment, Token, parts, segments
from derive.notation.functions import OF_WHOLE_ARRAYS, READS
from derive.reader.syntax import Group, Name, Node, Number

OF_NUMBERS = {"any of numbers": "any scalar", "any of a number": "any"}
"""Open functions of numbers alone, and what a model calls them."""
KINDS = {
    "any": "each", "any scalar": "number", "any vector": "open", "softmax": "whole", "log softmax": "whole",
    "logsumexp": "number", **dict.fromkeys(OF_NUMBERS, "numbers"),
}  # fmt: skip
"""What functions do with their argument, those of each entry apart; of an open one only its own line says the shape."""
_SCALARS = frozenset({"tr", "trace", "Tr", "det", r"\det", r"\tr", "sum", "mean", "logsumexp", "LSE"})
_LARGER = frozenset({"max", "min", r"\max", r"\min"})
"""Of each entry where they have two arguments, else a number."""
_CLOSING = {"[": "]", "(": ")"}
_LAYER = frozenset({"", *_CLOSING})
"""What stands for a layer in a form: nothing, or the bracket around it."""


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it is used: what identifies it, its layers, its unit indices, and signs above it."""

    key: str
    layers: tuple[Lin, ...]
    units: tuple[str, ...]
    turned: bool
    power: bool


@dataclass(frozen=True, slots=True)
class Form:
    """How a name is written: its base, and where its layers and fixed parts stand."""

    base: str
    plain: str
    below: tuple[str, ...]
    above: tuple[str, ...]
    look: str

    def text(self, layers: Iterable[str] = "kl") -> str:
        """Return the name in LaTeX, its layers called by letters."""
        names = iter(layers)
        below, above = (
            "".join(f"{part}{next(names)}{_CLOSING.get(part, '')}" if part in _LAYER else part for part in parts_)
            for parts_ in (self.below, self.above)
        )
        return self.base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


@dataclass
class Names:
    """Which letters and bases mean what, and the names met so far.

    `letters` are all index letters, `layers` those that count layers, `depths` the letters that end ranges.
    `functions` say what a head does: "each" entry, the "whole" vector, a "number" of its arguments; "own" ones are
    names that are only written with arguments. `below` and `above` are the bases that have layers there, above with the
    bracket around them (the 2 of a^{(2)} is none for "a["), `indexed` those that have unit indices, `whole` those that
    are arrays by themselves, `named` names whose numbers and letters below belong to them (θ_0), and `apart` the bases
    that are other names with an index than without one: E and E_n; `by_letter` are names that are other ones with
    another letter, a_j and a_k; `counted` the bases that are declared with one layer below, whatever its letter:
    u_w ∈ ℝ^d; `pairs` matrices whose two indices are those of entries, also where their letter counts vectors,
    S_{ab} = u_a^T u_b; `classes` names that are indices of others, the y_i of p_{y_i}; `ends` are the depths
    that only stand where the last layer is meant, `equal` sizes that are other ones. `turned` is what has the sign of a
    transpose somewhere, `called` are the letters of a name's layers, `forms` how names are written.
    """

    letters: frozenset[str]
    layers: frozenset[str]
    depths: frozenset[str]
    functions: Mapping[str, str]
    below: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    by_letter: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    equal: Mapping[str, Lin] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)

    def use(self, node: Node) -> Use | None:
        """Return what a node names; None where it is no name."""
        base = node.base
        if base.key is None or base.plain is None:
            return None
        key, plain = (name + "'" * node.primes for name in (base.key, base.plain))
        below, layers_below, units = self._below(parts(node.sub), plain)
        above, layers_above, turned, power = self._above(node.pieces, plain)
        fixed = (tuple(part for part in place if part not in _LAYER) for place in (below, above))
        layers = (*layers_below, *layers_above)
        name = full_name(plain, *fixed) + "@" * len(layers)
        name += "#" if units and name in self.apart else ""
        name += f"~{units[0]}" if units and name in self.by_letter else ""
        atoms = [value.atom for value in layers]
        if all(isinstance(atom, Index) for atom in atoms):
            self.called.setdefault(name, tuple(str(atom) for atom in atoms))
        self.turned |= {name} if turned else set()
        self.forms.setdefault(name, Form(key, plain, below, above, look(base)))
        return Use(name, layers, units, turned, power)

    def _below(self, groups: list[list[Token]], base: str) -> tuple[tuple[str, ...], tuple[Lin, ...], tuple[str, ...]]:
        fixed: list[str] = []
        layers: list[Lin] = []
        units: list[str] = []
        every = [token for group in groups for token in group]
        if f"{base}_{{{''.join(token.text for token in every)}}}" in self.named:
            return tuple(token.text for token in every), (), ()
        found = list(self._indices(groups))
        counted = len(found) == 1 and base in self.counted
        for value, token in found:
            entries = self.letters if base in self.pairs else self.letters - self.layers
            letter = token.kind == "letter" and token.text in entries and not counted
            letter = letter or (token.kind == "script" and token.text in self.classes)
            if letter or (token.kind == "number" and base in self.indexed and layers):
                units.append(token.text)  # of h_{k,1} the first index is the layer
            elif value is not None and base in self.below and (counted or self._counts(token)):
                layers.append(value)
                fixed.append(next((other.text for other in every if other.kind == "bracket"), ""))
            elif (token.kind == "number" and base in self.indexed) or (
                token.kind == "letter" and base in self.whole and token.text.islower()
            ):
                units.append(token.text)
            else:
                fixed.append(token.text)
        return tuple(fixed), tuple(layers), tuple(units)

    def _above(self, pieces: tuple[Node, ...], base: str) -> tuple[tuple[str, ...], tuple[Lin, ...], bool, bool]:
        fixed: list[str] = []
        layers: list[Lin] = []
        turned = power = False
        for piece in pieces:
            inner, opening = piece.inside, piece.bracket
            found = list(self._indices(parts(inner)))
            value, token = found[0] if len(found) == 1 else (None, None)
            if piece.is_transpose:
                turned = True
            elif value is not None and token is not None and base + opening in self.above and self._counts(token):
                layers.append(value)
                fixed.append(opening)
            elif isinstance(piece, Group) or not isinstance(piece, Number):
                fixed.append(piece.text)
            else:
                power = True
        return tuple(fixed), tuple(layers), turned, power

    def _counts(self, token: Token) -> bool:
        return token.kind == "number" or token.text in self.layers | self.depths

    def _indices(self, groups: list[list[Token]]) -> Iterator[tuple[Lin | None, Token]]:
        """Yield the indices of a script one by one, each with its first token: k-1 is one with its letter."""
        yield from ((self.index(segment), segment[0]) for segment in segments(groups))

    def index(self, segment: Segment) -> Lin | None:
        """Return the value of an index; None where it is none."""
        total, sign = lin(0), 1
        for token in segment:
            if token.kind == "letter":
                known = self.equal.get(token.text, size(token.text))
                total += (lin(Index(token.text)) if token.text in self.letters else known) * sign
            elif token.kind == "number" and token.text.isdigit():
                total += int(token.text) * sign
            elif token.kind != "sign":
                return None
            sign = -1 if token.text == "-" else 1
        return total

    def kind(self, node: Node) -> str | None:
        """Return what a head does to its argument; None where it is no function."""
        key = node.base.key
        if key is None or key in self.functions:
            return None if key is None else self.functions[key]
        if key in _LARGER:
            return "larger"
        if key in READS:
            return "each"
        if any(key in reads.split() for _, reads in OF_WHOLE_ARRAYS.values()):
            return "number" if key in _SCALARS else "whole"
        return "number" if key in _SCALARS else None


def look(base: Node) -> str:
    """Return what a letter looks like: a small Greek one a number, a capital a matrix, a bold small one a vector."""
    if not isinstance(base, Name) or base.word or set(base.fonts) & {"mathcal", "mathscr", "mathfrak", "mathbb"}:
        return ""
    bold = bool({*base.fonts, *base.accents} & {"mathbf", "boldsymbol", "vec"})
    if len(base.letters) == 1:
        return "matrix" if base.letters.isupper() else "vector" if bold else "small"
    return ("vector" if bold else "number") if base.letters[1:2].islower() else "matrix" if bold else ""
