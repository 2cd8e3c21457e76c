"""Sums over data that a document writes down without a model of them: L(Θ) = -1/N Σ_i Σ_j y_{ij} log ŷ_{ij}.

Each name whose indices are bound by sums with written bounds is an open array over these bounds, every other name an
open number. Such a formula defines what stands on its left; a second one for the same name is a claim.
"""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.index import Index, Range
from derive.network.network import Definition, Leaf
from derive.reader.syntax import BigOperator, Group, Node, walk
from derive.statements.aliases import LeftSide
from derive.statements.calculus import Scope, entry_for, name_key, names_in
from derive.typing.bounds import read_bounds
from derive.typing.context import Context
from derive.typing.heads import BUILTIN
from derive.typing.indices import parts
from derive.typing.slots import sup_pieces
from derive.typing.symbols import Entry, Param


def with_data(scope: Scope, right: Node, ctx: Context) -> Scope | None:
    """Return the scope with the arrays that a formula sums over; None if it has no sums with written bounds.

    Raises: LatexError where the bounds of a sum cannot be read.
    """
    sums = [node for node in walk(right) if isinstance(node, BigOperator)]
    if not sums or any(node.kind.lstrip("\\") != "sum" or node.above is None or node.below is None for node in sums):
        return None
    letters = {token.text for node in sums for part in parts(node.above) for token in part if token.kind == "letter"}
    table = replace(scope.table, sizes={**scope.table.sizes, **dict.fromkeys(letters, 0)})
    ranges: dict[str, Range] = {}
    for node in sums:
        for bound in read_bounds(node, replace(ctx, table=table)):
            if bound.lo is not None and bound.hi is not None:
                ranges[bound.letter] = Range(bound.lo, bound.hi)
    leaves = list(scope.leaves)
    known = {leaf.name for leaf in leaves} | {definition.name for definition in scope.definitions}
    for name in names_in(right):
        base = name.base.key or ""
        if base in BUILTIN or base in letters or base in ranges or base == "e":
            continue
        entry = _entry(name, ranges)
        if entry is None:
            return None
        if entry.name not in known:
            known.add(entry.name)
            table = table.with_entry(entry)
            leaves.append(_leaf(entry))
    return replace(scope, table=table, leaves=tuple(leaves))


def _entry(name: Node, ranges: dict[str, Range]) -> Entry | None:
    """Return a name as an array over the letters that stand on it; None if only some of them are bound by sums."""
    node = name
    if not node.scripted or node.primes:
        return None if node.scripted else entry_for(node)
    below = [token.text for part in parts(node.sub) for token in part]
    pieces = [piece for piece in sup_pieces(node.sup) if isinstance(piece, Group)]
    above = [token.text for piece in pieces for part in parts(piece.body) for token in part]
    if not any(letter in ranges for letter in (*below, *above)):
        return entry_for(node)
    if not all(letter in ranges for letter in (*below, *above)):
        return None
    params = tuple(Param(Index(letter), ranges[letter], "unit") for letter in (*above, *below))
    base = node.base.key or ""
    sup, sub = tuple(range(len(above))), tuple(range(len(above), len(params)))
    return Entry(f"{base} over data", base, params, sub, sup, "col" if len(params) == 1 else "matrix", written=base)


def _leaf(entry: Entry) -> Leaf:
    ranges = tuple(param.range for param in entry.params if param.range is not None)
    return Leaf(entry.name, tuple(param.index for param in entry.params), ranges)


def with_sum(scope: Scope, left: LeftSide, right: Node, ctx: Context) -> Scope | None:
    """Return the scope with the number that `left = right` defines over data; None if it is no such formula.

    Raises: LatexError where the right side cannot be read.
    """
    found = with_data(scope, right, ctx)
    if found is None:
        return None
    value = replace(ctx, table=found.table).value(right)
    if not value.is_scalar:
        return None
    key = name_key(left.name)
    table = found.table.with_entry(entry_for(left.name))
    heads = table.heads | {left.name.base.key or key}
    definition = Definition(key, (), (), value.body)
    return replace(found, table=replace(table, heads=heads), definitions=(*found.definitions, definition))
