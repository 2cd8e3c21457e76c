"""Right sides as terms for the solver of shapes: what is added, multiplied, applied, divided; brackets are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.models.uses import Names, Use, look
from derive.names.indices import parts
from derive.notation.commands import OVER_RANGES
from derive.reader.syntax import (
    Additive,
    Annotated,
    BigOperator,
    Cases,
    Fraction,
    Group,
    Item,
    Node,
    Number,
    Product,
    Root,
    Script,
    Tuple,
    product_of,
)

CONSTANTS = frozenset({"e", r"\pi", r"\mathrm{e}"})
"""Letters that are numbers unless something else is said of them."""
NUMBERS = frozenset({"number", "norm", "numbers"})
"""The kinds of functions that make a number of an array."""
_BARS = frozenset({r"\|", "‖"})


class Term:
    """Base of what a right side consists of."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Constant(Term):
    """A number without a name: it goes with any shape."""


@dataclass(frozen=True, slots=True)
class Named(Term):
    """A name, what its letter looks like, and what it is if nothing else is said of it: e and π are numbers."""

    use: Use
    look: str
    usual: Term | None = None


@dataclass(frozen=True, slots=True)
class Applied(Term):
    """A function of an argument: of "each" entry, of the "whole" array, or a "number", such as a "norm"."""

    kind: str
    argument: Term


@dataclass(frozen=True, slots=True)
class Alike(Term):
    """Terms of the same shape: those of a sum; `cases` say nothing of each other's names."""

    terms: tuple[Term, ...]
    cases: bool = False


@dataclass(frozen=True, slots=True)
class Times(Term):
    """Factors, each with the sign before it."""

    factors: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Over(Term):
    """A fraction."""

    above: Term
    below: Term


@dataclass(frozen=True, slots=True)
class Raised(Term):
    """Something in brackets with a sign above: a transpose or a power."""

    base: Term
    turned: bool


@dataclass(frozen=True, slots=True)
class Listed(Term):
    """Terms side by side, of which nothing is known together."""

    terms: tuple[Term, ...] = ()


def term_of(node: Node, names: Names) -> Term:
    """Return an expression as a term."""
    match node:
        case Number():
            return Constant()
        case Group(_, r"\langle", _, Tuple(_, (first, second))):
            return Applied("number", _alike([term_of(first, names), term_of(second, names)]))
        case Group(_, opening, _, body):
            inner = term_of(body, names)
            return Applied("norm", inner) if opening in _BARS else inner
        case Annotated(_, body, _) | Root(_, body, _):
            return term_of(body, names)
        case Tuple(_, items):
            return Listed(tuple(term_of(item, names) for item in items))
        case Additive(_, terms):
            return _alike([term_of(term.node, names) for term in terms])
        case Fraction(_, above, below):
            return _over(term_of(above, names), term_of(below, names))
        case Product(_, items):
            return _times(_factors(items, names))
        case Cases(_, rows):
            return Alike(tuple(term_of(value, names) for value, _ in rows), cases=True)
        case Script(_, Group() as base, _, above, 0):
            turned = any(piece.is_transpose for piece in node.pieces)
            return term_of(base, names) if above is None else Raised(term_of(base, names), turned)
    use = names.use(node)
    if use is None:
        return Listed()
    if node.base.key not in CONSTANTS:
        return Named(use, look(node.base))
    return Named(use, look(node.base), Constant() if node.sup is None else term_of(node.sup, names))


def _alike(terms: list[Term]) -> Term:
    return Constant() if all(term == Constant() for term in terms) else Alike(tuple(terms))


def _over(above: Term, below: Term) -> Term:
    return Constant() if above == below == Constant() else Over(above, below)


def _times(factors: Iterable[tuple[str, Term]]) -> Term:
    """Return a product; a slash divides what stands before it."""
    found: list[tuple[str, Term]] = []
    for sign, factor in factors:
        found = [("", _over(_product(found), factor))] if sign == "/" else [*found, (sign, factor)]
    return _product(found)


def _product(factors: Sequence[tuple[str, Term]]) -> Term:
    if all(factor == Constant() for _, factor in factors):
        return Constant()
    return factors[0][1] if len(factors) == 1 else Times(tuple(factors))


def _factors(items: tuple[Item, ...], names: Names) -> Iterator[tuple[str, Term]]:
    """Yield what a product multiplies, with the sign before it: functions have their arguments, sums their body."""
    at = 0
    while at < len(items):
        operator, node = items[at].operator, items[at].node
        at += 1
        if isinstance(node, BigOperator):
            if node.kind.lstrip("\\") in OVER_RANGES and at < len(items):
                yield operator, term_of(product_of(items[at:]), names)
                return
            continue
        kind = names.kind(node)
        if kind == "own":
            entry = _entry(node, items[at].node, names) if at < len(items) else None
            at += entry is not None or (at < len(items) and isinstance(items[at].node, Group))
            if entry is not None:
                yield operator, entry
                continue
        elif kind is not None and at < len(items):
            argument = items[at].node if isinstance(items[at].node, Group) else product_of(items[at:])
            at = at + 1 if isinstance(items[at].node, Group) else len(items)
            yield operator, _applied(kind, argument, names)
            continue
        yield operator, term_of(node, names)


def _entry(node: Node, given: Node, names: Names) -> Term | None:
    """Return an entry of a name with its arguments, f(x)_i; None where nothing stands below the brackets."""
    use = names.use(node)
    if use is None or not isinstance(given.base, Group) or given.sub is None or given.sup is not None:
        return None
    units = tuple(token.text for group in parts(given.sub) for token in group if token.text != ",")
    return Named(replace(use, units=units), look(node.base))


def _applied(kind: str, argument: Node, names: Names) -> Term:
    """Return a function of its argument; the largest of several is one for each entry, of one array a number."""
    if kind == "larger" and isinstance(argument, Group) and isinstance(argument.body, Tuple):
        return _alike([term_of(item, names) for item in argument.body.items])
    return Applied("number" if kind == "larger" else kind, term_of(argument, names))
