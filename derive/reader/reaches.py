"""How far a sum reaches that has no brackets: Σ_i y_i log p_i + (1 - y_i) log(1 - p_i) is a sum over both terms.

Typeset, a sum ends before the next term. Where that term has the index of the sum, and nothing else in the formula says
which one is meant there, it makes sense inside of the sum only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from derive.reader.syntax import (
    Additive,
    BigOperator,
    Empty,
    Group,
    Item,
    Node,
    Product,
    Relation,
    Statement,
    Term,
    walk,
)

T = TypeVar("T", bound=Node)
_BEFORE = "("
_BEHIND = ")"


def widely(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return statements with the sums that reach over several terms as if these stood in brackets."""
    if not any(True for statement in statements for _ in _open_sums(statement.body)):
        return statements
    found: list[Statement] = []
    before: Counter[str] = Counter()
    for statement in statements:
        nodes = (statement.body, *statement.conditions, *statement.settings, *statement.said)
        own = Counter(inner.symbol for node in nodes for inner in walk(node) if inner.symbol)
        goes_on = isinstance(statement.body, Relation) and isinstance(statement.body.first, Empty)
        found.append(replace(statement, body=_rewritten(statement.body, own + before if goes_on else own)))
        before = _free_part(statement, own) + (before if goes_on else Counter())
    return tuple(found)


def _free_part(statement: Statement, letters: Counter[str]) -> Counter[str]:
    """Return the letters of a statement that a line behind it goes on with: those that no sum of it counts with."""
    bound = {_below(inner) for inner in walk(statement.body) if isinstance(inner, BigOperator)}
    return Counter({letter: count for letter, count in letters.items() if letter not in bound})


def _open_sums(node: Node) -> Iterator[Additive]:
    """Yield the expressions in which terms stand behind a sum."""
    for inner in walk(node):
        if isinstance(inner, Additive) and any(_sum_in(term) is not None for term in inner.terms[:-1]):
            yield inner


def _rewritten(node: T, letters: Counter[str]) -> T:
    """Return an expression with brackets around what its sums reach over, the inner ones first."""
    return cast(T, _each(node, letters))


def _each(value: Any, letters: Counter[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_each(part, letters) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    inner = {field.name: _each(getattr(value, field.name), letters) for field in fields(value)}
    own = replace(value, **inner)
    return _reaching(own, letters) if isinstance(own, Additive) else own


def _reaching(node: Additive, letters: Counter[str]) -> Additive:
    """Return terms of which the first sum that needs it has all up to the last one with its index."""
    for at, term in enumerate(node.terms):
        place = _sum_in(term) if term.sign == "+" else None
        if place is None:
            continue
        index = _index_of(term, place)
        own = [other for other in range(at + 1, len(node.terms)) if _is_open_in(node.terms[other].node, index)]
        if own and _only_inside(node.terms[at : own[-1] + 1], index, letters):
            return _bracketed(node, at, place, own[-1])
    return node


def _sum_in(term: Term) -> int | None:
    """Return where in a product its only sum stands that has an index and something behind it; None where none does."""
    items = term.node.items if isinstance(term.node, Product) else ()
    places = [at for at, item in enumerate(items) if isinstance(item.node, BigOperator)]
    if len(places) != 1 or places[0] == len(items) - 1:
        return None
    sign = items[places[0]].node
    return places[0] if isinstance(sign, BigOperator) and sign.kind.endswith("sum") and _below(sign) else None


def _below(sign: BigOperator) -> str:
    """Return the one letter that a sum counts with; "" where it has none, or several."""
    below = sign.below.first if isinstance(sign.below, Relation) else sign.below
    return below.symbol if below is not None else ""


def _index_of(term: Term, place: int) -> str:
    sign = term.node.items[place].node if isinstance(term.node, Product) else None
    return _below(sign) if isinstance(sign, BigOperator) else ""


def _is_open_in(node: Node, index: str) -> bool:
    """Return whether a term has an index that no sum in it binds, on a name: x_i, x^{(i)}."""
    bound = any(isinstance(inner, BigOperator) and _below(inner) == index for inner in walk(node))
    scripts = [script for inner in walk(node) for script in (inner.sub, inner.sup) if script is not None]
    return not bound and any(part.symbol == index for script in scripts for part in walk(script))


def _only_inside(terms: Sequence[Term], index: str, letters: Counter[str]) -> bool:
    """Return whether an index stands nowhere else in the formula than in some terms."""
    return letters[index] == sum(inner.symbol == index for term in terms for inner in walk(term.node))


def _bracketed(node: Additive, at: int, place: int, last: int) -> Additive:
    """Return terms with those behind a sum up to the `last` one in its body."""
    product = node.terms[at].node
    assert isinstance(product, Product)
    head, body = product.items[: place + 1], product.items[place + 1 :]
    first = (
        body[0].node
        if len(body) == 1
        else Product(body[0].node.span | body[-1].node.span, (Item("", body[0].node), *body[1:]))
    )
    span = first.span | node.terms[last].node.span
    inside = Additive(span, (Term("+", first), *node.terms[at + 1 : last + 1]))
    sign = replace(cast(BigOperator, head[-1].node), wide=True)
    items = (*head[:-1], replace(head[-1], node=sign), Item("", Group(span, _BEFORE, _BEHIND, inside)))
    whole = Term(node.terms[at].sign, Product(product.span | span, items))
    return replace(node, terms=(*node.terms[:at], whole, *node.terms[last + 1 :]))
