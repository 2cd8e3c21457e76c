"""Repairs of products: transposes, the order of factors, a factor more or less, a lost plus."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from derive.notation.signs import TRANSPOSES
from derive.reader.syntax import (
    Accent,
    Additive,
    BigOperator,
    Font,
    Fraction,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Tuple,
)
from derive.repairs.editor import Candidate, Editor, squeeze
from derive.repairs.shapes import SCALAR
from derive.repairs.vocabulary import Vocabulary
from derive.source import Span


def transposes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One factor transposed or not; a product transposed as a whole; two factors of a product at once."""
    toggled = [(node, text) for node in _factor_nodes(editor) if (text := _toggled(editor, node, vocabulary))]
    toggled.sort(key=lambda pair: not _is_transposed(editor, pair[0]))
    for node, text in toggled:
        yield editor.edited("D202", (node.span, text))
    for product in _products(editor):
        factors = [_toggled(editor, item.node, vocabulary) for item in product.items]
        if len(factors) <= 3 and all(factors):
            yield editor.edited("D202", (product.span, r" \, ".join(reversed(factors))))
        for n, one in enumerate(factors):
            for m, two in enumerate(factors[:n]):
                if one and two:
                    edits = ((product.items[n].node.span, one), (product.items[m].node.span, two))
                    yield editor.edited("D202", *edits)


def _is_transposed(editor: Editor, node: Node) -> bool:
    return node.sup is not None and _sign_of_transpose(editor, node.sup) is not None


def _sign_of_transpose(editor: Editor, above: Node) -> Node | None:
    """Return the T of W^T or of A^{[l]T}."""
    last = above.items[-1].node if isinstance(above, Product) else above
    return last if squeeze(editor.text_of(last)).strip("{}") in TRANSPOSES else None


def _toggled(editor: Editor, node: Node, vocabulary: Vocabulary) -> str:
    """Return a factor with its transpose taken away or put on; nothing for what has none."""
    if isinstance(node, Number | Fraction | BigOperator) or _is_operator(node):
        return ""
    if editor.types.of(node) == SCALAR and node not in _operands(editor):
        return ""
    if not _is_transposed(editor, node):
        if node.scripted and _is_entry(editor, node, vocabulary):
            return ""
        return _with_transpose(editor, node, vocabulary.transpose)
    rest = "".join(editor.text_of(item.node) for item in node.sup.items[:-1]) if isinstance(node.sup, Product) else ""
    return f"{editor.below(node)}^{{{rest}}}" if rest else editor.below(node)


def _operands(editor: Editor) -> list[Node]:
    """Return what stands behind ∇ or ∂ in a product, whose type is not that of the factor that it belongs to."""
    pairs = (pair for node in editor.values() if isinstance(node, Product) for pair in itertools.pairwise(node.items))
    return [behind.node for before, behind in pairs if _is_operator(before.node)]


def _is_entry(editor: Editor, node: Node, vocabulary: Vocabulary) -> bool:
    """Return whether a name has all its indices, those of units too, so that it is a number."""
    slots = vocabulary.slots.get(squeeze(editor.text_of(node.base)), ())
    written = sum(_count(script) for script in (node.sub, node.sup) if script is not None)
    return any(slot.kind == "unit" for slot in slots) and written == len(slots)


def _count(script: Node) -> int:
    """Return how many indices stand in a script: 3 in kij and in k,i,j."""
    return len(script.items) if isinstance(script, Product | Tuple) else 1


def _with_transpose(editor: Editor, node: Node, transpose: str) -> str:
    text = editor.text_of(node)
    if isinstance(node.sup, Group) and node.sup.opening in "([" and not node.primes:
        return f"{editor.below(node)}^{{{editor.text_of(node.sup)}{transpose.lstrip('^')}}}"
    if node.sup is not None or node.primes:
        return f"({text}){transpose}"
    if node.scripted or isinstance(node, Name | Group | Font | Accent):
        return f"{text}{transpose}"
    return rf"\left( {text} \right){transpose}"


def _is_factor(node: Node) -> bool:
    return node.scripted or node.symbol != "" or isinstance(node, Group)


def _factor_nodes(editor: Editor) -> list[Node]:
    found: list[Node] = []
    for node in editor.values():
        if isinstance(node, Product):
            found.extend(item.node for item in node.items)
        elif isinstance(node, Additive):
            found.extend(term.node for term in node.terms if _is_factor(term.node))
    if _is_factor(editor.node):
        found.append(editor.node)
    return list(dict.fromkeys(found))


def _products(editor: Editor) -> Iterator[Product]:
    for node in editor.values():
        if isinstance(node, Product) and 2 <= len(node.items) <= 8:
            yield node


def orders(editor: Editor) -> Iterator[Candidate]:
    for node in _products(editor):
        units = _units(editor, node)
        for n in range(len(units) - 1):
            swapped = [*units[:n], units[n + 1], units[n], *units[n + 2 :]]
            yield editor.edited("D203", (node.span, r" \, ".join(swapped)))
        if len(units) > 2:
            yield editor.edited("D203", (node.span, r" \, ".join(reversed(units))))


def rearranged(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """Two or three factors in every order, each transposed or not; numbers in front stay where they are."""
    for node in _products(editor):
        items = [item.node for item in node.items]
        while items and isinstance(items[0], Number | Fraction):
            items.pop(0)
        pairs = [(editor.text_of(item), _toggled(editor, item, vocabulary)) for item in items]
        if not 2 <= len(pairs) <= 3 or not all(toggled for _, toggled in pairs):
            continue
        place = Span(items[0].span.start, items[-1].span.end)
        for order in itertools.permutations(pairs):
            for texts in itertools.product(*order):
                yield editor.edited("D203", (place, r" \, ".join(texts)))


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
    base = node.base
    return base.symbol in {"\\nabla", "\\partial"}


def sums_of_factors(editor: Editor) -> Iterator[Candidate]:
    """A product that should have been a sum: b Σ W h for b + Σ W h."""
    node = editor.node
    if not isinstance(node, Product) or len(node.items) > 8:
        return
    for item in node.items[1:]:
        if not item.operator:
            place = Span(item.node.span.start, item.node.span.start)
            before = editor.source.text[place.start - 1]
            yield editor.edited("D213", (place, "+ " if before == " " else " + "))


def factors(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One factor less, or a fraction without what stands below it."""
    for product in _products(editor):
        for n, item in enumerate(product.items):
            if isinstance(item.node, BigOperator):  # a sum too many is another slip
                continue
            last = n + 1 if _is_applied(editor, product, n, vocabulary) else n
            if n == 0 and last + 1 < len(product.items):
                gap = Span(item.node.span.start, product.items[last + 1].node.span.start)
            elif n > 0:
                gap = Span(product.items[n - 1].node.span.end, product.items[last].node.span.end)
            else:
                continue
            yield editor.edited("D210" if _is_constant(item.node) else "D206", (gap, ""))
    for node in editor.values():
        if isinstance(node, Fraction):
            code = "D210" if _is_constant(node.denominator) else "D206"
            yield editor.edited(code, (node.span, editor.text_of(node.numerator)))


def _is_applied(editor: Editor, product: Product, n: int, vocabulary: Vocabulary) -> bool:
    """Whether item n is a function with its argument in the next one, as g' (a_k)."""
    node = product.items[n].node
    if n + 1 == len(product.items) or not _is_argument(product.items[n + 1]):
        return False
    base = node.base
    return (bool(node.primes)) or editor.text_of(base) in vocabulary.functions


def _is_constant(node: Node) -> bool:
    if isinstance(node, Fraction):
        return _is_constant(node.numerator) and _is_constant(node.denominator)
    return isinstance(node, Number)
