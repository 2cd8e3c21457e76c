"""What kind of statement each link of a chain makes: claim, definition, assignment, membership, condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.errors import LatexError
from derive.names.indices import parts
from derive.names.table import SymbolTable
from derive.notation.signs import COMPARES, DEFINES, NAMED
from derive.reader.syntax import (
    Additive,
    Dots,
    Empty,
    Evaluated,
    Fraction,
    Group,
    Matrix,
    Node,
    Number,
    Product,
    Relation,
    Statement,
    Text,
    Tuple,
    product_of,
    walk,
)
from derive.source import Span
from derive.statements.aliases import head_key, left_side
from derive.statements.numeric_examples import is_value
from derive.statements.updates import is_update, words_on
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.differentials import SIGNS as DIFFERENTIALS
from derive.typing.heads import BUILTIN, head_of
from derive.typing.names import read_name
from derive.typing.standard_names import is_bold_zero, kronecker
from derive.typing.templates import same_tree

Kind = Literal[
    "claim", "definition", "assignment", "membership", "condition", "equation", "value", "difference", "prose",
    "not-understood", "consequence", "solution",
]  # fmt: skip
"""A "difference" says that two sides are not the same. An "equation" is a side set to 0, a "value" one set to numbers:
a condition unless it can be proved. A "consequence" may be a multiple of such an equation, in one of several ways, so
may a "solution" be that is multiplied out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One link of a statement: `left operator right` over a span, with the sides that came before it in the chain."""

    left: Node
    operator: str
    right: Node
    span: Span
    earlier: tuple[Node, ...] = ()


def goes_on(statement: Statement) -> bool:
    """Return whether a statement begins with its sign and so goes on from the side before."""
    body = statement.body
    return isinstance(body, Relation) and isinstance(body.first, Empty)


def pieces(statement: Statement, previous: Node | None) -> list[Piece]:
    """Return the links of a statement; a line that begins with its sign continues the side before."""
    body = statement.body
    if not isinstance(body, Relation):
        return []
    first = previous if goes_on(statement) and previous is not None else body.first
    found: list[Piece] = []
    left, seen = first, [first]
    for link in body.links:
        start = link.operator_span if isinstance(left, Empty) or left is previous else left.span
        span = start | (body.span if len(body.links) == 1 else link.node.span)
        sign = NAMED.get(link.operator)
        if sign is not None and sign.turned:
            found.append(Piece(link.node, ":=", left, span, tuple(seen)))
        else:
            found.append(Piece(left, link.operator, link.node, span, tuple(seen)))
        left = link.node
        seen.append(left)
    return found


def split_matrix(side: Node) -> tuple[Node, Node] | None:
    """Return a matrix and what stands directly behind it, where that may begin an equation of its own."""
    if not isinstance(side, Product) or len(side.items) < 2:
        return None
    if not isinstance(side.items[0].node, Matrix) or side.items[1].operator:
        return None
    return side.items[0].node, product_of(side.items[1:])


def kind_of(piece: Piece, ctx: Context) -> Kind:
    """Return what a link states."""
    operator = piece.operator
    if _is_prose(piece.right) or _is_prose(piece.left):
        return "prose"
    if operator.startswith(r"\x"):
        return "definition"
    sign = NAMED.get(operator)
    if sign is None or sign.role in ("loose", "implies", "other"):
        return "condition" if operator in COMPARES else "prose"
    if sign.role == "member":
        return "membership"
    if sign.role in ("orders", "unequal"):
        return "condition"
    if operator in DEFINES and is_new(piece.left, ctx):
        return "definition"
    if sign.role == "assigns":
        gives_a_name = not sign.new or is_new(piece.right, ctx) or operator_of(piece.left, ctx) is None
        return "assignment" if gives_a_name else "claim"
    if is_setting(piece, ctx) or _is_case_of_delta(piece, ctx):
        return "condition"
    if _lists_partials(piece, ctx):
        return "definition"
    if _is_assignment(piece, ctx) or is_update(piece.left, piece.right, ctx):
        return "definition" if words_on(piece.left) else "assignment"
    if is_new(piece.left, ctx) and not _is_of_itself(piece, ctx):
        return "definition"
    if is_zero(piece.right) or is_zero(piece.left):
        return zero_kind(piece.left if is_zero(piece.right) else piece.right, ctx)
    if is_value(piece.left, piece.right, ctx):
        return "value"
    right = left_side(piece.right)
    applied = right is not None and right.arguments is not None and is_new(piece.right, ctx)
    if applied and right is not None and head_of(right.name, ctx, True) is None and left_side(piece.left) is not None:
        return "prose"  # L = f(x, w) says what L depends on, and calls that f
    return "claim"


def _is_of_itself(piece: Piece, ctx: Context) -> bool:
    """Return whether both sides apply one declared function, f_w(x) = f_w(u), so that neither says what it is."""
    left = left_side(piece.left)
    if left is None or left.arguments is None or left.name.text not in ctx.table.functions:
        return False
    return any(same_tree(node, left.name) for node in walk(piece.right))


def _is_prose(node: Node) -> bool:
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


def zero_kind(node: Node, ctx: Context) -> Kind:
    """Return what a side set to 0 says: an equation to be solved if it is a gradient, or has no derivative in it."""
    inner = node
    if isinstance(inner, Evaluated):
        inner = inner.body
    fractions = [n for n in walk(inner) if isinstance(n, Fraction) and operator_of(n, ctx) is not None]
    nablas = [n for n in walk(inner) if n.letter == r"\nabla"]
    if not fractions and not nablas:
        return "equation"
    if isinstance(inner, Fraction):
        operator = operator_of(inner, ctx)
        numerator = None if operator is None else operator.numerator
        return "equation" if numerator is not None and _first_key(numerator) in ctx.table.heads else "claim"
    alone = (inner.scripted or isinstance(inner, Product)) and bool(nablas) and not fractions
    return "equation" if alone else "claim"


def _first_key(node: Node) -> str | None:
    return head_key(node.items[0].node) if isinstance(node, Product) else head_key(node)


def is_setting(piece: Piece, ctx: Context) -> bool:
    """Return whether a link sets an index, a size or a single input to a number: k = 4, L = 3, i = l, y = 1."""
    left, right = piece.left, piece.right
    if left.scripted and isinstance(right, Number):
        return left.text in ctx.table.sizes and not ctx.table.candidates(left.base.key, left.base.plain)
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


def _is_case_of_delta(piece: Piece, ctx: Context) -> bool:
    """Return whether a link says what Kronecker's δ is in one case: δ_{ij} = 1, if i = j."""
    left, right = piece.left, piece.right
    if not left.scripted or left.base.key != r"\delta" or left.sup is not None:
        return False
    indices = [token for group in parts(left.sub) for token in group]
    is_case = isinstance(right, Number) and right.text in {"0", "1"} and len(indices) == 2
    return is_case and not ctx.table.candidates(r"\delta", r"\delta")


def _lists_partials(piece: Piece, ctx: Context) -> bool:
    """Return whether a link says what ∇f is: the list of the partial derivatives of f, [∂f/∂x, ∂f/∂y]."""
    left, right = piece.left, piece.right
    items = left.items if isinstance(left, Product) else ()
    if len(items) != 2 or items[1].operator or items[0].node.symbol != r"\nabla":
        return False
    if isinstance(right, Matrix):
        entries = [entry for row in right.rows for entry in row]
    else:
        body = right.body if isinstance(right, Group) else right
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
    key = head_key(left.name)
    inner = left.name
    base = inner.base
    plain = base.plain
    if key is None or key in BUILTIN or key in ctx.values or key in DIFFERENTIALS:
        return False
    if key in ctx.table.sizes and (ctx.table.sizes[key] > 0) == inner.scripted:
        return False
    function = ctx.table.functions.get(key) or ctx.table.functions.get(plain or "")
    if function is not None and not (inner.sub is not None and not function.layers):
        return False
    if function is not None and function.kind in {"softmax", "log_softmax"} and left.arguments is not None:
        return False
    if inner.primes:
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


def _is_assignment(piece: Piece, ctx: Context) -> bool:
    """Return whether a right side begins with the left side, or scales it, w = (1 - ηλ) w; nobody scales an
    abbreviation such as δ_l, so that δ_l = (…) δ_l is a claim."""
    left = left_side(piece.left)
    if left is None or not starts_with(piece.right, piece.left):
        return False
    if left.arguments is not None and head_of(left.name, ctx, True) is not None:
        return False  # max(x) = max(x) + 1 sets nothing
    if isinstance(piece.right, Additive):
        return True
    entries = ctx.table.candidates(head_key(piece.left), head_key(piece.left))
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
