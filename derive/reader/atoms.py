"""The smallest parts of an expression: letters, numerals, names, fractions, fonts, groups."""

from __future__ import annotations

from dataclasses import replace

from derive.notation.commands import ACCENTS, BIG_OPERATORS, FONT_SWITCHES, FONTS, NAMES, SYMBOLS, TEXTS, WORD_FONTS
from derive.notation.functions import near_function
from derive.notation.signs import DOTS
from derive.reader import code, prose, structures
from derive.reader.blocks import Block
from derive.reader.cursor import Cursor, Mode
from derive.reader.environments import read_environment
from derive.reader.scanner import Token
from derive.reader.syntax import (
    BigOperator,
    Dots,
    Empty,
    Evaluated,
    Group,
    Name,
    Node,
    Number,
    in_font,
    under_accent,
    word,
)
from derive.source import Span


def starts_atom(cursor: Cursor) -> bool:
    """Return whether the next element begins an operand; unknown commands do, so that they are named in the error."""
    element = cursor.peek()
    if element is None:
        return False
    if isinstance(element, Block) or element.kind in ("letter", "number"):
        return True
    return element.text in DOTS or (element.kind == "command" and element.text not in structures.NOT_OPERANDS)


def read_atom(cursor: Cursor) -> Node:
    """Read one operand without its scripts.

    Raises: LatexError at an unknown command, and where no operand stands.
    """
    element = cursor.peek()
    if element is None or not starts_atom(cursor):
        raise cursor.unexpected("an expression")
    cursor.take()
    if isinstance(element, Block):
        return _read_block(cursor, element)
    match element.kind:
        case "letter":
            return Name(element.span, element.text)
        case "number":
            return _read_number(cursor, element)
        case _:
            return Dots(element.span, DOTS[element.text]) if element.text in DOTS else _read_command(cursor, element)


def argument(cursor: Cursor, command: Token, mode: Mode | None = None) -> Node:
    """Read the argument of a command: braces, one digit, one letter, or one command with its own arguments."""
    element = cursor.peek()
    mode = cursor.mode if mode is None else mode
    if isinstance(element, Block) and element.opening == "{":
        cursor.take()
        return cursor.level(element, mode) if element.content else Empty(element.span)
    if element is None or not starts_atom(cursor):
        raise cursor.error(f'"{command.text}" has no argument', command.span, "an argument in braces")
    if isinstance(element, Token) and element.kind == "number" and len(element.text) > 1:
        cursor.take()
        first = cursor.split_digit(element)
        return Number(first.span, first.text)
    cursor.descend()
    node = read_atom(cursor)
    cursor.ascend()
    return node


def _read_number(cursor: Cursor, token: Token) -> Node:
    if not cursor.mode.digits or len(token.text) == 1 or "." in token.text:
        return Number(token.span, token.text)
    first = cursor.split_digit(token)
    return Number(first.span, first.text)


def _read_block(cursor: Cursor, block: Block) -> Node:
    if block.opening == "begin":
        return read_environment(cursor, block)
    if block.opening == "{":
        return _read_braces(cursor, block)
    if block.opening == ".":
        return _read_evaluated(cursor, block)
    if not block.content:
        return Group(block.span, block.opening, block.closing, Empty(Span(block.start.end, block.start.end)))
    if block.opening == "[" and "~~" in cursor.source.excerpt(block.span):
        raise cursor.error("cannot tell whether this is a list or a product", block.span, "commas, or no wide spaces")
    cases = structures.cases_in_brace(block)
    if cases is not None:
        return read_environment(cursor, cases)
    if block.closing == ".":
        shown = cursor.source.excerpt(block.start)
        raise cursor.error(f'"{shown}" is closed by "\\right." alone', block.start, "a closing delimiter")
    body = cursor.level(block)
    return Group(block.span, block.opening, block.closing, prose.spelled(body) if cursor.mode.script else body)


def _read_braces(cursor: Cursor, block: Block) -> Node:
    """Read the braces that are left: {a \\over b} is a fraction, {} nothing, and {W^l} the base of another script."""
    if not block.content:
        return Empty(block.span)
    fraction = structures.over(cursor, block)
    return fraction if fraction is not None else replace(cursor.level(block, cursor.mode), span=block.span)


def _read_evaluated(cursor: Cursor, block: Block) -> Node:
    """Read \\left. body \\right|_{place}."""
    if block.closing == "|" and cursor.text() == "_":
        body = cursor.level(block)
        sign = cursor.take()
        assert isinstance(sign, Token), "its text has been looked at"
        at = argument(cursor, sign, Mode())
        return Evaluated(block.span | cursor.last, body, at)
    raise cursor.error('"\\left." needs "\\right|_{…}"', block.start, "\\right|_{…}")


def _read_command(cursor: Cursor, token: Token) -> Node:
    name = token.text
    if name in SYMBOLS:
        return Name(token.span, name)
    if name in NAMES:
        return word(token.span, name[1:])
    if name.startswith(code.LIBRARY_CALL):
        return word(token.span, code.as_written(token))
    if name in BIG_OPERATORS:
        return BigOperator(token.span, BIG_OPERATORS[name])
    if name in ACCENTS:
        body = argument(cursor, token)
        return under_accent(token.span | cursor.last, ACCENTS[name], body)
    if name in FONTS or name in FONT_SWITCHES:
        return _read_font(cursor, token)
    if name in TEXTS:
        return _read_text(cursor, token)
    reader = structures.READERS.get(name)
    if reader is None:
        near = near_function(name.removeprefix("\\"))
        if near:
            raise cursor.error(f'unknown command "{name}"; is \\operatorname{{{near}}} meant?', token.span)
        raise cursor.error(f'unknown command "{name}"', token.span, "a known command, or a definition by \\newcommand")
    return reader(cursor, token, argument)


def _read_text(cursor: Cursor, token: Token) -> Node:
    block = cursor.peek()
    if not isinstance(block, Block):
        node = argument(cursor, token)
        return word(token.span | node.span, node.symbol) if len(node.symbol) == 1 else node
    cursor.take()
    return prose.word_node(token.text, prose.characters(block.content), token.span | block.span)


def _read_font(cursor: Cursor, token: Token) -> Node:
    style = FONTS.get(token.text) or FONT_SWITCHES[token.text]
    element = cursor.peek()
    if isinstance(element, Block) and element.opening == "{":
        cursor.take()
        return _in_font(cursor, style, element, token.span | element.span)
    body = argument(cursor, token)
    return in_font(token.span | cursor.last, style, body)


def _in_font(cursor: Cursor, style: str, block: Block, span: Span) -> Node:
    """Return the inside of a block in a font; letters side by side in an upright font are one name."""
    letters = prose.characters(block.content).strip()
    plain = all(isinstance(element, Token) and element.kind != "command" for element in block.content)
    if style in WORD_FONTS and plain and prose.is_prose(letters) and (style == "mathrm" or len(letters) > 1):
        return prose.word_node("\\text", letters, span)
    if not block.content:
        return Empty(span)
    return in_font(span, style, cursor.level(block, cursor.mode))
