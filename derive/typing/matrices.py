"""Matrices, columns and bracketed lists: written out entry by entry, or with dots and a pattern behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.algebra.build import MINUS_ONE, add, mul, sum_over
from derive.algebra.expr import ZERO, Expr, Iverson
from derive.algebra.index import Index, Range, fresh, lin, upto
from derive.names.indices import size_value
from derive.names.table import Orientation
from derive.reader.syntax import Additive, Dots, Empty, Group, Matrix, Node, Number
from derive.typing.bounds import Bound
from derive.typing.context import Context
from derive.typing.index_ranges import bound_range
from derive.typing.lists import listed_items
from derive.typing.templates import Differences, Path, differences, normal, with_markers
from derive.typing.tensor import ArrayListError, Axis, Tensor, orientation_of, scalar

ROW, COLUMN = "row of the matrix", "column of the matrix"


def has_dots(node: Node) -> bool:
    """Return whether a list has dots among its items."""
    return any(isinstance(item, Dots) for item in listed_items(node))


def matrix(node: Matrix, ctx: Context) -> Tensor:
    """Return a matrix as typed value. Raises: LatexError if a pattern with dots cannot be told."""
    if node.environment.startswith(("vmatrix", "Vmatrix")):
        raise ctx.fault("a determinant", node)
    rows = [list(row) for row in node.rows if not _is_blank(row)]
    if not rows:
        raise ctx.fault("an empty matrix", node)
    if any(isinstance(cell, Dots) for row in rows for cell in row):
        return _dotted_matrix(rows, ctx, node)
    return _listed(rows, ctx, node)


def _is_blank(row: Sequence[Node]) -> bool:
    """Return whether a row is empty, or has no more than lines through columns: | & | & & |."""
    lines = any(isinstance(cell, Dots) and cell.kind == "|" for cell in row)
    return all(isinstance(cell, Empty) or (lines and isinstance(cell, Dots)) for cell in row)


def bracket_list(node: Group, ctx: Context) -> Tensor:
    """Return [a, b, c] or (a_1, …, a_n) as a vector that may stand for a column or a row."""
    items = listed_items(node.body)
    if not any(isinstance(item, Dots) for item in items):
        value = _listed([[item] for item in items], ctx, node)
    else:
        value = _dotted_vector(items, ctx, node)
    return replace(value, orientation="free") if value.is_vector else value


def _listed(rows: list[list[Node]], ctx: Context, node: Node) -> Tensor:
    """Return a matrix from all of its entries."""
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        raise ctx.misfit("the rows of the matrix have different lengths", node)
    entries = [[_entry(cell, ctx) for cell in row] for row in rows]
    row_axis, column_axis = Axis(fresh("i"), upto(len(rows))), Axis(fresh("j"), upto(width))
    terms: list[Expr] = []
    for r, line in enumerate(entries, start=1):
        for c, entry in enumerate(line, start=1):
            at_row = Iverson("=", lin(row_axis.index), lin(r)) if len(rows) > 1 else None
            at_column = Iverson("=", lin(column_axis.index), lin(c)) if width > 1 else None
            terms.append(mul(*(factor for factor in (at_row, at_column, entry) if factor is not None)))
    axes = tuple(axis for axis, count in ((row_axis, len(rows)), (column_axis, width)) if count > 1)
    orientation: Orientation = "matrix"
    if len(axes) < 2:
        orientation = "scalar" if not axes else "col" if axes[0] is row_axis else "row"
    return Tensor(axes, add(*terms), orientation)


def _entry(cell: Node, ctx: Context) -> Expr:
    if isinstance(cell, Empty):
        return ZERO
    value = ctx.value(cell)
    if not value.is_scalar:
        raise ArrayListError(f"an entry of this list is {ctx.shape(value)}", ctx.source, cell.span)
    return value.body


@dataclass(frozen=True, slots=True)
class Pattern:
    """Where a counted index stands in the first entry, and its first and last value as written."""

    paths: frozenset[Path]
    first: Node
    last: Node


def _pattern(found: Differences | None, ctx: Context, node: Node) -> Pattern:
    """Return the one index that changes between two entries."""
    if not found:
        raise ctx.fault("cannot tell what counts the entries", node, "entries that differ in one index")
    texts = {(a.text, b.text) for a, b in found.values()}
    if len(texts) != 1:
        raise ctx.fault("cannot tell which index counts the entries", node, "entries that differ in one index")
    first, last = next(iter(found.values()))
    return Pattern(frozenset(found), first, last)


def _dotted_vector(items: list[Node], ctx: Context, node: Node, *, upright: bool = False) -> Tensor:
    given = [item for item in items if not isinstance(item, Dots)]
    if len(given) == 1:
        return _generic_list(given[0], ctx, node)
    if isinstance(items[0], Dots) or isinstance(items[-1], Dots) or not given:
        raise ctx.fault("cannot tell where the list begins and ends", node)
    entries = [normal(item) for item in given]
    pattern = _pattern(differences(entries[0], entries[-1]), ctx, node)
    for step, entry in enumerate(entries[1:-1], start=1):
        _verify(pattern, entries[0], entry, step, ctx)
    letter = ROW
    body = with_markers(entries[0], dict.fromkeys(pattern.paths, letter), ())
    assert isinstance(body, Node)
    return _counted(body, [(letter, pattern)], ctx, node, upright=upright)


def _verify(pattern: Pattern, first: Node, entry: Node, step: int, ctx: Context) -> None:
    """Check that a further written entry is the pattern at its place. Raises: LatexError if it is not."""
    found = differences(first, entry)
    start = _start(pattern, ctx)
    fits = found is not None and set(found) == set(pattern.paths)
    if not fits or found is None or {b.text for _, b in found.values()} != {str(start + step)}:
        raise ctx.fault("this entry does not follow the pattern of the first and the last", entry)


def _start(pattern: Pattern, ctx: Context) -> int:
    if not isinstance(pattern.first, Number) or pattern.first.text not in {"0", "1"}:
        raise ctx.fault("the first entry has neither index 1 nor 0", pattern.first)
    return int(pattern.first.text)


def _counted(
    body: Node, counters: list[tuple[str, Pattern]], ctx: Context, node: Node, *, upright: bool = False
) -> Tensor:
    """Return the array whose entries are `body` with each counter letter running over the range of its slots.

    Columns side by side make a matrix, and so do rows below each other (`upright`).
    """
    indices = {letter: fresh("ij"[n]) for n, (letter, _) in enumerate(counters)}
    start = len(ctx.log.uses)
    inner = ctx.binding({letter: lin(index) for letter, index in indices.items()})
    value = inner.value(body)
    joined = value.is_vector and len(counters) == 1 and value.orientation == ("row" if upright else "col")
    if not value.is_scalar and not joined:
        raise ArrayListError(f"an entry of this list is {ctx.shape(value)}", ctx.source, node.span)
    axes = []
    for letter, pattern in counters:
        bound = Bound(letter, indices[letter], node)
        range_ = bound_range(bound, ctx, start)
        axes.append(Axis(indices[letter], _ended(range_, pattern, ctx)))
    axes = [*axes, *value.axes] if upright else [*value.axes, *axes]
    return Tensor(tuple(axes), value.body, orientation_of(len(axes)))


def _ended(range_: Range, pattern: Pattern, ctx: Context) -> Range:
    """Check the last written index against the size of the slot; an unknown letter is taken for that size."""
    last, start = pattern.last, _start(pattern, ctx)
    text = last.text
    if isinstance(last, Additive):
        terms = last.terms
        minus_one = len(terms) == 2 and terms[1].sign == "-" and terms[1].node.text == "1"
        if not (start == 0 and minus_one):
            raise ctx.fault(f"the list ends at {text}, not at the last entry", last)
        last = terms[0].node
    if isinstance(last, Number):
        count = int(last.text) + (1 - start)
        if not ctx.same_range(range_, upto(count)):
            raise ctx.misfit(f"the list has {count} entries, not {range_.length}", last)
        return upto(count)
    if last.symbol and ctx.table.sizes.get(last.symbol) == 0:
        declared = upto(ctx.letter(last.symbol))
        if not ctx.same_range(range_, declared):
            raise ctx.misfit(f"the list ends at {text}, not at {range_.hi}", last)
        return range_
    if last.scripted:
        size = size_value(last, ctx)
        if size is None:
            raise ctx.fault(f"the list ends at {text}, which is no size", last)
        if not ctx.same_range(range_, upto(size)):
            raise ctx.misfit(f"the list ends at {text}, not at {range_.hi}", last)
        return upto(size)
    ctx.log.note(f"{text} is taken for {ctx.said(range_.hi)}" + ("" if start else ", units counted from 0"))
    return range_


def _generic_list(item: Node, ctx: Context, node: Node) -> Tensor:
    """Return [.., g'(a_{ik}), ..]: the letter that counts units in the entry shown counts the list."""
    start = len(ctx.log.uses)
    ctx.value(item)
    letters: list[Index] = []
    for use in ctx.log.uses[start:]:
        atom = use.value.atom
        if use.kind == "unit" and isinstance(atom, Index) and atom.uid == 0 and atom not in letters:
            letters.append(atom)
    del ctx.log.uses[start:]
    if len(letters) != 1:
        raise ctx.fault("cannot tell which index runs along this list", node, "one index that counts units")
    letter = letters[0].name
    index = fresh(letter)
    value = ctx.binding({letter: lin(index)}).value(item)
    if not value.is_scalar:
        raise ctx.misfit(f"an entry of a list is {ctx.shape(value)}", node)
    range_ = bound_range(Bound(letter, index, node), ctx, start)
    ctx.log.note(f"the list runs over {letter}")
    return Tensor((Axis(index, range_),), value.body, "col")


def _dotted_matrix(rows: list[list[Node]], ctx: Context, node: Node) -> Tensor:
    width = max(len(row) for row in rows)
    if width == 1:
        return _dotted_vector([row[0] for row in rows], ctx, node, upright=True)
    if len(rows) == 1:
        value = _dotted_vector(rows[0], ctx, node)
        return replace(value, orientation="row") if value.is_vector else value
    corner, end = rows[0][0], rows[-1][-1]
    if any(isinstance(cell, Dots | Empty) for cell in (corner, end)):
        raise ctx.fault("the first and the last entry must be written", node)
    if _is_diagonal(rows):
        return _diagonal(rows, ctx, node)
    across = _first_written(rows[0], backwards=True, ctx=ctx, node=node)
    first = normal(corner)
    columns = _pattern(differences(first, normal(across)), ctx, node)
    whole = differences(first, normal(end))
    if whole is None:
        raise ctx.fault("the first and the last entry do not follow one pattern", node)
    down = {path: pair for path, pair in whole.items() if path not in columns.paths}
    lines = _pattern(down, ctx, node)
    markers = dict.fromkeys(lines.paths, ROW) | dict.fromkeys(columns.paths, COLUMN)
    row_texts = _index_texts([row[0] for row in rows], lines, ctx)
    column_texts = _index_texts(rows[0], columns, ctx)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            among_dots = row_texts[r] is None or column_texts[c] is None
            if not isinstance(cell, Dots) and not (among_dots and isinstance(cell, Empty)):
                _verify_cell(first, normal(cell), (lines, row_texts[r]), (columns, column_texts[c]), ctx)
    body = with_markers(first, markers, ())
    assert isinstance(body, Node)
    return _counted(body, [(ROW, lines), (COLUMN, columns)], ctx, node)


def _index_texts(cells: list[Node], pattern: Pattern, ctx: Context) -> list[str | None]:
    """Return the index that each row or column stands for, from both ends; None where dots begin it in between.

    `cells` are the first cell of every row, or the cells of the first row.
    """
    start, last = _start(pattern, ctx), pattern.last.text
    dotted = [n for n, cell in enumerate(cells) if isinstance(cell, Dots | Empty)]
    found: list[str | None] = []
    for n in range(len(cells)):
        behind = len(cells) - 1 - n
        if not behind:
            found.append(last)
        elif n in dotted:
            found.append(None)
        elif not dotted or n < dotted[0]:
            found.append(str(start + n))
        else:
            found.append(f"{last}-{behind}")
    return found


def _verify_cell(
    first: Node, cell: Node, row: tuple[Pattern, str | None], column: tuple[Pattern, str | None], ctx: Context
) -> None:
    """Check that a written entry is the pattern at its place. Raises: LatexError if it is not, or stands among dots."""
    found = differences(first, cell)
    places = [(pattern, text) for pattern, text in (row, column) if text != pattern.first.text]
    expected = {path: text for pattern, text in places for path in pattern.paths}
    if found is None or {path: pair[1].text for path, pair in found.items()} != expected:
        raise ctx.fault("this entry does not follow the pattern of the first and the last", cell)


def _first_written(cells: list[Node], *, backwards: bool, ctx: Context, node: Node) -> Node:
    for cell in reversed(cells) if backwards else cells:
        if not isinstance(cell, Dots | Empty):
            return cell
    raise ctx.fault("cannot tell the pattern of the matrix", node)


def _is_diagonal(rows: list[list[Node]]) -> bool:
    """Return whether everything off the diagonal is 0, empty or dots."""
    return all(
        r == c or isinstance(cell, Dots | Empty) or cell.text == "0"
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    ) and any(cell.text == "0" or isinstance(cell, Empty) for row in rows for cell in row)


def _diagonal(rows: list[list[Node]], ctx: Context, node: Node) -> Tensor:
    if any(len(row) != len(rows) for row in rows):
        raise ctx.fault("cannot tell what stands on the diagonal", node, "as many rows as columns")
    entries = [row[n] for n, row in enumerate(rows)]
    vector = _dotted_vector([Dots(e.span, "d") if isinstance(e, Empty) else e for e in entries], ctx, node)
    axis = vector.axes[0]
    index = fresh("j")
    body = mul(Iverson("=", lin(axis.index), lin(index)), vector.body)
    return Tensor((axis, Axis(index, axis.range)), body, "matrix")


def sum_with_dots(node: Additive, ctx: Context) -> Tensor:
    """Return x_1 + … + x_n as Σ. Raises: LatexError if the pattern cannot be told."""
    at = next(n for n, term in enumerate(node.terms) if isinstance(term.node, Dots))
    signs = {term.sign for term in node.terms}
    if len(signs) != 1 or at == 0 or at != len(node.terms) - 2:
        raise ctx.fault("cannot tell what the dots stand for", node)
    vector = _dotted_vector([term.node for term in node.terms], ctx, node)
    axis = vector.axes[0]
    total = scalar(sum_over(axis.index, ctx.fixed(axis.range), vector.body))
    return total if signs == {"+"} else total.with_body(mul(MINUS_ONE, total.body))
