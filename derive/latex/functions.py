"""Functions and their application: f(x), f[x], f x, f'(x), softmax(o)_j, \\tanh^2(x), norms aside."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derive.algebra.expr import ONE, ZERO, Expr, Fun, Functional, Iverson, Lambda, Pow, Var
from derive.algebra.differentiate import derivative, entry_delta, replace_variables
from derive.algebra.functions import KNOWN, call
from derive.algebra.index import Index, Lin, fresh, lin
from derive.latex.context import Context
from derive.latex.contraction import inverse, like
from derive.latex.folding import MINUS_ONE, add, mul, sum_over
from derive.latex.indices import cuts, expand_nested, index_value, parts
from derive.latex.names import base_key, flat_text, is_transpose, plain_key, unbrace
from derive.latex.powers import postfix, total_of
from derive.latex.slots import entry_of, powers_of, sup_pieces
from derive.latex.symbols import Function
from derive.latex.syntax import Accent, Font, Group, Name, Node, Number, Product, Script, Symbol, Tuple
from derive.latex.tensor import Axis, Tensor, orientation_of, scalar

if TYPE_CHECKING:
    from derive.latex.products import Scanner

_NAMED = {
    r"\log": "log", r"\ln": "log", "log": "log", "ln": "log", r"\exp": "exp", "exp": "exp",
    r"\sin": "sin", r"\cos": "cos", r"\tan": "tan", r"\sinh": "sinh", r"\cosh": "cosh", r"\tanh": "tanh",
    r"\arctan": "arctan", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "arctan": "arctan", "sigmoid": "sigmoid", "logistic": "sigmoid", "relu": "relu", "ReLU": "relu", "RELU": "relu",
    "Relu": "relu", "softplus": "softplus", "silu": "silu", "SiLU": "silu", "gelu": "gelu", "GELU": "gelu",
    "elu": "elu", "ELU": "elu", "LeakyReLU": "leaky_relu", "erf": "erf", "sqrt": "sqrt", "abs": "abs", "sign": "sign",
    "sgn": "sign", "identity": "identity", "id": "identity", "max": "max", "min": "min",
}  # fmt: skip
BUILTIN: dict[str, Function] = {
    **{key: Function(name, "known", written=key) for key, name in _NAMED.items()},
    "softmax": Function("softmax", "softmax", written="softmax"),
    "Softmax": Function("softmax", "softmax", written="Softmax"),
    "logsoftmax": Function("log_softmax", "log_softmax", written="logsoftmax"),
    "logsumexp": Function("logsumexp", "logsumexp", written="logsumexp"),
    **{key: Function(key, "known", written=key) for key in ("diag", "Diag", "tr", "trace", "Tr", "Trace")},
    r"\tr": Function("tr", "known", written=r"\tr"),
}
_ARRAY_FUNCTIONS = frozenset({"diag", "Diag", "tr", "trace", "Tr", "Trace"})


@dataclass(frozen=True, slots=True)
class Head:
    """A function with what is written on it: primes, a power, its own indices, an entry of its value."""

    function: Function
    node: Node
    primes: int = 0
    power: Node | None = None
    idx: tuple[Lin, ...] = ()
    sub: Node | None = None


def head_of(node: Node, ctx: Context, bracket_follows: bool) -> Head | None:
    """Return the function that a node names, if it names one; a declared variable of the same name comes first
    unless a bracket follows."""
    node = _primes_inside(unbrace(node))
    base, sub, sup, primes = node, None, None, 0
    if isinstance(node, Script):
        base, sub, sup, primes = unbrace(node.base), node.sub, node.sup, node.primes
    function = _function(base, sub, sup, ctx, bracket_follows or primes > 0)
    if function is None:
        return None
    if function.fixed_sub is not None and (sub is None or flat_text(sub) != function.fixed_sub):
        return None
    sub = None if function.fixed_sub is not None else sub
    pieces = list(sup_pieces(sup))
    if function.fixed_sup is not None:
        pieces = pieces[1:]
    idx: list[Lin] = []
    for _ in range(function.layers):
        if pieces:
            piece = pieces.pop(0)
            inner = piece.body if isinstance(piece, Group) else piece
            cut = next(cuts(parts(inner), 1), None)
            value = None if cut is None else index_value(cut[0], ctx)
            if value is not None:
                idx.append(value)
        elif sub is not None:
            values = [index_value(segment, ctx) for cut in cuts(parts(sub), 1) for segment in cut]
            idx.extend(value for value in values if value is not None)
            sub = None
    for piece in [p for p in pieces if _is_prime(p)]:
        pieces.remove(piece)
        primes += _count_primes(piece)
    if len(pieces) > 1 or len(idx) < function.layers:
        raise ctx.fault(f'cannot read what stands on "{flat_text(base)}"', node)
    for value in idx[:1]:
        ctx.use(value, ctx.table.domains.get((function.name, "")), "layer", node)
    return Head(function, node, primes, pieces[0] if pieces else None, tuple(idx), sub)


def _primes_inside(node: Node) -> Node:
    """Return {g^{[l]}}' and (g^{[l]})' as g^{[l]} with a prime; other nodes as they are."""
    if not isinstance(node, Script) or node.sub is not None:
        return node
    primes = node.primes
    if node.sup is not None:
        if primes or not _is_prime(node.sup):
            return node
        primes = _count_primes(node.sup)
    inner = unbrace(node.base)
    if isinstance(inner, Group) and inner.opening == "(":
        inner = unbrace(inner.body)
    if not primes or not isinstance(inner, Script):
        return node
    return replace(inner, primes=inner.primes + primes, span=node.span)


def _count_primes(node: Node) -> int:
    text = flat_text(node)
    return text.count("prime") or text.count("'") or 1


def _is_prime(node: Node) -> bool:
    return set(flat_text(node).replace(r"\prime", "'")) == {"'"}


def _function(base: Node, sub: Node | None, sup: Node | None, ctx: Context, applied: bool) -> Function | None:
    key, plain = base_key(base), plain_key(base)
    if key is None or key in ctx.values:
        return None
    below = "" if sub is None else f"_{{{flat_text(sub)}}}"
    first = next(iter(sup_pieces(sup)), None)
    above = "" if first is None else f"^{{{flat_text(first)}}}"
    for name in (key + below + above, key + below, key + above, key, plain):
        if name in ctx.table.functions:
            is_variable = name in ctx.table.entries
            return ctx.table.functions[name] if applied or not is_variable else None
    if ctx.table.candidates(key, plain):
        return None
    return BUILTIN.get(key) or (BUILTIN.get(plain) if plain is not None and len(plain) > 2 else None)


def bracket_of(node: Node) -> Group | None:
    """Return the brackets that a node is, or that its scripts stand on."""
    node = unbrace(node)
    if isinstance(node, Script):
        node = unbrace(node.base)
    if isinstance(node, Group) and node.opening == r"\{" and isinstance(unbrace(node.body), Tuple):
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
        value = applied(head, arguments(group), ctx)
        value = on_head(value, head, ctx)
        return scripted(value, node, ctx)
    if not scanner.rest or scanner.rest[0].operator:
        raise ctx.fault(f'"{flat_text(head.node)}" needs an argument', head.node, "an argument")
    return on_head(call_on(head, [_juxtaposed(scanner)], ctx), head, ctx)


def arguments(group: Group) -> list[Node]:
    body = unbrace(group.body)
    return list(body.items) if isinstance(body, Tuple) else [body]


def _juxtaposed(scanner: Scanner) -> Tensor:
    """Read an argument without brackets: one factor, and after a number the letters behind it (\\sin 2x)."""
    first = scanner.rest[0].node
    factors = [scanner.factor()]
    while isinstance(unbrace(first), Number) and scanner.rest and not scanner.rest[0].operator:
        if not isinstance(unbrace(scanner.rest[0].node), Symbol | Script | Font):
            break
        factors.append(scanner.factor())
    from derive.latex.products import combine

    return combine(factors, scanner.ctx, first)


def on_head(value: Tensor, head: Head, ctx: Context) -> Tensor:
    """Apply what is written on the function's name to its value: \\tanh^2(x), softmax_j(o)."""
    if head.sub is not None:
        value = entry_of(value, expand_nested(parts(head.sub), ctx), ctx, head.node)
    if head.power is None:
        return value
    if is_transpose(head.power):
        return postfix(value, [head.power], 0, ctx, head.node)
    exponent = ctx.value(head.power)
    if not exponent.is_scalar or exponent.body == MINUS_ONE:
        raise ctx.fault("an inverse function is not supported", head.node)
    return value.with_body(Pow(value.body, exponent.body))


def scripted(value: Tensor, node: Node, ctx: Context) -> Tensor:
    """Apply the scripts of an argument's brackets to the value of the application: \\exp(a)_l, g(x)^2."""
    node = unbrace(node)
    if not isinstance(node, Script):
        return value
    if node.sub is not None:
        value = entry_of(value, expand_nested(parts(node.sub), ctx), ctx, node)
    return postfix(value, powers_of(sup_pieces(node.sup), node.sup), node.primes, ctx, node)


def applied(head: Head, nodes: list[Node], ctx: Context) -> Tensor:
    return call_on(head, [ctx.value(node) for node in nodes], ctx)


def call_on(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return the value of a function at values: to each entry, or of whole arrays for softmax and the like."""
    function = head.function
    if function.kind == "macro":
        return _macro(head, values, ctx)
    if function.kind == "functional":
        return _functional(head, values, ctx)
    if function.kind in {"softmax", "log_softmax", "logsumexp"}:
        return _softmax(head, _single(head, values, ctx), ctx)
    if function.name in _ARRAY_FUNCTIONS and function.kind == "known":
        return _array_function(head, _single(head, values, ctx), ctx)
    if function.name == "max" and len(values) == 2 and ZERO in {value.body for value in values if value.is_scalar}:
        other = next((value for value in values if value.body != ZERO), values[0])
        return replace(other, body=call("relu", other.body))
    if function.kind == "known" and function.name not in KNOWN:
        raise ctx.fault(f'"{flat_text(head.node)}" is not a function that is known here', head.node)
    return _to_each_entry(head, values, ctx)


def _single(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    if len(values) != 1 or head.primes:
        raise ctx.fault(f'"{flat_text(head.node)}" takes one argument and no prime', head.node)
    return values[0]


def _to_each_entry(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    function = head.function
    if head.primes and len(values) != 1:
        raise ctx.fault("a prime on a function of several arguments", head.node)
    shaped = next((value for value in values if value.axes), values[0])
    bodies: list[Expr] = []
    for value in values:
        if value.axes and len(value.axes) == len(shaped.axes):
            bodies.append(value.over(tuple(axis.index for axis in shaped.axes)).body)
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


def _softmax(head: Head, value: Tensor, ctx: Context) -> Tensor:
    """Return softmax(x)_i = exp(x_i) / Σ_m exp(x_m), log softmax, or log Σ exp, along one axis."""
    if not value.axes:
        raise ctx.misfit(f"the softmax of {value.describe()}", head.node)
    if len(value.axes) > 2 or (len(value.axes) == 2 and not head.function.axis):
        raise ctx.fault("softmax of a matrix: say over rows or over columns in [functions]", head.node)
    along = 0
    if len(value.axes) == 2:
        along = 1 if head.function.axis == "rows" else 0
    axis = value.axes[along]
    index = fresh(axis.index.name)
    other = value.at(*(lin(index if n == along else a.index) for n, a in enumerate(value.axes)))
    total = sum_over(index, ctx.fixed(axis.range), call("exp", other))
    match head.function.kind:
        case "log_softmax":
            return value.with_body(add(value.body, mul(MINUS_ONE, call("log", total))))
        case "logsumexp":
            axes = tuple(a for n, a in enumerate(value.axes) if n != along)
            return Tensor(axes, call("log", total), orientation_of(len(axes)))
    return value.with_body(mul(call("exp", value.body), inverse(total)))


def _array_function(head: Head, value: Tensor, ctx: Context) -> Tensor:
    """Return diag(v), a matrix with v on its diagonal, diag(M), or the trace of a square matrix."""
    trace = head.function.name.lower().startswith("tr")
    if not trace and value.is_vector:
        index = fresh("j")
        axis = value.axes[0]
        body = mul(Iverson("=", lin(axis.index), lin(index)), value.body)
        return Tensor((axis, Axis(index, axis.range)), body, "matrix")
    if trace and value.is_scalar:
        return value
    if len(value.axes) != 2 or not ctx.same_range(value.axes[0].range, value.axes[1].range):
        raise ctx.misfit(f"{head.function.name} of {value.describe()}", head.node)
    row = value.axes[0]
    diagonal = Tensor((row,), value.at(lin(row.index), lin(row.index)), "col")
    return scalar(total_of(diagonal, diagonal.body, ctx)) if trace else diagonal


def _functional(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return an open scalar of whole arrays, l(o, y)."""
    if head.primes:
        raise ctx.fault("a prime on a function of arrays", head.node)
    lambdas = []
    for value in values:
        shaped = like(value, value).renamed()
        indices: tuple[Index, ...] = tuple(axis.index for axis in shaped.axes)
        lambdas.append(Lambda(indices, shaped.ranges, shaped.body))
    return scalar(Functional(head.function.name, tuple(lambdas), (), head.idx))


def _macro(head: Head, values: list[Tensor], ctx: Context) -> Tensor:
    """Return a function that the model defines by a formula, to each entry of its argument."""
    function = head.function
    body = function.body
    if body is None or len(values) != len(function.params):
        raise ctx.fault(f'"{flat_text(head.node)}" takes {len(function.params)} arguments', head.node)
    shaped = next((value for value in values if value.axes), scalar(ONE))
    entries = {
        name: scalar(v.over(tuple(a.index for a in shaped.axes)).body if v.axes else v.body)
        for name, v in zip(function.params, values, strict=True)
    }
    if head.primes:
        from derive.latex.derivatives import macro_slope

        return (
            shaped.with_body(macro_slope(function, entries, head.primes, ctx).body)
            if shaped.axes
            else macro_slope(function, entries, head.primes, ctx)
        )
    if not shaped.axes or not function.of_arrays:
        value = ctx.with_values(entries).value(body)
        return replace(shaped, body=value.body) if shaped.axes else value
    return ctx.with_values(dict(zip(function.params, values, strict=True))).value(body)


def is_indicator_head(node: Node) -> bool:
    """Return whether a node is the 1 of an indicator: \\mathbf{1}, \\mathbb{1}, \\mathbb{I}, \\mathds{1}."""
    node = unbrace(node)
    if isinstance(node, Name):
        return node.text in {"1"}
    if isinstance(node, Accent):
        inner = unbrace(node.body)
        return node.kind == "vec" and isinstance(inner, Number) and inner.text == "1"
    if not isinstance(node, Font):
        return False
    body = unbrace(node.body)
    is_one = isinstance(body, Number) and body.text == "1"
    return is_one or (node.style in {"mathbb", "mathds"} and isinstance(body, Symbol) and body.name == "I")


@dataclass(frozen=True, slots=True)
class Composition:
    """Functions one after the other, f ∘ g, with the primes written on their brackets."""

    heads: tuple[Head, ...]
    primes: int
    node: Node


def composition_of(node: Node, ctx: Context) -> Composition | None:
    """Return (f \\circ g) or (f \\circ g)' as functions one after the other; None for anything else."""
    node = unbrace(node)
    primes, group = 0, node
    if isinstance(node, Script) and node.sub is None and node.sup is None:
        primes, group = node.primes, unbrace(node.base)
    body = unbrace(group.body) if isinstance(group, Group) and group.opening in {"(", "["} else None
    if not isinstance(body, Product) or len(body.items) < 2:
        return None
    if any(item.operator != r"\circ" for item in body.items[1:]):
        return None
    heads = [head_of(item.node, ctx, True) for item in body.items]
    known = tuple(head for head in heads if head is not None)
    return Composition(known, primes, node) if len(known) == len(heads) else None


def compose(composition: Composition, scanner: Scanner) -> Tensor:
    """Return (f ∘ g)(x) = f(g(x)), and (f ∘ g)'(x) by the table of derivatives."""
    ctx = scanner.ctx
    if not scanner.next_is_argument():
        raise ctx.fault("a composition needs an argument", composition.node, "(f \\circ g)(x)")
    node = scanner.items[scanner.at].node
    scanner.at += 1
    group = bracket_of(node)
    if group is None:
        raise ctx.fault("a composition needs an argument", node)
    value = ctx.value(group)
    place = Var("argument of a composition")
    inner = scalar(place)
    for head in reversed(composition.heads):
        inner = on_head(call_on(head, [inner], ctx), head, ctx)
    body = inner.body
    for _ in range(composition.primes):
        body = derivative(body, place, entry_delta)
    return scripted(value.with_body(replace_variables(body, {place.name: value.body})), node, ctx)
