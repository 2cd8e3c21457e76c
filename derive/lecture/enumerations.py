"""Names that a text counts with dots: x_1, …, x_N ∈ ℝ^p; (x_1, y_1), …, (x_N, y_N); {(x_i, y_i)}_{i=1}^N."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.document.pieces import FormulaRegion
from derive.lecture.latex import latex_of
from derive.reader.syntax import (
    BigOperator,
    Dots,
    Empty,
    Group,
    Link,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Script,
    Tuple,
    walk,
)

_FIRST = frozenset(("0", "1"))
_SAYS = frozenset(("=", ":=", r"\coloneqq"))


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A name with a script that counts, from the first number to the last one; `letter` is the counting one if the
    text says it itself."""

    name: Node
    above: bool
    first: Node
    last: Node
    letter: str = ""

    @property
    def base(self) -> str:
        return self.name.base.key or ""

    def letters(self, bodies: Iterable[Node]) -> list[str]:
        """Return the letters that stand in place of the number elsewhere: the n of x_n, and of its entries x_{nj}.

        Where one counts, another one that the text declares apart does not: the o of u_o ∈ ℝ^d beside u_1, …, u_K.
        """
        bodies = list(bodies)
        found = [self.letter] if self.letter else []
        for node in (inner for body in bodies for inner in walk(body) if inner.base.key == self.base):
            if not self.above and _in_brackets(node) != _in_brackets(self.name):
                continue  # o_j^{(1)} is none of o_1, …, o_n
            script = node.sup if self.above else node.sub
            symbol = "" if script is None else next((inner.symbol for inner in walk(script) if inner.symbol), "")
            if symbol and symbol != _inside(self.last).symbol:
                found.append(symbol)
        counting = {letter for body in bodies for node in walk(body) for letter in _summed(node)}
        apart = {letter for letter in found if any(self._declares(body, letter) for body in bodies)} - counting
        return [letter for letter in dict.fromkeys(found) if not counting & set(found) or letter not in apart]

    def _declares(self, body: Node, letter: str) -> bool:
        """Return whether a membership is about the name with one letter below."""
        first = body.first if isinstance(body, Relation) and body.links[-1].operator == r"\in" else None
        names = first.items if isinstance(first, Tuple) else () if first is None else (first,)
        return any(n.base.key == self.base and n.sub is not None and n.sub.symbol == letter for n in names)

    def written(self, letter: str, region: FormulaRegion) -> str:
        """Return the name with a letter in place of its number, as LaTeX. Raises: LatexError as `latex_of` does."""
        scripts = {"_": self.name.sub, "^": self.name.sup}
        counted = "^" if self.above else "_"
        text = latex_of(region, self.name.base.span)
        for sign, script in scripts.items():
            if script is not None:
                own = latex_of(region, script.span)
                text += f"{sign}{{{own.replace(_inside(self.first).text, letter, 1) if sign == counted else own}}}"
        return text

    def range_of(self, letter: str, region: FormulaRegion) -> str:
        """Return over what a letter runs, as LaTeX. Raises: LatexError as `latex_of` does."""
        return rf"{letter} = {latex_of(region, _inside(self.first).span)}, \dots, {self.end(region)}"

    def end(self, region: FormulaRegion) -> str:
        """Return up to what it counts, as LaTeX. Raises: LatexError as `latex_of` does."""
        return latex_of(region, _inside(self.last).span)


def enumerations(body: Node) -> Iterator[Enumeration]:
    """Yield what a formula counts; where it defines a set, that set."""
    match body:
        case Relation(_, first, (link,)) if link.operator == r"\in":
            yield from enumerations(first)
        case Relation(_, _, (*_, link, Link(r"\in"))) if link.operator in _SAYS:
            yield from enumerations(link.node)
        case Relation(_, _, links) if links[-1].operator in _SAYS:
            yield from enumerations(links[-1].node)
        case Group(_, r"\{", _, inner):
            yield from enumerations(inner)
        case Script() if isinstance(body.base, Group) and body.base.opening == r"\{":
            yield from _counted_set(body)
        case Tuple(_, items):
            yield from _listed(items)
        case _:
            yield from _listed(columns_in(body))


def columns_in(node: Node) -> tuple[Node, ...]:
    """Return what stands side by side in the brackets of a matrix with dots: [x_1, …, x_N], one row of columns."""
    items: tuple[Node, ...]
    match node:
        case Matrix(_, _, rows) if (
            len(told := [row for row in rows if not all(isinstance(i, Dots | Empty) for i in row)]) == 1
        ):
            (items,) = told
        case Group(_, "[", _, Tuple(_, items)):
            pass
        case Group(_, "[", _, Product(_, parts)) if not any(part.operator for part in parts):
            items = tuple(part.node for part in parts)
        case _:
            return ()
    return items if any(isinstance(item, Dots) for item in items) else ()


def _listed(items: tuple[Node, ...]) -> Iterator[Enumeration]:
    """Yield the names of a list with dots, x_1, …, x_N, or of a list of pairs."""
    place = next((number for number, item in enumerate(items) if isinstance(item, Dots)), None)
    if place is None or not 0 < place < len(items) - 1:
        return
    for first, last in zip(_parts(items[0]), _parts(items[place + 1]), strict=False):
        if isinstance(first, Name) and isinstance(last, Name) and first.base.key == last.base.key is not None:
            below, above = _differ(first.sub, last.sub), _differ(first.sup, last.sup)
            if below != above:
                one, end = (first.sup, last.sup) if above else (first.sub, last.sub)
                if one is not None and end is not None and _inside(one).text in _FIRST:
                    yield Enumeration(first, above, one, end)


def own_entries(body: Node) -> Enumeration | None:
    """Return the entries that a formula says a vector has, x = (x_1, …, x_n)^T, from the first to the last one."""
    link = body.links[0] if isinstance(body, Relation) else None
    if not isinstance(body, Relation) or link is None or link.operator not in _SAYS or body.first.scripted:
        return None
    node, turned = link.node, False
    if node.scripted and node.sub is None and node.pieces:
        node, turned = node.base, all(piece.is_transpose for piece in node.pieces)
        if not turned:
            return None
    items = _in_one_line(node, turned)
    found = list(_listed(items)) or list(_all_listed(items))
    own = found[0] if len(found) == 1 and not found[0].above and _inside(found[0].first).text == "1" else None
    return own if own is not None and own.name.base.plain == body.first.plain is not None else None


def _in_one_line(node: Node, turned: bool) -> tuple[Node, ...]:
    """Return what stands in brackets, or in the column of a matrix, or in its row below the sign of a transpose."""
    match node:
        case Group(_, "(" | "[", _, Tuple(_, items)):
            return items
        case Matrix(_, _, rows) if not turned and all(len(row) == 1 for row in rows):
            return tuple(row[0] for row in rows)
        case Matrix(_, _, (row,)) if turned:
            return tuple(row)
    return ()


def _all_listed(items: tuple[Node, ...]) -> Iterator[Enumeration]:
    """Yield the names of a list without dots, x_1, x_2, x_3."""
    below = [item.sub for item in items if isinstance(item, Name)]
    numbers = [str(place + 1) for place in range(len(items))]
    bases = {item.base.key for item in items}
    first, last = (below[0], below[-1]) if below else (None, None)
    if len(numbers) < 2 or len(bases) > 1 or [sub.text if sub is not None else "" for sub in below] != numbers:
        return
    if first is not None and last is not None:
        yield Enumeration(items[0], False, first, last)


def _counted_set(node: Node) -> Iterator[Enumeration]:
    """Yield the names of {(x_i, y_i)}_{i=1}^N that have the index i."""
    below, last = node.sub, node.sup
    if not isinstance(below, Relation) or last is None or not below.first.symbol or not isinstance(node.base, Group):
        return
    letter, first = below.first.symbol, below.links[0].node
    for name in _parts(node.base.body):
        script = next((s for s in (name.sub, name.sup) if s is not None and _inside(s).symbol == letter), None)
        if isinstance(name, Name) and script is not None and isinstance(first, Number):
            yield Enumeration(name, script is name.sup, first, last, letter)


def _summed(node: Node) -> Iterator[str]:
    """Yield the letter over which a sum runs."""
    if isinstance(node, BigOperator) and isinstance(node.below, Relation) and node.below.first.symbol:
        yield node.below.first.symbol


def _parts(node: Node) -> tuple[Node, ...]:
    """Return the parts of a pair (x_1, y_1); anything else alone."""
    inner = node.inside
    return inner.items if isinstance(inner, Tuple) else (inner,)


def _in_brackets(node: Node) -> list[str]:
    """Return what stands in brackets above a name."""
    return [piece.text for piece in node.pieces if isinstance(piece, Group)] if node.scripted else []


def _inside(script: Node) -> Node:
    """Return what stands in the brackets of a script: the 1 of x^{(1)}."""
    return script.inside


def _differ(one: Node | None, other: Node | None) -> bool:
    return one is not None and other is not None and one.text != other.text
