"""Names that only their indices introduce: the w_{ji} and w_{kj} of a forward pass that is written unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product

from derive.algebra.index import Index, Range, lin
from derive.names.indices import parts
from derive.names.table import Entry, Orientation, Param, SymbolTable, plain_base
from derive.reader.syntax import (
    Group,
    Name,
    Node,
    Product,
    Relation,
    Statement,
    children,
)
from derive.statements.definitions import full_name
from derive.statements.left_sides import left_side
from derive.typing.heads import BUILTIN
from derive.typing.joined_names import name_length

_SIGNS = frozenset({r"\nabla", r"\partial", r"\delta", "d", "e", r"\sum", r"\prod", r"\mathbb{R}"})
"""Bases that indices do not make a name of its own."""


def with_leaves(
    table: SymbolTable, statements: Iterable[Statement], ranges: Mapping[str, Range], layers: set[str]
) -> SymbolTable:
    """Return the table with the inputs that nothing declares, but whose indices say over what they run: w_{ji}, x_i.

    A letter that is declared in another font or as a matrix W is no such name.
    """
    statements = list(statements)
    declared = {plain_base(base) for base in table.entries}
    taken = declared | {base.lower() for base in declared if len(base) == 1}
    taken |= {plain_base(key) for statement in statements for key in _defined(statement)} | set(BUILTIN) | _SIGNS
    words = frozenset(word for word in taken if len(word) > 1 and word.isalpha())
    scripts = [node for statement in statements for node in _scripts(statement.body, words)]
    families: list[Entry] = []
    for script in scripts:
        key = script.base.key
        if key is None or script.base.plain in taken or key in table.functions:
            continue
        entry = _entry(script, key, ranges, layers)
        if entry is not None and not _has(table, entry):
            families.append(entry)
            table = table.with_another(entry)
    for family, script in product(families, scripts):
        entry = _beyond(family, script, ranges) if script.base.key == family.base else None
        if entry is not None and not _has(table, entry):
            table = table.with_another(entry)
    return table


def _defined(statement: Statement) -> Iterator[str]:
    body = statement.body
    left = left_side(body.first, in_model=True) if isinstance(body, Relation) else None
    if left is not None:
        name = left.name
        key = name.base.key
        if key is not None:
            yield key


def _scripts(node: Node, words: frozenset[str]) -> Iterator[Node]:
    """Yield the names with indices in a node; the t_j of a word net_j is none."""
    named = node
    if named.scripted and isinstance(named.base, Name):
        yield named
    inside = list(children(node))
    if isinstance(node, Product):
        inside = []
        at = 0
        while at < len(node.items):
            length = name_length(node.items[at:], words)
            inside += [node.items[at].node] if length == 1 else []
            at += length
    for inner in inside:
        yield from _scripts(inner, words)


def _entry(script: Node, key: str, ranges: Mapping[str, Range], layers: set[str]) -> Entry | None:
    """Return a name with letters below, and perhaps one above, whose ranges are known; None for any other."""
    below = [token for group in parts(script.sub) for token in group]
    pieces = script.pieces
    raised = [piece.symbol for piece in pieces if piece.symbol in ranges]
    letters = (*raised, *(token.text for token in below))
    if not letters or len(set(letters)) < len(letters) or any(letter not in ranges for letter in letters):
        return None
    if script.primes or any(token.kind != "letter" for token in below) or set(letters) & layers:
        return None
    if any(piece.is_transpose for piece in pieces):
        return None
    above = tuple(piece.text for piece in pieces if isinstance(piece, Group))
    entry = _array(script, key, letters, above, ranges)
    return replace(entry, sup=entry.sub[: len(raised)], sub=entry.sub[len(raised) :])


def _array(
    script: Node, key: str, letters: tuple[str, ...], above: tuple[str, ...], ranges: Mapping[str, Range],
    number: tuple[str, ...] = (), last: bool = False,
) -> Entry:  # fmt: skip
    params = tuple(Param(Index(letter), ranges[letter], "unit") for letter in letters)
    orientation: Orientation = "col" if len(params) == 1 else "matrix"
    return Entry(
        full_name(key, number, above), key, params, tuple(range(len(params))), (), orientation,
        fixed_sub=number, fixed_sup=above, written=script.base.text, letters=letters, fixed_last=last,
    )  # fmt: skip


def _beyond(family: Entry, script: Node, ranges: Mapping[str, Range]) -> Entry | None:
    """Return the bias w_{j0} beside the w_{ji} of a family whose i does not reach 0; None for any other name."""
    texts = [token.text for group in parts(script.sub) for token in group]
    above = tuple(piece.text for piece in script.pieces if isinstance(piece, Group))
    if len(texts) != len(family.letters) or len(texts) < 2 or above != family.fixed_sup or texts.count("0") != 1:
        return None
    at = texts.index("0")
    others = tuple(text for text in texts if text != "0")
    lowest = family.params[at].range
    if at not in (0, len(texts) - 1) or lowest is None or lowest.lo != lin(1):
        return None
    if others != tuple(letter for place, letter in enumerate(family.letters) if place != at):
        return None
    return _array(script, family.base, others, above, ranges, ("0",), at > 0)


def _has(table: SymbolTable, entry: Entry) -> bool:
    """Return whether a name is there already, with the same letters or with others that run over the same ranges."""
    fixed = (entry.fixed_sub, entry.fixed_last, entry.fixed_sup)
    same = [o for o in table.entries.get(entry.base, ()) if (o.fixed_sub, o.fixed_last, o.fixed_sup) == fixed]
    own = [param.range for param in entry.params]
    return any([param.range for param in other.params] == own for other in same)
