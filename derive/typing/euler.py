"""Euler's number where the model declares an e of its own: e = p - y beside e^{z_i}."""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.expr import Num
from derive.algebra.functions import call
from derive.names.matching import fill, written
from derive.reader.syntax import Node, Number
from derive.typing.context import Context
from derive.typing.powers import postfix
from derive.typing.tensor import Tensor, scalar


def euler(node: Node, ctx: Context) -> Tensor | None:
    """Return e^{z_i} as exp(z_i) where e is a declared name, an error say, that has no slot for what stands above."""
    if not node.scripted or node.sub is not None or node.primes or node.base.key != "e":
        return None
    entries = ctx.table.candidates("e", "e")
    pieces = node.pieces
    if not entries or len(pieces) != 1 or pieces[0].is_transpose or isinstance(pieces[0], Number):
        return None
    filled = fill(written(node, ctx), entries, ctx)
    if filled is not None and not filled.rest:
        return None
    if ctx.choice("euler") == "name" and filled is not None:
        return None
    ctx.log.note(f"{node.text} is taken for the exponential function")
    return postfix(scalar(call("exp", Num(Fraction(1)))), pieces, 0, ctx, node)
