"""What the text around a formula says of it, as syntax: conditions, signs, symmetric matrices, one-hot labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from derive.algebra.index import Range
from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.models.letters import is_set_of_reals
from derive.notation.signs import ORDERS
from derive.prose.sentence_conditions import Conditions
from derive.prose.surroundings import Surroundings
from derive.reader.conditions import condition_of, one_hot, symmetric
from derive.reader.parser import parse_formula
from derive.reader.ranges import is_equation, limits_names, sets_several
from derive.reader.syntax import Link, Name, Node, Number, Relation, Statement, Text, Tuple
from derive.source import Span


def said_of(region: FormulaRegion, around: Surroundings) -> tuple[Node, ...]:
    """Return all that the text around a formula says of it as conditions."""
    return (
        *conditions_said(region, around, around.conditions),
        *_signs(region, around.signs),
        *_symmetries(region, around.symmetric),
        *_class(region, around.true_class[:1]),
        *on_diagonal(region, around.diagonal),
    )


def statements_at(region: FormulaRegion, spans: Sequence[Span]) -> tuple[Statement, ...]:
    """Return what formulas around one say; those that cannot be read are reported where they are judged."""
    found: list[Statement] = []
    for span in spans:
        with suppress(LatexError):
            found += parse_formula(region.clean, span, region.macros).statements
    return tuple(found)


def conditions_said(region: FormulaRegion, around: Surroundings, conditions: Conditions) -> tuple[Node, ...]:
    """Return the conditions in the sentence of a formula as one, with the words before each."""
    pieces: list[Node] = []
    if any(span in around.true_class for _, span in conditions):
        return ()
    for words, span in conditions:
        if span is None:
            pieces.append(Text(pieces[-1].span, words))
            continue
        found = statements_at(region, (span,))
        if len(found) != 1:
            return ()
        pieces += [Text(span, words), found[0].body]
    if all(isinstance(piece, Text) or is_shape(piece) for piece in pieces):
        return ()
    condition = condition_of(pieces) if pieces else None
    if isinstance(condition, Relation) and sets_several(condition):
        sides = [condition.first, *(link.node for link in condition.links[:-1])]
        return tuple(replace(condition, first=side, links=condition.links[-1:]) for side in sides)
    if isinstance(condition, Tuple) and any(map(is_equation, condition.items)):
        return condition.items
    return (condition,) if condition is not None and (limits_names(condition) or is_equation(condition)) else ()


def is_shape(node: Node) -> bool:
    """Return whether a formula says no more than in which arrays of real numbers a name is: x ∈ ℝ^m."""
    return isinstance(node, Relation) and node.links[-1].operator == r"\in" and is_set_of_reals(node.links[-1].node)


def _signs(region: FormulaRegion, signs: Sequence[tuple[str, Span]]) -> Iterator[Node]:
    """Yield what the sentence says of signs as conditions, s > 0."""
    for sign, span in signs:
        for statement in statements_at(region, (span,)):
            yield Relation(span, statement.body, (Link(sign, Number(span, "0"), span),))


def _symmetries(region: FormulaRegion, spans: Sequence[Span]) -> Iterator[Node]:
    """Yield what the text says of symmetric matrices as conditions, A = A^T."""
    for statement in statements_at(region, spans):
        body = statement.body
        if isinstance(body, Relation) and body.links[0].operator == "=":
            yield body
        else:
            named = body.first if isinstance(body, Relation) else body
            yield from map(symmetric, named.items if isinstance(named, Tuple) else (named,))


def _class(region: FormulaRegion, spans: Sequence[Span]) -> Iterator[Node]:
    """Yield what a sentence says of the class of an example as a condition, y = e_c for y_c = 1."""
    for statement in statements_at(region, spans):
        found = one_hot(statement.body) if isinstance(statement.body, Relation) else None
        if found is not None:
            yield found


def on_diagonal(region: FormulaRegion, role: str) -> Iterator[Node]:
    """Yield what a sentence about the entries on a diagonal, or off it, says of the last two indices of a derivative,
    or of a name: i = j, i ≠ j."""
    letters = _PAIR.match(region.clean.excerpt(region.span).split("=")[0].strip()) if role in _SIGNS_OF_ROLES else None
    if letters is not None:
        first, second = (Name(region.span, letters[side]) for side in (1, 2))
        yield Relation(region.span, first, (Link(_SIGNS_OF_ROLES[role], second, region.span),))


def at_the_ends(region: FormulaRegion, layers: Sequence[str], ranges: Mapping[str, Range]) -> Iterator[Relation]:
    """Yield what words for the last or the first layer say of the letters that count layers: k = L, k = 1."""
    written = set(_LETTERS.findall(region.clean.excerpt(region.span)))
    for letter, range_ in ranges.items():
        ends = {"last": str(range_.hi.atom or ""), "first": str(range_.lo)}
        for kind in (kind for kind in layers if kind in ends and letter in written):
            end = ends[kind]
            if end.isalnum():
                node = Number(region.span, end) if end.isdecimal() else Name(region.span, end)
                yield Relation(region.span, Name(region.span, letter), (Link("=", node, region.span),))


_LETTERS = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_SIGNS_OF_ROLES = {"if": "=", "unless": r"\ne"}
_LAST = r"_(?:\{[^{}]*)?(?<!\\el)([a-z])\b'?\}?\s*"
_PAIR = re.compile(
    rf"(?:\\left|[\[(]|\\[dt]?frac\s*\{{|\s)*\\partial[^_=]*{_LAST}\}}?\s*(?:/|\{{)\s*\\partial[^_=]*{_LAST}[^_]*\Z"
)
"""The derivative of one entry by another, with the last index of each."""


def compares_values(region: FormulaRegion, around: Surroundings) -> bool:
    """Return whether the sentence of a formula limits it to some values: if $y s < 1$."""
    spans = [span for _, span in around.conditions if span is not None]
    bodies = [one.body for span in spans for one in statements_at(region, (span,))]
    return any(isinstance(body, Relation) and body.links[0].operator in ORDERS for body in bodies)
