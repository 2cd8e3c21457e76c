"""From syntax trees to typed values: one rule for each kind of node."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Rational

from derive.algebra.build import MINUS_ONE, fold, mul
from derive.algebra.expr import ONE, ZERO, Expr, Fun, Iverson, Num, Pow
from derive.algebra.functions import call
from derive.algebra.index import Lin, Size, fresh, size, upto
from derive.names.indices import cuts, index_value, parts
from derive.names.matching import fill, written
from derive.reader.syntax import (
    Accent,
    Additive,
    Annotated,
    BigOperator,
    Cases,
    Dots,
    Evaluated,
    Font,
    Fraction,
    Group,
    Item,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Text,
    Tuple,
)
from derive.typing import conditions, derivatives, heads, matrices, powers
from derive.typing.context import OPEN_LENGTH, Context
from derive.typing.contraction import combine_terms, divide, elementwise
from derive.typing.euler import euler
from derive.typing.evaluation import evaluated
from derive.typing.names import index_as_number, read_name, unknown
from derive.typing.products import product
from derive.typing.tensor import ArrayListError, Axis, Tensor, scalar

MAX_DIGITS = 30


def elaborate(node: Node, ctx: Context) -> Tensor:
    """Return the typed value of a syntax tree.

    Raises: LatexError where it cannot be read; ShapeError where the shapes do not fit.
    """
    if heads.is_bold_zero(node):
        return scalar(ZERO)
    match node:
        case Number(_, text):
            return _number(text, node, ctx)
        case Additive():
            return _additive(node, ctx)
        case Product():
            return product(node, ctx)
        case Fraction(_, numerator, denominator):
            if derivatives.operator_of(node, ctx) is not None:
                return _lone(node, ctx)
            return divide(ctx.value(numerator), ctx.value(denominator), ctx, node)
        case Root():
            return _root(node, ctx)
        case Group():
            return _group(node, ctx)
        case Annotated(_, body):
            return ctx.value(body)
        case Evaluated():
            return evaluated(node, ctx)
        case Matrix():
            return matrices.matrix(node, ctx)
        case Cases():
            return conditions.cases(node, ctx)
        case BigOperator():
            return _lone(node, ctx)
        case Node(scripted=True):
            return _script(node, ctx)
        case Accent(_, "underline", body):
            return ctx.value(body)
        case Accent() if heads.is_indicator_head(node):
            return ones(None)
        case Font() | Accent() | Name():
            return _name(node, ctx)
        case Relation():
            raise ctx.fault("a relation inside an expression", node, "an expression")
        case Text(_, content):
            raise ctx.fault(f'prose "{content.strip()}" inside a formula', node, "an expression")
        case Tuple():
            raise ctx.fault("a list without brackets", node, "one expression")
        case Dots():
            raise ctx.fault("cannot tell what the dots stand for", node)
    raise ctx.fault("an expression is missing", node, "an expression")


def _lone(node: Node, ctx: Context) -> Tensor:
    """Read an operator that stands alone, as a product of one item."""
    return product(Product(node.span, (Item("", node),)), ctx)


def _number(text: str, node: Node, ctx: Context) -> Tensor:
    if len(text) > MAX_DIGITS:
        raise ctx.fault("a number of so many digits", node)
    return scalar(Num(Rational(text.replace(",", ""))))


def _additive(node: Additive, ctx: Context) -> Tensor:
    if any(isinstance(term.node, Dots) for term in node.terms):
        return matrices.sum_with_dots(node, ctx)
    total: Tensor | None = None
    for term in node.terms:
        if term.sign not in {"+", "-"}:
            raise ctx.fault(f'cannot read the sign "{term.sign}"', term.node, "+ or -")
        sign = -1 if term.sign == "-" else 1
        value = ctx.value(term.node)
        if total is None:
            total = replace(value, body=_negative(value.body)) if sign < 0 else value
        else:
            total = combine_terms(total, value, sign, ctx, term.node)
    if total is None:
        raise ctx.fault("an empty sum", node)
    return total


def _negative(expr: Expr) -> Expr:
    return Num(-expr.value) if isinstance(expr, Num) else mul(MINUS_ONE, expr)


def _root(node: Root, ctx: Context) -> Tensor:
    body = ctx.value(node.body)
    if body.special or len(body.axes) > 1:
        raise ctx.unsupported(f"the root of {ctx.shape(body)}", node)
    degree = 2 if node.degree is None else int(node.degree.text) if node.degree.text.isdigit() else 0
    if not 1 < degree < 100:
        raise ctx.fault("cannot read the degree of the root", node)
    return body.with_body(Pow(body.body, Num(Rational(1, degree))))


def _group(node: Group, ctx: Context) -> Tensor:
    body = node.body
    match node.opening:
        case "(" | "[" if isinstance(body, Relation) and all(link.operator == r"\mid" for link in body.links):
            raise ArrayListError("parts side by side, with bars between them", ctx.source, node.span)
        case "[" if isinstance(body, Relation):
            return conditions.indicator(body, ctx)
        case "(" | "[" if isinstance(body, Tuple) or matrices.has_dots(body):
            return matrices.bracket_list(node, ctx)
        case "(" | "[":
            return ctx.value(body)
        case "|":
            return powers.absolute(ctx.value(body), node, ctx)
        case r"\|" | r"\Vert" | r"\lVert" | "‖":
            return powers.norm(node, None, None, ctx)
        case r"\{":
            return ctx.value(body)
        case r"\langle" if isinstance(body, Tuple) and len(body.items) == 2:
            return _inner_product(body.items[0], body.items[1], node, ctx)
    raise ctx.fault(f'cannot read the brackets "{node.opening}"', node)


def _inner_product(first: Node, second: Node, node: Node, ctx: Context) -> Tensor:
    """Return ⟨u, v⟩ = Σ u_i v_i, and ⟨A, B⟩ = Σ A_ij B_ij of matrices. Raises: ShapeError if the shapes differ."""
    left, right = ctx.value(first), ctx.value(second)
    if len(left.axes) < 2 or len(right.axes) < 2:
        return product(Product(node.span, (Item("", first), Item(r"\cdot", second))), ctx)
    both = elementwise(left, right, ctx, node, mul, ",")
    return scalar(powers.total_of(both, both.body, ctx))


def _script(node: Node, ctx: Context) -> Tensor:
    base = node.base
    if heads.is_indicator_head(base) and node.sub is None:
        return powers.postfix(ones(None), node.pieces, node.primes, ctx, node)
    if isinstance(base, Matrix | Fraction | Annotated | Cases | Group | Script | Product):
        if base.scripted and read_name(base, ctx) is None and heads.is_indicator_head(base.base):
            raise unknown(node, ctx)
        return powers.scripted_group(node, ctx)
    if derivatives.operator_of(node, ctx) is not None:
        return _lone(node, ctx)
    if (heads.is_indicator_head(base) or conditions.is_number_one(base)) and node.sub is not None:
        return _indicator(node, ctx)
    if isinstance(base, Number):
        return powers.postfix(ctx.value(base), [node.sup] if node.sup is not None else [], node.primes, ctx, node)
    if base.key is None:
        return powers.scripted_group(node, ctx)
    return _name(node, ctx)


def _indicator(node: Node, ctx: Context) -> Tensor:
    """Return \\mathbf{1}_{(l=i)} as a number, or a vector of ones with its length below."""
    sub = node.sub if node.sub is not None else node
    inner = sub.body if isinstance(sub, Group) else sub
    if isinstance(inner, Relation):
        return conditions.indicator(inner, ctx)
    cut = next(cuts(parts(sub), 1), None)
    length = None if cut is None else index_value(cut[0], ctx)
    if length is not None and all(isinstance(atom, Size) for atom, _ in length.terms):
        return powers.postfix(ones(length), node.pieces, node.primes, ctx, node)
    raise ctx.fault("cannot read this indicator", node, "a condition such as \\mathbf{1}_{(i=j)}")


def ones(length: Lin | None) -> Tensor:
    """Return the column of ones of a length; where none is given it takes that of its neighbour."""
    index = fresh("i")
    end = size(f"{OPEN_LENGTH}{index.uid}") if length is None else length
    return Tensor((Axis(index, upto(end)),), ONE, "col")


def _name(node: Node, ctx: Context) -> Tensor:
    own = _kronecker(node, ctx) or euler(node, ctx)
    if own is not None:
        return own
    named = read_name(node, ctx)
    if named is not None:
        return powers.postfix(named.value, named.rest, named.primes, ctx, node)
    base = node.base
    vector = conditions.one_hot(node, None, ctx)
    if vector is not None:
        return vector
    special = _special(node, base, ctx)
    if special is not None:
        return special
    if node.scripted and node.sub is None:
        number = index_as_number(base, ctx)
        if number is not None and node.sup is not None:
            return powers.postfix(number, [node.sup], node.primes, ctx, node)
    number = index_as_number(node, ctx)
    if number is not None:
        return number
    raise unknown(node, ctx)


def _kronecker(node: Node, ctx: Context) -> Tensor | None:
    """Return δ_{ij} as Kronecker's where the model's δ has no two indices below, or the reading says so."""
    if not node.scripted or node.base.key != r"\delta" or node.sup is not None:
        return None
    value = conditions.kronecker(node, ctx)
    entries = ctx.table.candidates(r"\delta", r"\delta")
    if value is None or not entries:
        return None
    if any(entry.fixed_sub and fill(written(node, ctx), [entry], ctx) is not None for entry in entries):
        return None
    short = all(len(entry.sub) < 2 for entry in entries)
    return value if short or ctx.choice("delta") == "kronecker" else None


def _entry_of_identity(node: Node, ctx: Context) -> Tensor | None:
    """Return I_{ij} as [i = j]; None where a size stands below, as in I_n and I_{n \\times n}."""
    groups = parts(node.sub)
    letters = [token for group in groups for token in group]
    if len(letters) != 2 or any(token.kind != "letter" or token.text in ctx.table.sizes for token in letters):
        return None
    cut = next(cuts(groups, 2), None)
    left, right = (index_value(segment, ctx) for segment in cut) if cut is not None else (None, None)
    return None if left is None or right is None else scalar(fold(Iverson("=", left, right)))


def _special(node: Node, base: Node, ctx: Context) -> Tensor | None:
    """Return what some names mean unless they are declared: e, π, I, bold 1, Kronecker's δ."""
    key = base.key
    if node.scripted and key == r"\delta":
        return conditions.kronecker(node, ctx)
    above = list(node.powers) if node.scripted and node.sub is None else []
    if node.sub is not None:
        if key in {"I", r"\mathbf{I}", r"\mathbb{I}", r"\boldsymbol{I}", r"\mathrm{I}"} and node.sup is None:
            entry = _entry_of_identity(node, ctx)
            return Tensor((), ONE, "matrix", "identity") if entry is None else entry
        return None
    value: Tensor | None = None
    if key == "e":
        value = scalar(call("exp", Num(Rational(1))))
    elif key == r"\pi":
        value = scalar(Fun("pi", ()))
    elif key in {"I", r"\mathbf{I}", r"\mathbb{I}", r"\boldsymbol{I}", r"\mathrm{I}"}:
        value = Tensor((), ONE, "matrix", "identity")
    elif heads.is_indicator_head(base):
        value = ones(None)
    return None if value is None else powers.postfix(value, above, 0, ctx, node)
