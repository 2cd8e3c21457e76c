"""Functions and their application: f(x), f[x], f x, f'(x), softmax(o)_j, \\tanh^2(x), norms aside."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.algebra.build import MINUS_ONE, mul
from derive.algebra.expr import ONE, ZERO, Expr, Fun, Num, Pow, Var
from derive.algebra.functions import KNOWN, call
from derive.names.indices import expand_nested, parts
from derive.reader.syntax import Group, Node, Number, Tuple
from derive.typing.array_functions import ARRAY_FUNCTIONS, array_function, extreme, functional, single, softmax_of
from derive.typing.context import Context
from derive.typing.heads import Head, head_of
from derive.typing.library_functions import library_function
from derive.typing.names import entry_of
from derive.typing.powers import is_index, postfix
from derive.typing.tensor import Tensor, scalar

if TYPE_CHECKING:
    from derive.typing.products import Scanner


def bracket_of(node: Node) -> Group | None:
    """Return the brackets that a node is, or that its scripts stand on."""
    if node.scripted:
        node = node.base
    if isinstance(node, Group) and node.opening == r"\{" and isinstance(node.body, Tuple):
        return node
    return node if isinstance(node, Group) and node.opening in {"(", "["} else None


def application(head: Head, scanner: Scanner) -> Tensor:
    """Return a function applied to what follows it: brackets, or the next item where there are none."""
    ctx = scanner.ctx
    if scanner.next_is_argument():
        node = scanner.items[scanner.at].node
        scanner.at += 1
        group = bracket_of(node)
        if group is None:
            raise ctx.fault("an argument in brackets is missing", node)
        nodes = arguments(group)
        of_arrays = head.function.kind == "library"
        value = library_function(head, nodes, ctx) if of_arrays else applied(head, nodes, ctx)
        value = on_head(value, head, ctx)
        return scripted(value, node, ctx)
    if not scanner.rest or scanner.rest[0].operator or head.function.kind == "library":
        raise ctx.fault(f'"{ctx.text(head.node)}" needs an argument', head.node, "an argument")
    return on_head(call_on(head, [_juxtaposed(head, scanner)], ctx), head, ctx)


def arguments(group: Group) -> list[Node]:
    body = group.body
    return list(body.items) if isinstance(body, Tuple) else [body]


def _juxtaposed(head: Head, scanner: Scanner) -> Tensor:
    """Read an argument without brackets: one factor, and after a number the letters behind it (\\sin 2x).

    A logarithm may reach over brackets behind its argument, too, \\log p^y (1 - p)^{1 - y}, any function over letters
    and slashes.
    """
    first = scanner.rest[0].node
    factors = [scanner.factor()]
    if head.function.name == "log" and scanner.next_is_argument():
        while scanner.ctx.choice("logs") == "product" and scanner.next_is_argument():
            factors.append(scanner.factor())
    after_number = isinstance(first, Number)
    while (_letter_follows(scanner) and after_number) or (
        (_letter_follows(scanner) or _slash_follows(scanner)) and scanner.ctx.choice("argument") == "letters"
    ):
        factors.append(scanner.factor())
    from derive.typing.factors import combine

    return combine(factors, scanner.ctx, first)


def _letter_follows(scanner: Scanner) -> bool:
    """Return whether a letter that names no function stands directly behind."""
    if not scanner.rest or scanner.rest[0].operator:
        return False
    node = scanner.rest[0].node
    return (node.scripted or node.letter != "") and head_of(node, scanner.ctx, False) is None


def _slash_follows(scanner: Scanner) -> bool:
    """Return whether the argument may go on with a slash: \\ln x / y."""
    return bool(scanner.rest) and scanner.meaning(scanner.rest[0]) == "over"


def on_head(value: Tensor, head: Head, ctx: Context) -> Tensor:
    """Apply what is written on the function's name to its value: \\tanh^2(x), softmax_j(o), \\log_2 x."""
    if (base := _base_of(head)) is not None:
        value = value.with_body(mul(value.body, Pow(call("log", base), MINUS_ONE)))
    elif head.sub is not None:
        value = entry_of(value, expand_nested(parts(head.sub), ctx), ctx, head.node)
    if head.power is None:
        return value
    if head.power.is_transpose:
        return postfix(value, [head.power], 0, ctx, head.node)
    if isinstance(head.power, Group) and is_index(head.power, ctx):
        message = f'"{head.power.text}" on a function is no index that it has, and no power'
        raise ctx.fault(message, head.power, "a function declared with layers, or a power without brackets")
    exponent = ctx.value(head.power)
    if not exponent.is_scalar or exponent.body == MINUS_ONE:
        raise ctx.fault("an inverse function is not supported", head.node)
    return value.with_body(Pow(value.body, exponent.body))


def _base_of(head: Head) -> Num | None:
    """Return the number below a logarithm that is its base, log_b x = log x / log b; None where none stands there."""
    is_log = head.function.name == "log" and head.function.kind == "known" and head.sub is not None
    if not is_log or head.sub is None or not head.sub.text.isdigit() or int(head.sub.text) < 2:
        return None
    return Num(Fraction(int(head.sub.text)))


def scripted(value: Tensor, node: Node, ctx: Context) -> Tensor:
    """Apply the scripts of an argument's brackets to the value of the application: \\exp(a)_l, g(x)^2."""
    if not node.scripted:
        return value
    if node.sub is not None:
        value = entry_of(value, expand_nested(parts(node.sub), ctx), ctx, node)
    return postfix(value, node.powers, node.primes, ctx, node)


def applied(head: Head, nodes: list[Node], ctx: Context) -> Tensor:
    return call_on(head, [ctx.value(node) for node in nodes], ctx)


def call_on(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return the value of a function at values: to each entry, or of whole arrays for softmax and the like."""
    function = head.function
    if function.kind == "macro":
        return _macro(head, values, ctx)
    if function.kind == "functional":
        return functional(head, values, ctx)
    if function.kind in {"softmax", "log_softmax", "logsumexp"}:
        return softmax_of(head, single(head, values, ctx), ctx)
    if function.name in ARRAY_FUNCTIONS and function.kind == "known":
        return array_function(head, single(head, values, ctx), ctx)
    if function.name in {"max", "min"} and function.kind == "known" and len(values) == 1:
        return extreme(head, values[0], ctx)
    if function.name == "max" and len(values) == 2 and ZERO in {value.body for value in values if value.is_scalar}:
        other = next((value for value in values if value.body != ZERO), values[0])
        return replace(other, body=call("relu", other.body))
    if function.kind == "known" and function.name not in KNOWN:
        raise ctx.fault(f'"{ctx.text(head.node)}" is not a function that is known here', head.node)
    return _to_each_entry(head, values, ctx)


def _to_each_entry(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    function = head.function
    if head.primes and len(values) != 1:
        raise ctx.fault("a prime on a function of several arguments", head.node)
    shaped = next((value for value in values if value.axes), values[0])
    bodies: list[Expr] = []
    for value in values:
        if value.axes and len(value.axes) == len(shaped.axes):
            bodies.append(value.counted_like(shaped.ranges).over(tuple(axis.index for axis in shaped.axes)).body)
        elif value.is_scalar:
            bodies.append(value.body)
        else:
            raise ctx.misfit("the arguments have different shapes", head.node)
    if function.name == "identity" and function.kind == "known":
        return replace(shaped, body=shaped.body if not head.primes else ONE)
    order = (head.primes,) if len(values) == 1 else (0,) * len(values)
    _note_domain(head, bodies[0], ctx)
    return shaped.with_body(Fun(function.name, tuple(bodies), order, head.idx))


def _note_domain(head: Head, argument: Expr, ctx: Context) -> None:
    """Record at which layers the forward pass applies the function to this variable: g'(a_k) is meant for those k."""
    entry = ctx.table.by_name(argument.name) if isinstance(argument, Var) else None
    if not isinstance(argument, Var) or entry is None or len(entry.layers) != 1:
        return
    at = next(n for n, param in enumerate(entry.params) if param.kind == "layer")
    domain = ctx.table.domains.get((head.function.name, argument.name))
    ctx.use(argument.idx[at], domain, "layer", head.node, soft=True)


def _macro(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return a function that the model defines by a formula, to each entry of its argument."""
    function = head.function
    body = function.body
    if body is None or len(values) != len(function.params):
        raise ctx.fault(f'"{ctx.text(head.node)}" takes {len(function.params)} arguments', head.node)
    shaped = next((value for value in values if value.axes), scalar(ONE))
    if any(value.axes and len(value.axes) != len(shaped.axes) for value in values):
        raise ctx.fault(
            f'"{ctx.text(head.node)}" of a vector and a matrix', head.node, "arguments of one shape, or numbers"
        )
    entries = {
        name: scalar(v.over(tuple(a.index for a in shaped.axes)).body if v.axes else v.body)
        for name, v in zip(function.params, values, strict=True)
    }
    if head.primes:
        from derive.typing.derivatives import macro_slope

        return (
            shaped.with_body(macro_slope(function, entries, head.primes, ctx).body)
            if shaped.axes
            else macro_slope(function, entries, head.primes, ctx)
        )
    if not shaped.axes or not function.of_arrays:
        value = ctx.with_values(entries).value(body)
        return replace(shaped, body=value.body) if shaped.axes else value
    return ctx.with_values(dict(zip(function.params, values, strict=True))).value(body)
