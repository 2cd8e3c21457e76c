"""Derivatives as written: ∂u/∂v, ∂/∂v, ∇_v, d/dx, ∂_v. They stay formal; only axes are worked out here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from derive.algebra.differentiate import derivative, entry_delta, replace_variables
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, lin
from derive.errors import LatexError
from derive.names.table import Function, Orientation
from derive.reader.syntax import (
    Empty,
    Fraction,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Tuple,
    product_of,
    with_scripts,
)
from derive.typing.bare_variables import at_its_layer
from derive.typing.context import Context
from derive.typing.contraction import divide
from derive.typing.direct_partials import direct
from derive.typing.tensor import ArrayListError, Tensor, orientation_of, scalar, transpose

if TYPE_CHECKING:
    from derive.typing.products import Scanner

_SIGNS = frozenset({r"\partial", "d", r"\mathrm{d}", r"\dd"})


@dataclass(frozen=True, slots=True)
class Operator:
    """A derivative operator: by which variables, in this order; `nabla` keeps the variable's shape.

    `numerator` is what stands above the fraction bar; `order` is that of a bare ∇^2; `divisor` is what stands before
    the sign below the bar, as T in ∂u/(T ∂v); `turned` is ∇_v^T, a row; `straight` is d, which holds nothing fixed.
    """

    variables: tuple[Node, ...]
    node: Node
    nabla: bool = False
    numerator: Node | None = None
    order: int = 1
    divisor: Node | None = None
    turned: bool = False
    straight: bool = False


def operator_of(node: Node, ctx: Context) -> Operator | None:
    """Return the derivative that a node is or begins; None for any other node."""
    match node:
        case Fraction(_, numerator, denominator):
            return _fraction(node, numerator, denominator, ctx)
        case Name() if not node.word and _is(node, r"\nabla"):
            return Operator((), node, nabla=True)
        case Node(scripted=True, sub=None, sup=Node() as sup) if _is(node.base, r"\nabla") and sup.text == "2":
            return Operator((), node, nabla=True, order=2)
        case Node(scripted=True, sub=Node() as sub, sup=sup) if _is(node.base, r"\nabla"):
            if sup is not None and sup.is_transpose:
                return Operator((sub,), node, nabla=True, turned=True)
            order = 1 if sup is None else int(sup.text) if sup.text in {"2", "3"} else 0
            return Operator((sub,) * order, node, nabla=True) if order else None
        case Node(scripted=True, sub=Node() as sub, sup=None) if _is(node.base, r"\partial"):
            return Operator((sub,), node)
    return None


def _is(node: Node, name: str) -> bool:
    """Return whether a node is a sign, also a bold one or one with an arrow."""
    return node.plain == name


def _items(node: Node) -> tuple[Item, ...]:
    if isinstance(node, Product):
        return tuple(item for item in node.items if not isinstance(item.node, Empty))
    return () if isinstance(node, Empty) else (Item("", node),)


def _sign(node: Node) -> tuple[str, int] | None:
    """Return the differential sign and its order: ∂, ∂^2, d."""
    if node.sub is None and node.sup is not None:
        order = node.sup
        inner = _sign(node.base)
        if inner is not None and isinstance(order, Number) and order.text.isdigit():
            return inner[0], min(int(order.text), 9)
        return None
    key = node.key
    return (key, 1) if key in _SIGNS else None


def _fraction(node: Node, numerator: Node, denominator: Node, ctx: Context) -> Operator | None:
    """Read ∂u/∂v, ∂²u/∂v∂w, d/dx and the like; None if the fraction is none of these."""
    above, below = _items(numerator), _items(denominator)
    if not above or len(below) < 2 or above[0].operator:
        return None
    sign = _sign(above[0].node)
    begin = next((n for n, item in enumerate(below) if _sign(item.node) is not None), None)
    if sign is None or begin is None:
        return None
    before, below = list(below[:begin]), below[begin:]
    first = _sign(below[0].node)
    if first is None or sign[0] != first[0] or len(below) < 2:
        return None
    runs: list[list[Item]] = [[]]
    for item in below[1:]:
        if _sign(item.node) is not None and runs[-1]:
            runs.append([])
        else:
            runs[-1].append(item)
    variables = _variables([run for run in runs if run], sign[1])
    if variables is None:
        raise ctx.fault("the orders above and below the fraction differ", node)
    rest = above[1:]
    inner = product_of(rest) if rest else None
    divisor = product_of(before) if before else None
    return Operator(variables, node, numerator=inner, divisor=divisor, straight=sign[0] != r"\partial")


def _variables(runs: list[list[Item]], order: int) -> tuple[Node, ...] | None:
    """Return the variables below a fraction of an order: x, y of ∂x ∂y; x twice for ∂x^2; else None."""
    wholes = [product_of(run) for run in runs]
    if len(wholes) == order:
        return tuple(wholes)
    found: list[Node] = []
    for whole in wholes:
        bare, power = _without_power(whole)
        found.extend([bare] * power)
    return tuple(found) if len(found) == order else None


def _without_power(whole: Node) -> tuple[Node, int]:
    """Return the variable of ∂x^2 and how often it is taken."""
    order = whole.sup
    if isinstance(order, Number) and order.text.isdigit() and 1 < int(order.text) < 5:
        return with_scripts(whole.span, whole.base, whole.sub), int(order.text)
    return whole, 1


def apply(operator: Operator, scanner: Scanner) -> Tensor:
    """Return the derivative of the numerator, or of what the operator reaches over; ∇f^T of a scalar f lies, as ∇^T f
    does."""
    ctx, turned = scanner.ctx, operator.turned
    if operator.nabla and not operator.variables:
        return _bare_nabla(operator, scanner)
    if operator.numerator is not None:
        value = ctx.value(operator.numerator)
    elif operator.nabla and not scanner.rest and ctx.table.loss is not None:
        ctx.log.note(f"{ctx.text(operator.node)} is taken to be that of the loss")
        value = scalar(Var(ctx.table.loss))
    else:
        before = scanner.rest
        value = scanner.operand(narrow=ctx.reading["scope"] == "narrow")
        alone = operator.nabla and value.is_scalar and len(before) == len(scanner.rest) + 1
        turned ^= alone and any(piece.is_transpose for piece in before[0].node.pieces)
    for node in operator.variables:
        value = differentiate(
            value, _variable(node, value, operator, ctx), operator.nabla, ctx, operator.node, operator.straight
        )
    value = transpose(value) if turned else value
    return value if operator.divisor is None else divide(value, ctx.value(operator.divisor), ctx, operator.divisor)


def _variable(node: Node, value: Tensor, operator: Operator, ctx: Context) -> Tensor:
    """Return what is differentiated by; the a of ∇_a C, which says no layer, at the one of which C is a formula."""
    try:
        return _axes_of(node, ctx)
    except LatexError:
        found = at_its_layer(node, value, ctx) if operator.nabla else None
        if found is None:
            raise
        return found


def _bare_nabla(operator: Operator, scanner: Scanner) -> Tensor:
    """Return ∇W, the gradient of the loss by W; or ∇J(θ), that of J by its only argument, and ∇^2 J(θ)."""
    ctx = scanner.ctx
    if ctx.table.loss is None or not scanner.rest:
        raise ctx.fault("∇ of what, by what? write \\nabla_{…}", operator.node)
    node = scanner.items[scanner.at].node
    argument = _only_argument(scanner)
    if argument is not None:
        value = scanner.operand(narrow=True)
        for _ in range(operator.order):
            value = differentiate(value, argument, True, ctx, operator.node)
        return value
    if operator.order > 1:
        raise ctx.fault("∇ of what, by what? write \\nabla_{…}", operator.node)
    variable = scanner.operand(narrow=True)
    if variable.is_scalar:
        raise ctx.fault("∇ of a scalar: by what? write \\nabla_{…}", operator.node)
    ctx.log.note(f"∇{ctx.text(node)} is taken to be the gradient of the loss by {ctx.text(node)}")
    return differentiate(scalar(Var(ctx.table.loss)), variable, True, ctx, operator.node)


def _only_argument(scanner: Scanner) -> Tensor | None:
    """Return the θ of J(θ) that follows, where J is a scalar and θ a variable; None for anything else."""
    ctx = scanner.ctx
    head, rest = scanner.rest[0].node, scanner.rest[1:]
    group = rest[0].node if rest and not rest[0].operator else None
    if not isinstance(group, Group) or group.opening != "(" or group.body.key is None:
        return None
    try:
        value, argument = ctx.value(head), ctx.value(group.body)
    except LatexError:
        return None
    return argument if value.is_scalar and isinstance(argument.body, Var) else None


def _axes_of(node: Node, ctx: Context) -> Tensor:
    if isinstance(node, Tuple):
        raise ArrayListError("a gradient by several variables at once", ctx.source, node.span)
    return ctx.value(node)


def differentiate(
    value: Tensor, variable: Tensor, nabla: bool, ctx: Context, node: Node, total: bool = False
) -> Tensor:
    """Return ∂value/∂variable with the axes of both; ∇ of a name and what is `total` hold nothing fixed.

    A scalar by a variable: the variable's shape, or a row where the reading says so. A vector by a vector:
    dim(u) × dim(v) in numerator layout; in any, ∂u/∂vᵀ is that, and ∂uᵀ/∂v is dim(v) × dim(u), as ∇_v of a row is.
    Raises: LatexError if the variable is no entry of a variable.
    """
    value, variable = value.renamed(), variable.renamed()
    if variable.axes and not value.axes and variable.orientation == "col" and not nabla:
        ctx.log.choices.add("gradients")
    fixed = value.is_vector and variable.is_vector and {value.orientation, variable.orientation} == {"row", "col"}
    if value.axes and (variable.axes or value.orientation == "col") and not fixed:
        ctx.log.choices.add("jacobian")
    if not isinstance(variable.body, Var):
        raise ctx.fault("this is no variable that can be differentiated by", node)
    total = total or (nabla and isinstance(value.body, Var))
    held = None if total else direct(value.body, variable.body, ctx)
    body: Expr = Diff(value.body, variable.body) if held is None else held
    if not variable.axes:
        if value.is_vector and ctx.reading["jacobian"] == "denominator":
            return Tensor(value.axes, body, "row")
        return Tensor(value.axes, body, value.orientation, outer=len(value.axes))
    if not value.axes and len(variable.axes) == 2 and not nabla:
        turned = ctx.choice("matrices") == "transposed"
        return Tensor(variable.axes[::-1] if turned else variable.axes, body, variable.orientation, partial=True)
    if not value.axes:
        return Tensor(variable.axes, body, _gradient_orientation(variable, nabla, ctx), partial=not nabla)
    if value.orientation == "row" if fixed else ctx.reading["jacobian"] == "denominator":
        axes = (*variable.axes, *value.axes)
        return Tensor(axes, body, orientation_of(len(axes)))
    axes = (*value.axes, *variable.axes)
    return Tensor(axes, body, orientation_of(len(axes)), outer=len(value.axes))


def _gradient_orientation(variable: Tensor, nabla: bool, ctx: Context) -> Orientation:
    if variable.is_vector and ctx.reading["gradients"] == "row" and not nabla:
        return "row"
    return variable.orientation


def macro_slope(function: Function, entries: dict[str, Tensor], primes: int, ctx: Context) -> Tensor:
    """Return f'(x) for a function that the model defines by a formula: its derivative by the table, at x."""
    name = function.params[0]
    place = Var(f"argument of {function.name}")
    if function.body is None:
        raise ValueError("a macro has a body")
    body = ctx.with_values({name: scalar(place)}).value(function.body).body
    for _ in range(primes):
        body = derivative(body, place, entry_delta)
    return scalar(replace_variables(body, {place.name: entries[name].body}))


__all__ = ["Index", "Operator", "apply", "differentiate", "lin", "macro_slope", "operator_of"]
