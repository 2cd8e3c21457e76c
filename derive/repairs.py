"""Plausible repairs of a refuted formula, as edits of its right side in the document's own notation.

Each candidate is text: it is read, lowered and judged like any formula, and only one that is proved is shown. The
edits are those that lectures get wrong: a sign, a transpose, the order of factors, a layer, a factor, the slope, a
sum, a variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.latex.syntax import (
    Accent,
    Additive,
    Font,
    Fraction,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Script,
    Symbol,
    Term,
    Tuple,
    children,
    walk,
)
from derive.source import Source, Span

MAX_CANDIDATES = 160
TRANSPOSES = frozenset({"T", "\\top", "\\intercal", "\\mathsf{T}", "\\mathrm{T}"})
SHIFTS = {"-1": ("", "+1"), "+1": ("", "-1"), "": ("-1", "+1")}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A repaired right side and the code of what was wrong."""

    code: str
    latex: str


@dataclass(frozen=True)
class Vocabulary:
    """What the document offers for repairs: names that can stand for each other, slopes, scalars, the transpose."""

    layers: frozenset[str] = frozenset()
    indices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    scalars: tuple[str, ...] = ()
    transpose: str = "^T"


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


def concrete_indices(source: Source, node: Node) -> tuple[str, ...]:
    """Return the numbers that stand in scripts, which may be what an index of the other side should have been."""
    scripts = [part for n in walk(node) if isinstance(n, Script) for part in (n.sub, n.sup) if part is not None]
    return tuple(source.excerpt(n.span) for part in scripts for n in walk(part) if isinstance(n, Number))


def squeeze(text: str) -> str:
    """Return a text without blanks."""
    return "".join(text.split())


def _all(source: Source, node: Node, vocabulary: Vocabulary) -> Iterator[Candidate]:
    editor = Editor(source, node)
    yield from _signs(editor)
    yield from _transposes(editor, vocabulary)
    yield from _orders(editor)
    yield from _index_swaps(editor, vocabulary)
    yield from _slopes(editor, vocabulary)
    yield from _layers(editor, vocabulary)
    yield from _sums_of_factors(editor)
    yield from _factors(editor)
    yield from _constants(editor, vocabulary)
    yield from _variables(editor, vocabulary)
    yield from _indices(editor, vocabulary)
    yield from _sums(editor, vocabulary)


@dataclass(frozen=True)
class Editor:
    """Edits of the text of one node, by the spans of the nodes below it."""

    source: Source
    node: Node

    @property
    def text(self) -> str:
        return self.source.excerpt(self.node.span)

    def text_of(self, node: Node) -> str:
        return self.source.excerpt(node.span)

    def nodes(self) -> list[Node]:
        """The nodes whose text stands inside this side (not in a macro elsewhere)."""
        inside = (n for n in walk(self.node) if self._inside(n.span))
        return list(dict.fromkeys(inside))

    def values(self) -> list[Node]:
        """The nodes that stand for numbers and arrays: not the parts of scripts, nor of ∂u/∂v."""
        found: list[Node] = []
        stack = [self.node]
        while stack:
            node = stack.pop()
            if self._inside(node.span):
                found.append(node)
            if isinstance(node, Script):
                stack.append(node.base)
            elif not (isinstance(node, Fraction) and _is_derivative(node)):
                stack.extend(children(node))
        return sorted(dict.fromkeys(found), key=lambda n: (n.span.start, -n.span.end))

    def _inside(self, span: Span) -> bool:
        return self.node.span.start <= span.start < span.end <= self.node.span.end

    def replace(self, *edits: tuple[Span, str]) -> str:
        """Return the text with several disjoint spans replaced."""
        text, base = self.text, self.node.span.start
        for span, new in sorted(edits, reverse=True):
            text = text[: span.start - base] + new + text[span.end - base :]
        return text.strip()


def _is_derivative(node: Fraction) -> bool:
    for part in (node.numerator, node.denominator):
        first = part.items[0].node if isinstance(part, Product) else part
        if isinstance(first, Symbol) and first.name in {"\\partial", "d"}:
            return True
    return False


def _wrapped(editor: Editor) -> str:
    if isinstance(editor.node, Additive) and (len(editor.node.terms) > 1 or editor.node.terms[0].sign == "-"):
        return rf"\left( {editor.text} \right)"
    return editor.text


def _signs(editor: Editor) -> Iterator[Candidate]:
    node = editor.node
    if isinstance(node, Additive) and len(node.terms) == 1:
        yield Candidate("D201", editor.text_of(node.terms[0].node))
    elif isinstance(node, Additive) and all(term.sign in "+-" for term in node.terms):
        yield Candidate("D201", _joined(editor, [_flip(term) for term in node.terms]))
    else:
        yield Candidate("D201", f"-{_wrapped(editor)}")
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


def _is_transposed(editor: Editor, node: Node) -> bool:
    return (
        isinstance(node, Script)
        and node.sup is not None
        and squeeze(editor.text_of(node.sup)).strip("{}") in TRANSPOSES
    )


def _transposes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
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


def _orders(editor: Editor) -> Iterator[Candidate]:
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


def _slopes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for node in editor.nodes():
        if isinstance(node, Script) and node.primes and node.sub is None:
            yield Candidate("D207", editor.replace((node.span, editor.text_of(node.base))))
        if isinstance(node, (Symbol, Name)) and editor.text_of(node) in vocabulary.functions:
            yield Candidate("D207", editor.replace((node.span, f"{editor.text_of(node)}'")))
    for function in vocabulary.functions:
        for name in vocabulary.names:
            slope = f"{function}'({name})"
            for operator in (r" \odot ", r" "):
                yield Candidate("D207", f"{_wrapped(editor)}{operator}{slope}")
        for node in editor.nodes():
            if isinstance(node, Group) and node.opening == "(" and not isinstance(node.body, Additive):
                for name in vocabulary.names:
                    yield Candidate("D207", editor.replace((node.span, f"({name})")))


def _layers(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
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


def _sums_of_factors(editor: Editor) -> Iterator[Candidate]:
    """A product that should have been a sum: b Σ W h for b + Σ W h."""
    node = editor.node
    if not isinstance(node, Product) or len(node.items) > 8:
        return
    for item in node.items[1:]:
        if not item.operator:
            place = Span(item.node.span.start, item.node.span.start)
            before = editor.source.text[place.start - 1]
            yield Candidate("D213", editor.replace((place, "+ " if before == " " else " + ")))


def _factors(editor: Editor) -> Iterator[Candidate]:
    for node in _products(editor):
        for n in range(len(node.items)):
            rest = [item for m, item in enumerate(node.items) if m != n]
            text = "".join(
                f" {item.operator if m else ''} {editor.text_of(item.node)}" for m, item in enumerate(rest)
            ).strip()
            yield Candidate("D206", editor.replace((node.span, text)))


def _constants(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    factors = ["2", r"\frac{1}{2}", *vocabulary.scalars, *(rf"\frac{{1}}{{{s}}}" for s in vocabulary.scalars)]
    for factor in factors:
        code = "D210" if factor in ("2", r"\frac{1}{2}") else "D205"
        yield Candidate(code, f"{factor} {_wrapped(editor)}")
    if isinstance(editor.node, Additive) and len(editor.node.terms) > 1:
        for factor in factors:
            for term in editor.node.terms:
                yield Candidate("D205", editor.replace((term.node.span, f"{factor} {editor.text_of(term.node)}")))


def _variables(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    bases = sorted({name.split("_")[0].split("^")[0] for name in vocabulary.names})
    for node in editor.nodes():
        if isinstance(node, (Symbol, Accent, Font)):
            text = editor.text_of(node)
            if text in bases or squeeze(text) in bases:
                for other in bases:
                    if other != text:
                        yield Candidate("D209", editor.replace((node.span, other)))


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


def _index_swaps(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
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


def _indices(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One index replaced at one place, or an entry by the whole array."""
    for node in editor.values():
        if isinstance(node, Script) and node.sub is not None and node.sup is None and not node.primes:
            yield Candidate("D212", editor.replace((node.span, editor.text_of(node.base))))
    for place in _index_places(editor, vocabulary):
        for other in vocabulary.indices:
            if other != editor.text_of(place):
                yield Candidate("D212", editor.replace((place.span, other)))


def _sums(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for index in vocabulary.indices:
        yield Candidate("D208", rf"\sum_{{{index}}} {_wrapped(editor)}")


__all__ = ["Candidate", "Vocabulary", "candidates", "squeeze"]
