"""Statements: what the segments of a formula say, under which conditions, and with which remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from derive.errors import LatexError
from derive.notation import phrases, words
from derive.notation.signs import EQUIVALENCES, IMPLICATIONS
from derive.reader import lists, prose
from derive.reader.blocks import Block
from derive.reader.conditions import condition_of
from derive.reader.cursor import Cursor
from derive.reader.drafts import Drafts
from derive.reader.expressions import read_level
from derive.reader.implications import steps
from derive.reader.ranges import (
    is_choice,
    is_condition,
    is_equated,
    is_quantified,
    is_range,
    names_index,
    without_range,
)
from derive.reader.remarks import remark_nodes
from derive.reader.scanner import Token
from derive.reader.segments import Segment
from derive.reader.syntax import (
    Accent,
    Empty,
    Group,
    Name,
    Node,
    Number,
    Placeholder,
    Product,
    Relation,
    Statement,
    Text,
    Tuple,
    Unclear,
)
from derive.source import Source, Span


def read_statements(segments: Sequence[Segment], source: Source) -> tuple[Statement, ...]:
    """Return the statements in reading order.

    Raises: LatexError where it is not clear what belongs together.
    """
    return _Reader(segments, source).run()


class _Reader:
    """Takes the segments in order.

    `intro` is what the next mathematics is: "forall" or "if" a condition, "reason" a remark, "where" a definition or a
    range, "more" perhaps one more condition, "" a statement. `lead` are the words before a condition, `open` are the
    words and parts of the last one with what they make, `joining` the words that go on with it; `reason` says that
    words go on with a reason.
    """

    def __init__(self, segments: Sequence[Segment], source: Source) -> None:
        self.segments = segments
        self.source = source
        self.place = 0
        self.drafts = Drafts()
        self.intro = ""
        self.lead: Text | None = None
        self.open: tuple[list[Node], Node] | None = None
        self.joining: Text | None = None
        self.reason = False

    def run(self) -> tuple[Statement, ...]:
        while self.place < len(self.segments):
            segment = self.segments[self.place]
            self.place += 1
            self._take(segment)
        return self.drafts.finished()

    def _take(self, segment: Segment) -> None:
        match segment.kind:
            case "row":
                self.drafts.end_row()
                self.intro, self.open, self.reason = "", None, False
            case "begin":
                self.drafts.begin()
            case "end":
                self.drafts.end()
            case "stop":
                self.intro, self.open, self.reason = "", None, False
            case "comma":
                self.reason = False
            case "forall":
                self.intro = "forall"
            case "because":
                self.intro = "reason"
            case "tag" if segment.text:
                self.drafts.add_tag(segment.text.content)
            case "text" if segment.text:
                self._text(segment.text)
            case "remark":
                for node in remark_nodes(segment.elements, self.source):
                    self._remark(node)
            case "math":
                self._math(segment)

    def _text(self, text: Text) -> None:
        word = prose.first_word(text.content)
        follows = self._math_follows()
        roles = phrases.roles_in(text.content)
        ends = not follows or text.content.rstrip().endswith((",", ":"))
        if self.reason and not prose.begins_condition(text.content) and roles:
            self.intro = "reason"
            self.drafts.add_remark(text)
        elif word not in words.REASONS and self._is_unclear(text, roles, follows):
            self.drafts.add_condition(Unclear(text.span, text.content))
            self.intro = "if" if follows and prose.begins_condition(text.content) else ""
        elif self.open is not None and follows and (_goes_on(roles) or self._goes_on_to_compare(roles)):
            self.joining = text
        elif self.open is not None and ((ends and "symmetric" in roles) or self._compares_before(roles, ends=ends)):
            self._reopen([*self.open[0], text])
            self.intro = ""
        elif word in words.DEFINITIONS and follows and "unless" not in roles:
            self.intro = "where"
        elif prose.begins_condition(text.content) and prose.is_lead_in(text.content):
            self.intro = ""
            self.drafts.add_remark(text)
        elif prose.begins_condition(text.content):
            self.intro, self.lead = ("if", text) if follows else ("", None)
            if not follows:
                self.drafts.add_condition(text)
        elif word in ("and", "or", "") and self.intro:
            self.intro = "more" if self.intro in ("if", "forall") else self.intro
        elif word in words.REASONS:
            self.intro, self.reason = "reason", True
            self.drafts.add_remark(text)
        elif word in words.CONNECTIVES:
            self.intro = ""
        elif follows and self.drafts.row_has_statement and not roles and self._ends_row_with_a_name():
            self.intro = "reason"
            self.drafts.add_remark(text)
        elif follows and self.drafts.row_has_statement:
            message = f'cannot read the words "{text.content.strip()}" between formulas'
            raise LatexError(message, self.source, text.span, "and, where, for, if, since")
        else:
            self.intro = ""
            self.drafts.add_remark(text)

    def _is_unclear(self, text: Text, roles: tuple[phrases.Role, ...], follows: bool) -> bool:
        """Return whether words change what a statement says in a way that cannot be told."""
        ends = not follows or text.content.rstrip().endswith((",", ":"))
        if prose.is_note(text.content) or self._compares_before(roles, ends=ends):
            return False
        if "denied" in roles or roles[:1] in {("unclear",), ("is not",), ("not",), ("differ",), ("agree",)}:
            return not (self.open is not None and follows and _goes_on(roles))
        if not prose.begins_condition(text.content):
            limited = bool(_VAGUE & set(roles)) and self.open is not None
            return limited or (bool({"not", "is not"} & set(roles)) and not (self.open is not None and follows))
        if not follows or prose.is_lead_in(text.content):
            return bool({"unless", "not", "is not"} & set(roles) or _VAGUE & set(roles))
        return "unclear" in roles or "is not" in roles

    def _compares_before(self, roles: tuple[phrases.Role, ...], *, ends: bool) -> bool:
        """Return whether words that end a condition compare its letters: $i$ and $j$ differ."""
        before = self.open[0] if self.open is not None else ()
        letters = [piece.symbol for piece in before if not isinstance(piece, Text)]
        return ends and len(letters) > 1 and all(letters) and roles in _COMPARE_ALL

    def _goes_on_to_compare(self, roles: tuple[phrases.Role, ...]) -> bool:
        """Return whether "and" leads to one more of several letters that are compared: distinct $i$ and $j$."""
        before = [piece.content for piece in self.open[0] if isinstance(piece, Text)] if self.open is not None else []
        among = any(_AMONG & set(phrases.roles_in(content)) for content in before)
        return roles == ("and",) and (among or self._compares_ahead(self.place, 1))

    def _compares_ahead(self, place: int, letters: int = 0) -> bool:
        """Return whether the words behind some letters compare them: i is not j, i and j differ, i, j distinct."""
        for segment in self.segments[place:]:
            roles = phrases.roles_in(segment.text.content) if segment.kind == "text" and segment.text else ()
            if segment.kind == "math" and len(segment.elements) == 1 and isinstance(segment.elements[0], Token):
                letters += 1
            elif roles in _COMPARE_TWO:
                return letters == 1
            elif roles in _COMPARE_ALL:
                return letters > 1
            elif segment.kind not in {"wide", "comma"} and roles != ("and",):
                return False
        return False

    def _remark(self, node: Node) -> None:
        """Take a note, which asserts nothing unless it says that what stands beside it is false."""
        said = node.content if isinstance(node, Text) else ""
        if "denied" in phrases.roles_in(said) and prose.first_word(said) not in words.REASONS:
            self.drafts.add_condition(Unclear(node.span, said))
        else:
            self.drafts.add_remark(node)

    def _math_follows(self) -> bool:
        for segment in self.segments[self.place :]:
            if segment.kind != "wide":
                return segment.kind in ("math", "forall")
        return False

    def _ends_row_with_a_name(self) -> bool:
        """Return whether no more than a name follows in this row, with other words at most: substituting in δ_1."""
        row = list(takewhile(lambda one: one.kind not in {"row", "end"}, self.segments[self.place :]))
        maths = [segment for segment in row if segment.kind == "math"]
        only = len(maths) == 1 and all(segment.kind in {"math", "wide", "stop"} for segment in row)
        return only and self._part(maths[0]).base.key is not None

    def _math(self, segment: Segment) -> None:
        """Read mathematics up to the next separator that is not a comma."""
        separated = self.place > 1
        if self.intro in ("", "where") and self.drafts.row_has_statement and self._compares_ahead(self.place - 1):
            self.intro = "if"
        parts = [self._part(segment)]
        if self.joining is not None:
            self._join(parts.pop())
            self.intro = "more"
        while (following := self._after_comma()) is not None:
            parts.append(self._part(following))
        if self.intro in ("forall", "if"):
            joined = lists.join_letters(lists.join_ranges(parts))
            self._conditions([step for node in joined for step in steps(node)])
        elif self.intro == "reason":
            self.drafts.add_remark(lists.joined(parts))
            self.intro = ""
        else:
            for number, node in enumerate(self._statements(parts) if parts else ()):
                self._steps(node, separated or number > 0)

    def _steps(self, node: Node, separated: bool) -> None:
        """Take a statement, or those that follow from each other: A = B \\Rightarrow C = D."""
        premise: Node | None = None
        taken = steps(node)
        mutual = isinstance(node, Relation) and any(link.operator in EQUIVALENCES for link in node.links)
        for step in taken:
            before = len(self.drafts.drafts)
            self._node(step, separated or premise is not None)
            added = self.drafts.drafts[before:]
            for draft in added:
                draft.joined = len(taken) > 1 and (mutual or step is not taken[-1])
            if premise is not None and added:
                self.drafts.follows(premise)
            premise = step

    def _after_comma(self) -> Segment | None:
        """Take the mathematics after a comma; brackets after a comma and a wide space stand for themselves."""
        if self.place >= len(self.segments) or self.segments[self.place].kind != "comma":
            return None
        ahead = self.place + 1
        wide = ahead < len(self.segments) and self.segments[ahead].kind == "wide"
        ahead += wide
        if ahead >= len(self.segments) or self.segments[ahead].kind != "math":
            return None
        found = self.segments[ahead]
        if wide and len(found.elements) == 1 and isinstance(found.elements[0], Block):
            return None
        if self.intro != "if" and self._compares_ahead(ahead):
            return None
        self.place = ahead + 1
        return found

    def _part(self, segment: Segment) -> Node:
        elements = segment.elements
        first = elements[0]
        if isinstance(first, Token) and first.text in IMPLICATIONS and len(elements) > 1:
            self.drafts.remarks.append(Name(first.span, first.text))
            elements = elements[1:]
        span = elements[0].span | elements[-1].span
        return read_level(Cursor(elements, span, self.source, read_level))

    def _statements(self, parts: Sequence[Node]) -> list[Node]:
        try:
            return lists.join_statements(parts)
        except lists.UnclearList as unclear:
            raise LatexError(str(unclear), self.source, unclear.span, "a relation, or \\text{and}") from None

    def _conditions(self, nodes: Sequence[Node]) -> None:
        """Take what follows a quantifier: its condition, further ranges, then statements."""
        allowed = is_quantified if self.intro == "forall" else is_condition
        self.intro = "more"
        end = next((n for n, node in enumerate(nodes) if n and not self._may_go_on(node)), len(nodes))
        for node in nodes[:end]:
            if not allowed(node):
                message = "cannot tell where this condition ends"
                raise LatexError(message, self.source, node.span, "a range such as k = 1, \\dots, L, then \\quad")
        self._limit(nodes[:end])
        for node in nodes[end:]:
            self._statement(node)

    def _may_go_on(self, node: Node) -> bool:
        """Return whether a node after a comma may belong to the condition before it."""
        behind = self.drafts.row_has_statement and names_index(node, self.drafts.drafts[-1].body)
        return is_range(node) or bool(node.symbol) or behind

    def _limit(self, nodes: Sequence[Node]) -> None:
        """Take conditions, all of which the words before them turn round or compare: unless i = j, distinct i, j."""
        lead, self.lead = self.lead, None
        nodes = [_with_letter(node, lead) for node in nodes]
        if lead is not None and _OF_WHOLE & set(phrases.roles_in(lead.content)):
            pieces = [lead, *nodes]
            self.open = pieces, condition_of(pieces)
            self.drafts.add_condition(self.open[1])
            return
        if len(nodes) > 1 and self._compares_ahead(self.place, len(nodes)):
            nodes = [condition_of(nodes)]
        for node in nodes:
            self.open = list(node.items) if isinstance(node, Tuple) else [node], node
            self.drafts.add_condition(node)

    def _join(self, node: Node) -> None:
        """Go on with the last condition after "or", "is" or "not"."""
        assert self.open is not None, "words go on with an open condition only"
        assert self.joining is not None, "they were kept when they were taken"
        self._reopen([*self.open[0], self.joining, node])
        self.joining = None

    def _reopen(self, pieces: list[Node]) -> None:
        """Read the last condition again with more to it."""
        assert self.open is not None, "only an open condition goes on"
        whole = condition_of(pieces)
        self.drafts.replace(self.open[1], whole)
        self.open = pieces, whole

    def _node(self, node: Node, separated: bool) -> None:
        """Take one part as a condition, a remark, or a statement."""
        after = self.drafts.row_has_statement
        if after and separated and isinstance(node, Group) and node.opening in ("(", "["):
            self._bracketed(node)
        elif after and separated and len(node.word) > 2:
            self._remark(Text(node.span, node.word))
        elif self._is_limit(node, after=after) or (
            after and separated and names_index(node, self.drafts.drafts[-1].body)
        ):
            self._limit([node])
        else:
            self.open = None
            self._check_separate(node)
            self._statement(node)

    def _is_limit(self, node: Node, *, after: bool) -> bool:
        """Return whether a part limits letters: a range, or after a quantifier letters alone."""
        if is_range(node):
            return after or self.intro in ("where", "more")
        if is_choice(node) and after:
            return is_equated(self.drafts.drafts[-1].body)
        return self.intro == "more" and (node.symbol != "" or isinstance(node, Tuple)) and is_quantified(node)

    def _bracketed(self, group: Group) -> None:
        """Take brackets after a statement: a condition, or a number or sign that refers to it."""
        relations = group.body.items if isinstance(group.body, Tuple) else (group.body,)
        if all(isinstance(node, Relation) for node in relations):
            self._limit(relations)
        elif isinstance(group.body, Product) and any(isinstance(item.node, Text) for item in group.body.items):
            self.drafts.add_condition(condition_of([item.node for item in group.body.items]))
        elif group.body.symbol or isinstance(group.body, Number | Text | Placeholder):
            self.drafts.add_remark(group)
        else:
            message = "cannot tell whether these brackets belong to the formula before them"
            raise LatexError(message, self.source, group.span, "a condition, or no wide space")

    def _check_separate(self, node: Node) -> None:
        """Raise if it is not clear whether an expression goes on with the statement before it."""
        if isinstance(node, Relation | Text) or not self.drafts.ends_in_relation:
            return
        kinds = [segment.kind for segment in self.segments[: self.place - 1]]
        while kinds and kinds[-1] == "math":
            kinds.pop()
        last = kinds[-1] if kinds else ""
        if self.drafts.row_has_statement and last in ("wide", "comma"):
            message = "cannot tell whether this belongs to the formula before it"
            raise LatexError(message, self.source, node.span, "a relation, or no wide space")
        if last == "row" and kinds[-2:-1] == ["math"]:
            message = "this row neither continues the one before nor states anything"
            raise LatexError(message, self.source, node.span, "a sign at its beginning, or a relation")

    def _statement(self, node: Node) -> None:
        if isinstance(node, Empty):
            return
        body, condition = without_range(_opened(node))
        before = self.drafts.taken_back(lambda setting: names_index(setting, body))
        self.drafts.add(body)
        for setting in before:
            self.drafts.add_condition(setting)
        if condition is not None:
            self.drafts.add_condition(condition)
        if self.intro == "where":
            self.intro = ""


def _with_letter(node: Node, lead: Text | None) -> Node:
    """Return >= 1 behind the words "for j" as j >= 1, and the number of \\text{1} as one."""
    words = lead.content.split() if lead is not None else []
    if lead is None or not isinstance(node, Relation) or not isinstance(node.first, Empty):
        return node
    if not words or len(words[-1]) != 1 or not words[-1].isalpha():
        return node
    place = Span(lead.span.end, lead.span.end)
    links = tuple(replace(link, node=_number(link.node)) for link in node.links)
    return replace(node, first=Name(place, words[-1]), links=links)


def _number(node: Node) -> Node:
    content = node.content.strip() if isinstance(node, Text) else ""
    return Number(node.span, content) if content.isdigit() else node


def _opened(node: Node) -> Node:
    """Return a whole statement without the line or the brackets that only set it apart."""
    inner = node
    while isinstance(inner, Accent | Group):
        inner = inner.body
    return inner if isinstance(inner, Relation) else node


_OF_WHOLE: frozenset[phrases.Role] = frozenset({"unless", "not", "differ", "agree", "symmetric"})
"""What words before conditions do to all of them."""
_AMONG: frozenset[phrases.Role] = frozenset({"differ", "agree"})
_COMPARE_ALL = frozenset({("differ",), ("agree",)})
_COMPARE_TWO = frozenset({("is",), ("is not",), ("less",), ("greater",)})
"""What words behind letters compare them by: all of several, or the one before with the one behind."""
_VAGUE: frozenset[phrases.Role] = frozenset({"unclear", "differ", "agree"})
"""What words behind letters do that is not understood there."""


def _goes_on(roles: Sequence[phrases.Role]) -> bool:
    """Return whether words go on with a condition: or, is, is not, is less than, and not."""
    joins = {("or",), ("is",), ("is not",), ("not",), ("less",), ("greater",)}
    return roles[:1] in joins or (roles[:1] == ("and",) and "not" in roles)
