"""The network that a document states, and what it makes of a formula: from where on it counts, what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.algebra.expr import Add, Var
from derive.algebra.index import lin
from derive.algebra.substitute import walk as walk_terms
from derive.errors import InputError, NetworkError
from derive.lecture.declarations import BUILT_IN
from derive.lecture.function_values import FunctionSaid
from derive.lecture.gradient_names import defined_by_derivatives
from derive.lecture.left_open import LinesLeftOut, OpenLosses, OpenNames, OpenShapes
from derive.lecture.model_text import with_line
from derive.lecture.said import head_key
from derive.lecture.whole_text import WholeText
from derive.lecture.written_equations import names_in
from derive.models.model import Model, parse_model
from derive.network.network import Definition
from derive.reader.syntax import Node, Statement, walk
from derive.source import Span

_SIGNS = frozenset(("d", r"\mathrm{d}", r"\partial"))
"""What stands before names in derivatives."""


@dataclass(frozen=True)
class Epoch:
    """The part of a text in which a network is in force: from the `first` formula on.

    `doubtful` are names that one formula of a later part defines anew, which the formulas `anew` do; the `running` ones
    are defined so in many parts, and those that mean something else before it are `otherwise`. One that `is_example` is
    of one formula alone.
    """

    first: int = 0
    doubtful: frozenset[str] = frozenset()
    running: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()
    anew: tuple[int, ...] = ()
    is_example: bool = False

    def of_two_meanings(self, number: int, link: Span, whole: WholeText, places: Collection[str] = ()) -> str | None:
        """Return a name in a link of a formula that depends on one that another part of the text defines in another
        way, where this part does not state a network of its own; a letter that many sections define counts as the
        section says, and one that is only a place for any value has no meaning."""
        nodes = whole.names(number)
        names = [node.base.plain for node in nodes if link.start <= node.span.start and node.span.end <= link.end]
        section = whole.section(number)
        own = any(place <= number and whole.section(place) == section for place in self.anew)
        doubtful = self.doubtful - self.running if own else self.doubtful
        doubtful = self.otherwise if number < self.first else doubtful
        return next((name for name in names if name in doubtful and name not in places), None)


@dataclass(frozen=True)
class TextNetwork:
    """The network that a document states: the text of its model, the model, and the places that say it.

    `lines` are those of the document, as ranges; `spans` those of the formulas that are its forward pass, by the number
    of the formula; `missing` are the facts that the text does not say, `usual` those of which one may hold; `one_hot`
    the vectors that have a one somewhere, as LaTeX, and how long they are; `anew` names that may mean another thing in
    one section, each with the letter that an earlier section has as an input, and this section.
    """

    toml: str
    model: Model = field(repr=False, compare=False)
    whole: WholeText = field(repr=False, compare=False)
    lines: tuple[tuple[int, int], ...] = ()
    spans: frozenset[tuple[int, int, int]] = frozenset()
    missing: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    one_hot: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    losses: OpenLosses = field(default_factory=OpenLosses)
    names: OpenNames = field(default_factory=OpenNames)
    shapes: OpenShapes = field(default_factory=OpenShapes)
    left_out: LinesLeftOut = field(default_factory=LinesLeftOut)
    epoch: Epoch = field(default_factory=Epoch)
    anew: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def defined_anew(self, number: int) -> str | None:
        """Return the letter by which the section of a formula may mean another thing than an earlier one."""
        names = (node.base.plain or "" for node in self.whole.names(number)) if self.anew else ()
        here = self.whole.section(number)
        return next((self.anew[name][0] for name in names if self.anew.get(name, ("", -1))[1] == here), None)

    @property
    def first(self) -> int:
        """The number of the formula from which it is in force."""
        return self.epoch.first

    def marks(self) -> tuple[str, ...]:
        """Return what tells it from another network with the same lines: what it leaves open."""
        unsaid = sorted(self.losses.names | set(self.names.unread))
        return (*self.usual, *unsaid, *sorted(self.names.apart | self.names.tied))

    def counts(self, letter: str) -> bool:
        """Return whether a letter counts arrays of this network, the k of W_k ∈ ℝ^{n_k × n_{k-1}}."""
        names = [line.partition(r"\in ")[0] for line in self._shape_lines]
        return any(re.search(rf"[_^][{{(\[]*{re.escape(letter)}(?![a-zA-Z])", name) for name in names)

    @property
    def _shape_lines(self) -> list[str]:
        return [line for line in self.toml.splitlines() if r"\in \mathbb" in line]

    def one_hot_at(self, name: str, letter: str) -> Model | None:
        """Return the model of this network in which a vector is one-hot at an index; None where that makes no sense."""
        latex, size = self.one_hot[name]
        toml = with_line(self.toml, "where", f"{latex} = e({letter})")
        model = model_of(with_line(toml, "shapes", rf"{letter} \in \{{1, \dots, {size}\}}"))
        return None if isinstance(model, tuple) else model

    def defined_before(self, number: int, start: int, proved: bool = False) -> str | None:
        """Return a name of a formula that the text has said to be two functions before a place in it, of which this
        part says none, or both: one of a list of examples, f(x) = 1/x and f(x) = e^x.

        What is `proved` of the one that is said last may be meant of it.
        """
        place = number + self.whole.added
        for name, before in self.whole.functions_before(number, start).items():
            if self.epoch.is_example and any(one.number == place for one in before):
                continue
            if proved and before and self._is_a_line(before[-1]):
                continue
            if self.whole.are_several(number, before):
                return name
        return None

    def places_of_slopes(self, number: int, proved: bool) -> set[str]:
        """Return the letters of a formula g'(z) = … that are a place for any number, whatever else they are elsewhere:
        what fails for one value fails; what is `proved` has to be so of one that may have every value."""
        places = self.whole.places_of_slopes(number)
        return {place for place in places if not proved or self._has_every_value(place)}

    def _has_every_value(self, plain: str) -> bool:
        """Return whether a name is an input, or computed as z = W x + b, with an input of its own added to each."""
        names = {entry.name for entry in self.model.table.every if entry.base == plain}
        leaves = {leaf.name for leaf in self.model.network.leaves}
        computed = [definition for definition in self.model.network.definitions if definition.name in names]
        return all(_is_added_to(definition, leaves) for definition in computed)

    def _is_a_line(self, function: FunctionSaid) -> bool:
        """Return whether an equation that says what a function is is one of the forward pass."""
        places = ((place + self.whole.added, start) for place, start, _ in self.spans)
        return (function.number, function.start) in places

    def of_turned_entries(self, number: int) -> str | None:
        """Return a name of a formula with an index that its part of the text transposes, the v_a of v_a^T v_b, where it
        is an entry of what the network knows as a vector: nobody transposes a number."""
        section, turned = self.whole.section(number), self.whole.turned
        names = (node for node in self.whole.names(number) if node.sub is not None)
        return next(
            (n.text for n in names if (n.base.plain, section) in turned and self._is_vector(n.base.plain)), None
        )

    def _is_vector(self, plain: str | None) -> bool:
        """Return whether a name without an index has a shape in the network."""
        bare = rf"(?<![\w\\]){re.escape(plain or '?')}\}}? \\in"
        return re.search(bare, " ".join(self._shape_lines)) is not None

    def asked_for(self) -> str:
        """Return the first fact that the text does not say, with words for it; "" if none is missing."""
        return asked_for(self.missing)

    def doubts(self, statement: Statement) -> str:
        """Return why a formula that fails in this network may hold in the one that the text means; "" if nothing says
        so."""
        body = statement.body
        if self.left_out.steps:
            return "it fails if each step is computed from the one before; say over which steps the text counts"
        speaks = bool(self.losses.names) and self._speaks_of_a_loss(body)
        function = self._function_alone(body)
        return (
            self.names.doubt_of_heads(body)
            or self.losses.doubt_of_gradients(body)
            or self.names.doubt(statement)
            or self.losses.doubt_of_losses(body, speaks)
            or (f"it does not hold for every {function}; say in the text which function it is" if function else "")
        )

    def _speaks_of_a_loss(self, body: Node) -> bool:
        """Return whether an open loss, or what may be a name for one of its derivatives, stands in a formula."""
        notation = self.losses.gradients
        if notation is not None and any(notation.names_in(body)):
            return True
        named = {name for name, _ in defined_by_derivatives(self.whole.text)}
        keys = {head_key(node) for node in walk(body)} | {node.base.plain for node in walk(body)}
        return bool(keys & {*self._with_losses, *named, r"\delta", r"\bar"})

    @cached_property
    def _with_losses(self) -> frozenset[str]:
        """The open losses, and the names that are computed from them: J = L + s."""
        table, found = self.model.table, set(self.losses.names)
        for definition in self.model.network.definitions:
            names = {var.name for var in walk_terms(definition.body) if isinstance(var, Var)}
            bases = {entry.base for entry in table.every if entry.name in names}
            if bases & found:
                found |= {entry.base for entry in table.every if entry.name == definition.name}
        return frozenset(found)

    def _function_alone(self, body: Node) -> str:
        """Return an open function of which a formula says something by one argument, g'(z) = g(z) (1 - g(z)); "" where
        it speaks of the network."""
        functions = self.model.table.functions
        names = {name.base.key or "" for name in names_in(body)}
        open_ones = sorted(key for key in names if key in functions and functions[key].kind == "open")
        return open_ones[0] if open_ones and len(names - set(functions) - BUILT_IN - _SIGNS) <= 1 else ""


def _is_added_to(definition: Definition, leaves: Collection[str]) -> bool:
    """Return whether a definition adds an input with the same indices, which stands nowhere else in it."""
    terms = definition.body.args if isinstance(definition.body, Add) else ()
    names = [var.name for var in walk_terms(definition.body) if isinstance(var, Var)]
    own = tuple(lin(param) for param in definition.params)
    alone = (term for term in terms if isinstance(term, Var) and term.idx == own)
    return any(term.name in leaves and names.count(term.name) == 1 for term in alone)


def asked_for(missing: tuple[str, ...]) -> str:
    """Return the first of the facts that a text does not say that it could say; "" for none."""
    return next((fact for fact in missing if fact.startswith(("the shape of", "what "))), "")


def model_of(toml: str) -> Model | tuple[int, str]:
    """Return the model of a text; where it makes no sense, the line at which that is seen, and why."""
    try:
        return parse_model(toml, name="lecture")
    except InputError as error:
        source, span = error.source, error.span
        return source.position(span.start).line if source is not None and span is not None else 1, error.message
    except (NetworkError, RecursionError) as error:
        return 1, str(error)
