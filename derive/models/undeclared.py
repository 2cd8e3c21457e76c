"""Names that a forward pass uses without a shape: numbers, one for each value of the indices that have a range.

    a_j = \\sum_{i=1}^{D} w_{ji}^{(1)} x_i + w_{j0}^{(1)},  j with a range      w^{(1)} is D numbers for each j

A letter below that has no range belongs to the name: E_{total} is one number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import LatexError
from derive.models.letters import tokens_of
from derive.models.shapes import declare_name, without_shifts
from derive.models.unit_ranges import with_ranges
from derive.names.table import Entry
from derive.reader.syntax import Accent, Font, Group, Node, walk, with_scripts
from derive.typing.heads import BUILTIN

if TYPE_CHECKING:
    from derive.models.forward import Forward
    from derive.models.lines import Line

INDEX_LETTERS = frozenset({"i", "j", "k", "l", r"\ell", "m", "n", "p", "q", "r", "s", "t"})
"""Letters that are hardly ever part of a name: without a range, one of them is a slip."""


def undeclared(right: Node, error: LatexError, line: Line, forward: Forward) -> list[Entry]:
    """Return the declaration of the name at the place of an error; nothing where it has to be declared in `shapes`."""
    node = name_at(right, error)
    key = None if node is None else node.base.key
    if node is None or key is None or key in BUILTIN:
        return []
    if not node.scripted:
        return [Entry(key, key, written=key)]
    if node.primes or any(entry.params for entry in forward.declarations.entries if entry.base == key):
        return []
    name = _without_powers(node, forward)
    found = replace(forward.declarations, entries=[])
    declare_name(name, None, line, found)
    entries = [_placed(entry, forward) for entry in found.entries]
    known = all(param.range is not None for entry in entries for param in entry.units)
    forgotten = any(letter in INDEX_LETTERS for entry in entries for letter in entry.fixed_sub)
    return entries if known and not forgotten else []


def name_at(right: Node, error: LatexError) -> Node | None:
    """Return the name at the place of an error."""
    names = (node for node in walk(right) if node.scripted or isinstance(node, Accent | Font) or node.letter)
    return next((node for node in names if node.span == error.span), None)


def _placed(entry: Entry, forward: Forward) -> Entry:
    """Return a name of numbers with the ranges that the forward pass gives to its letters."""
    ranges = forward.unit_ranges
    params = (replace(p, range=ranges.get(p.index.name)) if p.kind == "unit" else p for p in entry.params)
    return with_ranges(entry, tuple(params)) if entry.units else entry


def _without_powers(name: Node, forward: Forward) -> Node:
    """Return a name with what is above it only where that is an index or a mark in brackets: w^{(1)}, not x_i^2."""
    letters = forward.declarations.letters
    for piece in name.pieces:
        bracketed = isinstance(piece, Group) and piece.opening in {"(", "[", r"\langle"}
        if not bracketed and [t.text for t in without_shifts(tokens_of(piece), letters)] not in [[x] for x in letters]:
            return with_scripts(name.span, name.base, name.sub, None, name.primes)
    return name
