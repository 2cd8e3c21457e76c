"""The equations of a document as they are written: their names, letters, and which layers and units they are about."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from derive.lecture.declarations import Collected, Declared, Equation
from derive.lecture.ranges_said import NEAR, range_said
from derive.models.letters import is_set_of_reals, shifted_letters, tokens_of
from derive.models.terms import CONSTANTS
from derive.models.uses import Use
from derive.reader.parser import parse_formula
from derive.reader.syntax import (
    BigOperator,
    Empty,
    Group,
    Node,
    Number,
    Product,
    Relation,
    Statement,
    Text,
    Tuple,
    children,
    walk,
)
from derive.source import Source, Span
from derive.statements.left_sides import left_side

_OF_A_UNIT = re.compile(r"_\{[a-z]\}")


def argument_names(equation: Equation) -> Iterator[Node]:
    """Yield the arguments that a left side lists, without their own: the f and y of l(f(x), y)."""
    body = equation.arguments.body if equation.arguments is not None else None
    for item in () if body is None else body.items if isinstance(body, Tuple) else (body,):
        own = left_side(item, in_model=True)
        yield item if own is None else own.name


def numbered_names(name: Node, letters: Container[str]) -> Iterator[str]:
    """Yield a declared name with its base that has a number below, or a letter that is no index: θ_0, u_a."""
    node = name
    if node.base.plain is not None and any(
        token.kind == "number" or (token.kind == "letter" and token.text not in letters)
        for token in tokens_of(node.sub)
    ):
        yield f"{node.base.plain}_{{{''.join(token.text for token in tokens_of(node.sub))}}}"


def example_letter(node: Node) -> str | None:
    """Return the letter in brackets above a small letter, which counts examples."""
    last = node.pieces[-1] if node.scripted and node.pieces else None
    small = len(node.base.key or "") == 1 and (node.base.key or "").islower()
    return last.body.symbol if small and isinstance(last, Group) and last.opening == "(" and last.body.symbol else None


def has_two_letters(sub: Node | None) -> bool:
    """Return whether two different small letters stand below a name."""
    tokens = tokens_of(sub)
    texts = {token.text for token in tokens if token.kind == "letter" and len(token.text) == 1 and token.text.islower()}
    return len(tokens) == len(texts) == 2


def about_the_same(one: Use, other: Use) -> bool:
    """Return whether two definitions are about the same layers and units: both general, or both of one."""
    numbers = [tuple(unit for unit in use.units if unit.isdigit()) for use in (one, other)]
    general = [[bool(value.indices()) for value in use.layers] for use in (one, other)]
    if numbers[0] != numbers[1] and all(use.units for use in (one, other)):
        return False
    return general[0] == general[1] and (any(general[0]) or one.layers == other.layers)


def is_of_another_layer(use: Use, left: Use) -> bool:
    """Return whether what is used belongs to the layer before or behind that of a left side."""
    steps = [value - own for value, own in zip(use.layers, left.layers, strict=False)]
    return any(step.is_const and step.const != 0 for step in steps)


def says_again(equation: Equation, general: Equation) -> bool:
    """Return whether an equation says at one layer, for a unit or for all, what another one says, or at the next one
    what it is: a^L_j = σ(z^L_j) where a^l = σ(z^l), z^{l+1} = w^{l+1} a^l where z^l = w^l a^{l-1}."""
    own, other = equation.left.sup, general.left.sup
    if own is None or other is None or equation.base != general.base or not other.symbol.islower():
        return False
    if own.text == f"{other.text}+1":
        return True
    if not own.symbol.isupper():
        return False
    right = re.sub(rf"\^\{{{re.escape(other.text)}(?=\}}|[+-])", lambda match: f"^{{{own.text}", general.right.text)
    return _OF_A_UNIT.sub("", right) == _OF_A_UNIT.sub("", equation.right.text)


def statement_of(equation: Equation) -> Statement:
    return replace(equation.said.statement, body=_relation(equation))


def _relation(equation: Equation) -> Relation:
    return Relation(equation.span, equation.left, (equation.link,))


def range_statement(declared: Declared) -> Statement:
    """Return a range that a sentence says as a condition."""
    source, span = Source(declared.region.source.name, declared.text), Span(0, len(declared.text))
    (statement, *_) = parse_formula(source, span).statements
    return Statement(statement.span, Empty(statement.span), (statement.body,))


def with_ranges(equation: Equation, found: Collected) -> Statement:
    """Return an equation with what the text says of how far its letters count as conditions; of those that its left
    side does not have, what it says near by."""
    statement = statement_of(equation)
    own = {node.symbol for node in walk(equation.left)}
    letters = {node.symbol for node in walk(statement.body)} - {equation.base, "", *shifted_letters([statement])}
    said = {letter: range_said(letter, equation, found) for letter, _ in found.ranges if letter in letters}
    near = [one for letter, one in said.items() if one is not None and (letter in own or _is_near(one, equation))]
    ranges = [node for one in near for node in range_statement(one).conditions]
    return replace(statement, conditions=(*statement.conditions, *ranges))


def _is_near(range_: Declared, equation: Equation) -> bool:
    return abs(range_.number - equation.said.number) <= NEAR


def place_of_equation(equation: Equation) -> Declared:
    return Declared(equation.base, "", equation.said.region, equation.span, equation.said.number)


def names_in(node: Node) -> Iterator[Node]:
    """Yield the names of an expression, each with what stands on it."""
    if node.base.key in CONSTANTS and node.sup is not None and node.sub is None:
        yield from names_in(node.sup)
        return
    if node.base.key is not None and not isinstance(node.base, Product | Text):
        yield node
        return
    if isinstance(node, BigOperator | Number):
        return
    for inner in (node.base,) if node.scripted else children(node):
        yield from names_in(inner)


def sums_of(equation: Equation) -> Iterator[tuple[str, str]]:
    """Yield the letters of the sums of an equation that begin at 1, each with its end."""
    for node in walk(equation.right):
        below = node.below if isinstance(node, BigOperator) and node.above is not None else None
        if isinstance(node, BigOperator) and isinstance(below, Relation) and below.links[0].node.text == "1":
            yield below.first.symbol, node.above.text if node.above is not None else ""


def raised_letters(statements: Iterable[Statement], counting: set[str]) -> set[str]:
    """Return the small letters that stand above names: those that count, the l of z^l, or any in brackets, x^{(i)}."""
    found: set[str] = set()
    for statement in statements:
        for node in walk(statement.body):
            if node.scripted and node.base.key is not None and not is_set_of_reals(node):
                for piece in node.pieces:
                    tokens = tokens_of(piece.inside)
                    letters = [t for t in tokens if t.kind == "letter"]
                    if piece.is_transpose or [len(t.text.lstrip("\\el")) for t in letters] not in ([0], [1]):
                        continue
                    letter = letters[0].text
                    counts = letter in counting or isinstance(piece, Group)
                    if counts and all(t.kind in {"letter", "number", "sign"} for t in tokens) and letter.islower():
                        found.add(letter)
    return found


def families_of_vectors(statements: list[Statement], letters: set[str]) -> Iterator[str]:
    """Yield the bases of vectors that a letter tells apart: the w of w_k^T x. An entry has no transpose."""
    for statement in statements:
        for node in walk(statement.body):
            tokens = tokens_of(node.sub) if node.scripted else []
            turned = any(piece.is_transpose for piece in node.pieces) if node.scripted else False
            if turned and node.base.plain and len(tokens) == 1 and tokens[0].text in letters:
                yield node.base.plain
