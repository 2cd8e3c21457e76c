"""One letter for the mean of a loss over examples and for that of one of them: C = (1/n) Σ_x C_x, C = ½ ‖y - a‖²."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.lecture.declarations import Equation
from derive.lecture.written_equations import names_in
from derive.reader.syntax import BigOperator, Fraction, Node, Relation, walk


def averaged(equations: Sequence[Equation]) -> dict[str, tuple[set[int], set[int]]]:
    """Return the names that a text uses for a mean over all examples and for one of them, each with the places of the
    equations that say the former, and of those that say the latter.

    Such a text says that the name is the mean of what it is for each example, C = (1/n) Σ_x C_x, or that it is that
    of one, C = C_x, and defines it in one place with a sum over the x, and without in another.
    """
    found: dict[str, tuple[set[int], set[int]]] = {}
    for own in dict.fromkeys(equation.left.text for equation in equations if not equation.left.scripted):
        places = {n for n, equation in enumerate(equations) if equation.left.text == own}
        letters = {letter for n in places for letter in _letters_of_members(equations[n])}
        of_all = {n for n in places if letters & set(_summed(equations[n].right))}
        of_one = places - of_all
        if of_all and any(not equations[n].alias for n in of_one):
            found[own] = (of_all, of_one)
    return found


def _letters_of_members(equation: Equation) -> Iterator[str]:
    """Yield the letter of the members that an equation calls a name by, or of which it says that this is the mean: the
    x of C = C_x, and of C = (1/n) Σ_x C_x."""
    below = {id(n) for node in walk(equation.right) if isinstance(node, Fraction) for n in walk(node.denominator)}
    names = [name for name in names_in(equation.right) if id(name) not in below]
    member = names[0] if len(names) == 1 and names[0].base.key == equation.base else None
    if member is not None and member.sub is not None and member.sup is None and member.sub.symbol.islower():
        summed = set(_summed(equation.right))
        if equation.right is member or (below and member.sub.symbol in summed):
            yield member.sub.symbol


def _summed(node: Node) -> Iterator[str]:
    """Yield the letters over which sums in an expression run."""
    for inner in walk(node):
        below = inner.below if isinstance(inner, BigOperator) and inner.kind == "sum" else None
        if below is not None:
            yield below.first.symbol if isinstance(below, Relation) else below.symbol
