"""Functions that the forward pass defines by a formula: softsign(z) = z / (1 + |z|)."""

from __future__ import annotations

from dataclasses import replace

from derive.errors import LatexError
from derive.models.functions import function_key
from derive.names.table import SymbolTable
from derive.reader.syntax import Node, Tuple, walk
from derive.statements.aliases import LeftSide, head_key
from derive.statements.naming import function_of, stands_alone
from derive.typing.context import Context, Log


def is_function(left: LeftSide, right: Node, ctx: Context) -> bool:
    """Return whether the arguments are scalar letters that the right side uses, as in softsign(z) = z / (1 + |z|)."""
    names = argument_keys(left)
    used = {node.key for node in walk(right)}
    for name in names:
        entries = ctx.table.candidates(name, name)
        if name is None or name not in used or any(entry.units and not entry.layers for entry in entries):
            return False
        if any(entry.layers and stands_alone(name, ctx) for entry in entries):
            return False
    key = head_key(left.name)
    return bool(names) and key is not None and key not in ctx.table.entries and not _only_decorate(names, right, ctx)


def _only_decorate(names: list[str | None], right: Node, ctx: Context) -> bool:
    """Return whether undeclared arguments are used as arguments of declared names alone: the n of E(n) = Σ e_k(n)."""
    if any(name is None or ctx.table.candidates(name, name) for name in names):
        return False
    try:
        replace(ctx, log=Log()).value(right)
    except LatexError:
        return False
    return True


def argument_keys(left: LeftSide) -> list[str | None]:
    """Return the names in the brackets of a left side."""
    if left.arguments is None:
        return []
    inner = left.arguments.body
    return [item.key for item in (inner.items if isinstance(inner, Tuple) else (inner,))]


def arguments_are_declared(left: LeftSide, ctx: Context) -> bool:
    return all(name is not None and stands_alone(name, ctx) for name in argument_keys(left))


def with_function_line(left: LeftSide, right: Node, ctx: Context) -> SymbolTable:
    """Return the table with a function defined by its formula."""
    function = function_of(left, right, ctx)
    return ctx.table.with_function(function_key(function.name, function.fixed_sub, None), function)
