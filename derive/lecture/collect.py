"""The declarations of a document: what its sentences and its equations say of the names in it.

An equation is a line of the forward pass if its left side is a new name and no derivative stands in it; a second one
for a name is a claim. Nothing that a sentence calls wrong declares anything.
"""

from __future__ import annotations

from dataclasses import replace

from derive.lecture.declarations import Collected
from derive.lecture.equations_said import with_equations
from derive.lecture.functions_said import functions_applied, functions_said, heads_of
from derive.lecture.gradient_names import gradient_notation
from derive.lecture.ranges_said import of_computed, ranges_said
from derive.lecture.said import Sentences
from derive.lecture.sets_said import shapes_said
from derive.lecture.unread import left_sides_of
from derive.lecture.words import columns_listed, gradients_lie, layout_said, words_said


def collect(text: Sentences) -> Collected:
    """Return what a document declares, each stage from what those before it have found."""
    words = tuple(dict.fromkeys((*words_said(text), *columns_listed(text))))
    layout, gradients = layout_said(text), gradient_notation(text, words)
    found = Collected(text, words=words, layout=layout[0] if layout is not None else "", gradients=gradients)
    found = functions_said(replace(found, heads=heads_of(text)))
    found = replace(found, shapes=shapes_said(found))
    found = with_equations(found)
    found = functions_applied(replace(found, ranges=tuple(of_computed(ranges_said(text), found.equations))))
    return _with_unread(replace(found, lying=_lie(found)))


def _lie(found: Collected) -> bool:
    """Return whether a text says that gradients are rows."""
    lying = {word.name.base.plain for word in found.words if word.meaning == "lies"}
    return gradients_lie(found.text) or any(node.base.plain in lying for node in found.spoiled)


def _with_unread(found: Collected) -> Collected:
    """Return declarations with the left sides that cannot be read, but for those that their part of the text defines in
    another formula."""
    text = found.text
    lost = [(number, side) for number in text.unread for side in left_sides_of(text.regions[number])]
    letters = frozenset(token.text for _, (tokens, _) in lost for token in tokens)
    heads = {(tokens[0].text, number) for number, (tokens, begins) in lost if begins} | found.unread_heads
    defined = {(equation.left.base.plain, text.section(equation.said.number)) for equation in found.equations}
    heads = {(name, number) for name, number in heads if (name, text.section(number)) not in defined}
    return replace(found, unread=letters, unread_heads=frozenset(heads))
