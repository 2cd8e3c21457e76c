"""What a recursion starts from where nothing defines it, such as h_0: an input."""

from __future__ import annotations

from collections.abc import Iterator

from derive.algebra.expr import Num, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.models.extents import layer_place, layer_ranges, occurrences, span_of
from derive.models.forward import Forward
from derive.names.table import Entry, SymbolTable
from derive.network.network import Definition, Leaf
from derive.typing.constraints import meet


def missing_starts(table: SymbolTable, definitions: list[Definition]) -> Iterator[tuple[Entry, int, Range]]:
    """Yield the names that are used at layers where nothing defines them, such as h_0 of a recursion, with the place of
    the layer."""
    names = {definition.name for definition in definitions}
    defined = layer_ranges(definitions, table)
    for definition, var, ranges in occurrences(definitions):
        entry = table.by_name(var.name)
        at = layer_place(entry)
        if entry is None or at is None or var.name not in names:
            continue
        used, known = span_of(var.idx[at], ranges), defined[var.name][0]
        gap, beyond = known.lo - used.lo, used.hi - known.hi
        if meet(known, used) is None:
            continue
        if gap.is_const and gap.const > 0:
            yield entry, at, Range(used.lo, known.lo - 1)
        if beyond.is_const and beyond.const > 0 and var.name == definition.name:
            yield entry, at, Range(known.hi + 1, used.hi)


def rest_of_inputs(table: SymbolTable, definitions: list[Definition]) -> list[tuple[Entry, int, Range]]:
    """Return the names of which only the first unit is set to a number, x_0 = 1, with the range of the others."""
    found: list[tuple[Entry, int, Range]] = []
    for name in dict.fromkeys(definition.name for definition in definitions):
        entry, own = table.by_name(name), [d for d in definitions if d.name == name]
        if entry is None or entry.layers or len(own) != 1 or not isinstance(own[0].body, Num):
            continue
        for at, param in enumerate(entry.params):
            whole, part = param.range, own[0].ranges[at]
            if whole is not None and part == Range(whole.lo, whole.lo) != whole:
                found.append((entry, at, Range(whole.lo + 1, whole.hi)))
    return found


def with_starts(forward: Forward) -> tuple[list[Definition], tuple[Leaf, ...]]:
    """Return the definitions, with an input where a recursion has no start, and these inputs."""
    definitions, starts = list(forward.definitions), []
    missing = dict.fromkeys(missing_starts(forward.table, definitions))
    for entry, at, range_ in [*missing, *rest_of_inputs(forward.table, definitions)]:
        place = "before the first" if entry.layers else "after the first"
        start = f"{entry.name}_{{{range_.hi}}}" if range_.lo == range_.hi else f"{entry.name} {place}"
        names = tuple(fresh(param.index.name) for param in entry.params)
        placed: dict[Index | Size, Lin] = {p.index: lin(n) for p, n in zip(entry.params, names, strict=True)}
        ranges = tuple(
            range_ if n == at else (param.range or range_).subs(placed) for n, param in enumerate(entry.params)
        )
        definitions.insert(0, Definition(entry.name, names, ranges, Var(start, tuple(map(lin, names)))))
        starts.append(Leaf(start, names, ranges))
    return definitions, tuple(starts)
