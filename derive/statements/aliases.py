"""Names that stand for expressions: what \\delta^l_j = ∂C/∂z^l_j, f(x) = \\hat{y} or x_{ij} = X_{ij} declare."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from derive.algebra.build import substitute
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.names.indices import Token, parts
from derive.names.letters import free_letters
from derive.names.matching import Written, unnested, with_primes, written
from derive.names.table import Entry, Kind, Orientation, Param
from derive.reader.syntax import Group, Item, Name, Node, Number, Product, Tuple, product_of
from derive.typing.application import argument_nodes, letters_of, only_names
from derive.typing.bigops import bound_range, meet, solved
from derive.typing.bounds import Bound
from derive.typing.context import Context
from derive.typing.joined_names import delta_name, fused
from derive.typing.tensor import Tensor


@dataclass(frozen=True, slots=True)
class LeftSide:
    """A left side: the name with its indices, and arguments in brackets behind it as in L(θ)."""

    name: Node
    arguments: Group | None = None

    @property
    def key(self) -> str | None:
        """The base of the name, without its indices."""
        return self.name.base.key

    @property
    def given(self) -> tuple[Node, ...]:
        """The arguments one by one."""
        return tuple(argument_nodes(self.arguments))


def left_side(node: Node, *, in_model: bool = False) -> LeftSide | None:
    """Return a left side that can name something; None for anything longer than a name with arguments.

    In a model letters side by side are always one name, since a product cannot be defined.
    """
    if isinstance(node, Product):
        items = node.items
        group = items[-1].node
        brackets = {"(", "["} if in_model else {"("}
        if len(items) > 1 and not items[-1].operator and isinstance(group, Group) and group.opening in brackets:
            name = left_side(product_of(items[:-1]), in_model=in_model)
            product = not in_model and not _are_arguments(group.body)
            if name is None or name.arguments is not None or product:
                return None  # N (μ - c) is a product
            return LeftSide(name.name, group)
        if len(items) == 2 and not items[1].operator:
            step = delta_name(items[0].node, items[1].node)
            if step is not None:
                return LeftSide(step)
        letters = [item for item in items if not item.operator]
        if len(letters) == len(items) and _spells_a_name(items, in_model):
            return LeftSide(fused([item.node for item in items]))
        return None
    return LeftSide(node) if _is_name(node) else None


def _are_arguments(node: Node) -> bool:
    """Return whether brackets behind a new name hold what a definition is given by: (x, w), (0), (Y = 1 | x)."""
    nodes = argument_nodes(Group(node.span, "(", ")", node))
    return all(isinstance(inner, Number) or only_names(inner) for inner in nodes)


def _is_name(node: Node) -> bool:
    base = node.base
    if base.scripted:
        return _is_name(base)
    return base.key is not None and base.key not in {r"\nabla", r"\partial"}


def _spells_a_name(items: tuple[Item, ...], any_word: bool) -> bool:
    """Return whether letters side by side look like one name: dZ, db; or `any_word` such as scores."""
    texts = []
    for item in items:
        node = item.node
        base = node.base
        if not base.symbol or (node.scripted and item is not items[-1]):
            return False
        texts.append(base.symbol)
    if any_word:
        return all(len(text) == 1 for text in texts)
    return texts[0] == "d" and len(texts) == 2 and len(texts[1]) == 1


def arguments_of(left: LeftSide) -> list[Node]:
    """Return the arguments in the brackets of a left side."""
    if left.arguments is None:
        return []
    inner = left.arguments.body
    return list(inner.items) if isinstance(inner, Tuple) else [inner]


def definable(left: Node) -> LeftSide | None:
    """Return a left side that a real variable or function can have: y, y_1, f(x), f(x, y); None for others."""
    found = left_side(left)
    if found is None or found.name.primes or found.name.sup is not None:
        return None
    named = ((isinstance(a, Name) or a.scripted) and a.base.key is not None for a in arguments_of(found))
    return found if all(named) else None


def declared(left: LeftSide, value: Tensor, ctx: Context, layers: frozenset[str], start: int) -> Entry:
    """Return the name that `left = value` declares; index letters in its scripts become its indices.

    `layers` are the letters that count layers; `start` is where the log of index uses begins. The ranges of the
    letters are those of their slots in the value.
    Raises: LatexError if a letter among the indices has no range, or nothing binds one of the value.
    """
    name = with_primes(written(left.name, ctx))
    key = name.base.key if name.sub or name.sup else _declared_key(name.base, ctx)
    if key is None:
        raise ctx.fault("this is no name", left.name, "a name")
    uses = {index.name for use in ctx.log.uses[start:] for index in use.value.indices() if index.uid == 0}
    uses |= free_letters(value.body)
    flat = unnested(name)
    nested = flat.sup != name.sup and uses >= {token.text for group in flat.sub for token in group}
    name = flat if nested else name
    below, fixed_sub = slots_below(name.sub, uses, ctx)
    above, fixed_sup, bracket = slots_above(name, uses, ctx)
    inside = bound_by_arguments(left, [*below, *above], uses, ctx)
    unbound = uses - {*below, *above, *inside} - {index.name for index in ctx.table.labels}
    if unbound & free_letters(value.body):
        raise ctx.fault(f'nothing says which "{min(unbound)}" is meant', left.name, "an index on the left")
    params: list[Param] = []
    values: dict[Index | Size, Lin] = {}
    entries = ctx.table.examples & {*below, *inside} if value.is_scalar else frozenset[str]()
    for letter in sorted([*above, *below, *inside], key=lambda letter: letter not in layers - entries):
        own = fresh(letter)
        told = any(solved(use, Index(letter)) is not None for use in ctx.log.uses[start:])
        usual = None if told else ctx.table.ranges.get(letter)
        range_ = bound_range(Bound(letter, Index(letter), left.name), ctx, start, usual).subs(values)
        kind: Kind = "layer" if letter in layers - entries else "unit"
        params.append(Param(own, range_, kind))
        values[Index(letter)] = lin(own)
    order = [param.index.name for param in params]
    units: list[Param] = []
    for axis in value.axes:
        units.append(Param(axis.index, axis.range.subs(values), "unit"))
    sub = tuple(order.index(letter) for letter in below) + tuple(len(params) + n for n in range(len(units)))
    sup = tuple(order.index(letter) for letter in above)
    every = (*params, *units)
    whole = _whole_orientation(value, every)
    return Entry(
        full_name(key, fixed_sub, fixed_sup), key, every, sub, sup, whole, substitute(value.body, values),
        fixed_sub, fixed_sup, name.base.text, bracket, tuple(order) if not units else (),
        partial=value.partial,
        arguments=left.given, bound=tuple(order.index(letter) for letter in inside), nested=nested,
    )  # fmt: skip


def _declared_key(base: Node, ctx: Context) -> str | None:
    """Return the base of a name as it is declared, in whatever font; its own where it is new."""
    key = base.key
    known = ctx.table.candidates(key, base.plain)
    return known[0].base if known and known[0].base != key and known[0].plain == base.plain else key


def bound_by_arguments(left: LeftSide, slots: Collection[str], used: set[str], ctx: Context) -> list[str]:
    """Return the letters of a definition that only its arguments bind: the i of p(x_i)."""
    return [letter for letter in letters_of(left.given, ctx) if letter in used and letter not in slots]


def meant_layers(layers: frozenset[str], ctx: Context) -> Range | None:
    """Return at which layers a new name is meant, D_l = diag(g'(z_l)) at those of g(z_l); None where nothing says."""
    letters = {i for use in ctx.log.uses for i in use.value.indices() if i.uid == 0 and i.name in layers}
    if len(letters) != 1:
        return None
    index, found = letters.pop(), None
    for use in ctx.log.uses:
        range_ = solved(use, index) if use.soft and use.kind == "layer" else None
        if range_ is not None:
            found = range_ if found is None else meet(found, range_)
    return found


def _whole_orientation(value: Tensor, params: tuple[Param, ...]) -> Orientation:
    units = sum(param.kind == "unit" for param in params)
    if units == len(value.axes):
        return value.orientation
    return "scalar" if units == 0 else "col" if units == 1 else "matrix"


def full_name(key: str, fixed_sub: tuple[str, ...], fixed_sup: tuple[str, ...]) -> str:
    """Return the name of a base with its fixed parts: C_{0}, W^{(1)}."""
    below = f"_{{{''.join(fixed_sub)}}}" if fixed_sub else ""
    above = f"^{{{''.join(fixed_sup)}}}" if fixed_sup else ""
    return key + below + above


def slots_below(groups: list[list[Token]], letters: set[str], ctx: Context) -> tuple[list[str], tuple[str, ...]]:
    """Return the index letters below a name, and what belongs to the name itself, before them (the o of z_{oij}) or
    without them."""
    tokens = [token for group in groups for token in group if token.kind not in {"bracket", "end"}]
    texts = [ctx.table.index_names.get(token.text, token.text) for token in tokens]
    are_slots = [token.kind == "letter" and text in letters for token, text in zip(tokens, texts, strict=True)]
    begin = next((at for at in range(len(tokens)) if all(are_slots[at:])), len(tokens))
    for token, is_slot in zip(tokens[:begin], are_slots, strict=False):
        if (is_slot and are_slots[0]) or token.kind not in {"letter", "number", "other", "script"}:
            raise ctx.fault("cannot tell which of these are indices of a new name", token.node)
    return texts[begin:], tuple(token.text for token in tokens[:begin])


def slots_above(name: Written, letters: set[str], ctx: Context) -> tuple[list[str], tuple[str, ...], str]:
    slots: list[str] = []
    fixed: list[str] = []
    bracket = ""
    for piece in name.sup:
        inner = piece.body if isinstance(piece, Group) else piece
        tokens = [token for group in parts(inner) for token in group]
        if len(tokens) == 1 and tokens[0].kind == "letter" and tokens[0].text in letters:
            slots.append(tokens[0].text)
            bracket = piece.opening if isinstance(piece, Group) else bracket
        else:
            fixed.append(piece.text)
    return slots, tuple(fixed), bracket
