"""Which letters of a model are indices: those with a range in `forward`, and those with a slot in `shapes`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from derive.models.lines import Line
from derive.names.indices import Token, parts
from derive.notation.commands import OVER_RANGES
from derive.notation.signs import ORDERS
from derive.reader.syntax import BigOperator, Dots, Group, Name, Node, Number, Product, Relation, Statement, Tuple, walk


def tokens_of(node: Node | None) -> list[Token]:
    """Return the tokens of a script without its commas and brackets."""
    return [t for group in parts(node) for t in group if t.kind not in {"bracket", "end"}]


def letters_in(node: Node | None) -> set[str]:
    return {token.text for token in tokens_of(node) if token.kind == "letter"}


def quantified_letters(statements: Iterable[Statement]) -> set[str]:
    """Return the letters that conditions and sums give a range."""
    found: set[str] = set()
    for statement in statements:
        for condition in statement.conditions:
            found |= _ranged(condition)
        for node in walk(statement.body):
            if isinstance(node, BigOperator) and node.below is not None:
                found |= _bound(node.below)
    return found


def _ranged(condition: Node) -> set[str]:
    """Return the letters in the middle of 1 ≤ k ≤ L, or to the left of k = 1, …, L and i ∈ {…}."""
    if isinstance(condition, Tuple):
        return {letter for item in condition.items for letter in _ranged(item)}
    if isinstance(condition, Relation):
        if len(condition.links) >= 2:
            return {letter for link in condition.links[:-1] for letter in letters_in(link.node)}
        order = ORDERS.get(condition.links[0].operator)
        side = condition.links[0].node if order is not None and order.smaller == "right" else condition.first
        return letters_in(side) or letters_in(condition.links[0].node)
    return letters_in(condition)


def _bound(sub: Node) -> set[str]:
    if isinstance(sub, Tuple):
        return {letter for item in sub.items for letter in _bound(item)}
    if isinstance(sub, Relation):
        return letters_in(sub.first) if len(sub.links) == 1 else letters_in(sub.links[0].node)
    return letters_in(sub)


def slot_letters(line: Line) -> set[str]:
    """Return the letters that a shape shares between a name and its sizes: the k of W_k ∈ ℝ^{n_k × n_{k-1}}."""
    found: set[str] = set()
    for statement in line.statements:
        body = statement.body
        if not isinstance(body, Relation):
            continue
        names = {letter for node in walk(body.first) if node.scripted for letter in _script_letters(node)}
        sizes: set[str] = set()
        for link in body.links:
            for node in walk(size_part(link.node) or link.node):
                if node.scripted:
                    sizes |= _script_letters(node)
        found |= names & sizes
    return found


def _script_letters(node: Node) -> set[str]:
    return letters_in(node.sub) | (letters_in(node.sup) if node.sup is not None else set())


def size_part(node: Node) -> Node | None:
    """Return the exponent of ℝ^{…}, which lists the sizes; None for ℝ alone. Any base of sets is taken."""
    return node.sup


def is_set_of_reals(node: Node) -> bool:
    """Return whether a node is ℝ, perhaps with sizes, or another set of numbers."""
    base = node.base
    if isinstance(base, Name) and base.fonts in {("mathbb",), ("mathbf",)}:
        return base.letter in {"R", "N", "Z"}
    return base.symbol in {r"\R", "R", r"\reals", r"\Reals"}


def upper_limits(statements: Iterable[Statement]) -> set[str]:
    """Return the letters that end the ranges of conditions and sums: L, T, N, q."""
    return {letter for end, ranged in _ends(statements) for letter in _end_letters(end) - ranged}


def named_limits(statements: Iterable[Statement], letters: set[str]) -> set[str]:
    """Return the ends of ranges that are a letter with a name below, n_H; `letters` are indices and depths."""
    ends = [end for end, _ in _ends(statements) if end.scripted and end.sup is None]
    below = [(end.text, tokens_of(end.sub)) for end in ends]
    return {
        text
        for text, tokens in below
        if tokens and all(token.kind == "letter" and token.text not in letters for token in tokens)
    }


def _ends(statements: Iterable[Statement]) -> Iterator[tuple[Node, set[str]]]:
    """Yield what stands at the ends of conditions, with the letters that these give a range, and above sums."""
    for statement in statements:
        for condition in statement.conditions:
            if isinstance(condition, Relation):
                ranged = _ranged(condition)
                yield from ((end, ranged) for end in (condition.first, condition.links[-1].node))
        for node in walk(statement.body):
            if isinstance(node, BigOperator) and node.above is not None and node.kind.lstrip("\\") in OVER_RANGES:
                yield node.above, set()


def _end_letters(node: Node) -> set[str]:
    if isinstance(node, Tuple):
        return _end_letters(node.items[-1])
    if isinstance(node, Product) and len(node.items) > 1:
        return _end_letters(node.items[-1].node)
    if isinstance(node, Group):
        return _end_letters(node.body)
    return letters_in(node) if not isinstance(node, Number) else set()


def shifted_letters(statements: Iterable[Statement]) -> set[str]:
    """Return the letters that occur with ±1 in an index, as those that count layers and time steps do."""
    found: set[str] = set()
    for statement in statements:
        for node in walk(statement.body):
            if node.scripted:
                for script in (node.sub, node.sup):
                    found |= _shifted(script)
    return found


def _shifted(script: Node | None) -> set[str]:
    found: set[str] = set()
    for group in parts(script):
        for before, sign in pairwise(group):
            if sign.kind == "sign" and before.kind == "letter":
                found.add(before.text)
    return found


def depth_letters(shapes: Iterable[Statement], statements: Iterable[Statement], layers: set[str]) -> list[str]:
    """Return the capital letters that stand where layers are counted: the L of h_L beside h_k ∈ ℝ^{n_k}."""
    shapes = list(shapes)
    declared = [node for statement in shapes for node in _scripts(_first_of(statement))]
    every = [node for statement in shapes for node in _scripts(statement.body)]
    slots = {(n.base.key, place) for n in every for place in (0, 1) if letters_in(_at(n, place)) & layers}
    found: dict[str, None] = {}
    for node in (*every, *(inner for statement in statements for inner in _scripts(statement.body))):
        for place in (0, 1):
            letters = letters_in(_at(node, place))
            letter = next(iter(letters), "")
            alone = len(letters) == 1 and len(letter) == 1 and letter.isupper() and letter not in layers
            if alone and (node.base.key, place) in slots and node not in declared:
                found[letter] = None
    return list(found)


def _first_of(statement: Statement) -> Node:
    body = statement.body
    return body.first if isinstance(body, Relation) else body


def _scripts(node: Node) -> list[Node]:
    return [inner for inner in walk(node) if inner.scripted]


def _at(node: Node, place: int) -> Node | None:
    """Return what stands below a base, or above it unless it is a transpose sign."""
    if place == 0:
        return node.sub
    pieces = [piece for piece in node.pieces if not piece.is_transpose]
    return pieces[0] if len(pieces) == 1 else None


def letters_on_arrays(line: Line, letters: set[str]) -> set[str]:
    """Return the index letters on names that have axes of their own: the t of h_t ∈ ℝ^H."""
    found: set[str] = set()
    for statement in line.statements:
        body = statement.body
        if isinstance(body, Relation) and size_part(body.links[-1].node) is not None:
            for node in _scripts(body.first):
                for script in (node.sub, *(piece.inside for piece in node.pieces)):
                    found |= letters_in(script) & letters
    return found


def letters_on_both_sides(statements: Iterable[Statement], shapes: Iterable[Statement]) -> set[str]:
    """Return the letters that a definition has below its left side and below an array with axes on its right that is
    declared with them: the w of s_w = u_w^T h beside u_w ∈ ℝ^d and s ∈ ℝ^V, which says how far it goes.

    The t of h_t and h_{t-1} without a range is one step.
    """
    statements, shapes = list(statements), list(shapes)
    whole = _whole_arrays(shapes)
    declared = {(node.base.plain, letter) for node in _array_names(shapes) for letter in letters_in(node.sub)}
    found: set[str] = set()
    for body in (statement.body for statement in statements):
        if isinstance(body, Relation) and len(body.links) == 1 and body.first.base.plain in whole:
            right = {
                (node.base.plain, letter) for node in _scripts(body.links[0].node) for letter in letters_in(node.sub)
            }
            found |= letters_in(body.first.sub) & {letter for _, letter in right & declared}
    return found - shifted_letters([*statements, *shapes])


def _whole_arrays(shapes: Iterable[Statement]) -> set[str]:
    """Return the names that are declared as arrays without an index."""
    found: set[str] = set()
    for body in (statement.body for statement in shapes):
        if isinstance(body, Relation) and size_part(body.links[-1].node) is not None:
            items = body.first.items if isinstance(body.first, Tuple) else (body.first,)
            found |= {item.base.plain for item in items if item.base.plain is not None and not item.scripted}
    return found


def _array_names(shapes: Iterable[Statement]) -> Iterator[Node]:
    for body in (statement.body for statement in shapes):
        if isinstance(body, Relation) and size_part(body.links[-1].node) is not None:
            yield from _scripts(body.first)


def slots_of_bases(
    statements: list[Statement], letters: set[str], layers: set[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the bases that carry layers below, layers above (with the bracket around them), and unit indices."""
    below: set[str] = set()
    above: set[str] = set()
    indexed: set[str] = set()
    for statement in statements:
        for node in walk(statement.body):
            plain = node.base.plain if node.scripted and not is_set_of_reals(node) else None
            if plain is None:
                continue
            texts = letters_in(node.sub)
            below |= {plain} if texts & layers else set()
            indexed |= {plain} if texts & (letters - layers) else set()
            for piece in node.pieces:
                inner, opening = piece.inside, piece.bracket
                if not piece.is_transpose and letters_in(inner) & layers:
                    above.add(plain + opening)
    return frozenset(below), frozenset(above), frozenset(indexed)


def counted_from_one(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the letter that a condition lets count from 1, with the name that it ends at: j = 1, …, p, or 1 ≤ j ≤ p."""
    links = node.links if isinstance(node, Relation) else ()
    if not isinstance(node, Relation) or not links:
        return
    target = links[0].node
    items = target.items if isinstance(target, Tuple) and links[0].operator == "=" and len(links) == 1 else ()
    listed = len(items) > 2 and isinstance(items[-2], Dots) and items[0].text == "1"
    bounded = len(links) == 2 and all(_at_most(link.operator) for link in links) and node.first.text == "1"
    letter, last = (node.first, items[-1]) if listed else (target, links[-1].node)
    if (listed or bounded) and letter.symbol and last.base.key is not None:
        yield letter.symbol, last


def _at_most(operator: str) -> bool:
    return operator in ORDERS and ORDERS[operator].smaller == "left" and not ORDERS[operator].strict
