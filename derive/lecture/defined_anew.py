"""A letter that one section has as an input, and a later one computes from names of its own: two things, perhaps.

F of z = F x, and F = U - T two headings later. Nothing says then whether the later F is meant in the earlier section.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.lecture.declarations import Equation
from derive.lecture.forward import ForwardPass
from derive.lecture.written_equations import names_in


def defined_anew(chosen: ForwardPass) -> dict[str, tuple[str, int]]:
    """Return the names of a section that may mean another thing by a letter than an earlier one does, each with that
    letter and the section: the letter itself, what it is computed from, and what is computed from it."""
    section = chosen.found.text.section
    found: dict[str, tuple[str, int]] = {}
    for equation in chosen.equations:
        here, plain = section(equation.said.number), equation.left.base.plain or ""
        if not equation.left.scripted and not equation.said.is_added and _is_new(equation, here, chosen):
            names = {plain, *_plain_names(equation), *_computed_from(equation, here, chosen)}
            found |= dict.fromkeys(names, (plain, here))
    return found


def _is_new(equation: Equation, here: int, chosen: ForwardPass) -> bool:
    """Return whether an earlier section uses what an equation defines, and nothing else speaks of what it is computed
    from: no other section, no shape, and no equation."""
    section = chosen.found.text.section
    others = [e for e in chosen.equations if e is not equation]
    used = {section(e.said.number) for e in others if equation.left.base.plain in set(_plain_names(e))}
    own = set(_plain_names(equation))
    shaped = {declared.plain for declared in chosen.found.shapes}
    elsewhere = {
        node.base.plain
        for said in chosen.found.text.said
        if section(said.number) != here
        for node in names_in(said.statement.body)
    }
    computed = {e.left.base.plain for e in chosen.equations}
    return bool(own) and min(used, default=here) < here and not own & (shaped | elsewhere | computed)


def _plain_names(equation: Equation) -> Iterator[str]:
    """Yield the names from which an equation computes its left side."""
    yield from (node.base.plain for node in names_in(equation.right) if node.base.plain)


def _computed_from(equation: Equation, here: int, chosen: ForwardPass) -> Iterator[str]:
    """Yield the names that a section computes by way of an equation."""
    key = chosen.key(equation.left)
    for other in chosen.equations:
        if chosen.found.text.section(other.said.number) == here and key in chosen.ingredients(chosen.key(other.left)):
            yield other.left.base.plain or ""
