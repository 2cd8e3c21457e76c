"""What a formula asks of its indices, slot by slot: i + 1 below h lies in 1 … n, so that i lies in 0 … n - 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.names.table import Kind
from derive.source import Span


@dataclass(frozen=True, slots=True)
class Use:
    """An index expression in a slot: `value` must lie in `range`; only where nothing else is said, if it is `soft`."""

    value: Lin
    range: Range
    kind: Kind
    span: Span
    soft: bool = False

    @property
    def free(self) -> set[Index]:
        """The indices of the value that nothing binds."""
        return {index for index in self.value.indices() if index.uid == 0}

    def subs(self, values: Mapping[Index | Size, Lin]) -> Use:
        """Replace indices and sizes."""
        return replace(self, value=self.value.subs(values), range=self.range.subs(values)) if values else self

    def solved(self, index: Index) -> Range | None:
        """Return the range of an index for which the value lies in its slot; None if the use does not tell."""
        coefficient = dict(self.value.terms).get(index)
        if coefficient not in {1, -1} or index in self.range.lo.indices() | self.range.hi.indices():
            return None
        rest = self.value - lin(index) * coefficient
        if coefficient == 1:
            return Range(self.range.lo - rest, self.range.hi - rest)
        return Range(rest - self.range.hi, rest - self.range.lo)


def letters_of(uses: Iterable[Use]) -> set[str]:
    """Return the letters of the free indices in some uses."""
    return {index.name for use in uses for index in use.free}


def meet(left: Range, right: Range) -> Range | None:
    """Return the intersection of two ranges where it can be told which bounds are tighter: sizes are at least 1."""
    known = IndexFacts()
    left_is_higher = known.at_most_zero(right.lo - left.lo)
    left_is_lower = known.at_most_zero(left.hi - right.hi)
    if left_is_higher is None or left_is_lower is None:
        return None
    return Range(left.lo if left_is_higher else right.lo, left.hi if left_is_lower else right.hi)
