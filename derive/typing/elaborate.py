"""From syntax trees to typed values: one rule for each kind of node."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Rational

from derive.algebra.build import MINUS_ONE, mul
from derive.algebra.expr import ZERO, Expr, Num, Pow
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
    Text,
    Tuple,
)
from derive.typing import conditions, derivatives, matrices, powers, standard_names
from derive.typing.context import Context
from derive.typing.contraction import combine_terms, divide, elementwise, multiply
from derive.typing.evaluation import evaluated
from derive.typing.names import index_as_number, read_name, unknown
from derive.typing.products import product
from derive.typing.tensor import ArrayListError, Tensor, scalar

MAX_DIGITS = 30


def elaborate(node: Node, ctx: Context) -> Tensor:
    """Return the typed value of a syntax tree.

    Raises: LatexError where it cannot be read; ShapeError where the shapes do not fit.
    """
    if standard_names.is_bold_zero(node):
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
        case Accent() if standard_names.is_indicator_head(node):
            return standard_names.ones(None)
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
    """Return ⟨u, v⟩ = Σ u_i v_i, ⟨A, B⟩ = Σ A_ij B_ij of matrices, and ⟨∂L/∂u, ∂u/∂v⟩ summed over u.

    Raises: ShapeError if the shapes differ.
    """
    left, right = ctx.value(first), ctx.value(second)
    if left.is_scalar != right.is_scalar and not (left.special or right.special):
        raise ctx.misfit(f"{ctx.shape(left)} and {ctx.shape(right)} have no inner product", node)
    if left.is_vector and right.outer == 1 and len(right.axes) == 2:
        return multiply(left, right, ctx, node, tensors=True)
    if len(left.axes) < 2 or len(right.axes) < 2:
        return product(Product(node.span, (Item("", first), Item(r"\cdot", second))), ctx)
    both = elementwise(left, right, ctx, node, mul, ",")
    return scalar(powers.total_of(both, both.body, ctx))


def _script(node: Node, ctx: Context) -> Tensor:
    base = node.base
    if standard_names.is_indicator_head(base) and node.sub is None:
        return powers.postfix(standard_names.ones(None), node.pieces, node.primes, ctx, node)
    if base.scripted or isinstance(base, Matrix | Fraction | Annotated | Cases | Group | Product):
        if base.scripted and read_name(base, ctx) is None and standard_names.is_indicator_head(base.base):
            raise unknown(node, ctx)
        return powers.scripted_group(node, ctx)
    if derivatives.operator_of(node, ctx) is not None:
        return _lone(node, ctx)
    if (standard_names.is_indicator_head(base) or standard_names.is_number_one(base)) and node.sub is not None:
        return standard_names.indicated(node, ctx)
    if isinstance(base, Number):
        return powers.postfix(ctx.value(base), [node.sup] if node.sup is not None else [], node.primes, ctx, node)
    if base.key is None:
        return powers.scripted_group(node, ctx)
    return _name(node, ctx)


def _name(node: Node, ctx: Context) -> Tensor:
    bound = node.base.key in ctx.indices and node.sub is None and not node.primes
    if bound and (number := index_as_number(node.base, ctx)) is not None:  # whatever else the letter means elsewhere
        return powers.postfix(number, node.pieces, 0, ctx, node)
    own = standard_names.before_declared(node, ctx)
    if own is not None:
        return own
    named = read_name(node, ctx)
    if named is not None:
        return powers.postfix(named.value, named.rest, named.primes, ctx, node)
    standard = standard_names.undeclared(node, ctx)
    if standard is not None:
        return standard
    if node.scripted and node.sub is None:
        number = index_as_number(node.base, ctx)
        if number is not None and node.sup is not None:
            return powers.postfix(number, [node.sup], node.primes, ctx, node)
    number = index_as_number(node, ctx)
    if number is not None:
        return number
    raise unknown(node, ctx)
