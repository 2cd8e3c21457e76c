"""Statements while they are read: which conditions, remarks and tags belong to which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from derive.reader.implications import is_bound, is_setting, settings_among
from derive.reader.ranges import mentions, subjects, with_common_ends
from derive.reader.syntax import Node, Relation, Statement


@dataclass(slots=True)
class Draft:
    """A statement that may still get conditions, remarks and a tag."""

    body: Node
    conditions: list[Node] = field(default_factory=list)
    remarks: list[Node] = field(default_factory=list)
    tag: str | None = None
    settings: list[Node] = field(default_factory=list)
    row: int = 0
    joined: bool = False

    def finished(self) -> Statement:
        span = self.body.span
        for node in self.conditions:
            span |= node.span
        conditions, remarks = tuple(with_common_ends(self.conditions)), tuple(self.remarks)
        settings = tuple(self.settings)
        return Statement(span, self.body, conditions, remarks, self.tag, settings, joined=self.joined)


@dataclass(slots=True)
class _Scope:
    """An environment of rows: the conditions that stood before it, and its first statement."""

    leading: list[Node]
    first: int


class Drafts:
    """The statements so far.

    A condition limits the last statement of its row, and those before it that name one of its letters and have no
    condition of their own yet. One before the first statement of a row limits all statements of the row; alone in a
    row it limits what stands above it or, in the first row, all that follows.
    """

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.scopes = [_Scope([], 0)]
        self.leading: list[Node] = []
        self.remarks: list[Node] = []
        self.tag: str | None = None
        self.row = 0
        self.since = 0
        self.limited = False
        self.rows = 0

    @property
    def row_has_statement(self) -> bool:
        return self.row < len(self.drafts)

    @property
    def ends_in_relation(self) -> bool:
        return bool(self.drafts) and isinstance(self.drafts[-1].body, Relation)

    def add(self, body: Node) -> None:
        if self.limited:
            self.since = len(self.drafts)
            self.limited = False
        self.drafts.append(Draft(body, list(self.leading), self.remarks, self.tag, [], self.rows))
        self.remarks, self.tag = [], None

    def add_condition(self, node: Node) -> None:
        if self.row_has_statement:
            self._limit([node])
        else:
            self.leading.append(node)

    def replace(self, old: Node, new: Node) -> None:
        """Put a condition in the place of one that goes on: i = 1, or i = 2."""
        for conditions in (self.leading, *(draft.conditions for draft in self.drafts)):
            conditions[:] = [new if node is old else node for node in conditions]

    def follows(self, premise: Node) -> None:
        """Say that the last statement follows from one before it."""
        if is_bound(premise):
            self.drafts[-1].conditions.append(premise)
        elif isinstance(premise, Relation) and len(premise.links) == 1 and premise.links[0].operator == "=":
            self.drafts[-1].settings.append(premise)

    def taken_back(self, names_index: Callable[[Node], bool]) -> list[Node]:
        """Take back the statements at the end of this row that only set an index of what follows: k = L: δ_k = …"""
        found: list[Node] = []
        while self.row_has_statement and not self.drafts[-1].conditions and names_index(self.drafts[-1].body):
            found.insert(0, self.drafts.pop().body)
        return found

    def add_remark(self, node: Node) -> None:
        (self.drafts[-1].remarks if self.row_has_statement else self.remarks).append(node)

    def add_tag(self, text: str) -> None:
        if self.row_has_statement:
            self.drafts[-1].tag = text
        else:
            self.tag = text

    def end_row(self) -> None:
        self.rows += 1
        outer = self.scopes[-1].leading
        alone = self.leading[len(outer) :]
        if not self.row_has_statement and alone:
            if self.drafts:
                self._limit(alone)
            else:
                outer += alone
        self.leading = list(outer)
        self.row = self.since = len(self.drafts)

    def begin(self) -> None:
        """Begin an environment of rows."""
        self.scopes.append(_Scope(list(self.leading), len(self.drafts)))

    def end(self) -> None:
        """End an environment of rows: what follows may limit all its statements."""
        self.end_row()
        scope = self.scopes.pop()
        self.leading = scope.leading
        self.row = self.since = scope.first
        self.limited = False

    def finished(self) -> tuple[Statement, ...]:
        """Return all statements; conditions or words alone are the bodies of statements of their own."""
        self.end_row()
        if not self.drafts:
            self.drafts = [Draft(node) for node in (*self.scopes[0].leading, *self.remarks)]
        else:
            self.drafts[-1].remarks += self.remarks
        self._share_settings()
        return tuple(draft.finished() for draft in self.drafts)

    def _share_settings(self) -> None:
        """Give the statements of a row the values that others of the row set: y = 1: L = -log p."""
        for row in {draft.row for draft in self.drafts}:
            drafts = [draft for draft in self.drafts if draft.row == row]
            settings = settings_among(draft.body for draft in drafts)
            for draft in drafts:
                if not is_setting(draft.body):
                    draft.settings += [node for node in settings if node not in draft.settings]

    def _limit(self, nodes: Sequence[Node]) -> None:
        self.limited = True
        first = min(self.since, len(self.drafts) - 1)
        for node in nodes:
            letters = subjects(node)
            for draft in self.drafts[first:-1]:
                if mentions(draft.body, letters):
                    draft.conditions.append(node)
            self.drafts[-1].conditions.append(node)
