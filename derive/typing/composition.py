"""Functions one after the other: (f ∘ g)(x) and (f ∘ g)'(x)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.differentiate import derivative, entry_delta, replace_variables
from derive.algebra.expr import Var
from derive.reader.syntax import Group, Node, Product
from derive.typing.context import Context
from derive.typing.functions import bracket_of, call_on, on_head, scripted
from derive.typing.heads import Head, head_of
from derive.typing.tensor import Tensor, scalar

if TYPE_CHECKING:
    from derive.typing.products import Scanner


@dataclass(frozen=True, slots=True)
class Composition:
    """Functions one after the other, f ∘ g, with the primes written on their brackets."""

    heads: tuple[Head, ...]
    primes: int
    node: Node


def composition_of(node: Node, ctx: Context) -> Composition | None:
    """Return (f \\circ g) or (f \\circ g)' as functions one after the other; None for anything else."""
    group = node.base if node.sub is None and node.sup is None else node
    body = group.body if isinstance(group, Group) and group.opening in {"(", "["} else None
    if not isinstance(body, Product) or len(body.items) < 2:
        return None
    if any(item.operator != r"\circ" for item in body.items[1:]):
        return None
    heads = [head_of(item.node, ctx, True) for item in body.items]
    known = tuple(head for head in heads if head is not None)
    return Composition(known, node.primes, node) if len(known) == len(heads) else None


def compose(composition: Composition, scanner: Scanner) -> Tensor:
    """Return (f ∘ g)(x) = f(g(x)), and (f ∘ g)'(x) by the table of derivatives."""
    ctx = scanner.ctx
    if not scanner.next_is_argument():
        raise ctx.fault("a composition needs an argument", composition.node, "(f \\circ g)(x)")
    node = scanner.items[scanner.at].node
    scanner.at += 1
    group = bracket_of(node)
    if group is None:
        raise ctx.fault("a composition needs an argument", node)
    value = ctx.value(group)
    place = Var("argument of a composition")
    inner = scalar(place)
    for head in reversed(composition.heads):
        inner = on_head(call_on(head, [inner], ctx), head, ctx)
    body = inner.body
    for _ in range(composition.primes):
        body = derivative(body, place, entry_delta)
    return scripted(value.with_body(replace_variables(body, {place.name: value.body})), node, ctx)
