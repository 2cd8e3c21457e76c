"""Conditions: mathematics and the words between it as one tree of comparisons, joined by and, or and not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from derive.notation.phrases import Role, roles_in
from derive.notation.signs import NEGATIONS
from derive.reader.syntax import Link, Name, Node, Not, Or, Relation, Text, Tuple, Unclear, with_scripts
from derive.source import Span

Piece = Node
"""A Text with words, or a node of mathematics between them."""


def condition_of(pieces: Sequence[Piece]) -> Node:
    """Return the condition that words and mathematics make:  [unless] [not] part ((and | or) [not] part)*

    "unless" reaches over all that follows, "not" over the next part; distinct $i$ and $j$, or $i$ and $j$ differ, is
    $i \\ne j$, and symmetric $A$ is $A = A^\\top$. Where words are not understood, and where "and" and "or" stand side
    by side, the whole is Unclear.
    """
    words = " ".join(piece.content for piece in pieces if isinstance(piece, Text))
    parts = _Parts()
    for piece in pieces:
        if not (parts.words(roles_in(piece.content)) if isinstance(piece, Text) else parts.add(piece)):
            return Unclear(_place(pieces), words.strip())
    return parts.whole() or Unclear(_place(pieces), words.strip())


_SIGNS: dict[Role, str] = {"is": "=", "is not": r"\ne", "less": "<", "greater": ">"}
"""What words between two parts compare them by."""
_AMONG: dict[Role, str] = {"differ": r"\ne", "agree": "="}
"""What words before or behind several parts compare each two of them by."""


@dataclass
class _Parts:
    """The parts of a condition so far, and what the words before the next part say of it."""

    found: tuple[Node, ...] = ()
    joins: frozenset[Role] = frozenset()
    join: Role | None = None
    among: Role | None = None
    symmetric: bool = False
    negated: bool = False
    turned: bool = False

    def words(self, roles: Sequence[Role]) -> bool:
        """Take words; return whether they are understood here."""
        for role in roles:
            match role:
                case "if":
                    pass
                case "is" if not self.found and role != roles[0]:
                    pass  # if the label is $y = 1$
                case "unless" if not self.found and not self.negated:
                    self.turned = True
                case "not" if not self.negated:
                    self.negated = True
                case "and" | "or" | "is" | "is not" | "less" | "greater" if self.found and self.join is None:
                    self.join = role
                case "differ" | "agree" if self.among is None and self.join is None and not self.negated:
                    self.among = role
                case "symmetric" if not self.negated and not self.turned:
                    self.symmetric, self.join = True, None
                case _:
                    return False
        return True

    def add(self, node: Node) -> bool:
        """Take a part; return whether the words before it say what it is for."""
        join = self.join or ("and" if self.found else None)
        if join in _SIGNS:
            if isinstance(self.found[-1], Relation | Not | Or | Tuple) or isinstance(node, Relation) or self.negated:
                return False
            node = _compared(self.found[-1], _SIGNS[join], node)
            self.found = self.found[:-1]
        elif join is not None:
            self.joins |= {join}
        self.found = (*self.found, opposite(node) if self.negated else node)
        self.join, self.negated = None, False
        return len(self.joins) < 2

    def compare(self, sign: str) -> bool:
        """Compare each two of the parts so far; return whether these are several names that nothing else compares."""
        items = [name for part in self.found for name in (part.items if isinstance(part, Tuple) else (part,))]
        if (
            len(items) < 2
            or "or" in self.joins
            or any(isinstance(item, Relation | Not | Or | Unclear) for item in items)
        ):
            return False
        self.found = tuple(_compared(left, sign, right) for left, right in combinations(items, 2))
        return True

    def whole(self) -> Node | None:
        """Return the condition; None where it is not complete."""
        if not self.found or self.join is not None or self.negated:
            return None
        span = self.found[0].span | self.found[-1].span
        if self.among is not None and not self.compare(_AMONG[self.among]):
            return None
        if self.symmetric:
            if any(isinstance(part, Relation | Not | Or | Unclear | Tuple) for part in self.found):
                return None
            self.found = tuple(map(symmetric, self.found))
        if len(self.found) == 1:
            node = self.found[0]
        else:
            node = Or(span, self.found) if "or" in self.joins else Tuple(span, self.found)
        return opposite(node) if self.turned else node


def _compared(left: Node, sign: str, right: Node) -> Relation:
    return Relation(left.span | right.span, left, (Link(sign, right, right.span),))


def symmetric(node: Node) -> Relation:
    """Return A = A^\\top."""
    return _compared(node, "=", with_scripts(node.span, node, None, Name(node.span, r"\top")))


def one_hot(node: Relation) -> Relation | None:
    """Return y = e_c for y_c = 1; None where the left side has no single index below."""
    named = node.first
    if named.sub is None or named.sup is not None or named.primes:
        return None
    unit = with_scripts(node.span, Name(node.span, "e"), named.sub)
    return _compared(named.base, "=", unit)


def opposite(node: Node) -> Node:
    """Return the condition that holds where another one does not."""
    match node:
        case Not(_, body):
            return body
        case Relation(_, _, (link,)) if link.operator in NEGATIONS:
            return replace(node, links=(replace(link, operator=NEGATIONS[link.operator]),))
        case Or(span, items):
            return Tuple(span, tuple(map(opposite, items)))
    return Not(node.span, node)


def _place(pieces: Sequence[Piece]) -> Span:
    return pieces[0].span | pieces[-1].span
