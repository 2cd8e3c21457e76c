"""What is known about index variables and sizes, and the decisions that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.algebra.index import Index, Lin, Range, Size, lin

MAX_STEPS = 12


class Context:
    """Ranges of index variables and further facts `e >= 0`; every size is at least 1.

    A decision is True, False, or None where the facts do not tell.
    """

    def __init__(self, ranges: Mapping[Index, Range] | None = None, facts: Iterable[Lin] = ()) -> None:
        self.ranges: dict[Index, Range] = dict(ranges or {})
        self.facts: list[Lin] = list(facts)
        self.nonzero: set[Lin] = set()
        for range_ in self.ranges.values():
            self.facts.append(range_.hi - range_.lo)

    def copy(self) -> Context:
        """Return an independent copy."""
        new = Context()
        new.ranges = dict(self.ranges)
        new.facts = list(self.facts)
        new.nonzero = set(self.nonzero)
        return new

    def at_most_zero(self, e: Lin) -> bool | None:
        """Decide e <= 0."""
        if self._provably_at_most_zero(e):
            return True
        if self._provably_at_most_zero(-e + 1):
            return False
        return None

    def zero(self, e: Lin) -> bool | None:
        """Decide e = 0."""
        if e.is_const:
            return e.const == 0
        if e in self.nonzero or -e in self.nonzero:
            return False
        if self._provably_at_most_zero(e + 1) or self._provably_at_most_zero(-e + 1):
            return False
        if self._provably_at_most_zero(e) and self._provably_at_most_zero(-e):
            return True
        return None

    def within(self, e: Lin, range_: Range) -> list[Lin] | None:
        """Return the conditions `c <= 0` still open for lo <= e <= hi; None if e is surely outside."""
        open_conditions = []
        for condition in (range_.lo - e, e - range_.hi):
            decided = self.at_most_zero(condition)
            if decided is False:
                return None
            if decided is None:
                open_conditions.append(condition)
        return open_conditions

    def _provably_at_most_zero(self, e: Lin) -> bool:
        if self._bounded(e):
            return True
        return any(self._bounded(e + fact) for fact in self.facts)

    def _bounded(self, e: Lin) -> bool:
        """Push every index variable to the end of its range that makes e largest; sizes are at least 1."""
        for _ in range(MAX_STEPS):
            if e.is_const:
                return e.const <= 0
            for atom, c in e.terms:
                if isinstance(atom, Index) and atom in self.ranges:
                    range_ = self.ranges[atom]
                    end = range_.hi if c > 0 else range_.lo
                    e = e + (end - lin(atom)) * c
                    break
            else:
                break
        total = e.const
        for atom, c in e.terms:
            if isinstance(atom, Index) or c > 0:
                return False
            total += c
        return total <= 0


def sizes_in(e: Lin) -> set[Size]:
    """Return the symbolic sizes that occur in an index expression."""
    return {atom for atom, _ in e.terms if isinstance(atom, Size)}
