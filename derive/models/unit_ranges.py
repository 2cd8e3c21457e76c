"""Over what index letters run: what conditions and sums of the forward pass say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from derive.algebra.index import Range
from derive.latex.bigops import read_bounds
from derive.latex.context import Context
from derive.latex.quantifiers import read_limits
from derive.latex.symbols import Entry, SymbolTable
from derive.latex.syntax import BigOperator, Statement, walk


def condition_ranges(statement: Statement, ctx: Context) -> dict[str, Range]:
    """Return the ranges that side conditions give to index letters: (1 \\le k \\le L)."""
    limits, _ = read_limits(statement.conditions, ctx)
    found = {letter: limits.range_of(letter) for letter in set(limits.lower) & set(limits.upper)}
    return {letter: range_ for letter, range_ in found.items() if range_ is not None}


def sum_ranges(statement: Statement, ctx: Context) -> dict[str, Range]:
    """Return the ranges over which sums of a statement run. Raises: LatexError where bounds cannot be read."""
    found: dict[str, Range] = {}
    for node in walk(statement.body):
        if isinstance(node, BigOperator) and node.sup is not None and node.kind.lstrip("\\") in {"sum", "prod"}:
            for bound in read_bounds(node, ctx):
                if bound.lo is not None and bound.hi is not None:
                    found.setdefault(bound.letter, Range(bound.lo, bound.hi))
    return found


def with_unit_ranges(table: SymbolTable, ranges: Mapping[str, Range]) -> SymbolTable:
    """Return the table with the ranges of unit indices that names of numbers carry, as w_{ji} ∈ ℝ."""
    for entry in [entry for entries in table.entries.values() for entry in entries]:
        if any(param.range is None and param.kind == "unit" for param in entry.params):
            table = table.with_entry(_with_ranges(entry, ranges))
    return table


def _with_ranges(entry: Entry, ranges: Mapping[str, Range]) -> Entry:
    params = tuple(
        replace(param, range=param.range or ranges.get(param.index.name)) if param.kind == "unit" else param
        for param in entry.params
    )
    units = sum(param.kind == "unit" for param in params)
    return replace(entry, params=params, orientation="col" if units == 1 else "matrix")
