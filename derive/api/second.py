"""Second derivatives: the first one worked out, then differentiated along the network as far as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.algebra.differentiate import derivative, total
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Range
from derive.algebra.index_facts import IndexFacts
from derive.algebra.primes import TooLargeError
from derive.algebra.substitute import map_children
from derive.api.deriving import derive_entry, fold_conditions
from derive.errors import NetworkError
from derive.network.chain_rule import NetworkAlgebra
from derive.network.derivation import Case, Derivation
from derive.network.derivation import Step as Line
from derive.network.partials import free_indices, label_ranges
from derive.network.steps import simplest

if TYPE_CHECKING:
    from derive.api.net import Net

DEPTH = 24  # so many layers are followed
ENDLESS = "this derivative does not end while the depth is symbolic; give widths, as in net.at([2, 3, 2])"


def second_derivation(net: Net, of: Var, by: Var, second: Var) -> Derivation:
    """Return the derivation of ∂²of/∂by∂second.

    Raises: NetworkError where it does not end because the depth is symbolic; with given widths it does.
    """
    free = {**label_ranges(net.symbolic), **free_indices(net.symbolic, by, second)}
    free = {index: range_.subs(net.sizes) for index, range_ in free.items()}
    first = tidied(net, unfold(net, Diff(of, by)), free)
    found = tidied(net, unfold(net, derivative(first, second, total)), free)
    goal = Diff(Diff(of, by), second)
    steps = (
        Line(goal, "start"),
        Line(Diff(first, second), "chain rule", "insert the first derivative"),
        Line(found, "chain rule", "differentiate once more"),
    )
    return Derivation(goal, (Case("all indices", tuple(free.items()), steps),))


def unfold(net: Net, expr: Expr, depth: int = DEPTH) -> Expr:
    """Return an expression with every derivative in it worked out, down to the quantities of the forward pass.

    Raises: NetworkError where that does not end.
    """

    def inner(e: Diff) -> Expr:
        if depth == 0 or not isinstance(e.body, Var):
            raise NetworkError(ENDLESS)
        from derive.api.net import layer_places

        found = derive_entry(net.symbolic, e.body, e.var, net.sizes, lambda name: layer_places(net, name))
        if len(found.cases) != 1:
            raise NetworkError(ENDLESS)
        return unfold(net, found.result, depth - 1)

    def changed(part: Expr) -> Expr:
        return inner(part) if isinstance(part, Diff) else map_children(part, changed)

    return changed(expr)


def tidied(net: Net, expr: Expr, free: dict[Index, Range]) -> Expr:
    """Return an expression with the quantities of the network recognised, factored as far as that is shorter.

    Raises: NetworkError for one that is too large.
    """
    algebra = NetworkAlgebra(net.symbolic, IndexFacts(free))
    algebra.fixed.update(net.sizes)
    algebra.unroll = 0
    try:
        return fold_conditions(simplest(algebra, expr))
    except TooLargeError as error:
        raise NetworkError(f"this derivative is too large: {error}") from error
