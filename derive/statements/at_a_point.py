"""Equations between functions at one point: σ' = σ(1 - σ), dσ/dz = σ(1 - σ), and σ'(z) = σ(z)(1 - σ(z)) of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derive.errors import LatexError
from derive.reader.syntax import Fraction, Group, Item, Name, Node, Number, Product, mapped, walk
from derive.statements.written_names import is_variable, name_key, names_in, put
from derive.typing.array_functions import ARRAY_FUNCTIONS
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.functions import bracket_of
from derive.typing.heads import BUILTIN
from derive.typing.names import read_name
from derive.typing.templates import same_tree

POINT = "the point"
DIFFERENTIALS = frozenset({r"\partial", "d", r"\mathrm{d}"})


def at_a_point(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return an equation between functions at one number; None where there is more in it than functions of one name and
    numbers of the model, the β of σ(β a).

    The point is the z of dσ/dz or σ(z), if there is one. For a vector z such an equation says so entry by entry.
    """
    places = [place for node in nodes for place in (*_variables(node, ctx), *_arguments(node, ctx))]
    if any(not same_tree(place, places[0]) for place in places):
        return None
    point = places[0] if places and places[0].symbol else Name(nodes[0].span, POINT)
    at = [put(node, places[0], point) if places else node for node in nodes]
    names = [name for node in at for name in names_in(node)]
    others = [name for name in names if name_key(name) not in {point.symbol, *DIFFERENTIALS}]
    functions = [name for name in others if not _is_a_number(name, ctx)]
    if not functions or not all(_is_of_numbers(name, ctx) for name in functions):
        return None
    return [_applied(node, point, ctx) for node in at]


def of_one_number(nodes: list[Node], ctx: Context) -> list[Node] | None:
    """Return an equation whose only name is that of a vector, d/dx x^2 = 2 x, as one of a number; None for others."""
    names = [name for node in nodes for name in names_in(node) if is_variable(name) and not _is_function(name, ctx)]
    plain = [name.base for name in names if name.sub is None and not name.primes and name.base.symbol]
    alone = bool(plain) and len(plain) == len(names) and all(same_tree(name, plain[0]) for name in plain)
    return nodes if alone else None


def has_derivative(nodes: list[Node]) -> bool:
    """Return whether a derivative by a name is written out, which by a vector is a matrix."""
    return any(name_key(name) in DIFFERENTIALS for node in nodes for name in names_in(node))


def _variables(node: Node, ctx: Context) -> Iterator[Node]:
    """Yield the variables of derivatives of functions without an argument, the z of dσ/dz."""
    for inner in walk(node):
        operator = operator_of(inner, ctx) if isinstance(inner, Fraction) else None
        if operator is not None and operator.numerator is not None and _is_function(operator.numerator, ctx):
            yield from (variable for variable in operator.variables if variable.base.key is not None)


def _arguments(node: Node, ctx: Context) -> Iterator[Node]:
    """Yield the names in brackets that functions are applied to."""
    for inner in walk(node):
        for item, after in pairwise(inner.items) if isinstance(inner, Product) else ():
            group = after.node
            if _is_function(item.node, ctx) and not after.operator and isinstance(group, Group):
                argument = group.body
                if (argument.scripted or argument.letter) and not _is_function(argument, ctx):
                    yield argument


def _is_function(node: Node, ctx: Context) -> bool:
    key = node.base.key if node.scripted or isinstance(node, Name) else None
    return key is not None and (key in ctx.table.functions or key in BUILTIN)


def _is_of_numbers(node: Node, ctx: Context) -> bool:
    """Return whether a name is a function that is applied to every entry of an array."""
    key = node.base.key or ""
    function = ctx.table.functions.get(key) or BUILTIN.get(key)
    of_entries = function is not None and function.kind in {"known", "open", "macro"} and not function.of_arrays
    return of_entries and function is not None and function.name not in ARRAY_FUNCTIONS


def _is_a_number(node: Node, ctx: Context) -> bool:
    """Return whether a name is an input of the model that is one number."""
    try:
        named = read_name(node, ctx) if not _is_function(node, ctx) else None
    except LatexError:
        return False
    entry = named.entry if named is not None else None
    leaves = ctx.network.leaves if ctx.network is not None else ()
    return entry is not None and any(leaf.name == entry.name and not leaf.params for leaf in leaves)


def _applied(node: Node, point: Node, ctx: Context) -> Node:
    """Return a tree with every function that has no argument applied to the point."""
    brackets = Group(node.span, "(", ")", point)
    if isinstance(node, Product):
        items: list[Item] = []
        for before, item, after in zip((None, *node.items), node.items, (*node.items[1:], None), strict=False):
            if before is not None and _repeats_point(before.node, item, point, ctx):
                continue
            if not _is_function(item.node, ctx):
                items.append(Item(item.operator, _applied(item.node, point, ctx)))
                continue
            items.append(item)
            if after is None or after.operator or not _is_argument(after.node, point, ctx):
                items.append(Item("", brackets))
        return replace(node, items=tuple(items))
    if _is_function(node, ctx):
        return Product(node.span, (Item("", node), Item("", brackets)))
    return mapped(node, lambda inner: _applied(inner, point, ctx))


def _repeats_point(before: Node, item: Item, point: Node, ctx: Context) -> bool:
    """Return whether brackets say again at which point a derivative is meant: the (z) of dσ/dz (z)."""
    operator = operator_of(before, ctx) if isinstance(before, Fraction) and not item.operator else None
    group = bracket_of(item.node) if operator is not None and operator.numerator is not None else None
    return group is not None and same_tree(group.body, point)


def _is_argument(node: Node, point: Node, ctx: Context) -> bool:
    """Return whether what stands behind a function is its argument: another function, a number, or what holds the
    point: σ(z), σ(-z), log σ(z), tanh z/2, tanh 2z."""
    if isinstance(node, Number) or _is_function(node, ctx):
        return True
    group = bracket_of(node)
    return name_key(point) in {name_key(name) for name in names_in(node if group is None else group.body)}
