"""Indices, symbolic sizes and ranges: the integers of the calculus.

An index expression is linear with integer coefficients over index variables and sizes, such as `k-1`, `L`, `n[k]`. A
product of those, such as the `s·i` of a stride, is an atom of its own kind; products of sums are multiplied out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import is_
from typing import Any, TypeVar

Order = tuple[int, str, int, str]
TIMES = "•product"
"""The name of an atom that is the product of its arguments, each a single index variable or size."""
_fresh = count(1)


class Index:
    """An index variable. Free ones have uid 0 and are known by name; bound ones carry a unique uid.

    There is one object for each name and uid, so that two are compared, and found in a table, as fast as can be.
    """

    __slots__ = ("name", "order", "uid")
    name: str
    uid: int
    order: Order

    def __new__(cls, name: str, uid: int = 0) -> Index:
        """Return the index of that name; one that `fresh` makes is new by its uid."""
        found = _known.get((name, uid))
        if found is None:
            found = super().__new__(cls)
            found.name, found.uid, found.order = name, uid, (0, name, uid, "")
            if uid <= 0:
                _known[name, uid] = found
        return found

    def __reduce__(self) -> tuple[type[Index], tuple[str, int]]:
        _known[self.name, self.uid] = self
        return Index, (self.name, self.uid)

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return self.name


_known: dict[tuple[str, int], Index] = {}


def fresh(name: str) -> Index:
    """Return a bound index that equals no other, so that no substitution can capture it."""
    return Index(name, next(_fresh))


@dataclass(frozen=True, slots=True, repr=False)
class Size:
    """A symbolic size or depth: `L` is Size("L"), n_k is Size("n", (k,))."""

    name: str
    args: tuple[Lin, ...] = ()
    order: Order = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", (1, self.name, 0, str(self)))
        object.__setattr__(self, "_hash", hash((self.name, self.args)))

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        if self.name == TIMES:
            return "·".join(map(str, self.args))
        return self.name + (f"[{','.join(map(str, self.args))}]" if self.args else "")


class Lin:
    """A linear index expression Σ coefficient·atom + constant; terms are sorted, coefficients nonzero.

    Never changed. So many are made that a frozen dataclass would take a noticeable part of all time.
    """

    __slots__ = ("const", "terms")

    def __init__(self, terms: tuple[tuple[Index | Size, int], ...] = (), const: int = 0) -> None:
        self.terms = terms
        self.const = const

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Lin) and self.const == other.const and self.terms == other.terms

    def __hash__(self) -> int:
        return hash((self.terms, self.const))

    def __add__(self, other: Lin | int) -> Lin:
        if isinstance(other, int):
            return Lin(self.terms, self.const + other) if other else self
        if not other.terms:
            return Lin(self.terms, self.const + other.const) if other.const else self
        if not self.terms:
            return Lin(other.terms, self.const + other.const) if self.const else other
        merged = dict(self.terms)
        for atom, coefficient in other.terms:
            merged[atom] = merged.get(atom, 0) + coefficient
        return _lin(merged, self.const + other.const)

    def __neg__(self) -> Lin:
        return Lin(tuple((atom, -c) for atom, c in self.terms), -self.const)

    def __sub__(self, other: Lin | int) -> Lin:
        if isinstance(other, int):
            return Lin(self.terms, self.const - other) if other else self
        if not other.terms:
            return Lin(self.terms, self.const - other.const) if other.const else self
        merged = dict(self.terms)
        for atom, coefficient in other.terms:
            merged[atom] = merged.get(atom, 0) - coefficient
        return _lin(merged, self.const - other.const)

    def __mul__(self, factor: int) -> Lin:
        if factor == 1:
            return self
        if factor == 0:
            return Lin()
        return Lin(tuple((atom, c * factor) for atom, c in self.terms), self.const * factor)

    @property
    def is_const(self) -> bool:
        return not self.terms

    @property
    def atom(self) -> Index | Size | None:
        """The single atom of an expression that is just one index variable or size."""
        if self.const == 0 and len(self.terms) == 1 and self.terms[0][1] == 1:
            return self.terms[0][0]
        return None

    @property
    def index(self) -> Index:
        """The index variable of an expression that is just one."""
        atom = self.atom
        assert isinstance(atom, Index)
        return atom

    def indices(self) -> set[Index]:
        """Return the index variables that occur, inside sizes too."""
        found: set[Index] = set()
        for atom, _ in self.terms:
            if isinstance(atom, Index):
                found.add(atom)
            else:
                for arg in atom.args:
                    found |= arg.indices()
        return found

    def subs(self, values: Mapping[Any, Lin]) -> Lin:
        """Replace index variables and sizes, inside the arguments of sizes too; what has none of them stays itself."""
        if len(self.terms) == 1:  # an index variable alone is by far the most frequent
            ((only, factor),) = self.terms
            if not (isinstance(only, Size) and only.args):
                value = values.get(only)
                if value is None or (factor == 1 and not self.const):
                    return self if value is None else value
                return value * factor + self.const
        result: dict[Index | Size, int] = {}
        const, changed = self.const, False
        for found, c in self.terms:
            atom = found
            new = None
            if isinstance(found, Size) and found.args:
                args = unless_same(found.args, [arg.subs(values) for arg in found.args])
                if found.name == TIMES and args is not found.args:
                    new = times(*args)
                elif args is not found.args:
                    atom = Size(found.name, args)
            new = values.get(atom) if new is None else new
            if new is None:
                result[atom] = result.get(atom, 0) + c
                changed = changed or atom is not found
                continue
            changed = True
            const += c * new.const
            for inner, d in new.terms:
                result[inner] = result.get(inner, 0) + c * d
        return _lin(result, const) if changed else self

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        text = ""
        for atom, c in self.terms:
            sign = "-" if c < 0 else "+" if text else ""
            text += sign + (f"{abs(c)}*" if abs(c) != 1 else "") + str(atom)
        if self.const or not text:
            text += f"{self.const:+d}" if text else str(self.const)
        return text


def _lin(terms: Mapping[Index | Size, int], const: int) -> Lin:
    kept = [(atom, c) for atom, c in terms.items() if c]
    if len(kept) > 1:
        kept.sort(key=_order)
    return Lin(tuple(kept), const)


def _order(term: tuple[Index | Size, int]) -> Order:
    return term[0].order


T = TypeVar("T")


def unless_same(old: tuple[T, ...], new: Sequence[T]) -> tuple[T, ...]:
    """Return new parts as a tuple, the old tuple itself where each of them is the very same."""
    return old if all(map(is_, old, new)) else tuple(new)


def lin(value: Lin | Index | Size | int) -> Lin:
    """Return the index expression of a variable, a size or an integer."""
    if isinstance(value, Lin):
        return value
    if isinstance(value, int):
        return Lin((), value)
    return Lin(((value, 1),))


def times(*values: Lin) -> Lin:
    """Return the product of index expressions, multiplied out."""
    total = Lin((), 1)
    for value in values:
        parts = [_product_of(total, atom) * c for atom, c in value.terms]
        total = sum(parts, total * value.const)
    return total


def _product_of(value: Lin, atom: Index | Size) -> Lin:
    """Return the product of an index expression and one atom."""
    own = factors_of(atom)
    found: dict[Index | Size, int] = {atom: value.const}
    for a, c in value.terms:
        found[Size(TIMES, tuple(sorted((*factors_of(a), *own), key=_atom_order)))] = c
    return _lin(found, 0)


def is_product(atom: Index | Size) -> bool:
    """Return whether an atom is a product of others."""
    return isinstance(atom, Size) and atom.name == TIMES


def factors_of(atom: Index | Size) -> tuple[Lin, ...]:
    """Return the factors of a product, and of any other atom itself."""
    return atom.args if isinstance(atom, Size) and atom.name == TIMES else (lin(atom),)


def _atom_order(factor: Lin) -> Order:
    return factor.terms[0][0].order


def size(name: str, *args: Lin | Index | Size | int) -> Lin:
    """Return the symbolic size `name[args]` as an index expression."""
    return lin(Size(name, tuple(lin(arg) for arg in args)))


@dataclass(frozen=True, slots=True, repr=False)
class Range:
    """The integers lo..hi, both included; empty where hi < lo."""

    lo: Lin
    hi: Lin

    def subs(self, values: Mapping[Any, Lin]) -> Range:
        """Replace index variables and sizes in both ends; a range that has none of them stays itself."""
        lo, hi = self.lo.subs(values), self.hi.subs(values)
        return self if lo is self.lo and hi is self.hi else Range(lo, hi)

    @property
    def length(self) -> Lin:
        return self.hi - self.lo + 1

    @property
    def from_one(self) -> Range:
        """The range of the same length that begins with 1; the range itself where its beginning is no number."""
        return Range(lin(1), self.length) if self.lo.is_const else self

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"{self.lo}..{self.hi}"


def upto(hi: Lin | Index | Size | int) -> Range:
    """Return the range 1..hi."""
    return Range(lin(1), lin(hi))


def extreme(a: Lin, b: Lin, sign: int) -> Lin | None:
    """Return the greater of two ends (sign 1) or the smaller one (sign -1), a size counting as more than any number;
    None where that cannot be told."""
    difference = (a - b) * sign
    if difference.is_const:
        return a if difference.const >= 0 else b
    return (a if a.is_const == (sign < 0) else b) if a.is_const != b.is_const else None


def hull(ranges: Iterable[Range]) -> Range:
    """Return the smallest range around some; of ends that cannot be compared the first."""
    first, *others = ranges
    for other in others:
        first = Range(extreme(first.lo, other.lo, -1) or first.lo, extreme(first.hi, other.hi, 1) or first.hi)
    return first
