"""Whether a formula of plain calculus says enough to be refuted: then nothing in it had to be guessed."""

from __future__ import annotations

from derive.algebra.expr import Var
from derive.algebra.substitute import walk as parts_of
from derive.network.network import Fact, Network
from derive.reader.syntax import Fraction, Node, Product, walk
from derive.statements.calculus import Scope
from derive.typing.context import Context
from derive.typing.derivatives import operator_of


def says_enough(before: Scope, after: Scope, nodes: list[Node], ctx: Context, own: frozenset[str]) -> bool:
    """Return whether nothing had to be guessed: every name is defined in the document or `own` to the model, or only
    one real variable is new, and a formula differentiates known functions of it, or begins with one of them."""
    same = before.definitions == after.definitions
    new = {name for name in after.table.functions if name not in before.table.functions}
    open_functions = {name for name in new if after.table.functions[name].kind == "open"}
    if not same or open_functions:
        return False
    added = {leaf.name for leaf in after.leaves} - {leaf.name for leaf in before.leaves} - own
    return not added or (len(added) == 1 and not before.definitions and _applies(nodes, new, ctx))


def _applies(nodes: list[Node], functions: set[str], ctx: Context) -> bool:
    found = [inner for outer in nodes for inner in walk(outer)]
    primes = any(node.primes for node in found)
    fractions = any(isinstance(node, Fraction) and operator_of(node, ctx) is not None for node in found)
    first = nodes[0]
    applied = isinstance(first, Product) and len(first.items) == 2
    head = first.items[0].node.base.key if applied and isinstance(first, Product) else None
    return primes or fractions or head in functions


def facts_about(scope: Scope, network: Network, own: frozenset[str]) -> tuple[Fact, ...] | None:
    """Return what a model assumes of its `own` variables in a scope; None where a fact ties them to other names."""
    names = own & {leaf.name for leaf in scope.leaves}
    found = []
    for fact in network.facts:
        sides = [side for side in (fact.left, fact.right, *fact.choices) if side is not None]
        used = {inner.name for side in sides for inner in parts_of(side) if isinstance(inner, Var)}
        if used & names:
            if not used <= names:
                return None
            found.append(fact)
    return tuple(found)
