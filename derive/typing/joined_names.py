"""Items that make one name or one operator: d Z is dZ, Δ w is one name, dC/dq is a fraction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derive.notation.signs import ELEMENTWISE
from derive.reader.syntax import (
    Fraction,
    Group,
    Item,
    Node,
    Product,
    Tuple,
    product_of,
    under_accent,
    walk,
    with_base,
    word,
)
from derive.typing.context import Context
from derive.typing.functions import bracket_of
from derive.typing.heads import BUILTIN, head_of

DELTAS = {r"\Delta": "Delta", r"\delta": "delta"}
"""Signs that make one name with the name behind them, and what it is called."""


def fuse_names(items: tuple[Item, ...], ctx: Context) -> tuple[Item, ...]:
    """Join letters that make a declared name of several letters: d, Z^{[l]} is dZ^{[l]}; Δ w is one name too."""
    items = _with_deltas(items, ctx)
    names = ctx.table.multi_letter_names()
    if not names and not any(bracket_of(item.node) for item in items):
        return items
    differentials = _has_differentials(ctx)
    result: list[Item] = []
    at = 0
    while at < len(items):
        if differentials and items[at].node.word == "d":
            result.append(items[at])
            at += 1
            continue
        length = max(name_length(items[at:], names), _function_length(items[at:], ctx))
        if length > 1:
            result.append(Item(items[at].operator, fused([item.node for item in items[at : at + length]])))
            at += length
        else:
            result.append(items[at])
            at += 1
    return tuple(result)


def _has_differentials(ctx: Context) -> bool:
    """Return whether an upright d of the whole formula stands before what makes no name with it: then none does."""
    products = (node for side in ctx.whole for node in walk(side) if isinstance(node, Product))
    pairs = (pair for product in products for pair in pairwise(product.items))
    moving = (after.node.base for sign, after in pairs if sign.node.word == "d" and not after.operator)
    return any(not ctx.table.candidates(f"d{base.key}", f"d{base.plain}") for base in moving)


def _function_length(items: Sequence[Item], ctx: Context) -> int:
    """Return how many letters spell a function before its brackets, softmax(z), max(0, x); 1 if none, or if each of
    them is a name of its own."""
    end = next((n for n, item in enumerate(items) if n and (item.operator or bracket_of(item.node))), 0)
    letters = [item.node for item in items[:end]]
    group = bracket_of(items[end].node) if end > 1 and not items[end].operator else None
    if group is None or any(len(node.base.symbol) != 1 or node.sup for node in letters):
        return 1
    if any(node.primes or node.sub for node in letters[:-1]):
        return 1
    word = "".join(node.base.symbol for node in letters)
    several = isinstance(group.body, Tuple)
    declared = all(ctx.table.candidates(letter, letter) for letter in word)
    is_function = word in ctx.table.functions or (word in BUILTIN and (several or not declared))
    return end if is_function else 1


def _with_deltas(items: tuple[Item, ...], ctx: Context) -> tuple[Item, ...]:
    """Join Δ and the name behind it, unless Δ is declared by itself; δ where both make a known name."""
    result: list[Item] = []
    for item in items:
        sign = result[-1].node if result and not item.operator else None
        joined = delta_name(sign, item.node) if sign is not None else None
        if sign is not None and joined is not None and _is_one_name(sign.symbol, joined, ctx):
            result[-1] = Item(result[-1].operator, joined)
        else:
            result.append(item)
    return tuple(result)


def _is_one_name(sign: str, joined: Node, ctx: Context) -> bool:
    if sign == r"\Delta":
        return not ctx.table.candidates(sign, sign)
    return bool(ctx.table.candidates(joined.base.key, joined.base.plain))


def delta_name(first: Node, second: Node) -> Node | None:
    """Return Δ w_{ij} as the name "Δ w" with the indices ij, and δ w_{ij} so; None if these are no such pair."""
    base = second.base
    if first.symbol not in DELTAS or base.key is None:
        return None
    name = under_accent(first.span | base.span, DELTAS[first.symbol], base)
    return with_base(second, name, first.span | second.span) if second.scripted else name


def slashed_derivatives(items: tuple[Item, ...], ctx: Context) -> tuple[Item, ...]:
    """Return dC/dq and ∂C/∂q, written on one line, as fractions."""
    for at, item in enumerate(items):
        sign = item.node.key
        if sign not in {"d", r"\partial", r"\mathrm{d}"} or ctx.table.candidates(sign, sign):
            continue
        slash = next((n for n in range(at + 1, len(items)) if items[n].operator), len(items))
        if at + 1 < slash < len(items) - 1 and items[slash].operator == "/" and items[slash].node.key == sign:
            upper, variable = items[at:slash], items[slash + 1]
            if variable.operator or slash - at > 3:
                continue
            span = item.node.span | variable.node.span
            above = product_of(upper)
            below = Product(items[slash].node.span | variable.node.span, (Item("", items[slash].node), variable))
            whole = Item(item.operator, Fraction(span, above, below))
            return slashed_derivatives((*items[:at], whole, *items[slash + 2 :]), ctx)
    return items


def name_length(items: Sequence[Item], names: frozenset[str]) -> int:
    """Return how many items make the longest declared name from here on; 1 if none."""
    text, longest = "", 1
    for count, item in enumerate(items, start=1):
        if count > 1 and item.operator:
            break
        node = item.node
        last = node.scripted
        letter = letter_of(node.base)
        if len(letter) != 1:
            break
        text += letter
        if text in names:
            longest = count
        if last:
            break
    return longest


def letter_of(node: Node) -> str:
    """Return the letter that a node is, also the upright d: \\mathrm{d}W may be the name dW; "" for anything else."""
    return node.symbol or (node.word if node.word == "d" else "")


def fused(nodes: list[Node]) -> Node:
    last = nodes[-1]
    tail = last.base
    span = nodes[0].span | tail.span
    text = "".join(letter_of(node) for node in [*nodes[:-1], tail])
    name = word(span, text)
    return with_base(last, name, nodes[0].span | last.span) if last.scripted else name


def with_diagonals(items: tuple[Item, ...], ctx: Context) -> tuple[Item, ...]:
    """Return v ⊙ X as diag(v) X for every ⊙: f'(z^l) ⊙ (W^{l+1})^T ⋯ f'(z^L) ⊙ ∇C is read from the right.

    Nothing changes where some v is a row, which fits before no column.
    """
    result: list[Item] = []
    for item in items:
        if item.operator not in ELEMENTWISE or not result:
            result.append(item)
            continue
        start = len(result) - 1
        if start and not result[start].operator and isinstance(result[start].node.base, Group):
            start -= head_of(result[start - 1].node, ctx, True) is not None
        taken = result[start:]
        span = taken[0].node.span | taken[-1].node.span
        inner = product_of(taken)
        if ctx.value(inner).orientation == "row":
            return items
        diagonal = Product(span, (Item("", word(span, "diag")), Item("", Group(span, "(", ")", inner))))
        result[start:] = [Item(taken[0].operator, Group(span, "(", ")", diagonal)), Item("", item.node)]
    return tuple(result)
