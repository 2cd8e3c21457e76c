"""Left sides: a name with its indices, and the arguments in brackets behind it, as in f(x) and L(θ)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.names.indices import parts
from derive.reader.syntax import (
    Annotated,
    BigOperator,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Tuple,
    product_of,
    walk,
)
from derive.typing.application import argument_nodes, only_names
from derive.typing.context import Context
from derive.typing.joined_names import delta_name, fused


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

    @property
    def letters(self) -> frozenset[str]:
        """The letters below and above the name, which may be indices: at i, Σ_{j=1}^i ends at none of the sizes."""
        places = (self.name.sub, *(piece.inside for piece in self.name.pieces))
        tokens = (token for place in places for group in parts(place) for token in group)
        return frozenset(token.text for token in tokens if token.kind == "letter")


def defining(left: LeftSide, right: Node, ctx: Context) -> Context:
    """Return the context in which the right side of a definition is read: the letters on the left are indices there,
    and what a sum binds shows in both sides."""
    return replace(ctx, free=ctx.free | left.letters, whole=(left.name, right))


def left_side(node: Node, *, in_model: bool = False) -> LeftSide | None:
    """Return a left side that can name something; None for anything longer than a name with arguments.

    In a model letters side by side are always one name, since a product cannot be defined. A remark below a side, its
    sizes, is passed over.
    """
    if isinstance(node, Annotated):
        return left_side(node.body, in_model=in_model)
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
    """Return whether a node is a name with its indices; a computed index, x_{\\arg\\max_i x_i}, names nothing."""
    base = node.base
    if node.sub is not None and any(isinstance(inner, BigOperator) for inner in walk(node.sub)):
        return False
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
