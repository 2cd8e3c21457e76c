"""Equations between functions, σ' = σ(1 - σ), at one point."""

from __future__ import annotations

from dataclasses import replace

from derive.latex.calculus import base_of, name_key, names_in
from derive.latex.context import Context
from derive.latex.derivatives import operator_of
from derive.latex.heads import BUILTIN
from derive.latex.names import base_key, unbrace
from derive.latex.syntax import (
    Accent,
    Fraction,
    Group,
    Item,
    Name,
    Node,
    Product,
    Script,
    Symbol,
    walk,
)
from derive.latex.templates import mapped

POINT = "the point"


def pointwise(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return σ' = σ(1 - σ), an equation of functions, at one point; None where there is more than functions.

    The point is the variable of dσ/dz where there is one: dσ/dz = σ(1 - σ) and dσ/dz = σ(z)(1 - σ(z)).
    """
    variables = {name_key(v): v for node in nodes for v in _variables(node, ctx)}
    if len(variables) > 1:
        return None
    names = [name for node in nodes for name in names_in(node)]
    signs = {r"\partial", "d", r"\mathrm{d}", *variables}
    others = [name for name in names if name_key(name) not in signs] if variables else names
    if not others or not all(_is_function(name, ctx) for name in others):
        return None
    point = next(iter(variables.values()), Symbol(nodes[0].span, POINT))
    return [_at_point(node, point, ctx) for node in nodes]


def _variables(node: Node, ctx: Context) -> list[Node]:
    """Return the variables of derivatives of bare functions, the z of dσ/dz."""
    found = []
    for inner in walk(node):
        operator = operator_of(inner, ctx) if isinstance(inner, Fraction) else None
        if operator is not None and operator.numerator is not None and _is_function(operator.numerator, ctx):
            found += [variable for variable in operator.variables if base_key(variable) is not None]
    return found


def _is_function(node: Node, ctx: Context) -> bool:
    base = base_of(unbrace(node))
    key = base_key(base) or ""
    return key in ctx.table.functions or key in BUILTIN


def _at_point(node: Node, point: Node, ctx: Context) -> Node:
    """Return a tree with every function that has no argument applied to the point."""
    node = unbrace(node)
    if isinstance(node, Product):
        items: list[Item] = []
        for item, after in zip(node.items, (*node.items[1:], None), strict=True):
            inner = unbrace(item.node)
            if not _is_bare_function(inner, ctx):
                items.append(Item(item.operator, _at_point(inner, point, ctx)))
            elif after is not None and not after.operator and _holds(after.node, point):
                items.append(item)
            else:
                items += [Item(item.operator, inner), Item("", _brackets(inner, point))]
        return replace(node, items=tuple(items))
    if _is_bare_function(node, ctx):
        return Product(node.span, (Item("", node), Item("", _brackets(node, point))))
    return mapped(node, lambda inner: _at_point(inner, point, ctx))


def _is_bare_function(node: Node, ctx: Context) -> bool:
    is_name = isinstance(node, Symbol | Script | Name | Accent) and base_key(base_of(node)) is not None
    return is_name and _is_function(node, ctx)


def _holds(node: Node, point: Node) -> bool:
    """Return whether brackets hold the point itself, so that they are an argument: σ(z), σ(-z)."""
    group = unbrace(node)
    return isinstance(group, Group) and name_key(point) in {name_key(name) for name in names_in(group.body)}


def _brackets(node: Node, point: Node) -> Node:
    return Group(node.span, "(", ")", point)
