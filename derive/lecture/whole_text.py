"""What the parts of a text say of the names in one of its formulas: here, before it, or elsewhere only."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from derive.lecture.declarations import BUILT_IN
from derive.lecture.function_values import FunctionSaid, are_several, function_said
from derive.lecture.said import Sentences, heads_in
from derive.lecture.written_equations import names_in
from derive.notation.signs import EQUATES
from derive.reader.derivatives import has_derivative
from derive.reader.syntax import Additive, Node, Number, Relation, walk
from derive.statements.left_sides import left_side


@dataclass(frozen=True)
class WholeText:
    """A text, before whose formulas a model has put the `added` ones; numbers are those of the text's own formulas."""

    text: Sentences = field(repr=False)
    added: int = 0

    def bodies(self, number: int) -> list[Node]:
        """Return what a formula says."""
        return [statement.body for statement in self.text.of(number + self.added)]

    def names(self, number: int) -> list[Node]:
        """Return the names in a formula."""
        return [name for body in self.bodies(number) for name in names_in(body)]

    def section(self, number: int) -> int:
        """Return the part of the text in which a formula stands."""
        return self.text.section(number + self.added)

    @cached_property
    def functions(self) -> dict[str, list[FunctionSaid]]:
        """What equations say that names with arguments are."""
        found: dict[str, list[FunctionSaid]] = {}
        for said in self.text.said:
            function = function_said(said.number, said.statement.body)
            if function is not None:
                found.setdefault(function[0], []).append(function[1])
        return found

    def places_of_slopes(self, number: int) -> set[str]:
        """Return the letters that are no more than a place in a formula about the slope of a function, g'(z) = e^z."""
        found: set[str] = set()
        for body in self.bodies(number):
            heads = list(heads_in([body.first])) if isinstance(body, Relation) else []
            letter = heads[0][2].body.symbol if len(heads) == 1 and heads[0][1].primes == 1 else ""
            applied = {key for key, _, _ in heads_in([body])} | BUILT_IN
            others = [node for node in names_in(body) if node.base.key not in applied]
            if letter and all(_is_power_of(node, letter) for node in others):
                found.add(letter)
        return found

    def functions_before(self, number: int, start: int) -> dict[str, list[FunctionSaid]]:
        """Return what is said of the functions in a formula before a place in it, where the text says it twice."""
        place = number + self.added
        names = {name.base.text for name in self.names(number)}
        several = sorted(name for name in names if len(self.functions.get(name, ())) > 1)
        return {
            name: [one for one in self.functions[name] if (one.number, one.start) <= (place, start)] for name in several
        }

    def are_several(self, number: int, functions: list[FunctionSaid]) -> bool:
        """Return whether the part of the text that a formula is in says several functions, or all others do."""
        here = [one for one in functions if self.text.section(one.number) == self.section(number)]
        return are_several(here) or (not here and are_several(functions))

    def is_another_function(self, number: int) -> bool:
        """Return whether a formula says of its arguments alone what a function is, f(x) = x^2, that only other parts of
        the text have said to be something else."""
        place, own = number + self.added, self.section(number)
        for every in self.functions.values():
            for one in (one for one in every if one.number == place and one.is_closed):
                others = [other for other in every if other.number < place and other.says != one.says]
                if others and all(self.text.section(other.number) != own for other in others):
                    return True
        return False

    def function_elsewhere(self, number: int) -> str | None:
        """Return a name without arguments in a formula that only other parts of the text say to be a function."""
        bodies = self.bodies(number)
        bare = {node.symbol for body in bodies for node in walk(body)} - {key for key, _, _ in heads_in(bodies)}
        section, own = self.text.section, self.section(number)
        known = sorted(bare & set(self.functions))
        return next((name for name in known if all(section(f.number) != own for f in self.functions[name])), None)

    def sets_an_index(self, number: int) -> bool:
        """Return whether a formula does no more than set an index to others and numbers: t = τ - 1."""
        bodies = self.bodies(number)
        return bool(bodies) and all(self._is_index(body) for body in bodies)

    def _is_index(self, body: Node) -> bool:
        if not isinstance(body, Relation) or body.first.symbol not in self.text.index_letters:
            return False
        sides = [part for link in body.links for part in walk(link.node)]
        return all(isinstance(part, Additive | Number) or bool(part.symbol) for part in sides)

    def _defined(self, number: int) -> set[str]:
        return {name for body in self.bodies(number) if (name := _defined_by(body)) is not None}

    def says_otherwise_elsewhere(self, number: int) -> bool:
        """Return whether only other parts of the text have said before what the left sides of a formula are."""
        place, section, own = number + self.added, self.text.section, self._defined(number)
        before = [said for said in self.text.said if said.number < place and _defined_by(said.statement.body) in own]
        return bool(before) and all(section(said.number) != section(place) for said in before)

    def is_said_in_another_cell(self, number: int) -> bool:
        """Return whether a formula says what a name is, of which only other cells or files have said it before.

        Headings may stand between them.
        """
        place, own = number + self.added, self._defined(number)
        clean = self.text.regions[place].clean
        before = [said for said in self.text.said if said.number < place and _defined_by(said.statement.body) in own]
        return bool(before) and all(s.number >= self.added and s.region.clean is not clean for s in before)

    def says_other_than_its_model(self, number: int) -> bool:
        """Return whether a formula says what a name is of which the model that is added to the text says it."""
        own = self._defined(number) if self.added else set()
        bodies = (said.statement.body for said in self.text.said if said.is_added)
        return any(_defined_by(body) in own for body in bodies if not has_derivative(body))

    def is_membership(self, number: int) -> bool:
        """Return whether a formula does no more than say the sets of names: u_a ∈ ℝ^n."""
        bodies = self.bodies(number)
        return bool(bodies) and all(isinstance(b, Relation) and b.links[0].operator == r"\in" for b in bodies)

    def of_two_shapes(self, number: int) -> str | None:
        """Return a name of a formula of which this part of the text says two shapes: x ∈ ℝ^n, then x ∈ ℝ^{n+1}."""
        section = self.section(number)
        return next((n.text for n in self.names(number) if len(self._shapes.get((n.text, section), ())) > 1), None)

    @cached_property
    def _shapes(self) -> dict[tuple[str, int], set[str]]:
        """The arrays of numbers in which each part of the text says names to be."""
        found: dict[tuple[str, int], set[str]] = {}
        for said in self.text.said:
            body = said.statement.body
            if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator != r"\in":
                continue
            sets = body.links[0].node
            for name in names_in(body.first) if sets.sup is not None else ():
                found.setdefault((name.text, self.text.section(said.number)), set()).add(sets.text)
        return found

    @cached_property
    def turned(self) -> frozenset[tuple[str | None, int]]:
        """The names that the text transposes with an index, the v_a of v_a^T v_b, and the parts of the text that do."""
        return frozenset(
            (node.base.plain, self.text.section(said.number))
            for said in self.text.said
            for node in walk(said.statement.body)
            if node.sub is not None and node.sub.symbol and any(piece.is_transpose for piece in node.pieces)
        )


def _is_power_of(node: Node, letter: str) -> bool:
    """Return whether a name is a letter without indices, or a power of it."""
    bare = node.base.symbol == letter and node.sub is None and not node.primes
    return bare and all(isinstance(piece, Number) for piece in node.pieces)


def _defined_by(body: Node) -> str | None:
    """Return the name on the left of an equation, without its arguments; None for what is no such equation."""
    left = left_side(body.first) if isinstance(body, Relation) and body.links[0].operator in EQUATES else None
    return None if left is None else left.name.text
