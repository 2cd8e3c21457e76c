"""The statements of a document with their places, and its running text with a mark for each formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from derive.deadline import DeadlineExceeded, deadline
from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.lecture.bracket_indices import indexed_by_brackets, with_bracket_indices
from derive.lecture.joined_words import joined_words, with_joined_words
from derive.lecture.repeated_indices import with_sums
from derive.lecture.tables import with_tables_as_sentences
from derive.models.letters import is_set_of_reals, quantified_letters
from derive.notation.commands import STATEMENT_ENVIRONMENTS
from derive.notation.declared import (
    ALIKE,
    CASES,
    CORRECT_CLASS,
    GROUPS,
    NAMED_FIRST,
    NEGATIVES,
    WRONG,
    alternatives,
    pattern_of,
)
from derive.notation.phrases import words_of
from derive.notation.signs import ORDERS
from derive.notation.words import FORGET_GATES
from derive.prose.sentences import MAX_LEAD
from derive.prose.surroundings import conditions_on, sums_over_repeated
from derive.reader.derivatives import derivatives
from derive.reader.parser import parse_formula
from derive.reader.ranges import is_choice
from derive.reader.syntax import Group, Name, Node, Number, Product, Relation, Statement, Tuple, walk
from derive.source import Span
from derive.statements.left_sides import left_side

ADDED = "added to the text"
"""What the source of a formula is called that a model adds."""
MAX_SECONDS = 10.0
"""How long reading one formula may take."""
_SENTENCE = re.compile(r"[.!?:](?=\s|$)|\n\s*\n")
_PARTS = re.compile(
    r"\n[ \t>]*#{1,6}[ \t]|\\(?:sub){0,2}section\*?\s*\{|\\(?:sub)?paragraph\*?\s*\{|\\chapter\*?\s*\{|\\item\b"
    r"|\\begin\{[a-z]*(?:frame|example|exercise|problem|question)\}|\n[ \t]*(?:\*\*|\\textbf\{)[^\n]"
    r"|\n[^\n]+\n(?:={3,}|-{3,}|~{3,}|\^{3,}|\*{3,})[ \t]*\n|\n[ \t]*(?:[-*]|\d+[.)])[ \t]+(?=[^\n])"
)
_WORDS = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"(?ms)^[ \t]*(```+|~~~+)[^\n]*\n[^«]*?^[ \t]*\1[ \t]*$")
"""A fenced block of code, whose comments are no headings."""
_DISPLAYS = rf"(?:{'|'.join(sorted(map(str.lower, STATEMENT_ENVIRONMENTS)))})\\*?"
_DELIMITERS = re.compile(
    rf"(?:\$\$?|\\{{1,2}}[(\[]|\\begin\{{{_DISPLAYS}\}})\s*(«\d+»)\s*(?:\$\$?|\\{{1,2}}[)\]]|\\end\{{{_DISPLAYS}\}})"
)
_CORRECT = re.compile(rf"\b(?:{pattern_of(alternatives(CORRECT_CLASS))})")
_NEGATIVES = re.compile(rf"(?:{pattern_of(alternatives(NEGATIVES))})")
_AND_SO_ON = re.compile(rf"[^«».]{{0,40}}(?:{pattern_of(alternatives(ALIKE))})")
_UP_TO = rf"[\s$]*(?:{pattern_of(alternatives(GROUPS['up to']))})[\s$]*"
_NAMED_FIRST = re.compile(rf"(?<!\w)(?:{pattern_of(alternatives(NAMED_FIRST))})\s+(«\d+»)\s")
_GATES = re.compile(rf"{FORGET_GATES}|(?:^|(?<=[|&(,:;*-]))[\s*]*forget[\s*]*(?=[|&),:;]|$)")
"""What is called after forgetting, also alone in a cell, a list or before a colon."""
_PLURAL = re.compile(r"(«\d+»)'s\b")
_PLURAL_SIGN = re.compile(r"\s*(?:\$|\\\))?['’]s\b")
_CASES = frozenset(alternatives(CASES))
_WRONG = frozenset(alternatives(WRONG))


@dataclass(frozen=True, slots=True)
class Said:
    """A statement of a document, and the number of its formula."""

    statement: Statement
    number: int
    region: FormulaRegion = field(repr=False)

    @property
    def is_added(self) -> bool:
        """Whether a model adds it to the text."""
        return is_added(self.region)


@dataclass(frozen=True)
class Sentences:
    """The formulas of a document, what they say, and the words between them.

    `unread` are the numbers of formulas that cannot be read.
    """

    regions: tuple[FormulaRegion, ...]
    said: tuple[Said, ...]
    unread: tuple[int, ...] = ()

    def of(self, number: int) -> list[Statement]:
        """Return the statements of one formula."""
        return [said.statement for said in self._by_number.get(number, [])]

    @cached_property
    def _by_number(self) -> dict[int, list[Said]]:
        found: dict[int, list[Said]] = {}
        for said in self.said:
            found.setdefault(said.number, []).append(said)
        return found

    @cached_property
    def bodies(self) -> tuple[Node, ...]:
        """What all of its statements say."""
        return tuple(said.statement.body for said in self.said)

    @cached_property
    def derivatives(self) -> tuple[tuple[int, tuple[Node, Node]], ...]:
        """The names that it differentiates, with those by which, and with the numbers of the formulas."""
        return tuple((said.number, pair) for said in self.said for pair in derivatives(said.statement.body))

    @cached_property
    def index_letters(self) -> frozenset[str]:
        """The letters that stand below names and in brackets above them: the i, j and t of x_{ij}^{(t)}."""
        nodes = [node for body in self.bodies for node in walk(body)]
        places = [node.sub for node in nodes if node.sub is not None]
        places += [piece for node in nodes for piece in node.pieces if isinstance(piece, Group)]
        return frozenset(inner.symbol for place in places for inner in walk(place) if inner.symbol)

    @cached_property
    def flow(self) -> str:
        """The words of the document in small letters, «n» standing for formula n; different files are parted."""
        pieces: list[str] = []
        last: FormulaRegion | None = None
        for number, region in enumerate(self.regions):
            pieces.append(_words_between(last, region))
            pieces.append(f"«{number}»")
            last = region
        if last is not None:
            pieces.append(last.clean.text[last.span.end :])
        found = _CODE.sub("", "".join(pieces).lower().replace("’", "'"))
        found = _DELIMITERS.sub(lambda match: match[1], found)
        found = _PLURAL.sub(r"\1", found)
        found = with_tables_as_sentences(re.sub(r"[ \t\r]+", " ", found))
        return _NAMED_FIRST.sub(r"\1 is ", found)

    @cached_property
    def plurals(self) -> frozenset[int]:
        """The numbers of the formulas that are names in the plural: the $W$'s."""
        pairs = pairwise((*self.regions, None))
        texts = (
            (n, one, one.clean.text[one.span.end : other.span.start if other is not None else None])
            for n, (one, other) in enumerate(pairs)
            if one is not None
        )
        return frozenset(n for n, _, text in texts if _PLURAL_SIGN.match(text))

    def behind(self, said: Said) -> list[Node]:
        """Return what is said in the same part of the text as a statement, and behind it."""
        section = self.section(said.number)
        return [one.statement.body for one in self.said if self.section(one.number) >= section]

    def alike(self, name: Node) -> list[tuple[int, Node]]:
        """Return the names with the letter of one and a label below, each once, with the numbers of their formulas."""
        found: dict[str, tuple[int, Node]] = {}
        for said in self.said:
            for node in (inner for inner in walk(said.statement.body) if inner.base.plain == name.plain):
                below = {inner.symbol for inner in walk(node.sub)} if node.sub is not None else self.bound
                if node.sup is None and not below & self.bound:
                    found.setdefault(node.text, (said.number, node))
        return list(found.values())

    @cached_property
    def bound(self) -> frozenset[str]:
        """The letters that sums and ranges bind."""
        return frozenset({"", *quantified_letters(said.statement for said in self.said)})

    @cached_property
    def _sections(self) -> list[int]:
        """The number of the part that each formula stands in: headings, list items and bold beginnings part a text."""
        marks = [match.start() for match in _PARTS.finditer(self.flow)]
        places = [self.flow.find(f"«{number}»") for number in range(len(self.regions))]
        return [sum(mark < place for mark in marks) for place in places]

    def section(self, number: int) -> int:
        """Return which part of the text a formula stands in."""
        return self._sections[number] if number < len(self._sections) else -1

    def is_of_a_case(self, number: int) -> bool:
        """Return whether a formula is said of a case only: if $y = 1$, the loss is $J = …$."""
        return any(
            _is_if(words) and not (span is not None and (self._defines(span) or self._is_a_fact(span)))
            for words, span in (*conditions_on(self.regions, number), *self._supposed_before(number))
        )

    def _supposed_before(self, number: int) -> Iterator[tuple[str, Span]]:
        """Yield the relations between the "if" with which the sentence of a formula begins and the formula: if the unit
        is linear, $h(a) = a$, then …"""
        words = self._lead(number).split()
        if words and _is_if(words[0]):
            for other in map(int, re.findall(r"«(\d+)»", self._lead(number))):
                if any(isinstance(statement.body, Relation) for statement in self.of(other)):
                    yield words[0], self.regions[other].span

    def _is_a_fact(self, place: Span) -> bool:
        """Return whether the formula at a place says in which range an input is, s = x / κ with κ > 0: no case, as
        what is said of a computed name is, or what has another one, κ < 0."""
        region = next((region for region in self.regions if region.span == place), None)
        if region is None or _is_if(region.clean.text[max(0, place.start - MAX_LEAD) : place.start]):
            return False
        here = {
            body.first.symbol
            for number, body in self.comparisons
            if body.first.symbol and isinstance(body.links[-1].node, Number) and self.regions[number].span == place
        }
        signs = {(body.first.symbol, link.operator) for _, body in self.comparisons for link in body.links}
        several = any(sum(letter == other for other, _ in signs) > 1 for letter in here)
        return bool(here) and not here & self._computed and not several

    @cached_property
    def comparisons(self) -> tuple[tuple[int, Relation], ...]:
        """What the text says of order alone, T > 0 and a ≤ b < c, with the numbers of the formulas."""
        relations = ((said.number, said.statement.body) for said in self.said)
        return tuple((number, body) for number, body in relations if isinstance(body, Relation) and _orders(body))

    @cached_property
    def _computed(self) -> frozenset[str]:
        """The letters on the left of what is no comparison of letters: of equations and sets."""
        others = (body for body in self.bodies if isinstance(body, Relation))
        nodes = (node for one in others if not (_orders(one) and one.first.symbol) for node in walk(one.first))
        return frozenset(node.symbol for node in nodes)

    def _defines(self, span: Span) -> bool:
        """Return whether the formula at a place says a shape, or is an equation with more than a letter or a number on
        its right."""
        numbers = (number for number, region in enumerate(self.regions) if region.span == span)
        bodies = [statement.body for number in numbers for statement in self.of(number)]
        links = [body.links[0] for body in bodies if isinstance(body, Relation)]
        if any(link.operator == r"\in" and is_set_of_reals(link.node) for link in links):
            return True
        rights = [link.node for link in links if link.operator == "="]
        return bool(rights) and not any(isinstance(right, Number | Name) for right in rights)

    @cached_property
    def names_correct_class(self) -> bool:
        """Whether the text speaks of the correct class, which an index may stand for."""
        return _CORRECT.search(self.flow) is not None

    @cached_property
    def names_negatives(self) -> bool:
        """Whether the text speaks of negative samples, which the true one is not among."""
        return _NEGATIVES.search(self.flow) is not None

    def goes_on(self, number: int) -> bool:
        """Return whether words behind a formula say that others are alike: and so on."""
        behind = self.flow.partition(f"«{number}»")[2]
        return _AND_SO_ON.match(behind) is not None

    def goes_up(self, number: int) -> bool:
        """Return whether no more than "to" stands between a formula and the next one: from $t = 1$ to $T$."""
        return re.search(rf"«{number}»{_UP_TO}«{number + 1}»", self.flow) is not None

    def in_one_sentence(self, one: int, other: int) -> bool:
        """Return whether no sentence ends between two formulas."""
        first, last = sorted((one, other))
        between = self.flow.partition(f"«{first}»")[2].partition(f"«{last}»")[0]
        ended = (self.regions[n].clean.excerpt(self.regions[n].span).rstrip()[-1:] for n in range(first, last))
        return _SENTENCE.search(between) is None and not {".", "!", "?"}.intersection(ended)

    def is_denied(self, number: int) -> bool:
        """Return whether the sentence around a formula, or the one that leads to it, says that it is wrong."""
        return bool(_WRONG & set(_WORDS.findall(_GATES.sub(" ", self._around(number)))))

    def _around(self, number: int) -> str:
        """Return the words of the sentence that a formula stands in."""
        at = self.flow.find(f"«{number}»")
        behind = self.flow[at + len(f"«{number}»") : at + 200].lstrip(" \n$\\])")
        end = _SENTENCE.search(behind)
        ended = self.regions[number].clean.excerpt(self.regions[number].span).rstrip().endswith((".", "!", "?"))
        tail = "" if ended else behind[: end.start() if end else None]
        return f"{self._lead(number)} {tail}"

    def _lead(self, number: int) -> str:
        """Return the words of the sentence of a formula before it, or of the one that leads to it."""
        at = self.flow.find(f"«{number}»")
        before = self.flow[max(0, at - 400) : at].rstrip(" \n$\\[(")
        lead = before[:-1] if before.endswith((":", ".")) and self.regions[number].display else before
        start = max((match.end() for match in _SENTENCE.finditer(lead)), default=0)
        return lead[start:]


def _orders(relation: Relation) -> bool:
    """Return whether a relation compares and says nothing else."""
    return all(link.operator in ORDERS for link in relation.links)


def _is_if(words: str) -> bool:
    """Return whether words make a case, as "if" and "otherwise" do, and "for" and "where" do not."""
    return bool(_CASES & set(words_of(words)))


def is_added(region: FormulaRegion) -> bool:
    """Return whether a model adds a formula to the text."""
    return region.source.name == ADDED


def read_text(regions: Sequence[FormulaRegion]) -> Sentences:
    """Return what the formulas of a document say."""
    said: list[Said] = []
    unread: list[int] = []
    for number, region in enumerate(regions):
        if region.skip is not None:
            continue
        try:
            with deadline(MAX_SECONDS):
                statements = parse_formula(region.clean, region.read_span, region.macros).statements
        except (LatexError, DeadlineExceeded, RecursionError, MemoryError):
            unread.append(number)
            continue
        said += [Said(part, number, region) for statement in statements for part in _values_apart(statement)]
    words = joined_words([one.statement for one in said])
    if words:
        said = [_changed(one, with_joined_words(one.statement.body, words)) for one in said]
    names = indexed_by_brackets([one.statement for one in said])
    if names:
        said = [_changed(one, with_bracket_indices(one.statement.body, names)) for one in said]
    said = [_changed(one, with_sums(one.statement.body)) if _sums_silently(one.region) else one for one in said]
    return Sentences(tuple(regions), tuple(said), tuple(unread))


def _sums_silently(region: FormulaRegion) -> bool:
    """Return whether the text says before a formula that indices that appear twice are summed over."""
    return sums_over_repeated(region.clean.text, region.span.start)


def _values_apart(statement: Statement) -> Iterator[Statement]:
    """Yield a statement, and what it says behind it of the values of inputs, y_n ∈ {0, 1}, which holds for good."""
    values = [node for node in statement.conditions if is_choice(node)]
    if not values:
        yield statement
        return
    yield replace(statement, conditions=tuple(node for node in statement.conditions if node not in values))
    yield from (Statement(node.span, node) for node in values)


def _changed(said: Said, body: Node) -> Said:
    return replace(said, statement=replace(said.statement, body=body))


def _words_between(last: FormulaRegion | None, region: FormulaRegion) -> str:
    if last is None or last.clean is not region.clean:
        start = region.clean.text[: region.span.start]
        return start if last is None else f"{last.clean.text[last.span.end :]}\n\n{start}"
    return region.clean.text[last.span.end : region.span.start]


def heads_in(nodes: Iterable[Node]) -> Iterator[tuple[str, Node, Group]]:
    """Yield what stands before a bracket: its base, itself, and the bracket."""
    for whole in nodes:
        for node in walk(whole):
            if isinstance(node, Product):
                for item, following in zip(node.items, node.items[1:], strict=False):
                    group = following.node
                    if isinstance(group, Group) and group.opening in {"(", "["} and not following.operator:
                        key = head_key(item.node)
                        if key is not None:
                            yield key, item.node, group


def head_key(node: Node) -> str | None:
    """Return the base of what is applied, without what stands on it."""
    return node.base.key


def names_in(node: Node) -> list[Node]:
    """Return the names that a formula lists, W or a, b; nothing where one of them is no name."""
    items = node.items if isinstance(node, Tuple) else (node,)
    lefts = [left_side(item, in_model=True) for item in items]
    return [left.name for left in lefts if left is not None] if all(lefts) else []


def place_of(said: Said) -> Span:
    return said.statement.body.span
