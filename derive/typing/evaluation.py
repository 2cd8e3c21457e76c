"""Values behind a bar: σ'(u)|_{u = z}, df/dx|_{x = 1}, ∂L/∂h_t|_{t = T}."""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.differentiate import derivative, entry_delta, replace_variables
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Lin
from derive.algebra.substitute import map_children
from derive.names.indices import index_value, parts
from derive.reader.syntax import Evaluated, Group, Item, Link, Node, Product, Relation, with_scripts
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.heads import head_of
from derive.typing.tensor import Tensor, scalar


def evaluated(node: Evaluated, ctx: Context) -> Tensor:
    """Return the value of body |_{a = b}: derivatives by the letter a are taken first, then b is put in its place.

    Where a is an index, the body is read at the index b.

    Raises: LatexError unless `at` sets one scalar letter or one index.
    """
    at = node.at
    if not isinstance(at, Relation) or len(at.links) != 1:
        raise ctx.fault("cannot read where this is evaluated", node.at, "name = value")
    link: Link = at.links[0]
    key = at.first.key
    if key is None or link.operator != "=":
        raise ctx.fault("cannot read where this is evaluated", node.at, "name = value")
    declared = ctx.table.candidates(key, at.first.plain)
    if not declared and ctx.is_index(key):
        return ctx.binding({key: _index_at(link.node, ctx)}).value(node.body)
    if declared and ctx.reading["letters"] == "declared":
        raise ctx.fault("a value put in for a variable of the network is not supported", node.at)
    target = ctx.value(link.node)
    place = Var(f"place {key}")
    value = ctx.with_values({key: scalar(place)}).value(_of_function(node.body, at.first, ctx))
    body = _worked_out(value.body, place)
    if target.axes and (value.axes or target.special):
        raise ctx.fault("an array evaluated at an array", node.at)
    return (target if target.axes else value).with_body(replace_variables(body, {place.name: target.body}))


def _index_at(node: Node, ctx: Context) -> Lin:
    """Return the index that is put in for another one. Raises: LatexError if it is none."""
    groups = parts(node)
    value = index_value(tuple(groups[0]), ctx) if len(groups) == 1 else None
    if value is None:
        raise ctx.fault("cannot read where this is evaluated", node, "an index")
    return value


def _of_function(body: Node, letter: Node, ctx: Context) -> Node:
    """Return dσ/du, where u is the letter that is put in, as σ'(u), also as a factor; anything else as it is."""
    if isinstance(body, Product):
        return replace(body, items=tuple(Item(i.operator, _of_function(i.node, letter, ctx)) for i in body.items))
    operator = operator_of(body, ctx)
    numerator = None if operator is None or operator.numerator is None else operator.numerator
    if operator is None or numerator is None or [v.text for v in operator.variables] != [letter.text]:
        return body
    if not (numerator.symbol or numerator.word) or head_of(numerator, ctx, True) is None:
        return body
    slope = with_scripts(numerator.span, numerator, primes=1)
    return Product(body.span, (Item("", slope), Item("", Group(letter.span, "(", ")", letter))))


def _worked_out(expr: Expr, place: Var) -> Expr:
    """Take the derivatives by the place, which no definition of a network reaches."""
    match expr:
        case Diff(body, var) if var == place:
            return derivative(_worked_out(body, place), place, entry_delta)
    return map_children(expr, lambda part: _worked_out(part, place))
