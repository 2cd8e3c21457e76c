"""Repairs of whole terms: signs, constants, another variable, a term too many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.reader.syntax import Accent, Additive, Font, Node, Term
from derive.repairs.editor import Candidate, Editor, wrapped
from derive.repairs.vocabulary import Vocabulary
from derive.source import Span, squeeze


def signs(editor: Editor) -> Iterator[Candidate]:
    node = editor.node
    if isinstance(node, Additive) and len(node.terms) == 1:
        yield Candidate("D201", editor.text_of(node.terms[0].node), ("*", ("-1",)))
    elif isinstance(node, Additive) and all(term.sign in "+-" for term in node.terms):
        yield Candidate("D201", _joined(editor, [_flip(term) for term in node.terms]), ("*", ("-1",)))
    else:
        yield Candidate("D201", f"-{wrapped(editor)}", ("*", ("-1",)))
    for inner in editor.values:
        if isinstance(inner, Additive) and len(inner.terms) > 1 and all(term.sign in "+-" for term in inner.terms):
            if inner is not node:
                flipped = _joined(editor, [_flip(term) for term in inner.terms])
                yield editor.edited("D201", (inner.span, flipped))
            for n, term in enumerate(inner.terms):
                changed = [_flip(term) if m == n else (t.sign, t.node) for m, t in enumerate(inner.terms)]
                yield editor.edited("D201", (inner.span, _joined(editor, changed)))


def _flip(term: Term) -> tuple[str, Node]:
    return ("-" if term.sign == "+" else "+", term.node)


def _joined(editor: Editor, terms: Sequence[tuple[str, Node]]) -> str:
    ordered = sorted(terms, key=lambda term: term[0] == "-") if terms[0][0] == "-" else list(terms)
    text = " ".join(f"{sign} {editor.text_of(node)}" for sign, node in ordered)
    return text[2:] if text.startswith("+ ") else text


def constants(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A number or a size more, beside the whole or one of its terms: this changes no shape."""
    if editor.types.fitting is False:
        return
    factors = ["2", r"\frac{1}{2}", *vocabulary.scalars, *(rf"\frac{{1}}{{{s}}}" for s in vocabulary.scalars)]
    for factor in factors:
        code = "D210" if factor in ("2", r"\frac{1}{2}") else "D205"
        yield Candidate(code, times(factor, wrapped(editor)), ("*", (factor,)))
    if isinstance(editor.node, Additive) and len(editor.node.terms) > 1:
        for factor in factors:
            for term in editor.node.terms:
                yield editor.edited("D205", (term.node.span, times(factor, editor.text_of(term.node))))


def times(factor: str, text: str) -> str:
    """Return a product as text, with a dot where a number would run into the next."""
    return rf"{factor} \cdot {text}" if text[:1].isdigit() else f"{factor} {text}"


def variables(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One name replaced by another; last, a factor by an array at a layer near by."""
    types, bases = editor.types, [node.base for node in editor.nodes if node.scripted]
    for node in editor.nodes:
        place = node.base.span
        base = squeeze(editor.source.excerpt(place)) if node not in bases else ""
        for other in vocabulary.bases if base in vocabulary.bases else ():
            if other != base and vocabulary.takes_the_place(base, other):
                shape = vocabulary.shape(editor.text_of(node).replace(base, other, 1))
                if types.allow(types.of(node), shape):
                    yield editor.edited("D209", (place, other))
    for node in editor.values:
        name = _bare(node)
        if name is not None and node not in bases:
            own = (types.of(node) if name == node.span else None) or vocabulary.shape(editor.source.excerpt(name))
            for other in vocabulary.arrays:
                if types.allow(own, vocabulary.shape(other)):
                    yield editor.edited("D209", (name, other))


def _bare(node: Node) -> Span | None:
    """Return the place of a name with its indices below, without what stands above it."""
    if node.base.symbol in {"\\nabla", "\\partial"}:
        return None
    if node.letter or isinstance(node, Accent | Font):
        return node.span
    if (node.base.letter or isinstance(node.base, Accent | Font)) and not node.primes:
        if node.sup is None:
            return node.span
        return node.base.span if node.sub is None else None
    return None


def spare_terms(editor: Editor, _vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A sum with one term less."""
    for node in editor.values:
        if isinstance(node, Additive) and len(node.terms) > 1 and all(term.sign in "+-" for term in node.terms):
            for n in range(len(node.terms)):
                rest = [(term.sign, term.node) for m, term in enumerate(node.terms) if m != n]
                yield editor.edited("D206", (node.span, _joined(editor, rest)))
