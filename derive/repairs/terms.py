"""Repairs of whole terms and functions: signs, constants, slopes, a lost sum, another variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.latex.syntax import Accent, Additive, Font, Group, Name, Node, Script, Symbol, Term
from derive.repairs.editor import Candidate, Editor, Vocabulary, squeeze, wrapped


def signs(editor: Editor) -> Iterator[Candidate]:
    node = editor.node
    if isinstance(node, Additive) and len(node.terms) == 1:
        yield Candidate("D201", editor.text_of(node.terms[0].node))
    elif isinstance(node, Additive) and all(term.sign in "+-" for term in node.terms):
        yield Candidate("D201", _joined(editor, [_flip(term) for term in node.terms]))
    else:
        yield Candidate("D201", f"-{wrapped(editor)}")
    for inner in editor.values():
        if isinstance(inner, Additive) and len(inner.terms) > 1 and all(term.sign in "+-" for term in inner.terms):
            if inner is not node:
                flipped = _joined(editor, [_flip(term) for term in inner.terms])
                yield Candidate("D201", editor.replace((inner.span, flipped)))
            for n, term in enumerate(inner.terms):
                changed = [_flip(term) if m == n else (t.sign, t.node) for m, t in enumerate(inner.terms)]
                yield Candidate("D201", editor.replace((inner.span, _joined(editor, changed))))


def _flip(term: Term) -> tuple[str, Node]:
    return ("-" if term.sign == "+" else "+", term.node)


def _joined(editor: Editor, terms: Sequence[tuple[str, Node]]) -> str:
    ordered = sorted(terms, key=lambda term: term[0] == "-") if terms[0][0] == "-" else list(terms)
    text = " ".join(f"{sign} {editor.text_of(node)}" for sign, node in ordered)
    return text[2:] if text.startswith("+ ") else text


def slopes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for node in editor.nodes():
        if isinstance(node, Script) and node.primes and node.sub is None:
            yield Candidate("D207", editor.replace((node.span, editor.text_of(node.base))))
        if isinstance(node, (Symbol, Name)) and editor.text_of(node) in vocabulary.functions:
            yield Candidate("D207", editor.replace((node.span, f"{editor.text_of(node)}'")))
    for function in vocabulary.functions:
        for name in vocabulary.names:
            slope = f"{function}'({name})"
            for operator in (r" \odot ", r" "):
                yield Candidate("D207", f"{wrapped(editor)}{operator}{slope}")
        for node in editor.nodes():
            if isinstance(node, Group) and node.opening == "(" and not isinstance(node.body, Additive):
                for name in vocabulary.names:
                    yield Candidate("D207", editor.replace((node.span, f"({name})")))


def constants(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    factors = ["2", r"\frac{1}{2}", *vocabulary.scalars, *(rf"\frac{{1}}{{{s}}}" for s in vocabulary.scalars)]
    for factor in factors:
        code = "D210" if factor in ("2", r"\frac{1}{2}") else "D205"
        yield Candidate(code, times(factor, wrapped(editor)))
    if isinstance(editor.node, Additive) and len(editor.node.terms) > 1:
        for factor in factors:
            for term in editor.node.terms:
                yield Candidate("D205", editor.replace((term.node.span, times(factor, editor.text_of(term.node)))))


def times(factor: str, text: str) -> str:
    """Return a product as text, with a dot where a number would run into the next."""
    return rf"{factor} \cdot {text}" if text[:1].isdigit() else f"{factor} {text}"


def variables(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    bases = sorted({name.split("_")[0].split("^")[0] for name in vocabulary.names})
    for node in editor.nodes():
        if isinstance(node, (Symbol, Accent, Font)):
            text = editor.text_of(node)
            if text in bases or squeeze(text) in bases:
                for other in bases:
                    if other != text:
                        yield Candidate("D209", editor.replace((node.span, other)))


def sums(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for index in vocabulary.indices:
        yield Candidate("D208", rf"\sum_{{{index}}} {wrapped(editor)}")
