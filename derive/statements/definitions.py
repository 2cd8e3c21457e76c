"""Names that a document or a model defines: abbreviations, variables of the network, functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from derive.algebra.build import MINUS_ONE, add, mul, substitute
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra
from derive.algebra.primes import TooLargeError
from derive.algebra.substitute import walk as walk_expr
from derive.errors import LatexError
from derive.names.declare import declared_name
from derive.names.indices import Token, parts
from derive.names.letters import free_letters
from derive.names.matching import Written, unnested, with_primes, written
from derive.names.table import Entry, Function, Kind, Param
from derive.network.network import Definition, Leaf, Network
from derive.reader.syntax import Node, Relation, walk
from derive.statements.document_state import DocumentState
from derive.statements.left_sides import LeftSide, arguments_of, defining
from derive.statements.written_names import name_key, names_in
from derive.typing.application import letters_of
from derive.typing.bounds import Bound
from derive.typing.constraints import letters_of as letters_in_slots
from derive.typing.constraints import meet
from derive.typing.context import Context, Log
from derive.typing.heads import BUILTIN
from derive.typing.index_ranges import bound_range
from derive.typing.quantifiers import Limits, read_limits
from derive.typing.tensor import ShapeError, Tensor, scalar

STEP_SIZES = frozenset({r"\eta", r"\alpha", r"\epsilon", r"\gamma"})
"""Letters of numbers that updates use without saying what they are."""


def with_name(
    state: DocumentState, left: LeftSide, right: Node, conditions: Sequence[Node], ctx: Context, layers: frozenset[str]
) -> DocumentState:
    """Return the state with a name that the document defines over the model: a variable of the network where it can be
    differentiated by, an abbreviation where it stands for derivatives."""
    ctx = defining(left, right, ctx)
    value = ctx.resolved(ctx.value(right))
    meant = meant_layers(layers, ctx)
    entry = state.table.apart(declared(left, value, conditions, ctx, layers))
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
            own = IndexFacts({param.index: range_ for param, range_ in zip(entry.params, ranges, strict=True)})
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


def is_of_entries(left: LeftSide, right: Node, ctx: Context) -> bool:
    """Return whether ℓ(p, t) = (p - t)² of columns p and t says what ℓ is of an entry of each, ℓ(p_n, t_n)."""
    letters = [node.symbol for node in left.given]
    if len(letters) < 2 or not any(map(ctx.table.entries.get, letters)) or not all(_is_entry(n, ctx) for n in letters):
        return False
    quiet = replace(ctx, log=Log())
    try:
        is_array = bool(quiet.value(right).axes)
    except ShapeError:  # a product of columns, t (1 - p)
        is_array = True
    return is_array and not function_of(left, right, quiet).of_arrays


def _is_entry(name: str, ctx: Context) -> bool:
    """Return whether a bare letter can stand for a number: nothing declares it, or it names a number or a column."""
    entries = ctx.table.candidates(name, name)
    return bool(name) and all(len(entry.params) == len(entry.units) <= 1 for entry in entries)


def with_own_function(state: DocumentState, left: LeftSide, right: Node, ctx: Context) -> DocumentState:
    """Return the state with f(p, q) = … of letters that the model does not have, h_w(x) = … where it has x^{(i)} only,
    or ℓ(p, t) = … of entries of columns, as a function of whatever is put in their places; the state itself where it
    is none."""
    letters = [node.symbol for node in left.given if node.symbol]
    key, base = name_key(left.name), left.name.base
    head = base.letter and left.name.sup is None and not left.name.primes
    taken = bool(ctx.table.candidates(key, key)) or key in {*ctx.table.functions, *BUILTIN}
    alone = [name for name in letters if stands_alone(name, ctx)]
    taken = taken or (bool(alone) and not (len(letters) > 1 and all(_is_entry(name, ctx) for name in letters)))
    if not letters or len(letters) < len(left.given) or taken or not head:
        return state
    try:
        function = function_of(left, right, ctx)
    except LatexError:  # it has letters beside its arguments that the model does not know either
        return state
    of_whole = bool(alone) and function.of_arrays
    return state if of_whole else replace(state, table=state.table.with_function(key, function))


def with_step_sizes(state: DocumentState, node: Node) -> DocumentState:
    """Return the state with the step sizes of a definition, Δw = -η g, as numbers where nothing says what they are."""
    table, network = state.table, state.network
    for name in names_in(node):
        key = name_key(name)
        if key in STEP_SIZES - state.own.defined and not table.candidates(key, key) and key not in table.functions:
            table = table.with_entry(declared_name(key))
            network = replace(network, leaves=(*network.leaves, Leaf(key)))
    return replace(state, table=table, network=network)


def declared(
    left: LeftSide, value: Tensor, conditions: Sequence[Node], ctx: Context, layers: frozenset[str]
) -> Entry:  # fmt: skip
    """Return the name that `left = value` declares; index letters in its scripts become its indices.

    `layers` are the letters that count layers. The ranges of the letters are those of their slots in the value, as far
    as conditions let them run.
    Raises: LatexError if a letter among the indices has no range, a condition on it cannot be read, or nothing binds
    one of the value.
    """
    name = with_primes(written(left.name, ctx))
    key = name.base.key if name.sub or name.sup else _declared_key(name.base, ctx)
    if key is None:
        raise ctx.fault("this is no name", left.name, "a name")
    uses = letters_in_slots(ctx.log.uses) | free_letters(value.body)
    flat = unnested(name)
    nested = flat.sup != name.sup and uses >= {token.text for group in flat.sub for token in group}
    name = flat if nested else name
    below, fixed_sub = slots_below(name.sub, uses, ctx)
    above, fixed_sup, bracket = slots_above(name, uses, ctx)
    inside = bound_by_arguments(left, [*below, *above], uses, ctx)
    unbound = uses - {*below, *above, *inside} - {index.name for index in ctx.table.labels}
    if unbound & free_letters(value.body):
        raise ctx.fault(f'nothing says which "{min(unbound)}" is meant', left.name, "an index on the left")
    limits = _limits(conditions, {*above, *below, *inside}, ctx)
    params: dict[str, Param] = {}
    values: dict[Index | Size, Lin] = {}
    entries = ctx.table.examples & {*below, *inside} if value.is_scalar else frozenset[str]()
    for letter in sorted([*above, *below, *inside], key=lambda letter: letter not in layers - entries):
        own = fresh(letter)
        told = any(use.solved(Index(letter)) is not None for use in ctx.log.uses)
        usual = None if told else ctx.table.ranges.get(letter)
        slot = bound_range(Bound(letter, Index(letter), left.name), ctx, 0, usual)
        range_ = _within(slot, letter, limits).subs(values)
        kind: Kind = "layer" if letter in layers - entries else "unit"
        params[letter] = Param(own, range_, kind)
        values[Index(letter)] = lin(own)
    axes = [Param(axis.index, axis.range.subs(values), "unit") for axis in value.axes]
    units = any(param.kind == "unit" for param in params.values())
    places = [[params[letter] for letter in letters] for letters in (above, below, inside)]
    entry = declared_name(
        key, *places, axes=axes, orientation=None if units else value.orientation, fixed_sub=fixed_sub,
        fixed_sup=fixed_sup, written=name.base.text, bracket=bracket,
    )  # fmt: skip
    body = substitute(value.body, values)
    return replace(entry, body=body, partial=value.partial, arguments=left.given, nested=nested)


def _limits(conditions: Sequence[Node], letters: Collection[str], ctx: Context) -> Limits:
    """Return what conditions say of the indices of a new name. Raises: LatexError for a relation that says more."""
    limits, others = read_limits(conditions, ctx)
    for size in limits.values.keys() & ctx.table.sizes.keys():
        raise ctx.fault(f'this is said for one value of "{size}" alone', conditions[0], "a definition for all sizes")
    ends = (
        *limits.values.values(),
        *(end for ends in (limits.lower, limits.upper) for one in ends.values() for end in one),
    )
    compares = any(index.name in letters for end in ends for index in end.indices())
    for node in (*others, *(conditions if compares else ())):
        if isinstance(node, Relation) and any(inner.letter in letters for inner in walk(node)):
            raise ctx.fault("cannot read this condition of a definition", node, r"a range such as 1 \le k \le L")
    return limits


def _within(slot: Range, letter: str, limits: Limits) -> Range:
    """Return the part of a slot in which conditions leave a letter; an end that they call by another letter is none."""
    if (value := limits.values.get(letter)) is not None and not value.indices():
        return Range(value, value)
    for low in limits.lower.get(letter, ()):
        slot = slot if low.indices() else meet(slot, Range(low, slot.hi)) or slot
    for high in limits.upper.get(letter, ()):
        slot = slot if high.indices() else meet(slot, Range(slot.lo, high)) or slot
    return slot


def _declared_key(base: Node, ctx: Context) -> str | None:
    """Return the base of a name as it is declared, in whatever font; its own where it is new."""
    key = base.key
    known = ctx.table.candidates(key, base.plain)
    return known[0].base if known and known[0].base != key and known[0].plain == base.plain else key


def bound_by_arguments(left: LeftSide, slots: Collection[str], used: set[str], ctx: Context) -> list[str]:
    """Return the letters of a definition that only its arguments bind: the i of p(x_i)."""
    return [letter for letter in letters_of(left.given, ctx) if letter in used and letter not in slots]


def meant_layers(layers: frozenset[str], ctx: Context) -> Range | None:
    """Return at which layers a new name is meant, D_l = diag(g'(z_l)) at those of g(z_l); None where nothing says."""
    letters = {index for use in ctx.log.uses for index in use.free if index.name in layers}
    if len(letters) != 1:
        return None
    index, found = letters.pop(), None
    for use in ctx.log.uses:
        range_ = use.solved(index) if use.soft and use.kind == "layer" else None
        if range_ is not None:
            found = range_ if found is None else meet(found, range_)
    return found


def slots_below(groups: list[list[Token]], letters: set[str], ctx: Context) -> tuple[list[str], tuple[str, ...]]:
    """Return the index letters below a name, and what belongs to the name itself, before them (the o of z_{oij}) or
    without them."""
    tokens = [token for group in groups for token in group if token.kind not in {"bracket", "end"}]
    texts = [ctx.table.index_names.get(token.text, token.text) for token in tokens]
    are_slots = [token.kind == "letter" and text in letters for token, text in zip(tokens, texts, strict=True)]
    begin = next((at for at in range(len(tokens)) if all(are_slots[at:])), len(tokens))
    for token, is_slot in zip(tokens[:begin], are_slots, strict=False):
        if (is_slot and are_slots[0]) or token.kind not in {"letter", "number", "other", "script"}:
            raise ctx.fault("cannot tell which of these are indices of a new name", token.node)
    return texts[begin:], tuple(token.text for token in tokens[:begin])


def slots_above(name: Written, letters: set[str], ctx: Context) -> tuple[list[str], tuple[str, ...], str]:
    slots: list[str] = []
    fixed: list[str] = []
    bracket = ""
    for piece in name.sup:
        inner = piece.inside
        tokens = [token for group in parts(inner) for token in group]
        if len(tokens) == 1 and tokens[0].kind == "letter" and tokens[0].text in letters:
            slots.append(tokens[0].text)
            bracket = piece.bracket or bracket
        else:
            fixed.append(piece.text)
    return slots, tuple(fixed), bracket
