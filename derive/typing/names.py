"""Names with their indices: which declared name is meant, what its slots hold, and what is left to apply to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derive.algebra.build import substitute
from derive.algebra.expr import Expr, IndexValue, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.names.indices import Token, cuts, index_value, size_value
from derive.names.matching import Filled, Written, ZeroBasedIndex, fill, letter_of, written
from derive.names.table import Entry, Orientation, Param
from derive.notation.functions import near_function
from derive.reader.syntax import (
    Accent,
    Font,
    Group,
    Name,
    Node,
    walk,
)
from derive.typing.ceiling import Reason, only_proves
from derive.typing.context import Context, Log
from derive.typing.tensor import Axis, Tensor, UnknownSymbolError, orientation_of, scalar

_SMALL = re.compile(r"(?:\\[a-z]+\{)*([a-z])\}*")
"""A small letter, perhaps with accents."""


_SLICES: dict[str, Orientation] = {"vector": "free", "row": "row", "column": "col"}


@dataclass(frozen=True, slots=True)
class Named:
    """A declared name with its indices read: the value, and what stands above it beyond its slots."""

    entry: Entry | None
    value: Tensor
    rest: tuple[Node, ...] = ()
    primes: int = 0


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
        check_accent(node, name.sup, ctx)
        return _bound_value(name, ctx.values[key], ctx)
    candidates = ctx.table.candidates(key, plain)
    filled = fill(name, candidates, ctx)
    if filled is not None:
        filled = _entry_in_another_font(name, filled, ctx) or filled
        filled = _entry_of_transpose(filled, ctx)
        check_accent(node, filled.rest, ctx)
        value = instance(filled.entry, filled.values, ctx, name.node)
        return Named(filled.entry, value, node.powers if filled.rest == node.pieces else filled.rest, name.primes)
    if (one := _of_any_example(name, candidates, ctx)) is not None:
        return one
    if any(not (entry.fixed_sub or entry.fixed_sup) for entry in candidates):
        raise ctx.fault(f'cannot read the indices of "{ctx.text(node)}"', node, _expected(candidates[0]))
    return _entry_of_capital(name, key, ctx)


def _entry_in_another_font(name: Written, filled: Filled, ctx: Context) -> Filled | None:
    """Return x_i as entry i of a vector 𝐱 where x_{ij} are the entries of a matrix: as a row of that it would have a
    font of its own. That is no more than likely."""
    if not name.sub or (None not in filled.values.values() and len(filled.values) == len(filled.entry.params)):
        return None
    other = fill(name, ctx.table.in_other_fonts(filled.entry.base, name.base.plain), ctx)
    if other is None or len(other.values) < len(other.entry.params) or None in other.values.values():
        return None
    ctx.log.limit(only_proves(Reason(f"{ctx.text(name.node)} may be a part of {filled.entry.base}", name.node.span)))
    ctx.log.note(f"{ctx.text(name.node)} is taken for an entry of {other.entry.base}")
    return other


def _of_any_example(name: Written, candidates: Sequence[Entry], ctx: Context) -> Named | None:
    """Return x, where only the examples x^{(i)} are declared, as any one of them; None where the formula has an i.

    What holds of any example is proved; nothing is refuted, since the text may speak of data with a single one.
    """
    for entry in candidates:
        missing = [at for at, param in enumerate(entry.params) if param.kind == "layer"]
        letters = {entry.params[at].index.name for at in missing}
        if len(missing) != 1 or not letters <= ctx.table.examples or letters & _letters(ctx.whole):
            continue
        kept = [at for at in range(len(entry.params)) if at not in missing]
        below, above = (tuple(kept.index(at) for at in slots if at in kept) for slots in (entry.sub, entry.sup))
        filled = fill(name, [replace(entry, params=entry.units, sub=below, sup=above)], ctx)
        if filled is None:
            continue
        values = {kept[at]: value for at, value in filled.values.items()}
        values[missing[0]] = lin(Index(entry.params[missing[0]].index.name))
        ctx.log.limit(only_proves(Reason(f"which example {ctx.text(name.node)} is, is not said", name.node.span)))
        ctx.log.note(f"{entry.base} is taken for that of any one example")
        return Named(entry, instance(entry, values, ctx, name.node), filled.rest, name.primes)
    return None


def _letters(nodes: Iterable[Node]) -> set[str]:
    return {inner.letter for node in nodes for inner in walk(node) if inner.letter}


def check_accent(node: Node, powers: Sequence[Node], ctx: Context) -> None:
    """Look at what an accent reaches over: \\hat{y^k} is no power of \\hat{y}. Raises: LatexError where it is one."""
    if isinstance(node, Accent) and not all(piece.is_transpose for piece in powers):
        raise ctx.fault(f'the accent of "{ctx.text(node)}" is over a power', node, "a name under the accent")


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
    letter = name.base.plain or key
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


def _bound_value(name: Written, value: Tensor, ctx: Context) -> Named:
    value = value.renamed()
    if name.sub:
        value = entry_of(value, name.sub, ctx, name.node)
    return Named(None, value, name.sup, name.primes)


def _expected(entry: Entry) -> str:
    return f"{entry.base} with at most {len(entry.sub)} indices below and {len(entry.sup)} above"


def instance(entry: Entry, values: dict[int, Lin | None], ctx: Context, node: Node) -> Tensor:
    """Return a declared name at given indices; those left out become axes."""
    values = _of_a_column(entry, values, ctx)
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
            if entry.body is not None and range_ is not None and _is_outside(value, range_):
                raise ctx.fault(f'"{entry.base}" is not defined at {ctx.said(value)}', node, _range_said(range_, ctx))
            ctx.use(value, range_, param.kind, node)
            if param.kind == "layer" and isinstance(value.atom, Index):
                ctx.use(value, ctx.table.recursions.get(entry.name), "layer", node, soft=True)
        chosen[param.index] = value
        arguments.append(value)
    body: Expr = Var(entry.name, tuple(arguments)) if entry.body is None else substitute(entry.body, chosen)
    return Tensor(tuple(axes), body, _orientation(entry, open_units, ctx), partial=entry.partial)


def _is_outside(value: Lin, range_: Range) -> bool:
    """Return whether an index surely lies outside of a range."""
    known = IndexFacts()
    return any(known.at_most_zero(gap) for gap in (value + 1 - range_.lo, range_.hi + 1 - value))


def _range_said(range_: Range, ctx: Context) -> str:
    return f"{ctx.said(range_.lo)} … {ctx.said(range_.hi)}"


def _of_a_column(entry: Entry, values: dict[int, Lin | None], ctx: Context) -> dict[int, Lin | None]:
    """Return the index of M_j as that of a column, where a reading says so; M_{j,:} is a row."""
    units = [at for at, param in enumerate(entry.params) if param.kind == "unit"]
    if entry.orientation != "matrix" or len(units) != 2 or values.get(units[0]) is None or units[1] in values:
        return values
    if ctx.choice("single") == "rows":
        return values
    return {units[1]: values[units[0]], **{at: value for at, value in values.items() if at != units[0]}}


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


def _orientation(entry: Entry, open_units: Sequence[int], ctx: Context) -> Orientation:
    units = [at for at, param in enumerate(entry.params) if param.kind == "unit"]
    if list(open_units) == units:
        derived = entry.partial and entry.body is not None and entry.orientation == "col"
        return "row" if derived and ctx.choice("errors") == "row" else entry.orientation
    if len(open_units) == 1:
        return "col" if open_units[0] == units[0] else _of_a_row(ctx)
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
    if len(axes) != 1:
        return Tensor(tuple(axes), value.at(*at), orientation_of(len(axes)))
    return Tensor(tuple(axes), value.at(*at), "col" if axes[0] == value.axes[0] else _of_a_row(ctx))


def _of_a_row(ctx: Context) -> Orientation:
    """Return what a row of a matrix is: a vector that fits as a column and as a row, or one of these."""
    return _SLICES[ctx.choice("slices")]


def index_as_number(node: Node, ctx: Context) -> Tensor | None:
    """Return a size or an index in scope as the number that it is: N, n_k, the i of a sum, or a free one, the t of
    Σ_{s=1}^t β^{t-s} g_s."""
    key = node.key
    name = ctx.table.index_names.get(key, key) if key is not None else None
    if name is not None and name in ctx.indices:
        return scalar(IndexValue(ctx.indices[name]))
    value = size_value(node, ctx)
    if value is None and name is not None and (name in ctx.free or _counts(name, node, ctx)):
        value = lin(Index(name))
    return None if value is None else scalar(IndexValue(value))


def _counts(name: str, node: Node, ctx: Context) -> bool:
    """Return whether a letter that nothing declares was met as an index before, so that it is its value, as in
    u_t = (t - 1)/t u_{t-1} + y_t / t; one that the model does not use so may be a number of its own."""
    if not node.letter or not ctx.counts(name):
        return False
    if name not in ctx.table.ranges:
        ctx.log.limit(only_proves(Reason(f'"{ctx.text(node)}" may be a number of its own', node.span)))
    return True


def unknown(node: Node, ctx: Context) -> UnknownSymbolError:
    """Return the fault for a name that is not declared."""
    text = ctx.text(node)
    kind = "function" if isinstance(node, Font) or (isinstance(node, Name) and node.fonts) else "name"
    near = near_function("".join(re.findall(r"[A-Za-z]+", text)[-1:]))
    message = f'"{text}" is not a {kind} of the model or of the document' + (f"; is {near} meant?" if near else "")
    return UnknownSymbolError(message, ctx.source, node.span, "" if near else "a declared name")


def speaks_of_other_units(filled: Filled, right: Node, ctx: Context) -> bool:
    """Return whether `left = right` speaks of units that the declared name on the left does not have: its index has
    another letter, and on the right that letter runs over another range, always the same one."""
    entry = filled.entry
    if not entry.letters or entry.layers or entry.by_letter:
        return False
    pairs = list(zip(entry.letters, entry.params, strict=True))
    for at, (own, param) in enumerate(pairs):
        letter = letter_of(filled.values.get(at))
        if not letter or letter == own:
            continue
        inner = replace(ctx, log=Log(), network=None, free=frozenset(), summation=False, whole=())
        inner.value(right)
        ends = {use.range.hi for use in inner.log.uses if use.value == lin(Index(letter))}
        if len(ends) == 1 and param.range is not None and param.range.hi not in ends:
            return True
    return False
