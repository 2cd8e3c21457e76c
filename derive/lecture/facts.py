"""What a text says of its inputs beside shapes: sums that are one, sets of values; and what it may mean but not say.

A label vector has one entry of one, the others zero. Texts often leave that to the reader, so that a formula is only
refuted if it fails under each fact that would be usual there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from derive.lecture.declarations import Declared, Equation
from derive.lecture.forward import ForwardPass
from derive.lecture.latex import latex_of
from derive.lecture.model_text import ModelLine
from derive.lecture.said import Said, Sentences
from derive.lecture.sets_said import is_set_of_numbers
from derive.lecture.words import Word
from derive.lecture.written_equations import names_in
from derive.models.solve import Solver
from derive.models.uses import Use
from derive.notation.signs import ORDERS
from derive.reader.derivatives import has_derivative
from derive.reader.syntax import BigOperator, Node, Number, Product, Relation, walk

_LETTERS = "jikmcr"
"""What the index of a sum may be called, if the text has no letter for it."""
_LOGARITHMS = frozenset(("log", "\\log", "ln", "\\ln"))


AXES: dict[str, int | None] = {"one-hot": None, "sums to one": None, "one-hot rows": 1, "one-hot columns": 0}
"""Words that say that a vector sums to one, or the entries along an axis of a matrix."""
_SOFTMAX = {"softmax over rows": 1, "softmax over columns": 0}


@dataclass
class Facts:
    """What a text says of the inputs of a network. `said` are the formulas that say it, `unread` the names of which
    it says what no line of a model says."""

    chosen: ForwardPass
    inputs: frozenset[str]
    said: list[Said] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[ModelLine]:
        """Yield what words and formulas say of inputs: that labels sum to one."""
        solver, text = self.chosen.solver, self.chosen.found.text
        done: set[str] = set()
        for word in self.chosen.found.words:
            use = solver.use(word.name) if word.meaning in AXES else None
            if use is None or use.key not in self.inputs or use.key in done:
                continue
            region = text.regions[word.number]
            name = word.name.base if use.units else word.name
            fact = self._sums(replace(use, units=()), latex_of(region, name.span), self._axis(word, use))
            if fact is not None:
                done.add(use.key)
                yield ModelLine("assume", fact, Declared("", fact, region, word.name.span, word.number), name=use.key)
        for said in _conditions_on_inputs(text, solver, self.inputs):
            self.said.append(said)
            span = said.statement.body.span
            written = latex_of(said.region, span)
            yield ModelLine("assume", written, Declared("", written, said.region, span, said.number))
        for said, key in _unread_conditions(text, solver, self.inputs):
            self.said.append(said)
            self.unread.add(key)

    def _axis(self, word: Word, use: Use) -> int | None:
        """Return along which axis of a matrix the entries sum to one; one-hot labels do so as the softmax does."""
        shape = self.chosen.solver.shapes.get(use.key)
        if word.meaning == "one-hot" and shape is not None and shape.rank == 2:
            axes = {value for value, _ in self.chosen.found.functions.values() if value in _SOFTMAX}
            return _SOFTMAX[axes.pop()] if len(axes) == 1 else None
        return AXES[word.meaning]

    def usual(self, lines: Iterable[ModelLine]) -> Iterator[str]:
        """Yield facts that the text may mean: what is a factor of a logarithm sums to one, if nothing else is said."""
        chosen = self.chosen
        said = {line.name for line in lines if line.table == "assume"}
        said |= {key for fact in self.said for key in chosen.keys(fact.statement.body)}
        done: set[str] = set()
        for equation, node in _beside_logarithms(chosen.equations):
            use = chosen.solver.use(node)
            shape = chosen.solver.shapes.get(use.key) if use is not None else None
            if use is None or shape is None or use.key not in self.inputs - said - done:
                continue
            if not shape.rank and "" not in chosen.solver.forms[use.key].below:
                continue  # what is said of examples, y^{(i)}, is said of each
            done.add(use.key)
            name = latex_of(equation.said.region, (node.base if shape.rank else node).span)
            for axis in (1, 0) if shape.rank == 2 else (None,):
                fact = self._sums(replace(use, units=(), turned=False), name, axis)
                if fact is not None:
                    yield fact

    def properties(self) -> Iterator[tuple[str, str]]:
        """Yield the names in the network of which the text says what no line of a model says, with what is said if that
        is understood where a formula is judged."""
        yield from ((key, "") for key in self.unread)
        chosen = self.chosen
        used = {chosen.key(node) for equation in chosen.found.equations for node in names_in(equation.right)} - {""}
        used |= set(chosen.solver.shapes)
        for word in chosen.found.words:
            key = chosen.key(word.name) if word.meaning == "property" else ""
            if key in used:
                yield key, word.value

    def _sums(self, use: Use, name: str, axis: int | None) -> str | None:
        """Return that the entries of a vector, or along an axis of a matrix, sum to one; None where it has none."""
        solver = self.chosen.solver
        shape = solver.shapes.get(use.key)
        if shape is None or (shape.rank == 2) != (axis is not None) or shape.rank > 2 or use.units or use.turned:
            return None
        place = -1 if axis is None else axis
        if not shape.rank:  # one number for each value of its letter
            counting = [str(index) for value in use.layers for index in value.indices()]
            return rf"\sum_{{{counting[0]}}} {name} = 1" if len(counting) == 1 else None
        own = self._written(use.key, shape.rank)
        if own is not None:
            written, letters = own
            return rf"\sum_{{{letters[place]}}} {written} = 1"
        free = [letter for letter in _LETTERS if letter not in solver.letters | solver.depths]
        if len(free) < shape.rank or "_" in name:
            return None
        indices = free[: shape.rank]
        return rf"\sum_{{{indices[place]}}} {name}_{{{''.join(indices)}}} = 1"

    def _written(self, key: str, rank: int) -> tuple[str, tuple[str, ...]] | None:
        """Return an entry as the text writes it, with the letters of its indices."""
        for said in self.chosen.found.text.said:
            for node in walk(said.statement.body):
                use = self.chosen.solver.use(node) if node.scripted else None
                if use is None or use.key != key or use.turned or use.power or len(set(use.units)) != rank:
                    continue
                general = all(value.atom is not None and value.indices() for value in use.layers)
                if general and all(unit.isalpha() for unit in use.units):
                    return latex_of(said.region, node.span), use.units
        return None


def _conditions_on_inputs(text: Sentences, solver: Solver, inputs: frozenset[str]) -> Iterator[Said]:
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
            yield said


def _unread_conditions(text: Sentences, solver: Solver, inputs: frozenset[str]) -> Iterator[tuple[Said, str]]:
    """Yield what formulas say of inputs alone and no line of a model says, with one of its names: W^T W = I."""
    for said in text.said:
        body = said.statement.body
        for node in (body, *said.statement.conditions):
            between = _between_numbers(node)
            use = None if between is None else solver.use(between)
            if use is not None and use.key in inputs:
                yield said, use.key
        if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator != "=":
            continue
        names = {use.key for node in _scripted_or_named(body.first) if (use := solver.use(node)) is not None}
        found = sorted(names & inputs)
        known = bool(found) and names <= inputs | solver.letters | solver.counts and not has_derivative(body)
        if known and _is_constant(body.links[0].node) and _is_more_than_a_name(body.first) and not _is_fact(body):
            yield said, found[0]


def _between_numbers(node: Node) -> Node | None:
    """Return the name that lies between two numbers by a relation, the k of 0 < k < 1; None for any other."""
    if (
        not isinstance(node, Relation)
        or len(node.links) != 2
        or any(link.operator not in ORDERS for link in node.links)
    ):
        return None
    ends = isinstance(node.first, Number) and isinstance(node.links[1].node, Number)
    return node.links[0].node if ends and node.links[0].node.base.key is not None else None


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


def _beside_logarithms(equations: Iterable[Equation]) -> Iterator[tuple[Equation, Node]]:
    """Yield what stands as a factor before a logarithm: the y_k of Σ_k y_k log p_k, which may be a distribution."""
    for equation in equations:
        for node in walk(equation.right):
            if isinstance(node, Product) and any(item.node.base.key in _LOGARITHMS for item in node.items):
                for item in node.items:
                    if item.node.base.key in _LOGARITHMS:
                        break
                    yield equation, item.node
