"""Edits of the text of one side of a formula, by the spans of the nodes below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from derive.reader.syntax import Additive, BigOperator, Fraction, Node, Product, children, walk
from derive.repairs.shapes import Types
from derive.source import Source, Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A repaired right side and the code of what was wrong.

    `whole` says so where it is the old one R with something beside it: ("*", ("c", "x")) is R c x, entry by entry;
    `edits` are the places that it changes, with what stands there instead.
    """

    code: str
    latex: str
    whole: tuple[str, tuple[str, ...]] | None = None
    edits: tuple[tuple[Span, str], ...] = ()

    def touches(self, place: Span) -> bool:
        """Return whether it changes something at a place."""
        return any(span.start <= place.end and place.start <= span.end for span, _ in self.edits)


@dataclass(frozen=True)
class Editor:
    """Edits of the text of one node, by the spans of the nodes below it."""

    source: Source
    node: Node
    types: Types = field(default_factory=Types)

    @property
    def text(self) -> str:
        return self.source.excerpt(self.node.span)

    def text_of(self, node: Node) -> str:
        return self.source.excerpt(node.span)

    @cached_property
    def nodes(self) -> list[Node]:
        """The nodes whose text stands inside this side (not in a macro elsewhere)."""
        inside = (n for n in walk(self.node) if self._inside(n.span))
        return list(dict.fromkeys(inside))

    @cached_property
    def values(self) -> list[Node]:
        """The nodes that stand for numbers and arrays: not the parts of scripts and bounds, nor of ∂u/∂v."""
        found: list[Node] = []
        stack = [self.node]
        while stack:
            node = stack.pop()
            if self._inside(node.span):
                found.append(node)
            if node.scripted:
                stack.append(node.base)
            elif not isinstance(node, BigOperator) and not (isinstance(node, Fraction) and _is_derivative(node)):
                stack.extend(children(node))
        return sorted(dict.fromkeys(found), key=lambda n: (n.span.start, -n.span.end))

    def misfit(self) -> Span | None:
        """Return the place of the least part whose shapes do not fit, so that no edit beside it can mend the side."""
        at = self.types.misfit
        around = [n for n in self.values if at is not None and n.span.start <= at.start and at.end <= n.span.end]
        parts = [n.span for n in around if isinstance(n, Product | Additive) and self.types.of(n) is None]
        return min(parts, key=lambda span: span.end - span.start, default=None)

    def below(self, node: Node) -> str:
        """Return a name with its indices below, without what stands above it."""
        if node.sup is None:
            return self.text_of(node)
        if node.sub is not None and node.sub.span.start > node.sup.span.start:
            return f"{self.text_of(node.base)}_{{{self.text_of(node.sub)}}}"
        before = self.source.text[node.span.start : node.sup.span.start]
        return before.rstrip(" {").removesuffix("^").rstrip()

    def insert(self, at: int, new: str) -> str:
        """Return the text with something put in before an offset."""
        return self.replace((Span(at, at), new))

    def _inside(self, span: Span) -> bool:
        return self.node.span.start <= span.start < span.end <= self.node.span.end

    def edited(self, code: str, *edits: tuple[Span, str]) -> Candidate:
        """Return the repair that replaces several disjoint spans."""
        return Candidate(code, self.replace(*edits), edits=edits)

    def replace(self, *edits: tuple[Span, str]) -> str:
        """Return the text with several disjoint spans replaced."""
        text, base = self.text, self.node.span.start
        for span, new in sorted(edits, reverse=True):
            text = text[: span.start - base] + new + text[span.end - base :]
        return text.strip()


def _is_derivative(node: Fraction) -> bool:
    for part in (node.numerator, node.denominator):
        first = part.items[0].node if isinstance(part, Product) else part
        if first.symbol in {"\\partial", "d"}:
            return True
    return False


def followed(editor: Editor) -> str:
    """Return the text for a factor to stand after it: a sum in brackets, a product with its sign as it is."""
    several = isinstance(editor.node, Additive) and len(editor.node.terms) > 1
    return wrapped(editor) if several else editor.text


def wrapped(editor: Editor) -> str:
    if isinstance(editor.node, Additive) and (len(editor.node.terms) > 1 or editor.node.terms[0].sign == "-"):
        return rf"\left( {editor.text} \right)"
    return editor.text
