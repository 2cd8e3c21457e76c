"""What brackets behind a declared name mean: the arguments that it was defined with, f(x), perhaps other ones, f(v);
the arguments that it depends on, L(θ); or a factor.

    p(x_i) = σ(wᵀ x_i)              one for every example i: p(x_1) is the first one, p(u) has u in place of x_i
    f(x) = tanh(W x)                f(x) is f itself, f(v) = tanh(W v)
    L = ½ ‖z - t‖²,  z = W x        L(W) and L(z, t) are L; L(v) is not understood
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.algebra.expr import ZERO, Expr, Var
from derive.algebra.index import Index, Lin, fresh, lin
from derive.algebra.substitute import walk
from derive.errors import LatexError, NetworkError
from derive.names.indices import Token, parts
from derive.names.letters import free_indices
from derive.names.matching import Filled, fill, written
from derive.names.table import Entry
from derive.network.network import Network
from derive.network.points import Point, at_points, reached_from
from derive.reader.syntax import Accent, Dots, Group, Node, Number, Product, Relation, Tuple
from derive.typing.context import Context, Log
from derive.typing.functions import bracket_of
from derive.typing.names import instance
from derive.typing.powers import postfix
from derive.typing.tensor import Tensor

ALL_PARAMETERS = frozenset({r"\theta", r"\Theta"})
"""Letters that stand for all parameters together where nothing declares them, also for a loss defined as J(w, b)."""

Letters = dict[Index, Lin]
"""The letters that the arguments of a definition bind, and what stands in their place."""


def argument_nodes(group: Group | None) -> list[Node]:
    """Return what stands in brackets: (x), (x_i; θ), (y | x)."""
    body = group.body if group is not None else None
    if body is None:
        return []
    if isinstance(body, Relation):
        sides = [body.first, *(link.node for link in body.links)]
        return [item for side in sides for item in _items(side)]
    return _items(body)


def _items(node: Node) -> list[Node]:
    return list(node.items) if isinstance(node, Tuple) else [node]


def letters_of(arguments: Sequence[Node], ctx: Context) -> list[str]:
    """Return the letters in the indices of some arguments, in order."""
    found: dict[str, None] = {}
    for node in arguments:
        if node.scripted:
            inner = [piece.inside for piece in node.pieces]
            tokens = [token for part in (node.sub, *inner) for group in parts(part) for token in group]
            names = [ctx.table.index_names.get(t.text, t.text) for t in tokens if t.kind == "letter"]
            found |= dict.fromkeys(name for name in names if name not in ctx.table.sizes)
    return list(found)


def value_of(node: Node, brackets: Node, ctx: Context) -> Tensor | None:
    """Return a declared name with the brackets behind it as its arguments; None where they are a factor.

    Raises: LatexError where it is not clear which example is meant, or how the name depends on an argument.
    """
    name, group = written(node, ctx), bracket_of(brackets)
    key = name.base.key
    if group is None or key is None or key in ctx.values or node.text in ctx.values:
        return None
    filled = fill(name, ctx.table.candidates(key, name.base.plain), ctx)
    if filled is None:
        return None
    inside = _indices_in_brackets(filled, group, ctx)
    if inside:
        filled = fill(replace(name, sub=[*name.sub, *inside]), [filled.entry], ctx) or filled
        value: Tensor | None = instance(filled.entry, filled.values, ctx, node)
    else:
        value = _applied(filled, group, brackets, ctx, node)
    if value is None:
        return None
    return postfix(value, node.powers if filled.rest == node.pieces else filled.rest, name.primes, ctx, node)


def _applied(filled: Filled, group: Group, brackets: Node, ctx: Context, node: Node) -> Tensor | None:
    entry, given = filled.entry, argument_nodes(group)
    if entry.arguments and len(given) == len(entry.arguments):
        return _at(filled, given, ctx, node)
    if entry.bound:
        raise ctx.fault(f'"{entry.base}" has {len(entry.arguments)} arguments', group, "those of its definition")
    if not only_names(group.body):
        return None
    value = instance(entry, filled.values, ctx, node)
    is_factor = entry.base not in ctx.table.heads and brackets.sup is not None  # u (v)^T
    if value.is_scalar and any(piece.is_transpose for piece in brackets.pieces):
        is_factor = is_factor or ctx.choice("transposed brackets") == "factor"
    return value if not is_factor and _repeats(entry, value, given, ctx, node) else None


def indices_in_brackets(group: Group, ctx: Context) -> list[list[Token]]:
    """Return the indices in brackets as programs write them, [i, k]; nothing where one of them is a name."""
    groups = parts(group.body) if group.opening == "[" else []
    tokens = [token for found in groups for token in found]
    names = (token.text for token in tokens if token.kind == "letter" and token.text not in ctx.indices)
    is_index = all(token.kind in {"letter", "number", "sign", "script"} for token in tokens)
    return groups if is_index and not any(ctx.table.candidates(name, name) for name in names) else []


def _indices_in_brackets(filled: Filled, group: Group, ctx: Context) -> list[list[Token]]:
    """Return the indices of X[i, k], or of a matrix X(i, k); nothing where the brackets hold no index for each axis of
    the name."""
    axes = [at for at in filled.entry.sub if filled.values.get(at) is None]
    square = replace(group, opening="[") if len(axes) == 2 and not filled.entry.arguments else group
    groups = indices_in_brackets(square if group.opening == "(" else group, ctx)
    return groups if len(groups) == len(axes) else []


def completed(filled: Filled, given: Sequence[Node], ctx: Context) -> Filled:
    """Return the indices of a name with those that its arguments give: the i of p(x_i)."""
    if not filled.entry.bound:
        return filled
    own = _own_letters(filled.entry, ctx)
    found = _letters(filled, given, own, ctx)
    bound = {at: found.get(own[filled.entry.params[at].index.name]) for at in filled.entry.bound}
    return replace(filled, values={**filled.values, **bound})


def _own_letters(entry: Entry, ctx: Context) -> dict[str, Index]:
    return {letter: fresh(letter) for letter in letters_of(entry.arguments, ctx)}


def _letters(filled: Filled, given: Sequence[Node], own: dict[str, Index], ctx: Context) -> Letters:
    """Return what stands for the letters of a definition: i = 1 in p(x_1), by its slots first, then its arguments."""
    entry = filled.entry
    found: Letters = {}
    for at in (*entry.sub, *entry.sup):
        value, index = filled.values.get(at), own.get(entry.params[at].index.name)
        if value is not None and index is not None:
            found[index] = value
    for pattern, argument in zip(entry.arguments, given, strict=False):
        _unify(pattern, argument, own, ctx, found)
    return found


def _unify(pattern: Node, argument: Node, own: dict[str, Index], ctx: Context, found: Letters) -> None:
    quiet = replace(ctx, log=Log())
    asked = _filled(pattern, quiet.binding({letter: lin(index) for letter, index in own.items()}))
    given = _filled(argument, quiet)
    if asked is None or given is None or asked.entry.name != given.entry.name or asked.rest or given.rest:
        return
    for at in range(len(asked.entry.params)):
        index, value = asked.values.get(at), given.values.get(at)
        letters = [] if index is None else [i for i in own.values() if dict(index.terms).get(i) == 1]
        if index is not None and value is not None and len(letters) == 1:
            found.setdefault(letters[0], value - (index - lin(letters[0])))


def _filled(node: Node, ctx: Context) -> Filled | None:
    """Return a declared name with its indices; None for anything else."""
    name = written(node, ctx)
    key = name.base.key
    try:
        return None if key is None else fill(name, ctx.table.candidates(key, name.base.plain), ctx)
    except LatexError:
        return None


def _at(filled: Filled, given: list[Node], ctx: Context, node: Node) -> Tensor:
    """Return a name at arguments in the places of those that it was defined with."""
    entry = filled.entry
    own = _own_letters(entry, ctx)
    found = _letters(filled, given, own, ctx)
    meant = {letter: found.get(index, lin(index)) for letter, index in own.items()}
    pairs = list(zip(entry.arguments, given, strict=True))
    _check_labels(entry, pairs, ctx)
    undeclared = [(pattern, argument) for pattern, argument in pairs if not _is_readable(pattern, ctx)]
    if undeclared:
        _check_moments(undeclared, ctx)
        _only_repeats(entry, _meaning(entry), given, ctx, node)
    points = [point for pattern, argument in pairs if (point := _point(pattern, argument, meant, ctx)) is not None]
    values = {**filled.values, **{at: meant[entry.params[at].index.name] for at in entry.bound}}
    known = all(index in found for index in own.values())
    value = instance(entry, values, ctx if known else replace(ctx, log=Log()), node)
    if points:
        try:
            value = value.with_body(at_points(value.body, points, ctx.network or Network((), ())))
        except NetworkError as error:
            raise ctx.fault(f'cannot put this in place of the arguments of "{entry.base}": {error}', node) from error
    open_letters = [letter for letter, index in own.items() if index not in found and index in free_indices(value.body)]
    if open_letters:
        raise ctx.fault(f'cannot tell which "{open_letters[0]}" is meant', node, "the arguments of the definition")
    return value


def _check_moments(pairs: Sequence[tuple[Node, Node]], ctx: Context) -> None:
    """Raises: LatexError where a formula holds another argument, e_k(n - 1) or e_k(0) beside E(n), in the place of a
    letter that nothing declares, the time n at which a whole model is said: nothing says how the two differ."""
    for pattern, argument in pairs:
        before = ctx.log.arguments.setdefault((pattern.text, 0), argument.text)
        if before != argument.text:
            raise ctx.fault(f'nothing says how "{before}" and "{argument.text}" differ', argument, f'"{before}"')
        if not (argument.letter or argument.scripted or argument.text == pattern.text):
            raise ctx.fault(f'nothing says what is meant at "{argument.text}"', argument, f'"{pattern.text}"')


def _check_labels(entry: Entry, pairs: Sequence[tuple[Node, Node]], ctx: Context) -> None:
    """Raises: LatexError for another index in the place of a label, π(k | s) where π(a | s) was defined with one a."""
    labels = {index.name for index in ctx.table.labels}
    for pattern, argument in pairs:
        if pattern.symbol in labels and argument.text != pattern.text:
            raise ctx.fault(f'nothing says what "{entry.base}" is there', argument, f'"{pattern.text}" as defined')


def _point(pattern: Node, argument: Node, meant: dict[str, Lin], ctx: Context) -> Point | None:
    """Return what an argument puts in place of that of the definition; None where it is the same, or stands for it."""
    try:
        own = replace(ctx.binding(meant), log=Log()).value(pattern).renamed()
    except LatexError:  # a name for all parameters, the θ of L(θ), which nothing declares
        return None
    if not _is_readable(argument, ctx) and argument.plain in ALL_PARAMETERS:
        return None
    if _counts_examples(replace(ctx, log=Log()).value(argument), own, argument, ctx):
        ctx.log.note(f"{ctx.text(argument)} is taken for {pattern.text}, the one example of the model")
        return None
    is_zero = isinstance(argument, Number) and argument.text == "0"
    value = own.with_body(ZERO) if is_zero else ctx.value(argument)
    fits = len(value.axes) == len(own.axes) and {value.orientation, own.orientation} <= {own.orientation, "free"}
    if not fits or not all(ctx.same_range(a.range, b.range) for a, b in zip(own.axes, value.axes, strict=True)):
        raise ctx.fault(f"{ctx.shape(value)} in the place of {ctx.shape(own)}", argument)
    indices = tuple(axis.index for axis in own.axes)
    body = value.counted_like(own.ranges).over(indices).body
    if body == own.body:
        return None
    if not isinstance(own.body, Var):
        raise ctx.fault("this argument of the definition is no variable", argument)
    return Point(own.body, indices, body)


def _counts_examples(value: Tensor, own: Tensor, node: Node, ctx: Context) -> bool:
    """Return whether an index letter stands on a whole array of the model, as that of f(x_n), where the model has one
    x: then it counts examples, not units.

    Raises: LatexError where a formula speaks of several of them, f(x_n) and f(x_m), or of one and of all.
    """
    if value.axes or not own.axes or not isinstance(value.body, Var) or not isinstance(own.body, Var):
        return False
    index = value.body.idx[-1].atom if value.body.idx else None
    if value.body.name != own.body.name or not isinstance(index, Index):
        return False
    said = f"{index.name} of a sum" if lin(index) in ctx.indices.values() else index.name
    if ctx.log.arguments.setdefault((value.body.name, 0), said) != said:
        raise ctx.fault(f'the model has one "{own.body.name}", the formula several', node, "a name for each example")
    return True


def _repeats(entry: Entry, value: Tensor, given: list[Node], ctx: Context, node: Node) -> bool:
    """Return whether brackets with names alone only say what a name depends on: L(θ), E_t(y_t, o_t), f(x).

    Raises: LatexError where the name of a number does not depend on one of several names.
    """
    if entry.base not in ctx.table.heads and (len(given) == 1 or value.axes):
        return (
            value.orientation == "col" and isinstance(value.body, Var) and all(_is_input(n, value, ctx) for n in given)
        )
    _only_repeats(entry, value.body, given, ctx, node)
    return True


def _only_repeats(entry: Entry, body: Expr, given: list[Node], ctx: Context, node: Node) -> None:
    """Take arguments for a reminder of what a name depends on.

    Raises: LatexError where it does not depend on one of them, or has others elsewhere in the formula.
    """
    reached = reached_from(body, ctx.network) if ctx.network is not None else None
    for stranger in (n for n in given if not _is_reached(n, reached, ctx)):
        raise ctx.fault(f'"{entry.base}" does not depend on "{ctx.text(stranger)}"', stranger)
    text = ",".join(part.text for part in given)
    before = ctx.log.arguments.setdefault((entry.name, len(given)), text)
    if not entry.params and before != text:
        raise ctx.fault(f'nothing says how "{entry.base}" differs at "{before}" and at "{text}"', node)


def _is_readable(node: Node, ctx: Context) -> bool:
    return _filled(node, replace(ctx, log=Log())) is not None


def _is_input(node: Node, value: Tensor, ctx: Context) -> bool:
    """Return whether a name is a column that another column depends on: as a factor it would not fit, f(x)."""
    one = _filled(node, replace(ctx, log=Log()))
    if one is None or ctx.network is None or one.entry.name == getattr(value.body, "name", None):
        return False
    axes = [at for at, param in enumerate(one.entry.params) if one.values.get(at) is None and at not in one.entry.bound]
    reached = reached_from(value.body, ctx.network)
    return len(axes) == 1 and one.entry.orientation == "col" and _is_reached(node, reached, ctx)


def _is_reached(node: Node, reached: set[str] | None, ctx: Context) -> bool:
    """Return whether a name is among those that something depends on, or one for all of them that nothing declares."""
    if isinstance(node, Product):  # f(x; θ) depends on what f does
        node = node.items[0].node
    base = node.base
    entries = ctx.table.candidates(base.key, base.plain)
    if reached is None or not entries:
        return True
    return any(isinstance(p, Var) and p.name in reached for entry in entries for p in walk(_meaning(entry)))


def _meaning(entry: Entry) -> Expr:
    return Var(entry.name) if entry.body is None else entry.body


def only_names(node: Node) -> bool:
    """Return whether brackets hold nothing but names, which can be arguments: (x), (x_i; θ), (f(x), y)."""
    match node:
        case Tuple(_, items):
            return all(map(only_names, items))
        case Product(_, items) if len(items) == 2 and isinstance(items[1].node, Group):
            return not items[1].operator and only_names(items[0].node) and only_names(items[1].node.body)
        case Node(scripted=True):
            return only_names(node.base)
        case Accent(_, _, body):
            return only_names(body)
        case Number():
            return False
        case Dots():
            return True
        case Relation(_, first, links):
            return all(link.operator == r"\mid" for link in links) and all(
                map(only_names, (first, *(k.node for k in links)))
            )
    return node.key is not None
