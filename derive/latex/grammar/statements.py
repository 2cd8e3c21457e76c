"""Statements: what the segments of a formula say, under which conditions, and with which remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from derive.errors import LatexError
from derive.latex.grammar import lists, prose
from derive.latex.grammar.blocks import Block, Element
from derive.latex.grammar.cursor import Cursor
from derive.latex.grammar.expressions import read_level
from derive.latex.grammar.ranges import is_condition, is_range, mentions, subjects, without_range
from derive.latex.grammar.segments import Segment
from derive.latex.grammar.vocabulary import IMPLICATIONS
from derive.latex.scanner import Token
from derive.latex.syntax import Dots, Empty, Group, Node, Number, Relation, Statement, Symbol, Text, Tuple
from derive.source import Source, Span

_REASONS = frozenset(["since", "because", "as", "using", "by", "from", "see"])
_DEFINITIONS = frozenset(("where", "with"))


@dataclass(slots=True)
class _Draft:
    """A statement that may still get conditions, remarks and a tag."""

    body: Node
    conditions: list[Node] = field(default_factory=list)
    remarks: list[Node] = field(default_factory=list)
    tag: str | None = None

    def finished(self) -> Statement:
        span = self.body.span
        for node in self.conditions:
            span |= node.span
        return Statement(span, self.body, tuple(self.conditions), tuple(self.remarks), self.tag)


@dataclass(slots=True)
class _Scope:
    """What holds for the rows of an environment: conditions that stood before it, and its first statement."""

    leading: list[Node]
    first: int


def read_statements(segments: Sequence[Segment], source: Source) -> tuple[Statement, ...]:
    """Return the statements in reading order.

    Raises: LatexError where it is not clear what belongs together.
    """
    return _Reader(segments, source).run()


class _Reader:
    def __init__(self, segments: Sequence[Segment], source: Source) -> None:
        self.segments = segments
        self.source = source
        self.place = 0
        self.drafts: list[_Draft] = []
        self.scopes = [_Scope([], 0)]
        self.leading: list[Node] = []
        self.in_row = 0
        self.since = 0
        self.condition_seen = False
        self.intro = ""
        self.pending_tag: str | None = None
        self.pending_remarks: list[Node] = []

    def run(self) -> tuple[Statement, ...]:
        while self.place < len(self.segments):
            segment = self.segments[self.place]
            self.place += 1
            getattr(self, f"_{segment.kind}")(segment)
        self._end_row()
        if self.drafts:
            self.drafts[-1].remarks += self.pending_remarks
        return tuple(draft.finished() for draft in self.drafts)

    def _row(self, segment: Segment) -> None:
        self._end_row()

    def _end_row(self) -> None:
        """Conditions alone in a row limit what stands before them, or, at the beginning, all that follows."""
        outer = self.scopes[-1].leading
        alone = self.leading[len(outer) :]
        if self.in_row == len(self.drafts) and alone:
            if self.drafts:
                self._limit(alone)
            else:
                outer += alone
        self.leading = list(outer)
        self.in_row = self.since = len(self.drafts)
        self.intro = ""

    def _begin(self, segment: Segment) -> None:
        self.scopes.append(_Scope(list(self.leading), len(self.drafts)))

    def _end(self, segment: Segment) -> None:
        leading = self.leading
        self._end_row()
        scope = self.scopes.pop()
        self.in_row = self.since = scope.first
        self.condition_seen = False
        self.leading = leading if len(self.drafts) == scope.first else scope.leading

    def _wide(self, segment: Segment) -> None:
        if self.intro in ("forall", "if", "reason"):
            self.intro = "after condition"

    def _comma(self, segment: Segment) -> None:
        if self.intro == "forall" or self.intro == "if":
            self.intro = "after condition"

    def _stop(self, segment: Segment) -> None:
        self.intro = ""

    def _forall(self, segment: Segment) -> None:
        self.intro = "forall"

    def _because(self, segment: Segment) -> None:
        self.intro = "reason"

    def _tag(self, segment: Segment) -> None:
        content = segment.text.content if segment.text else ""
        if self.in_row < len(self.drafts):
            self.drafts[-1].tag = content
        else:
            self.pending_tag = content

    def _text(self, segment: Segment) -> None:
        text = segment.text
        assert text is not None, "prose has its text"
        word = prose.first_word(text.content)
        math_follows = self._follows("math") or self._follows("forall")
        if word in _DEFINITIONS and math_follows:
            self.intro = "where"
        elif word in prose.CONDITIONS:
            self.intro = "if"
            if not math_follows:
                self._condition(text)
                self.intro = ""
        elif word in ("and", "or", "") and self.intro:
            self.intro = "after condition" if self.intro in ("if", "forall", "after condition") else self.intro
        elif word in _REASONS:
            self.intro = "reason"
            self._remark(text)
        elif word in prose.CONNECTIVES:
            self.intro = ""
        elif math_follows and self.in_row < len(self.drafts):
            raise LatexError(f'cannot read the words "{text.content.strip()}" between formulas', self.source, text.span)
        else:
            self.intro = ""
            self._remark(text)

    def _remark(self, segment: Segment | Node) -> None:
        nodes = _remark_nodes(segment, self.source) if isinstance(segment, Segment) else [segment]
        if self.in_row < len(self.drafts):
            self.drafts[-1].remarks += nodes
        else:
            self.pending_remarks += nodes

    def _math(self, segment: Segment) -> None:
        """Read mathematics up to the next separator that is not a comma."""
        separated = self.place > 1
        parts = [self._part(segment)]
        while self.place + 1 < len(self.segments) and self.segments[self.place].kind == "comma":
            following = self.segments[self.place + 1]
            wide = following.kind == "wide"
            if wide and self.place + 2 < len(self.segments):
                following = self.segments[self.place + 2]
            if following.kind != "math" or (wide and self._parts_after_comma(parts, following)):
                break
            self.place += 3 if wide else 2
            parts.append(self._part(following))
        if self.intro == "forall" or self.intro == "if":
            self._conditions(lists.join_ranges(lists.join_letters(parts)))
            return
        if self.intro == "reason":
            self._remark(lists.joined(parts))
            return
        for number, node in enumerate(self._joined(parts)):
            self._node(node, separated or number > 0, segment)

    def _parts_after_comma(self, parts: Sequence[Node], following: Segment) -> bool:
        """Return whether a comma and a wide space end the statement: what follows is in brackets or not a list."""
        return (
            isinstance(following.elements[0], Block)
            and len(following.elements) == 1
            and following.elements[0].opening == "("
        )

    def _part(self, segment: Segment) -> Node:
        elements = segment.elements
        first = elements[0]
        if isinstance(first, Token) and first.text in IMPLICATIONS and len(elements) > 1:
            self._remark_before(Symbol(first.span, first.text))
            elements = elements[1:]
        span = elements[0].span | elements[-1].span
        return read_level(Cursor(elements, span, self.source, read_level))

    def _remark_before(self, node: Node) -> None:
        self.pending_remarks.append(node)

    def _joined(self, parts: Sequence[Node]) -> list[Node]:
        try:
            return lists.join_statements(parts)
        except lists.UnclearList as unclear:
            raise LatexError(str(unclear), self.source, unclear.span, "a relation, or \\text{and}") from None

    def _conditions(self, nodes: Sequence[Node]) -> None:
        """Read what follows a quantifier: its condition, further ranges, then statements."""
        quantifier = self.intro
        self.intro = "after condition"
        for number, node in enumerate(nodes):
            if number == 0 or is_range(node) or isinstance(node, Symbol):
                if not is_condition(node):
                    message = (
                        "cannot tell where this condition ends"
                        if quantifier == "forall"
                        else "cannot read this condition"
                    )
                    raise LatexError(message, self.source, node.span, "a range such as k = 1, \\dots, L, then \\quad")
                self._condition(node)
            else:
                self._statement(node)

    def _node(self, node: Node, separated: bool, segment: Segment) -> None:
        """Take one part as a condition, a remark, or a statement."""
        has_statement = self.in_row < len(self.drafts)
        if has_statement and separated and isinstance(node, Group) and node.opening in ("(", "["):
            self._bracketed(node)
        elif (is_range(node) and (has_statement or self.intro == "where")) or (
            self.intro == "after condition" and isinstance(node, Symbol | Tuple) and is_condition(node)
        ):
            self._condition(node)
        else:
            self._check_separate(node, has_statement)
            body, condition = without_range(node)
            self._statement(body)
            if condition is not None:
                self._condition(condition)

    def _bracketed(self, group: Group) -> None:
        """Read brackets after a statement: a condition, or a number or sign that refers to it."""
        body = group.body
        relations = body.items if isinstance(body, Tuple) else (body,)
        if all(isinstance(node, Relation) for node in relations):
            for node in relations:
                self._condition(node)
        elif isinstance(body, Number | Symbol | Text) or _is_mark(body):
            self._remark(group)
        else:
            message = "cannot tell whether these brackets belong to the formula before them"
            raise LatexError(message, self.source, group.span, "a condition, or no wide space")

    def _check_separate(self, node: Node, has_statement: bool) -> None:
        previous = self.segments[: self.place]
        before = [segment.kind for segment in previous if segment.kind not in ("math", "tag", "remark")]
        said = has_statement and isinstance(self.drafts[-1].body, Relation)
        if said and not isinstance(node, Relation | Text) and before and before[-1] in ("wide", "comma"):
            message = "cannot tell whether this belongs to the formula before it"
            raise LatexError(message, self.source, node.span, "a relation, or no wide space")
        if not has_statement and self.drafts and not isinstance(node, Relation) and before and before[-1] == "row":
            said = isinstance(self.drafts[-1].body, Relation)
            if said and not self._closed_before():
                message = "this row neither continues the one before nor states anything"
                raise LatexError(message, self.source, node.span, "a sign at its beginning, or a relation")

    def _closed_before(self) -> bool:
        """Return whether the row before ended with punctuation."""
        kinds = [segment.kind for segment in self.segments[: self.place - 1]]
        while kinds and kinds[-1] in ("wide", "math"):
            kinds.pop()
        return len(kinds) > 1 and kinds[-1] == "row" and kinds[-2] in ("comma", "stop", "tag", "remark", "text")

    def _statement(self, node: Node) -> None:
        if isinstance(node, Empty):
            return
        if self.condition_seen:
            self.since = len(self.drafts)
            self.condition_seen = False
        self.drafts.append(_Draft(node, list(self.leading), self.pending_remarks, self.pending_tag))
        self.pending_tag, self.pending_remarks = None, []
        if self.intro == "where":
            self.intro = ""

    def _condition(self, node: Node) -> None:
        if self.in_row == len(self.drafts):
            self.leading.append(node)
        else:
            self._limit([node])

    def _limit(self, nodes: Sequence[Node]) -> None:
        """Let conditions hold for the last statement, and for those before it since the last conditions that name a letter."""
        self.condition_seen = True
        first = self.since if self.since < len(self.drafts) else len(self.drafts) - 1
        for node in nodes:
            letters = subjects(node)
            for draft in self.drafts[first:-1]:
                if mentions(draft.body, letters):
                    draft.conditions.append(node)
            self.drafts[-1].conditions.append(node)

    def _follows(self, kind: str) -> bool:
        """Return whether a kind of segment comes next, over wide spaces."""
        place = self.place
        while place < len(self.segments) and self.segments[place].kind == "wide":
            place += 1
        return place < len(self.segments) and self.segments[place].kind == kind


def _is_mark(node: Node) -> bool:
    return isinstance(node, Dots)


def _remark_nodes(segment: Segment, source: Source) -> list[Node]:
    """Return the words and formulas of a remark in brackets."""
    nodes: list[Node] = []
    run: list[Element] = []
    place = 0
    elements = segment.elements
    while place <= len(elements):
        element = elements[place] if place < len(elements) else None
        text = prose.text_here(element, elements[place + 1] if place + 1 < len(elements) else None)
        if (
            element is not None
            and text is None
            and not (isinstance(element, Token) and element.text in ("\\because", "&"))
        ):
            run.append(element)
            place += 1
            continue
        if run:
            nodes.append(read_level(Cursor(_trimmed(run), _span(run), source, read_level)))
            run = []
        nodes += [text] if text else []
        place += 2 if text else 1
    return nodes


def _trimmed(run: Sequence[Element]) -> list[Element]:
    kept = list(run)
    while len(kept) > 1 and isinstance(kept[-1], Token) and kept[-1].text in (",", ".", ";", ":"):
        kept.pop()
    while len(kept) > 1 and isinstance(kept[0], Token) and kept[0].text in (",", ";", ":"):
        kept.pop(0)
    return kept


def _span(run: Sequence[Element]) -> Span:
    return run[0].span | run[-1].span
