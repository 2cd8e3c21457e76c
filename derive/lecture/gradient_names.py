"""An accent that makes the name of a gradient: \\bar v for the derivative of the loss with respect to v."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from derive.document.pieces import FormulaRegion
from derive.lecture.derivatives import derivatives
from derive.lecture.said import Sentences, names_in
from derive.lecture.words import Word
from derive.reader.syntax import Name, Node, Relation, walk, with_base

BARS = ("bar", "overline")
"""Accents over a name that may make that of its gradient."""


@dataclass(frozen=True, slots=True)
class GradientNotation:
    """An accent that makes the name of the gradient of a `loss`; `region` and `number` are those that say so."""

    accent: str
    loss: Node
    number: int
    region: FormulaRegion = field(repr=False)

    def without_sign(self, node: Node) -> Node | None:
        """Return the name whose gradient a name stands for, y^{(t)} for that with a bar; None for other names."""
        base = node.base
        if not isinstance(base, Name) or base.accents[:1] != (self.accent,):
            return None
        return with_base(node, replace(base, accents=base.accents[1:])) if node.scripted else replace(base, accents=())

    def names_in(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """Yield the names of gradients in an expression, with those whose gradients they are."""
        for inner in walk(node):
            own = self.without_sign(inner) if inner.base.key is not None else None
            if own is not None:
                yield inner, own

    def text_without(self, text: str) -> str:
        """Return the LaTeX of a name without the accent."""
        return re.sub(rf"^\\{self.accent}(?![a-zA-Z])\s*", "", text)


def gradient_notation(text: Sentences, words: Iterable[Word]) -> GradientNotation | None:
    """Return the accent that a text says makes the name of a gradient, in words or by an example; None if none does."""
    for word in words:
        if word.meaning == "gradient" and isinstance(word.name.base, Name) and word.other >= 0:
            bodies = [statement.body for statement in text.of(word.other)]
            losses = [top for body in bodies for top, _ in derivatives(body)]
            losses = losses or [name for body in bodies for name in names_in(body)]
            accent = word.name.base.accents[:1]
            if len(losses) == 1 and accent and accent[0] in BARS:
                return GradientNotation(accent[0], losses[0], word.other, text.regions[word.other])
    return next(_by_example(text), None)


def _by_example(text: Sentences) -> Iterator[GradientNotation]:
    """Yield the accents of equations such as \\bar v = ∂L/∂v, where v is a letter that stands for any name."""
    for said in text.said:
        body = said.statement.body
        pairs = list(derivatives(body.links[0].node)) if isinstance(body, Relation) else []
        base = body.first.base if isinstance(body, Relation) else None
        if len(pairs) != 1 or not isinstance(base, Name) or base.accents[:1] not in {(accent,) for accent in BARS}:
            continue
        found = GradientNotation(base.accents[0], pairs[0][0], said.number, said.region)
        if base.letters == pairs[0][1].base.plain and not _stands_elsewhere(base.letters, said.number, text):
            yield found


def _stands_elsewhere(letter: str, number: int, text: Sentences) -> bool:
    """Return whether a letter is used in another formula, not only named: for any $v$."""
    others = (said.statement.body for said in text.said if said.number != number)
    return any(node.base.plain == letter for body in others if body.base.plain != letter for node in walk(body))
