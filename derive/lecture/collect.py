"""The declarations of a document: what its sentences and its equations say of the names in it.

An equation is a line of the forward pass if its left side is a new name and no derivative stands in it; a second one
for a name is a claim. Nothing that a sentence calls wrong declares anything.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.lecture.enumerations import Enumeration, enumerations, own_entries
from derive.lecture.gradient_names import GradientNotation, gradient_notation
from derive.lecture.latex import latex_of
from derive.lecture.said import Said, Sentences, head_key, heads_in, names_in, place_of
from derive.lecture.unread import left_sides
from derive.lecture.words import Word, columns_listed, columns_of, gradients_lie, layout_said, softmax_said, words_said
from derive.models.functions import USUAL
from derive.models.letters import is_set_of_reals, shifted_letters, size_part
from derive.notation.declared import LET, alternatives
from derive.notation.functions import BY_NAME, OF_MATRICES, OF_WHOLE_ARRAYS, READS
from derive.notation.signs import EQUATES, INVERSES, ORDERS
from derive.prose.sentences import layers_named
from derive.reader.derivatives import derivatives, has_derivative
from derive.reader.scanner import scan
from derive.reader.syntax import (
    Additive,
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
    Text,
    Tuple,
    walk,
)
from derive.source import Span
from derive.statements.entries_named import entries_named
from derive.statements.left_sides import left_side
from derive.typing.standard_names import one_hot_letter

_READ = {read for read, name in READS.items() if BY_NAME[name].arity < 2 or name in {"max", "min"}}
BUILT_IN = frozenset(_READ | set(OF_MATRICES) | {n for _, reads in OF_WHOLE_ARRAYS.values() for n in reads.split()})
"""Names of functions that mean the same everywhere: what is said of them is a claim."""
_LET = re.compile(rf"\b(?:{'|'.join(alternatives(LET))})[\s$]*$")
_SIZES = re.compile(r"\^(\{[^{}]*\}|\S)")
NEAR = 4
"""How many formulas before or behind an equation may say over what its indices run."""
_NO_NAMES = frozenset((r"\mathbb{E}", r"\mathrm{E}", r"\mathbb{P}", r"\partial", r"\nabla"))
_BOLD = (r"\mathbf", r"\boldsymbol", r"\vec")
_OF_ARRAYS = frozenset((r"\odot", r"\otimes", r"\circ"))
_ARROWS = frozenset((r"\leftarrow", r"\to", r"\gets", r"\longleftarrow", r"\rightarrow"))


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration as a model file would have it, and its place: the part of a formula that says it; a range may be
    `of` the letters of some names only."""

    key: str
    text: str
    region: FormulaRegion = field(repr=False)
    span: Span
    number: int = -1

    plain: str = ""
    of: frozenset[str] = frozenset()

    @property
    def line(self) -> int:
        return self.region.source.position(self.span.start).line


@dataclass(frozen=True, slots=True)
class Equation:
    """A line of the forward pass: the name that it defines, its sides, and the conditions said with it.

    An `alias` is another name for what is there: x_{ij} = X_{ij}, y = e(c). `through` are parts of the right side that
    other equations call by a name: the W x + b of σ(W x + b) beside z = W x + b, with letters that are `renamed` there.
    """

    base: str
    left: Node
    right: Node
    conditions: tuple[Node, ...]
    said: Said = field(repr=False)
    arguments: Group | None = None
    alias: bool = False
    through: tuple[tuple[Node, Equation], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def span(self) -> Span:
        return self.left.span | self.right.span

    @property
    def link(self) -> Link:
        """The link of its relation that says what the name is."""
        body = self.said.statement.body
        assert isinstance(body, Relation)
        return next(link for link in body.links if link.node is self.right)

    @property
    def places(self) -> list[Span]:
        """The places of the links up to that one, each with what it links."""
        body = self.said.statement.body
        assert isinstance(body, Relation)
        links = body.links[: body.links.index(self.link) + 1]
        befores = (body.first, *(link.node for link in links))
        return [before.span | link.node.span for before, link in zip(befores, links, strict=False)]


@dataclass
class Collected:
    """What a document declares.

    `shapes`: the names whose set is said, as written, by base, `listed` those whose entries are; `words`: what
    sentences say of names; `functions`: the heads that are functions, with what they are; `equations` in reading
    order; `ranges`: those of index letters, as said in a sentence; `spoiled`: left sides that derivatives define,
    which are no part of the forward pass; `in_cases`: those that a case defines, with the number of the formula;
    `unread`: the letters of left sides that cannot be read, `unread_heads` those that these begin with, where their
    part of the text says nothing else of them; `heads`: what stands before brackets, and whether with a prime;
    `gradients`: the accent that makes the name of a gradient; `lying`: that gradients are rows; `own`: the numbers of
    the formulas that mean one network.
    """

    text: Sentences
    shapes: list[Declared] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    listed: list[Declared] = field(default_factory=list)
    functions: dict[str, tuple[str, Declared]] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    ranges: list[tuple[str, Declared]] = field(default_factory=list)
    spoiled: list[Node] = field(default_factory=list)
    in_cases: list[tuple[int, Node]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    unread_heads: set[tuple[str, int]] = field(default_factory=set)
    layout: str = ""
    lying: bool = False
    operators: dict[str, str] = field(default_factory=dict)
    heads: dict[str, bool] = field(default_factory=dict)
    gradients: GradientNotation | None = None
    own: range = range(sys.maxsize)

    def is_own(self, said: Said) -> bool:
        """Return whether a statement means this network: one of its own formulas, or one that a model adds."""
        return said.number in self.own or said.is_added

    def derivatives(self, own: bool = False) -> Iterator[tuple[Node, Node]]:
        """Yield the names that the text differentiates, with those by which; those of its `own` formulas alone."""
        yield from (pair for number, pair in self._written_derivatives if not own or number in self.own)
        for said in self.text.said if self.gradients is not None else ():
            if self.gradients is not None and (not own or said.number in self.own):
                yield from ((self.gradients.loss, below) for _, below in self.gradients.names_in(said.statement.body))

    @cached_property
    def _written_derivatives(self) -> tuple[tuple[int, tuple[Node, Node]], ...]:
        return tuple((said.number, pair) for said in self.text.said for pair in derivatives(said.statement.body))

    def up_to(self, own: range, order: Sequence[int]) -> Collected:
        """Return what is declared up to the end of one's own formulas, in an order; what is said of functions stays."""
        end = own.stop
        rank = {number: place for place, number in enumerate(order)}
        said = sorted((d for d in self.shapes if d.number < end), key=lambda declared: rank[declared.number])
        equations = sorted((e for e in self.equations if e.said.number < end), key=lambda e: rank[e.said.number])
        words = sorted((word for word in self.words if word.number < end), key=lambda word: rank[word.number])
        in_cases = [(number, name) for number, name in self.in_cases if number in own]
        return replace(self, shapes=said, equations=equations, words=words, in_cases=in_cases, own=own)


def collect(text: Sentences) -> Collected:
    """Return what a document declares."""
    found = Collected(text)
    found.words = list(dict.fromkeys((*words_said(text), *columns_listed(text))))
    layout = layout_said(text)
    found.layout = layout[0] if layout is not None else ""
    heads = found.heads = _heads(text)
    found.gradients = gradient_notation(text, found.words)
    functions = [word for word in found.words if word.meaning == "function"]
    in_part = {head_key(word.name) for word in functions if _is_of_some_layers(word, text)}
    for word in functions:
        _add_function(word, "any" if head_key(word.name) in in_part else word.value, heads, found)
    _add_softmax(text, found)
    _add_named_functions(text, heads, found)
    for said in text.said:
        if not text.is_denied(said.number):
            _membership(said, found)
            _own_entries(said, found)
            _range(said, found)
            _range_in_words(said, found)
            _enumerations(said, found)
    families = set(_families(found))
    found.shapes += [declared for declared in found.listed if declared.plain not in families]
    for said in text.said:
        if text.is_of_a_case(said.number) or text.is_denied(said.number):
            _of_a_case(said, found)
        if not text.is_of_a_case(said.number):
            _equation(said, found)
            _named_twice(said, found)
            _named_last(said, found)
    arrays = {equation.base for equation in found.equations if equation.arguments is None and equation.left.scripted}
    found.functions = {key: one for key, one in found.functions.items() if one[0] != "any" or key not in arrays}
    found.ranges = [(letter, _of_computed(range_, letter, found)) for letter, range_ in found.ranges]
    losses = list(_add_loss_functions(heads, found))
    applied = {key for key, _, _ in heads_in(equation.right for equation in found.equations)}
    for word in found.words:
        key = head_key(word.name)
        if word.meaning == "loss" and key in applied and all(e.base != key for e in found.equations):
            _add_function(word, "any scalar", heads, found)
    found.words += losses
    _add_open_functions(found)
    _add_general_functions(text, found)
    _open_by_primes(text, found)
    lying = {word.name.base.plain for word in found.words if word.meaning == "lies"}
    found.lying = gradients_lie(text) or any(node.base.plain in lying for node in found.spoiled)
    for number in text.unread:
        _spoil(text.regions[number], number, found)
    defined = {(equation.left.base.plain, text.section(equation.said.number)) for equation in found.equations}
    found.unread_heads = {(name, n) for name, n in found.unread_heads if (name, text.section(n)) not in defined}
    return found


def _heads(text: Sentences) -> dict[str, bool]:
    """Return the bases that stand before brackets, and whether one of them has a prime."""
    found: dict[str, bool] = {}
    for key, node, _ in heads_in(said.statement.body for said in text.said):
        primed = node.primes > 0
        found[key] = found.get(key, False) or primed
    return found


def _add_function(word: Word, value: str, heads: dict[str, bool], found: Collected) -> None:
    """Put down what a head is; g^{[L]} beside g^{[l]} is another function than that."""
    key = head_key(word.name)
    built_in = key in BUILT_IN and not value.startswith("softmax over")
    own = word.name.text if _is_of_one_layer(word.name) else key
    if key is None or own is None or key not in heads or own in found.functions or built_in:
        return
    region = found.text.regions[word.number]
    found.functions[own] = (value, _declared(word.name, word.name, region, word.number))


def _is_of_some_layers(word: Word, text: Sentences) -> bool:
    """Return whether a sentence says of the first or last layer alone what a function is that is applied at l, where
    l - 1 makes it count the layers: in the output layer, $g$ is the identity."""
    kinds = {"first", "last"}.intersection(layers_named(text.regions[word.number]))
    if not kinds or _is_of_one_layer(word.name):
        return False
    counting = shifted_letters(said.statement for said in text.said)
    key, heads = head_key(word.name), heads_in(said.statement.body for said in text.said)
    return any(head == key and any(node.letter in counting for node in walk(group)) for head, _, group in heads)


def _is_of_one_layer(name: Node) -> bool:
    """Return whether the name of a function has a layer that is a number or a capital above it: g^{[L]}, f^{(2)}."""
    inner = [piece.body for piece in name.pieces if isinstance(piece, Group)] if name.scripted else []
    return len(inner) == 1 and (isinstance(inner[0], Number) or inner[0].symbol.isupper())


def _add_general_functions(text: Sentences, found: Collected) -> None:
    """Take for an open function of each entry the g^{[l]} of which the text says at some layers what it is."""
    said = {declared.key for key, (_, declared) in found.functions.items() if key != declared.key}
    for one in text.said if said - set(found.functions) else ():
        for key, node, _ in heads_in([one.statement.body]):
            if key in said - set(found.functions) and node.scripted and not node.primes and not _is_of_one_layer(node):
                found.functions[key] = ("any", _declared(node, node, one.region, one.number))


def _add_open_functions(found: Collected) -> None:
    """Take for an open function what equations apply to several names, h_t = f(x_t, h_{t-1}, w), or what one name is of
    another, y = g(x), and nothing else says: no factor stands before such a bracket, or is called so."""
    said = {declared.plain for declared in found.shapes} | {node.base.plain for node in found.spoiled} | found.unread
    said |= {equation.left.base.plain for equation in found.equations} | BUILT_IN | set(found.functions)
    alone = _factors_in(found)
    for equation in found.equations:
        heads = list(heads_in([equation.right]))
        for _, head, group in heads:
            if group.opening != "(" or found.heads.get(head.base.key or "", True) or head.base.plain in said:
                continue
            several = isinstance(group.body, Tuple)
            whole = _applied(equation.right) == (head, group) and group.body.base.key is not None
            if several or (whole and head.base.symbol in USUAL - alone):
                kind = _open_kind(equation, head, group, len(heads), found)
                _add_function(Word("function", equation.said.number, head), kind, found.heads, found) if kind else None


def _factors_in(found: Collected) -> set[str]:
    """Return the letters that stand somewhere without a bracket behind them, derivatives apart."""
    heads = {id(node) for _, head, _ in heads_in(found.text.bodies) for node in walk(head)}
    tops = {id(inner) for top, _ in found.derivatives() for inner in walk(top)}
    nodes = (node for body in found.text.bodies for node in walk(body))
    return {node.base.plain or "" for node in nodes if id(node) not in heads | tops}


def _open_kind(equation: Equation, head: Node, group: Group, heads: int, found: Collected) -> str:
    """Return what an open function gives: a vector that is declared, or a number of numbers; "" where nothing tells.

    One with a capital is differentiated, else it may join arrays.
    """
    arrays = {word.name.base.key for word in found.words if word.meaning in {"some vector", "some matrix"}}
    vectors = {declared.key for declared in found.shapes if re.search(r"\^[^\\]*$|\^\{(?!.*\\times)", declared.text)}
    arguments = group.body.items if isinstance(group.body, Tuple) else (group.body,)
    names = [equation.left, *arguments]
    if equation.left.base.key in vectors and heads == 1:
        return "any vector" if len(arguments) > 1 else ""
    plain = all(name.base.key == name.base.plain and name.base.key not in arrays for name in names)
    small = head.base.plain in {top.base.plain for top, _ in found.derivatives()} or head.base.symbol.islower()
    if not plain or not small or not all(name.symbol or name.scripted for name in names):
        return ""
    keys = {name.base.key for name in names}
    bodies = (body for body in found.text.bodies if not isinstance(body, Relation) or body.links[0].operator != r"\in")
    beside = (body for body in bodies if keys.intersection(node.base.key for node in walk(body)))
    if any(_is_of_arrays(node, keys) for body in beside for node in walk(body)):
        return ""
    return "any of numbers" if len(arguments) > 1 else "any of a number"


def _is_of_arrays(node: Node, keys: set[str | None]) -> bool:
    """Return whether a part of a formula is a mark of arrays: ᵀ, ⊙, bars of a norm, a bold letter, the W of W x."""
    if isinstance(node, Product):
        pairs = pairwise(node.items)
        before = any(a.node.base.symbol.isupper() and b.node.base.key in keys and not b.operator for a, b in pairs)
        return before or any(item.operator in _OF_ARRAYS for item in node.items)
    norm = isinstance(node, Group) and node.opening in {r"\|", "‖"}
    turned = node.scripted and any(piece.is_transpose for piece in node.pieces)
    return norm or turned or isinstance(node, Matrix) or (isinstance(node, Name) and (node.key or "").startswith(_BOLD))


def _add_loss_functions(heads: dict[str, bool], found: Collected) -> Iterator[Word]:
    """Take for an open loss what a loss is said to be by an equation, without a formula: J = e(a, y); yield those that
    are losses themselves.

    Of the terms of a sum it is one of several arguments, which no bracket behind a factor has: J = e(a, y) + λ R. What
    is differentiated by its name alone, ∂e/∂a, is one.
    """
    losses = {head_key(word.name) for word in found.words if word.meaning in {"loss", "loss of"}}
    defined = {equation.base for equation in found.equations}
    tops = {top.key for top, _ in found.derivatives()}
    for equation in (e for e in found.equations if e.base in losses):
        right = equation.right
        terms = [term.node for term in right.terms] if isinstance(right, Additive) else [right]
        for head, group in map(_applied, terms):
            several = group is not None and isinstance(group.body, Tuple)
            if group is None or not (several or len(terms) == 1) or head.base.key in defined:
                continue
            if head.base.key in tops:
                yield Word("loss", equation.said.number, head)
            else:
                _add_function(Word("function", equation.said.number, head), "any scalar", heads, found)


def _applied(node: Node) -> tuple[Node, Group | None]:
    """Return a head with the bracket that it is applied to; None where a node is no more than a name."""
    items = node.items if isinstance(node, Product) else ()
    if len(items) == 2 and isinstance(items[1].node, Group) and not items[1].operator:
        return items[0].node, items[1].node
    return node, None


def _add_softmax(text: Sentences, found: Collected) -> None:
    """Put down over which axis the softmax is taken, if a sentence says it."""
    value = softmax_said(text)
    reads = OF_WHOLE_ARRAYS["softmax"][1].split()
    for said in text.said if value else ():
        for key, node, _ in heads_in([said.statement.body]):
            if key in reads and key not in found.functions:
                found.functions[key] = (value, _declared(node.base, node.base, said.region, said.number))


def _add_named_functions(text: Sentences, heads: dict[str, bool], found: Collected) -> None:
    """Put down what equations without arguments say that applied letters are: g = tanh."""
    for said in text.said:
        body = said.statement.body
        link = body.links[0] if isinstance(body, Relation) and len(body.links) == 1 else None
        if link is None or link.operator not in EQUATES or not isinstance(body, Relation):
            continue
        if body.first.scripted and not _is_of_one_layer(body.first):
            continue
        value = READS.get(link.node.key or "")
        doubted = text.is_denied(said.number) or text.is_of_a_case(said.number)
        if value is not None and BY_NAME[value].arity == 1 and head_key(body.first) in heads and not doubted:
            _add_function(Word("function", said.number, body.first), value, heads, found)


def _open_by_primes(text: Sentences, found: Collected) -> None:
    """Take for an open function of each entry what is applied and has a slope, g(a) and g'(a), also with a layer."""
    known = {e.base for e in found.equations} | {head_key(n) for d in found.shapes for n in _first_names(text, d)}
    applied = [(key, node, said) for said in text.said for key, node, _ in heads_in([said.statement.body])]
    for key in dict.fromkeys(key for key, node, _ in applied if node.primes):
        if key not in found.functions and key not in BUILT_IN and key not in known:
            heads = [(node, said) for other, node, said in applied if other == key]
            layered = ((node, said) for node, said in heads if node.sup is not None and not node.primes)
            node, said = next(layered, (heads[0][0].base, heads[0][1]))
            found.functions[key] = ("any", _declared(node, node, said.region, said.number))


def _first_names(text: Sentences, declared: Declared) -> list[Node]:
    bodies = [s.body for s in text.of(declared.number)]
    return [name for b in bodies if isinstance(b, Relation) for name in names_in(b.first)]


def _declared(first: Node, last: Node, region: FormulaRegion, number: int) -> Declared:
    span = first.span | last.span
    return Declared(head_key(first) or "", latex_of(region, span), region, span, number)


def _membership(said: Said, found: Collected) -> None:
    """Take up that names are in ℝ^{m × n}."""
    body = said.statement.body
    if not isinstance(body, Relation) or body.links[-1].operator != r"\in":
        return
    link = body.links[-1]
    choices = is_set_of_numbers(link.node)
    if not (is_set_of_reals(link.node) or choices) or (said.statement.conditions and size_part(link.node) is None):
        return
    try:
        sets = r"\mathbb{R}" if choices else latex_of(said.region, link.node.span)
        named = entries_named(body)
        alone = body.links[-2].node if isinstance(body.first, Empty) and len(body.links) > 1 else body.first
        first = alone if named is None or _computes_with(named[0], said, found.text) else named[1].base
        items = first.items if isinstance(first, Tuple) else (first,)
        if any(isinstance(item, Dots) for item in items):
            _listed_shapes(said, sets, found)
            return
        for name in items:
            left = left_side(name, in_model=True)
            key = head_key(left.name) if left is not None else None
            if left is not None and key is not None:
                span = left.name.span | (left.arguments.span if left.arguments is not None else left.name.span)
                text = rf"{latex_of(said.region, span)} \in {sets}"
                plain = left.name.base.plain or key
                found.shapes.append(Declared(key, text, said.region, body.span, said.number, plain))
    except LatexError:
        return


def _families(found: Collected) -> Iterator[str]:
    """Yield the names of which a text says what they are with an index: the x of x_t ∈ ℝ^d, of which x_1, …, x_T are
    no entries."""
    for declared in found.shapes:
        if "_" in declared.text.partition(r"\in")[0]:
            yield declared.plain
    for word in found.words:
        if word.meaning in {"vector", "some vector", "row vector"} and word.name.sub is not None:
            yield word.name.base.plain or ""


def _own_entries(said: Said, found: Collected) -> None:
    """Take up how many entries a formula says that a vector has: x = (x_1, …, x_n)^T."""
    listed, body = own_entries(said.statement.body), said.statement.body
    key = head_key(body.first) if isinstance(body, Relation) else None
    if listed is None or key is None or not isinstance(body, Relation):
        return
    try:
        text = rf"{latex_of(said.region, body.first.span)} \in \mathbb{{R}}^{{{listed.end(said.region)}}}"
    except LatexError:
        return
    found.listed.append(Declared(key, text, said.region, place_of(said), said.number, body.first.plain or key))


def _computes_with(whole: Node, said: Said, text: Sentences) -> bool:
    """Return whether another equation of a text has an array as a whole, not its entries alone."""
    bodies = [one.statement.body for one in text.said if one is not said]
    rights = [link.node for body in bodies if isinstance(body, Relation) for link in body.links]
    return any(node.text == whole.text and node.sub is None for right in rights for node in walk(right))


def _listed_shapes(said: Said, sets: str, found: Collected) -> None:
    """Take up that x_1, …, x_N are in a set: x_n is. Raises: LatexError as `latex_of` does."""
    for listed in enumerations(said.statement.body):
        for letter in listed.letters(_behind(said, found.text))[:1]:
            text = rf"{listed.written(letter, said.region)} \in {sets}"
            plain = listed.name.base.plain or listed.base
            found.shapes.append(Declared(listed.base, text, said.region, place_of(said), said.number, plain))


def _behind(said: Said, text: Sentences) -> list[Node]:
    """Return what is said in the same part of a text and behind it."""
    return [one.statement.body for one in text.said if text.section(one.number) >= text.section(said.number)]


def _enumerations(said: Said, found: Collected) -> None:
    """Take up how far the letters go that count names: x_1, …, x_N."""
    for listed in enumerations(said.statement.body):
        for letter in listed.letters(_behind(said, found.text)):
            try:
                text = listed.range_of(letter, said.region)
            except LatexError:
                continue
            declared = Declared("", text, said.region, place_of(said), said.number, of=frozenset({listed.base}))
            found.ranges.append((letter, declared))
        _entries_of_a_vector(listed, said, found)


def _entries_of_a_vector(listed: Enumeration, said: Said, found: Collected) -> None:
    """Take up how long a bold vector is of which a text lists the entries: 𝐮 = g(𝐱) beside u_1, …, u_m."""
    key = listed.name.base.key or ""
    nodes = (node for body in found.text.bodies for node in walk(body) if not node.scripted)
    vectors = {node.key: node for node in nodes if node.plain == key != node.key}
    others = (e for body in found.text.bodies for e in enumerations(body) if e.base == listed.base)
    ends = {e.last.inside.text for e in others if e.last.inside.symbol or isinstance(e.last.inside, Number)}
    alone = isinstance(said.statement.body, Tuple) and not listed.above and listed.first.inside.text == "1"
    if alone and len(vectors) == 1 and ends == {listed.last.inside.text}:
        (vector,) = vectors
        try:
            text = rf"{vector} \in \mathbb{{R}}^{{{listed.end(said.region)}}}"
        except LatexError:
            return
        found.listed.append(Declared(vector or "", text, said.region, place_of(said), said.number, key))


def is_set_of_numbers(node: Node) -> bool:
    """Return whether a formula lists what a number may be: {0, 1}, {-1, 1}; not a range of an index."""
    if not isinstance(node, Group) or node.opening != r"\{" or not isinstance(node.body, Tuple):
        return False
    items = node.body.items
    return len(items) > 1 and all(re.fullmatch(r"[+-]?\d+", item.text) is not None for item in items)


def _range(said: Said, found: Collected) -> None:
    """Take up over what an index letter runs: l = 1, …, L, 1 ≤ k ≤ L, k ∈ {1, …, K}."""
    body = said.statement.body
    whole = [body] if isinstance(body, Relation) else []
    for relation in whole:
        letter = _ranged(relation)
        if letter is not None:
            try:
                declared = _declared(relation, relation, said.region, said.number)
            except LatexError:
                return
            numbers = _numbers_in_a_row(relation)
            text = rf"{numbers[0]} \le {letter} \le {numbers[-1]}" if numbers else declared.text
            found.ranges.append((letter, replace(declared, text=text)))


def _range_in_words(said: Said, found: Collected) -> None:
    """Take up a range that words say: from $t = 1$ to $t = T$, from $t = 1$ up to $T$."""
    body, behind = said.statement.body, found.text.of(said.number + 1)
    if len(behind) != 1 or not found.text.goes_up(said.number) or not isinstance(body, Relation):
        return
    last = behind[0].body
    last = last.links[0].node if isinstance(last, Relation) and last.first.symbol == body.first.symbol else last
    starts = body.first.symbol and len(body.links) == 1 and isinstance(body.links[0].node, Number)
    if starts and (isinstance(last, Number) or last.symbol):
        text = rf"{latex_of(said.region, body.span)}, \dots, {latex_of(found.text.regions[said.number + 1], last.span)}"
        found.ranges.append((body.first.symbol, Declared("", text, said.region, body.span, said.number)))


def _numbers_in_a_row(relation: Relation) -> list[int]:
    """Return the numbers that a letter is said to be one after the other: l = 1, 2, 3."""
    target = relation.links[0].node
    texts = [item.text for item in target.items] if isinstance(target, Tuple) else []
    numbers = [int(text) for text in texts if text.isdecimal()]
    in_a_row = len(numbers) == len(texts) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return numbers if in_a_row else []


def _ranged(relation: Relation) -> str | None:
    """Return the letter whose range a relation says in full, not t = 1, 2, … without an end."""
    links = relation.links
    if len(links) == 2 and all(link.operator in ORDERS for link in links):
        return links[0].node.symbol or None
    if len(links) != 1 or not relation.first.symbol:
        return None
    target = links[0].node
    items: tuple[Node, ...] = ()
    if links[0].operator == "=" and isinstance(target, Tuple):
        items = target.items
    if links[0].operator == r"\in" and isinstance(target, Group) and isinstance(target.body, Tuple):
        items = target.body.items
    in_a_row = links[0].operator == "=" and _numbers_in_a_row(relation)
    has_end = any(isinstance(item, Dots) for item in items) and not isinstance(items[-1], Dots)
    return relation.first.symbol if in_a_row or has_end else None


def _equation(said: Said, found: Collected) -> None:
    """Take up an equation that defines a new name."""
    body = said.statement.body
    if not isinstance(body, Relation) or body.links[0].operator not in EQUATES - _ARROWS:
        return
    left = left_side(body.first, in_model=True)
    key = head_key(left.name) if left is not None else None
    rights = [link.node for link in body.links if link.operator in EQUATES]
    right = next((node for node in rights if not _is_probability(node) and not _only_names(node, found)), rights[0])
    if left is None or key is None or key in BUILT_IN or _ranged(body) is not None or key in _NO_NAMES:
        return
    if entries_named(body) is not None:
        return  # what the entries are called
    if right.symbol and any(right.symbol in size.group(1) for d in found.shapes for size in _SIZES.finditer(d.text)):
        return  # a size has another name
    if any(isinstance(inner, Text) and inner.content.isdigit() for inner in walk(right)):
        found.unread_heads.add((left.name.base.plain or key, said.number))
        return  # \text{2} is no number
    if _starts_with(right, left.name) or isinstance(right, Tuple) or found.text.is_denied(said.number):
        return
    if {key, left.name.text} & set(found.functions) and left.arguments is None and isinstance(right, Name):
        return  # which function it is
    functions = {*found.functions, *BUILT_IN, *found.heads}
    bare = left.arguments is not None and not left.name.scripted
    if bare and any(declared.key == key and "(" not in declared.text for declared in found.shapes):
        return  # x is an array, and x(u) something else
    if left.arguments is not None and right.text == left.arguments.body.text and _is_written_before(key, said, found):
        return  # where a function is the identity
    counted = any(isinstance(node, Dots) for node in left.given)
    given = [left_side(node, in_model=True) for node in left.given if not isinstance(node, Dots)]
    if any(own is None or own.key is None for own in given):
        return  # a value at a place
    if has_derivative(left.name, functions) or (key in found.functions and left.arguments is not None):
        return
    is_gradient = found.gradients is not None and found.gradients.without_sign(left.name) is not None
    if is_gradient or has_derivative(right, functions):
        found.spoiled.append(left.name)
        return
    if is_number(right) and not _is_start(left.name, right):
        return  # a value of an example
    if isinstance(right, Product) and any(i.operator == r"\circ" and i.node.base.key == key for i in right.items):
        return  # a function is composed of others
    ends_range = bool(body.first.symbol) and found.text.goes_up(said.number - 1)
    if ends_range or {body.first.symbol, right.symbol} <= found.text.index_letters:
        return  # one index is another one: k = a
    if (
        _is_solution(left.name, right, found)
        or any(columns_of(body))
        or own_entries(body) is not None
        or _joins_what_is_nowhere_else(right, said, found)
    ):
        return
    alias, arguments = _is_alias(left.name, right), None if counted else left.arguments
    found.equations.append(Equation(key, left.name, right, said.statement.conditions, said, arguments, alias))


def _of_a_case(said: Said, found: Collected) -> None:
    """Put down a name of which an equation says in a case what it is, h = a if a > 0, or what it is not: where nothing
    else defines it, it is no input."""
    body = said.statement.body
    if isinstance(body, Relation) and body.links[0].operator in EQUATES - _ARROWS and not is_number(body.links[0].node):
        left = left_side(body.first, in_model=True)
        if left is not None and not has_derivative(body):
            found.in_cases.append((said.number, left.name))


def _is_written_before(key: str, said: Said, found: Collected) -> bool:
    """Return whether a formula before one applies a function already."""
    bodies = (other.statement.body for other in found.text.said if other.number < said.number)
    return any(head == key for head, _, _ in heads_in(bodies))


def _joins_what_is_nowhere_else(right: Node, said: Said, found: Collected) -> bool:
    """Return whether an equation joins arrays of which the text says nothing else, z = [h_{t-1}, x_t]: z is given."""
    items = right.body.items if isinstance(right, Group) and isinstance(right.body, Tuple) else ()
    if not items or not all(isinstance(item.base, Name) for item in items):
        return False
    others = [node for one in found.text.said if one is not said for node in walk(one.statement.body)]
    bases = {item.base.plain for item in items if item.scripted}
    written = {item.text for item in items}
    return not any(node.text in written or (node.scripted and node.base.plain in bases) for node in others)


def _named_twice(said: Said, found: Collected) -> None:
    """Take up the second name of y = a = σ(z), which no other formula says."""
    body = said.statement.body
    if not isinstance(body, Relation) or len(body.links) < 2:
        return
    name, link = body.links[0].node, body.links[1]
    here = found.text.section(said.number)
    bodies = (one.statement.body for one in found.text.said if found.text.section(one.number) == here)
    others = {one.first.text for one in bodies if isinstance(one, Relation)}
    known = {declared.plain for declared in found.shapes}
    is_new = isinstance(name.base, Name) and name.text not in others and name.base.plain not in known
    if is_new and {body.links[0].operator, link.operator} <= EQUATES - _ARROWS and not is_number(link.node):
        own = replace(body, span=name.span | link.node.span, first=name, links=body.links[1:])
        _equation(replace(said, statement=replace(said.statement, body=own)), found)


def _named_last(said: Said, found: Collected) -> None:
    """Take up a name that an equation gives to what stands on its left: let Σ_j e^{f_j} = S."""
    body = said.statement.body
    link = body.links[0] if isinstance(body, Relation) and len(body.links) == 1 else None
    if link is None or link.operator != "=" or not link.node.symbol or not isinstance(body, Relation):
        return
    before = found.text.flow.partition(f"«{said.number}»")[0]
    lefts = {one.first.text for one in found.text.bodies if isinstance(one, Relation)}
    if left_side(body.first) is None and link.node.text not in lefts and _LET.search(before) is not None:
        turned = replace(body, first=link.node, links=(replace(link, node=body.first),))
        _equation(replace(said, statement=replace(said.statement, body=turned)), found)


def _is_solution(left: Node, right: Node, found: Collected) -> bool:
    """Return whether an equation solves for what the text differentiates by, w = (X^T X)^{-1} X^T y."""
    inverts = any(
        node.scripted and isinstance(node.base, Group) and node.pieces and node.pieces[-1].text in INVERSES
        for node in walk(right)
    )
    return inverts and not left.scripted and any(by.text == left.text for _, by in found.derivatives())


def _is_probability(node: Node) -> bool:
    """Return whether an expression has a probability in it: the P(w | c) of y_w = P(w | c) = … says what is meant, not
    how it is computed."""
    return any(isinstance(inner, Relation) and inner.links[0].operator == r"\mid" for inner in walk(node))


def _only_names(node: Node, found: Collected) -> bool:
    """Return whether an expression applies what the text says nothing of to names: the CE(y, p) of J = CE(y, p) = …,
    which says what the loss is called, not how it is computed."""
    items = node.items if isinstance(node, Product) else ()
    group = items[-1].node if len(items) > 1 else None
    if not isinstance(group, Group) or group.opening != "(" or any(item.operator for item in items[1:]):
        return False
    heads = [item.node.base for item in items[:-1]]
    said = {declared.plain for declared in found.shapes} | {word.name.base.plain for word in found.words}
    said |= {one.first.base.plain for one in found.text.bodies if isinstance(one, Relation)}
    known = any(head.key in found.functions or head.key in BUILT_IN or head.plain in said for head in heads)
    names = group.body.items if isinstance(group.body, Tuple) else (group.body,)
    several = len(heads) == 1 or (len(names) > 1 and all(head.symbol.isupper() for head in heads))
    return not known and several and all(name.base.key is not None for name in (*heads, *names))


def _is_alias(left: Node, right: Node) -> bool:
    """Return whether an equation gives another name to entries, x_{ij} = X_{ij}, or says a one-hot vector, e(c)."""
    if isinstance(right, Product) and len(right.items) == 2:
        group = right.items[1].node
        return isinstance(group, Group) and one_hot_letter(right.items[0].node, group.body) is not None
    if right.scripted and one_hot_letter(right, None) is not None:
        return True
    if not left.scripted or not right.scripted or right.base.key is None:
        return False
    below, other = (side.sub.text.replace(",", "") if side.sub is not None else "" for side in (left, right))
    entries = len(below) == 2 and below.isalpha() and below.islower()
    return entries and below == other and _above(left) == _above(right)


def _above(node: Node) -> str:
    return node.sup.text if node.sup is not None else ""


def is_number(node: Node) -> bool:
    """Return whether a side has no letters in it: 0, or 2 \\cdot 3 + 1, as the values of an example have."""
    return not any(isinstance(inner, Name) for inner in walk(node))


def _is_start(left: Node, right: Node) -> bool:
    """Return whether an equation says where something begins, h_0 = 0, or what a unit for the bias is, x_0 = 1."""
    places = [node.text.strip("()[]") for node in (left.sub, left.sup) if node is not None]
    return right.text in {"0", "1"} and "0" in places


def _starts_with(right: Node, left: Node) -> bool:
    """Return whether a right side begins with the left one, as in an update."""
    while isinstance(right, Additive | Product):
        right = right.terms[0].node if isinstance(right, Additive) else right.items[0].node
    return right.text == left.text


def _spoil(region: FormulaRegion, number: int, found: Collected) -> None:
    """Put down that something is said of a name that cannot be read."""
    try:
        tokens = scan(region.clean, region.span)
    except LatexError:
        return
    for letters, begins in left_sides(tokens):
        found.unread |= {token.text for token in letters}
        found.unread_heads |= {(letters[0].text, number)} if begins else set()


def conditions_of(equation: Equation, found: Collected) -> Iterator[str]:
    """Yield the conditions of an equation as LaTeX: its own, else the ranges of its letters that a sentence says."""
    own = [latex_of(equation.said.region, node.span) for node in equation.conditions]
    if own:
        yield from own
        return
    letters = {node.symbol for node in walk(equation.left)} - {equation.base}
    for letter in dict.fromkeys(letter for letter, _ in found.ranges if letter in letters):
        said = range_said(letter, equation, found)
        if said is not None:
            yield said.text


def range_said(letter: str, equation: Equation, found: Collected) -> Declared | None:
    """Return the range that a text says of a letter and that is meant in an equation: that of what it is computed from
    entry by entry, if it says several."""
    known = _ranges_of(letter, equation, found)
    if len({range_.text for range_ in known}) > 1:
        equation = _source_of(letter, equation, found)
        known = _ranges_of(letter, equation, found)
    return _nearest(known, equation.said.number, found.text) if known else None


def _ranges_of(letter: str, equation: Equation, found: Collected) -> list[Declared]:
    said = (range_ for other, range_ in found.ranges if other == letter)
    return [range_ for range_ in said if not range_.of or equation.base in range_.of]


def _source_of(letter: str, equation: Equation, found: Collected) -> Equation:
    """Return the first of the equations before one that define what it is computed from with the same indices."""
    for _ in found.equations:
        alike = {node.base.key for node in _with_letter(equation.right, letter) if _same_indices(node, equation.left)}
        before = (e for e in found.equations if e.base in alike and e.said.number <= equation.said.number)
        source = next((e for e in before if e is not equation and _same_indices(e.left, equation.left)), None)
        if source is None:
            break
        equation = source
    return equation


def _same_indices(one: Node, other: Node) -> bool:
    return one.sub is not None and other.sub is not None and one.sub.text == other.sub.text


def _of_computed(range_: Declared, letter: str, found: Collected) -> Declared:
    """Return a range that is said of one name as that of all names that are computed from it, with the same letter."""
    return replace(range_, of=_counted(range_.of, letter, found.equations)) if range_.of else range_


def _counted(names: Iterable[str], letter: str, equations: Iterable[Equation]) -> frozenset[str]:
    """Return the names whose letter runs as far as that of some: these, and what is computed from them."""
    counted = set(names)
    for equation in equations:
        inside = {node.base.key for side in (equation.left, equation.right) for node in _with_letter(side, letter)}
        if inside & counted and any(True for _ in _with_letter(equation.left, letter)):
            counted.add(equation.base)
    return frozenset(counted)


def _with_letter(side: Node, letter: str) -> Iterator[Node]:
    """Yield the names on which a letter stands, below or above."""
    for node in walk(side):
        scripts = (script for script in (node.sub, node.sup) if script is not None)
        if any(inner.symbol == letter for script in scripts for inner in walk(script)):
            yield node


def _nearest(ranges: list[Declared], number: int, text: Sentences) -> Declared:
    """Return the range that is said closest to a formula, of two as close the one in its sentence, else the one before
    it; else the first one."""
    near = [range_ for range_ in ranges if abs(range_.number - number) <= NEAR]

    def distance(range_: Declared) -> tuple[int, bool, int]:
        return abs(range_.number - number), not text.in_one_sentence(range_.number, number), range_.number

    return min(near, key=distance, default=ranges[0])
