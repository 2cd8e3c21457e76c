"""Differentials: df = Σ_x (∂f/∂x) dx over the inputs x that move in the formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from derive.algebra.build import add, mul, sum_over
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Size, fresh, lin
from derive.errors import LatexError
from derive.network.dependencies import names_below
from derive.network.network import Leaf, Network
from derive.reader.derivatives import derivatives
from derive.reader.syntax import Additive, Fraction, Group, Item, Name, Node, Product, children, mapped, walk
from derive.typing.context import Context, Log
from derive.typing.derivatives import operator_of
from derive.typing.tensor import Tensor

SIGNS = frozenset({r"\mathrm{d}", r"\dd"})
"""The upright d; a slanted one is a letter, unless an equation of differentials shows that it is meant so."""
_NAME = "d "


def is_sign(node: Node) -> bool:
    """Return whether a node is the upright d of a differential."""
    return node.key in SIGNS


def upright(left: Node, right: Node, ctx: Context) -> tuple[Node, Node]:
    """Return an equation of differentials that is written with slanted letters, dL = gᵀ dx, with upright ones.

    It is one where d is no name of its own, stands before a declared name alone on the left, and only before declared
    names or brackets on the right; dW = δ xᵀ names a gradient, and beside dL, which is no name of its own, neither is
    dW. Where d is a size, it stands in each term.
    """
    alone = isinstance(left, Product) and len(left.items) == 2 and _is_slanted(left.items[0].node)
    if not alone or ctx.table.candidates("d", "d") or "d" in {*ctx.table.functions, *ctx.values}:
        return left, right
    terms = [term.node for term in right.terms] if isinstance(right, Additive) else [right]
    if "d" in ctx.table.sizes and not all(any(map(_is_slanted, walk(term))) for term in terms):
        return left, right
    alone_named = isinstance(left, Product) and _is_named(left.items[1].node, ctx)
    places = [_moves(node, ctx, alone_named) for side in (left, right) for node in _slanted_places(side, ctx)]
    if len(places) < 2 or not all(places):
        return left, right
    return _set_upright(left, ctx), _set_upright(right, ctx)


def named_gradient(left: Node, right: Node, ctx: Context) -> tuple[Node, Node]:
    """Return an equation that gives the gradient of a name a name of its own, \\mathrm{d}O = ∂L/∂O, with a slanted d.

    It does where the d alone on the left stands before the name by which the right side differentiates, or the right
    side has such names only, \\mathrm{d}W = Qᵀ \\mathrm{d}O: no differential equals what has none.
    """
    items = left.items if isinstance(left, Product) else ()
    if len(items) != 2 or not is_sign(items[0].node) or items[1].operator or items[1].node.base.key is None:
        return left, right
    pairs = [pair for inner in walk(right) if isinstance(inner, Product) for pair in pairwise(inner.items)]
    moving = [after for sign, after in pairs if is_sign(sign.node) and not after.operator]
    by_itself = any(variable.base.key == items[1].node.base.key for _, variable in derivatives(right))
    if not all(_is_named(after.node, ctx) for after in moving) or not (by_itself or moving):
        return left, right
    if moving and _names_in([items[1].node], ctx) & _computed_from([after.node for after in moving], ctx):
        return left, right  # dL = gᵀ dO
    slanted = Item(items[0].operator, Name(items[0].node.span, "d"))
    return Product(left.span, (slanted, items[1])), right


def _names_in(nodes: Iterable[Node], ctx: Context) -> frozenset[str]:
    """Return the declared names that some nodes may be."""
    bases = [node.base for node in nodes]
    return frozenset(entry.name for base in bases for entry in ctx.table.candidates(base.key, base.plain))


def _computed_from(nodes: Iterable[Node], ctx: Context) -> frozenset[str]:
    """Return what the network computes from all of some names."""
    if ctx.network is None:
        return frozenset()
    names, network = _names_in(nodes, ctx), ctx.network
    defined = [definition.name for definition in network.definitions]
    return frozenset(name for name in defined if names <= names_below([Var(name)], network) - {name})


def _is_named(node: Node, ctx: Context) -> bool:
    """Return whether dW is a name of its own."""
    return bool(ctx.table.candidates(f"d{node.base.key}", f"d{node.base.plain}"))


def _is_slanted(node: Node) -> bool:
    return node.symbol == "d"


def _slanted_places(node: Node, ctx: Context) -> Iterator[Item | None]:
    """Yield what stands behind each slanted d, outside the derivatives d/dx."""
    if isinstance(node, Fraction) and operator_of(node, ctx) is not None:
        return
    if isinstance(node, Product):
        behind = (*node.items[1:], None)
        yield from (after for item, after in zip(node.items, behind, strict=True) if _is_slanted(item.node))
    for child in children(node):
        if not _is_slanted(child):
            yield from _slanted_places(child, ctx)
        elif not isinstance(node, Product):
            yield None


def _moves(item: Item | None, ctx: Context, by_name: bool) -> bool:
    """Return whether what stands behind a d can move: a declared name, or brackets; `by_name` where dW may be a name of
    its own."""
    if item is None or item.operator:
        return False
    base = item.node.base
    if by_name and _is_named(item.node, ctx):
        return False
    return isinstance(item.node, Group) or bool(ctx.table.candidates(base.key, base.plain))


def _set_upright(node: Node, ctx: Context) -> Node:
    if isinstance(node, Fraction) and operator_of(node, ctx) is not None:
        return node
    if _is_slanted(node):
        return Name(node.span, "d", ("mathrm",))
    return mapped(node, lambda inner: _set_upright(inner, ctx))


def variables(nodes: Sequence[Node], ctx: Context) -> frozenset[str]:
    """Return the inputs that move in a formula: those below the names whose differentials stand in it, unless these are
    computed from other such names. In dL = (y - t)ᵀ dy the inputs of y move, and t does not.

    An input that stands in the formula itself without d, the W of da = W dh where h depends on W, may be held fixed.
    """
    network = ctx.network
    operands = frozenset(_operands(nodes, ctx))
    if network is None or not operands:
        return frozenset()
    below = {name: names_below([Var(name)], network) for name in operands}
    lowest = [name for name in operands if not (below[name] - {name}) & operands]
    moving = frozenset(leaf.name for leaf in network.leaves if any(leaf.name in below[name] for name in lowest))
    named = {entry.name for inner in _named(nodes) for entry in ctx.table.candidates(inner.key, inner.plain)}
    others = moving - (named - operands)
    return others if others and others != moving and ctx.choice("moving") == "others" else moving


def _named(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the names in a formula, without what stands below and above them."""
    yield from (
        inner.base for outer in nodes for inner in walk(outer) if isinstance(inner, Name) and not is_sign(inner)
    )


def _operands(nodes: Iterable[Node], ctx: Context) -> Iterator[str]:
    """Yield the names whose differentials stand in a formula."""
    wide = ctx.reading["differentials"] == "product"
    for node in (inner for outer in nodes for inner in walk(outer)):
        items = node.items if isinstance(node, Product) else ()
        for sign, operand in pairwise(items):
            alone = not wide or operand is items[-1]
            if is_sign(sign.node) and not operand.operator and alone:
                with suppress(LatexError):
                    body = replace(ctx, log=Log()).value(operand.node).body
                    yield from (body.name,) if isinstance(body, Var) else ()


def differential(value: Tensor, ctx: Context, node: Node) -> Tensor:
    """Return dx of an input as a variable of its own, and df of anything else by the chain rule.

        df = Σ_x Σ_j ∂f/∂x_j dx_j

    Shapes: that of f.
    Raises: LatexError where the formula has the differential of no input.
    """
    body, names = value.body, variables(ctx.whole, ctx)
    if isinstance(body, Var) and body.name in names:
        return replace(value, body=Var(_NAME + body.name, body.idx))
    if not names or ctx.network is None:
        raise ctx.fault("the differential of no input stands in this formula", node, r"\mathrm{d}x")
    still = {leaf.name for leaf in ctx.network.leaves} & names_below([body], ctx.network) - names
    if still:
        ctx.log.note(f"{', '.join(sorted(still))} held fixed")
    parts = [_along(leaf, body) for leaf in ctx.network.leaves if leaf.name in names]
    return value.with_body(add(*parts))


def _along(leaf: Leaf, body: Expr) -> Expr:
    """Return Σ_j ∂f/∂x_j dx_j of one input."""
    own = tuple(fresh(param.name) for param in leaf.params)
    names: dict[Index | Size, Lin] = {old: lin(new) for old, new in zip(leaf.params, own, strict=True)}
    idx = tuple(lin(index) for index in own)
    found = mul(Diff(body, Var(leaf.name, idx)), Var(_NAME + leaf.name, idx))
    for index, range_ in reversed(list(zip(own, leaf.ranges, strict=True))):
        found = sum_over(index, range_.subs(names), found)
    return found


def with_differentials(network: Network, names: frozenset[str]) -> Network:
    """Return the network with the differentials of some inputs as further inputs."""
    found = tuple(replace(leaf, name=_NAME + leaf.name) for leaf in network.leaves if leaf.name in names)
    return replace(network, leaves=(*network.leaves, *found)) if found else network
