"""Derivatives as commands of packages: \\pdv{L}{w}, \\pdv[2]{f}{x}, \\pdv{f}{x}{y}, \\dv{x}."""

from __future__ import annotations

from collections.abc import Callable

from derive.reader.blocks import Block
from derive.reader.cursor import PLAIN, Cursor, Mode
from derive.reader.scanner import Token
from derive.reader.syntax import Empty, Fraction, Item, Name, Node, Number, Product, Tuple, with_scripts, word

MAX_ORDER = 4


def partial(cursor: Cursor, command: Token, argument: Callable[[Cursor, Token, Mode | None], Node]) -> Node:
    """Read \\pdv{L}{w} as ∂L/∂w, and \\pdv{w} as ∂/∂w.

    Raises: LatexError for an order that is no number, and where there are too many arguments.
    """
    return _read(cursor, command, Name(command.span, "\\partial"), argument)


def ordinary(cursor: Cursor, command: Token, argument: Callable[[Cursor, Token, Mode | None], Node]) -> Node:
    """Read \\dv{f}{x} as df/dx. Raises: LatexError as `partial`."""
    return _read(cursor, command, word(command.span, "d"), argument)


def _read(cursor: Cursor, command: Token, sign: Node, argument: Callable[[Cursor, Token, Mode | None], Node]) -> Node:
    if cursor.text() == "*":
        cursor.take()
    order = _order(cursor, command)
    if cursor.text() != "block {":
        raise cursor.error(f'"{command.text}" needs braces', command.span, "{…}")
    found = [argument(cursor, command, PLAIN)]
    while cursor.text() == "block {" and len(found) < 3:
        found.append(argument(cursor, command, PLAIN))
    numerator = found.pop(0) if len(found) > 1 else Empty(command.span)
    variables = [item for node in found for item in (node.items if isinstance(node, Tuple) else (node,))]
    if order > 1 and len(variables) == 1:
        variables *= order
    if len(variables) > MAX_ORDER or order > len(variables):
        raise cursor.error("cannot read the order of this derivative", command.span, "one variable for each order")
    span = command.span | cursor.last
    power = Number(command.span, str(len(variables)))
    above = sign if len(variables) == 1 else with_scripts(command.span, sign, None, power)
    rest = () if isinstance(numerator, Empty) else (Item("", numerator),)
    below = tuple(item for variable in variables for item in (Item("", sign), Item("", variable)))
    return Fraction(span, Product(span, (Item("", above), *rest)), Product(span, below))


def _order(cursor: Cursor, command: Token) -> int:
    """Read the order in [2]; 1 where there is none."""
    block = cursor.peek()
    if not isinstance(block, Block) or block.opening != "[":
        return 1
    cursor.take()
    text = "".join(token.text for token in block.content if isinstance(token, Token) and token.kind != "space")
    if not text.isdigit() or not 0 < int(text[:2]) <= MAX_ORDER:
        raise cursor.error("cannot read the order of this derivative", block.span, f"1 … {MAX_ORDER}")
    return int(text)
