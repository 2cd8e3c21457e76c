"""Commands with arguments: fractions, roots, braces with a note, signs over signs, named operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from derive.notation.commands import (
    ARROWS_WITH_NOTE,
    BIG_WITH_BOUNDS,
    CASES_ENVIRONMENTS,
    EQUAL_WITH_NOTE,
    MATRIX_ENVIRONMENTS,
    OVERSET_ACCENTS,
    ROW_BREAKS,
    STATEMENT_ENVIRONMENTS,
    SYMBOLS,
    WIDE_SPACES,
    WITH_COLUMNS,
)
from derive.notation.signs import OPERATORS, RELATIONS, TERMS
from derive.reader import differentials, prose
from derive.reader.bars import EVALUATED, MIDDLE
from derive.reader.blocks import STACKS, Block, Element
from derive.reader.code import TRANSPOSED
from derive.reader.cursor import PLAIN, Cursor, Mode, meaningful
from derive.reader.scanner import Token
from derive.reader.syntax import (
    Annotated,
    BigOperator,
    Fraction,
    Name,
    Node,
    Placeholder,
    Root,
    Text,
    Tuple,
    under_accent,
    with_scripts,
    word,
)
from derive.source import Span

Argument: TypeAlias = Callable[[Cursor, Token, Mode | None], Node]
Reader: TypeAlias = Callable[[Cursor, Token, Argument], Node]

NOT_OPERANDS = (
    frozenset(
        (
            *RELATIONS,
            *OPERATORS,
            *TERMS,
            *ARROWS_WITH_NOTE,
            *EQUAL_WITH_NOTE,
            *WIDE_SPACES,
            EVALUATED,
            MIDDLE,
            TRANSPOSED,
        )
    )
    | ROW_BREAKS
    | STACKS
    | frozenset(("\\not", "\\tag", "\\forall", "\\exists", "\\because", "\\|", "\\mathrel"))
)
"""Commands that cannot begin an operand."""


def rows_of(elements: tuple[Element, ...]) -> list[list[Element]]:
    """Split at \\\\\\\\, leaving out the space after it (`\\\\\\\\[2pt]`) and a last row that is empty."""
    rows: list[list[Element]] = [[]]
    after_break = False
    for element in elements:
        if isinstance(element, Token) and element.text in ROW_BREAKS:
            rows.append([])
            after_break = True
            continue
        if after_break and (is_length(element) or (isinstance(element, Token) and element.text == "*")):
            continue
        after_break = False
        rows[-1].append(element)
    return rows if meaningful(rows[-1]) or len(rows) == 1 else rows[:-1]


def is_length(element: Element) -> bool:
    """Return whether a block in brackets is a length such as [4pt] or [-1ex]."""
    if not isinstance(element, Block) or element.opening != "[":
        return False
    text = prose.characters(element.content).replace(" ", "").lstrip("-+")
    return text.rstrip("ptexmcniubdsj") != text and text.rstrip("ptexmcniubdsj").replace(".", "", 1).isdigit()


def cases_in_brace(block: Block) -> Block | None:
    """Return \\left\\{ environment \\right. as one cases environment."""
    inside = meaningful(block.content)
    if block.opening != "\\{" or block.closing != "." or len(inside) != 1:
        return None
    only = inside[0]
    known = STATEMENT_ENVIRONMENTS | MATRIX_ENVIRONMENTS | CASES_ENVIRONMENTS
    if not isinstance(only, Block) or only.name not in known:
        return None
    content = without_options(only)
    return Block("begin", "end", content, block.span, block.start, "cases")


def without_options(block: Block) -> tuple[Element, ...]:
    """Return the content of an environment without what says how to set it: [t], and the columns of an array."""
    content = list(block.content)
    for opening in ("[", "{") if block.name in WITH_COLUMNS else ("[",):
        place = next((n for n, e in enumerate(content) if isinstance(e, Block) or e.kind != "space"), None)
        if place is None:
            break
        first = content[place]
        if (
            isinstance(first, Block)
            and first.opening == opening
            and (opening == "{" or block.name == "empheq" or _is_option(first))
        ):
            content = content[place + 1 :]
    return tuple(content)


def _is_option(block: Block) -> bool:
    return prose.characters(block.content).strip() in ("t", "b", "c", "l", "r")


def over(cursor: Cursor, block: Block) -> Node | None:
    """Read {a \\over b}, and {a \\atop b} as a list of two lines: the bounds of a sum."""
    places = [(n, e.text) for n, e in enumerate(block.content) if isinstance(e, Token) and e.text in STACKS]
    if len(places) != 1:
        return None
    ((place, sign),) = places
    parts = block.content[:place], block.content[place + 1 :]
    above, below = (cursor.read(cursor.inside(part, block.span)) for part in parts)
    return Fraction(block.span, above, below) if sign == "\\over" else Tuple(block.span, (above, below))


def _fraction(cursor: Cursor, command: Token, argument: Argument) -> Node:
    numerator = argument(cursor, command, PLAIN)
    denominator = argument(cursor, command, PLAIN)
    return Fraction(command.span | cursor.last, numerator, denominator)


def _root(cursor: Cursor, command: Token, argument: Argument) -> Node:
    block = cursor.peek()
    degree = None
    if isinstance(block, Block) and block.opening == "[":
        cursor.take()
        degree = cursor.level(block)
    body = argument(cursor, command, PLAIN)
    return Root(command.span | cursor.last, body, degree)


def _operator_name(cursor: Cursor, command: Token, argument: Argument) -> Node:
    block = cursor.peek()
    if not isinstance(block, Block):
        node = argument(cursor, command, PLAIN)
        return word(command.span | node.span, node.symbol) if node.symbol else node
    cursor.take()
    inside = meaningful(block.content)
    if len(inside) == 1 and isinstance(inside[0], Token) and inside[0].text in SYMBOLS:
        return Name(inside[0].span, inside[0].text)
    text = prose.characters(e for e in block.content if not isinstance(e, Token) or e.text not in _FONT_WORDS)
    text = text.replace(" ", "")
    if not prose.is_prose(text):
        raise cursor.error("cannot read the name of this operator", block.span, "letters")
    return word(command.span | block.span, text)


_FONT_WORDS = frozenset(("\\rm", "\\mathrm", "\\text", "\\textrm", "\\bf", "\\mathbf", "\\it", "\\sf", "\\tt"))


def _overset(cursor: Cursor, command: Token, argument: Argument) -> Node:
    """Read \\overset{note}{body}, which is an accent where the note is a single sign that is one."""
    note = argument(cursor, command, PLAIN)
    body = argument(cursor, command, PLAIN)
    span = command.span | cursor.last
    if note.symbol or isinstance(note, Placeholder):
        kind = OVERSET_ACCENTS.get(note.symbol)
        if kind is None:
            raise cursor.error("cannot read this sign above a symbol", note.span, "an accent such as \\hat")
        return under_accent(span, kind, body)
    return Annotated(span, body, note)


def _underset(cursor: Cursor, command: Token, argument: Argument) -> Node:
    below = argument(cursor, command, PLAIN)
    body = argument(cursor, command, PLAIN)
    span = command.span | cursor.last
    if isinstance(body, BigOperator) and body.below is None:
        return BigOperator(span, body.kind, below, body.above)
    if body.word:
        return BigOperator(span, body.word, below) if body.word in BIG_WITH_BOUNDS else with_scripts(span, body, below)
    return Annotated(span, body, below)


def _substack(cursor: Cursor, command: Token, argument: Argument) -> Node:
    block = cursor.peek()
    if not isinstance(block, Block):
        raise cursor.error('"\\substack" needs braces', command.span, "{a \\\\ b}")
    cursor.take()
    rows = tuple(cursor.read(cursor.inside(row, _span_of(row, block.span))) for row in rows_of(block.content))
    return rows[0] if len(rows) == 1 else Tuple(command.span | block.span, rows)


def _span_of(elements: list[Element], default: Span) -> Span:
    return elements[0].span | elements[-1].span if elements else default


def _reference(cursor: Cursor, command: Token, argument: Argument) -> Node:
    """Read \\eqref{…}, which says nothing."""
    block = cursor.peek()
    if not isinstance(block, Block):
        raise cursor.error(f'"{command.text}" needs braces', command.span, "{…}")
    cursor.take()
    return Text(command.span | block.span, f"({prose.characters(block.content)})")


READERS: dict[str, Reader] = {
    **dict.fromkeys(("\\eqref", "\\ref", "\\cite", "\\autoref", "\\cref", "\\Cref"), _reference),
    **dict.fromkeys(("\\pdv", "\\pderiv", "\\partialderivative", "\\pderivative", "\\diffp"), differentials.partial),
    **dict.fromkeys(("\\dv", "\\derivative", "\\deriv", "\\odv", "\\diff"), differentials.ordinary),
    **dict.fromkeys(("\\frac", "\\dfrac", "\\tfrac", "\\cfrac", "\\nicefrac", "\\sfrac", "\\flatfrac"), _fraction),
    "\\sqrt": _root,
    **dict.fromkeys(("\\operatorname", "\\operatorname*", "\\operatornamewithlimits"), _operator_name),
    **dict.fromkeys(("\\overset", "\\stackrel"), _overset),
    "\\underset": _underset,
    "\\substack": _substack,
}
"""How a command with arguments is read; `argument` reads one of its arguments."""
