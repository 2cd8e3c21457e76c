"""Equations read with each letter that nothing declares as a number: where they may be, and whether that is a guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.algebra.expr import Var
from derive.algebra.substitute import walk as parts_of
from derive.errors import LatexError
from derive.names.table import Function
from derive.network.network import Fact, Network
from derive.reader.syntax import Fraction, Group, Node, Product, walk
from derive.statements.at_a_point import at_a_point, has_derivative, of_one_number
from derive.statements.document_state import DocumentState
from derive.statements.left_sides import definable
from derive.statements.link_claims import LinkClaim
from derive.statements.not_numbers import are_no_numbers, has_array_marks
from derive.statements.own_names import OwnNames, has_sums, opened
from derive.statements.pieces import Piece
from derive.statements.written_names import name_key, names_in
from derive.typing.application import only_names
from derive.typing.ceiling import OPEN, Ceiling, Reason, only_proves, only_refutes
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.names import read_name

_OF_A_NUMBER = only_refutes(Reason("this holds for a number; the derivative by a vector is a matrix"))


@dataclass(frozen=True, slots=True)
class AsNumbers:
    """An equation with the names that it is read with, the value of the row "letters", and how far that is trusted."""

    piece: Piece
    names: OwnNames
    letters: str
    ceiling: Ceiling = OPEN


def as_numbers(piece: Piece, options: Sequence[LinkClaim], state: DocumentState, ctx: Context) -> AsNumbers | None:
    """Return an equation with the letters that nothing declares as numbers; None where it has none, or is none of them.

    `options` are its readings in the model: unless it speaks of what the document defines, these must have failed.
    Raises: LatexError where the bounds of a sum cannot be read.
    """
    nodes = [piece.left, piece.right]
    misfit = bool(options) and all(option.refuted and option.code in {"D101", "D103"} for option in options)
    failed = misfit or all(option.kind == "not-understood" for option in options)
    own = speaks_of(nodes, state.own.defined)
    at_point = at_a_point(nodes, ctx) if failed else None
    if misfit and at_point is None and not own:
        at_point = of_one_number(nodes, ctx)
        if at_point is None:
            return None
    nodes = at_point or nodes
    restated = has_sums(nodes) and _restates(piece, state.own)
    if not restated and (has_array_marks(nodes) or speaks_of(nodes, state.own.vague)):
        return None
    if at_point is None and not restated:
        names = (name for node in nodes for name in names_in(node))
        of_the_model = not failed or any(is_of_the_model(name, state.network, ctx) for name in names)
        if (of_the_model and not own) or are_no_numbers(nodes, state.own.known, ctx):
            return None
    found = opened(nodes[1:] if restated else nodes, state.own, ctx)
    if found.is_mixed:
        return None
    scalars = frozenset(leaf.name for leaf in state.network.leaves if not leaf.params)
    facts = _facts_about(found, state.network, scalars)
    enough = restated or (not has_sums(nodes) and _says_enough(state.own, found, nodes, ctx, scalars))
    letters = "own" if not misfit and facts is not None and enough else "numbers"
    if at_point is not None:
        piece = replace(piece, left=nodes[0], right=nodes[1], earlier=())
    found = replace(found, network=replace(found.network, facts=facts or ()))
    ceiling = _OF_A_NUMBER if misfit and has_derivative(nodes) else OPEN
    return AsNumbers(piece, found, letters, ceiling.meet(_of_open_functions(piece, found)))


def _of_open_functions(piece: Piece, found: OwnNames) -> Ceiling:
    """Return how far an equation about functions that nothing defines is trusted: h(g(x)) = (x^2)^3 says what they are,
    where (f g)' = f' g' is one about any f and g. Nobody puts brackets around one factor, a(x)."""
    kinds = {name for name, function in found.table.functions.items() if function.kind == "open"}
    kinds |= set(_before_names(piece, found))
    left, right = ({inner.base.key for inner in walk(side)} & kinds for side in (piece.left, piece.right))
    strange = sorted(name for name in left ^ right if name)
    return only_proves(Reason(f'nothing says what the function "{strange[0]}" is')) if strange else OPEN


def _before_names(piece: Piece, found: OwnNames) -> Iterator[str]:
    """Yield the letters without a meaning that stand before brackets with names alone."""
    leaves = {leaf.name for leaf in found.network.leaves}
    for node in (inner for side in (piece.left, piece.right) for inner in walk(side) if isinstance(inner, Product)):
        for head, group in pairwise(node.items):
            bracket = group.node if not group.operator and isinstance(group.node, Group) else None
            if head.node.symbol in leaves and bracket is not None and only_names(bracket.body):
                yield head.node.symbol


def _restates(piece: Piece, own: OwnNames) -> bool:
    """Return whether an equation says again what a name is that the document has defined."""
    left = definable(piece.left)
    return left is not None and name_key(left.name) in own.defined


def speaks_of(nodes: Iterable[Node], defined: frozenset[str]) -> bool:
    """Return whether a formula has one of some names in it, perhaps with an index."""
    names = [name for node in nodes for name in names_in(node)]
    return any({name_key(name), name.base.key} & defined for name in names)


def is_of_the_model(name: Node, network: Network, ctx: Context) -> bool:
    """Return whether a name with indices, or a variable that the forward pass defines, can be read in the model."""
    try:
        named = read_name(name, ctx)
    except LatexError:
        return False
    if named is None or named.entry is None:
        return False
    entry, scripted = named.entry, (name.sub or name.sup) is not None
    of_loss = entry.base in ctx.table.heads and named.value.is_scalar
    computed = entry.name in {definition.name for definition in network.definitions}
    return (scripted and bool(entry.params)) or computed or of_loss


def _says_enough(before: OwnNames, after: OwnNames, nodes: Sequence[Node], ctx: Context, own: frozenset[str]) -> bool:
    """Return whether nothing had to be guessed: every name is defined in the document or `own` to the model, or only
    one real variable is new, and a formula differentiates known functions of it, or begins with one of them."""
    same = before.network.definitions == after.network.definitions
    new = {name: one for name, one in after.table.functions.items() if name not in before.table.functions}
    if not same or any(function.kind == "open" for function in new.values()):
        return False
    added = {leaf.name for leaf in after.network.leaves} - {leaf.name for leaf in before.network.leaves} - own
    alone = len(added) == 1 and not before.network.definitions
    return not added or (alone and _differentiates_or_applies(nodes, new, ctx))


def _differentiates_or_applies(nodes: Sequence[Node], functions: Mapping[str, Function], ctx: Context) -> bool:
    found = [inner for outer in nodes for inner in walk(outer)]
    primes = any(node.primes > 0 for node in found)
    fractions = any(isinstance(node, Fraction) and operator_of(node, ctx) is not None for node in found)
    first = nodes[0]
    applied = isinstance(first, Product) and len(first.items) == 2 and first.items[0].node.base.key in functions
    return primes or fractions or applied


def _facts_about(names: OwnNames, network: Network, own: frozenset[str]) -> tuple[Fact, ...] | None:
    """Return what a model assumes of its `own` variables among some names; None where a fact ties them to others."""
    mine = own & {leaf.name for leaf in names.network.leaves}
    found = []
    for fact in network.facts:
        sides = [side for side in (fact.left, fact.right, *fact.choices) if side is not None]
        used = {inner.name for side in sides for inner in parts_of(side) if isinstance(inner, Var)}
        if used & mine and not used <= mine:
            return None
        if used & mine:
            found.append(fact)
    return tuple(found)
