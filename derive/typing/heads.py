"""Which function a node names, with what is written on it: primes, a power, its own indices."""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.index import Lin
from derive.names.indices import cuts, index_value, parts
from derive.names.table import Function
from derive.notation.functions import IN_NUMPY, LIBRARY, LIBRARY_IN_NUMPY, OF_MATRICES, OF_WHOLE_ARRAYS, READS
from derive.reader.syntax import Group, Node, Number, with_scripts
from derive.typing.ceiling import Reason, only_proves
from derive.typing.context import Context
from derive.typing.names import check_accent

BUILTIN: dict[str, Function] = {
    **{key: Function(name, "known", written=key) for key, name in READS.items()},
    **{
        key: Function(name, kind, written=key)
        for name, (kind, reads) in OF_WHOLE_ARRAYS.items()
        for key in reads.split()
    },
    **{key: Function(key, "known", written=key) for key in OF_MATRICES},
    r"\tr": Function("tr", "known", written=r"\tr"),
    **{f"np.{key}": Function(name, "known", written=f"np.{key}") for key, name in IN_NUMPY.items()},
    **{f"np.{key}": Function(name, "library", written=f"np.{key}") for key, name in LIBRARY_IN_NUMPY.items()},
    **{key: Function(key, "library", written=key) for key in LIBRARY},
}
"""What a name means that neither the model nor the document declares."""


@dataclass(frozen=True, slots=True)
class Head:
    """A function with what is written on it: primes, a power, its own indices, an entry of its value."""

    function: Function
    node: Node
    primes: int = 0
    power: Node | None = None
    idx: tuple[Lin, ...] = ()
    sub: Node | None = None


def head_of(node: Node, ctx: Context, bracket_follows: bool) -> Head | None:
    """Return the function that a node names, if it names one; a declared variable of the same name comes first
    unless a bracket follows."""
    node = _primes_inside(node)
    sub, primes = node.sub, node.primes
    function = _function(node, ctx, bracket_follows or primes > 0)
    if function is None:
        return None
    if function.fixed_sub is not None and (sub is None or sub.text != function.fixed_sub):
        return None
    sub = None if function.fixed_sub is not None else sub
    pieces = list(node.pieces)
    if function.fixed_sup is not None:
        pieces = pieces[1:]
    idx: list[Lin] = []
    for _ in range(function.layers):
        if pieces:
            piece = pieces.pop(0)
            inner = piece.inside
            cut = next(cuts(parts(inner), 1), None)
            value = None if cut is None else index_value(cut[0], ctx)
            if value is not None:
                idx.append(value)
        elif sub is not None:
            values = [index_value(segment, ctx) for cut in cuts(parts(sub), 1) for segment in cut]
            idx.extend(value for value in values if value is not None)
            sub = None
    for piece in [p for p in pieces if _counts_derivatives(p)]:
        pieces.remove(piece)
        primes += int(piece.text[1:-1])
        message = f'"{piece.text}" on a function is a derivative, or a layer'
        fault = ctx.fault(message, piece, "primes, or a function declared with layers")
        ctx.log.limit(only_proves(Reason.of(fault)))
    check_accent(node, pieces, ctx)
    if len(pieces) > 1 or len(idx) < function.layers:
        raise ctx.fault(f'cannot read what stands on "{ctx.text(node.base)}"', node)
    for value in idx[:1]:
        ctx.use(value, ctx.table.domains.get((function.name, "")), "layer", node)
    return Head(function, node, primes, pieces[0] if pieces else None, tuple(idx), sub)


def _primes_inside(node: Node) -> Node:
    """Return {g^{[l]}}' and (g^{[l]})' as g^{[l]} with a prime; other nodes as they are."""
    if not node.primes or node.sub is not None or node.sup is not None:
        return node
    inner = node.base.body if isinstance(node.base, Group) and node.base.opening == "(" else node.base
    if not inner.scripted:
        return node
    return with_scripts(node.span, inner.base, inner.sub, inner.sup, inner.primes + node.primes)


def _counts_derivatives(node: Node) -> bool:
    """Return whether a superscript is a number in round brackets: f^{(2)}."""
    inner = node.body if isinstance(node, Group) and node.opening == "(" else None
    return isinstance(inner, Number) and inner.text in {"1", "2", "3", "4"}


def _function(node: Node, ctx: Context, applied: bool) -> Function | None:
    key, plain = node.base.key, node.base.plain
    if key is None or key in ctx.values:
        return None
    below = "" if node.sub is None else f"_{{{node.sub.text}}}"
    above = f"^{{{node.pieces[0].text}}}" if node.pieces else ""
    for name in (key + below + above, key + below, key + above, key, plain or key):
        if name in ctx.table.functions:
            is_variable = name in ctx.table.entries
            return ctx.table.functions[name] if applied or not is_variable else None
    if ctx.table.candidates(key, plain):
        return None
    return BUILTIN.get(key) or (BUILTIN.get(plain) if plain is not None and len(plain) > 2 else None)
