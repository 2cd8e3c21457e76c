"""Repairs of products: transposes, the order of factors, a factor more or less, a lost plus."""

from __future__ import annotations

from collections.abc import Iterator

from derive.latex.syntax import Accent, Font, Group, Item, Node, Number, Product, Script, Symbol
from derive.repairs.editor import Candidate, Editor, Vocabulary, squeeze
from derive.source import Span

TRANSPOSES = frozenset({"T", "\\top", "\\intercal", "\\mathsf{T}", "\\mathrm{T}"})


def _is_transposed(editor: Editor, node: Node) -> bool:
    return (
        isinstance(node, Script)
        and node.sup is not None
        and squeeze(editor.text_of(node.sup)).strip("{}") in TRANSPOSES
    )


def transposes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for node in editor.values():
        if _is_transposed(editor, node) and isinstance(node, Script):
            base = editor.text_of(node.base)
            below = f"_{{{editor.text_of(node.sub)}}}" if node.sub is not None else ""
            yield Candidate("D202", editor.replace((node.span, base + below)))
    for node in _factor_nodes(editor):
        if not _is_transposed(editor, node) and not isinstance(node, Number):
            yield Candidate("D202", editor.replace((node.span, _with_transpose(editor, node, vocabulary.transpose))))


def _with_transpose(editor: Editor, node: Node, transpose: str) -> str:
    text = editor.text_of(node)
    if isinstance(node, Script) and (node.sup is not None or node.primes):
        return f"({text}){transpose}"
    if isinstance(node, (Symbol, Script, Group, Font, Accent)):
        return f"{text}{transpose}"
    return rf"\left( {text} \right){transpose}"


def _factor_nodes(editor: Editor) -> list[Node]:
    found: list[Node] = []
    for node in editor.values():
        if isinstance(node, Product):
            found.extend(item.node for item in node.items)
    if isinstance(editor.node, (Symbol, Script, Group)):
        found.append(editor.node)
    return found


def _products(editor: Editor) -> Iterator[Product]:
    for node in editor.values():
        if isinstance(node, Product) and 2 <= len(node.items) <= 8:
            yield node


def orders(editor: Editor) -> Iterator[Candidate]:
    for node in _products(editor):
        units = _units(editor, node)
        for n in range(len(units) - 1):
            swapped = [*units[:n], units[n + 1], units[n], *units[n + 2 :]]
            yield Candidate("D203", editor.replace((node.span, r" \, ".join(swapped))))
        if len(units) > 2:
            yield Candidate("D203", editor.replace((node.span, r" \, ".join(reversed(units)))))


def _units(editor: Editor, node: Product) -> list[str]:
    """The factors of a product as texts; what belongs together (∇ L, W ∇ L) stays together where the sign says so."""
    units: list[str] = []
    open_operator = False
    for item in node.items:
        text = editor.text_of(item.node)
        if units and (open_operator or _is_argument(item)):
            units[-1] += f" {text}"
        else:
            units.append(text)
        open_operator = _is_operator(item.node)
    return units


def _is_argument(item: Item) -> bool:
    """Whether an item may be what the one before is applied to, as (θ) in L(θ)."""
    return not item.operator and isinstance(item.node, Group) and item.node.opening == "("


def _is_operator(node: Node) -> bool:
    base = node.base if isinstance(node, Script) else node
    return isinstance(base, Symbol) and base.name in {"\\nabla", "\\partial"}


def sums_of_factors(editor: Editor) -> Iterator[Candidate]:
    """A product that should have been a sum: b Σ W h for b + Σ W h."""
    node = editor.node
    if not isinstance(node, Product) or len(node.items) > 8:
        return
    for item in node.items[1:]:
        if not item.operator:
            place = Span(item.node.span.start, item.node.span.start)
            before = editor.source.text[place.start - 1]
            yield Candidate("D213", editor.replace((place, "+ " if before == " " else " + ")))


def factors(editor: Editor) -> Iterator[Candidate]:
    for node in _products(editor):
        for n in range(len(node.items)):
            rest = [item for m, item in enumerate(node.items) if m != n]
            text = "".join(
                f" {item.operator if m else ''} {editor.text_of(item.node)}" for m, item in enumerate(rest)
            ).strip()
            yield Candidate("D206", editor.replace((node.span, text)))
