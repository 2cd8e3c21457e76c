"""Plausible repairs of a refuted formula, as edits of its right side in the document's own notation.

Each candidate is text: it is read, lowered and judged like any formula, and only one that is proved is shown. The
edits are those that lectures get wrong: a sign, a transpose, the order of factors, a layer, a factor, the slope, a
sum, a variable.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.latex.syntax import Node
from derive.repairs import indices, products, terms
from derive.repairs.editor import Candidate, Editor, Vocabulary, squeeze
from derive.repairs.indices import concrete_indices
from derive.source import Source

__all__ = ["Candidate", "Vocabulary", "candidates", "concrete_indices", "squeeze"]

MAX_CANDIDATES = 160


def candidates(source: Source, node: Node, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Yield repaired versions of one side of a claim, the likeliest first, each text once."""
    seen = {squeeze(source.excerpt(node.span))}
    for count, candidate in enumerate(_all(source, node, vocabulary)):
        if count >= MAX_CANDIDATES * 4 or len(seen) > MAX_CANDIDATES:
            return
        key = squeeze(candidate.latex)
        if key not in seen:
            seen.add(key)
            yield candidate


def _all(source: Source, node: Node, vocabulary: Vocabulary) -> Iterator[Candidate]:
    editor = Editor(source, node)
    yield from terms.signs(editor)
    yield from products.transposes(editor, vocabulary)
    yield from products.orders(editor)
    yield from indices.index_swaps(editor, vocabulary)
    yield from terms.slopes(editor, vocabulary)
    yield from indices.layers(editor, vocabulary)
    yield from products.sums_of_factors(editor)
    yield from products.factors(editor)
    yield from terms.constants(editor, vocabulary)
    yield from terms.variables(editor, vocabulary)
    yield from indices.indices(editor, vocabulary)
    yield from terms.sums(editor, vocabulary)
