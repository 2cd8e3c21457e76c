"""Gradients by a name without its layer: ∇_a C, where C is a formula of a^L, is that by a^L."""

from __future__ import annotations

from derive.algebra.expr import Var
from derive.algebra.index import Lin
from derive.algebra.substitute import walk
from derive.names.table import Entry
from derive.network.network import Network
from derive.reader.syntax import Node
from derive.typing.ceiling import Reason, only_proves
from derive.typing.context import Context
from derive.typing.names import instance
from derive.typing.tensor import Tensor


def at_its_layer(node: Node, value: Tensor, ctx: Context) -> Tensor | None:
    """Return the array at the one layer at which the formula of a differentiated name has it; None where a gradient is
    by anything else, or where the formula has it at several layers.

    A text may as well mean the layer that it speaks of, so that nothing is refuted.
    """
    if ctx.network is None or not isinstance(value.body, Var) or node.scripted or node.base.key is None:
        return None
    for entry in ctx.table.candidates(node.base.key, node.base.plain):
        places = [at for at, param in enumerate(entry.params) if param.kind == "layer"]
        layers = _layers(value.body.name, entry, places[0], ctx.network) if len(places) == 1 else set()
        if len(layers) == 1 and len(entry.params) > 1 and not any(layer.indices() for layer in layers):
            name, top = ctx.text(node), value.body.name
            ctx.log.note(f"the gradient by {name} is taken to be that by the {name} of which {top} is a formula")
            ctx.log.limit(only_proves(Reason(f"of which layer {name} is, is not said", node.span)))
            return instance(entry, {places[0]: layers.pop()}, ctx, node)
    return None


def _layers(top: str, entry: Entry, place: int, network: Network) -> set[Lin]:
    """Return the layers at which a name stands in the formula of another one."""
    bodies = (definition.body for definition in network.definitions if definition.name == top)
    return {var.idx[place] for body in bodies for var in walk(body) if isinstance(var, Var) and var.name == entry.name}
