"""Opening activations: what holds for every differentiable g holds for the sigmoid, and is proved faster for g.

Only smooth activations are opened, so that no side condition on kinks is lost.
"""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.expr import Add, Chain, Diff, Expr, Fun, Functional, Mul, Pow, Prod, Step, Sum
from derive.algebra.substitute import walk
from derive.network.network import Network
from derive.notation.functions import FUNCTIONS
from derive.proof.claim import Claim

SMOOTH = frozenset(row.name for row in FUNCTIONS if row.smooth)


def open_activations(claim: Claim) -> Claim | None:
    """Return the claim with open functions for smooth activations; None if there are none, or facts are assumed.

    A proof of it proves the claim itself; a counterexample to it says nothing.
    """
    network = claim.network
    if claim.facts or network.facts or not any(_is_smooth(n) for d in network.definitions for n in walk(d.body)):
        return None
    definitions = tuple(replace(d, body=_opened(d.body)) for d in network.definitions)
    opened = Network(definitions, network.leaves, (), network.loss)
    return replace(claim, network=opened, left=_opened(claim.left), right=_opened(claim.right))


def _is_smooth(node: Expr) -> bool:
    return isinstance(node, Fun) and node.name in SMOOTH


def _opened(expr: Expr) -> Expr:
    match expr:
        case Fun(name, args, order, idx):
            inner = tuple(map(_opened, args))
            return Fun(f"any {name}" if name in SMOOTH else name, inner, order or (0,) * len(inner), idx)
        case Add(args):
            return Add(tuple(map(_opened, args)))
        case Mul(args):
            return Mul(tuple(map(_opened, args)))
        case Pow(base, exponent):
            return Pow(_opened(base), _opened(exponent))
        case Sum(index, range_, body):
            return Sum(index, range_, _opened(body))
        case Prod(index, range_, body):
            return Prod(index, range_, _opened(body))
        case Step(arg):
            return Step(_opened(arg))
        case Diff(body, var):
            return Diff(_opened(body), var)
        case Chain():
            return replace(expr, body=_opened(expr.body))
        case Functional():
            return replace(expr, args=tuple(replace(arg, body=_opened(arg.body)) for arg in expr.args))
    return expr
