"""What the lines of a model say of index letters: over what they run, and on what they stand.

a_j = \\sum_{i=1}^{D} w_{ji} x_i \\quad (1 \\le j \\le M)      j = 1..M, i = 1..D; w_{ji} and x_i for these j and i
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from derive.algebra.index import Lin, Range, lin
from derive.errors import LatexError
from derive.models.lines import Line, ModelText
from derive.names.matching import fill, letter_of, written
from derive.names.table import SymbolTable
from derive.notation.commands import OVER_RANGES
from derive.reader.syntax import BigOperator, Node, Product, Relation, Statement, children
from derive.typing.bounds import read_bounds
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.typing.joined_names import name_length
from derive.typing.quantifiers import read_limits

Letters = Mapping[str, Range]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What has indices, and the ranges of the letters there: those of the sums around it too."""

    node: Node
    ranges: Letters
    ctx: Context


@dataclass(frozen=True, slots=True)
class Runs:
    """Over what index letters run.

    `said`: what conditions say first of a letter, and 1..L of one that counts layers; `usual`: that, else what a sum
    says first; `alike`: the ranges of those letters that run over the same one wherever a range is written.
    """

    said: Letters
    usual: Letters
    alike: Letters


@dataclass
class Constraints:
    """What is said: letter -> the ranges that conditions give it, those of its sums and of the slot that it has in an
    array on the left side of a definition, and everything with indices."""

    conditions: dict[str, list[Range]] = field(default_factory=dict)
    slots: dict[str, list[Range]] = field(default_factory=dict)
    sums: dict[str, list[Range]] = field(default_factory=dict)
    uses: list[Indexed] = field(default_factory=list)

    def runs(self, layers: Iterable[str], numbering: Container[str], depth: Lin) -> Runs:
        """Return over what letters run, the strongest word last: all layers or a slot, a sum, a condition.

        Of letters that only number arrays a sum from 1 says as much as a condition, the u of p_u ∈ ℝ^f and Σ_{u=1}^m.
        """
        every = {letter: self.slots.get(letter, [Range(lin(1), depth)])[0] for letter in layers}
        sums = {letter: ranges[0] for letter, ranges in self.sums.items()}
        numbered = {letter: r for letter, r in sums.items() if letter in numbering and r.lo == lin(1)}
        conditions = numbered | {letter: ranges[0] for letter, ranges in self.conditions.items()}
        both = {key: {*self.conditions.get(key, ()), *self.sums.get(key, ())} for key in {*conditions, *sums}}
        alike = {letter: next(iter(ranges)) for letter, ranges in both.items() if len(ranges) == 1}
        return Runs(every | conditions, every | sums | conditions, alike)


def collect(lines: Iterable[Line], table: SymbolTable, words: frozenset[str], text: ModelText) -> Constraints:
    """Return what lines say; the t_j of a word net_j is no use.

    Raises: ModelError where a condition or the bounds of a sum cannot be read.
    """
    found = Constraints()
    for line in lines:
        ctx = Context(table, line.source, reader=elaborate)
        try:
            for statement in line.statements:
                conditions = condition_ranges(statement, ctx)
                _note(found.conditions, conditions)
                if not _is_membership(statement):
                    _note(found.slots, dict(_slot_on_the_left(statement, ctx)))
                    _collect(statement.body, conditions, ctx, words, found)
        except LatexError as error:
            raise text.fault_in(line, error) from error
    return found


def condition_ranges(statement: Statement, ctx: Context) -> dict[str, Range]:
    """Return the ranges that side conditions give to index letters: (1 \\le k \\le L)."""
    limits, _ = read_limits(statement.conditions, ctx)
    found = {letter: limits.range_of(letter) for letter in set(limits.lower) & set(limits.upper)}
    return {letter: range_ for letter, range_ in found.items() if range_ is not None}


def _slot_on_the_left(statement: Statement, ctx: Context) -> Iterator[tuple[str, Range]]:
    """Yield the range of the letter of a slot in a declared array: 1..W for the w of s_w = u_w^T h beside s ∈ ℝ^W."""
    body = statement.body
    name = written(body.first, ctx) if isinstance(body, Relation) and body.first.scripted else None
    entries = [] if name is None else ctx.table.candidates(name.base.key, name.base.plain)
    filled = fill(name, entries, ctx) if name is not None and len(entries) == 1 else None
    for at, value in () if filled is None else filled.values.items():
        param = entries[0].params[at]
        if letter_of(value) and param.kind == "unit" and param.range is not None:
            yield letter_of(value), param.range


def _is_membership(statement: Statement) -> bool:
    body = statement.body
    return isinstance(body, Relation) and body.links[0].operator == r"\in"


def _collect(node: Node, ranges: Letters, ctx: Context, words: frozenset[str], found: Constraints) -> None:
    """Put down what has indices in a node, and the ranges of its sums, which hold for what stands behind them."""
    if isinstance(node, Product):
        at = 0
        while at < len(node.items):
            item, length = node.items[at].node, name_length(node.items[at:], words)
            if isinstance(item, BigOperator):
                bounds = dict(_bounds(item, ctx))
                _note(found.sums, bounds)
                ranges = {**ranges, **bounds}
            if length == 1:
                _collect(item, ranges, ctx, words, found)
            at += length
        return
    if node.scripted:
        found.uses.append(Indexed(node, ranges, ctx))
    for child in () if isinstance(node, BigOperator) else children(node):
        _collect(child, ranges, ctx, words, found)


def _bounds(node: BigOperator, ctx: Context) -> Iterator[tuple[str, Range]]:
    for bound in read_bounds(node, ctx) if node.kind.lstrip("\\") in OVER_RANGES else ():
        if bound.lo is not None and bound.hi is not None:
            yield bound.letter, Range(bound.lo, bound.hi)


def _note(known: dict[str, list[Range]], ranges: Letters) -> None:
    for letter, range_ in ranges.items():
        known.setdefault(letter, []).append(range_)
