"""Repairs of indices: a layer moved by one, two letters exchanged, a number for a letter, an array for its entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations

from derive.reader.syntax import Additive, Group, Node, Number, Product, Tuple, walk
from derive.repairs.editor import Candidate, Editor
from derive.repairs.vocabulary import Vocabulary
from derive.source import Span, squeeze

SHIFTS = {"-1": ("", "+1"), "+1": ("", "-1"), "": ("-1", "+1")}


def layers(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    places = [p for node in editor.nodes if node.scripted for p in _layer_places(editor, node, vocabulary)]
    for span, letter, shift, wrap in places:
        for other in SHIFTS[shift]:
            yield editor.edited("D204", (span, wrap(f"{letter}{other}")))
    if len(places) > 1:
        for step in ("-1", "+1"):
            edits = [(span, wrap(letter + _moved(shift, step))) for span, letter, shift, wrap in places]
            yield editor.edited("D204", *edits)


def _moved(shift: str, step: str) -> str:
    value = int(shift or "0") + int(step)
    return f"{value:+d}" if value else ""


def _layer_places(editor: Editor, node: Node, vocabulary: Vocabulary) -> Iterator[tuple[Span, str, str, Wrap]]:
    for script in (node.sub, node.sup):
        if script is None:
            continue
        inner = script.inside
        for part in inner.items if isinstance(inner, Tuple) else (inner,):
            if isinstance(part, Product):
                yield from _layer_in_product(editor, part, part is inner, vocabulary)
                continue
            letter, shift = _letter_and_shift(editor, part)
            if letter in vocabulary.layers:
                bare = part is script and editor.source.text[part.span.start - 1] in "_^"
                yield part.span, letter, shift, _brace_wrap if bare else _no_wrap


def _layer_in_product(
    editor: Editor, part: Product, alone: bool, vocabulary: Vocabulary
) -> Iterator[tuple[Span, str, str, Wrap]]:
    """Yield the layer of indices side by side, k of W_{kij}, and of an index in brackets, l of A^{[l]T}."""
    first = part.items[0].node
    if first.symbol in vocabulary.layers and alone:
        rest = [editor.text_of(item.node) for item in part.items[1:]]
        yield part.span, first.symbol, "", _comma_wrap(rest)
    elif isinstance(first, Group) and first.opening in "([":
        letter, shift = _letter_and_shift(editor, first.body)
        if letter in vocabulary.layers:
            yield first.body.span, letter, shift, _no_wrap


class Wrap:
    """How a changed index is put back into the script."""

    def __init__(self, before: str = "", after: str = "") -> None:
        self.before = before
        self.after = after

    def __call__(self, text: str) -> str:
        return f"{self.before}{text}{self.after}"


_no_wrap = Wrap()
_brace_wrap = Wrap("{", "}")


def _comma_wrap(rest: Iterable[str]) -> Wrap:
    return Wrap("", "".join(f",{index}" for index in rest))


def _letter_and_shift(editor: Editor, part: Node) -> tuple[str, str]:
    text = squeeze(editor.text_of(part)).strip("{}")
    for shift in ("-1", "+1"):
        if text.endswith(shift):
            return text[: -len(shift)], shift
    return text, ""


def _index_places(editor: Editor, vocabulary: Vocabulary) -> list[Node]:
    """Return the letters and numbers that stand as indices; not the 1 of k+1."""
    scripts = [part for n in editor.nodes if n.scripted for part in (n.sub, n.sup) if part is not None]
    return [place for script in scripts for place in _places_in(script, vocabulary)]


def _places_in(script: Node, vocabulary: Vocabulary) -> Iterator[Node]:
    shifts = {n for total in walk(script) if isinstance(total, Additive) for n in walk(total) if isinstance(n, Number)}
    for node in walk(script):
        if (isinstance(node, Number) and node not in shifts) or (node.letter in vocabulary.indices):
            yield node


def index_swaps(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Two indices of one name exchanged; two letters exchanged everywhere, or one replaced everywhere by another."""
    places = _index_places(editor, vocabulary)
    for row in _index_rows(editor, vocabulary):
        for one, two in combinations(row, 2):
            yield editor.edited("D212", (one.span, editor.text_of(two)), (two.span, editor.text_of(one)))
    letters = list(dict.fromkeys(editor.text_of(place) for place in places if place.letter))
    for n, one_letter in enumerate(letters):
        for other in letters[n + 1 :]:
            swap = {one_letter: other, other: one_letter}
            edits = [(p.span, swap[editor.text_of(p)]) for p in places if editor.text_of(p) in swap]
            yield editor.edited("D212", *edits)
            everywhere = [(p.span, other) for p in places if editor.text_of(p) == one_letter]
            yield editor.edited("D212", *everywhere)


def _index_rows(editor: Editor, vocabulary: Vocabulary) -> Iterator[list[Node]]:
    """Yield the unit indices that stand side by side below or above one name."""
    for node in editor.nodes:
        if node.scripted:
            for script in (node.sub, node.sup):
                row = [] if script is None else list(_places_in(script, vocabulary))
                if len(row) > 1:
                    yield row


def indices(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One index replaced at one place, or an entry by the whole array."""
    for node in editor.values:
        if node.sub is not None and node.sup is None and not node.primes:
            yield editor.edited("D212", (node.span, editor.text_of(node.base)))
    exponents = [node.sup for node in editor.nodes if node.scripted]
    for place in _index_places(editor, vocabulary):
        if isinstance(place, Number) and place in exponents:
            continue
        text = editor.text_of(place)
        near = [str(int(text) + step) for step in (-1, 1)] if isinstance(place, Number) and text.isdecimal() else []
        for other in (*near, *vocabulary.indices):
            if other != text and not other.startswith("-"):
                yield editor.edited("D212", (place.span, other))


def arrangements(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """All indices of one name replaced by others."""
    for row in _index_rows(editor, vocabulary):
        if len(row) == 2:
            for texts in permutations(vocabulary.indices[:4], 2):
                edits = [(place.span, text) for place, text in zip(row, texts, strict=True)]
                yield editor.edited("D212", *edits)
