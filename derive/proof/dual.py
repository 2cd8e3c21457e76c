"""Dual numbers over balls: real numbers that know how they change with the entries of a network.

A node carries the enclosure of its value and, for every entry (seed) that it is asked about, its tangent, another node.
Tangents follow the definitions forward from the seed: f(u₁ … u_n) has the tangent Σ_i ∂f/∂u_i · u̇_i. Being nodes, they
have tangents themselves, which gives derivatives of any order. A tangent of None is an exact zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import arb

MULTIPLIED = 64
"""Up to this exponent a power of a ball around zero is multiplied out."""

Partials = Callable[[tuple[int, ...]], "arb | None"]
"""Values of the partial derivatives of a function at one point, by derivative orders; None is an exact zero."""


class Node:
    """A number: the ball `value`, and in `mask` one bit for each entry that it depends on."""

    __slots__ = ("mask", "value")

    def __init__(self, value: arb, mask: int) -> None:
        self.value = value
        self.mask = mask

    def tangent(self, along: Tangents) -> Node | None:
        """Return the derivative by the seed of `along`; a node that depends on nothing has none."""
        return None


class Tangents:
    """The tangents of all nodes along one seed, each computed once; `count` hears of each."""

    __slots__ = ("_count", "_memo", "bit", "seed")

    def __init__(self, seed: Entry, count: Callable[[], None]) -> None:
        self.seed = seed
        self._count = count
        self.bit = seed.bit
        self._memo: dict[Node, Node | None] = {seed: ONE}

    def of(self, node: Node) -> Node | None:
        if not node.mask & self.bit:
            return None
        memo = self._memo
        if node not in memo:
            self._count()
            memo[node] = node.tangent(self)
        return memo[node]


class Entry(Node):
    """An entry of a variable: a leaf, or a definition's body, which its own seed overrides."""

    __slots__ = ("bit", "body", "idx", "name")

    def __init__(self, name: str, idx: tuple[int, ...], value: arb, bit: int, body: Node | None = None) -> None:
        super().__init__(value, bit if body is None else bit | body.mask)
        self.name = name
        self.idx = idx
        self.bit = bit
        self.body = body

    def tangent(self, along: Tangents) -> Node | None:
        return None if self.body is None else along.of(self.body)


class Total(Node):
    """Σ_i u_i."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Node, ...]) -> None:
        value, mask = terms[0].value, terms[0].mask
        for term in terms[1:]:
            value = value + term.value
            mask |= term.mask
        super().__init__(value, mask)
        self.terms = terms

    def tangent(self, along: Tangents) -> Node | None:
        return _total_or_none([slope for term in self.terms if (slope := along.of(term)) is not None])


class Product(Node):
    """Π_i u_i, with the tangent Σ_i u̇_i Π_{j≠i} u_j."""

    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Node, ...]) -> None:
        value, mask = factors[0].value, factors[0].mask
        for factor in factors[1:]:
            value = value * factor.value
            mask |= factor.mask
        super().__init__(value, mask)
        self.factors = factors

    def tangent(self, along: Tangents) -> Node | None:
        factors = self.factors
        terms = []
        for place, factor in enumerate(factors):
            slope = along.of(factor)
            if slope is not None:
                terms.append(product((slope, *factors[:place], *factors[place + 1 :])))
        return _total_or_none(terms)


def raised(base: arb, exponent: arb) -> arb:
    """Return base^exponent. Flint takes the logarithm of a ball, and has no value for one around zero: (x - μ)² of a
    single x is such a one; there a small whole power is a product."""
    if not base.contains(0) or base.is_exact() or not (exponent.is_integer() and 0 < exponent <= MULTIPLIED):
        return base**exponent
    result = base
    for _ in range(int(float(exponent)) - 1):
        result *= base
    return result


class Power(Node):
    """u^c for a constant c, with the tangent c u^(c-1) u̇."""

    __slots__ = ("_slope", "base", "exponent")

    def __init__(self, base: Node, exponent: arb) -> None:
        super().__init__(raised(base.value, exponent), base.mask)
        self.base = base
        self.exponent = exponent
        self._slope: Node | None = None

    def tangent(self, along: Tangents) -> Node | None:
        change = along.of(self.base)
        if change is None:
            return None
        if self._slope is None:
            self._slope = product((Node(self.exponent, 0), Power(self.base, self.exponent - 1)))
        return product((self._slope, change))


class WholePower(Power):
    """u^n for u < 0 and an exponent that is a whole number in this network, but not by itself: (-1)^y. It has no
    derivative by what the exponent depends on."""

    __slots__ = ("_exponent",)

    def __init__(self, base: Node, exponent: Node) -> None:
        super().__init__(base, exponent.value)
        self.mask |= exponent.mask
        self._exponent = exponent

    def tangent(self, along: Tangents) -> Node | None:
        return Node(arb("nan"), 0) if along.of(self._exponent) is not None else super().tangent(along)


class Site:
    """A function at a point: its partial derivatives of all orders, as nodes."""

    __slots__ = ("_nodes", "args", "mask", "partials")

    def __init__(self, args: tuple[Node, ...], partials: Partials) -> None:
        self.args = args
        self.partials = partials
        self.mask = 0
        for arg in args:
            self.mask |= arg.mask
        self._nodes: dict[tuple[int, ...], Node] = {}

    def node(self, order: tuple[int, ...]) -> Node:
        """Return the partial derivative ∂^order f at the point."""
        found = self._nodes.get(order)
        if found is None:
            value = self.partials(order)
            found = self._nodes[order] = ZERO if value is None else Applied(self, order, value)
        return found


class Applied(Node):
    """∂^order f(u₁ … u_n), with the tangent Σ_i ∂^(order + e_i) f · u̇_i."""

    __slots__ = ("order", "site")

    def __init__(self, site: Site, order: tuple[int, ...], value: arb) -> None:
        super().__init__(value, site.mask)
        self.site = site
        self.order = order

    def tangent(self, along: Tangents) -> Node | None:
        terms = []
        for place, arg in enumerate(self.site.args):
            change = along.of(arg)
            if change is not None:
                order = (*self.order[:place], self.order[place] + 1, *self.order[place + 1 :])
                slope = self.site.node(order)
                if slope is not ZERO:
                    terms.append(product((slope, change)))
        return _total_or_none(terms)


ZERO = Node(arb(0), 0)
ONE = Node(arb(1), 0)


def total(nodes: Iterable[Node]) -> Node:
    """Return the sum of the nodes, without exact zeros."""
    terms = tuple(node for node in nodes if node is not ZERO)
    return Total(terms) if len(terms) > 1 else terms[0] if terms else ZERO


def product(nodes: tuple[Node, ...]) -> Node:
    """Return the product of the nodes, without exact ones; an exact zero wins."""
    if ZERO in nodes:
        return ZERO
    if ONE in nodes:
        nodes = tuple(node for node in nodes if node is not ONE)
    return Product(nodes) if len(nodes) > 1 else nodes[0] if nodes else ONE


def _total_or_none(terms: list[Node]) -> Node | None:
    return None if not terms else terms[0] if len(terms) == 1 else Total(tuple(terms))
