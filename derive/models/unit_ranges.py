"""Over what the unit indices of declared names run: w_{ji} ∈ ℝ under Σ_{i=0}^{D}, for 1 ≤ j ≤ M."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from derive.algebra.index import Index, Range, Size, hull, lin
from derive.algebra.index_facts import IndexFacts
from derive.models.extents import span_of
from derive.models.letter_ranges import Indexed, Letters
from derive.names.matching import fill, written
from derive.names.table import Entry, Param, SymbolTable

Slot = tuple[str, int]
"""A name and the number of one of its parameters."""


def slot_ranges(uses: Iterable[Indexed], table: SymbolTable) -> dict[Slot, list[Range]]:
    """Return the values that the unit indices of each declared name take where it is used, as far as they are told."""
    found: dict[Slot, list[Range]] = {}
    for use in uses:
        for slot, span in _slots(use, table):
            found.setdefault(slot, []).append(span)
    return found


def _slots(use: Indexed, table: SymbolTable) -> Iterator[tuple[Slot, Range]]:
    ctx, base = replace(use.ctx, table=table), use.node.base
    entries = [] if base.key is None else table.candidates(base.key, base.plain)
    filled = fill(written(use.node, ctx), entries, ctx) if entries else None
    for at, value in filled.values.items() if filled is not None else ():
        known = value is not None and {index.name for index in value.indices()} <= set(use.ranges)
        if filled is not None and value is not None and known and filled.entry.params[at].kind == "unit":
            ranges = {Index(letter): range_ for letter, range_ in use.ranges.items()}
            yield (filled.entry.name, at), span_of(value, ranges)


def with_unit_ranges(table: SymbolTable, ranges: Letters, uses: Mapping[Slot, list[Range]]) -> SymbolTable:
    """Return the table with the ranges of unit indices: those that names of numbers carry, as w_{ji} ∈ ℝ, and those
    that the forward pass counts from 0."""
    for entry in table.every:
        params = tuple(
            replace(param, range=_range_of(param, ranges, uses.get((entry.name, at), [])))
            if param.kind == "unit"
            else param
            for at, param in enumerate(entry.params)
        )
        if params != entry.params:
            table = table.with_entry(with_ranges(entry, params))
    return _all_from_zero(table, uses)


def _all_from_zero(table: SymbolTable, uses: Mapping[Slot, list[Range]]) -> SymbolTable:
    """Return the table with names counted from 0 that have the size of such a name, and no sum that counts from 1."""
    entries = table.every
    units = [param for entry in entries for param in entry.params if param.kind == "unit"]
    counted = {
        name for param in units if param.range is not None and param.range.lo == lin(0) for name in _sizes(param)
    }
    counted -= {
        name
        for entry in entries
        for at, param in enumerate(entry.params)
        if any(use.lo == lin(1) for use in uses.get((entry.name, at), []))
        for name in _sizes(param)
    }
    for entry in entries:
        params = tuple(
            replace(param, range=Range(lin(0), param.range.hi - 1))
            if param.kind == "unit" and param.range is not None and param.range.lo == lin(1) and _sizes(param) & counted
            else param
            for param in entry.params
        )
        if params != entry.params:
            table = table.with_entry(replace(entry, params=params))
    return table


def _sizes(param: Param) -> set[str]:
    """Return the names of the sizes that end the range of a parameter: n of n_l."""
    return set() if param.range is None else {atom.name for atom, _ in param.range.hi.terms if isinstance(atom, Size)}


def _range_of(param: Param, ranges: Letters, uses: list[Range]) -> Range | None:
    if param.range is None:
        return hull(uses) if uses else ranges.get(param.index.name)
    if param.range.lo != lin(1) or all(use.lo != lin(0) for use in uses):
        return param.range
    from_zero = Range(lin(0), param.range.hi - 1)
    known = IndexFacts()
    fits = all(known.at_most_zero(use.hi - from_zero.hi) is not False for use in uses)
    return from_zero if fits else param.range


def with_ranges(entry: Entry, params: tuple[Param, ...]) -> Entry:
    """Return a name with the ranges of its indices; those of numbers are axes then."""
    if all(param.range is not None for param in entry.params if param.kind == "unit"):
        return replace(entry, params=params)
    units = sum(param.kind == "unit" for param in params)
    return replace(entry, params=params, orientation="col" if units == 1 else "matrix")
