"""Conditions as numbers: indicators [i = l], \\mathbf{1}_{(l=i)}, Kronecker's δ, and cases."""

from __future__ import annotations

from derive.algebra.build import MINUS_ONE, add, fold, mul
from derive.algebra.expr import ONE, ZERO, Expr, Iverson, Step
from derive.algebra.index import Index, Lin
from derive.errors import LatexError
from derive.names.indices import Token, cuts, index_value, parts
from derive.notation.phrases import says_otherwise
from derive.notation.signs import ORDERS
from derive.reader.prose import first_word
from derive.reader.syntax import (
    Cases,
    Group,
    Link,
    Node,
    Not,
    Number,
    Or,
    Product,
    Relation,
    Text,
    Tuple,
    Unclear,
    walk,
)
from derive.typing.context import Context
from derive.typing.contraction import aligned, combine_terms
from derive.typing.largest import equals_largest, largest_of, stands_at
from derive.typing.tensor import Tensor, UnsupportedError, scalar

_EQUAL = frozenset({"=", r"\equiv"})


def indicator(node: Node, ctx: Context) -> Tensor:
    """Return a condition as a value: a number, or for the entries of an array compared with a number, an array."""
    inner = node
    while isinstance(inner, Group) and inner.opening in {"(", "[", r"\{"}:
        inner = inner.body
    if isinstance(inner, Relation) and len(inner.links) == 1:
        link = inner.links[0]
        largest = _at_largest(inner.first, link, ctx)
        if largest is not None:
            return scalar(largest)
        if _as_index(inner.first, ctx) is None or _as_index(link.node, ctx) is None:
            left, right = ctx.value(inner.first), ctx.value(link.node)
            shaped = left if left.axes else right
            if left.axes and right.axes:
                left, right = aligned(left, right, ctx, link.node, link.operator)
            return shaped.with_body(_compare_reals(scalar(left.body), link, scalar(right.body), ctx))
    return scalar(condition(inner, ctx))


def condition(node: Node, ctx: Context, *, never: bool = False) -> Expr:
    """Return a condition as 1 where it holds and 0 elsewhere; on reals it holds almost everywhere.

    An equation between reals is one that `never` holds, or it cannot be read: the variable may have few values.
    Raises: LatexError for what is no comparison.
    """
    match node:
        case Group(_, opening, _, body) if opening in {"(", "[", r"\{"}:
            return condition(body, ctx, never=never)
        case Tuple(_, items):
            return mul(*(condition(item, ctx, never=never) for item in items))
        case Not(_, body):
            return _opposite(condition(body, ctx, never=never))
        case Or(_, items):
            return _opposite(mul(*(_opposite(condition(item, ctx, never=never)) for item in items)))
        case Unclear():
            raise unclear(node, ctx)
        case Relation(_, first, links):
            sides = [first, *(link.node for link in links)]
            return mul(*(_compare(sides[n], link, sides[n + 1], ctx, never) for n, link in enumerate(links)))
        case Product(_, items):
            kept = [item for item in items if not _is_prose(item.node)]
            if len(kept) < len(items) and kept:
                return mul(*(condition(item.node, ctx, never=never) for item in kept))
            if len(kept) == 1:
                return condition(kept[0].node, ctx, never=never)
    raise ctx.fault("cannot read this condition", node, "a comparison such as i = j or x > 0")


def unclear(node: Unclear, ctx: Context) -> LatexError:
    """Return the error for words that change what a formula says."""
    message = f'cannot tell what "{node.content.strip()}" says of this formula'
    return ctx.fault(message, node, "a condition such as i = j, or unless i = j")


def _opposite(holds: Expr) -> Expr:
    return add(ONE, mul(MINUS_ONE, holds))


def without_prose(node: Node) -> Node:
    """Return a condition without the words around it: \\text{if } l = L is l = L."""
    if isinstance(node, Product):
        kept = [item for item in node.items if not _is_prose(item.node)]
        if len(kept) == 1:
            return kept[0].node
    return node


def equated(node: Node) -> tuple[Node, Node] | None:
    """Return the sides of a single equation, y = 1, in brackets or with words around it; None for anything else."""
    node = without_prose(node)
    while isinstance(node, Group) and node.opening in {"(", "["}:
        node = node.body
    if not isinstance(node, Relation) or len(node.links) != 1 or node.links[0].operator != "=":
        return None
    return node.first, node.links[0].node


def _is_prose(node: Node) -> bool:
    if not isinstance(node, Text) or len(node.content.split()) > 1:
        return False
    return first_word(node.content) in {"if", "and", "for", "when", "where", ""}


def _compare(left: Node, link: Link, right: Node, ctx: Context, never: bool) -> Expr:
    largest = _at_largest(left, link, ctx)
    if largest is not None:
        return largest
    first, second = _as_index(left, ctx), _as_index(right, ctx)
    if first is not None and second is not None:
        return fold(_compare_indices(first, link, second, ctx))
    return _compare_reals(ctx.value(left), link, ctx.value(right), ctx, never)


def _at_largest(left: Node, link: Link, ctx: Context) -> Expr | None:
    """Return i = \\arg\\max_q x_q as 1 or 0; None for another comparison."""
    for one, other in ((left, link.node), (link.node, left)):
        top = largest_of(one, ctx) if link.operator in _EQUAL else None
        if top is not None:
            return stands_at(top, _place(other, ctx), link.node, ctx)
    return None


def _place(node: Node, ctx: Context) -> tuple[Lin, ...]:
    """Return an index, or several in brackets. Raises: LatexError for anything else."""
    inner = node.body if isinstance(node, Group) and node.opening == "(" else node
    found = [_as_index(item, ctx) for item in (inner.items if isinstance(inner, Tuple) else (inner,))]
    if None in found:
        raise ctx.fault("cannot read this as the place of an entry", node, "an index, or several in brackets")
    return tuple(index for index in found if index is not None)


def _as_index(node: Node, ctx: Context) -> Lin | None:
    """Return a side of a comparison as an index expression; None if it has a name that is a variable."""
    groups = parts(node)
    tokens = [token for group in groups for token in group]
    if not tokens or any(not _is_index_token(token, ctx) for token in tokens):
        return None
    try:
        cut = next(cuts(groups, 1), None)
        return None if cut is None else index_value(cut[0], ctx)
    except LatexError:
        return None


def _is_index_token(token: Token, ctx: Context) -> bool:
    if token.kind == "letter":
        name = ctx.table.index_names.get(token.text, token.text)
        known = (
            name in ctx.indices
            or ctx.counts(name)
            or name in ctx.table.sizes
            or any(i.name == name for i in ctx.table.labels)
        )
        key = token.node.key
        plain = token.node.plain
        return known or not (token.text in ctx.values or ctx.table.candidates(key, plain))
    return token.kind in {"number", "sign", "script"}


def _compare_indices(left: Lin, link: Link, right: Lin, ctx: Context) -> Expr:
    operator = link.operator
    if operator in _EQUAL or operator == r"\ne":
        for one, other in ((left, right), (right, left)):
            label = one.atom
            if isinstance(label, Index) and label in ctx.table.labels:
                ctx.use(other, ctx.table.labels[label], "unit", link.node)
    if operator in _EQUAL:
        return Iverson("=", left, right)
    if operator == r"\ne":
        return _opposite(Iverson("=", left, right))
    order = ORDERS.get(operator)
    if order is not None:
        small, great = (left, right) if order.smaller == "left" else (right, left)
        return Iverson("<=", small + order.gap, great)
    raise ctx.fault(f'cannot read the comparison "{operator}"', link.node)


def _compare_reals(left: Tensor, link: Link, right: Tensor, ctx: Context, never: bool = False) -> Expr:
    if not (left.is_scalar and right.is_scalar):
        raise ctx.misfit(f"{ctx.shape(left)} compared with {ctx.shape(right)}", link.node)
    if link.operator in _EQUAL or link.operator == r"\ne":
        equal = _equal_reals(left.body, link, right.body, ctx, never)
        return equal if link.operator in _EQUAL else _opposite(equal)
    order = ORDERS.get(link.operator)
    if order is None:
        raise ctx.fault(f'cannot read the comparison "{link.operator}"', link.node)
    _never_equal(link, ctx)
    difference = add(left.body, mul(MINUS_ONE, right.body))
    difference = mul(MINUS_ONE, difference) if order.smaller == "left" else difference
    return Step(difference) if order.strict else _opposite(Step(mul(MINUS_ONE, difference)))


def _equal_reals(left: Expr, link: Link, right: Expr, ctx: Context, never: bool) -> Expr:
    """Return whether reals are equal: where one is the largest of an array in which the other stands, or `never`."""
    found = equals_largest(left, right, ctx)
    if found is not None:
        return found
    if not never:
        message = f"whether a variable is {ctx.text(link.node)} or not"
        raise UnsupportedError(f"{message} is no number here", ctx.source, link.node.span)
    _never_equal(link, ctx)
    return ZERO


def _never_equal(link: Link, ctx: Context) -> None:
    ctx.log.conditions.append(f"{ctx.text(link.node)} is not met with equality")


def cases(node: Cases, ctx: Context) -> Tensor:
    """Return Σ condition · value over the rows; "otherwise" is what is left.

    Raises: LatexError if a row cannot be read.
    """
    total: Tensor | None = None
    left: Expr = ONE
    for position, (value, when) in enumerate(node.rows):
        last = position == len(node.rows) - 1
        if when is None or is_otherwise(when):
            if not last:
                raise ctx.fault("only the last case can go without a condition", value)
            holds = left
        else:
            holds = condition(when, ctx, never=_is_kink(when, node))
            left = mul(left, _opposite(holds))
        read = ctx.value(value)
        term = read.with_body(mul(holds, read.body))
        total = term if total is None else combine_terms(total, term, 1, ctx, node)
    if total is None:
        raise ctx.fault("no cases", node)
    return total


def _is_kink(when: Node, node: Cases) -> bool:
    """Return whether a case says what holds at a single value, x = 0, where others say what holds above or below."""
    sides = {text for side in _sides(when) if "?" not in (text := side.text)}
    ordered = (relation for _, other in node.rows if other is not None for relation in _relations(other))
    found = (relation for relation in ordered if all(link.operator in ORDERS for link in relation.links))
    return any(sides & {side.text for side in _sides(relation)} for relation in found)


def _relations(node: Node) -> list[Relation]:
    return [inner for inner in walk(node) if isinstance(inner, Relation)]


def _sides(node: Node) -> list[Node]:
    found = (side for one in _relations(node) for side in (one.first, *(link.node for link in one.links)))
    return [side for side in found if not isinstance(side, Number)]


def is_otherwise(node: Node) -> bool:
    """Return whether the condition of a case is "otherwise" or the like."""
    if isinstance(node, Product):
        return all(is_otherwise(item.node) for item in node.items)
    if isinstance(node, Group) and node.opening in {"(", "["}:
        return is_otherwise(node.body)
    if node.word:
        return says_otherwise(node.word)
    return isinstance(node, Text) and says_otherwise(node.content)
