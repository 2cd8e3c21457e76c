"""Repairs of sums over an index: one lost, one too many, other bounds, another letter counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.names.letters import free_letters
from derive.reader.syntax import Additive, BigOperator, Product, Relation, walk
from derive.repairs.editor import Candidate, Editor, wrapped
from derive.repairs.vocabulary import Vocabulary, index_letters
from derive.source import squeeze


def lost_sums(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A sum in front of the whole side, of one term, or of the last factors of a product."""
    places, letters = dict.fromkeys(_places(editor)), set(index_letters(editor.node))
    value = editor.types.value(editor.node)
    free = None if value is None else free_letters(value.body)
    for index in vocabulary.indices:
        is_free = free is None or index in vocabulary.scalars or vocabulary.called.get(index, index) in free
        if index not in letters or not is_free:
            continue
        yield Candidate("D208", rf"\sum_{{{index}}} {wrapped(editor)}")
        for at in places:
            yield Candidate("D208", editor.insert(at, rf"\sum_{{{index}}} "))


def _places(editor: Editor) -> Iterator[int]:
    for node in editor.values:
        if isinstance(node, Additive):
            yield from (term.node.span.start for term in node.terms)
        elif isinstance(node, Product):
            yield from (item.node.span.start for item in node.items if not item.operator)


def _sums(editor: Editor) -> Iterator[tuple[BigOperator, str]]:
    """Yield the sums with one bound letter."""
    for node in editor.nodes:
        if isinstance(node, BigOperator) and node.below is not None:
            first = node.below.first if isinstance(node.below, Relation) else node.below
            if first.symbol:
                yield node, first.symbol


def spare_sums(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A sum taken away, its letter the free one of the other side; or the letter above another one in the sum."""
    for node, letter in _sums(editor):
        yield editor.edited("D208", (node.span, ""))
        bound = [n for n in walk(editor.node) if n.letter == letter]
        inside = [n.span for n in bound if not node.span.start <= n.span.start < node.span.end]
        for other in vocabulary.indices:
            if other != letter:
                edits = [(span, other) for span in inside]
                yield editor.edited("D208", (node.span, ""), *edits)
                yield editor.edited("D212", (node.span, rf"\{node.kind}_{{{other}}}"))


def bounds(editor: Editor, _vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Other bounds of a sum or a product: one more or less at either end, or those of the index."""
    for node, letter in _sums(editor):
        if node.above is not None:
            upper = editor.text_of(node.above)
            bare = editor.source.text[node.above.span.start - 1] == "^"
            for other in _near(upper):
                yield editor.edited("D214", (node.above.span, f"{{{other}}}" if bare else other))
        if isinstance(node.below, Relation):
            lower = node.below.links[-1].node
            for other in _near(editor.text_of(lower)):
                yield editor.edited("D214", (lower.span, other))
        if node.above is not None or isinstance(node.below, Relation):
            yield editor.edited("D214", (node.span, rf"\{node.kind}_{{{letter}}}"))


def _near(bound: str) -> Iterator[str]:
    """Yield the bounds one below and one above."""
    text = squeeze(bound).removeprefix("{").removesuffix("}")
    if text.isdecimal():
        yield from (str(value) for value in (int(text) - 1, int(text) + 1) if value >= 0)
    elif shifted := re.fullmatch(r"(.*)([+-])1", text):
        yield shifted[1]
    else:
        yield f"{text}-1"
        yield f"{text}+1"
