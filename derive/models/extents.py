"""At which layers each name is there: where the forward pass defines it, else where it is used; and the leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.algebra.expr import Chain, Expr, Fun, Functional, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, hull, lin
from derive.algebra.substitute import children, walk
from derive.names.table import Entry, SymbolTable
from derive.network.network import Definition, Leaf

Ranges = Mapping[Index, Range]


def occurrences(definitions: Iterable[Definition]) -> Iterator[tuple[Definition, Var, Ranges]]:
    """Yield every variable in the bodies of definitions with the ranges of the indices around it."""
    for definition in definitions:
        for var, ranges in variables(definition.body, own_ranges(definition)):
            yield definition, var, ranges


def variables(expr: Expr, ranges: Ranges) -> Iterator[tuple[Var, Ranges]]:
    """Yield every variable of an expression with the ranges of the indices bound around it."""
    match expr:
        case Var():
            yield expr, ranges
        case Sum(index, range_, body) | Prod(index, range_, body):
            yield from variables(body, {**ranges, index: range_})
        case Functional(_, args):
            for arg in args:
                inner = {**ranges, **dict(zip(arg.indices, arg.ranges, strict=True))}
                yield from variables(arg.body, inner)
        case Chain(index, range_):
            yield from variables(expr.body, {**ranges, index: range_})
        case _:
            for child in children(expr):
                yield from variables(child, ranges)


def own_ranges(definition: Definition) -> Ranges:
    return dict(zip(definition.params, definition.ranges, strict=True))


def layer_place(entry: Entry | None) -> int | None:
    """Return which index of a name is its layer; None where it has none, or several."""
    places = [at for at, param in enumerate(entry.params) if param.kind == "layer"] if entry is not None else []
    return places[0] if len(places) == 1 else None


def layer_ranges(definitions: Sequence[Definition], table: SymbolTable) -> dict[str, list[Range]]:
    """Return, for every name with layers, its layer indices' ranges: where it is defined, else used."""
    defined: dict[str, list[Range]] = {}
    used: dict[str, list[Range]] = {}
    for definition in definitions:
        _unite(defined, table.by_name(definition.name), definition.ranges)
    for _, var, ranges in occurrences(definitions):
        if var.name not in defined:
            _unite(used, table.by_name(var.name), [span_of(value, ranges) for value in var.idx])
    return {**used, **defined}


def _unite(found: dict[str, list[Range]], entry: Entry | None, ranges: Iterable[Range]) -> None:
    """Add the ranges of the layers among the indices of a name to those that it has so far."""
    if entry is not None and entry.layers:
        own = [range_ for param, range_ in zip(entry.params, ranges, strict=True) if param.kind == "layer"]
        found[entry.name] = [hull(pair) for pair in zip(found.get(entry.name, own), own, strict=True)]


def recursions(definitions: Iterable[Definition], table: SymbolTable) -> dict[str, Range]:
    """Return the layers of each name that has a start of its own (h_0 = x) without that start."""
    found: dict[str, Range] = {}
    starts: set[str] = set()
    for definition in definitions:
        at = layer_place(table.by_name(definition.name))
        range_ = definition.ranges[at] if at is not None else None
        if range_ is None:
            continue
        if range_.lo == range_.hi and range_.lo.is_const:
            starts.add(definition.name)
        else:
            found[definition.name] = hull((found.get(definition.name, range_), range_))
    return {name: range_ for name, range_ in found.items() if name in starts}


def function_domains(definitions: Iterable[Definition], table: SymbolTable) -> dict[tuple[str, str], Range]:
    """Return where the forward pass applies functions: (g, "") -> the layers of g^{[l]}, (g, a) -> those of a_k in
    g(a_k)."""
    found: dict[tuple[str, str], Range] = {}
    for definition in definitions:
        ranges = own_ranges(definition)
        for call in (node for node in walk(definition.body) if isinstance(node, Fun)):
            if call.idx:
                _widen(found, (call.name, ""), call.idx[0], ranges)
            argument = call.args[0] if len(call.args) == 1 else None
            at = layer_place(table.by_name(argument.name)) if isinstance(argument, Var) else None
            if isinstance(argument, Var) and at is not None:
                _widen(found, (call.name, argument.name), argument.idx[at], ranges)
    return found


def _widen(found: dict[tuple[str, str], Range], key: tuple[str, str], value: Lin, ranges: Ranges) -> None:
    if value.indices() <= set(ranges):
        own = span_of(value, ranges)
        found[key] = hull((found.get(key, own), own))


def span_of(value: Lin, ranges: Ranges) -> Range:
    """Return the range of values of an index expression: for u = 1, …, t and t = 1, …, T those of u are 1, …, T."""
    return Range(_end(value, ranges, high=False), _end(value, ranges, high=True))


def _end(value: Lin, ranges: Ranges, *, high: bool) -> Lin:
    """Return the lowest or the highest value: that of the innermost index first, whose ends may hold others."""
    for index, range_ in reversed(list(ranges.items())):
        if index in value.indices():
            falls = dict(value.terms).get(index, 1) < 0
            value = value.subs({index: range_.lo if falls == high else range_.hi})
    return value


def with_layers(table: SymbolTable, ranges: Mapping[str, list[Range]], depth: Lin) -> SymbolTable:
    """Return the table with the range of every layer index filled in, 1..L where nothing says more."""
    for entry in table.every:
        if entry.layers and entry.body is None:
            found = iter(ranges.get(entry.name, []))
            params = tuple(
                replace(param, range=next(found, Range(lin(1), depth))) if param.kind == "layer" else param
                for param in entry.params
            )
            table = table.with_entry(replace(entry, params=params))
    return table


def leaves_of(table: SymbolTable, definitions: Iterable[Definition]) -> tuple[Leaf, ...]:
    """Return the names that nothing defines, with the ranges of their indices."""
    defined = {definition.name for definition in definitions}
    return tuple(_leaf(entry) for entry in table.every if entry.body is None and entry.name not in defined)


def _leaf(entry: Entry) -> Leaf:
    """Return a leaf with indices of its own: in x^{(i)} ∈ ℝ^n both the example and the unit may be called i."""
    names: dict[Index | Size, Lin] = {}
    params, ranges = [], []
    for param in entry.params:
        own = fresh(param.index.name)
        if param.range is not None:
            ranges.append(param.range.subs(names))
        names[param.index] = lin(own)
        params.append(own)
    return Leaf(entry.name, tuple(params), tuple(ranges))
