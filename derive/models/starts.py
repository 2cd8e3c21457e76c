"""What a recursion starts from where nothing defines it, such as h_0: an input."""

from __future__ import annotations

from derive.algebra.expr import Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.latex.bigops import meet
from derive.latex.symbols import Entry, SymbolTable
from derive.models.extents import Ranges, layer_ranges, span_of, variables
from derive.models.forward import Forward
from derive.network.network import Definition, Leaf


def missing_starts(table: SymbolTable, definitions: list[Definition]) -> list[tuple[Entry, Range]]:
    """Return the names that are used at layers where nothing defines them, such as h_0 of a recursion."""
    defined = layer_ranges(definitions, table)
    names = {definition.name for definition in definitions}
    found: list[tuple[Entry, Range]] = []
    for definition in definitions:
        ranges: Ranges = dict(zip(definition.params, definition.ranges, strict=True))
        for var, inner in variables(definition.body, ranges):
            entry = table.by_name(var.name)
            if entry is None or var.name not in names or len(entry.layers) != 1:
                continue
            at = next(n for n, param in enumerate(entry.params) if param.kind == "layer")
            used, known = span_of(var.idx[at], inner), defined[var.name][0]
            gap = known.lo - used.lo
            if gap.is_const and gap.const > 0 and meet(known, used) is not None:
                found.append((entry, Range(used.lo, known.lo - 1)))
    return list(dict.fromkeys(found))


def with_starts(forward: Forward) -> tuple[list[Definition], tuple[Leaf, ...]]:
    """Return the definitions, with an input where a recursion has no start, and these inputs."""
    definitions, starts = list(forward.definitions), []
    for entry, range_ in missing_starts(forward.table, definitions):
        at = next(n for n, param in enumerate(entry.params) if param.kind == "layer")
        start = f"{entry.name}_{{{range_.hi}}}" if range_.lo == range_.hi else f"{entry.name} before the first"
        names = tuple(fresh(param.index.name) for param in entry.params)
        placed: dict[Index | Size, Lin] = {p.index: lin(n) for p, n in zip(entry.params, names, strict=True)}
        ranges = tuple(
            range_ if n == at else (param.range or range_).subs(placed) for n, param in enumerate(entry.params)
        )
        definitions.insert(0, Definition(entry.name, names, ranges, Var(start, tuple(map(lin, names)))))
        starts.append(Leaf(start, names, ranges))
    return definitions, tuple(starts)
