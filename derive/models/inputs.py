"""Names that nothing declares, but whose indices say over what they run: the w_{ji}, w_{kj}, x_i^{(n)} of a forward
pass that is written unit by unit.

    a_j = \\sum_{i=1}^{D} w_{ji} x_i + w_{j0} \\quad (1 \\le j \\le M)      w is M × D, x has D numbers, w_{j0} M

Uses of a base whose places run over the same are one name. Where their letters run over different ranges, each has a
name of its own, told apart by its letters: w_{ji} and w_{kj}.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from derive.algebra.index import Index, Range, lin
from derive.models.constraints import Letters, Use
from derive.models.letters import tokens_of
from derive.names.indices import Token
from derive.names.matching import written
from derive.names.table import Entry, Kind, Orientation, Param, SymbolTable, plain_base
from derive.reader.syntax import Group, Node
from derive.statements.definitions import full_name
from derive.typing.heads import BUILTIN

NO_INPUTS = frozenset({r"\nabla", r"\partial", r"\delta", "d", "e", r"\mathbb{R}", r"\mathbb{1}", r"\mathbf{1}"})
"""Bases that indices do not make a name of its own."""


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
    """How a name is written: its base, what belongs to the name above it, and its places, those above first."""

    base: Node
    fixed: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(place.letter for place in self.places)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Over what letters run: `usual` says it of each, `alike` of those that run over the same everywhere; `counting`
    are those that count layers, but not below single numbers if the `examples` number those as a vector does."""

    usual: Letters
    alike: Letters
    counting: Container[str]
    examples: Container[str]

    def of(self, uses: Iterable[Use], table: SymbolTable, known: Mapping[str, bool]) -> Iterator[Entry]:
        """Yield the names that uses speak of. Those in `known` have a meaning; if it is true, a first unit may be set
        beside them, x_0 = 1, so that they have units all the same."""
        groups: dict[tuple[str, tuple[str, ...]], list[Form]] = {}
        for use in uses:
            key = use.node.base.key
            if key is None or use.node.primes or key in NO_INPUTS or key in BUILTIN or key in table.functions:
                continue
            form = self._form(use, table)
            if form is not None:
                groups.setdefault((key, form.fixed), []).append(form)
        for (key, _), forms in groups.items():
            plain = plain_base(key)
            if plain not in known or (known[plain] and any("" in form.letters for form in forms)):
                yield from self._names(forms)

    def _form(self, use: Use, table: SymbolTable) -> Form | None:
        """Return how a name is written; None where its indices have no ranges or are no indices."""
        name = written(use.node, replace(use.ctx, table=table))
        places: list[Place | None] = []
        fixed: list[str] = []
        for piece in name.sup:
            tokens = tokens_of(piece.body if isinstance(piece, Group) else piece)
            if piece.is_transpose:
                return None
            if isinstance(piece, Group) and all(token.kind != "letter" for token in tokens):
                fixed.append(piece.text)
            elif isinstance(piece, Group) or (len(tokens) == 1 and tokens[0].text in self.usual):
                places.append(self._place(tokens, use, table, piece.opening if isinstance(piece, Group) else ""))
        for part in name.sub:
            signed = any(token.kind == "sign" for token in part)
            for group in [part] if signed else [[token] for token in part]:
                places.append(self._place(group, use, table, None))
        found = tuple(place for place in places if place is not None)
        return Form(name.base, tuple(fixed), found) if found and len(found) == len(places) else None

    def _place(self, tokens: list[Token], use: Use, table: SymbolTable, above: str | None) -> Place | None:
        letters = [t.text for t in tokens if t.kind == "letter" and table.sizes.get(t.text) != 0]
        if any(token.kind not in {"letter", "number", "sign"} for token in tokens):
            return None
        if any(letter not in self.usual and letter not in use.ranges for letter in letters):
            return None
        letter = letters[0] if letters else ""
        counts = letter in self.counting and not (above is None and letter in self.examples)
        range_ = use.ranges.get(letter, self.usual.get(letter))
        return Place("".join(token.text for token in tokens), letter, range_, "layer" if counts else "unit", above)

    def _names(self, forms: list[Form]) -> Iterator[Entry]:
        """Yield the names that one base has: one, or one for each way in which its letters run."""
        if len({tuple(place.above is None for place in form.places) for form in forms}) > 1:
            return
        columns = list(zip(*(form.places for form in forms), strict=True))
        ends = [{self.usual.get(place.letter, place.range) for place in column if place.letter} for column in columns]
        whole = {form.letters: form for form in reversed(forms) if len({*form.letters, ""}) > len(form.places)}
        families: list[tuple[Form, list[Range] | None]] = [(form, None) for form in list(whole.values())[-1:]]
        if any(len(found) != 1 for found in ends):
            alike = [form for form in reversed(whole.values()) if all(letter in self.alike for letter in form.letters)]
            families = [(form, [self.alike[letter] for letter in form.letters]) for form in alike]
        from_one = [{place.range.lo for place in column if place.range} == {lin(1)} for column in columns]
        for family, ranges in families:
            yield _entry(family, ranges)
            beside = {form.letters: form for form in forms if _is_beside(form, family, from_one)}
            yield from (_entry(form, ranges, form.letters.index("")) for form in beside.values())


def _is_beside(form: Form, family: Form, from_one: list[bool]) -> bool:
    """Return whether a name is the w_{j0} beside the w_{ji} of a family whose i does not reach 0."""
    below = [at for at, place in enumerate(form.places) if place.above is None]
    at = form.letters.index("") if form.letters.count("") == 1 else -1
    if at not in (below[:1] + below[-1:]) or len(below) < 2 or family.places[at].kind == "layer":
        return False
    same = [a.range == b.range for n, (a, b) in enumerate(zip(form.places, family.places, strict=True)) if n != at]
    return form.places[at].text == "0" and from_one[at] and all(same)


def _entry(form: Form, ranges: list[Range] | None, without: int | None = None) -> Entry:
    """Return a name with its layers first; without the number at one place, which then is a part of the name."""
    places = [place for at, place in enumerate(form.places) if at != without]
    known = [None] * len(places) if ranges is None else [r for at, r in enumerate(ranges) if at != without]
    order = sorted(range(len(places)), key=lambda at: places[at].kind != "layer")
    params = tuple(
        Param(Index(places[at].letter), None if places[at].kind == "layer" else known[at], places[at].kind)
        for at in order
    )
    above = [order.index(at) for at, place in enumerate(places) if place.above is not None]
    below = [order.index(at) for at, place in enumerate(places) if place.above is None]
    units = sum(place.kind == "unit" for place in places)
    orientation: Orientation = "scalar" if units == 0 else "col" if units == 1 else "matrix"
    number = () if without is None else (form.places[without].text,)
    last = without is not None and without == len(form.places) - 1
    bracket = next((place.above for place in places if place.above), "")
    key = form.base.key or ""
    return Entry(
        full_name(key, number, form.fixed), key, params, tuple(below), tuple(above), orientation, None, number,
        form.fixed, form.base.text, bracket, tuple(param.index.name for param in params), fixed_last=last,
    )  # fmt: skip
