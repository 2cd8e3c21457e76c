"""Derivations as text: the one layout of steps at the prompt, on the terminal, and behind a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.algebra.index import Index
from derive.names.letters import lettered
from derive.names.notation import Notation
from derive.network.array_forms import NoForm, form_of, gathered
from derive.network.derivation import Case, Derivation, Step
from derive.network.network import Network
from derive.network.recursion import unrolled
from derive.writing.matrix_form import Speller
from derive.writing.plain import plain
from derive.writing.plain_formula import plain_formula
from derive.writing.unicode import to_unicode

WIDEST = 72  # rules begin at the latest here


def text_of(derivation: Derivation, notation: Notation) -> str:
    """Return the steps of all cases, each line with its rule."""
    return "\n".join(line for case in derivation.cases for line in _case(case, notation))


def _case(case: Case, notation: Notation) -> Iterator[str]:
    first, *others = lettered_steps(case.steps, notation)
    lines = laid_out(to_unicode(first.expr, notation), [(to_unicode(s.expr, notation), s.words) for s in others])
    if case.condition == "all indices":
        yield from lines
    else:
        yield f"{condition_text(case)}:"
        yield from (f"  {line}" for line in lines)


def lettered_steps(steps: Sequence[Step], notation: Notation) -> list[Step]:
    """Return the lines of a derivation with letters for bound indices that mean nothing else in it."""
    goal = steps[0].expr
    return [replace(step, expr=lettered(step.expr, notation, (goal,))) for step in steps]


def laid_out(left: str, lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what is asked for, and below it each line with its rule behind it."""
    rows = list(lines)
    width = min(max((len(text) for text, _ in rows), default=0), WIDEST)
    yield left
    yield from (f"  = {text:<{width}}   {rule}" for text, rule in rows)


def condition_text(case: Case) -> str:
    """Return the condition of a case as it is read: 1 ≤ k ≤ L-1."""
    return plain(case.condition).replace("<=", "≤")


def array_lines(network: Network, case: Case, speller: Speller) -> Iterator[str]:
    """Yield how the general entry of a derivative becomes an array, for what has a form in matrix notation."""
    ranges, v = dict(case.free), case.goal.var
    pattern = speller.notation.patterns.get(v.name)
    slots = pattern.slots if pattern is not None else ()
    units = [e.atom for e, slot in zip(v.idx, slots, strict=False) if slot.kind == "unit"]
    axes = tuple((unit, ranges[unit]) for unit in units if isinstance(unit, Index) and unit in ranges)
    try:
        left = speller.latex(form_of(case.goal, [axis for axis, _ in axes]))
        further = unrolled(network, case, axes)
        steps = (*gathered(case.result, axes), *(further.steps if further is not None else ()))
        rows = [
            (plain_formula(speller.latex(step.form), speller.notation), step.words)
            for step in steps
            if step.form is not None
        ]
    except NoForm:
        return
    yield from laid_out(plain_formula(left, speller.notation), rows)
