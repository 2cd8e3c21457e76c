"""Names with their indices: which declared name is meant, what its slots hold, and what is left to apply to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.algebra.expr import Expr, IndexValue, Var
from derive.algebra.index import Index, Lin, Size, fresh, lin
from derive.errors import LatexError
from derive.reader.syntax import (
    Accent,
    Font,
    Group,
    Name,
    Node,
)
from derive.typing.context import Context
from derive.typing.families import told_apart
from derive.typing.folding import substitute
from derive.typing.indices import Token, cuts, expand_nested, index_value, parts, size_value
from derive.typing.symbols import Entry, Param, strip_fonts
from derive.typing.tensor import Axis, Orientation, Tensor, UnknownSymbolError, orientation_of, scalar

_SMALL = re.compile(r"(?:\\[a-z]+\{)*([a-z])\}*")
"""A small letter, perhaps with accents."""


class ZeroBasedIndex(LatexError):
    """Unit 0 was written: the formula counts its units from 0."""


@dataclass(frozen=True, slots=True)
class Written:
    """A name as written: its base, the index groups below, the pieces above, and primes."""

    node: Node
    base: Node
    sub: list[list[Token]]
    sup: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A declared name with its indices read: the value, and what stands above it beyond its slots."""

    entry: Entry | None
    value: Tensor
    rest: tuple[Node, ...] = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the slots of a declared name: param -> index (None for a whole axis), and what is left above."""

    entry: Entry
    values: dict[int, Lin | None]
    rest: tuple[Node, ...]


def written(node: Node, ctx: Context) -> Written:
    """Return a node as base, subscripts and superscripts."""
    if not node.scripted:
        return Written(node, node, [], ())
    base = node.base
    sub = expand_nested(parts(node.sub), ctx)
    name = Written(node, base, sub, node.pieces, node.primes)
    primed = with_primes(name)
    return primed if primed.base.key in ctx.table.entries else name


def with_primes(name: Written) -> Written:
    """Return a name with its primes as a part of its base: x' beside x."""
    key = name.base.key
    if not name.primes or key is None:
        return name
    return replace(name, base=Name(name.base.span, key + "'" * name.primes), primes=0)


def unnested(name: Written) -> Written:
    """Return g^{s_t} as g^{s}_{t}: an index of a letter above a name is one of the name."""
    inner = [piece for piece in name.sup if piece.sub is not None and piece.sup is None]
    below = [*name.sub, *(group for piece in inner for group in parts(piece.sub))]
    return replace(name, sub=below, sup=tuple(piece.base if piece in inner else piece for piece in name.sup))


def read_name(node: Node, ctx: Context) -> Named | None:
    """Return the declared name that a node means, with its indices read; None if its base is not declared.

    Raises: LatexError if the base is declared but its indices cannot be read.
    """
    name = written(node, ctx)
    key, plain = name.base.key, name.base.plain
    if key is None:
        return None
    if node.text in ctx.values:
        return Named(None, ctx.values[node.text].renamed())
    if key in ctx.values:
        return _bound_value(name, ctx.values[key], ctx)
    candidates = ctx.table.candidates(key, plain)
    filled = fill(name, candidates, ctx)
    if filled is not None:
        filled = _entry_of_transpose(filled, ctx)
        if isinstance(node, Accent) and not all(piece.is_transpose for piece in filled.rest):
            raise ctx.fault(f'the accent of "{ctx.text(node)}" is over a power', node, "a name under the accent")
        value = instance(filled.entry, filled.values, ctx, name.node)
        return Named(filled.entry, value, node.powers if filled.rest == node.pieces else filled.rest, name.primes)
    if any(not (entry.fixed_sub or entry.fixed_sup) for entry in candidates):
        raise ctx.fault(f'cannot read the indices of "{ctx.text(node)}"', node, _expected(candidates[0]))
    return _entry_of_capital(name, key, ctx)


def _entry_of_transpose(filled: Filled, ctx: Context) -> Filled:
    """Return W^T_{ij}, and W_{ij}^T, which is typeset alike, as the entry W_{ji}: a number has no transpose."""
    units = [at for at, param in enumerate(filled.entry.params) if param.kind == "unit" and at in filled.entry.sub]
    if not filled.rest or not filled.rest[0].is_transpose or len(units) < 2:
        return filled
    if any(filled.values.get(at) is None for at in units):
        return filled
    sign, (first, second) = filled.rest[0], units[-2:]
    if sign.key in ctx.table.sizes:
        raise ctx.fault(f'"{ctx.text(sign)}" is a size; above an entry it is no transpose', sign)
    swapped = {first: filled.values[second], second: filled.values[first]}
    return replace(filled, values={**filled.values, **swapped}, rest=filled.rest[1:])


def _entry_of_capital(name: Written, key: str, ctx: Context) -> Named | None:
    """Return w_{ij} as the entry W_{ij} of a declared matrix where w itself is no name; None for anything else."""
    letter = strip_fonts(key)
    small = _SMALL.fullmatch(letter)
    if small is None or key in ctx.table.sizes or key in ctx.table.functions:
        return None
    capital = letter[: small.start(1)] + small[1].upper() + letter[small.end(1) :]
    matrices = [entry for entry in ctx.table.candidates(capital, capital) if len(entry.units) == 2]
    filled = fill(name, matrices, ctx)
    if filled is None:
        return None
    example = not filled.values and len(filled.rest) == 1 and isinstance(filled.rest[0], Group)
    if not example and (filled.rest or len(filled.values) < len(filled.entry.params)):
        return None
    if any(value is None for value in filled.values.values()):
        return None
    ctx.log.note(f"{key} with its indices is taken for the entries of {filled.entry.base}")
    return Named(filled.entry, instance(filled.entry, filled.values, ctx, name.node), filled.rest, name.primes)


def fill(name: Written, candidates: Sequence[Entry], ctx: Context) -> Filled | None:
    """Return the declared name whose slots take the indices as written: with the longest fixed part, nothing left above
    that could be an index, and the fewest axes left open."""
    found: list[Filled] = []
    fault: LatexError | None = None
    for entry in candidates:
        try:
            filled = _match(entry, unnested(name) if entry.nested else name, ctx)
        except ZeroBasedIndex:
            raise
        except LatexError as error:  # then the text may be part of another name: Y_{\text{onehot}} beside Y
            fault = fault or error
            continue
        if filled is not None:
            found.append(filled)
    if fault is not None and not found:
        raise fault
    found = told_apart(found, ctx, name.node)
    layers = {param.index.name for filled in found for param in filled.entry.layers}
    return min(found, key=lambda filled: _remoteness(filled, layers), default=None)


def _remoteness(filled: Filled, layers: set[str]) -> tuple[int, bool, bool, int]:
    """Order readings of a name; where x and x_l are both names, x_0 and x_l are the layers, and no units of x."""
    entry = filled.entry
    fixed = len(entry.fixed_sub) + len(entry.fixed_sup)
    index_left = any(not piece.is_transpose for piece in filled.rest)
    units = [(filled.values.get(at), param) for at, param in enumerate(entry.params) if param.kind == "unit"]
    counts_layers = any(value is not None and _counts_layers(value, param, layers) for value, param in units)
    open_axes = sum(filled.values.get(at) is None for at in range(len(entry.params)))
    return -fixed, index_left, bool(layers) and not entry.layers and counts_layers, open_axes


def _counts_layers(value: Lin, param: Param, layers: set[str]) -> bool:
    """Return whether an index is one of a layer rather than one of a unit: 0, l+1, or a depth L that no unit has."""
    if value.is_const or any(index.name in layers for index in value.indices()):
        return True
    own = set() if param.range is None else {atom for atom, _ in param.range.hi.terms}
    return any(isinstance(atom, Size) and atom not in own for atom, _ in value.terms)


def _bound_value(name: Written, value: Tensor, ctx: Context) -> Named:
    value = value.renamed()
    if name.sub:
        value = entry_of(value, name.sub, ctx, name.node)
    return Named(None, value, name.sup, name.primes)


def _expected(entry: Entry) -> str:
    return f"{entry.base} with at most {len(entry.sub)} indices below and {len(entry.sup)} above"


def _match(entry: Entry, name: Written, ctx: Context) -> Filled | None:
    below = _without_fixed(entry, name.sub)
    above = name.sup
    if entry.fixed_sup:
        texts = tuple(piece.text for piece in above[: len(entry.fixed_sup)])
        if texts != entry.fixed_sup and not _same_but_brackets(texts, entry.fixed_sup):
            return None
        above = above[len(entry.fixed_sup) :]
    if below is None:
        return None
    indices_above, rest = _take_above(entry, above, ctx)
    if indices_above is None:
        return None
    values: dict[int, Lin | None] = {}
    for at, group in zip(entry.sup, indices_above, strict=False):
        cut = next(cuts([group], 1), None)
        if cut is None:
            return None
        values[at] = index_value(cut[0], ctx)
    for count in range(len(entry.sub), -1, -1):
        if any(entry.params[at].kind == "layer" for at in entry.sub[count:]):
            break
        for segments in cuts(below, count, merge=count == len(entry.sub)) if below or count else [[]]:
            chosen = dict(values)
            for at, segment in zip(entry.sub, segments, strict=False):
                chosen[at] = index_value(segment, ctx)
            layers = (at for at, p in enumerate(entry.params) if p.kind == "layer" and at not in entry.bound)
            if all(chosen.get(at) is not None for at in layers):
                return Filled(entry, chosen, rest)
    return None


def _without_fixed(entry: Entry, groups: list[list[Token]]) -> list[list[Token]] | None:
    """Return the index groups without the fixed part of a name; None where that is not before or behind them."""
    fixed = entry.fixed_sub
    if not fixed:
        return groups
    if entry.fixed_last:
        tokens = groups[-1] if groups else []
        if tuple(token.text for token in tokens[-len(fixed) :]) != fixed:
            return None
        rest = tokens[: -len(fixed)]
        return groups[:-1] + ([rest] if rest else [])
    tokens = groups[0] if groups else []
    if tuple(token.text for token in tokens[: len(fixed)]) != fixed:
        return None
    rest = tokens[len(fixed) :]
    return ([rest] if rest else []) + groups[1:]


def _same_but_brackets(texts: tuple[str, ...], fixed: tuple[str, ...]) -> bool:
    strip = "()[]"
    bracketed = all(text[:1] in ("(", "[") for text in texts)
    return bracketed and [t.strip(strip) for t in texts] == [f.strip(strip) for f in fixed]


def _is_index_above(piece: Node, ctx: Context) -> bool:
    """Return whether a bare letter above a name that may have an index there is it: μ in ξ_k^μ, not a number or a size,
    which would be a power."""
    if piece.symbol in {"", "*", r"\prime", r"\ast", r"\star"}:
        return False
    is_number = piece.symbol in ctx.table.sizes or bool(ctx.table.candidates(piece.symbol, piece.symbol))
    return piece.symbol in ctx.indices or not is_number


def _take_above(
    entry: Entry, above: tuple[Node, ...], ctx: Context
) -> tuple[list[list[Token]] | None, tuple[Node, ...]]:
    """Return the tokens of the slots above, and the pieces that are left; None if a layer is missing."""
    needed = sum(entry.params[at].kind == "layer" for at in entry.sup)
    taken: list[list[Token]] = []
    for piece in above[: len(entry.sup)]:
        optional = len(taken) >= needed
        if piece.is_transpose and (piece.key != "T" or optional):
            break
        if optional and not isinstance(piece, Group) and not _is_index_above(piece, ctx):
            break
        groups = parts(piece.body if isinstance(piece, Group) else piece)
        if len(groups) != 1:
            break
        taken.append(groups[0])
    if len(taken) < needed:
        return None, above
    return taken, above[len(taken) :]


def instance(entry: Entry, values: dict[int, Lin | None], ctx: Context, node: Node) -> Tensor:
    """Return a declared name at given indices; those left out become axes."""
    chosen: dict[Index | Size, Lin] = {}
    axes: list[Axis] = []
    open_units: list[int] = []
    arguments: list[Lin] = []
    for at, param in enumerate(entry.params):
        value = values.get(at)
        if value is None and at in entry.bound:
            raise ctx.fault(
                f'"{entry.base}" without its arguments', node, f"its arguments in brackets, {entry.base}(…)"
            )
        range_ = None if param.range is None else param.range.subs(chosen)
        if value is None:
            index = fresh(param.index.name)
            if range_ is None:
                raise ctx.fault(f"{entry.base} has no shape yet", node)
            axes.append(Axis(index, range_))
            open_units.append(at)
            value = lin(index)
        else:
            value = _placed(value, param, ctx, node)
            ctx.use(value, range_, param.kind, node)
            if param.kind == "layer" and isinstance(value.atom, Index):
                ctx.use(value, ctx.table.recursions.get(entry.name), "layer", node, soft=True)
        chosen[param.index] = value
        arguments.append(value)
    body: Expr = Var(entry.name, tuple(arguments)) if entry.body is None else substitute(entry.body, chosen)
    return Tensor(tuple(axes), body, _orientation(entry, open_units), partial=entry.partial)


def _placed(value: Lin, param: Param, ctx: Context, node: Node) -> Lin:
    """Return a written index as a 1-based one."""
    if param.kind == "layer" or (param.range is not None and param.range.lo != lin(1)):
        return value
    if ctx.reading.base == 0:
        named = any(isinstance(atom, Index) for atom, _ in value.terms)
        return value if named else value + 1
    if value.is_const and value.const == 0 and ctx.table.counts_from_zero:
        raise ctx.fault("there is no unit 0 here", node, "an index from 1 on")
    if value.is_const and value.const == 0:
        raise ZeroBasedIndex("units are counted from 0 here", ctx.source, node.span)
    return value


def _orientation(entry: Entry, open_units: Sequence[int]) -> Orientation:
    units = [at for at, param in enumerate(entry.params) if param.kind == "unit"]
    if list(open_units) == units:
        return entry.orientation
    if len(open_units) == 1:
        return "col" if open_units[0] == units[0] else "free"
    return orientation_of(len(open_units))


def entry_of(value: Tensor, groups: list[list[Token]], ctx: Context, node: Node) -> Tensor:
    """Return an entry, a row or a column of any array: (W x)_i, \\exp(a)_l.

    Raises: LatexError if the indices do not fit the axes.
    """
    for count in range(len(value.axes), 0, -1):
        for segments in cuts(groups, count):
            chosen = [index_value(segment, ctx) for segment in segments]
            return _pick(value, chosen, ctx, node)
    raise ctx.fault(f'cannot read the indices of "{ctx.text(node)}"', node, f"at most {len(value.axes)} indices")


def _pick(value: Tensor, chosen: list[Lin | None], ctx: Context, node: Node) -> Tensor:
    axes, at = [], []
    for axis, index in zip(value.axes, [*chosen, *[None] * (len(value.axes) - len(chosen))], strict=True):
        if index is None:
            axes.append(axis)
            at.append(lin(axis.index))
        else:
            placed = _placed(index, Param(axis.index, axis.range, "unit"), ctx, node)
            ctx.use(placed, axis.range, "unit", node)
            at.append(placed)
    single: Orientation = "col" if axes and axes[0] == value.axes[0] else "free"
    return Tensor(tuple(axes), value.at(*at), orientation_of(len(axes), single))


def index_as_number(node: Node, ctx: Context) -> Tensor | None:
    """Return a size or an index in scope as the number that it is: N, n_k, the i of a sum."""
    key = node.key
    name = ctx.table.index_names.get(key, key) if key is not None else None
    if name is not None and name in ctx.indices:
        return scalar(IndexValue(ctx.indices[name]))
    value = size_value(node, ctx)
    return None if value is None else scalar(IndexValue(value))


def unknown(node: Node, ctx: Context) -> UnknownSymbolError:
    """Return the fault for a name that is not declared."""
    text = ctx.text(node)
    kind = "function" if isinstance(node, Font) or (isinstance(node, Name) and node.fonts) else "name"
    message = f'"{text}" is not a {kind} of the model or of the document'
    return UnknownSymbolError(message, ctx.source, node.span, "a declared name")
