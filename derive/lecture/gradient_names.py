"""A sign that makes the name of a gradient: \\bar v, or dv, for the derivative of the loss with respect to v."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derive.document.pieces import FormulaRegion
from derive.lecture.said import Sentences, names_in
from derive.lecture.words import Word
from derive.reader.derivatives import derivatives
from derive.reader.syntax import Name, Node, Product, Relation, walk, with_base
from derive.statements.left_sides import left_side
from derive.typing.joined_names import fused

BARS = ("bar", "overline")
"""Accents over a name that may make that of its gradient."""
DIFFERENTIAL = "d"
"""The letter before a name that may make that of its gradient: dW."""
_WRITTEN_D = r"(?:\\(?:mathrm|textrm|text|operatorname)\s*\{\s*d\s*\}|d)"
"""How it is written, slanted or upright."""


@dataclass(frozen=True, slots=True)
class GradientNotation:
    """An accent, or a d before a name, that makes the name of the gradient of a `loss`; `region` and `number` are those
    that say so, `others` the letters of those that the text defines by derivatives itself; `letters` are the names of
    which alone the text says it, so that others are only read in the same way; none where it says it of any name."""

    sign: str
    loss: Node
    number: int
    region: FormulaRegion = field(repr=False)
    others: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()

    def without_sign(self, node: Node) -> Node | None:
        """Return the name whose gradient a name stands for, y^{(t)} for that with a bar; None for other names."""
        base = node.base
        own: Node | None = None
        if isinstance(base, Name) and self.sign == DIFFERENTIAL and _is_differential(base):
            own = Name(base.span, base.letters[1:])
        elif isinstance(base, Name) and base.accents[:1] == (self.sign,):
            own = replace(base, accents=base.accents[1:])
        if own is None or base.plain in self.others:
            return None
        return with_base(node, own) if node.scripted else own

    def names_in(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Yield the names of gradients in an expression, with those whose gradients they are."""
        for inner in walk(node):
            for name in (inner, *_differentials(inner)):
                own = self.without_sign(name) if name.base.key is not None else None
                if own is not None:
                    yield name, own

    def text_without(self, text: str) -> str:
        """Return the LaTeX of a name without the sign."""
        sign = _WRITTEN_D if self.sign == DIFFERENTIAL else rf"\\{self.sign}(?![a-zA-Z])"
        return re.sub(rf"^{sign}\s*", "", text)

    def text_of(self, text: str) -> str:
        """Return the LaTeX of a name with the sign as the names of a model have it: dW for \\mathrm{d}W."""
        return DIFFERENTIAL + self.text_without(text) if self.sign == DIFFERENTIAL else text


def _is_differential(base: Name) -> bool:
    return base.fonts == ("mathrm",) and base.letters[:1] == DIFFERENTIAL and len(base.letters) == 2


def _differentials(node: Node) -> Iterator[Node]:
    """Yield the names that begin with a d in a product, dW as one."""
    items = node.items if isinstance(node, Product) else ()
    for first, second in pairwise(items):
        if (
            DIFFERENTIAL in {first.node.symbol, first.node.word}
            and not second.operator
            and len(second.node.base.symbol) == 1
        ):
            yield fused([first.node, second.node])


def gradient_notation(text: Sentences, words: Iterable[Word]) -> GradientNotation | None:
    """Return the accent that a text says makes the name of a gradient, in words or by an example; None if none does."""
    found = [notation for word in words if (notation := _by_word(word, text)) is not None]
    general = next((notation for notation in found if not notation.letters), None)
    if general is not None or not found:
        return general or next(_by_example(text), None)
    alike = [one for one in found if (one.sign, one.loss.text) == (found[0].sign, found[0].loss.text)]
    return replace(found[0], letters=frozenset(letter for one in alike for letter in one.letters))


def _by_word(word: Word, text: Sentences) -> GradientNotation | None:
    """Return the sign of a name that words call a gradient: \\bar v the gradient of L, dW for ∂L/∂W."""
    base = word.name.base
    if word.meaning not in {"gradient", "derivative"} or not isinstance(base, Name) or word.other < 0:
        return None
    bodies = [statement.body for statement in text.of(word.other)]
    pairs = [pair for body in bodies for pair in derivatives(body)]
    losses = [top for top, _ in pairs]
    if word.meaning == "gradient":
        losses = losses or [name for body in bodies for name in names_in(body)]
    sign = DIFFERENTIAL if _is_differential(base) else "".join(base.accents[:1])
    if len(losses) != 1 or sign not in {*BARS, DIFFERENTIAL}:
        return None
    others = frozenset(name for name, _ in defined_by_derivatives(text))
    found = GradientNotation(sign, losses[0], word.other, text.regions[word.other], others)
    if word.meaning == "gradient":
        of_itself = replace(found, others=frozenset()).without_sign(word.name)
        # \bar q is said to be the adjoint of q, and not of a loss
        return None if of_itself is not None and losses[0].base.plain == of_itself.base.plain else found
    if not _are_derivatives(bodies):
        return None
    own = found.without_sign(word.name)
    letter = None if own is None else own.base.plain
    if letter is None or letter != pairs[0][1].base.plain or isinstance(bodies[0], Relation):
        return None
    single = _stands_elsewhere(letter, {word.number, word.other}, text) and not text.goes_on(word.other)
    return replace(found, letters=frozenset({letter} if single else ()))


def _are_derivatives(bodies: Sequence[Node]) -> bool:
    """Return whether no formula has a factor before its derivative: what stands for m ∂J/∂Z is no gradient."""
    products = [body for body in bodies if isinstance(body, Product)]
    return all(body.items[0].node.base.symbol in {r"\partial", r"\nabla"} for body in products)


def defined_by_derivatives(text: Sentences) -> Iterator[tuple[str, list[Node]]]:
    """Yield the names that the text says by derivatives, dZ = m ∂J/∂Z, each with what is differentiated."""
    for said in text.said:
        body = said.statement.body
        tops = [top for top, _ in derivatives(body.links[0].node)] if isinstance(body, Relation) else []
        left = left_side(body.first, in_model=True) if isinstance(body, Relation) and tops else None
        if left is not None and left.name.base.plain and isinstance(body, Relation) and body.links[0].operator == "=":
            yield left.name.base.plain, tops


def letters_of(body: Node) -> set[str]:
    """Return the letters of the names in an expression, dZ also as one."""
    every = [name for inner in walk(body) for name in (inner, *_differentials(inner))]
    return {name.base.plain for name in every if name.base.plain}


def _by_example(text: Sentences) -> Iterator[GradientNotation]:
    """Yield the signs of equations: \\bar v = ∂L/∂v, where v is a letter that stands for any name, and dO = ∂L/∂O where
    the text goes on with others of its kind, "and so on"."""
    for said in text.said:
        body = said.statement.body
        pairs = list(derivatives(body.links[0].node)) if isinstance(body, Relation) else []
        left = left_side(body.first, in_model=True) if isinstance(body, Relation) else None
        upright = next(_differentials(body.first), None) if isinstance(body, Relation) and left is None else None
        base = left.name.base if left is not None else upright.base if upright is not None else None
        if len(pairs) != 1 or not isinstance(base, Name):
            continue
        found = GradientNotation(DIFFERENTIAL, pairs[0][0], said.number, said.region)
        own = found.without_sign(base)
        alike = own is not None and own.base.plain == pairs[0][1].base.plain
        if alike and text.goes_on(said.number):
            yield found
        elif own is not None and alike and upright is not None and not _moves(body):
            yield replace(found, letters=frozenset({own.base.plain or ""}))
        is_barred = base.accents[:1] in {(accent,) for accent in BARS} and base.letters == pairs[0][1].base.plain
        if is_barred and not _stands_elsewhere(base.letters, {said.number}, text):
            yield replace(found, sign=base.accents[0])


def _moves(body: Node) -> bool:
    """Return whether an equation has differentials on its right side, so that one on its left side is no gradient."""
    return isinstance(body, Relation) and any(list(_differentials(inner)) for inner in walk(body.links[0].node))


def _stands_elsewhere(letter: str, numbers: Container[int], text: Sentences) -> bool:
    """Return whether a letter is used in another formula, not only named: for any $v$."""
    others = (said.statement.body for said in text.said if said.number not in numbers)
    return any(node.base.plain == letter for body in others if body.base.plain != letter for node in walk(body))
