"""Further names: what the lines of `where` declare, gradients and one-hot vectors among them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from derive.algebra.index import Index
from derive.errors import LatexError
from derive.models.functions import of_arguments_alone, with_function_line
from derive.models.lines import Line
from derive.names.table import Entry, SymbolTable
from derive.notation.signs import EQUATES
from derive.reader.syntax import Node, Relation, Statement
from derive.source import Source
from derive.statements.definitions import declared, meant_layers
from derive.statements.left_sides import LeftSide, defining, left_side
from derive.typing.context import Context, Log
from derive.typing.elaborate import elaborate
from derive.typing.quantifiers import read_limits
from derive.typing.reading import Reading
from derive.typing.standard_names import label_of


def names_declared_in(line: Line) -> Iterator[str]:
    """Yield the bases of the names that a line declares."""
    for statement in line.statements:
        body = statement.body
        left = left_side(body.first, in_model=True) if isinstance(body, Relation) else None
        key = left.key if left is not None else None
        if key is not None:
            yield key


def define_alias(
    statement: Statement,
    table: SymbolTable,
    reading: Reading,
    source: Source,
    layers: frozenset[str],
    defined: Container[str] = (),
) -> SymbolTable:
    """Return the table with the name that `left = right` declares; the forward pass has defined those in `defined`.

    Raises: LatexError where it cannot be read, or the name has a meaning already.
    """
    body = statement.body
    if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator not in EQUATES:
        raise LatexError("a further name is declared as name = expression", source, statement.span)
    left = left_side(body.first, in_model=True)
    if left is None:
        raise LatexError("this is no name", source, body.first.span, "a name with its indices")
    ctx = Context(table, source, reader=elaborate, reading=reading, log=Log())
    _, others = read_limits(statement.conditions, ctx)
    if others:
        raise ctx.fault("cannot read this condition", others[0], r"a range such as 1 \le k \le L")
    right = body.links[0].node
    if left.key not in defined and of_arguments_alone(left, right, ctx):
        return with_function_line(left, right, ctx)
    table = with_label(left, right, table, ctx)
    ctx = defining(left, right, replace(ctx, table=table))
    value = ctx.value(right)
    meant = meant_layers(layers, ctx)
    entry = declared(left, value, statement.conditions, ctx, layers)
    entry = table.apart(entry)
    same = [e for e in table.entries.get(entry.base, ()) if e.written_alike == entry.written_alike]
    if any(other.body is not None or other.name in defined for other in same):
        raise LatexError(f'"{entry.base}" is defined twice', source, statement.span)
    if whole := next((other for other in table.entries.get(entry.base, ()) if _is_entry_of(entry, other)), None):
        message = f'"{ctx.text(left.name)}" is an entry of "{whole.written}", which is declared before'
        raise ctx.fault(message, left.name, "another letter, or a value in assume")
    table = table.with_another(entry).with_meant(entry.name, meant)
    if left.arguments is not None:
        key = left.key
        table = replace(table, heads=table.heads | ({key} if key is not None else set()))
    return table


def _is_entry_of(entry: Entry, whole: Entry) -> bool:
    """Return whether a name with numbers below, y_1, is what an array that is declared has there already."""
    numbers = entry.fixed_sub
    if whole.fixed_sub or whole.fixed_sup != entry.fixed_sup or len(numbers) != len(whole.params) or entry.params:
        return False
    pairs = zip(numbers, whole.params, strict=True)
    return bool(numbers) and all(
        number.isdecimal() and param.kind == "unit" and param.range is not None
        and param.range.lo.is_const and int(number) >= param.range.lo.const
        for number, param in pairs
    )  # fmt: skip


def with_label(left: LeftSide, right: Node, table: SymbolTable, ctx: Context) -> SymbolTable:
    """Return the table with the letter of y = e(ℓ) as a label that runs over the axis of y."""
    letter = label_of(right, ctx)
    key = left.key
    entries = table.entries.get(key or "", ())
    if letter is None or len(entries) != 1 or len(entries[0].units) != 1 or entries[0].units[0].range is None:
        return table
    label = ctx.letter(letter).atom
    if not isinstance(label, Index) or label in table.labels:
        return table
    return replace(table, labels={**table.labels, label: entries[0].units[0].range})
