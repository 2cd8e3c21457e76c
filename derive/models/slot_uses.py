"""Over what the forward pass lets the unit indices of a name run: w_{ji} under Σ_{i=0}^{D}, for 1 ≤ j ≤ M."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.algebra.index import Index, Lin, Range, lin
from derive.names.matching import fill, written
from derive.reader.syntax import BigOperator, Node, Product, Statement, children
from derive.typing.bounds import read_bounds
from derive.typing.context import Context

Letters = Mapping[str, Range]
Slot = tuple[str, int]
"""A name and the number of one of its parameters."""


def scripts_in(statement: Statement, ranges: Letters, ctx: Context) -> Iterator[tuple[Node, Letters]]:
    """Yield what has indices in a statement, with the ranges of the letters there: those of sums around it too."""
    yield from _scripts(statement.body, ranges, ctx)


def _scripts(node: Node, ranges: Letters, ctx: Context) -> Iterator[tuple[Node, Letters]]:
    if isinstance(node, Product):
        for item in node.items:
            ranges = {**ranges, **_bounds(item.node, ctx)}
            yield from _scripts(item.node, ranges, ctx)
        return
    if node.scripted:
        yield node, ranges
    for child in () if isinstance(node, BigOperator) else children(node):
        yield from _scripts(child, ranges, ctx)


def _bounds(node: Node, ctx: Context) -> dict[str, Range]:
    if not isinstance(node, BigOperator) or node.kind.lstrip("\\") not in {"sum", "prod"}:
        return {}
    return {b.letter: Range(b.lo, b.hi) for b in read_bounds(node, ctx) if b.lo is not None and b.hi is not None}


def slot_uses(node: Node, ranges: Letters, ctx: Context) -> Iterator[tuple[Slot, Range]]:
    """Yield the unit slots of a declared name with the values that its indices take there, where that can be told."""
    key = node.base.key
    entries = [] if key is None else ctx.table.candidates(key, node.base.plain)
    filled = fill(written(node, ctx), entries, ctx) if entries else None
    if filled is None:
        return
    for at, value in filled.values.items():
        span = None if value is None else span_of_letters(value, ranges)
        if filled.entry.params[at].kind == "unit" and span is not None:
            yield (filled.entry.name, at), span


def span_of_letters(value: Lin, ranges: Letters) -> Range | None:
    """Return the values of an index expression, i+a-1 say; None where a letter has no range."""
    low, high = lin(value.const), lin(value.const)
    for atom, c in value.terms:
        own = Range(lin(atom), lin(atom))
        if isinstance(atom, Index):
            found = ranges.get(atom.name)
            if found is None:
                return None
            own = found
        low = low + (own.lo if c > 0 else own.hi) * c
        high = high + (own.hi if c > 0 else own.lo) * c
    return Range(low, high)
