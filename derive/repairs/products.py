"""Repairs of products: transposes, the order of factors, a factor more or less, a lost plus."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

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
    product_of,
)
from derive.repairs.editor import Candidate, Editor
from derive.repairs.shapes import SCALAR, Shape
from derive.repairs.vocabulary import Vocabulary
from derive.source import Span, squeeze


def transposes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """One factor transposed or not; a product transposed as a whole; two factors of a product at once."""
    products = {product: Typed.of(editor, product) for product in _products(editor)}
    inside = {item.node: (typed, n) for product, typed in products.items() for n, item in enumerate(product.items)}
    toggled = [(node, text) for node in _factor_nodes(editor) if (text := _toggled(editor, node, vocabulary))]
    toggled.sort(key=lambda pair: not _is_transposed(editor, pair[0]))
    for node, text in toggled:
        typed, n = inside.get(node, (None, 0))
        shape = editor.types.of(node)
        if typed.fits({n}) if typed else shape is None or editor.types.allow(shape, shape.transposed):
            yield editor.edited("D202", (node.span, text))
    for product, typed in products.items():
        factors = [_toggled(editor, item.node, vocabulary) for item in product.items]
        if len(factors) <= 3 and all(factors) and typed.fits({*range(len(factors))}, range(len(factors))[::-1]):
            yield editor.edited("D202", (product.span, r" \, ".join(reversed(factors))))
        for n, one in enumerate(factors):
            for m, two in enumerate(factors[:n]):
                if one and two and typed.fits({n, m}):
                    edits = ((product.items[n].node.span, one), (product.items[m].node.span, two))
                    yield editor.edited("D202", *edits)


@dataclass(frozen=True)
class Typed:
    """A product with the types of its factors, each with the items that it is written with, and the type that it has to
    have; no factors where the type of one is not known."""

    factors: tuple[tuple[range, Shape], ...]
    wanted: Shape | None

    @classmethod
    def of(cls, editor: Editor, product: Product) -> Typed:
        types, known = editor.types, not any(item.operator for item in product.items)
        terms = [term.node for term in editor.node.terms] if isinstance(editor.node, Additive) else [editor.node]
        wanted = types.left if product in terms else types.of(product) if types.fitting else None
        factors = [(places, _type(editor, product, places)) for places in _factors(editor, product)] if known else []
        typed = tuple((places, shape) for places, shape in factors if shape is not None)
        return cls(typed if len(typed) == len(factors) else (), wanted)

    def fits(self, turned: Collection[int], order: Sequence[int] | None = None) -> bool:
        """Return whether the product may have its type with the factors at some items transposed, in an order."""
        place = (lambda n: n) if order is None else list(order).index
        found: Shape | None = SCALAR
        for places, shape in sorted(self.factors, key=lambda factor: place(factor[0][0])):
            if found is not None:
                found = found.times(shape.transposed if any(n in turned for n in places) else shape)
        return not self.factors or (found is not None and (self.wanted is None or found.agrees(self.wanted)))


def _factors(editor: Editor, product: Product) -> Iterator[range]:
    """Yield the items of each factor: what stands before brackets may be a factor of its own, or a function."""
    for begin, end in _spans_of_units(product):
        head = product.items[begin].node
        alone = end - begin == 2 and not _is_operator(head) and editor.types.value(head) is not None
        yield from (range(begin, begin + 1), range(begin + 1, end)) if alone else (range(begin, end),)


def _type(editor: Editor, product: Product, places: range) -> Shape | None:
    """Return the type of a factor; a sum has that of what is behind it."""
    items = product.items[places.start : places.stop]
    if len(items) == 1:
        node = items[0].node
        return SCALAR if isinstance(node, BigOperator) and node.kind == "sum" else editor.types.of(node)
    return editor.types.of(product_of(items))


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
    pairs = (pair for node in editor.values if isinstance(node, Product) for pair in itertools.pairwise(node.items))
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
    for node in editor.values:
        if isinstance(node, Product):
            found.extend(item.node for item in node.items)
        elif isinstance(node, Additive):
            found.extend(term.node for term in node.terms if _is_factor(term.node))
    if _is_factor(editor.node):
        found.append(editor.node)
    return list(dict.fromkeys(found))


def _products(editor: Editor) -> Iterator[Product]:
    for node in editor.values:
        if isinstance(node, Product) and 2 <= len(node.items) <= 8:
            yield node


def orders(editor: Editor) -> Iterator[Candidate]:
    """Two neighbours exchanged, or all factors turned round; a number may stand anywhere, so that nothing changes."""
    for node in _products(editor):
        typed, units = Typed.of(editor, node), list(_spans_of_units(node))
        places = range(len(units))
        swapped = [(*places[:n], n + 1, n, *places[n + 2 :]) for n in places[:-1]]
        for order in [*swapped, places[::-1]] if len(units) > 2 else swapped:
            if typed.fits((), [n for place in order for n in range(*units[place])]):
                texts = (_unit(editor, node, units[place]) for place in order)
                yield editor.edited("D203", (node.span, r" \, ".join(texts)))


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
        typed, first = Typed.of(editor, node), len(node.items) - len(items)
        for order in itertools.permutations(range(len(pairs))):
            places = [*range(first), *(first + n for n in order)]
            for turns in itertools.product((0, 1), repeat=len(pairs)):
                turned = {first + n for n, turn in zip(order, turns, strict=True) if turn}
                changed = turned or places != sorted(places)
                if changed and typed.fits(turned, places):
                    texts = (pairs[n][turn] for n, turn in zip(order, turns, strict=True))
                    yield editor.edited("D203", (place, r" \, ".join(texts)))


def _unit(editor: Editor, node: Product, part: tuple[int, int]) -> str:
    return " ".join(editor.text_of(item.node) for item in node.items[slice(*part)])


def _spans_of_units(node: Product) -> Iterator[tuple[int, int]]:
    """Yield where the factors of a product begin and end among its items.

    What belongs together (∇ L, W ∇ L) stays together where the sign says so.
    """
    begin = 0
    for n, item in enumerate(node.items):
        if n > begin and not (_is_operator(node.items[n - 1].node) or _is_argument(item)):
            yield begin, n
            begin = n
    yield begin, len(node.items)


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
    for node in editor.values:
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
