"""Repairs of indices: a layer moved by one, two letters exchanged, a number for a letter, an array for its entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.latex.syntax import Group, Node, Number, Product, Script, Symbol, Tuple, walk
from derive.repairs.editor import Candidate, Editor, Vocabulary, squeeze
from derive.source import Source, Span

SHIFTS = {"-1": ("", "+1"), "+1": ("", "-1"), "": ("-1", "+1")}


def layers(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    places = [p for node in editor.nodes() if isinstance(node, Script) for p in _layer_places(editor, node, vocabulary)]
    for span, letter, shift, wrap in places:
        for other in SHIFTS[shift]:
            yield Candidate("D204", editor.replace((span, wrap(f"{letter}{other}"))))
    if len(places) > 1:
        for step in ("-1", "+1"):
            edits = [(span, wrap(letter + _moved(shift, step))) for span, letter, shift, wrap in places]
            yield Candidate("D204", editor.replace(*edits))


def _moved(shift: str, step: str) -> str:
    value = int(shift or "0") + int(step)
    return f"{value:+d}" if value else ""


def _layer_places(editor: Editor, node: Script, vocabulary: Vocabulary) -> Iterator[tuple[Span, str, str, Wrap]]:
    for script in (node.sub, node.sup):
        if script is None:
            continue
        inner = script.body if isinstance(script, Group) else script
        for part in inner.items if isinstance(inner, Tuple) else (inner,):
            if isinstance(part, Product):
                first = part.items[0].node
                if isinstance(first, Symbol) and first.name in vocabulary.layers and part is inner:
                    rest = [editor.text_of(item.node) for item in part.items[1:]]
                    yield part.span, first.name, "", _comma_wrap(rest)
                continue
            letter, shift = _letter_and_shift(editor, part)
            if letter in vocabulary.layers:
                bare = part is script and editor.source.text[part.span.start - 1] in "_^"
                yield part.span, letter, shift, _brace_wrap if bare else _no_wrap


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


def concrete_indices(source: Source, node: Node) -> tuple[str, ...]:
    """Return the numbers that stand in scripts, which may be what an index of the other side should have been."""
    scripts = [part for n in walk(node) if isinstance(n, Script) for part in (n.sub, n.sup) if part is not None]
    return tuple(source.excerpt(n.span) for part in scripts for n in walk(part) if isinstance(n, Number))


def _index_places(editor: Editor, vocabulary: Vocabulary) -> list[Node]:
    return [
        n
        for script in editor.nodes()
        if isinstance(script, Script)
        for part in (script.sub, script.sup)
        if part is not None
        for n in walk(part)
        if isinstance(n, Number) or (isinstance(n, Symbol) and n.name in vocabulary.indices)
    ]


def index_swaps(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Two index letters exchanged everywhere, or one replaced everywhere by another."""
    places = _index_places(editor, vocabulary)
    letters = list(dict.fromkeys(editor.text_of(place) for place in places if isinstance(place, Symbol)))
    for n, one in enumerate(letters):
        for two in letters[n + 1 :]:
            swap = {one: two, two: one}
            edits = [(p.span, swap[editor.text_of(p)]) for p in places if editor.text_of(p) in swap]
            yield Candidate("D212", editor.replace(*edits))
            everywhere = [(p.span, two) for p in places if editor.text_of(p) == one]
            yield Candidate("D212", editor.replace(*everywhere))


def indices(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One index replaced at one place, or an entry by the whole array."""
    for node in editor.values():
        if isinstance(node, Script) and node.sub is not None and node.sup is None and not node.primes:
            yield Candidate("D212", editor.replace((node.span, editor.text_of(node.base))))
    for place in _index_places(editor, vocabulary):
        for other in vocabulary.indices:
            if other != editor.text_of(place):
                yield Candidate("D212", editor.replace((place.span, other)))
