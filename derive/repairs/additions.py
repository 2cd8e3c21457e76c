"""Repairs that add something: a factor of the model, Kronecker's delta, a whole term."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from derive.reader.syntax import Additive, Fraction
from derive.repairs.editor import Candidate, Editor, followed, wrapped
from derive.repairs.shapes import SCALAR
from derive.repairs.vocabulary import Vocabulary, index_letters
from derive.source import Span


def deltas(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A delta of an index that only the other side has: ∂v_i/∂u_j = φ′(u_i) δ_ij."""
    right = index_letters(editor.node)
    for one, two in combinations(vocabulary.left, 2):
        if one not in right or two not in right:
            yield Candidate("D205", rf"{followed(editor)} \delta_{{{one}{_apart(two)}}}")


def _apart(letter: str) -> str:
    return letter if letter.startswith("\\") else f" {letter}"


def lost_paths(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A second way of the same form: ∂f/∂u ∂u/∂w + ∂f/∂v ∂v/∂w for ∂f/∂u ∂u/∂w."""
    if isinstance(editor.node, Additive) or not any(isinstance(node, Fraction) for node in editor.nodes):
        return
    names = (*vocabulary.bases, *vocabulary.scalars)
    places: dict[str, list[Span]] = {}
    for node in editor.nodes:
        if node.letter in names:
            places.setdefault(node.letter, []).append(node.span)
    for name, spans in places.items():
        if len(spans) > 1:  # what is above in one factor stands below in another
            for other in names:
                if other != name:
                    second = editor.replace(*((span, other) for span in spans))
                    yield Candidate("D216", f"{editor.text} + {second}")


def missing_factors(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A factor more: an entry, an array entry by entry, or a matrix product from either side."""
    whole, before, types = wrapped(editor), followed(editor), editor.types
    own = types.whole(editor.node)
    for entry in vocabulary.entries if types.may_be_left(SCALAR) else ():
        yield Candidate("D205", f"{before} {entry}", ("*", (entry,)))
        yield Candidate("D205", rf"\frac{{{editor.text}}}{{{entry}}}", ("/", (entry,)))
    for array in vocabulary.arrays:
        shape = vocabulary.shape(array)
        if types.may_be_left(shape):
            yield Candidate("D205", rf"{before} \odot {array}", ("*", (array,)))
        turned = f"({array}){vocabulary.transpose}" if "^" in array else f"{array}{vocabulary.transpose}"
        if own is None or shape is None or types.is_left(shape.transposed.times(own)):
            yield Candidate("D205", f"{turned} {whole}")
        if own is None or shape is None or types.is_left(own.times(shape.transposed)):
            yield Candidate("D205", f"{before} {turned}")


def missing_terms(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A term more: a number, an entry or an array of the model, perhaps times a number."""
    names = (*vocabulary.arrays, *vocabulary.entries)
    plain = [name for name in names if editor.types.may_be_left(vocabulary.shape(name))]
    scaled = [(scalar, name) for scalar in vocabulary.scalars for name in plain]
    for factors in (*((name,) for name in (*plain, *vocabulary.scalars, "1")), *scaled):
        for sign in "+-":
            yield Candidate("D216", f"{editor.text} {sign} {' '.join(factors)}", (sign, factors))
