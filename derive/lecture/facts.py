"""What a text says of its inputs beside shapes: sums that are one, sets of values; and what it may mean but not say.

A label vector has one entry of one, the others zero. Texts often leave that to the reader, so that a formula is only
refuted if it fails under each fact that would be usual there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derive.lecture.collect import Declared, Equation, is_set_of_numbers
from derive.lecture.latex import latex_of
from derive.lecture.said import Said, Sentences
from derive.models.solve import Shape, Solver, Use
from derive.reader.syntax import BigOperator, Node, Number, Product, Relation, walk

_LETTERS = "jikmcr"
"""What the index of a sum may be called, if the text has no letter for it."""
_LOGARITHMS = frozenset(("log", "\\log", "ln", "\\ln"))


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A fact as a line of a model, and its place."""

    text: str
    said: Declared


@dataclass(frozen=True)
class Entries:
    """How the entries of names are written in a text."""

    text: Sentences
    solver: Solver

    def sums(self, use: Use, name: str, shape: Shape, axis: int = -1) -> str | None:
        """Return that the entries of a name sum to one, those along one axis of a matrix; None where it has none."""
        if use.units or use.turned:
            return None
        if not shape.rank:  # one number for each value of its letter
            counting = [str(index) for value in use.layers for index in value.indices()]
            return rf"\sum_{{{counting[0]}}} {name} = 1" if len(counting) == 1 else None
        own = self._written(use.key, shape.rank)
        if own is not None:
            written, letters = own
            return rf"\sum_{{{letters[axis]}}} {written} = 1"
        free = [letter for letter in _LETTERS if letter not in self.solver.letters | self.solver.depths]
        if len(free) < shape.rank or "_" in name:
            return None
        indices = free[: shape.rank]
        return rf"\sum_{{{indices[axis]}}} {name}_{{{''.join(indices)}}} = 1"

    def _written(self, key: str, rank: int) -> tuple[str, tuple[str, ...]] | None:
        """Return an entry as the text writes it, with the letters of its indices."""
        for said in self.text.said:
            for node in walk(said.statement.body):
                use = self.solver.use(node) if node.scripted else None
                if use is None or use.key != key or use.turned or use.power or len(set(use.units)) != rank:
                    continue
                general = all(value.atom is not None and value.indices() for value in use.layers)
                if general and all(unit.isalpha() for unit in use.units):
                    return latex_of(said.region, node.span), use.units
        return None


def conditions_on_inputs(text: Sentences, solver: Solver, inputs: frozenset[str]) -> Iterator[tuple[SaidFact, Said]]:
    """Yield the facts that formulas say of inputs alone: Σ_k y_k = 1, y ∈ {0, 1}."""
    for said in text.said:
        body = said.statement.body
        if not isinstance(body, Relation) or len(body.links) != 1 or text.is_denied(said.number):
            continue
        if said.statement.conditions or not _is_fact(body):
            continue
        uses = [use for node in _scripted_or_named(body.first) if (use := solver.use(node)) is not None]
        names = {use.key for use in uses} - solver.letters - solver.counts
        if names and names <= inputs:
            written = latex_of(said.region, body.span)
            yield SaidFact(written, Declared("", written, said.region, body.span, said.number)), said


def unread_conditions(text: Sentences, solver: Solver, inputs: frozenset[str]) -> Iterator[tuple[Said, str]]:
    """Yield what formulas say of inputs alone and no line of a model says, with one of its names: W^T W = I."""
    for said in text.said:
        body = said.statement.body
        if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator != "=":
            continue
        names = {use.key for node in _scripted_or_named(body.first) if (use := solver.use(node)) is not None}
        found = sorted(names & inputs)
        known = bool(found) and names <= inputs | solver.letters | solver.counts
        if known and _is_constant(body.links[0].node) and _is_more_than_a_name(body.first) and not _is_fact(body):
            yield said, found[0]


def _is_more_than_a_name(node: Node) -> bool:
    """Return whether an expression is more than a name, so that an equation does not define it."""
    return node.base.key is None


def _is_constant(node: Node) -> bool:
    return isinstance(node, Number) or node.base.key in {"I", r"\mathbf{I}", r"\mathbf{0}", r"\mathbf{1}"}


def _is_fact(body: Relation) -> bool:
    link = body.links[0]
    if link.operator == "=":
        items = body.first.items if isinstance(body.first, Product) else ()
        return len(items) == 2 and isinstance(items[0].node, BigOperator) and isinstance(link.node, Number)
    return link.operator == r"\in" and is_set_of_numbers(link.node)


def _scripted_or_named(node: Node) -> Iterator[Node]:
    """Yield the names of a condition, a bound letter apart."""
    if isinstance(node, Product):
        for item in node.items:
            if not isinstance(item.node, BigOperator):
                yield from _scripted_or_named(item.node)
    elif node.base.key is not None:
        yield node


def beside_logarithms(equations: Iterable[Equation]) -> Iterator[tuple[Equation, Node]]:
    """Yield what stands as a factor before a logarithm: the y_k of Σ_k y_k log p_k, which may be a distribution."""
    for equation in equations:
        for node in walk(equation.right):
            if isinstance(node, Product) and any(item.node.base.key in _LOGARITHMS for item in node.items):
                for item in node.items:
                    if item.node.base.key in _LOGARITHMS:
                        break
                    yield equation, item.node
