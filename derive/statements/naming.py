"""Names that a document introduces: abbreviations, variables, functions, and redefinitions of the model's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.algebra.arithmetic import TooLargeError
from derive.algebra.build import MINUS_ONE, add, mul, substitute
from derive.algebra.context import Context as Ranges
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.normal_form import Algebra
from derive.algebra.substitute import walk as walk_expr
from derive.errors import LatexError
from derive.names.matching import fill, written
from derive.names.table import Entry, Function
from derive.network.network import Definition, Leaf, Network
from derive.notation.signs import EQUATES
from derive.reader.syntax import Name, Node
from derive.statements.aliases import LeftSide, arguments_of, declared, definable, left_side, meant_layers
from derive.statements.document_state import DocumentState
from derive.statements.fixed_functions import Fixed
from derive.statements.link_claims import LinkClaim
from derive.statements.pieces import Piece
from derive.statements.written_names import name_key, names_in, put
from derive.typing.context import Context, Log
from derive.typing.heads import BUILTIN
from derive.typing.names import read_name, speaks_of_other_units
from derive.typing.tensor import ShapeError, scalar

STEP_SIZES = frozenset({r"\eta", r"\alpha", r"\epsilon", r"\gamma"})
"""Letters of numbers that updates use without saying what they are."""


def with_name(state: DocumentState, left: LeftSide, right: Node, ctx: Context, layers: frozenset[str]) -> DocumentState:
    """Return the state with a name that the document defines over the model: a variable of the network where it can be
    differentiated by, an abbreviation where it stands for derivatives."""
    value = ctx.resolved(ctx.value(right))
    meant = meant_layers(layers, ctx)
    entry = state.table.apart(declared(left, value, ctx, layers, 0))
    network = state.network
    body = entry.body
    if body is not None and not any(isinstance(node, Diff) for node in walk_expr(body)):
        ranges = tuple(param.range for param in entry.params if param.range is not None)
        known = {definition.name for definition in network.definitions} | {leaf.name for leaf in network.leaves}
        same = _computed_already(entry, body, ranges, network)
        if same is not None:
            entry = replace(entry, body=same)
        elif len(ranges) == len(entry.params) and entry.name not in known:
            definition = Definition(entry.name, tuple(param.index for param in entry.params), ranges, body)
            network = replace(network, definitions=(*network.definitions, definition))
            entry = replace(entry, body=None)
    table = state.table.with_another(entry).with_meant(entry.name, meant)
    if left.arguments is not None:
        params = tuple(name_key(argument) for argument in arguments_of(left))
        used = {name_key(name) for name in names_in(right)}
        real = all(ctx.table.candidates(name, name) or name in ctx.values for name in params)
        if value.is_scalar and not entry.params and params and real and set(params) <= used:
            table = table.with_function(entry.base, Function(entry.base, "macro", params=params, body=right))
        table = replace(table, heads=table.heads | {entry.base})
    return replace(state, table=table, network=network)


def _computed_already(entry: Entry, body: Expr, ranges: Sequence[Range], network: Network) -> Var | None:
    """Return the variable of the network that a new name is only another name of, u = W x where z = W x."""
    indices = tuple(lin(param.index) for param in entry.params)
    for definition in network.definitions:
        if len(definition.params) != len(indices):
            continue
        names: dict[Index | Size, Lin] = dict(zip(definition.params, indices, strict=True))
        if [range_.subs(names) for range_ in definition.ranges] == list(ranges):
            own = Ranges({param.index: range_ for param, range_ in zip(entry.params, ranges, strict=True)})
            try:
                if Algebra(own).normal(add(substitute(definition.body, names), mul(MINUS_ONE, body))).is_zero:
                    return Var(definition.name, indices)
            except TooLargeError:
                continue
    return None


def function_of(left: LeftSide, right: Node, ctx: Context) -> Function:
    """Return f(x) = … as a function that is applied by its formula; one for arrays alone (θ^T x) takes them whole.

    Raises: LatexError where the right side cannot be read.
    """
    key = left.key
    if key is None:
        raise ValueError("a function has a name")
    params = tuple(node.key for node in left.given if node.key is not None)
    try:
        scalars = {name: scalar(Var(f"argument {name}")) for name in params}
        of_arrays = bool(ctx.with_values(scalars).value(right).axes)
    except ShapeError:
        of_arrays = True
    inner = left.name
    fixed = inner.sub.text if inner.sub is not None else None
    return Function(key, "macro", params=params, body=right, written=key, fixed_sub=fixed, of_arrays=of_arrays)


def stands_alone(name: str, ctx: Context) -> bool:
    """Return whether a bare letter is a name of the model; x is none where only x^{(i)} is declared."""
    return any(not entry.layers for entry in ctx.table.candidates(name, name))


def with_own_function(state: DocumentState, left: LeftSide, right: Node, ctx: Context) -> DocumentState:
    """Return the state with f(p, q) = … of letters that the model does not have, or h_w(x) = … where it has x^{(i)}
    only, as a function of whatever is put in their places; the state itself where it is none."""
    letters = [node.symbol for node in left.given if node.symbol]
    key, base = name_key(left.name), left.name.base
    head = base.letter and left.name.sup is None and not left.name.primes
    taken = bool(ctx.table.candidates(key, key)) or key in {*ctx.table.functions, *BUILTIN}
    taken = taken or any(stands_alone(name, ctx) for name in letters)
    if not letters or len(letters) < len(left.given) or taken or not head:
        return state
    try:
        return replace(state, table=state.table.with_function(key, function_of(left, right, ctx)))
    except LatexError:  # it has letters beside its arguments that the model does not know either
        return state


def with_step_sizes(state: DocumentState, node: Node) -> DocumentState:
    """Return the state with the step sizes of a definition, Δw = -η g, as numbers where nothing declares them."""
    table, network = state.table, state.network
    for name in names_in(node):
        key = name_key(name)
        if key in STEP_SIZES and not table.candidates(key, key) and key not in table.functions:
            table = table.with_entry(Entry(key, key, written=key))
            network = replace(network, leaves=(*network.leaves, Leaf(key)))
    return replace(state, table=table, network=network)


def names_other_units(piece: Piece, ctx: Context) -> bool:
    """Return whether an equation gives a declared name to other units, δ_h of hidden units beside δ_k."""
    left = left_side(piece.left)
    if left is None or not left.name.scripted:
        return False
    name = written(left.name, ctx)
    try:
        filled = fill(name, ctx.table.candidates(name.base.key, name.base.plain), ctx)
        return filled is not None and not filled.rest and speaks_of_other_units(filled, piece.right, ctx)
    except LatexError:
        return False


def redefines(piece: Piece, ctx: Context, options: list[LinkClaim], defined: frozenset[str]) -> bool:
    """Return whether an equation gives a name a meaning beside the model's: f(x) = x^2 where f is the network,
    g(x) = … for an open g, y_1 = x^2 where the shapes do not fit."""
    left = left_side(piece.left)
    if left is None or piece.operator not in EQUATES:
        return False
    key = left.key or ""
    function = ctx.table.functions.get(key)
    known = ctx.table.candidates(key, key)
    if key in BUILTIN or (function is not None and function.kind != "open") or any(entry.bound for entry in known):
        return False
    if is_open_function(piece.left, ctx):
        return True
    failed = all(option.kind == "not-understood" or option.code in {"D101", "D103"} for option in options)
    if not failed or definable(piece.left) is None:
        return False
    if left.arguments is not None:
        params = {name_key(argument) for argument in arguments_of(left)}
        return params <= {name_key(name) for name in names_in(piece.right)}
    if any(option.kind == "not-understood" for option in options):
        return False
    entry = entry_of(left, ctx)
    return entry is not None and not entry.layers and not has_meaning(entry, defined)


def uses_letter_of_size(piece: Piece, ctx: Context, options: list[LinkClaim]) -> bool:
    """Return whether an equation calls an array by the letter of a size, D = diag(s), which is none in such places."""
    of_size = ctx.table.sizes.get(piece.left.symbol) == 0 and piece.operator in EQUATES
    return of_size and all(option.code in {"D101", "D103"} for option in options)


def entry_of(left: LeftSide, ctx: Context) -> Entry | None:
    """Return what the model declares under the name of a left side."""
    try:
        named = read_name(left.name, ctx)
    except LatexError:
        return None
    return None if named is None else named.entry


def has_meaning(entry: Entry, defined: frozenset[str]) -> bool:
    """Return whether a name is defined by the forward pass, or stands for something of it, so that it is claimed about.

    One-hot vectors are data, like every name that is only declared.
    """
    if entry.name in defined:
        return True
    parts = () if entry.body is None else walk_expr(entry.body)
    return any(isinstance(part, Diff) or (isinstance(part, Var) and part.name in defined) for part in parts)


def is_open_function(node: Node, ctx: Context) -> bool:
    """Return whether a left side is an open function at a letter, g(x)."""
    left = left_side(node)
    if left is None or left.arguments is None or (left.name.primes):
        return False
    function = ctx.table.functions.get(left.key or "")
    simple = all(argument.symbol for argument in arguments_of(left))
    return function is not None and function.kind == "open" and simple


def fixed_by(piece: Piece, ctx: Context) -> Fixed | None:
    """Return what an equation says an open function is, at a letter or at what it is applied to in the forward pass;
    None where the right side depends on anything else."""
    left = left_side(piece.left)
    if left is None or left.arguments is None or (left.name.scripted):
        return None
    function = ctx.table.functions.get(left.key or "")
    if function is None or function.kind != "open" or function.layers:
        return None
    arguments = arguments_of(left)
    letters = [Name(node.span, f"argument {n} of {function.name}") for n, node in enumerate(arguments)]
    right = piece.right
    for node, letter in zip(arguments, letters, strict=True):
        right = put(right, node, letter)
    places = tuple(Var(letter.symbol) for letter in letters)
    own = replace(ctx, log=Log()).with_values({place.name: scalar(place) for place in places})
    try:
        value = own.value(right)
    except LatexError:
        return None
    names = {node for node in walk_expr(value.body) if isinstance(node, Var)}
    constant = not names and all(argument.symbol for argument in arguments)
    if not value.is_scalar or not (constant or names == set(places)):
        return None
    written = " = ".join(ctx.text(node) for node in (piece.left, piece.right))
    return Fixed(function.name, places, value.body, written)
