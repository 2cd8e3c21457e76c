"""Equations between functions, σ' = σ(1 - σ), at one point."""

from __future__ import annotations

from dataclasses import replace

from derive.latex.calculus import base_of, names_in
from derive.latex.context import Context
from derive.latex.heads import BUILTIN
from derive.latex.names import base_key, unbrace
from derive.latex.syntax import (
    Accent,
    Group,
    Item,
    Name,
    Node,
    Product,
    Script,
    Symbol,
)
from derive.latex.templates import mapped

POINT = "the point"


def pointwise(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return σ' = σ(1 - σ), an equation between functions, at one point; None unless functions and numbers are all there is."""
    names = [name for node in nodes for name in names_in(node)]
    if not names or not all(_is_function(name, ctx) for name in names):
        return None
    return [_at_point(node, ctx) for node in nodes]


def _is_function(node: Node, ctx: Context) -> bool:
    base = base_of(unbrace(node))
    key = base_key(base) or ""
    return key in ctx.table.functions or key in BUILTIN


def _at_point(node: Node, ctx: Context) -> Node:
    """Return a tree with every function applied to the point."""
    node = unbrace(node)
    if isinstance(node, Product):
        items: list[Item] = []
        for item in node.items:
            inner = unbrace(item.node)
            if base_key(base_of(inner)) is not None and _is_function(inner, ctx):
                items += [Item(item.operator, inner), Item("", _point(inner))]
            else:
                items.append(Item(item.operator, _at_point(inner, ctx)))
        return replace(node, items=tuple(items))
    if (
        isinstance(node, Symbol | Script | Name | Accent)
        and base_key(base_of(node)) is not None
        and _is_function(node, ctx)
    ):
        return Product(node.span, (Item("", node), Item("", _point(node))))
    return mapped(node, lambda inner: _at_point(inner, ctx))


def _point(node: Node) -> Node:
    return Group(node.span, "(", ")", Symbol(node.span, POINT))
