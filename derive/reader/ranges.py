"""Which relations limit the indices of a statement rather than state something: 1 \\le k \\le L, k = 1, \\dots, L."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.notation.signs import COMPARES, DIFFERENCES, ORDERS
from derive.reader.syntax import (
    Accent,
    Additive,
    Dots,
    Font,
    Group,
    Link,
    Node,
    Not,
    Number,
    Or,
    Product,
    Relation,
    Term,
    Tuple,
    Unclear,
    product_of,
    walk,
)
from derive.source import Span


def is_range(node: Node) -> bool:
    """Return whether a node limits bare letters."""
    if not isinstance(node, Relation):
        return False
    operators = [link.operator for link in node.links]
    if all(operator in COMPARES for operator in operators):
        return any(_is_letters(side) for side in (node.first, *(link.node for link in node.links[:2])))
    if len(operators) != 1 or not _is_letters(node.first):
        return False
    side = node.links[0].node
    if operators[0] == "=":
        return isinstance(side, Tuple) and any(isinstance(item, Dots) for item in side.items)
    return operators[0] in ("\\in", "\\notin") and _is_set(side)


def _is_set(node: Node) -> bool:
    """Return whether a node lists what is in a set, perhaps without some of it: {1, …, n}, [n] \\ {i}."""
    match node:
        case Product(_, (first, *rest)):
            return _is_set(first.node) and all(item.operator in DIFFERENCES for item in rest)
        case Additive(_, (first, *terms)):
            return _is_set(first.node) and all(term.sign == "-" and _is_set(term.node) for term in terms)
    return isinstance(node, Group) and node.opening in ("\\{", "[")


def is_choice(node: Node) -> bool:
    """Return whether a node says that a value is one of several numbers, y_n \\in \\{0, 1\\}."""
    if not isinstance(node, Relation) or [link.operator for link in node.links] != ["\\in"]:
        return False
    members = node.links[0].node
    if not isinstance(members, Group) or members.opening != "\\{" or not (node.first.scripted or node.first.symbol):
        return False
    items = members.body.items if isinstance(members.body, Tuple) else (members.body,)
    return all(isinstance(_unsigned(item), Number) for item in items)


def is_equated(node: Node) -> bool:
    """Return whether a node equates several sides."""
    return isinstance(node, Relation) and all(link.operator == "=" for link in node.links)


def _unsigned(node: Node) -> Node:
    """Return 1 for -1 and +1."""
    return node.terms[0].node if isinstance(node, Additive) and len(node.terms) == 1 else node


def names_index(node: Node, body: Node) -> bool:
    """Return whether a node says which index of a statement is meant, k = L, i \\ne j or k \\in S.

    Its letter is an index in the statement, and nothing else.
    """
    if not isinstance(node, Relation) or not node.first.symbol:
        return False
    if not all(
        (link.operator in ("=", "\\ne", "\\neq") and _is_index(link.node)) or _is_among(link) for link in node.links
    ):
        return False
    letter = frozenset((node.first.symbol,))
    names = (found for found in walk(body) if found.scripted and found.base.letter != r"\nabla")
    scripts = [part for found in names for part in (found.sub, found.sup) if part]
    inside = sum(_count(part, letter) for part in scripts)
    return 0 < inside == _count(body, letter)


def _is_among(link: Link) -> bool:
    """Return whether a link says in which set something is, no set of all numbers: k \\in S, not \\mathbb{N}."""
    return link.operator in ("\\in", "\\notin") and not any("mathbb" in (inner.key or "") for inner in walk(link.node))


def _is_index(node: Node) -> bool:
    if isinstance(node, Additive):
        return all(_is_index(term.node) for term in node.terms)
    return isinstance(node, Number) or _is_letters(node)


def _count(node: Node, letters: frozenset[str]) -> int:
    return sum(found.letter in letters for found in walk(node))


def is_condition(node: Node) -> bool:
    """Return whether a node can follow "for" or "if": letters, a range, a relation of plain sides, or y s < 1."""
    if _is_letters(node) or is_range(node):
        return True
    if not isinstance(node, Relation):
        return False
    sides = (node.first, *(link.node for link in node.links))
    bounds = len(node.links) == 1 and node.links[0].operator in ORDERS and not isinstance(sides[1], Product)
    return all(map(_is_plain, sides)) or bounds


def limits_names(node: Node) -> bool:
    """Return whether a node only says for which indices or values something is meant, k = L, z > 0, unless i = j; an
    equation of anything longer states something of its own."""
    match node:
        case Not(_, body):
            return limits_names(body)
        case Or(_, items) | Tuple(_, items):
            return all(map(limits_names, items))
        case Unclear():
            return True
        case Relation(_, first, links) if any(link.operator == "=" for link in links):
            return is_range(node) or (first.symbol != "" and all(_is_index(link.node) for link in links))
        case Relation(_, first, links):
            orders = all(link.operator in ORDERS for link in links)
            return is_range(node) or all(
                _is_short(side) or (orders and _is_product(side)) for side in (first, *(k.node for k in links))
            )
    return False


def is_equation(node: Node) -> bool:
    """Return whether a condition is a single equation, h = y."""
    return isinstance(node, Relation) and [link.operator for link in node.links] == ["="]


def sets_several(node: Relation) -> bool:
    """Return whether an equation sets several names to one number, a = b = 0."""
    equal = all(link.operator == "=" for link in node.links)
    return len(node.links) > 1 and equal and isinstance(node.links[-1].node, Number)


def _is_short(side: Node) -> bool:
    """Return whether a side is a name, a number, a set, or a sum of those."""
    if isinstance(side, Additive):
        return all(_is_short(term.node) for term in side.terms)
    return side.scripted or side.letter != "" or isinstance(side, Number | Font | Accent | Group | Tuple)


def _is_product(side: Node) -> bool:
    """Return whether a side is a product of names and numbers, y s, or a sum with some: 1 - y s."""
    if isinstance(side, Additive):
        return all(_is_short(term.node) or _is_product(term.node) for term in side.terms)
    return isinstance(side, Product) and all(not item.operator and _is_short(item.node) for item in side.items)


def is_quantified(node: Node) -> bool:
    """Return whether a node can follow \\forall: letters, a range, or letters in a set."""
    if _is_letters(node) or is_range(node):
        return True
    member = isinstance(node, Relation) and len(node.links) == 1 and node.links[0].operator in ("\\in", "\\ne", "\\neq")
    return isinstance(node, Relation) and member and _is_plain(node.first) and _is_plain(node.links[0].node)


def subjects(node: Node) -> frozenset[str]:
    """Return the letters that a condition is about."""
    if not isinstance(node, Relation):
        return frozenset(found.letter for found in walk(node) if found.letter)
    if all(link.operator in COMPARES for link in node.links) and len(node.links) > 1:
        return subjects(node.links[0].node)
    side = node.first if not isinstance(node.first, Number) else node.links[0].node
    return frozenset(found.letter for found in walk(side) if found.letter)


def mentions(node: Node, letters: frozenset[str]) -> bool:
    """Return whether any of the letters stands in a node."""
    return any(found.letter in letters for found in walk(node))


def without_range(node: Node) -> tuple[Node, Node | None]:
    """Split a_k = b_k (1 \\le k \\le L): return the statement and the range in brackets at its end."""
    if not isinstance(node, Relation):
        return node, None
    *links, last = node.links
    side, found = _split_side(last.node)
    if found is None:
        return node, None
    shortened = Link(last.operator, side, last.operator_span)
    return Relation(node.first.span | last.operator_span | side.span, node.first, (*links, shortened)), found


def with_common_ends(conditions: Sequence[Node]) -> list[Node]:
    """Return conditions with those joined that a comma parts within a range: of 1 \\le p, q \\le P both letters run."""
    found: list[Node] = []
    for node in conditions:
        found.append(node)
        start = next((n for n in reversed(range(len(found) - 1)) if isinstance(found[n], Relation)), None)
        if start is not None and (joined := _common(found[start], found[start + 1 : -1], node)) is not None:
            found[start:] = [joined]
    return found


def _common(begin: Node, letters: Sequence[Node], end: Node) -> Relation | None:
    """Return 1 \\le p, 1 \\le q \\le P of its beginning, 1 \\le p, and its end, q \\le P; None where they are none."""
    if not isinstance(begin, Relation) or not isinstance(end, Relation) or len(begin.links) + len(end.links) != 2:
        return None
    link, last = begin.links[0], end.links[0]
    rising = all(one.operator in ORDERS and ORDERS[one.operator].smaller == "left" for one in (link, last))
    middle = [link.node, *letters, *(end.first.items if isinstance(end.first, Tuple) else [end.first])]
    if not rising or not isinstance(begin.first, Number) or not all(node.symbol for node in middle):
        return None
    between = Tuple(link.node.span | end.first.span, tuple(middle))
    return Relation(begin.span | end.span, begin.first, (replace(link, node=between), last))


def _split_side(side: Node) -> tuple[Node, Node | None]:
    if isinstance(side, Additive):
        *terms, last = side.terms
        shorter, found = _split_side(last.node)
        return Additive(Span(side.span.start, shorter.span.end), (*terms, Term(last.sign, shorter))), found
    if not isinstance(side, Product):
        return side, None
    *items, group = side.items
    if not isinstance(group.node, Group) or group.operator or group.node.opening != "(" or not _surely(group.node.body):
        return side, None
    return product_of(items), group.node.body


def _surely(node: Node) -> bool:
    """Return whether a node in brackets can only be a range, and not the argument of a function."""
    if not isinstance(node, Relation) or not is_range(node):
        return False
    return len(node.links) > 1 or isinstance(node.links[0].node, Tuple)


def _is_letters(node: Node) -> bool:
    if isinstance(node, Tuple):
        return all(_is_letters(item) for item in node.items)
    return node.symbol not in ("", "\\nabla", "\\partial")


def _is_plain(node: Node) -> bool:
    """Return whether a side of a condition is surely complete: a name, a number, a set; no product of several."""
    if isinstance(node, Product):
        applied = len(node.items) == 2 and isinstance(node.items[1].node, Group)
        return applied or all(item.operator for item in node.items[1:]) or isinstance(node.items[0].node, Number)
    return True
