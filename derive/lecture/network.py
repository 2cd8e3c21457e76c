"""From the declarations of a document to the networks that it states, one for each part that defines names anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derive.algebra.expr import Var
from derive.algebra.substitute import walk as walk_terms
from derive.document.pieces import FormulaRegion
from derive.errors import InputError, NetworkError
from derive.lecture.assembled import Assembled, assemble
from derive.lecture.collect import collect
from derive.lecture.declarations import BUILT_IN, Collected, Declared
from derive.lecture.equations_said import is_number
from derive.lecture.gradient_names import GradientNotation, defined_by_derivatives, letters_of
from derive.lecture.lines import UNSAID_STEPS
from derive.lecture.losses import is_of_any_loss, is_of_one_loss
from derive.lecture.model_text import ModelLine, line_ranges, with_line, written
from derive.lecture.own_shapes import of_the_model
from derive.lecture.said import ADDED, Sentences, head_key, heads_in, read_text
from derive.lecture.text_parts import (
    body_of,
    computed_from,
    epochs,
    has_inputs,
    is_computed_anew,
    is_of_others,
    running_letters,
)
from derive.lecture.written_equations import names_in
from derive.models.terms import CONSTANTS
from derive.notation.signs import EQUATES
from derive.reader.derivatives import derivatives, has_derivative
from derive.reader.parser import parse_statement
from derive.reader.syntax import (
    Additive,
    Node,
    Number,
    Relation,
    Statement,
    walk,
)
from derive.source import Source, Span
from derive.statements.left_sides import left_side

if TYPE_CHECKING:
    from derive.models.model import Model

_SIGNS = frozenset(("d", r"\mathrm{d}", r"\partial"))
"""What stands before names in derivatives."""
MAX_REPAIRS = 25
"""How many lines that do not fit may be left out before a network is given up."""


@dataclass(frozen=True, slots=True)
class _FunctionSaid:
    """What an equation at a place of a formula says that a name with arguments is."""

    number: int
    start: int
    arguments: tuple[Node, ...]
    body: Node

    @property
    def says(self) -> str:
        """What it is, whatever its arguments are called."""
        return body_of(self.arguments, self.body)

    @property
    def is_closed(self) -> bool:
        """Whether it is made of its arguments, their entries and numbers alone, f(x) = e^x."""
        own = {text for node in self.arguments for text in (node.text, node.base.plain)}
        names = [name for name in names_in(self.body) if name.text not in BUILT_IN | CONSTANTS]
        return all(name.base.plain in own or any(part.text in own for part in walk(name)) for name in names)


def _function_said(number: int, body: Node) -> tuple[str, _FunctionSaid] | None:
    """Return the name with arguments that an equation is about, and what it says of it; None for anything else, such as
    a value at a point, f(a) = 6."""
    left = left_side(body.first) if isinstance(body, Relation) and body.links[0].operator in EQUATES else None
    known = left is None or left.key in BUILT_IN or left.name.primes
    if left is None or known or not left.given or not isinstance(body, Relation) or is_number(body.links[0].node):
        return None
    return left.name.base.text, _FunctionSaid(number, body.span.start, left.given, body.links[0].node)


def _are_several(said: list[_FunctionSaid]) -> bool:
    """Return whether a name is said to be functions that differ, of other arguments or of their arguments alone; what
    is said twice of names of the text is a claim."""
    bodies = {one.says for one in said}
    arguments = {tuple(node.text for node in one.arguments) for one in said}
    return len(bodies) > 1 and (len(arguments) > 1 or all(one.is_closed for one in said))


@dataclass(frozen=True)
class TextNetwork:
    """The network that a document states: the text of its model, the model, and the places that say it.

    `lines` are those of the document, as ranges; `spans` those of the formulas that are its forward pass, by the number
    of the formula; `missing` are the facts that the text does not say; `guessed` says
    that only how a letter looks says what it is, a capital a matrix. `first` is the number of the formula from which
    it is in force; `loose` are the names that are declared and no part of the forward pass, with the section that
    declares them; before the formulas of `text` a model has put the `added` ones; `doubtful` are names that one formula
    of a later part defines anew, which the formulas `anew` do; the `running` ones are defined so in many parts,
    and those that mean something else before it are `otherwise`.
    `usual` are facts that the text does not say, one of which may hold; `open_losses` the losses that it only names,
    `one_hot` the vectors that have a one somewhere, as LaTeX, and how long they are, `of_losses` what depends on losses
    left open; `unread`
    are names of which it says what no line of a model says, that a matrix is orthogonal, with all that is computed from
    them, `symmetric` those of which it only says that;
    `left_out` are the places of first definitions that are no line of the network; `apart` are arrays that are declared
    and that nothing ties to the forward pass, the names of which are the `tied` ones; one that `loses_gradients` has
    names for those of a loss that is no part of it; `unread_gradients` are names that
    are derivatives of what is no part of it; `supposed` are names whose shapes only claims say, and whether
    words say that they are arrays; `other_shapes` are letters that sections declare with other shapes than those of the
    network, with these sections and those of the equations that have them; `is_example` that it is that of one formula
    alone, `unfit` how many equations that a model adds are no lines of it, `unsaid_steps` that over which steps it
    counts is not said.
    """

    toml: str
    model: Model = field(repr=False, compare=False)
    lines: tuple[tuple[int, int], ...] = ()
    spans: frozenset[tuple[int, int, int]] = frozenset()
    missing: tuple[str, ...] = ()
    guessed: bool = False
    first: int = 0
    loose: Mapping[str, int] = field(default_factory=dict)
    text: Sentences | None = field(default=None, repr=False, compare=False)
    added: int = 0
    doubtful: frozenset[str] = frozenset()
    running: frozenset[str] = frozenset()
    otherwise: frozenset[str] = frozenset()
    is_example: bool = False
    unsaid_steps: bool = False
    anew: tuple[int, ...] = ()

    def defined_twice(self, number: int, link: Span) -> str | None:
        """Return a name in a link of a formula that depends on one that another part of the text defines in another
        way, where this part does not state a network of its own; a letter that many sections define counts as the
        section says."""
        statements = self.text.of(number + self.added) if self.text is not None else []
        nodes = [node for statement in statements for node in names_in(statement.body)]
        names = [node.base.plain for node in nodes if link.start <= node.span.start and node.span.end <= link.end]
        doubtful = self.doubtful if not self._defines_before(number) else self.doubtful - self.running
        doubtful = self.otherwise if number < self.first else doubtful
        return next((name for name in names if name in doubtful), None)

    def _defines_before(self, number: int) -> bool:
        """Return whether the section of a formula has said before it what a name is anew."""
        if self.text is None:
            return False
        section, own = self.text.section, self.text.section(number + self.added)
        return any(place <= number and section(place + self.added) == own for place in self.anew)

    def counts(self, letter: str) -> bool:
        """Return whether a letter counts arrays of this network, the k of W_k ∈ ℝ^{n_k × n_{k-1}}."""
        names = [line.partition(r"\in ")[0] for line in self.toml.splitlines() if r"\in \mathbb" in line]
        return any(re.search(rf"[_^][{{(\[]*{re.escape(letter)}(?![a-zA-Z])", name) for name in names)

    def one_hot_at(self, name: str, letter: str) -> Model | None:
        """Return the model of this network in which a vector is one-hot at an index; None where that makes no sense."""
        latex, size = self.one_hot[name]
        toml = with_line(self.toml, "where", f"{latex} = e({letter})")
        model = _model_of(with_line(toml, "shapes", rf"{letter} \in \{{1, \dots, {size}\}}"))
        return None if isinstance(model, tuple) else model

    def defined_before(self, number: int, start: int, proved: bool = False) -> str | None:
        """Return a name of a formula that the text has said to be two functions before a place in it, of which this
        part says none, or both: one of a list of examples, f(x) = 1/x and f(x) = e^x.

        What is `proved` of the one that is said last may be meant of it.
        """
        place, text = number + self.added, self.text
        if text is None or not self._functions:
            return None
        names = {name.base.text for statement in text.of(place) for name in names_in(statement.body)}
        for name in sorted(names & set(self._functions)):
            before = [one for one in self._functions[name] if (one.number, one.start) <= (place, start)]
            if self.is_example and any(one.number == place for one in before):
                continue
            if proved and before and self._is_a_line(before[-1]):
                continue
            here = [one for one in before if text.section(one.number) == text.section(place)]
            if _are_several(here) or (not here and _are_several(before)):
                return name
        return None

    def _is_a_line(self, function: _FunctionSaid) -> bool:
        """Return whether an equation that says what a function is is one of the forward pass."""
        places = ((place + self.added, start) for place, start, _ in self.spans)
        return (function.number, function.start) in places

    def is_another_function(self, number: int) -> bool:
        """Return whether a formula says of its arguments alone what a function is, f(x) = x^2, that only other parts of
        the text have said to be something else."""
        text, place = self.text, number + self.added
        for every in self._functions.values() if text is not None else ():
            for own in (one for one in every if one.number == place and one.is_closed):
                others = [one for one in every if one.number < place and one.says != own.says]
                if text is not None and others and all(text.section(o.number) != text.section(place) for o in others):
                    return True
        return False

    @cached_property
    def _functions(self) -> dict[str, list[_FunctionSaid]]:
        """What equations say that names with arguments are."""
        found: dict[str, list[_FunctionSaid]] = {}
        for said in self.text.said if self.text is not None else ():
            function = _function_said(said.number, said.statement.body)
            if function is not None:
                found.setdefault(function[0], []).append(function[1])
        return {name: every for name, every in found.items() if len(every) > 1}

    def sets_an_index(self, number: int) -> bool:
        """Return whether a formula does no more than set an index to others and numbers: t = τ - 1."""
        bodies = [statement.body for statement in self.text.of(number + self.added)] if self.text is not None else []
        return bool(bodies) and all(self._is_index(body) for body in bodies)

    def _is_index(self, body: Node) -> bool:
        if not isinstance(body, Relation) or self.text is None or body.first.symbol not in self.text.index_letters:
            return False
        sides = [part for link in body.links for part in walk(link.node)]
        return all(isinstance(part, Additive | Number) or bool(part.symbol) for part in sides)

    def says_otherwise_elsewhere(self, number: int) -> bool:
        """Return whether only other parts of the text have said before what the left sides of a formula are."""
        if self.text is None:
            return False
        place, section = number + self.added, self.text.section
        own = {name for statement in self.text.of(place) if (name := _defined_by(statement.body)) is not None}
        before = [s for s in self.text.said if s.number < place and _defined_by(s.statement.body) in own]
        return bool(before) and all(section(said.number) != section(place) for said in before)

    def says_other_than_its_model(self, number: int) -> bool:
        """Return whether a formula says what a name is of which the model that is added to the text says it."""
        if self.text is None or not self.added:
            return False
        own = {name for said in self.text.of(number + self.added) if (name := _defined_by(said.body)) is not None}
        bodies = (said.statement.body for said in self.text.said if said.is_added)
        return any(_defined_by(body) in own for body in bodies if not has_derivative(body))

    def is_said_in_another_cell(self, number: int) -> bool:
        """Return whether a formula says what a name is, of which only other cells or files have said it before.

        Headings may stand between them.
        """
        if self.text is None:
            return False
        place = number + self.added
        clean = self.text.regions[place].clean
        own = {name for statement in self.text.of(place) if (name := _defined_by(statement.body)) is not None}
        before = [s for s in self.text.said if s.number < place and _defined_by(s.statement.body) in own]
        return bool(before) and all(s.number >= self.added and s.region.clean is not clean for s in before)

    def function_elsewhere(self, number: int) -> str | None:
        """Return a name without arguments in a formula that only other parts of the text say to be a function."""
        if self.text is None:
            return None
        place, text = number + self.added, self.text
        bodies = [statement.body for statement in text.of(place)]
        bare = {node.symbol for body in bodies for node in walk(body)} - {key for key, _, _ in heads_in(bodies)}
        sections: dict[str, set[int]] = {}
        for said in text.said:
            function = _function_said(said.number, said.statement.body)
            if function is not None:
                sections.setdefault(function[0], set()).add(text.section(said.number))
        return next((name for name in sorted(bare & set(sections)) if text.section(place) not in sections[name]), None)

    def is_membership(self, number: int) -> bool:
        """Return whether a formula does no more than say the sets of names: u_a ∈ ℝ^n."""
        bodies = [statement.body for statement in self.text.of(number + self.added)] if self.text is not None else []
        sets = [body.links[0].operator == r"\in" if isinstance(body, Relation) else False for body in bodies]
        return bool(sets) and all(sets)

    def of_two_shapes(self, number: int) -> str | None:
        """Return a name of a formula of which this part of the text says two shapes: x ∈ ℝ^n, then x ∈ ℝ^{n+1}."""
        if self.text is None:
            return None
        place = number + self.added
        names = [name for statement in self.text.of(place) for name in names_in(statement.body)]
        section = self.text.section(place)
        return next((name.text for name in names if len(self._shapes.get((name.text, section), ())) > 1), None)

    @cached_property
    def _shapes(self) -> dict[tuple[str, int], set[str]]:
        """The arrays of numbers in which each part of the text says names to be."""
        found: dict[tuple[str, int], set[str]] = {}
        for said in self.text.said if self.text is not None else ():
            body = said.statement.body
            if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator != r"\in":
                continue
            sets = body.links[0].node
            if sets.sup is None or self.text is None:
                continue
            for name in names_in(body.first):
                found.setdefault((name.text, self.text.section(said.number)), set()).add(sets.text)
        return found

    def of_another_shape(self, number: int) -> str | None:
        """Return a name of a formula that has another shape in the network than this part of the text may mean."""
        if self.text is None or not self.other_shapes:
            return None
        place = number + self.added
        names = [node.base.plain or "" for said in self.text.of(place) for node in walk(said.body)]
        own, section = [name for name in names if name in self.other_shapes], self.text.section(place)
        pairs = ((name, *self.other_shapes[name]) for name in own)
        return next((n for n, others, here in pairs if section in others or (here and section not in here)), None)

    def of_turned_entries(self, number: int) -> str | None:
        """Return a name of a formula with an index that its part of the text transposes, the v_a of v_a^T v_b, where it
        is an entry of what the network knows as a vector: nobody transposes a number."""
        if self.text is None:
            return None
        section = self.text.section(number + self.added)
        names = (node for said in self.text.of(number + self.added) for node in names_in(said.body))
        return next((n.text for n in names if n.sub is not None and (n.base.plain, section) in self._turned), None)

    @cached_property
    def _turned(self) -> set[tuple[str | None, int]]:
        """The vectors of the network that the text transposes with an index, and the parts of the text that do."""
        shapes = " ".join(line for line in self.toml.splitlines() if r"\in \mathbb" in line)
        found: set[tuple[str | None, int]] = set()
        for said in self.text.said if self.text is not None else ():
            for node in walk(said.statement.body):
                turned = node.sub is not None and node.sub.symbol and any(piece.is_transpose for piece in node.pieces)
                bare = rf"(?<![\w\\]){re.escape(node.base.plain or '?')}\}}? \\in"
                if turned and self.text is not None and re.search(bare, shapes):
                    found.add((node.base.plain, self.text.section(said.number)))
        return found

    def of_a_supposed_shape(self, number: int, shapes: bool) -> str | None:
        """Return a name of a formula of which only claims say the shape, if that does not fit, else what it is."""
        statements = self.text.of(number + self.added) if self.text is not None and self.supposed else []
        names = [node.base.plain for statement in statements for node in walk(statement.body)]
        return next(
            (name for name in names if not self.supposed.get(name or "", True) or (shapes and name in self.supposed)),
            None,
        )

    def asked_for(self) -> str:
        """Return the first fact that the text does not say, with words for it; "" if none is missing."""
        return _asked_for(self.missing)

    def elsewhere(self, number: int) -> str | None:
        """Return a name of a formula that is no part of the forward pass and that another part of the text declares."""
        if self.text is None or not self.loose:
            return None
        place = number + self.added
        names = [name for statement in self.text.of(place) for name in names_in(statement.body)]
        plain = dict.fromkeys(name.base.plain for name in names if name.base.plain in self.loose)
        return next((key for key in plain if key is not None and self.loose[key] != self.text.section(place)), None)

    usual: tuple[str, ...] = ()
    open_losses: frozenset[str] = frozenset()
    one_hot: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unread: Mapping[str, frozenset[str]] = field(default_factory=dict)
    symmetric: frozenset[str] = frozenset()
    of_losses: frozenset[str] = frozenset()
    supposed: Mapping[str, bool] = field(default_factory=dict)
    other_shapes: Mapping[str, tuple[frozenset[int], frozenset[int]]] = field(default_factory=dict)
    unfit: int = 0
    left_out: frozenset[tuple[int, int, int]] = frozenset()
    left_out_names: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    tied: frozenset[str] = frozenset()
    gradients: GradientNotation | None = field(default=None, repr=False)
    unread_heads: frozenset[str] = frozenset()
    unread_gradients: frozenset[str] = frozenset()
    loses_gradients: bool = False

    def left_out_name(self, number: int, link: Span) -> str | None:
        """Return a name in a link of a formula whose first definition is no line of the network: L, beside L_i."""
        statements = self.text.of(number + self.added) if self.text is not None and self.left_out_names else []
        nodes = [node for statement in statements for node in names_in(statement.body) if not node.scripted]
        inside = (node for node in nodes if link.start <= node.span.start and node.span.end <= link.end)
        return next((node.text for node in inside if node.plain in self.left_out_names), None)

    def lost_gradient(self, number: int) -> str | None:
        """Return the name in a formula of the gradient of a loss that cannot be read: dA, which is no differential."""
        if self.gradients is None or self.text is None or not self.loses_gradients:
            return None
        bodies = (statement.body for statement in self.text.of(number + self.added))
        return next((name.text for body in bodies for name, _ in self.gradients.names_in(body)), None)

    def doubts(self, statement: Statement) -> str:
        """Return why a formula that fails in this network may hold in the one that the text means; "" if nothing says
        so."""
        body = statement.body
        if self.unsaid_steps:
            return "it fails if each step is computed from the one before; say over which steps the text counts"
        plain = {name.base.plain or "" for name in walk(body)}
        unread = sorted(plain & self.unread_heads)
        if unread:
            return f"it fails, but a formula of the text that begins with {unread[0]} cannot be read"
        opaque = sorted(self.unread_gradients and letters_of(body) & self.unread_gradients)
        if opaque:
            return f"it fails, but {opaque[0]} is a derivative of what is not read of the text"
        alike = self._named_like_a_gradient(body)
        if alike:
            return f"it fails if {alike} is the gradient of its name; say in the text what it is"
        alone = {name.base.plain or "" for name in names_in(body)} & self.apart
        if alone and plain & (self.tied | {name[:2].swapcase() + name[2:] for name in alone}):
            return f"it fails if {min(alone)} is an input of its own; say what it has to do with the network"
        said = {one.first.base.plain for one in statement.said if isinstance(one, Relation)} & self.symmetric
        for name in sorted(set(self.unread) - said):
            if plain & self.unread[name]:
                return f"it fails in general, but what the text says of {name} is not understood"
        losses, names = self.open_losses, self.gradients
        depends = losses and isinstance(body, Relation) and self._speaks_of_a_loss(body)
        if depends and isinstance(body, Relation) and not is_of_any_loss(body, losses, names):
            return f"it does not hold for any loss {min(self.open_losses)}; say its formula in the text"
        if self.of_losses and isinstance(body, Relation) and is_of_one_loss(body, self.of_losses, names):
            return "it does not hold for any loss; say the formula of the loss in the text"
        function = self._function_alone(body)
        return f"it does not hold for every {function}; say in the text which function it is" if function else ""

    def _speaks_of_a_loss(self, body: Node) -> bool:
        """Return whether an open loss, or what may be a name for one of its derivatives, stands in a formula."""
        if self.text is None or (self.gradients is not None and any(self.gradients.names_in(body))):
            return True
        named = {name for name, _ in defined_by_derivatives(self.text)}
        keys = {head_key(node) for node in walk(body)} | {node.base.plain for node in walk(body)}
        return bool(keys & {*self._with_losses, *named, r"\delta", r"\bar"})

    @cached_property
    def _with_losses(self) -> frozenset[str]:
        """The open losses, and the names that are computed from them: J = L + s."""
        table, found = self.model.table, set(self.open_losses)
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

    def _named_like_a_gradient(self, body: Node) -> str:
        """Return a name with the sign of a gradient of which the text does not say that it is one: dZ, where dW is."""
        notation = self.gradients
        if notation is None or not notation.letters:
            return ""
        return next((name.text for name, own in notation.names_in(body) if own.base.plain not in notation.letters), "")


def _defined_by(body: Node) -> str | None:
    """Return the name on the left of an equation, without its arguments; None for what is no such equation."""
    left = left_side(body.first) if isinstance(body, Relation) and body.links[0].operator in EQUATES else None
    return None if left is None else left.name.text


def network_of(
    regions: Iterable[FormulaRegion], name: str = "lecture", more: Mapping[str, Any] | None = None
) -> TextNetwork | None:
    """Return the network that formulas and the words around them state, with what a model adds to it; None where they
    state none."""
    networks = networks_of(regions, name, more)
    return networks[0] if networks else None


def first_missing(regions: Iterable[FormulaRegion]) -> str:
    """Return what would have to be said first, so that a text states a network; "" if it has no equation for one."""
    return _asked_for(assemble(collect(read_text(tuple(regions))), frozenset(), True).missing)


def _asked_for(missing: Iterable[str]) -> str:
    return next((fact for fact in missing if fact.startswith(("the shape of", "what "))), "")


def networks_of(
    regions: Iterable[FormulaRegion], name: str = "lecture", more: Mapping[str, Any] | None = None,
    alive: Callable[[], None] | None = None, place: int = 0,
) -> list[TextNetwork]:  # fmt: skip
    """Return the networks of a text in their order: a name that a later section defines anew begins another one.

    `alive` is called before each of them: a book may have many, and take long. What a model says is added at a `place`.
    """
    added = _formulas_added(more or {})
    whole = _with_added(collect(read_text((*added, *regions))), more or {})
    found: list[TextNetwork] = []
    running = running_letters(whole)
    for first, part, again, numbers in epochs(whole, len(added), place):
        if alive is not None:
            alive()
        network = _network(part, name, more or {}, len(added))
        anew = tuple(number - len(added) for number in numbers)
        begin = max(0, first - len(added))
        if network is None and found and numbers:  # the one before goes on, but for what is said anew
            names = again | {e.left.base.plain or "" for e in part.equations if e.said.number in numbers}
            doubtful = found[-1].doubtful | computed_from(names, part)
            found.append(replace(found[-1], first=begin, doubtful=doubtful, anew=anew))
        if network is not None:
            own = has_inputs(part, first) or is_computed_anew(again, part, first) or is_of_others(again, part, first)
            doubtful = frozenset() if own else computed_from(again, part)
            strict = computed_from(again - running, part) if again - running else frozenset()
            otherwise = computed_from(again, part) if again else frozenset()
            network = replace(network, doubtful=doubtful, running=doubtful - strict, otherwise=otherwise, anew=anew)
            network = replace(network, first=begin, text=whole.text)
            found += [network, *_of_examples(network, part, name, more or {})]
    return found


def _of_examples(network: TextNetwork, part: Collected, name: str, more: Mapping[str, Any]) -> Iterator[TextNetwork]:
    """Yield the networks of formulas that take another function as an example and differentiate it, f(x) = 1/x → df/dx
    = -1/x², each with the one of their part of the text, which is in force again behind it."""
    for number in _examples(part):
        begin, behind = number - network.added, number + 1
        others = [n for n in range(part.own.start, part.own.stop) if n != number]
        own = part.up_to(range(number, behind), [number, *others, *range(part.own.start)])
        found = _network(own, name, more, network.added)
        if found is not None:
            yield replace(found, first=begin, text=network.text, is_example=True)
            if behind < part.own.stop:
                yield replace(network, first=begin + 1)


def _examples(part: Collected) -> Iterator[int]:
    """Yield the formulas that say what a function is that others before have said to be something else, of its
    arguments alone, and that have a derivative of it."""
    said: dict[str, str] = {}
    every = [_function_said(one.number, one.statement.body) for one in part.text.said]
    for name, function in (one for one in every if one is not None and one[1].is_closed):
        known, number = said.setdefault(name, function.says), function.number
        tops = {top.base.text for other in part.text.of(number) for top, _ in derivatives(other.body)}
        here = [one for one in every if one is not None and one[0] == name and one[1].number == number]
        if known != function.says and name in tops and number in part.own and len(here) == 1:
            yield number


def _network(found: Collected, name: str, more: Mapping[str, Any], added: int) -> TextNetwork | None:
    """Return the network that declarations make up; where what a model adds does not fit the text, the text means other
    things by its letters."""
    network = _fitting_network(found, name, more, added)
    own = of_the_model(found, max(found.own.start, added)) if network is None or network.unfit else None
    other = _fitting_network(own[0], name, more, added) if own is not None and more.get("forward") else None
    if own is None or other is None or (network is not None and other.unfit >= network.unfit):
        return network
    said = {name: (sections, frozenset[int]()) for name, sections in own[1].items()}
    return replace(other, other_shapes={**said, **other.other_shapes})


def _fitting_network(found: Collected, name: str, more: Mapping[str, Any], added: int) -> TextNetwork | None:
    """Return the network that declarations make up; lines that do not fit the others are left out."""
    dropped: set[int | str] = set()
    faults: list[str] = []
    spare = True
    for _ in range(MAX_REPAIRS):
        assembled = assemble(found, frozenset(dropped), spare, more.get("assume", ()), _gradients_added(more))
        if not any(line.table in {"forward", "shapes"} for line in assembled.lines):
            return None
        toml = written(assembled.lines, re.sub(r"[^\w .-]", "-", name))
        model = _model_of(toml)
        if not isinstance(model, tuple):
            nothing = _only_names(model, assembled.lines)
            return None if nothing else _as_network(assembled, toml, model, added, faults)
        if spare:
            spare = False
            continue
        line, message = model
        bad = assembled.at_fault(line)
        if bad is None:
            return None
        dropped |= bad
        faults.append(message)
    return None


def _only_names(model: Model, lines: Iterable[ModelLine]) -> bool:
    """Return whether a text only calls one name by another, a = b, and says no shape: that is no network."""
    shapes = any(line.table == "shapes" and line.said is not None for line in lines)
    return not shapes and all(isinstance(definition.body, Var) for definition in model.network.definitions)


def _as_network(assembled: Assembled, toml: str, model: Model, added: int, faults: Iterable[str]) -> TextNetwork:
    apart, tied = assembled.apart_and_tied()
    return TextNetwork(
        toml,
        model,
        line_ranges(assembled.lines),
        assembled.places(added),
        tuple(dict.fromkeys((*assembled.missing, *faults))),
        assembled.is_guessed(),
        loose=assembled.loose(),
        text=assembled.chosen.found.text,
        added=added,
        usual=tuple(assembled.facts.usual(assembled.lines)),
        open_losses=assembled.unsaid,
        one_hot=assembled.one_hot(),
        unread=assembled.properties(),
        symmetric=assembled.symmetric(),
        of_losses=assembled.chosen.of_open_losses(),
        supposed=assembled.supposed_names(),
        other_shapes=assembled.of_other_shapes(),
        unfit=assembled.unfit(),
        unsaid_steps=any(line.note == UNSAID_STEPS for line in assembled.lines),
        left_out=assembled.left_out(added),
        left_out_names=assembled.left_out_names(),
        apart=apart,
        tied=tied,
        gradients=assembled.chosen.found.gradients,
        unread_gradients=assembled.unread_gradients(),
        loses_gradients=assembled.loses_gradients(),
        unread_heads=frozenset(name for name, _ in assembled.chosen.found.unread_heads),
    )


def _formulas_added(more: Mapping[str, Any]) -> tuple[FormulaRegion, ...]:
    """Return the formulas that a model adds, as if they stood before the text."""
    texts = [text for key in ("shapes", "forward", "where") for text in more.get(key, ())]
    sources = [Source(ADDED, text) for text in texts]
    return tuple(FormulaRegion(source, Span(0, len(source.text)), True, clean=source) for source in sources)


def _gradients_added(more: Mapping[str, Any]) -> list[str]:
    """Return the further names that a model adds and that derivatives define: a text defines none so."""
    return [text for text in more.get("where", ()) if r"\partial" in text or r"\nabla" in text]


def _with_added(found: Collected, more: Mapping[str, Any]) -> Collected:
    """Return declarations with the functions and the layout that a model adds, which win over what the text says."""
    functions = dict(found.functions)
    for symbol, value in more.get("functions", {}).items():
        source = Source(ADDED, symbol)
        region = FormulaRegion(source, Span(0, len(symbol)), False, clean=source)
        name = parse_statement(source).body
        functions[head_key(name) or symbol] = (value, Declared(symbol, symbol, region, region.span))
    operators = {**found.operators, **more.get("operators", {})}
    return replace(found, functions=functions, operators=operators, layout=more.get("layout", found.layout))


def _model_of(toml: str) -> Model | tuple[int, str]:
    """Return the model of a text; where it makes no sense, the line at which that is seen, and why."""
    from derive.models.model import parse_model

    try:
        return parse_model(toml, name="lecture")
    except InputError as error:
        source, span = error.source, error.span
        return source.position(span.start).line if source is not None and span is not None else 1, error.message
    except (NetworkError, RecursionError) as error:
        return 1, str(error)
