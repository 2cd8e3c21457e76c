"""How a text calls the entries of an array: W = (w_{ij}), X = [x_{nk}], v = (v_i)_{i=1}^n."""

from __future__ import annotations

from derive.names.indices import parts
from derive.notation.signs import EQUATES
from derive.reader.syntax import Group, Name, Node, Relation

_BRACKETS = frozenset(("(", "["))


def entry_in_brackets(node: Node) -> Node | None:
    """Return the entry that stands for an array, the w_{ij} of (w_{ij}) and (w_{ij})_{i,j}; None for anything else.

    Its indices are letters; a bracket with a sign above it, and nothing below, is a power or a transpose.
    """
    group = node.base
    if not isinstance(group, Group) or group.opening not in _BRACKETS or (node.sup is not None and node.sub is None):
        return None
    entry = group.body
    tokens = [token for part in parts(entry.sub) for token in part]
    named = isinstance(entry.base, Name) and entry.base.key is not None and not entry.primes
    return entry if named and tokens and all(token.kind == "letter" for token in tokens) else None


def entries_named(body: Node) -> tuple[Node, Node] | None:
    """Return an array and the entry that an equation calls its entries by, W and w_{ij} of W = (w_{ij}) ∈ ℝ^{m × n}."""
    if not isinstance(body, Relation) or body.links[0].operator not in EQUATES:
        return None
    whole, entry = body.first, entry_in_brackets(body.links[0].node)
    if entry is None or not isinstance(whole.base, Name) or whole.base.key is None or whole.sub is not None:
        return None
    return whole, entry
