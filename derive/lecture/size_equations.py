"""Sizes that a text says by others: the M of M = N - K + 1 outputs of a convolution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.algebra.index import Lin, lin, size
from derive.lecture.declarations import Collected
from derive.lecture.said import Said
from derive.models.solve import Solver
from derive.reader.syntax import Additive, Node, Number, Relation


@dataclass(frozen=True, slots=True)
class SizeEquation:
    """A size that is a sum of others, and the statement that says it."""

    name: str
    value: Lin
    said: Said


def size_equations(found: Collected, solver: Solver) -> Iterator[SizeEquation]:
    """Yield the first equation of each capital that is a sum of other ones and of numbers, where nothing computes them:
    M = N - K + 1. A single one, C = K, may be a name of something else, and so may a sum of numbers."""
    shaped = {declared.plain for declared in found.shapes}
    done: set[str] = set()
    for said in found.text.said:
        body = said.statement.body
        computed = shaped | {e.left.base.plain for e in found.equations if e.said.number != said.number}
        if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator != "=":
            continue
        right = body.links[0].node
        letters = _letters(right)
        every = {body.first.symbol, *letters}
        alone = all(letter.isupper() and len(letter) == 1 for letter in every)
        apart = len(every) == len(letters) + 1 and not every & (computed | done | solver.letters)
        if len(letters) > 1 and alone and apart:
            done |= every
            yield SizeEquation(body.first.symbol, _value(right), said)


def _letters(node: Node) -> list[str]:
    """Return the letters of a sum of letters and numbers; none of anything else."""
    terms = [term.node for term in node.terms] if isinstance(node, Additive) else []
    letters = [term.symbol for term in terms if not (isinstance(term, Number) and term.text.isdigit())]
    return letters if all(letters) else []


def _value(node: Node) -> Lin:
    total = lin(0)
    for term in node.terms if isinstance(node, Additive) else ():
        value = lin(int(term.node.text)) if isinstance(term.node, Number) else size(term.node.symbol)
        total += value * (-1 if term.sign == "-" else 1)
    return total
