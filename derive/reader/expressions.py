"""Expressions: items side by side, sums, relations, and lists, from the tightest binding to the loosest."""

from __future__ import annotations

from derive.notation.signs import DOTS, OPERATORS, TERMS, TRANSPOSE_SIGNS
from derive.reader import lists, prose
from derive.reader.atoms import argument, read_atom, starts_atom
from derive.reader.bars import EVALUATED
from derive.reader.code import TRANSPOSED
from derive.reader.cursor import PLAIN, Cursor
from derive.reader.prescripts import TRANSPOSES_NEXT
from derive.reader.relations import relation_sign, take_relation_sign
from derive.reader.scanner import Token
from derive.reader.scripts import PLACEHOLDERS, read_scripts
from derive.reader.syntax import (
    Additive,
    BigOperator,
    Dots,
    Empty,
    Evaluated,
    Item,
    Link,
    Name,
    Node,
    Number,
    Placeholder,
    Product,
    Relation,
    Term,
    Tuple,
    with_scripts,
)
from derive.source import Span

_SEPARATORS = (",", ";")


def read_level(cursor: Cursor) -> Node:
    """Read all of a level:  relation ((',' | ';') relation)*

    Raises: LatexError at the first element that is not part of it.
    """
    parts = [_read_part(cursor)]
    while cursor.text() in _SEPARATORS:
        cursor.take()
        parts.append(_read_part(cursor))
    if not cursor.at_end:
        raise cursor.unexpected("an operator or the end")
    listed = len(parts) > 1 or cursor.opening == "\\{"
    return lists.joined(lists.split_at_dots(parts, cursor.source) if listed else parts)


def _read_part(cursor: Cursor) -> Node:
    alone = cursor.text(1) in ("", *_SEPARATORS)
    element = cursor.peek()
    if alone and cursor.depth and isinstance(element, Token) and element.text in PLACEHOLDERS:
        cursor.take()
        return Placeholder(element.span)
    return read_relation(cursor)


def read_relation(cursor: Cursor) -> Node:
    """Read  side (sign side)*  or, where the text begins with a sign,  (sign side)+"""
    start = cursor.here().start
    first: Node = Empty(Span(start, start)) if relation_sign(cursor) else _read_side(cursor)
    links: list[Link] = []
    while relation_sign(cursor):
        operator, span = take_relation_sign(cursor)
        node = _read_side(cursor)
        links.append(Link(operator, node, span))
    if not links:
        return first
    return Relation(covering(first, *(link.node for link in links)), first, tuple(links))


def _read_side(cursor: Cursor) -> Node:
    """Read  sum  or a range without commas,  sum dots sum,  as in 1 \\dots L."""
    node = read_additive(cursor)
    if not _is_range_dots(cursor):
        return node
    dots = cursor.take()
    assert isinstance(dots, Token), "its text has been looked at"
    last = read_additive(cursor)
    return Tuple(node.span | last.span, (node, Dots(dots.span, DOTS[dots.text]), last))


def _is_range_dots(cursor: Cursor, after_number: bool = True) -> bool:
    """Return whether dots part the ends of a range: 1 \\dots L, L \\dots 1, 1..n."""
    element = cursor.peek()
    if not isinstance(element, Token) or element.text not in DOTS or element.text in ("\\cdots", "\\vdots", "\\ddots"):
        return False
    following = cursor.peek(1)
    if following is None or cursor.text(1) in OPERATORS or cursor.text(1) in (*TERMS, *_SEPARATORS):
        return False
    return after_number or element.text == ".." or (isinstance(following, Token) and following.kind == "number")


def read_additive(cursor: Cursor) -> Node:
    """Read  [sign] product (sign product)*"""
    place = cursor.here()
    terms: list[Term] = []
    signed = cursor.text() in TERMS
    while not terms or (cursor.text() in TERMS and not relation_sign(cursor)):
        sign = "+"
        if cursor.text() in TERMS:
            sign = TERMS[cursor.text()]
            cursor.take()
        terms.append(Term(sign, read_product(cursor)))
    if len(terms) == 1 and not signed:
        return terms[0].node
    start = Span(place.start, place.start)
    return Additive(start | covering(*(term.node for term in terms)), tuple(terms))


def read_product(cursor: Cursor) -> Node:
    """Read  item ([operator] item)*  as one flat list."""
    start = cursor.here().start
    items: list[Item] = []
    while True:
        if _placeholder_here(cursor, items):
            items.append(Item("", Placeholder(cursor.take().span)))
        elif cursor.text() == EVALUATED:
            _evaluate(cursor, items)
        elif cursor.text() == TRANSPOSED and items:
            items[-1] = Item(items[-1].operator, _transposed(cursor, items[-1].node))
        elif cursor.text() in OPERATORS and (items or _entrywise_power(cursor)):
            operator = OPERATORS[cursor.text()]
            cursor.take()
            items.append(Item(operator, _read_operand(cursor)))
        elif items and isinstance(items[-1].node, BigOperator) and cursor.text() in TERMS and not relation_sign(cursor):
            items.append(Item("", _read_signed(cursor)))
        elif relation_sign(cursor) or not starts_atom(cursor) or (items and _ends_before_dots(cursor, items)):
            break
        else:
            node = _read_item(cursor)
            if node is not None:
                items.append(Item("", node))
    if not items:
        return _nothing(cursor, start)
    if len(items) == 1 and not items[0].operator:
        return items[0].node
    product = Product(covering(*(item.node for item in items)), tuple(items))
    return prose.spelled(product) if cursor.mode.script else product


def _transposed(cursor: Cursor, node: Node) -> Node:
    """Read the .T behind an operand, whose scripts belong to what is transposed."""
    sign = cursor.take().span
    return read_scripts(cursor, with_scripts(node.span | sign, node, None, Name(sign, "\\top")))


def _read_signed(cursor: Cursor) -> Node:
    """Read the product with a sign that a sum reaches over, as in \\sum_i -2 x_i."""
    place = cursor.here()
    sign = TERMS[cursor.text()]
    cursor.take()
    node = read_product(cursor)
    return Additive(place | node.span, (Term(sign, node),))


def _entrywise_power(cursor: Cursor) -> bool:
    """Return whether a superscript begins with the sign of an entrywise product: A^{\\odot 2}."""
    return cursor.mode.script == "sup" and cursor.text() in ("\\odot", "\\circ") and cursor.text(1) != ""


def _nothing(cursor: Cursor, start: int) -> Node:
    """Return an empty expression for empty braces, and raise where there are not even those."""
    if cursor.last.start >= start and cursor.last.end > start and not cursor.text():
        return Empty(Span(start, cursor.last.end))
    raise cursor.unexpected("an expression")


def _read_operand(cursor: Cursor) -> Node:
    """Read what stands after an operator: an item, which may have a sign (a \\cdot -b)."""
    sign = cursor.text()
    if sign in TERMS:
        place = cursor.take().span
        node = _with_scripts(cursor)
        return Additive(place | node.span, (Term(TERMS[sign], node),))
    if relation_sign(cursor):
        raise cursor.unexpected("an expression")
    return _with_scripts(cursor)


def _with_scripts(cursor: Cursor) -> Node:
    """Read an operand with its scripts, and with the transpose that may stand before it."""
    if cursor.text() != TRANSPOSES_NEXT:
        return read_scripts(cursor, read_atom(cursor))
    sign = cursor.take().span
    node = _with_scripts(cursor)
    return with_scripts(sign | node.span, node, None, Name(sign, "\\top"))


def _read_item(cursor: Cursor) -> Node | None:
    """Read an operand with its scripts; empty braces without scripts are none."""
    node = _with_scripts(cursor)
    return None if isinstance(node, Empty) else node


def _ends_before_dots(cursor: Cursor, items: list[Item]) -> bool:
    return _is_range_dots(cursor, after_number=isinstance(items[-1].node, Number))


def _placeholder_here(cursor: Cursor, items: list[Item]) -> bool:
    """Return whether a sign in a script stands for an axis: W_{i\\cdot}, W_{:j}, but not that of 2 \\cdot k."""
    if not cursor.mode.script or cursor.text() not in PLACEHOLDERS:
        return False
    edge = not items or cursor.text(1) == ""
    if cursor.text() == ":" and not edge:
        raise cursor.error('cannot read ":" between two indices', expected=": alone for a whole axis")
    if cursor.mode.script == "sup":
        return edge
    return edge or not isinstance(items[-1].node, Number)


def _evaluate(cursor: Cursor, items: list[Item]) -> None:
    """Put what a bar with a place below it covers into an Evaluated node: all factors since the last operator."""
    bar = cursor.take()
    if cursor.text() != "_":
        raise cursor.error('"|" needs the place below it', bar.span, "_{a = b}")
    sign = cursor.take()
    assert isinstance(sign, Token), "its text has been looked at"
    at = argument(cursor, sign, PLAIN)
    end = cursor.last
    if cursor.text() == "^" and cursor.text(1) not in (*TRANSPOSE_SIGNS, "block {"):
        raise cursor.error("cannot read limits above and below a bar", expected="|_{a = b}")
    first = len(items)
    while (
        first
        and (first == len(items) or items[first].operator == "")
        and not isinstance(items[first - 1].node, Evaluated)
    ):
        first -= 1
    covered = items[first:]
    if not covered:
        raise cursor.error("nothing stands before this bar", bar.span, "an expression")
    span = covering(*(item.node for item in covered))
    body = Product(span, (Item("", covered[0].node), *covered[1:])) if len(covered) > 1 else covered[0].node
    whole = Evaluated(span | end, body, at)
    items[first:] = [Item(covered[0].operator, read_scripts(cursor, whole))]


def covering(*nodes: Node) -> Span:
    """Return the smallest place that covers all nodes."""
    span = nodes[0].span
    for node in nodes:
        span |= node.span
    return span
