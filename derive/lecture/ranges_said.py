"""Over what index letters run: the ranges that a text says, and which of them is meant in an equation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derive.errors import LatexError
from derive.lecture.declarations import Collected, Declared, Equation, declared_at
from derive.lecture.enumerations import enumerations
from derive.lecture.latex import latex_of
from derive.lecture.said import Said, Sentences, place_of
from derive.notation.signs import ORDERS
from derive.reader.syntax import (
    Dots,
    Group,
    Node,
    Number,
    Relation,
    Tuple,
    walk,
)

NEAR = 4
"""How many formulas before or behind an equation may say over what its indices run."""


def ranges_said(text: Sentences) -> tuple[tuple[str, Declared], ...]:
    """Return the letters with the ranges that a text says of them, in its order."""
    said = (one for one in text.said if not text.is_denied(one.number))
    return tuple(pair for one in said for pair in (*_range(one), *_range_in_words(one, text), *_counting(one, text)))


def _counting(said: Said, text: Sentences) -> Iterator[tuple[str, Declared]]:
    """Yield how far the letters go that count names: x_1, …, x_N."""
    for listed in enumerations(said.statement.body):
        for letter in listed.letters(text.behind(said)):
            try:
                line = listed.range_of(letter, said.region)
            except LatexError:
                continue
            yield letter, Declared("", line, said.region, place_of(said), said.number, of=frozenset({listed.base}))


def _range(said: Said) -> Iterator[tuple[str, Declared]]:
    """Yield over what an index letter runs: l = 1, …, L, 1 ≤ k ≤ L, k ∈ {1, …, K}."""
    body = said.statement.body
    letter = ranged(body) if isinstance(body, Relation) else None
    if letter is None or not isinstance(body, Relation) or _goes_back(body):
        return
    try:
        declared = declared_at(body, body, said.region, said.number)
    except LatexError:
        return
    numbers = _numbers_in_a_row(body)
    text = rf"{numbers[0]} \le {letter} \le {numbers[-1]}" if numbers else declared.text
    yield letter, replace(declared, text=text)


def _range_in_words(said: Said, text: Sentences) -> Iterator[tuple[str, Declared]]:
    """Yield a range that words say: from $t = 1$ to $t = T$, from $t = 1$ up to $T$."""
    body, behind = said.statement.body, text.of(said.number + 1)
    if len(behind) != 1 or not text.goes_up(said.number) or not isinstance(body, Relation):
        return
    last = behind[0].body
    last = last.links[0].node if isinstance(last, Relation) and last.first.symbol == body.first.symbol else last
    starts = body.first.symbol and len(body.links) == 1 and isinstance(body.links[0].node, Number)
    if starts and (isinstance(last, Number) or last.symbol):
        end = latex_of(text.regions[said.number + 1], last.span)
        line = rf"{latex_of(said.region, body.span)}, \dots, {end}"
        yield body.first.symbol, Declared("", line, said.region, body.span, said.number)


def _numbers_in_a_row(relation: Relation) -> list[int]:
    """Return the numbers that a letter is said to be one after the other: l = 1, 2, 3."""
    target = relation.links[0].node
    texts = [item.text for item in target.items] if isinstance(target, Tuple) else []
    numbers = [int(text) for text in texts if text.isdecimal()]
    in_a_row = len(numbers) == len(texts) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return numbers if in_a_row else []


def _goes_back(relation: Relation) -> bool:
    """Return whether a range is that of errors which travel back, l = L - 1, …, 1: it says nothing of what is computed
    forwards, the last layer among them."""
    target = relation.links[0].node
    items = target.items if isinstance(target, Tuple) else ()
    return len(items) > 1 and isinstance(items[-1], Number) and not isinstance(items[0], Number) and not items[0].symbol


def ranged(relation: Relation) -> str | None:
    """Return the letter whose range a relation says in full, not t = 1, 2, … without an end."""
    links = relation.links
    if len(links) == 2 and all(link.operator in ORDERS for link in links):
        return links[0].node.symbol or None
    if len(links) != 1 or not relation.first.symbol:
        return None
    target = links[0].node
    items: tuple[Node, ...] = ()
    if links[0].operator == "=" and isinstance(target, Tuple):
        items = target.items
    if links[0].operator == r"\in" and isinstance(target, Group) and isinstance(target.body, Tuple):
        items = target.body.items
    in_a_row = links[0].operator == "=" and _numbers_in_a_row(relation)
    has_end = any(isinstance(item, Dots) for item in items) and not isinstance(items[-1], Dots)
    return relation.first.symbol if in_a_row or has_end else None


def conditions_of(equation: Equation, found: Collected) -> Iterator[str]:
    """Yield the conditions of an equation as LaTeX: its own, else the ranges of its letters that a sentence says."""
    own = [latex_of(equation.said.region, node.span) for node in equation.conditions]
    if own:
        yield from own
        return
    letters = {node.symbol for node in walk(equation.left)} - {equation.base}
    for letter in dict.fromkeys(letter for letter, _ in found.ranges if letter in letters):
        said = range_said(letter, equation, found)
        if said is not None:
            yield said.text


def range_said(letter: str, equation: Equation, found: Collected) -> Declared | None:
    """Return the range that a text says of a letter and that is meant in an equation: that of what it is computed from
    entry by entry, if it says several."""
    known = _ranges_of(letter, equation, found)
    if len({range_.text for range_ in known}) > 1:
        equation = _source_of(letter, equation, found)
        known = _ranges_of(letter, equation, found)
    return _nearest(known, equation.said.number, found.text) if known else None


def _ranges_of(letter: str, equation: Equation, found: Collected) -> list[Declared]:
    said = (range_ for other, range_ in found.ranges if other == letter)
    return [range_ for range_ in said if not range_.of or equation.base in range_.of]


def _source_of(letter: str, equation: Equation, found: Collected) -> Equation:
    """Return the first of the equations before one that define what it is computed from with the same indices."""
    for _ in found.equations:
        alike = {node.base.key for node in _with_letter(equation.right, letter) if _same_indices(node, equation.left)}
        before = (e for e in found.equations if e.base in alike and e.said.number <= equation.said.number)
        source = next((e for e in before if e is not equation and _same_indices(e.left, equation.left)), None)
        if source is None:
            break
        equation = source
    return equation


def _same_indices(one: Node, other: Node) -> bool:
    return one.sub is not None and other.sub is not None and one.sub.text == other.sub.text


def of_computed(
    ranges: Iterable[tuple[str, Declared]], equations: Sequence[Equation]
) -> Iterator[tuple[str, Declared]]:
    """Yield ranges, those that are said of one name as of all that are computed from it, with the same letter."""
    for letter, range_ in ranges:
        of = _counted(range_.of, letter, equations) if range_.of else range_.of
        yield letter, replace(range_, of=of)


def _counted(names: Iterable[str], letter: str, equations: Iterable[Equation]) -> frozenset[str]:
    """Return the names whose letter runs as far as that of some: these, and what is computed from them."""
    counted = set(names)
    for equation in equations:
        inside = {node.base.key for side in (equation.left, equation.right) for node in _with_letter(side, letter)}
        if inside & counted and any(True for _ in _with_letter(equation.left, letter)):
            counted.add(equation.base)
    return frozenset(counted)


def _with_letter(side: Node, letter: str) -> Iterator[Node]:
    """Yield the names on which a letter stands, below or above."""
    for node in walk(side):
        scripts = (script for script in (node.sub, node.sup) if script is not None)
        if any(inner.symbol == letter for script in scripts for inner in walk(script)):
            yield node


def _nearest(ranges: list[Declared], number: int, text: Sentences) -> Declared:
    """Return the range that is said closest to a formula, of two as close the one in its sentence, else the one before
    it; else the first one."""
    near = [range_ for range_ in ranges if abs(range_.number - number) <= NEAR]

    def distance(range_: Declared) -> tuple[int, bool, int]:
        return abs(range_.number - number), not text.in_one_sentence(range_.number, number), range_.number

    return min(near, key=distance, default=ranges[0])
