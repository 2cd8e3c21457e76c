"""Equations between functions, σ' = σ(1 - σ), at one point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derive.reader.syntax import Fraction, Group, Item, Name, Node, Product, mapped, walk
from derive.statements.calculus import name_key, names_in
from derive.typing.array_functions import ARRAY_FUNCTIONS
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.heads import BUILTIN
from derive.typing.templates import same_tree

POINT = "the point"
DIFFERENTIALS = (r"\partial", "d", r"\mathrm{d}")


def pointwise(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return σ' = σ(1 - σ), an equation of functions, at one point; None where there is more than functions.

    The point is the variable of dσ/dz where there is one: dσ/dz = σ(1 - σ) and dσ/dz = σ(z)(1 - σ(z)).
    """
    variables = {name_key(v): v for node in nodes for v in _variables(node, ctx)}
    if len(variables) > 1:
        return None
    names = [name for node in nodes for name in names_in(node)]
    signs = {*DIFFERENTIALS, *variables}
    others = [name for name in names if name_key(name) not in signs] if variables else names
    if not others or not all(_is_function(name, ctx) for name in others):
        return None
    point = next(iter(variables.values()), Name(nodes[0].span, POINT))
    return [_at_point(node, point, ctx) for node in nodes]


def at_a_number(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return an equation of functions at one name, σ'(z) = σ(z)(1 - σ(z)), at a number; None if there is more in it.

    For a vector z it says so entry by entry, however the factors are joined.
    """
    arguments = [argument for node in nodes for argument in _arguments(node, ctx)]
    if not arguments or not all(same_tree(argument, arguments[0]) for argument in arguments):
        return None
    point = Name(arguments[0].span, POINT)
    at = [_with_number(node, arguments[0], point) for node in nodes]
    names = [name for node in at for name in names_in(node)]
    return at if all(name_key(name) in {POINT, *DIFFERENTIALS} or _is_entrywise(name, ctx) for name in names) else None


def has_derivative(nodes: list[Node]) -> bool:
    """Return whether a derivative by a name is written out, which by a vector is a matrix."""
    return any(name_key(name) in DIFFERENTIALS for node in nodes for name in names_in(node))


def _arguments(node: Node, ctx: Context) -> Iterator[Node]:
    """Yield the names in brackets that functions are applied to."""
    for inner in walk(node):
        if not isinstance(inner, Product):
            continue
        for item, after in pairwise(inner.items):
            group = after.node
            if _is_bare_function(item.node, ctx) and not after.operator and isinstance(group, Group):
                argument = group.body
                if (argument.scripted or argument.letter) and not _is_function(argument, ctx):
                    yield argument


def _with_number(node: Node, name: Node, point: Node) -> Node:
    return point if same_tree(node, name) else mapped(node, lambda inner: _with_number(inner, name, point))


def _is_entrywise(node: Node, ctx: Context) -> bool:
    key = node.base.key or ""
    function = ctx.table.functions.get(key) or BUILTIN.get(key)
    return function is not None and function.kind in {"known", "open"} and function.name not in ARRAY_FUNCTIONS


def _variables(node: Node, ctx: Context) -> list[Node]:
    """Return the variables of derivatives of bare functions, the z of dσ/dz."""
    found = []
    for inner in walk(node):
        operator = operator_of(inner, ctx) if isinstance(inner, Fraction) else None
        if operator is not None and operator.numerator is not None and _is_function(operator.numerator, ctx):
            found += [variable for variable in operator.variables if variable.key is not None]
    return found


def _is_function(node: Node, ctx: Context) -> bool:
    base = node.base
    key = base.key or ""
    return key in ctx.table.functions or key in BUILTIN


def _at_point(node: Node, point: Node, ctx: Context) -> Node:
    """Return a tree with every function that has no argument applied to the point."""
    if isinstance(node, Product):
        items: list[Item] = []
        for item, after in zip(node.items, (*node.items[1:], None), strict=True):
            inner = item.node
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
    is_name = (node.scripted or isinstance(node, Name)) and node.base.key is not None
    return is_name and _is_function(node, ctx)


def _holds(node: Node, point: Node) -> bool:
    """Return whether brackets hold the point itself, so that they are an argument: σ(z), σ(-z)."""
    group = node
    return isinstance(group, Group) and name_key(point) in {name_key(name) for name in names_in(group.body)}


def _brackets(node: Node, point: Node) -> Node:
    return Group(node.span, "(", ")", point)
