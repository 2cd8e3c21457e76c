"""Names that nothing declares, but whose indices say over what they run: the w_{ji}, w_{kj}, x_i^{(n)} of a forward
pass that is written unit by unit.

    a_j = \\sum_{i=1}^{D} w_{ji} x_i + w_{j0} \\quad (1 \\le j \\le M)      w is M × D, x has D numbers, w_{j0} M

Uses of a base whose places run over the same are one name. Where their letters run over different ranges, each has a
name of its own, told apart by its letters: w_{ji} and w_{kj}.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.algebra.index import Index, Range, lin
from derive.models.letter_ranges import Indexed, Runs
from derive.models.letters import tokens_of
from derive.models.unit_ranges import slot_ranges, with_unit_ranges
from derive.names.declare import declared_name
from derive.names.indices import Token
from derive.names.matching import written
from derive.names.table import Entry, Kind, Param, SymbolTable, plain_base
from derive.notation.signs import COUNTING_BRACKETS
from derive.reader.syntax import Group, Node
from derive.typing.context import Context
from derive.typing.heads import BUILTIN

NO_INPUTS = frozenset({r"\nabla", r"\partial", r"\delta", "e", r"\mathbb{R}", r"\mathbb{1}", r"\mathbf{1}"})
"""Bases that indices do not make a name of its own."""
INDEX_LETTERS = frozenset({"i", "j", "k", "l", r"\ell", "m", "n", "p", "q", "r", "s", "t"})
"""Letters that are hardly ever part of a name: without a range, one of them is a slip."""


@dataclass(frozen=True, slots=True)
class Place:
    """One index as written: its letter, "" for a number, over what it runs there, and the bracket around it above."""

    text: str
    letter: str
    range: Range | None
    kind: Kind
    above: str | None


@dataclass(frozen=True, slots=True)
class Form:
    """How a name is written: its node and base, what belongs to the name above it, and its places, those above first.

    `number` is one that belongs to the name below, the 0 of w_{j0}, which may come `last`.
    """

    node: Node
    written: str
    fixed: tuple[str, ...]
    places: tuple[Place, ...]
    number: tuple[str, ...] = ()
    last: bool = False

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(place.letter for place in self.places)

    @property
    def name(self) -> tuple[object, ...]:
        return self.fixed, self.number, self.last

    @property
    def shape(self) -> tuple[bool, ...]:
        return tuple(place.above is None for place in self.places)

    def without(self, at: int) -> Form:
        """Return the form in which a number is a part of the name."""
        rest = (*self.places[:at], *self.places[at + 1 :])
        return replace(self, places=rest, number=(self.places[at].text,), last=at > 0 and self.shape[at - 1])


@dataclass(frozen=True)
class Inputs:
    """The names with indices in `uses`, and over what letters run; `counting` are those that count layers, but not
    below single numbers if the `examples` number those as a vector does; `sizes` are no index letters."""

    uses: Sequence[Indexed]
    runs: Runs
    counting: Container[str]
    examples: Container[str]
    sizes: Mapping[str, int]

    def new(self, table: SymbolTable, known: Mapping[str, bool]) -> Iterator[Entry]:
        """Yield the names that uses alone speak of. Those in `known` have a meaning; if it is true, a first unit may be
        set beside them, x_0 = 1, so that they have units all the same."""
        for key, groups in self._groups.items():
            plain = plain_base(key)
            if key in NO_INPUTS or key in BUILTIN or key in table.functions:
                continue
            for forms in groups.values():
                if plain not in known or (known[plain] and any("" in form.letters for form in forms)):
                    yield from self._names(forms)

    def at(self, node: Node, ctx: Context) -> list[Entry]:
        """Return what a name without a declaration is where it is used: a number, or one for each value of its indices;
        nothing where it has to be declared. A letter below that has no range belongs to the name: E_{total}."""
        key = node.base.key
        if key is None or key in BUILTIN or node.primes:
            return []
        if not node.scripted:
            return [declared_name(key)]
        same = (group for group in self._groups.get(key, {}).values() if any(form.node is node for form in group))
        entries = [entry for group in same for entry in self._names(group)]
        if entries:
            found = [self._placed(entry, ctx.table) for entry in entries]
            return [] if any(param.range is None for entry in found for param in entry.units) else found
        below = tuple(token.text for token in tokens_of(node.sub))
        above = tuple(
            piece.text for piece in node.pieces if isinstance(piece, Group) and piece.opening in COUNTING_BRACKETS
        )
        if INDEX_LETTERS & set(below) or any(text in self.runs.usual for text in below):
            return []
        return [declared_name(key, fixed_sub=below, fixed_sup=above, written=ctx.text(node.base))]

    def _placed(self, entry: Entry, table: SymbolTable) -> Entry:
        """Return a name with the ranges over which its uses let its indices run."""
        slots = slot_ranges(self.uses, table.with_another(entry))
        alone = with_unit_ranges(replace(table, entries={entry.base: (entry,)}), self.runs.usual, slots)
        return alone.entries[entry.base][0]

    @cached_property
    def _groups(self) -> dict[str, dict[tuple[object, ...], list[Form]]]:
        """The ways in which each base is written, by what belongs to the name."""
        forms: dict[str, list[Form]] = {}
        for use in self.uses:
            key = use.node.base.key
            form = self._form(use) if key is not None and not use.node.primes else None
            if form is not None and key is not None:
                forms.setdefault(key, []).append(form)
        groups: dict[str, dict[tuple[object, ...], list[Form]]] = {}
        for key, found in forms.items():
            for form in (_with_number(form, [other for other in found if _alike(form, other)]) for form in found):
                if form.places:
                    groups.setdefault(key, {}).setdefault(form.name, []).append(form)
        return groups

    @cached_property
    def _raised(self) -> set[tuple[str | None, str]]:
        """The bases that have an index letter above, with the bracket around it: z^l, z^{l-1}, x^{(n)}."""
        found: set[tuple[str | None, str]] = set()
        for use in self.uses:
            for piece in use.node.pieces:
                opening = piece.bracket
                tokens = tokens_of(piece.inside)
                if tokens and (tokens[0].text in self.runs.usual or tokens[0].text in use.ranges):
                    found.add((use.node.base.key, opening))
        return found

    def _form(self, use: Indexed) -> Form | None:
        """Return how a name is written; None where its indices have no ranges or are no indices. What stands above is
        an index if a letter that is one stands there somewhere, and else part of the name or a power."""
        name = written(use.node, use.ctx)
        places: list[Place | None] = []
        fixed: list[str] = []
        for piece in name.sup:
            opening = piece.bracket
            if piece.is_transpose:
                continue
            if (name.base.key, opening) in self._raised:
                places.append(self._place(tokens_of(piece.inside), use, opening))
            elif isinstance(piece, Group):
                fixed.append(piece.text)
        for part in name.sub:
            tokens = [token for token in part if token.kind not in {"bracket", "end"}]
            signed = any(token.kind == "sign" for token in part)
            places += [self._place(group, use, None) for group in ([tokens] if signed else [[t] for t in tokens])]
        found = tuple(place for place in places if place is not None)
        return (
            Form(use.node, use.ctx.text(use.node.base), tuple(fixed), found)
            if found and len(found) == len(places)
            else None
        )

    def _place(self, tokens: list[Token], use: Indexed, above: str | None) -> Place | None:
        letters = [t.text for t in tokens if t.kind == "letter" and self.sizes.get(t.text) != 0]
        if any(token.kind not in {"letter", "number", "sign"} for token in tokens):
            return None
        if any(letter not in self.runs.usual and letter not in use.ranges for letter in letters):
            return None
        letter = letters[0] if letters else ""
        counts = letter in self.counting and not (above is None and letter in self.examples)
        range_ = use.ranges.get(letter, self.runs.usual.get(letter))
        return Place("".join(token.text for token in tokens), letter, range_, "layer" if counts else "unit", above)

    def _names(self, forms: list[Form]) -> Iterator[Entry]:
        """Yield the names that are written alike: one, or one for each way in which its letters run; none where they
        differ in how many indices they have, but for those of whole arrays, x^{(n)} beside x_j^{(n)}."""
        longest = max(len(form.places) for form in forms)
        forms = [form for form in forms if len(form.places) == longest or any(form.shape)]
        whole = {form.letters: form for form in forms[::-1] if len({*form.letters, ""}) > len(form.places)}
        if len({form.shape for form in forms}) > 1 or not whole:
            return
        columns = zip(*(form.places for form in forms), strict=True)
        if all(len({self.runs.usual.get(p.letter, p.range) for p in column if p.letter}) == 1 for column in columns):
            yield _entry(list(whole.values())[-1], None)
            return
        for form in reversed(whole.values()):
            if all(letter in self.runs.alike for letter in form.letters):
                yield _entry(form, [self.runs.alike[letter] for letter in form.letters])


def _alike(one: Form, other: Form) -> bool:
    return one.fixed == other.fixed and one.shape == other.shape


def _with_number(form: Form, others: list[Form]) -> Form:
    """Return a form in which a number belongs to the name, if it stands in a place where others never have a letter, or
    is a 0 beside letters that begin at 1: w_{j0} beside w_{ji}."""
    below = [at for at, is_below in enumerate(form.shape) if is_below]
    for at in (*below[:1], *below[-1:]) if form.letters.count("") == 1 else ():
        column = [other.places[at] for other in others if other.places[at].letter]
        begins = {place.range.lo for place in column if place.range is not None}
        beside = form.places[at].text == "0" and len(below) > 1 and begins == {lin(1)}
        if not form.places[at].letter and (not column or (beside and column[0].kind == "unit")):
            return form.without(at)
    return form


def _entry(form: Form, ranges: list[Range] | None) -> Entry:
    """Return a name with its layers first; its unit indices have ranges where these are given."""
    places = form.places
    known = [None if ranges is None or p.kind == "layer" else ranges[at] for at, p in enumerate(places)]
    params = [Param(Index(place.letter), range_, place.kind) for place, range_ in zip(places, known, strict=True)]
    above = [param for param, place in zip(params, places, strict=True) if place.above is not None]
    bracket = next((place.above for place in places if place.above), "")
    entry = declared_name(
        form.node.base.key or "", above, params[len(above) :], fixed_sub=form.number, fixed_sup=form.fixed,
        written=form.written, bracket=bracket,
    )  # fmt: skip
    return replace(entry, fixed_last=form.last)
