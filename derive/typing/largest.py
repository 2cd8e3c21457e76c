"""Where an array is largest, as a condition: [p = argmax_q x_q], and [x_u = y] for y = max_q x_q.

Both are meant away from ties. The second one asks which entry of the array is at u, of whose values no two are equal:

    [x_u = max_q x_q] = Σ_q [q = argmax x] [q = u]
"""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.build import mul, sum_over
from derive.algebra.expr import Expr, Functional, Iverson, Var
from derive.algebra.index import Index, Lin, Size, fresh, lin
from derive.algebra.substitute import refresh
from derive.notation.functions import EXTREMES
from derive.reader.syntax import BigOperator, Node, Product
from derive.typing.context import Context

_OF_ARGUMENTS = {"argmax": "max", "argmin": "min"}


def largest_of(node: Node, ctx: Context) -> Functional | None:
    """Return the extreme of which a formula takes the argument, \\arg\\max_q x_q; None for another one."""
    if not isinstance(node, Product) or len(node.items) < 2:
        return None
    first, *rest = node.items
    sign = first.node
    if sign.letter == "arg" or sign.word == "arg":
        (second, *rest), kind = rest, ""
        sign = second.node
        kind = sign.kind.lstrip("\\") if isinstance(sign, BigOperator) else ""
    else:
        kind = _OF_ARGUMENTS.get(sign.kind.lstrip("\\"), "") if isinstance(sign, BigOperator) else ""
    if not isinstance(sign, BigOperator) or f"{kind} of" not in EXTREMES or sign.below is None or not rest:
        return None
    value = ctx.value(replace(node, items=(replace(first, node=replace(sign, kind=kind)), *rest))).body
    return value if isinstance(value, Functional) and not value.slots else None


def stands_at(top: Functional, place: tuple[Lin, ...], node: Node, ctx: Context) -> Expr:
    """Return [place = argmax]. Raises: LatexError where the array has not so many indices."""
    (array,) = top.args
    if len(place) != len(array.indices):
        raise ctx.fault("the place of an entry needs an index for each of the array", node)
    for value, range_ in zip(place, array.ranges, strict=True):
        ctx.use(value, range_, "unit", node)
    return Functional(top.name, top.args, ((0, place),))


def equals_largest(left: Expr, right: Expr, ctx: Context) -> Expr | None:
    """Return [left = right], where one side is an extreme of entries of which the other is one; None else."""
    for one, other in ((left, right), (right, left)):
        top = _defined_as(one, ctx)
        if top is None or not isinstance(other, Var):
            continue
        (array,) = top.args
        names = {index: fresh(index.name) for index in array.indices}
        at: dict[Index | Size, Lin] = {old: lin(new) for old, new in names.items()}
        entry = refresh(array.body, at)
        if not isinstance(entry, Var) or entry.name != other.name:
            continue
        ctx.log.conditions.append("no two of the values that are compared with a maximum or minimum are equal")
        same = [Iverson("=", a, b) for a, b in zip(entry.idx, other.idx, strict=True)]
        found = mul(Functional(top.name, top.args, ((0, tuple(at.values())),)), *same)
        for old, range_ in reversed(list(zip(array.indices, array.ranges, strict=True))):
            found = sum_over(names[old], range_.subs(at), found)
        return found
    return None


def _defined_as(value: Expr, ctx: Context) -> Functional | None:
    """Return the extreme that an expression is, or that a name is defined as."""
    if isinstance(value, Functional) and value.name in EXTREMES and not value.slots:
        return value
    if not isinstance(value, Var) or ctx.network is None:
        return None
    own = [definition for definition in ctx.network.definitions if definition.name == value.name]
    if len(own) != 1 or not isinstance(own[0].body, Functional):
        return None
    at: dict[Index | Size, Lin] = dict(zip(own[0].params, value.idx, strict=True))
    body = refresh(own[0].body, at)
    return body if isinstance(body, Functional) and body.name in EXTREMES and not body.slots else None
