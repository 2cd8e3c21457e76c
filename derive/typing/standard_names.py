"""What names mean that everybody writes: e, π, I, a bold 1 or 0, Kronecker's δ, one-hot vectors.

A declared name comes first, but for δ_{ij} and e^{z_i}, which may stand beside a declared δ_i or e.
"""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.build import fold
from derive.algebra.expr import ONE, Fun, Iverson, Num
from derive.algebra.functions import call
from derive.algebra.index import Index, Lin, Size, fresh, lin, size, upto
from derive.names.indices import cuts, index_value, parts
from derive.names.matching import fill, written
from derive.reader.syntax import Accent, Font, Name, Node, Number, Product, Relation
from derive.typing.conditions import indicator
from derive.typing.context import OPEN_LENGTH, Context
from derive.typing.functions import bracket_of
from derive.typing.powers import postfix
from derive.typing.tensor import Axis, Tensor, scalar

_IDENTITY = frozenset({"I", r"\mathbf{I}", r"\mathbb{I}", r"\boldsymbol{I}", r"\mathrm{I}"})
_INDICATES = _IDENTITY | {r"\chi", r"\mathcal{I}", r"\mathbf{1}"}
"""Letters of indicators, where a condition follows in brackets."""
STANDARD = frozenset({"e", r"\pi"}) | _IDENTITY
"""Names that mean something where nothing declares them."""


def before_declared(node: Node, ctx: Context) -> Tensor | None:
    """Return what a name means in spite of a declaration: Kronecker's δ, Euler's number, and a bold one-hot vector."""
    return _delta(node, ctx) or euler(node, ctx) or one_hot(node, None, ctx)


def _delta(node: Node, ctx: Context) -> Tensor | None:
    """Return δ_{ij} as Kronecker's where the model's δ has no two indices below, or the reading says so."""
    if not node.scripted or node.base.key != r"\delta" or node.sup is not None:
        return None
    value = kronecker(node, ctx)
    entries = ctx.table.candidates(r"\delta", r"\delta")
    if value is None or not entries:
        return None
    if any(entry.fixed_sub and fill(written(node, ctx), [entry], ctx) is not None for entry in entries):
        return None
    short = all(len(entry.sub) < 2 for entry in entries)
    return value if short or ctx.choice("delta") == "kronecker" else None


def kronecker(node: Node, ctx: Context) -> Tensor | None:
    """Return δ_{ij} as [i = j]; None if this is not Kronecker's δ."""
    return _equal(node, ctx) if node.base.symbol and node.sup is None else None


def _equal(node: Node, ctx: Context) -> Tensor | None:
    """Return whether the two indices below a name are the same, as a number; None where there are no two."""
    cut = next(cuts(parts(node.sub), 2), None)
    left, right = (index_value(segment, ctx) for segment in cut) if cut is not None else (None, None)
    return None if left is None or right is None else scalar(fold(Iverson("=", left, right)))


def euler(node: Node, ctx: Context) -> Tensor | None:
    """Return e^{z_i} as exp(z_i) where e is a declared name, an error say, that has no slot for what stands above."""
    if not node.scripted or node.sub is not None or node.primes or node.base.key != "e":
        return None
    entries = ctx.table.candidates("e", "e")
    pieces = node.pieces
    if not entries or len(pieces) != 1 or pieces[0].is_transpose or isinstance(pieces[0], Number):
        return None
    filled = fill(written(node, ctx), entries, ctx)
    if filled is not None and not filled.rest:
        return None
    if ctx.choice("euler") == "name" and filled is not None:
        return None
    ctx.log.note(f"{node.text} is taken for the exponential function")
    return postfix(scalar(call("exp", Num(Fraction(1)))), pieces, 0, ctx, node)


def undeclared(node: Node, ctx: Context) -> Tensor | None:
    """Return what some names mean unless they are declared: e, π, I, bold 1, Kronecker's δ."""
    key = node.base.key
    if node.scripted and key == r"\delta":
        return kronecker(node, ctx)
    above = list(node.powers) if node.sub is None else []
    if node.sub is not None:
        if key in _IDENTITY and node.sup is None:
            entry = _entry_of_identity(node, ctx)
            return Tensor((), ONE, "matrix", "identity") if entry is None else entry
        return None
    value: Tensor | None = None
    if key == "e":
        value = scalar(call("exp", Num(Fraction(1))))
    elif key == r"\pi":
        value = scalar(Fun("pi", ()))
    elif key in _IDENTITY and ctx.table.sizes.get(key) != 0:  # I may count something
        value = Tensor((), ONE, "matrix", "identity")
    elif is_indicator_head(node.base):
        value = ones(None)
    return None if value is None else postfix(value, above, 0, ctx, node)


def _entry_of_identity(node: Node, ctx: Context) -> Tensor | None:
    """Return I_{ij} as [i = j]; None where a size stands below, as in I_n and I_{n \\times n}."""
    letters = [token for group in parts(node.sub) for token in group]
    if len(letters) != 2 or any(token.kind != "letter" or token.text in ctx.table.sizes for token in letters):
        return None
    return _equal(node, ctx)


def ones(length: Lin | None) -> Tensor:
    """Return the column of ones of a length; where none is given it takes that of its neighbour."""
    index = fresh("i")
    end = size(f"{OPEN_LENGTH}{index.uid}") if length is None else length
    return Tensor((Axis(index, upto(end)),), ONE, "col")


def indicated(node: Node, ctx: Context) -> Tensor:
    """Return \\mathbf{1}_{(l=i)} as a number, or a vector of ones with its length below."""
    sub = node.sub if node.sub is not None else node
    inner = sub.inside
    if isinstance(inner, Relation):
        return indicator(inner, ctx)
    cut = next(cuts(parts(sub), 1), None)
    length = None if cut is None else index_value(cut[0], ctx)
    if length is not None and all(isinstance(atom, Size) for atom, _ in length.terms):
        return postfix(ones(length), node.pieces, node.primes, ctx, node)
    raise ctx.fault("cannot read this indicator", node, "a condition such as \\mathbf{1}_{(i=j)}")


def one_hot_letter(node: Node, argument: Node | None) -> str | None:
    """Return the letter of a one-hot vector e(\\ell) or e_\\ell; None for anything else."""
    turned = all(piece.is_transpose for piece in node.pieces)
    base, inner = (node.base, node.sub) if turned and argument is None else (node, argument)
    if base.plain != "e" or inner is None:
        return None
    tokens = [token for group in parts(inner) for token in group]
    return tokens[0].text if len(tokens) == 1 and tokens[0].kind in {"letter", "script"} else None


def label_of(side: Node, ctx: Context) -> str | None:
    """Return the letter of a whole side e(\\ell) or e_\\ell, where e is no declared name; None for anything else."""
    items = side.items if isinstance(side, Product) else ()
    group = bracket_of(items[1].node) if len(items) == 2 else None
    named = items[0].node if items else side
    if _is_declared(named.base, ctx) or named.sup is not None:
        return None
    return one_hot_letter(named, None if group is None else group.body)


def _is_declared(base: Node, ctx: Context) -> bool:
    """Return whether the e of e_c has another meaning; a number e, a loss, is none that a bold vector has."""
    entries = ctx.table.candidates(base.key, base.plain)
    is_bold = base.key != base.plain
    return any(entry.base == base.key or entry.params or not is_bold for entry in entries)


def one_hot(node: Node, argument: Node | None, ctx: Context) -> Tensor | None:
    """Return e(\\ell) as the column [i = ℓ] over the range of ℓ; None if ℓ is no label of the model."""
    letter = one_hot_letter(node, argument)
    if letter is None or _is_declared(node.base, ctx):
        return None
    value = ctx.letter(letter)
    label = value.atom
    if not isinstance(label, Index) or label not in ctx.table.labels:
        return None
    index = fresh("i")
    column = Tensor((Axis(index, ctx.table.labels[label]),), Iverson("=", lin(index), value), "col")
    return postfix(column, node.pieces, node.primes, ctx, node)


def is_number_one(node: Node) -> bool:
    """Return whether a node is the numeral 1."""
    return isinstance(node, Number) and node.text == "1"


def is_indicator_head(node: Node) -> bool:
    """Return whether a node is the 1 of an indicator: \\mathbf{1}, \\mathbb{1}, \\mathbb{I}, \\mathds{1}."""
    if isinstance(node, Name):
        return node.word == "1" or (node.letter == "I" and node.fonts[:1] == ("mathbb",) and not node.accents)
    if isinstance(node, Accent):
        inner = node.body
        return node.kind == "vec" and isinstance(inner, Number) and inner.text == "1"
    if not isinstance(node, Font):
        return False
    body = node.body
    return isinstance(body, Number) and body.text == "1"


def may_indicate(node: Node, ctx: Context) -> bool:
    """Return whether a letter that nothing declares is that of an indicator before a condition: I(i = j), χ(z > 0)."""
    key = node.key or ""
    return key in _INDICATES and not ctx.table.candidates(key, node.plain) and key not in ctx.table.functions


def is_bold_zero(node: Node) -> bool:
    """Return whether a node is the zero vector \\mathbf{0}, \\vec{0}, perhaps with its size below."""
    base = node.base if node.sup is None else node
    body = base.body if isinstance(base, Font | Accent) else None
    return isinstance(body, Number) and body.text == "0"
