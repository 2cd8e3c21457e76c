"""Shapes that one section of a text says, and that do not fit what another one computes with the same letters: there
they are something else. What a section says itself counts for it first, and what a model adds before all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.lecture.declarations import Collected, Declared, Equation
from derive.lecture.fit import Fitting
from derive.lecture.forward import ForwardPass, choose
from derive.lecture.letters import solver_of
from derive.lecture.matrix_parts import Example, examples_of, possible_parts
from derive.lecture.said import is_added
from derive.lecture.said_shapes import declare, memberships, without
from derive.lecture.size_equations import size_equations
from derive.lecture.written_equations import names_in
from derive.reader.syntax import walk

LEAD = 1
"""The last part of a text whose declarations hold everywhere: what stands below its title."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A forward pass with its shapes, as far as they fit, and the matrices of which it computes with the examples."""

    chosen: ForwardPass
    fitting: Fitting
    examples: list[Example]


def _fitted(found: Collected, dropped: frozenset[int | str]) -> Fitted:
    solver = solver_of(found, dropped)
    solver.sizes.unknown |= {one.name: ((), one.value) for one in size_equations(found, solver)}
    start = ForwardPass(found, solver, declare(found, solver))
    fitting, first = Fitting(), choose(replace(start, parts=possible_parts(start)), dropped)
    chosen = fitting.fit(first)
    examples = list(examples_of(first))
    if examples:
        fitting = Fitting()
        chosen = fitting.fit(first)
    return Fitted(chosen, fitting, examples)


def with_own_shapes(found: Collected, dropped: frozenset[int | str]) -> tuple[Fitted, dict[str, frozenset[int]]]:
    """Return declarations fitted, the shapes of letters left out that another section says and that an equation does
    not fit: in its section they are something else; and those letters, with the sections where they are.

    Only where all names of the equation have a shape then, which is not one that their looks alone say.
    """
    fitted, otherwise = _fitted(found, dropped), dict[str, frozenset[int]]()
    tried: set[int] = set()
    while True:
        misfit = next((e for e in fitted.fitting.misfits if id(e.left) not in tried), None)
        if misfit is None:
            return fitted, otherwise
        tried.add(id(misfit.left))
        shapes = list(_said_elsewhere(misfit, found))
        for several in (*([one] for one in shapes), shapes):
            letters = {declared.plain for declared in several}
            other = _fitted(without(several, found), dropped) if letters else None
            lead = {one.plain for one in several if found.text.section(one.number) <= LEAD}
            if other is not None and _is_evident(misfit, other, letters, lead):
                found, fitted = other.chosen.found, other
                for one in several:
                    otherwise[one.plain] = otherwise.get(one.plain, frozenset()) | {found.text.section(one.number)}
                break


def _said_elsewhere(equation: Equation, found: Collected) -> Iterator[Declared]:
    """Yield the shapes of letters of an equation that other sections say; of what a model adds, all of the text."""
    own, section = equation.said, found.text.section
    added = own.is_added
    if own.number not in found.own and not added:
        return
    letters = {node.base.plain for node in (equation.left, *names_in(equation.right))}
    for _, declared in memberships(found):
        here = section(declared.number) == section(own.number)
        if declared.plain in letters and not is_added(declared.region) and (added or not here):
            yield declared


def _is_evident(equation: Equation, fitted: Fitted, letters: set[str], lead: set[str]) -> bool:
    """Return whether an equation fits, and says of letters what they are: their entries, or arrays; the former of those
    of the `lead`, which mean the same everywhere else."""
    chosen, solver = fitted.chosen, fitted.chosen.solver
    keys = {chosen.key(node) for node in (equation.left, *names_in(equation.right)) if node.base.plain in letters}
    added = equation.said.is_added
    shapes = {key for key, shape in solver.shapes.items() if (shape.rank or added) and key not in solver.guessed}
    shapes -= {chosen.key(node) for node in names_in(equation.right) if node.base.plain in lead and not added}
    fits = any(other.left is equation.left for other in chosen.equations)
    return fits and all(solver.ranks.get(key) or key in shapes for key in keys)


def of_the_model(found: Collected, first: int) -> tuple[Collected, dict[str, frozenset[int]]] | None:
    """Return what is declared without all that a text says with letters of the equations that a model adds, and those
    letters, with the sections that do; None where its own formulas, from a `first` one on, compute what these use."""
    model = [equation for equation in found.equations if equation.said.is_added]
    bases = {letter for equation in model for letter in _letters(equation, scripts=False)}
    letters = {letter for equation in model for letter in _letters(equation, scripts=True)}
    defined = {equation.left.base.plain for equation in model} | set(found.functions)
    others = [equation for equation in found.equations if equation not in model]
    if any(e.said.number >= first and e.left.base.plain in bases - defined for e in others):
        return None
    clash = [e for e in others if _letters(e, False) & letters or _letters(e, True) & bases]
    shapes = [one for _, one in memberships(found) if one.plain in letters and not is_added(one.region)]
    kept = without(shapes, replace(found, equations=tuple(e for e in found.equations if e not in clash)))
    said: dict[str, frozenset[int]] = {}
    places = [(one.plain, one.number) for one in shapes]
    places += [(name, equation.said.number) for equation in clash for name in _letters(equation, False) & bases]
    for name, number in places:
        said[name] = said.get(name, frozenset()) | {found.text.section(number)}
    return kept, said


def _letters(equation: Equation, scripts: bool) -> set[str]:
    """Return the letters of the names in an equation, also of their indices."""
    names = [*names_in(equation.left), *names_in(equation.right)]
    nodes = [node for name in names for node in (walk(name) if scripts else (name.base,))]
    return {node.base.plain for node in nodes if node.base.plain}
