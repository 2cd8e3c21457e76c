"""What equations say that functions are, f(x) = e^x, and where several of them say different things."""

from __future__ import annotations

from dataclasses import dataclass

from derive.lecture.declarations import BUILT_IN
from derive.lecture.equations_said import is_number
from derive.lecture.text_parts import body_of
from derive.lecture.written_equations import names_in
from derive.models.terms import CONSTANTS
from derive.notation.signs import EQUATES
from derive.reader.syntax import Node, Relation, walk
from derive.statements.left_sides import left_side


@dataclass(frozen=True, slots=True)
class FunctionSaid:
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


def function_said(number: int, body: Node) -> tuple[str, FunctionSaid] | None:
    """Return the name with arguments that an equation is about, and what it says of it; None for anything else, such as
    a value at a point, f(a) = 6."""
    left = left_side(body.first) if isinstance(body, Relation) and body.links[0].operator in EQUATES else None
    known = left is None or left.key in BUILT_IN or left.name.primes
    if left is None or known or not left.given or not isinstance(body, Relation) or is_number(body.links[0].node):
        return None
    return left.name.base.text, FunctionSaid(number, body.span.start, left.given, body.links[0].node)


def are_several(said: list[FunctionSaid]) -> bool:
    """Return whether a name is said to be functions that differ, of other arguments or of their arguments alone; what
    is said twice of names of the text is a claim."""
    bodies = {one.says for one in said}
    arguments = {tuple(node.text for node in one.arguments) for one in said}
    return len(bodies) > 1 and (len(arguments) > 1 or all(one.is_closed for one in said))
