"""The pieces of the normal form: factors, monomials, polynomials.

A polynomial is a sum of coefficient × monomial, a monomial a product of powers of factors. Every piece has a `key`, a
string that two pieces share exactly if they are the same up to the names of bound indices; `free` are its free index
variables, `height` the nesting depth of bound indices inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, cached_property

from derive.algebra.index import TIMES, Index, Lin, Range, Size

Rational = int | Fraction
"""Whole coefficients and exponents may be ints, which are faster; an int never divides and is never raised to a
power.
"""
Monomial = tuple[tuple["Factor", Rational], ...]
NO_INDICES: frozenset[Index] = frozenset()


_PLAIN = re.compile(r"[A-Za-z0-9_•]*")


@cache
def safe(name: str) -> str:
    """Return a name as it stands in keys: quoted unless it is plain, so that no name can look like structure."""
    return name if _PLAIN.fullmatch(name) else repr(name)


def atom_key(atom: Index | Size) -> str:
    """Return the name of an index or size, ended so that no key is a prefix of another."""
    if isinstance(atom, Index):
        return f"{safe(atom.name)}#{atom.uid};"
    if atom.name == TIMES:  # no square brackets: two of them enclose a condition
        return f"({'×'.join(sorted(map(lin_key, atom.args)))})"
    return safe(atom.name) + (f"[{','.join(lin_key(a) for a in atom.args)}]" if atom.args else "") + "'"


def lin_key(e: Lin) -> str:
    """Return a string for an index expression, with its terms in the order of their keys."""
    if not e.terms:
        return str(e.const)
    parts = sorted(f"{c if c != 1 else ''}{atom_key(a)}" for a, c in e.terms)
    return "+".join(parts) + (f"{e.const:+d}" if e.const else "")


def free_in(idx: Iterable[Lin]) -> frozenset[Index]:
    """Return the index variables of several index expressions."""
    found: set[Index] = set()
    for e in idx:
        found |= e.indices()
    return frozenset(found)


class Factor:
    """Base of all factors; equal if their keys are."""

    __slots__ = ("_hash", "free", "height", "key")
    special = False  # whether products with it may have to be rewritten

    def __init__(self, key: str, free: frozenset[Index], height: int = 0) -> None:
        self.key = key
        self.free = free
        self.height = height
        self._hash = hash(key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Factor) and self.key == other.key

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return self.key


class VarFactor(Factor):
    """An entry of a variable."""

    __slots__ = ("idx", "name")

    def __init__(self, name: str, idx: tuple[Lin, ...] = ()) -> None:
        self.name = name
        self.idx = idx
        super().__init__(f"{safe(name)}({','.join(map(lin_key, idx))})", free_in(idx) if idx else NO_INDICES)


class SizeFactor(Factor):
    """An index or a size as a number."""

    __slots__ = ("atom",)

    def __init__(self, atom: Index | Size) -> None:
        self.atom = atom
        free = frozenset((atom,)) if isinstance(atom, Index) else free_in(atom.args)
        super().__init__(f"<{atom_key(atom)}>", free)


class PrimeFactor(Factor):
    """A prime number under a fractional exponent: 2^(1/2)."""

    __slots__ = ("prime",)
    special = True

    def __init__(self, prime: int) -> None:
        self.prime = prime
        super().__init__(f"#{prime}", NO_INDICES)


class FunFactor(Factor):
    """A function of polynomials, with derivative orders (open functions only)."""

    __slots__ = ("args", "idx", "name", "order")
    SPECIAL = frozenset({"sigmoid", "exp", "step", "zero", "sin"})

    def __init__(
        self, name: str, args: tuple[Poly, ...], order: tuple[int, ...] = (), idx: tuple[Lin, ...] = ()
    ) -> None:
        self.name = name
        self.args = args
        self.order = order if any(order) else ()
        self.idx = idx
        primes = "'" + ",".join(map(str, self.order)) if self.order else ""
        where = f"[{','.join(map(lin_key, idx))}]" if idx else ""
        free = free_in(idx).union(*(a.free for a in args)) if args else free_in(idx)
        height = max((a.height for a in args), default=0)
        super().__init__(f"{safe(name)}{primes}{where}{{{'|'.join(a.key for a in args)}}}", free, height)

    @property
    def special(self) -> bool:  # type: ignore[override]
        return self.name in self.SPECIAL


class IversonFactor(Factor):
    """[e = 0] or [e <= 0] for an index expression e."""

    __slots__ = ("e", "relation")
    special = True

    def __init__(self, relation: str, e: Lin) -> None:
        self.relation = relation
        self.e = e
        super().__init__(f"[{lin_key(e)}{relation}0]", free_in((e,)))


class DiffFactor(Factor):
    """The total derivative of one variable's entry by another's, not worked out."""

    __slots__ = ("u", "v")

    def __init__(self, u: VarFactor, v: VarFactor) -> None:
        self.u = u
        self.v = v
        super().__init__(f"d<{u.key}/{v.key}>", u.free | v.free)


class PolyFactor(Factor):
    """A polynomial of several terms under an exponent that is not a natural number: (1 + x)^-1.

    `lead` is its greatest term, None where the order is no guide because a term has a negative exponent.
    """

    __slots__ = ("lead", "poly")
    special = True

    def __init__(self, poly: Poly) -> None:
        self.poly = poly
        ordered = all(e > 0 for m in poly.terms for _, e in m)
        self.lead = max(poly.terms.items(), key=lambda term: degree_key(term[0])) if ordered else None
        super().__init__(f"({poly.key})", poly.free, poly.height)


class SumFactor(Factor):
    """A connected sum over bound indices with canonical names; `factors` all depend on them."""

    __slots__ = ("bounds", "factors")

    def __init__(self, bounds: tuple[tuple[Index, Range], ...], factors: Monomial, height: int) -> None:
        self.bounds = bounds
        self.factors = factors
        bound = {index for index, _ in bounds}
        free: set[Index] = set()
        for factor, _ in factors:
            free |= factor.free
        for _, range_ in bounds:
            free |= range_.lo.indices() | range_.hi.indices()
        ranges = ",".join(f"{atom_key(i)}{lin_key(r.lo)}..{lin_key(r.hi)}" for i, r in bounds)
        super().__init__(f"Σ{ranges}:{monomial_key(factors)}", frozenset(free - bound), height)


class LambdaFactor(Factor):
    """A factor with arguments that bind indices: an open functional, a product over a range, a product of matrices,
    the indicator of where an array is largest (a peak).

    `bounds` are the canonical bound indices of each part, `parts` their bodies, `lins` the index expressions outside
    the binders; `kind` and `name` tell what it is.
    """

    __slots__ = ("bounds", "kind", "lins", "name", "parts")

    @property
    def special(self) -> bool:  # type: ignore[override]
        return self.kind == "peak"

    def __init__(
        self,
        kind: str,
        name: str,
        bounds: tuple[tuple[tuple[Index, Range | None], ...], ...],
        parts: tuple[Poly, ...],
        lins: tuple[Lin, ...],
        height: int,
    ) -> None:
        self.kind = kind
        self.name = name
        self.bounds = bounds
        self.parts = parts
        self.lins = lins
        free = set(free_in(lins))
        texts = []
        for bound, part in zip(bounds, parts, strict=True):
            inner = set(part.free)
            for _, range_ in bound:
                if range_ is not None:
                    inner |= range_.lo.indices() | range_.hi.indices()
            free |= inner - {index for index, _ in bound}
            ranges = ",".join(
                atom_key(i) + (f"{lin_key(r.lo)}..{lin_key(r.hi)}" if r is not None else "") for i, r in bound
            )
            texts.append(f"{ranges}:{part.key}")
        super().__init__(f"{kind}:{name}<{','.join(map(lin_key, lins))}>{{{'|'.join(texts)}}}", frozenset(free), height)


Slot = tuple[int, tuple[Lin, ...]]


def slots_of(name: str, lins: tuple[Lin, ...]) -> tuple[str, tuple[Lin, ...], list[Slot]]:
    """Return name, own indices and slots of an open functional `name@number of indices@argument:length,…`."""
    own, n_idx, described = name.split("@")
    idx, rest = lins[: int(n_idx)], lins[int(n_idx) :]
    slots = []
    for item in described.split(",") if described else ():
        n, length = map(int, item.split(":"))
        slots.append((n, rest[:length]))
        rest = rest[length:]
    return own, idx, slots


def in_order(slots: Iterable[Slot]) -> list[Slot]:
    """Return the slots of an open functional by argument and entry: partial derivatives commute."""
    return sorted(slots, key=lambda slot: (slot[0], [lin_key(e) for e in slot[1]]))


def functional_lins(name: str, lins: tuple[Lin, ...]) -> tuple[Lin, ...]:
    """Return the index expressions of an open functional with its slots in order."""
    _, idx, slots = slots_of(name, lins)
    return (*idx, *(e for _, entry in in_order(slots) for e in entry))


def monomial_key(monomial: Monomial) -> str:
    """Return the string of a monomial whose factors are in order."""
    return "·".join(f.key if e == 1 else f"{f.key}^{e}" for f, e in monomial)


def degree_key(m: Monomial) -> tuple[Rational, list[tuple[str, Rational]]]:
    """Order monomials by degree, then by their greatest factor and its exponent, and so on.

    Among positive exponents this order is compatible with multiplication, so that replacing a leading term comes to an
    end.
    """
    return sum(e for _, e in m), [(f.key, e) for f, e in reversed(m)]


_BOUND = re.compile(r"[A-Za-z0-9_•]*#-?[1-9]\d*;|'(?:[^'\\]|\\.)*'#-?[1-9]\d*;")


@cache
def shape(key: str) -> str:
    """Return a key in which all bound indices look alike."""
    return _BOUND.sub("•;", key)


def is_negative(poly: Poly) -> bool:
    """Whether the leading coefficient is negative: decides between f(x) and f(-x), whatever bound indices are called.

    Terms that differ in the names of bound indices only, as x_i - x_j, count together; if they cancel, the next decide.
    """
    groups: dict[tuple[Rational, tuple[tuple[str, Rational], ...]], Rational] = {}
    for m, c in poly.terms.items():
        rank = (sum(e for _, e in m), tuple(sorted(((shape(f.key), e) for f, e in m), reverse=True)))
        groups[rank] = groups.get(rank, 0) + c
    return next((groups[rank] < 0 for rank in sorted(groups, reverse=True) if groups[rank]), False)


def monomial_free(monomial: Monomial) -> frozenset[Index]:
    """Return the free index variables of a monomial."""
    return frozenset().union(*(f.free for f, _ in monomial)) if monomial else NO_INDICES


class Poly:
    """A sum of coefficient × monomial; immutable."""

    def __init__(self, terms: Mapping[Monomial, Rational] | None = None) -> None:
        self.terms: Mapping[Monomial, Rational] = terms or {}

    @cached_property
    def key(self) -> str:
        return "+".join(sorted(f"{c}·{monomial_key(m)}" if m else str(c) for m, c in self.terms.items()))

    @cached_property
    def free(self) -> frozenset[Index]:
        return frozenset().union(*(monomial_free(m) for m in self.terms)) if self.terms else NO_INDICES

    @cached_property
    def height(self) -> int:
        return max((f.height for m in self.terms for f, _ in m), default=0)

    @property
    def is_zero(self) -> bool:
        return not self.terms

    @property
    def constant(self) -> Rational | None:
        """The value of a polynomial that is a number, else None."""
        if not self.terms:
            return 0
        if len(self.terms) == 1:
            (monomial, c) = next(iter(self.terms.items()))
            return None if monomial else c
        return None

    @property
    def single(self) -> tuple[Monomial, Rational] | None:
        """The term of a polynomial that has just one."""
        return next(iter(self.terms.items())) if len(self.terms) == 1 else None

    def factors(self) -> Iterator[Factor]:
        """Yield the factors at the top level, with repetitions."""
        for monomial in self.terms:
            for factor, _ in monomial:
                yield factor

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return self.key or "0"


ZERO_POLY = Poly()
ONE_POLY = Poly({(): 1})


def number(value: Rational) -> Poly:
    """Return a number as a polynomial."""
    return Poly({(): whole(value)}) if value else ZERO_POLY


def whole(value: Rational) -> Rational:
    """Return a whole number as an int, any other as it is."""
    return value.numerator if value.denominator == 1 else value


def poly_of(factor: Factor, exponent: Rational = 1) -> Poly:
    """Return a power of one factor as a polynomial."""
    return Poly({((factor, exponent),): 1})


def add(*polys: Poly) -> Poly:
    """Return the sum of polynomials."""
    if len(polys) == 1:
        return polys[0]
    terms: dict[Monomial, Rational] = {}
    for poly in polys:
        for monomial, c in poly.terms.items():
            new = terms.get(monomial, 0) + c
            if new:
                terms[monomial] = new
            else:
                terms.pop(monomial, None)
    return Poly(terms)


def scale(poly: Poly, c: Rational) -> Poly:
    """Return c × poly."""
    if c == 1:
        return poly
    return Poly({m: value * c for m, value in poly.terms.items()}) if c else ZERO_POLY


def subtract(left: Poly, right: Poly) -> Poly:
    """Return left - right."""
    return add(left, scale(right, -1))
