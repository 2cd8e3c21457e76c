"""What is known about index variables and sizes, and the decisions that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.algebra.index import Index, Lin, Range, Size, factors_of, is_product, lin

MAX_STEPS = 12


class IndexFacts:
    """Ranges of index variables and further facts `e >= 0`; every size is at least 1.

    A decision is True, False, or None where the facts do not tell.
    """

    def __init__(self, ranges: Mapping[Index, Range] | None = None, facts: Iterable[Lin] = ()) -> None:
        self.ranges: dict[Index, Range] = dict(ranges or {})
        self.facts: list[Lin] = list(facts)
        self.nonzero: set[Lin] = set()
        self._decided: dict[Lin, bool] = {}
        for range_ in self.ranges.values():
            self.facts.append(range_.hi - range_.lo)

    def copy(self) -> IndexFacts:
        """Return an independent copy."""
        new = IndexFacts()
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

    def bind(self, index: Index, range_: Range) -> None:
        """Give an index its range; a known name with another range makes earlier decisions void."""
        if index.uid == 0 and self.ranges.get(index) != range_:
            self._decided.clear()
        self.ranges[index] = range_

    def add_facts(self, facts: Iterable[Lin]) -> None:
        """Add facts `e >= 0` that do not follow from what is known already."""
        for fact in facts:
            if fact not in self.facts and not self._provably_at_most_zero(-fact):
                self.facts.append(fact)
                self._decided.clear()

    def _provably_at_most_zero(self, e: Lin) -> bool:
        lasting = all(isinstance(atom, Size) or atom.uid == 0 for atom, _ in e.terms)
        if not lasting:  # the range of a bound index is known only while it is in scope
            return self._decide(e)
        known = self._decided.get(e)
        if known is None:
            known = self._decided[e] = self._decide(e)
        return known

    def _decide(self, e: Lin) -> bool:
        return self._bounded(e) or any(self._bounded(e + fact) for fact in self.facts)

    def _bounded(self, e: Lin, steps: int = MAX_STEPS) -> bool:
        """Push every index variable to the end of its range that makes e largest; sizes are at least 1."""
        if not e.terms:
            return e.const <= 0
        if any(is_product(atom) for atom, _ in e.terms):
            pushed = self._without_products(self._at_their_ends(e))
            if pushed is None:
                return False
            e = pushed
        terms, total = dict(e.terms), e.const
        for step in range(steps):
            index = self._next(terms)
            if index is None:
                break
            c = terms.pop(index)
            range_ = self.ranges[index]
            end = range_.hi if c > 0 else range_.lo
            if any(_factor_indices(atom) for atom, _ in end.terms):
                rest = sum((lin(atom) * d for atom, d in terms.items()), lin(total))
                return self._bounded(rest + end * c, steps - step - 1)
            total += c * end.const
            for atom, d in end.terms:
                terms[atom] = terms.get(atom, 0) + c * d
        for atom, c in _against_products(terms).items():
            if c > 0 or (c and isinstance(atom, Index)):
                return False
            total += c
        return total <= 0

    def _at_their_ends(self, e: Lin) -> Lin:
        """Push the index variables whose range ends at another one of e, which comes later: the u >= s i of s i - u."""
        for _ in range(MAX_STEPS):
            inside = {index for atom, _ in e.terms for index in _factor_indices(atom)}
            for atom, c in e.terms:
                if not isinstance(atom, Index) or atom not in self.ranges or atom in inside:
                    continue
                end = self.ranges[atom].hi if c > 0 else self.ranges[atom].lo
                if end.indices() & e.indices():
                    e = e.subs({atom: end})
                    break
            else:
                break
        return e

    def _without_products(self, e: Lin) -> Lin | None:
        """Push the index variables in products to the end of their range that makes e largest; None where it is not
        known which: Σ c·(i·rest) grows with i where all c are positive and nothing in the rest is negative."""
        for _ in range(MAX_STEPS):
            index = next((i for atom, _ in e.terms for i in _factor_indices(atom)), None)
            if index is None:
                return e
            terms = [(c, _cofactors(atom, index)) for atom, c in e.terms if index in lin(atom).indices()]
            range_, signs = self.ranges.get(index), {c > 0 for c, _ in terms}
            known = all(rest is not None and all(map(self._not_negative, rest)) for _, rest in terms)
            if range_ is None or len(signs) != 1 or not known:
                return None
            e = e.subs({index: range_.hi if signs == {True} else range_.lo})
        return None

    def _not_negative(self, factor: Lin) -> bool:
        """Whether a factor is a size, or an index variable whose range begins at 0 or above."""
        atom = factor.atom
        if isinstance(atom, Size):
            return True
        range_ = self.ranges.get(atom) if atom is not None else None
        return range_ is not None and range_.lo.is_const and range_.lo.const >= 0

    def _next(self, terms: Mapping[Index | Size, int]) -> Index | None:
        """Return an index variable to push; one at which the range of another ends comes after that."""
        known = [atom for atom, c in terms.items() if c and isinstance(atom, Index) and atom in self.ranges]
        if len(known) < 2:
            return known[0] if known else None
        for index in known:
            others = (self.ranges[other] for other in known if other != index)
            if not any(atom == index for r in others for end in (r.lo, r.hi) for atom, _ in end.terms):
                return index
        return known[0]


def _against_products(terms: Mapping[Index | Size, int]) -> dict[Index | Size, int]:
    """Return terms with products of sizes that are taken away no greater than one of their factors: s - s p <= 0."""
    found = dict(terms)
    for atom, c in terms.items():
        factors = [factor.atom for factor in factors_of(atom)] if c < 0 and is_product(atom) else []
        covered = next((a for a in factors if isinstance(a, Size) and found.get(a, 0) > 0), None)
        if covered is not None and all(isinstance(a, Size) for a in factors):
            found[covered] += c
            del found[atom]
    return found


def _factor_indices(atom: Index | Size) -> list[Index]:
    """Return the index variables among the factors of a product."""
    return [factor.atom for factor in factors_of(atom) if isinstance(factor.atom, Index)] if is_product(atom) else []


def _cofactors(atom: Index | Size, index: Index) -> list[Lin] | None:
    """Return what an index variable is multiplied by in an atom; None unless it is a factor, once and nowhere else."""
    rest = [factor for factor in factors_of(atom) if index not in factor.indices()]
    return rest if len(rest) == len(factors_of(atom)) - 1 and lin(index) in factors_of(atom) else None


def sizes_in(e: Lin) -> set[Size]:
    """Return the symbolic sizes that occur in an index expression."""
    return {atom for atom, _ in e.terms if isinstance(atom, Size)}


def sure_extreme(values: list[Lin], sign: int) -> list[Lin]:
    """Return the least (sign 1) or greatest (sign -1) of several index expressions, if one surely is."""
    decide = IndexFacts().at_most_zero
    return [v for v in values if all(decide((v - other) * sign) for other in values)][:1]
