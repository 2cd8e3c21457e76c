"""What a document declares, as data: names with their sets, words, functions, equations and ranges."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.document.pieces import FormulaRegion
from derive.lecture.gradient_names import GradientNotation
from derive.lecture.latex import latex_of
from derive.lecture.said import Said, Sentences, head_key
from derive.lecture.words import Word
from derive.notation.functions import BY_NAME, OF_MATRICES, OF_WHOLE_ARRAYS, READS
from derive.reader.syntax import (
    Group,
    Link,
    Node,
    Relation,
)
from derive.source import Span

_READ = {read for read, name in READS.items() if BY_NAME[name].arity < 2 or name in {"max", "min"}}
BUILT_IN = frozenset(_READ | set(OF_MATRICES) | {n for _, reads in OF_WHOLE_ARRAYS.values() for n in reads.split()})
"""Names of functions that mean the same everywhere: what is said of them is a claim."""


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


@dataclass(frozen=True)
class Collected:
    """What a document declares.

    `shapes`: the names whose set or entries are said, as written, by base; `words`: what sentences say of names;
    `functions`: the heads that are functions, with what they are; `equations` in reading order; `ranges`: those of
    index letters, as said in a sentence; `spoiled`: left sides that derivatives define, which are no part of the
    forward pass; `in_cases`: those that a case defines, with the number of the formula; `unread`: the letters of left
    sides that cannot be read, `unread_heads` those that these begin with, with the number of the formula, where their
    part of the text says nothing else of them; `heads`: what stands before brackets, and whether with a prime;
    `gradients`: the accent that makes the name of a gradient; `lying`: that gradients are rows; `own`: the numbers of
    the formulas that mean one network.
    """

    text: Sentences
    shapes: tuple[Declared, ...] = ()
    words: tuple[Word, ...] = ()
    functions: Mapping[str, tuple[str, Declared]] = field(default_factory=dict)
    equations: tuple[Equation, ...] = ()
    ranges: tuple[tuple[str, Declared], ...] = ()
    spoiled: tuple[Node, ...] = ()
    in_cases: tuple[tuple[int, Node], ...] = ()
    unread: frozenset[str] = frozenset()
    unread_heads: frozenset[tuple[str, int]] = frozenset()
    layout: str = ""
    lying: bool = False
    operators: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, bool] = field(default_factory=dict)
    gradients: GradientNotation | None = None
    own: range = range(sys.maxsize)

    def is_own(self, said: Said) -> bool:
        """Return whether a statement means this network: one of its own formulas, or one that a model adds."""
        return said.number in self.own or said.is_added

    def derivatives(self, own: bool = False) -> Iterator[tuple[Node, Node]]:
        """Yield the names that the text differentiates, with those by which; those of its `own` formulas alone."""
        yield from (pair for number, pair in self.text.derivatives if not own or number in self.own)
        for said in self.text.said if self.gradients is not None else ():
            if self.gradients is not None and (not own or said.number in self.own):
                yield from ((self.gradients.loss, below) for _, below in self.gradients.names_in(said.statement.body))

    def up_to(self, own: range, order: Sequence[int]) -> Collected:
        """Return what is declared up to the end of one's own formulas, in an order; what is said of functions stays."""
        end = own.stop
        rank = {number: place for place, number in enumerate(order)}
        said = sorted((d for d in self.shapes if d.number < end), key=lambda declared: rank[declared.number])
        equations = sorted((e for e in self.equations if e.said.number < end), key=lambda e: rank[e.said.number])
        words = sorted((word for word in self.words if word.number < end), key=lambda word: rank[word.number])
        in_cases = tuple((number, name) for number, name in self.in_cases if number in own)
        return replace(
            self, shapes=tuple(said), equations=tuple(equations), words=tuple(words), in_cases=in_cases, own=own
        )


def declared_at(first: Node, last: Node, region: FormulaRegion, number: int) -> Declared:
    span = first.span | last.span
    return Declared(head_key(first) or "", latex_of(region, span), region, span, number)
