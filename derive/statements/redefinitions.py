"""Other meanings of known names: a function that is fixed, a name of the model that the text uses anew."""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.expr import Diff, Fun, Functional, Var
from derive.algebra.substitute import walk as walk_expr
from derive.errors import LatexError
from derive.names.matching import fill, written
from derive.names.table import Entry
from derive.network.network import Network
from derive.notation.signs import EQUATES
from derive.reader.syntax import Group, Item, Name, Node, Product, walk
from derive.statements.fixed_functions import Fixed, known
from derive.statements.left_sides import (
    LeftSide,
    arguments_of,
    definable,
    left_side,
)
from derive.statements.link_claims import LinkClaim
from derive.statements.pieces import Piece
from derive.statements.written_names import name_key, names_in, put
from derive.typing.context import Context, Log
from derive.typing.heads import BUILTIN
from derive.typing.names import read_name, speaks_of_other_units
from derive.typing.tensor import scalar


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
    if is_open_function(piece.left, ctx) or (left.arguments is not None and fixed_by(piece, ctx) is not None):
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


def says_function_of_arrays(piece: Piece, ctx: Context, network: Network, defined: frozenset[str]) -> bool:
    """Return whether an equation says what an open function of arrays is: ℓ(o) = ½‖o - t‖² with an input t, not L;
    or calls its numbers by the letters of arrays."""
    left = left_side(piece.left)
    key = "" if left is None else left.key or ""
    function = ctx.table.functions.get(key)
    if left is None or left.arguments is None or function is None or function.kind != "functional":
        return False
    arguments = arguments_of(left)
    own = {argument.base.key for argument in arguments}
    names = list(names_in(piece.right))
    entries = (entry_of(LeftSide(name), ctx) for name in names if name.base.key not in own)
    open_ones = {name for name, one in ctx.table.functions.items() if one.kind in {"functional", "open"}}
    known = any(entry is not None and has_meaning(entry, defined) for entry in entries)
    again = any(inner.base.key in open_ones for inner in walk(piece.right))
    uses = any(name.base.key in own for name in names)
    other = _is_applied_to_arrays(function.name, network) or any(_is_array(one, ctx) for one in arguments)
    return uses and not again and not known and other


def _is_applied_to_arrays(function: str, network: Network) -> bool:
    """Return whether the forward pass applies an open function to a vector or a matrix."""
    parts = (part for definition in network.definitions for part in walk_expr(definition.body))
    found = [part for part in parts if isinstance(part, Functional) and part.name == function]
    return any(argument.indices for part in found for argument in part.args)


def _is_array(node: Node, ctx: Context) -> bool:
    try:
        return bool(replace(ctx, log=Log()).value(node).axes)
    except LatexError:  # a letter of its own, or one of which each example has one
        return False


def fixed_by(piece: Piece, ctx: Context) -> Fixed | None:
    """Return what an equation says an open function is, f = \\tanh, or at a letter or at what it is applied to in the
    forward pass; None where the right side depends on anything else."""
    left = left_side(piece.left)
    function = None if left is None or left.name.scripted else ctx.table.functions.get(left.key or "")
    if left is None or function is None or function.kind not in {"open", "functional"} or function.layers:
        return None
    if left.arguments is None:
        named = None if piece.right.scripted else BUILTIN.get(piece.right.key or "")
        text = " = ".join(ctx.text(node) for node in (piece.left, piece.right))
        if named is not None:
            return known(function.name, named.name, text) if named.kind == "known" else None
        if not piece.right.symbol or ctx.table.candidates(piece.right.symbol, piece.right.symbol):
            return None
        return _applied(function.name, piece.right, text, ctx)
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
    own_again = any(isinstance(n, Fun | Functional) and n.name == function.name for n in walk_expr(value.body))
    if own_again or (function.kind == "functional" and any(_is_array(node, ctx) for node in arguments)):
        return None
    names = {node for node in walk_expr(value.body) if isinstance(node, Var)}
    constant = not names and all(argument.symbol for argument in arguments)
    if not value.is_scalar or not (constant or names == set(places)):
        return None
    written = " = ".join(ctx.text(node) for node in (piece.left, piece.right))
    return Fixed(function.name, places, value.body, written)


def _applied(name: str, other: Node, text: str, ctx: Context) -> Fixed | None:
    """Return an open function that is another one of which the document has said what it is, g = σ; else None."""
    letter = Name(other.span, f"argument 0 of {name}")
    place = Var(letter.symbol)
    own = replace(ctx, log=Log()).with_values({place.name: scalar(place)})
    items = (Item("", other), Item("", Group(other.span, "(", ")", letter)))
    try:
        value = own.value(Product(other.span, items))
    except LatexError:
        return None
    parts = list(walk_expr(value.body))
    again = any(isinstance(n, Fun | Functional) and n.name == name for n in parts)
    names = {node for node in parts if isinstance(node, Var)}
    open_ones = {one.name for one in ctx.table.functions.values() if one.kind in {"open", "functional"}}
    unsaid = any(isinstance(n, Fun | Functional) and n.name in open_ones for n in parts)
    return Fixed(name, (place,), value.body, text) if names == {place} and not again and not unsaid else None
