"""What stands above and below a value beyond its slots: powers, transposes, entries of brackets, norms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.algebra.build import mul, sum_over
from derive.algebra.expr import Expr, Num, Pow
from derive.algebra.functions import call
from derive.algebra.index import Lin, Range, fresh, lin
from derive.errors import LatexError
from derive.names.indices import expand_nested, parts
from derive.notation.signs import COUNTING_BRACKETS, ELEMENTWISE, INVERSES, PERHAPS_TRANSPOSES
from derive.reader.syntax import Additive, Group, Node, Number, Product, walk
from derive.typing.ceiling import Reason, only_proves
from derive.typing.chains import chain_of
from derive.typing.context import Context
from derive.typing.contraction import elementwise, multiply
from derive.typing.lists import one_index
from derive.typing.names import entry_of
from derive.typing.quantifiers import speaks_of_values
from derive.typing.tensor import Tensor, scalar, transpose

TWO = Num(Fraction(2))
HALF = Num(Fraction(1, 2))


def postfix(value: Tensor, above: Sequence[Node], primes: int, ctx: Context, node: Node) -> Tensor:
    """Apply what stands above a value: transpose signs and powers, in order.

    Raises: LatexError for primes on what is no function; ShapeError for powers of arrays.
    """
    if primes:
        if primes > 1 or not value.axes or above:
            raise ctx.fault(f'"{ctx.text(node)}" has a prime, but is no function', node)
        ctx.log.note("a prime on an array is read as its transpose")
        ctx.log.limit(only_proves(Reason(f'"{ctx.text(node)}" may be another name', node.span)))
        return transpose(value)
    for piece in above:
        if _is_numbered(piece, node):
            message = f'a number in brackets above "{ctx.text(node)}" is no power'
            raise ctx.fault(message, piece, "a declared index, or a power without brackets")
        turned = piece.is_transpose and not _is_step_count(piece, value, ctx)
        turned = turned or _may_transpose(piece, value, ctx, node)
        value = transpose(value) if turned else power(value, piece, ctx, node)
    return value


def _is_numbered(piece: Node, node: Node) -> bool:
    """Return whether x^{(2)} or h^{[2]} counts examples or layers rather than raise to a power."""
    base = node.base
    if isinstance(base, Group) or base.key in (None, "e"):
        return False
    return isinstance(piece, Group) and piece.opening in COUNTING_BRACKETS and isinstance(piece.body, Number)


def _is_step_count(piece: Node, value: Tensor, ctx: Context) -> bool:
    """Return whether the T above a square matrix is read as the number of steps, where the model has such a T."""
    if piece.key != "T" or ctx.table.sizes.get("T") != 0 or not _is_square(value):
        return False
    return ctx.choice("steps") == "power"


def _may_transpose(piece: Node, value: Tensor, ctx: Context, node: Node) -> bool:
    """Return whether t, *, H, † above an array transposes it, as nothing says that it is a name.

    A matrix with different numbers of rows and columns has no power; of others, and W^* may be another name, a formula
    can only be proved.
    """
    sign = piece.text
    if sign not in PERHAPS_TRANSPOSES or not value.axes or value.special or len(value.axes) > 2:
        return False
    table = ctx.table
    counts = sign in ctx.indices or ctx.counts(sign) or sign in table.sizes or sign in table.ranges
    if counts or table.candidates(sign, sign):
        return False
    ctx.log.note(f"{sign} above an array is read as its transpose")
    if sign != "t" or len(value.axes) == 1 or _is_square(value):
        ctx.log.limit(only_proves(Reason(f'"{ctx.text(node)}" may be something else than a transpose', node.span)))
    return True


def _is_square(value: Tensor) -> bool:
    return len(value.axes) == 2 and not value.special and value.axes[0].range == value.axes[1].range


def power(value: Tensor, exponent: Node, ctx: Context, node: Node) -> Tensor:
    """Return value^exponent; of a vector, or with ^{\\odot 2}, entry by entry; of a square matrix its product.

    An array in the exponent is taken entry by entry: e^{a}.
    Raises: ShapeError where the shapes do not fit.
    """
    inner = exponent
    if isinstance(inner, Product) and inner.items and inner.text.startswith(tuple(ELEMENTWISE)):
        items = inner.items[1:] if inner.items[0].node.text in ELEMENTWISE else inner.items
        number = ctx.value(items[-1].node)
        return value.with_body(Pow(value.body, number.body))
    if len(value.axes) == 2 and inner.text in INVERSES:
        raise ctx.unsupported("the inverse of a matrix has no value here", node)
    count = _count(exponent, ctx) if _is_square(value) else None
    if count is not None:
        return repeated(value, count, ctx, node)
    is_count = inner.symbol or isinstance(inner, Additive)
    if len(value.axes) == 2 and not _is_square(value) and not value.special and is_count:
        return repeated(value, one_index(inner, ctx), ctx, node)
    if value.axes and isinstance(inner, Group) and _counts_examples(inner, ctx):
        return example(value, inner, ctx, node)
    if isinstance(inner, Group) and not isinstance(value.body, Num) and is_index(inner, ctx):
        message = f'"{inner.text}" above "{ctx.text(node)}" is no index that it has, and no power'
        raise ctx.fault(message, exponent, "a name declared with this index, or a power without brackets")
    raised = _with_indices(exponent, ctx).value(exponent)
    if value.special or raised.special:
        raise ctx.fault("a power of the identity", node)
    if len(value.axes) == 2:
        return matrix_power(value, raised, ctx, node)
    if raised.axes and not value.axes:
        return raised.with_body(raise_to(value.body, raised.body))
    if raised.axes:
        return elementwise(value, raised, ctx, node, raise_to, "^")
    return value.with_body(raise_to(value.body, raised.body))


def _with_indices(exponent: Node, ctx: Context) -> Context:
    """Return the context in which the letters of an exponent are numbers that were met as indices before: x_n^k beside
    w_k."""
    letters = {inner.letter for inner in walk(exponent) if inner.letter}
    counted = {letter for letter in letters if ctx.counts(letter) and not ctx.table.candidates(letter, letter)}
    return replace(ctx, free=ctx.free | counted) if counted else ctx


def repeated(value: Tensor, times: Lin, ctx: Context, node: Node) -> Tensor:
    """Return M^n for a number n that stands open: the product of n factors M, the identity for n = 0.

    Raises: ShapeError if the matrix is not square.
    """
    if not ctx.same_range(value.axes[0].range, value.axes[1].range):
        raise ctx.misfit(f"the power {ctx.text(node)} of {ctx.shape(value)}", node)
    below = Lin(tuple((atom, -c) for atom, c in times.terms if c < 0))
    steps, descending = Range(below + 1, times + below), ctx.choice("repeated") == "falling"
    return chain_of(value.renamed(), fresh("n"), steps, ctx, node, descending=descending)


def is_index(above: Group, ctx: Context) -> bool:
    """Return whether brackets above hold what would be an index: x^{(2)} and h^{[l]} are no powers; p^{(1 - y)} is."""
    tokens = [token for group in parts(above.body) for token in group]
    if above.opening not in COUNTING_BRACKETS or any(
        token.kind not in {"letter", "number", "sign"} for token in tokens
    ):
        return False
    letters = [token.text for token in tokens if token.kind == "letter"]
    return not any(ctx.table.candidates(letter, letter) for letter in letters if letter not in ctx.indices)


def _counts_examples(above: Group, ctx: Context) -> bool:
    """Return whether brackets above hold an index, as in Σ_i Z^{(i)}, and no number and no declared name."""
    letters = [token.text for group in parts(above) for token in group if token.kind == "letter"]
    known = all(letter in ctx.indices or not ctx.table.candidates(letter, letter) for letter in letters)
    return above.opening == "(" and bool(letters) and known


def example(value: Tensor, above: Group, ctx: Context, node: Node) -> Tensor:
    """Return Z^{(i)}, what an array has for example i: an entry of a vector, a column or a row of a matrix, as the
    reading says."""
    place = one_index(above.body, ctx)
    value = value.renamed()
    if value.is_vector:
        ctx.use(place, value.axes[0].range, "unit", node)
        return Tensor((), value.at(place))
    if len(value.axes) != 2:
        raise ctx.fault(f"{ctx.text(node)} is no example of {ctx.shape(value)}", node, "a matrix with an example each")
    column = ctx.choice("examples") == "columns"
    kept, counted = value.axes if column else value.axes[::-1]
    ctx.use(place, counted.range, "unit", node)
    chosen = (lin(kept.index), place) if column else (place, lin(kept.index))
    return Tensor((kept,), value.at(*chosen), "col" if column else "free")


def matrix_power(value: Tensor, exponent: Tensor, ctx: Context, node: Node) -> Tensor:
    """Return M^2 or M^3 as a product; of a matrix that is not square entry by entry, which is noted."""
    body = exponent.body
    if not exponent.is_scalar or not isinstance(body, Num) or body.value.denominator != 1 or not 1 < body.value < 5:
        raise ctx.unsupported(f"the power {ctx.text(node)} of a matrix is not supported", node)
    if value.axes[0].range != value.axes[1].range or ctx.choice("powers") == "entries":
        ctx.log.note("the power of a matrix is taken entry by entry")
        return value.with_body(Pow(value.body, body))
    result = value
    for _ in range(int(body.value) - 1):
        result = multiply(result, value, ctx, node)
    return result


def _count(exponent: Node, ctx: Context) -> Lin | None:
    """Return an exponent that counts steps, such as t - k; None for a number, and for anything with a variable."""
    if speaks_of_values(exponent, ctx):
        return None
    try:
        count = one_index(exponent, ctx)
    except LatexError:
        return None
    return None if count.is_const else count


def raise_to(base: Expr, exponent: Expr) -> Expr:
    """Return base^exponent; e^x is exp(x)."""
    if base == call("exp", Num(Fraction(1))):
        return call("exp", exponent)
    return Pow(base, exponent)


def scripted_group(node: Node, ctx: Context) -> Tensor:
    """Return the value of brackets with scripts: (W x)_i, (W^l)^T, \\|x\\|_2^2, (a - y)^2, (z)_+."""
    base = node.base
    if isinstance(base, Group) and base.opening in {r"\|", "|", r"\Vert", r"\lVert", "‖"} and base.opening != "|":
        return norm(base, node.sub, node.sup, ctx)
    value = ctx.value(base)
    if isinstance(base, Group) and base.opening in {"(", "["} and node.sub is not None and node.sub.text == "+":
        value = value.with_body(call("relu", value.body))
    elif node.sub is not None:
        value = entry_of(value, expand_nested(parts(node.sub), ctx), ctx, node)
    return postfix(value, node.powers, node.primes, ctx, node)


def absolute(value: Tensor, node: Node, ctx: Context) -> Tensor:
    """Return |x|: the absolute value of a number; of a vector that of its entries, or its length, as the reading says.

    Raises: LatexError for a square matrix, where the bars may stand for its determinant.
    """
    if value.special or (len(value.axes) == 2 and value.axes[0].range == value.axes[1].range):
        raise ctx.unsupported("bars around a square matrix, which may stand for its determinant", node)
    if value.is_vector and ctx.choice("bars") == "norm":
        return scalar(Pow(total_of(value, mul(value.body, value.body), ctx), HALF))
    return value.with_body(call("abs", value.body))


def norm(group: Group, sub: Node | None, sup: Node | None, ctx: Context) -> Tensor:
    """Return a norm: ‖v‖² = Σ v_i², ‖W‖_F² = Σ W_ij², ‖v‖_1 = Σ |v_i|; without a square its root.

    ‖W‖_2² of a matrix is read as ‖W‖_F², which most texts mean by it, and can only be proved.
    """
    value = ctx.value(group.body)
    kind = "2" if sub is None else sub.text
    singular = kind == "2" and len(value.axes) > 1 and sub is not None
    if kind not in {"1", "2", "F", r"\mathrm{F}"} or (singular and (sup is None or sup.text != "2")):
        raise ctx.fault(f'cannot read the norm "{kind}"', group, "2 or 1 of a vector, F of a matrix")
    if singular:
        ctx.log.note("‖·‖_2² of a matrix is read as the sum of its squared entries")
        ctx.log.limit(only_proves(Reason("the norm 2 of a matrix may be its largest singular value", group.span)))
    if kind == "1":
        if len(value.axes) > 1:
            raise ctx.fault("the norm 1 of a matrix is not supported", group)
        total = total_of(value, call("abs", value.body), ctx)
        return scalar(total) if sup is None else power(scalar(total), sup, ctx, group)
    squares = total_of(value, mul(value.body, value.body), ctx)
    exponent = sup if sup is not None else None
    if isinstance(exponent, Number) and exponent.text == "2":
        return scalar(squares)
    root = scalar(Pow(squares, HALF))
    return root if sup is None else power(root, sup, ctx, group)


def total_of(value: Tensor, body: Expr, ctx: Context) -> Expr:
    """Return the sum of an expression over all axes of an array."""
    for axis in reversed(value.axes):
        body = sum_over(axis.index, ctx.fixed(axis.range), body)
    return body
