"""What form a link has: which side names something new, sets something to a value, or goes on from itself."""

from __future__ import annotations

from derive.algebra.index import Size
from derive.errors import LatexError
from derive.names.indices import parts, size_value
from derive.names.table import SymbolTable
from derive.notation.signs import ORDERS
from derive.reader.syntax import (
    Additive,
    Cases,
    Dots,
    Evaluated,
    Fraction,
    Group,
    Matrix,
    Node,
    Number,
    Product,
    Relation,
    Text,
    Tuple,
    walk,
)
from derive.statements.left_sides import left_side
from derive.statements.pieces import Piece
from derive.statements.updates import words_on
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.differentials import SIGNS as DIFFERENTIALS
from derive.typing.heads import BUILTIN, head_of
from derive.typing.names import read_name
from derive.typing.standard_names import is_bold_zero, kronecker
from derive.typing.templates import same_tree


def says_on_what_it_depends(piece: Piece, ctx: Context) -> bool:
    """Return whether L = f(x, w) says on what L depends, and calls that f."""
    right = left_side(piece.right)
    applied = right is not None and right.arguments is not None and is_new(piece.right, ctx)
    named = right is not None and head_of(right.name, ctx, True) is None and left_side(piece.left) is not None
    return applied and named


def is_of_itself(piece: Piece, ctx: Context) -> bool:
    """Return whether both sides apply one declared function, f_w(x) = f_w(u), so that neither says what it is."""
    left = left_side(piece.left)
    if left is None or left.arguments is None or left.name.text not in ctx.table.functions:
        return False
    return any(same_tree(node, left.name) for node in walk(piece.right))


def is_prose(node: Node) -> bool:
    if isinstance(node, Text):
        return True
    return isinstance(node, Product) and all(isinstance(i.node, Text) for i in node.items)


def is_name(node: Node) -> bool:
    """Return whether a side is no more than a name or a number."""
    base = node.base
    return isinstance(node, Number) or (base.key is not None and base.key not in {r"\nabla", r"\partial"})


def is_zero(node: Node) -> bool:
    inner = node
    return (isinstance(inner, Number) and inner.text == "0") or is_bold_zero(inner)


def sets_to_zero(piece: Piece, ctx: Context) -> bool:
    """Return whether a side is set to 0 that is a gradient, or has no derivative in it: an equation to be solved.

    Nobody solves for a second derivative to vanish: that it is 0 is a claim. An input that is 0 is a value.
    """
    if not (is_zero(piece.right) or is_zero(piece.left)) or sets_input_to_zero(piece, ctx):
        return False
    node = piece.left if is_zero(piece.right) else piece.right
    inner = node.body if isinstance(node, Evaluated) else node
    fractions = [n for n in walk(inner) if isinstance(n, Fraction) and operator_of(n, ctx) is not None]
    nablas = [n for n in walk(inner) if n.letter == r"\nabla"]
    if not fractions and not nablas:
        return True
    first = inner.items[0].node if isinstance(inner, Product) and inner.items else inner
    operator = operator_of(first, ctx)
    if operator is not None and (operator.order > 1 or len(operator.variables) > 1):
        return False
    if isinstance(inner, Fraction):
        numerator = None if operator is None else operator.numerator
        return numerator is not None and _first_key(numerator) in ctx.table.heads
    return (inner.scripted or isinstance(inner, Product)) and bool(nablas) and not fractions


def sets_input_to_zero(piece: Piece, ctx: Context) -> bool:
    """Return whether an entry of an input is 0 in an example, y_i = 0."""
    if not is_zero(piece.right) or not piece.left.scripted:
        return False
    try:
        named = read_name(piece.left, ctx)
    except LatexError:
        return False
    return named is not None and named.entry is not None and not _is_defined(named.entry.name, ctx.table)


def _first_key(node: Node) -> str | None:
    return (node.items[0].node if isinstance(node, Product) else node).base.key


def size_of(node: Node, ctx: Context) -> Size | None:
    """Return the size that a side names, n or n_0; None where it is no size, or a variable has the same letter."""
    try:
        value = None if ctx.table.candidates(node.base.key, node.base.plain) else size_value(node, ctx)
    except LatexError:
        return None
    return value.atom if value is not None and isinstance(value.atom, Size) else None


def is_setting(piece: Piece, ctx: Context) -> bool:
    """Return whether a link sets an index, a size or an input to a value: k = 4, L = 3, n_0 = n_1, i = l, y = 1."""
    left, right = piece.left, piece.right
    if left.scripted and size_of(left, ctx) is not None:
        return isinstance(right, Number) or size_of(right, ctx) is not None
    if not left.symbol:
        return False
    if isinstance(right, Number):
        entries = ctx.table.candidates(left.symbol, left.symbol)
        return not entries or not all(e.body is None and _is_defined(e.name, ctx.table) for e in entries)
    if isinstance(right, Tuple) and any(isinstance(item, Dots) for item in right.items):
        return not ctx.table.candidates(left.symbol, left.symbol)
    tokens = [token for group in parts(right) for token in group]
    if not tokens or any(token.kind not in {"letter", "number", "sign"} for token in tokens):
        return False
    letters = [left.symbol, *(token.text for token in tokens if token.kind == "letter")]
    return all(not ctx.table.candidates(name, name) or ctx.table.sizes.get(name) == 0 for name in letters)


def equates_exponentials(piece: Piece) -> bool:
    """Return whether both sides have exponentials, e^u = Π_i e^{a_i x_i}, so that e is no name of its own."""
    sides = (walk(side) for side in (piece.left, piece.right))
    return all(any(map(_is_exponential, side)) for side in sides)


def _is_exponential(node: Node) -> bool:
    powers = node.base.key == "e" and node.sup is not None and node.sub is None and not isinstance(node.sup, Group)
    return powers or node.word == "exp"


def _is_power_of_e(name: Node, ctx: Context) -> bool:
    """Return whether a name is e to a power in which a variable of the model stands, e^{-H}, and no e of its own."""
    if name.base.key != "e" or name.sub is not None or name.sup is None or isinstance(name.sup, Group):
        return False
    letters = [node for node in walk(name.sup) if node.key is not None and not ctx.is_index(node.key)]
    return any(ctx.table.candidates(node.key, node.plain) for node in letters)


def is_own_transpose(piece: Piece) -> bool:
    """Return whether a link says that a whole array is its own transpose, A^T = A."""
    for turned, plain in ((piece.left, piece.right), (piece.right, piece.left)):
        pieces = turned.pieces
        if turned.sub is None and 0 < len(pieces) <= 2 and pieces[-1].is_transpose:
            rest = f"^{{{pieces[0].text}}}" if len(pieces) == 2 else ""
            if turned.base.text + rest == plain.text:
                return True
    return False


def is_root(piece: Piece) -> bool:
    """Return whether a link sets a name with arguments to zero, F(x) = 0."""
    left = left_side(piece.left)
    return left is not None and left.arguments is not None and piece.right.text == "0"


def is_case_of_delta(piece: Piece, ctx: Context) -> bool:
    """Return whether a link says what Kronecker's δ is in one case: δ_{ij} = 1, if i = j."""
    left, right = piece.left, piece.right
    if not left.scripted or left.base.key != r"\delta" or left.sup is not None:
        return False
    indices = [token for group in parts(left.sub) for token in group]
    is_case = isinstance(right, Number) and right.text in {"0", "1"} and len(indices) == 2
    return is_case and not ctx.table.candidates(r"\delta", r"\delta")


def says_step_by_sign(piece: Piece, ctx: Context) -> bool:
    """Return whether a text calls the step from 0 to 1 a sign: sign(u) = 1 for u >= 0, and 0 otherwise."""
    left, right = left_side(piece.left), piece.right
    if left is None or left.key is None or not isinstance(right, Cases):
        return False
    said = ctx.table.functions.get(left.key)
    if said is not None and said.kind != "macro":
        return False  # it is the model's
    known = BUILTIN.get(left.key) or BUILTIN.get(left.name.base.plain or "")
    letter = left.given[0].symbol if len(left.given) == 1 else ""
    if known is None or known.name != "sign" or not letter or len(right.rows) != 2:
        return False
    values = {_side_of_zero(when, letter): value.text for value, when in right.rows if isinstance(value, Number)}
    return values in ({"right": "1", "": "0"}, {"right": "1", "left": "0"}, {"left": "0", "": "1"})


def _side_of_zero(when: Node | None, letter: str) -> str:
    """Return "right" for u > 0 and u >= 0, "left" for their opposites, and "" for what is no such condition."""
    if not isinstance(when, Relation) or len(when.links) != 1 or when.first.symbol != letter:
        return ""
    order, other = ORDERS.get(when.links[0].operator), when.links[0].node
    return order.smaller if order is not None and isinstance(other, Number) and other.text == "0" else ""


def lists_partials(piece: Piece, ctx: Context) -> bool:
    """Return whether a link says what ∇f is: the list of the partial derivatives of f, [∂f/∂x, ∂f/∂y]."""
    left, right = piece.left, piece.right
    items = left.items if isinstance(left, Product) else ()
    if len(items) != 2 or items[1].operator or items[0].node.symbol != r"\nabla":
        return False
    if isinstance(right, Matrix):
        entries = [entry for row in right.rows for entry in row]
    else:
        body = right.inside
        entries = list(body.items) if isinstance(body, Tuple) else []
    operators = [operator_of(entry, ctx) for entry in entries if isinstance(entry, Fraction)]
    if len(operators) < len(entries) or len(entries) < 2:
        return False
    of_same = [o is not None and o.numerator is not None and same_tree(o.numerator, items[1].node) for o in operators]
    return all(of_same)


def _is_defined(name: str, table: SymbolTable) -> bool:
    return name in table.heads or name == table.loss


def is_new(node: Node, ctx: Context) -> bool:
    """Return whether a left side is a name that nothing declares."""
    left = left_side(node)
    if left is None:
        return False
    key = left.key
    inner = left.name
    base = inner.base
    plain = base.plain
    if key is None or key in BUILTIN or key in ctx.values or key in DIFFERENTIALS or _is_power_of_e(inner, ctx):
        return False
    if key in ctx.table.sizes and (ctx.table.sizes[key] > 0) == inner.scripted:
        return False
    function = ctx.table.functions.get(key) or ctx.table.functions.get(plain or "")
    if function is not None and not (inner.sub is not None and not function.layers):
        return False
    if function is not None and function.kind in {"softmax", "log_softmax"} and left.arguments is not None:
        return False
    whole = ctx.table.functions.get(inner.text)
    if inner.primes or (whole is not None and (whole.kind == "macro" or left.arguments is not None)):
        return False
    words = words_on(left.name)
    if words:
        known = [text for entry in ctx.table.candidates(key, plain) for text in (*entry.fixed_sub, *entry.fixed_sup)]
        return not set(words) <= set(known)
    if isinstance(base, Number) or key in {r"\nabla", r"\partial", "d"}:
        return False
    if left.arguments is not None and any(entry.arguments for entry in ctx.table.candidates(key, plain)):
        return False
    if not ctx.table.candidates(key, plain):
        delta = inner.scripted and key == r"\delta" and kronecker(inner, ctx) is not None
        return not (delta and left.arguments is not None)
    try:
        return read_name(left.name, ctx) is None
    except LatexError:
        numbered = all(e.fixed_sub or e.fixed_sup for e in ctx.table.candidates(key, plain))
        return left.arguments is not None or numbered


def is_assignment(piece: Piece, ctx: Context) -> bool:
    """Return whether a right side begins with the left side, or scales it, w = (1 - ηλ) w; nobody scales an
    abbreviation such as δ_l, so that δ_l = (…) δ_l is a claim."""
    left = left_side(piece.left)
    if left is None or not starts_with(piece.right, piece.left):
        return False
    if left.arguments is not None and head_of(left.name, ctx, True) is not None:
        return False  # max(x) = max(x) + 1 sets nothing
    if isinstance(piece.right, Additive):
        return True
    entries = ctx.table.candidates(piece.left.base.key, piece.left.base.key)
    return not entries or any(entry.body is None for entry in entries)


def starts_with(right: Node, left: Node) -> bool:
    """Return whether a right side begins with the left side: W = W - η G."""
    if isinstance(right, Additive):
        if len(right.terms) < 2 or right.terms[0].sign != "+":
            return False
        return same_tree(right.terms[0].node, left)
    if isinstance(right, Product) and len(right.items) > 1:
        return isinstance(right.items[0].node, Group) and same_tree(right.items[-1].node, left)
    return False
