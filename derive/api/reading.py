"""LaTeX to what it names: a quantity with its indices, a derivative, an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, lin
from derive.api.quantity import Quantity
from derive.errors import LatexError, UsageError
from derive.reader.parser import parse_statement
from derive.source import Source
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.typing.tensor import Tensor

if TYPE_CHECKING:
    from derive.api.net import Net


def read_value(net: Net, latex: str) -> Tensor:
    """Return the typed value of an expression. Raises: LatexError, at its place; UsageError without a model."""
    if net.model is None:
        raise UsageError(f'"{latex}" cannot be read without a model; write net["W"]["k", "i", "j"]')
    source = Source("formula", latex)
    statement = parse_statement(source)
    return elaborate(statement.body, Context(net.model.table, source, reader=elaborate, reading=net.model.reading))


def read_quantity(net: Net, latex: str) -> Quantity:
    """Return the quantity that LaTeX such as W_k or W_{kij} names.

    Raises: UsageError for what is no name, LatexError for what cannot be read.
    """
    value = read_value(net, latex)
    name, idx = _head(value.body, latex)
    own = [lin(axis.index) for axis in value.axes]
    given = idx[: len(idx) - len(own)]
    if list(idx[len(given) :]) != own:
        raise UsageError(f'"{latex}" is not a name with its first indices; write out the entry')
    return Quantity(net, net.places[name], given)


def _head(body: Expr, latex: str) -> tuple[str, tuple[Lin, ...]]:
    if isinstance(body, Var):
        return body.name, body.idx
    raise UsageError(f'"{latex}" is no variable of the network, but an expression')


def derivative_of(net: Net, latex: str) -> tuple[Var, Var]:
    """Return u and v of a derivative ∂u/∂v, its axes as letters. Raises: UsageError for anything else."""
    value = read_value(net, latex)
    taken: set[str] = set()
    names: dict[Index, Lin] = {}
    for axis in value.axes:
        letters = (*net.notation.unit_letters, axis.index.name)
        letter = next(found for found in letters if found not in taken)
        taken.add(letter)
        names[axis.index] = lin(Index(letter))
    body = value.at(*names.values())
    if isinstance(body, Diff) and isinstance(body.body, Var):
        return body.body, body.var
    raise UsageError(f'"{latex}" is no single derivative ∂u/∂v')


__all__ = ["LatexError", "derivative_of", "read_quantity", "read_value"]
