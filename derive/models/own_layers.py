"""Layers with an activation of their own: g^{[L]} beside g^{[l]} splits a^{[l]} = g^{[l]}(z^{[l]}) at L."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.algebra.expr import Expr, Fun, Sum
from derive.algebra.functions import call
from derive.algebra.index import Lin, Range, fresh, lin, size
from derive.algebra.substitute import subs
from derive.names.table import Function, SymbolTable
from derive.network.network import Definition


def split_layers(definitions: list[Definition], table: SymbolTable) -> list[Definition]:
    """Return the definitions with each layer whose activation is declared apart as one of its own."""
    for function in table.functions.values():
        at = _layer(function, table)
        general = table.functions.get(function.written)
        if at is not None and general is not None and general.layers == 1:
            definitions = [part for d in definitions for part in _split(d, general, function, at)]
    return definitions


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
    if slot is None or definition.ranges[slot].hi != at:
        yield definition
        return
    ranges = list(definition.ranges)
    ranges[slot] = Range(ranges[slot].lo, at - 1)
    yield replace(definition, ranges=tuple(ranges))
    values = {definition.params[slot]: at}
    own_ranges = [r.subs(values) for r in definition.ranges]
    own_ranges[slot] = Range(at, at)
    placed = replace(definition, ranges=tuple(own_ranges), body=subs(body.args[0], values))
    yield replace(placed, body=_applied(own, placed, slot))


def _applied(own: Function, placed: Definition, slot: int) -> Expr:
    """Return the activation of the layer at the argument that stands in `placed.body`."""
    if own.kind != "softmax":
        return call(own.name, placed.body)
    (unit,) = (n for n in range(len(placed.params)) if n != slot)
    m = fresh("m")
    other = subs(placed.body, {placed.params[unit]: lin(m)})
    return call("exp", placed.body) / Sum(m, placed.ranges[unit], call("exp", other))
