"""What stands side by side: products, applications of functions, sums and derivatives with what they reach over."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import LatexError
from derive.notation.signs import LOOSE, ORDERS, TIGHT
from derive.reader.syntax import BigOperator, Dots, Empty, Group, Item, Node, Product, Relation, walk, with_scripts
from derive.typing import (
    application,
    bigops,
    chains,
    composition,
    derivatives,
    differentials,
    functions,
    heads,
    joined_names,
    standard_names,
)  # fmt: skip
from derive.typing.blocks import with_block_products
from derive.typing.ceiling import Reason, only_refutes
from derive.typing.context import Context
from derive.typing.einstein import summed
from derive.typing.factors import Factor, combine
from derive.typing.joined_names import fuse_names, slashed_derivatives
from derive.typing.names import entry_of, read_name
from derive.typing.tensor import ArrayListError, ShapeError, Tensor

_OPEN_SIGNS = {"*": "star", r"\times": "times"}
"""Signs that stand for the product of matrices in some lectures, and of entries in others, with the choices for it."""
NO_VALUE = frozenset({"arg", "argmin", "argmax", "det", "rank", "Var", "Cov", "sup", "inf", "lim"})
"""Operators that are understood, but have no value here."""


def product(node: Product, ctx: Context) -> Tensor:
    """Return the value of a flat list of items."""
    items = slashed_derivatives(fuse_names(_clean(node.items), ctx), ctx)
    if not items:
        raise ctx.fault("nothing to read here", node)
    try:
        return _joined(items, ctx, node)
    except ArrayListError:
        multiplied = with_block_products(items)
        if multiplied == items:
            raise
        return _joined(multiplied, ctx, node)
    except ShapeError:
        value = _from_the_right(items, ctx, node)
        if value is None:
            raise
        return value


def _from_the_right(items: tuple[Item, ...], ctx: Context, node: Product) -> Tensor | None:
    """Return a product with ⊙ taken from right to left; None where the shapes do not fit either."""
    nested = joined_names.with_diagonals(items, ctx)
    if nested == items:
        return None
    try:
        value = _joined(nested, ctx, node)
    except LatexError:
        return None
    ctx.log.note("⊙ is taken from right to left")
    return value


def _joined(items: tuple[Item, ...], ctx: Context, node: Product) -> Tensor:
    if chains.dots_at(items) is not None:
        return combine(chains.chain_factors(items, ctx, node), ctx, node)
    start = len(ctx.log.uses)
    factors = Scanner(items, ctx, node).all()
    value = combine(factors, ctx, node)
    return summed(value, factors, start, ctx, node) if ctx.summation else value


def _clean(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(item for item in items if not isinstance(item.node, Empty))


class Scanner:
    """Reads the items of one product from left to right."""

    def __init__(self, items: Sequence[Item], ctx: Context, node: Node) -> None:
        self.items = tuple(items)
        self.ctx = ctx
        self.node = node
        self.at = 0

    @property
    def rest(self) -> tuple[Item, ...]:
        return self.items[self.at :]

    def all(self) -> list[Factor]:
        """Return all factors."""
        factors: list[Factor] = []
        while self.at < len(self.items):
            factors.append(self.factor())
        return factors

    def factor(self) -> Factor:
        """Read one factor with what belongs to it: arguments of a function, the body of a sum or of a derivative."""
        item = self.items[self.at]
        self.at += 1
        group = functions.bracket_of(item.node) if item.operator else None
        if group is not None and isinstance(group.body, Relation) and group.body.links[0].operator in ORDERS:
            value = self.ctx.value(Group(group.span, "[", "]", group.body))  # G ⊙ (Z > 0)
            return Factor(item.operator, self.meaning(item), value, item.node)
        return Factor(item.operator, self.meaning(item), self.value(item.node), item.node)

    def meaning(self, item: Item) -> str:
        declared = self.ctx.table.operators.get(item.operator)
        meaning = declared or LOOSE.get(item.operator) or TIGHT.get(item.operator)
        if meaning is None:
            raise self.ctx.fault(f'cannot read the operator "{item.operator}"', item.node)
        if declared == "elementwise" and item.operator in TIGHT:
            return "elementwise or scaled"
        if declared is None and (choice := _OPEN_SIGNS.get(item.operator)) is not None:
            return "elementwise or scaled" if self.ctx.choice(choice) == "entries" else meaning
        return meaning

    def value(self, node: Node) -> Tensor:
        ctx = self.ctx
        if isinstance(node, Dots):
            raise ctx.fault("cannot tell what the dots stand for", node)
        if node.word in NO_VALUE and read_name(node, ctx) is None:
            raise ctx.unsupported(f'"{node.word}" is not supported here', node)
        if isinstance(node, BigOperator):
            return bigops.big_operator(node, self)
        operator = derivatives.operator_of(node, ctx)
        if operator is not None:
            slope = self.slope_at(operator)
            return derivatives.apply(operator, self) if slope is None else slope
        if differentials.is_sign(node) and self.rest and not self.rest[0].operator:
            return differentials.differential(self.moving(), ctx, node)
        chained = composition.composition_of(node, ctx)
        if chained is not None:
            return composition.compose(chained, self)
        head = heads.head_of(node, ctx, self.next_is_argument())
        if head is not None:
            return functions.application(head, self)
        group = functions.bracket_of(self.rest[0].node) if self.next_is_argument() else None
        vector = standard_names.one_hot(node, None if group is None else group.body, ctx)
        if vector is not None:
            self.at += group is not None and not node.scripted
            return vector
        is_one = standard_names.is_indicator_head(node) or standard_names.is_number_one(node)
        if (is_one or standard_names.may_indicate(node, ctx)) and (taken := self.take_group()) is not None:
            return ctx.value(Group(taken.span, "[", "]", taken.body))
        if (entry := self.entry_behind(node)) is not None:
            return entry
        return self.name_with_arguments(node)

    def entry_behind(self, node: Node) -> Tensor | None:
        """Return an entry of brackets, (∇_W L)[i, j], with its indices behind them; None where none follow."""
        group = functions.bracket_of(self.rest[0].node) if self.next_is_argument() else None
        if group is None or not isinstance(node, Group) or node.opening != "(" or self.rest[0].node.scripted:
            return None
        found = application.indices_in_brackets(group, self.ctx)
        if not found:
            return None
        value = self.ctx.value(node)
        if len(value.axes) != len(found):
            return None
        self.at += 1
        return entry_of(value, found, self.ctx, node)

    def slope_at(self, operator: derivatives.Operator) -> Tensor | None:
        """Return dσ/du (z), the slope of a function at the name in brackets behind it; None for anything else.

        Brackets that repeat what a quantity is differentiated by or was defined with, ∂f/∂x (x), are passed over.
        Raises: LatexError where they put other names there.
        """
        ctx, numerator = self.ctx, operator.numerator
        group = functions.bracket_of(self.rest[0].node) if numerator is not None and self.next_is_argument() else None
        if numerator is None or group is None or group.opening != "(" or not application.only_names(group.body):
            return None
        given, by = [node.text for node in application.argument_nodes(group)], {v.text for v in operator.variables}
        if (numerator.symbol or numerator.word) and heads.head_of(numerator, ctx, True) is not None and len(by) == 1:
            self.at += 1
            slope = with_scripts(numerator.span, numerator, primes=len(operator.variables))
            return ctx.value(Product(group.span, (Item("", slope), Item("", group))))
        named = read_name(numerator, ctx)
        defined = [node.text for node in named.entry.arguments] if named is not None and named.entry else []
        if given in (defined, list(by)):
            self.items = (*self.items[: self.at], *self.items[self.at + 1 :])
        elif len(given) == len(defined):
            raise ctx.fault("cannot tell what this derivative is at other arguments", group, "those of the definition")
        return None

    def name_with_arguments(self, node: Node) -> Tensor:
        """Read a name with the arguments in brackets behind it, where it has any: L(θ), p(x_i)."""
        ctx = self.ctx
        base = node.base
        if base.key is None or standard_names.is_indicator_head(base):
            return ctx.value(node)
        if base.key == r"\delta" and r"\delta" not in ctx.table.heads:
            return ctx.value(node)
        exponential = standard_names.euler(node, ctx)
        if exponential is not None:
            return exponential
        if self.next_is_argument():
            brackets = self.rest[0].node
            value = application.value_of(node, brackets, ctx)
            if value is not None:
                self.at += 1
                return functions.scripted(value, brackets, ctx)
        return ctx.value(node)

    def next_is_argument(self) -> bool:
        """Return whether a bracket follows directly."""
        return bool(self.rest) and not self.rest[0].operator and functions.bracket_of(self.rest[0].node) is not None

    def take_group(self) -> Group | None:
        """Take a directly following bracket whose content is a condition."""
        if self.rest and not self.rest[0].operator:
            node = self.rest[0].node
            if isinstance(node, Group) and isinstance(node.body, Relation):
                self.at += 1
                return node
        return None

    def operand(self, *, narrow: bool) -> Tensor:
        """Read what a prefix operator reaches over: the next factor, or everything up to ⊙ and the like.

        Raises: LatexError if nothing follows.
        """
        if not self.rest:
            raise self.ctx.fault("nothing follows the operator", self.node)
        if narrow or self._loss_follows():
            if narrow and self.ctx.summation and len(self.rest) > 1:  # the sum over an index reaches further
                self.ctx.log.limit(
                    only_refutes(Reason("the derivative reaches over the whole product", self.node.span))
                )
            return self.factor().value
        start, factors = len(self.ctx.log.uses), [self.factor()]
        if self.rest:
            self.ctx.log.choices.add("scope")
        while self.rest and self.meaning(self.rest[0]) in {"product", "over"}:
            factors.append(self.factor())
        value = combine(factors, self.ctx, self.node)
        return summed(value, factors, start, self.ctx, self.node) if self.ctx.summation else value

    def moving(self) -> Tensor:
        """Read what the d of a differential reaches over: the next factor, or the whole product behind it."""
        value, begin = self.factor().value, self.at - 1
        if not self.rest or any(differentials.is_sign(item.node) for item in self.rest):
            return value
        if self.ctx.choice("differentials") == "factor":
            return value
        behind = self.items[begin:]
        self.at = len(self.items)
        return product(Product(self.node.span, (Item("", behind[0].node), *behind[1:])), self.ctx)

    def body(self, letters: frozenset[str] | None = None) -> Tensor:
        """Read what a sum or a product sign reaches over: everything that is left; where letters are given, up to the
        last item in which one of them stands, unless the reading says otherwise (Π_t D_t W).

        Raises: LatexError if nothing follows.
        """
        if not self.rest:
            raise self.ctx.fault("nothing follows the sign", self.node)
        rest = self.rest
        if letters is not None:
            last = max((n for n, item in enumerate(rest) if _mentions(item.node, letters)), default=len(rest) - 1)
            if last + 1 < len(rest) and functions.bracket_of(rest[last + 1].node) and not rest[last + 1].operator:
                last += heads.head_of(rest[last].node, self.ctx, True) is not None
            if last + 1 < len(rest) and self.ctx.choice("reach") == "indexed":
                rest = rest[: last + 1]
        self.at += len(rest)
        inner = Product(self.node.span, (Item("", rest[0].node), *rest[1:]))
        return product(inner, self.ctx)

    def _loss_follows(self) -> bool:
        """Return whether the next item is a scalar of the network, so that a gradient reaches over it alone."""
        node = self.rest[0].node
        base = node.base
        table = self.ctx.table
        entries = table.candidates(base.key, base.plain)
        scalars = [entry for entry in entries if entry.base in table.heads and not entry.units]
        return any(entry.name == table.loss for entry in scalars) or (bool(scalars) and table.has_arrays)


def _mentions(node: Node, letters: frozenset[str]) -> bool:
    return any(inner.letter in letters for inner in walk(node))
