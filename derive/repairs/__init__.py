"""Plausible repairs of a refuted formula, as edits of its right side in the document's own notation.

Each candidate is text: it is read, lowered and judged like any formula, and only one that is proved is shown. The
edits are those that lectures get wrong: a sign, a transpose, the order of factors, a layer, a factor, the slope, a
sum, a variable.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.reader.syntax import Node
from derive.repairs import additions, indices, products, slopes, sums, terms
from derive.repairs.editor import Candidate, Editor
from derive.repairs.shapes import Types
from derive.repairs.vocabulary import Vocabulary, index_letters, vocabulary_for
from derive.source import Source, squeeze

__all__ = ["Candidate", "Types", "Vocabulary", "candidates", "index_letters", "vocabulary_for"]

MAX_CANDIDATES = 400


def candidates(source: Source, node: Node, vocabulary: Vocabulary, types: Types | None = None) -> Iterator[Candidate]:
    """Yield repaired versions of one side of a claim, the likeliest first, each text once."""
    seen = {squeeze(source.excerpt(node.span))}
    editor = Editor(source, node, types or Types())
    misfit = editor.misfit()
    for count, candidate in enumerate(_all(editor, vocabulary)):
        if count >= MAX_CANDIDATES * 4 or len(seen) > MAX_CANDIDATES:
            return
        key = squeeze(candidate.latex)
        if key not in seen and (misfit is None or candidate.touches(misfit)):
            seen.add(key)
            yield candidate


def _all(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    yield from terms.signs(editor)
    yield from products.transposes(editor, vocabulary)
    yield from products.orders(editor)
    yield from indices.index_swaps(editor, vocabulary)
    yield from additions.deltas(editor, vocabulary)
    yield from slopes.powers(editor, vocabulary)
    yield from sums.bounds(editor, vocabulary)
    yield from slopes.slopes(editor, vocabulary)
    yield from indices.layers(editor, vocabulary)
    yield from products.sums_of_factors(editor)
    yield from products.factors(editor, vocabulary)
    yield from terms.spare_terms(editor, vocabulary)
    yield from terms.constants(editor, vocabulary)
    yield from sums.spare_sums(editor, vocabulary)
    yield from slopes.lost_slopes(editor, vocabulary)
    yield from terms.variables(editor, vocabulary)
    yield from indices.indices(editor, vocabulary)
    yield from sums.lost_sums(editor, vocabulary)
    yield from indices.arrangements(editor, vocabulary)
    yield from products.rearranged(editor, vocabulary)
    yield from additions.lost_paths(editor, vocabulary)
    yield Candidate("D200", "0")
    yield from additions.missing_factors(editor, vocabulary)
    yield from additions.missing_terms(editor, vocabulary)
