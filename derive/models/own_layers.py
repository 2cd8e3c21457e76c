"""Layers with an activation of their own: g^{[L]} beside g^{[l]} splits a^{[l]} = g^{[l]}(z^{[l]}) at L."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.algebra.expr import Expr, Fun, Sum
from derive.algebra.functions import call
from derive.algebra.index import Lin, Range, fresh, lin, size
from derive.algebra.substitute import subs
from derive.names.table import Function, SymbolTable
from derive.network.network import Definition
from derive.reader.syntax import Node, Statement, walk


def split_layers(definitions: list[Definition], table: SymbolTable) -> list[Definition]:
    """Return the definitions with each layer whose activation is declared apart as one of its own."""
    for function in table.functions.values():
        at = _layer(function, table)
        general = table.functions.get(function.written)
        if at is not None and general is not None and general.layers == 1:
            definitions = [part for d in definitions for part in _split(d, general, function, at)]
    return definitions


def with_families(table: SymbolTable, statements: Iterable[Statement]) -> SymbolTable:
    """Return the table with an open g^{[l]} where only members of it are declared, g^{[1]} and g^{[2]}, and lines of
    the forward pass apply it with an index."""
    nodes = [node for one in statements for node in walk(one.body) if node.scripted]
    for own in list(table.functions.values()):
        apart = own.fixed_sup is not None or own.fixed_sub is not None
        if apart and own.written not in table.functions and _layer(own, table) is not None:
            fixed = {one.fixed_sup or one.fixed_sub for one in table.functions.values() if one.written == own.written}
            scripts = {piece.text for node in nodes if node.base.key == own.written for piece in _scripts(node)}
            if scripts - fixed:
                table = table.with_function(own.written, Function(own.written, "open", "", 1, written=own.written))
    return table


def _scripts(node: Node) -> list[Node]:
    return [*node.pieces, *([node.sub] if node.sub is not None else [])]


def _layer(function: Function, table: SymbolTable) -> Lin | None:
    """Return the layer in the name of a function: L in g^{[L]}, 3 in g^{(3)}."""
    text = (function.fixed_sup or function.fixed_sub or "").strip("[]()")
    if text.isdigit():
        return lin(int(text))
    return size(text) if table.sizes.get(text) == 0 else None


def _split(definition: Definition, general: Function, own: Function, at: Lin) -> Iterator[Definition]:
    body = definition.body
    if not isinstance(body, Fun) or body.name != general.name or len(body.idx) != 1 or len(body.args) != 1:
        yield definition
        return
    slot = next((n for n, param in enumerate(definition.params) if lin(param) == body.idx[0]), None)
    if slot is None or not _is_within(at, definition.ranges[slot]):
        yield definition
        return
    whole, param = definition.ranges[slot], definition.params[slot]
    if at != whole.lo:
        yield _over(definition, slot, Range(whole.lo, at - 1))
    if at != whole.hi:
        yield _over(definition, slot, Range(at + 1, whole.hi))
    placed = _over(replace(definition, body=subs(body.args[0], {param: at})), slot, Range(at, at))
    own_ranges = tuple(r.subs({param: at}) for r in placed.ranges)
    placed = replace(placed, ranges=own_ranges)
    yield replace(placed, body=_applied(own, placed, slot))


def _is_within(at: Lin, range_: Range) -> bool:
    """Return whether a layer is the first or the last of a range, or a number between two."""
    before, behind = at - range_.lo, range_.hi - at
    return at in (range_.lo, range_.hi) or (
        not before.terms and not behind.terms and min(before.const, behind.const) > 0
    )


def _over(definition: Definition, slot: int, range_: Range) -> Definition:
    ranges = (*definition.ranges[:slot], range_, *definition.ranges[slot + 1 :])
    return replace(definition, ranges=ranges)


def _applied(own: Function, placed: Definition, slot: int) -> Expr:
    """Return the activation of the layer at the argument that stands in `placed.body`."""
    if own.kind != "softmax":
        return call(own.name, placed.body)
    (unit,) = (n for n in range(len(placed.params)) if n != slot)
    m = fresh("m")
    other = subs(placed.body, {placed.params[unit]: lin(m)})
    return call("exp", placed.body) / Sum(m, placed.ranges[unit], call("exp", other))
