"""Updates: a name with a sign of the next step is set to a value of the last one, W_{t+1} = W_t - η G, θ' = θ - η g."""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.expr import Var
from derive.errors import LatexError
from derive.names.indices import parts
from derive.reader.syntax import Additive, Group, Name, Node, Text, Tuple, walk
from derive.statements.left_sides import left_side
from derive.typing.context import Context
from derive.typing.joined_names import DELTAS
from derive.typing.names import Named, read_name

_SIGNS = frozenset({"*", r"\star", r"\ast", r"\dagger", "+", "-", r"\cdot"})


def is_word(node: Node) -> bool:
    """Return whether a script is a word such as new or old, or a star, which makes another name."""
    text = node.text
    word = (node.word or isinstance(node, Text)) and len(text) > 2 and text.isalpha()
    return word or text in _SIGNS


def words_on(name: Node) -> tuple[str, ...]:
    """Return the words that stand above and below a name: ("new",) of w^{new} and of w_{\\mathrm{new}}."""
    found = [piece.text for piece in name.pieces if is_word(piece) and not piece.is_transpose]
    tokens = [token.node for group in parts(name.sub) for token in group]
    return (*found, *(node.text for node in tokens if (node.word or isinstance(node, Text)) and is_word(node)))


def is_recursion(left: Node, right: Node) -> bool:
    """Return whether a name is set to something in which the same letter occurs: m_t = β m_{t-1} + (1 - β) g_t."""
    side = left_side(left)
    key = None if side is None else _bare_key(side.name)
    other = left_side(right)
    if other is not None and other.arguments is not None and _bare_key(other.name) == key:
        return False  # f(x_1) = f(x_2) claims something
    return key is not None and any(_bare_key(inner) == key for inner in walk(right))


def is_list(node: Node) -> bool:
    """Return whether a side only lists things: θ = {W, b}, θ = (w_1, …, w_n)."""
    return isinstance(node, Group) and (node.opening == r"\{" or isinstance(node.body, Tuple))


def _bare_key(node: Node) -> str | None:
    base = node.base
    if isinstance(base, Name) and not set(base.accents[:1]) & set(DELTAS.values()):
        base = replace(base, accents=base.accents[1:])
    return base.plain


def is_update(left: Node, right: Node, ctx: Context) -> bool:
    """Return whether `left = right` sets the next value of a name from its last one.

    Both bear the same letter, and what tells them apart is nothing that the model knows: a prime, an accent, a step.
    """
    side = left_side(left)
    first = _first_term(right)
    if side is None or side.arguments is not None or first is None:
        return False
    key = _bare_key(side.name)
    if key is None or _bare_key(first) != key or first.text == side.name.text:
        return False
    if side.key in ctx.table.functions:
        return False
    if side.name.primes:
        return True
    new, old = _read(side.name, ctx), _read(first, ctx)
    if new is None:
        return bool(ctx.table.candidates(first.base.key, key)) or old is None
    if old is None:
        return bool(words_on(first))
    return _is_step(new, old, ctx)


def _first_term(right: Node) -> Node | None:
    if not isinstance(right, Additive) or len(right.terms) < 2 or right.terms[0].sign != "+":
        return None
    first = right.terms[0].node
    return first if first.base.key is not None or first.scripted else None


def _read(node: Node, ctx: Context) -> Named | None:
    """Return a name as the model reads it; None where it cannot."""
    try:
        named = read_name(node, ctx)
    except LatexError:
        return None
    return None if named is None or named.entry is None else named


def _is_step(new: Named, old: Named, ctx: Context) -> bool:
    """Return whether what differs is a power that is a step, w^{t+1} and w^t, or the first of the unit indices."""
    if new.entry != old.entry or new.entry is None:
        return False
    if new.rest or old.rest:
        step = [piece for piece in (*new.rest, *old.rest) if not piece.is_transpose]
        return bool(step) and tuple(part.text for part in new.rest) != tuple(part.text for part in old.rest)
    one, other = new.value.body, old.value.body
    if not isinstance(one, Var) or not isinstance(other, Var) or one.name != other.name:
        return False
    units = [at for at, param in enumerate(new.entry.params) if param.kind == "unit"]
    layers = [at for at in range(len(one.idx)) if at not in units]
    if not units or any(one.idx[at] != other.idx[at] for at in layers):
        return False
    computed = ctx.network is not None and any(d.name == one.name for d in ctx.network.definitions)
    if computed and one.idx[units[0]].indices():
        return False  # c_i = c_{i-1} + x_i of what the network computes
    shift = one.idx[units[0]] - other.idx[units[0]]
    return shift.is_const and abs(shift.const) == 1
