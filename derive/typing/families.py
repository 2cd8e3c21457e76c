"""Names that differ only in the letters of their indices: δ_j of the hidden units and δ_k of the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from derive.algebra.index import Index, Lin, Range, lin
from derive.reader.syntax import Node
from derive.typing.context import Context, Log

if TYPE_CHECKING:
    from derive.typing.slots import Filled


def told_apart(found: Sequence[Filled], ctx: Context, node: Node) -> list[Filled]:
    """Return the readings of a name without those whose letters mean other units: w_{kj} is not w_{ji}, and w_{jk} is
    rather w_{ji} with a wrong index.

    Raises: LatexError if its letters fit several names.
    """
    families = [filled for filled in found if filled.entry.by_letter]
    if not families:
        return list(found)
    known = letter_ends(ctx)
    misfits = {id(filled): _misfits(filled, known) for filled in families}
    fewest = min(misfits.values())
    kept = [filled for filled in families if misfits[id(filled)] == fewest]
    kept = [filled for filled in kept if _strangers(filled) == 0] or kept
    if len(kept) != 1:
        forms = " or ".join(f"{filled.entry.base}_{{{''.join(filled.entry.letters)}}}" for filled in families)
        raise ctx.fault(f"cannot tell which units are meant: {forms}", node, "the letters of the model")
    return [filled for filled in found if not filled.entry.by_letter or filled in kept]


def letter_ends(ctx: Context) -> dict[str, Lin]:
    """Return up to what the letters run with which names were declared, where that is always the same."""
    found: dict[str, set[Lin]] = {}
    for entry in (entry for entries in ctx.table.entries.values() for entry in entries if entry.letters):
        for letter, param in zip(entry.letters, entry.params, strict=True):
            if param.range is not None:
                found.setdefault(letter, set()).add(param.range.hi)
    return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}


def _written(filled: Filled) -> list[tuple[str, str, Range | None]]:
    """Return for each index of a reading its letter as written ("" for a number), that of the name, and its range."""
    pairs = zip(filled.entry.letters, filled.entry.params, strict=True)
    return [(letter_of(filled.values.get(at)), own, param.range) for at, (own, param) in enumerate(pairs)]


def letter_of(value: Lin | None) -> str:
    """Return the letter of an index without primes, "" if it is no single letter."""
    atom = None if value is None else value.atom
    return atom.name.rstrip("'") if isinstance(atom, Index) else ""


def _misfits(filled: Filled, known: Mapping[str, Lin]) -> int:
    """Return how many letters of a reading are known to run over other units than those of the name."""
    return sum(
        bool(letter) and letter != own and letter in known and (range_ is None or known[letter] != range_.hi)
        for letter, own, range_ in _written(filled)
    )


def _strangers(filled: Filled) -> int:
    return sum(letter != own for letter, own, _ in _written(filled))


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
        inner = Context(ctx.table, ctx.reader, ctx.reading, ctx.source, ctx.indices, ctx.values, Log())
        inner.value(right)
        ends = {use.range.hi for use in inner.log.uses if use.value == lin(Index(letter))}
        if len(ends) == 1 and param.range is not None and param.range.hi not in ends:
            return True
    return False
