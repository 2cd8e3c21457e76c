"""The two sides of an equation as scalars over free indices, entry by entry where a list writes the entries out."""

from __future__ import annotations

from derive.algebra.expr import Expr
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.latex.context import Context
from derive.latex.folding import fold, lists_entries, mul, substitute
from derive.latex.quantifiers import Limits
from derive.latex.tensor import Tensor

MAX_ENTRIES = 64


_AXIS_LETTERS = ("i", "j", "m", "p", "q", "r", "s", "u", "v")


def letters_used(ctx: Context, start: int) -> set[str]:
    return {i.name for use in ctx.log.uses[start:] for i in use.value.indices() if i.uid == 0}


def listed_sizes(ctx: Context) -> dict[Size, int]:
    """Return the sizes whose units 1 … c are written out one by one."""
    seen: dict[Size, set[int]] = {}
    for use in ctx.log.uses:
        atom = use.range.hi.atom
        if use.kind == "unit" and use.value.is_const and isinstance(atom, Size) and atom not in ctx.log.sizes:
            seen.setdefault(atom, set()).add(use.value.const)
    return {
        atom: max(units) for atom, units in seen.items() if len(units) > 1 and units == set(range(1, max(units) + 1))
    }


def fix_listed_sizes(ctx: Context) -> None:
    for atom, count in listed_sizes(ctx).items():
        ctx.log.sizes[atom] = count


def fix_named_sizes(limits: Limits, ctx: Context) -> None:
    """Fix the sizes that a condition sets, such as the depth in (L = 3)."""
    for name, value in limits.values.items():
        if ctx.table.sizes.get(name) == 0 and value.is_const:
            ctx.log.sizes[Size(name)] = value.const


Free = tuple[tuple[Index, Range], ...]


def entries_of(
    left: Tensor, right: Tensor, factor: Expr | None, free: Free, values: object, ctx: Context
) -> list[tuple[Expr, Expr, Free]]:
    """Return both sides as scalars: axes that are written out entry by entry at each entry, others as free indices."""
    settings: dict[Index | Size, Lin] = dict(values) if isinstance(values, dict) else {}
    used = {index.name for index, _ in free}
    rows: list[tuple[Expr, Expr]] = [(left.body, right.body)]
    axes: list[tuple[Index, Range]] = []
    for axis in left.axes:
        range_ = ctx.fixed(axis.range)
        count = range_.length.const if range_.length.is_const else 0
        written_out = any(lists_entries(side, axis.index) for row in rows for side in row)
        if written_out and count > 0 and count * len(rows) <= MAX_ENTRIES:
            at = [{axis.index: lin(range_.lo.const + n)} for n in range(count)]
            rows = [(substitute(a, v), substitute(b, v)) for a, b in rows for v in at]
            continue
        name = next(letter for letter in (*_AXIS_LETTERS, axis.index.name + "'") if letter not in used)
        used.add(name)
        own = Index(name)
        rows = [(substitute(a, {axis.index: lin(own)}), substitute(b, {axis.index: lin(own)})) for a, b in rows]
        axes.append((own, range_))
    found = []
    for a, b in rows:
        if settings:
            a, b = substitute(a, settings), substitute(b, settings)
        if factor is not None:
            a, b = mul(factor, a), mul(factor, b)
        ranges = tuple((index, r.subs(settings)) for index, r in (*free, *axes) if index not in settings)
        found.append((fold(a), fold(b), ranges))
    return found
