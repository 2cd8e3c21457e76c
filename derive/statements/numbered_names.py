"""Formulas about numbered names at a letter: ∂f_k/∂β_k where f_0, f_1, … and β_0, β_1, … are names of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.reader.syntax import Additive, BigOperator, Group, Name, Node, Number, mapped, walk, with_scripts
from derive.statements.pieces import Piece
from derive.typing.bounds import read_bounds
from derive.typing.context import Context
from derive.typing.quantifiers import Limits


def instances(piece: Piece, limits: Limits, ctx: Context) -> list[Piece]:
    """Return a link at every number that its letter may stand for; none where no numbered name has a letter.

    Which of the names exist is for the reader of the links to find out. A letter that stands anywhere else too, as a
    number k h_k or as another index, is left alone.
    """
    places = [place for side in (piece.left, piece.right) for place in _places(side, ctx)]
    letters = {letter for letter, _ in places}
    if len(letters) != 1:
        return []
    letter = next(iter(letters))
    sides = (piece.left, piece.right)
    written = sum(node.letter == letter for side in sides for node in walk(side))
    if written > len(places) or any(_is_bound(side, letter, ctx) for side in sides):
        return []
    numbers = sorted({number for _, known in places for number in known})
    return [_at(piece, letter, n) for n in numbers if _allowed(letter, n, limits)]


def _places(node: Node, ctx: Context) -> Iterator[tuple[str, set[int]]]:
    """Yield the letter of each numbered name that is written with one, and the numbers of the names."""
    for inner in walk(node):
        name = inner
        if not name.scripted:
            continue
        entries = ctx.table.candidates(name.base.key, name.base.plain)
        below = {e.fixed_sub[0] for e in entries if e.fixed_sub and not e.layers}
        above = {e.fixed_sup[0].strip("()[]") for e in entries if e.fixed_sup and not e.layers}
        for texts, first in ((below, _first(name.sub)), (above, _first(next(iter(name.pieces), None)))):
            numbers = {int(text) for text in texts if text.isdigit()}
            if len(numbers) > 1 and first and first not in texts and not _means_something(first, ctx):
                yield first, numbers


def _means_something(letter: str, ctx: Context) -> bool:
    """Return whether a letter is a bound index, a size, a label, or an index of the forward pass."""
    table = ctx.table
    return letter in ctx.indices or letter in table.sizes or letter in table.ranges or ctx.is_label(letter)


def _first(node: Node | None) -> str:
    """Return the letter with which indices begin: k of k, k-1, kij and (k); "" if it is none."""
    if node is None:
        return ""
    if isinstance(node, Group):
        node = node.body
    first = next((inner for inner in walk(node) if inner.scripted or isinstance(inner, Name | Number)), None)
    return "" if first is None else first.letter


def _is_bound(node: Node, letter: str, ctx: Context) -> bool:
    """Return whether a sum binds a letter: Σ_k h_k."""
    signs = (inner for inner in walk(node) if isinstance(inner, BigOperator))
    return any(bound.letter == letter for sign in signs for bound in read_bounds(sign, ctx))


def _allowed(letter: str, number: int, limits: Limits) -> bool:
    """Return whether conditions leave a number to a letter; bounds that are no numbers leave none."""
    value = limits.values.get(letter)
    low, high = limits.lower.get(letter, []), limits.upper.get(letter, [])
    if any(not end.is_const for end in (*low, *high)) or (value is not None and not value.is_const):
        return False
    within = all(end.const <= number for end in low) and all(number <= end.const for end in high)
    return within and (value is None or value.const == number)


def _at(piece: Piece, letter: str, number: int) -> Piece:
    left, right = _put(piece.left, letter, number), _put(piece.right, letter, number)
    return replace(piece, left=left, right=right, earlier=())


def _put(node: Node, letter: str, number: int) -> Node:
    """Return a node with a letter in indices replaced by a number."""
    if not node.scripted:
        return mapped(node, lambda inner: _put(inner, letter, number))
    sub = None if node.sub is None else _in_index(node.sub, letter, number)
    sup = None if node.sup is None else _in_index(node.sup, letter, number)
    return with_scripts(node.span, _put(node.base, letter, number), sub, sup, node.primes)


def _in_index(node: Node, letter: str, number: int) -> Node:
    if node.symbol == letter:
        return Number(node.span, str(number))
    changed = mapped(node, lambda inner: _in_index(inner, letter, number))
    if isinstance(changed, Additive):
        numbers = [(term.sign, term.node) for term in changed.terms]
        if all(isinstance(value, Number) and value.text.isdigit() for _, value in numbers):
            total = sum(int(value.text) * (-1 if sign == "-" else 1) for sign, value in numbers)
            return Number(node.span, str(total))
    return changed
