"""Claims about slopes of a maximum that do not say which entry is the largest: the text may say it in words."""

from __future__ import annotations

from derive.algebra.expr import Diff, Expr, Functional
from derive.algebra.substitute import walk
from derive.network.dependencies import names_below
from derive.network.network import Network
from derive.notation.functions import EXTREMES
from derive.proof.claim import Claim

OF_THE_LARGEST = r"this is about a maximum or minimum and does not say which entry is the largest: \mathbb{1}[x_i = y]"


def rests_on_the_largest(claim: Claim) -> bool:
    """Return whether a claim differentiates through a maximum, and names none and no indicator of one itself."""
    nodes = [node for side in (claim.left, claim.right) for node in walk(side)]
    if any(_is_extreme(node) for node in nodes):
        return False
    return any(_leads_through(node, claim.network) for node in nodes if isinstance(node, Diff))


def _is_extreme(node: Expr) -> bool:
    return isinstance(node, Functional) and node.name in EXTREMES


def _leads_through(node: Diff, network: Network) -> bool:
    """Return whether a path from the variable of a derivative leads through a maximum."""
    tops = [d for d in network.definitions if any(map(_is_extreme, walk(d.body)))]
    if not tops:
        return False
    above = names_below((node.body,), network)
    return any(d.name in above and node.var.name in names_below((d.body,), network) for d in tops)
