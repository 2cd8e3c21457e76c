"""The names of bound indices: canonical ones, by colour refinement, so that equal sums have the same key; fresh ones
where a sum is opened; and free indices renamed without rewriting anything.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.algebra.factors import (
    DiffFactor,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Poly,
    PolyFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    atom_key,
    functional_lins,
    lin_key,
)
from derive.algebra.index import Index, Lin, fresh, lin
from derive.algebra.indicators import signed
from derive.algebra.primes import TooLargeError
from derive.algebra.triangles import Bounds, triangular

if TYPE_CHECKING:
    from derive.algebra.normal_form import Algebra

MAX_ORDERS = 720  # ties among bound indices beyond this many orders keep the order that they have
Factors = list[tuple[Factor, Rational]]


def canonical(height: int, n: int) -> Index:
    """Return the n-th bound index of a sum of the given nesting height."""
    if n >= 99:
        raise TooLargeError("a sum over too many indices")
    return Index("•", -(height * 100 + n + 1))


def open_sum(algebra: Algebra, factor: SumFactor) -> tuple[Bounds, list[tuple[Factor, Rational]]]:
    """Return the bounds and factors of a sum with fresh indices in place of the canonical ones."""
    names = {index: fresh("s") for index, _ in factor.bounds}
    values = {old: lin(new) for old, new in names.items()}
    bounds = [(names[index], range_.subs(values)) for index, range_ in factor.bounds]
    for index, range_ in bounds:
        algebra.ranges[index] = range_
    return bounds, [(rename(algebra, inner, values), e) for inner, e in factor.factors]


def canonical_sum(algebra: Algebra, bounds: Bounds, factors: list[tuple[Factor, Rational]], height: int) -> SumFactor:
    """Return the sum under the names, and of two equal triangular ranges under those, that make its key least."""
    orders = (order for variant in triangular(algebra, bounds) for order in _orders(variant, factors))
    return min((_with_names(algebra, order, factors, height) for order in orders), key=lambda found: found.key)


def rename(algebra: Algebra, factor: Factor, names: dict[Index, Lin]) -> Factor:
    """Rename free indices without rewriting anything: the structure stays, orders and canonical names are made anew."""
    if factor.free.isdisjoint(names):
        return factor
    algebra.budget.spend()

    def lins(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple(e.subs(names) for e in idx)

    match factor:
        case VarFactor():
            return VarFactor(factor.name, lins(factor.idx))
        case DiffFactor():
            u, v = (rename(algebra, part, names) for part in (factor.u, factor.v))
            assert isinstance(u, VarFactor)
            assert isinstance(v, VarFactor)
            return DiffFactor(u, v)
        case SizeFactor(atom=atom):
            (e,) = lins((lin(atom),))
            assert e.atom is not None
            return SizeFactor(e.atom)
        case IversonFactor():
            return IversonFactor(factor.relation, signed(factor.relation, factor.e.subs(names)))
        case FunFactor():
            args = tuple(rename_poly(algebra, arg, names) for arg in factor.args)
            return FunFactor(factor.name, args, factor.order, lins(factor.idx))
        case PolyFactor():
            return PolyFactor(rename_poly(algebra, factor.poly, names))
        case SumFactor():
            bounds, factors = open_sum(algebra, factor)
            moved = [(index, range_.subs(names)) for index, range_ in bounds]
            return canonical_sum(algebra, moved, [(rename(algebra, f, names), e) for f, e in factors], factor.height)
        case LambdaFactor():
            ranges = tuple(
                tuple((i, r.subs(names) if r is not None else None) for i, r in bound) for bound in factor.bounds
            )
            parts = tuple(rename_poly(algebra, part, names) for part in factor.parts)
            ends = lins(factor.lins)
            ends = functional_lins(factor.name, ends) if factor.kind == "functional" else ends
            return LambdaFactor(factor.kind, factor.name, ranges, parts, ends, factor.height)
    raise TypeError(f"cannot rename in {type(factor).__name__}")


def rename_poly(algebra: Algebra, poly: Poly, names: dict[Index, Lin]) -> Poly:
    """Rename free indices in a polynomial."""
    if poly.free.isdisjoint(names):
        return poly
    return Poly(
        {
            tuple(sorted(((rename(algebra, f, names), e) for f, e in m), key=lambda item: item[0].key)): c
            for m, c in poly.terms.items()
        }
    )


def _with_names(algebra: Algebra, order: Bounds, factors: list[tuple[Factor, Rational]], height: int) -> SumFactor:
    names = [canonical(height, n) for n in range(len(order))]
    values = {index: lin(name) for (index, _), name in zip(order, names, strict=True)}
    bounds = tuple([(name, range_.subs(values)) for (_, range_), name in zip(order, names, strict=True)])
    algebra.ranges.update(bounds)
    renamed = [(rename(algebra, factor, values), e) for factor, e in factors]
    return SumFactor(bounds, tuple(sorted(renamed, key=lambda item: item[0].key)), height)


def _orders(bounds: Bounds, factors: list[tuple[Factor, Rational]]) -> Iterator[Bounds]:
    """Yield the orders of bound indices that can be canonical: sorted by colour, all orders among equal colours.

    An index comes after those on which its range depends, so that the sums can be taken from the last to the first.
    """
    if len(bounds) == 1:
        yield bounds
        return
    depths = _depths(bounds)
    if len(set(depths.values())) == len(bounds):
        yield sorted(bounds, key=lambda bound: depths[bound[0]])
        return
    colours = _refine(bounds, factors)
    groups: dict[tuple[int, str], Bounds] = {}
    for bound in bounds:
        groups.setdefault((depths[bound[0]], colours[bound[0]]), []).append(bound)
    ordered = [groups[colour] for colour in sorted(groups)]
    total = 1
    for group in ordered:
        for n in range(2, len(group) + 1):
            total *= n
    if total > MAX_ORDERS:
        yield [bound for group in ordered for bound in group]
        return
    for choice in itertools.product(*(itertools.permutations(group) for group in ordered)):
        yield [bound for group in choice for bound in group]


def _depths(bounds: Bounds) -> dict[Index, int]:
    """How many of the bound indices the range of each one rests on, one upon the other."""
    ends = {index: (range_.lo.indices() | range_.hi.indices()) for index, range_ in bounds}
    depths = dict.fromkeys(ends, 0)
    for _ in bounds:
        for index, needed in ends.items():
            depths[index] = max((depths[other] + 1 for other in needed if other in depths), default=0)
    return depths


_PIECE = re.compile(r"[+·|]")
_EQUATION = re.compile(r"\[([^\[\]]*)=0\]")


def _unordered(match: re.Match[str]) -> str:
    """Return an equation [i - j = 0] with its terms in order, so that its colour does not tell which comes first."""
    return f"[{'&'.join(sorted(match[1].split('+')))}=0]"


def _refine(bounds: Bounds, factors: list[tuple[Factor, Rational]]) -> dict[Index, str]:
    """Colour refinement: an index is coloured by its range and by the factors that it stands in."""
    tokens = {atom_key(index): index for index, _ in bounds}
    colours = {index: "" for index, _ in bounds}
    texts = [(f, str(e)) for f, e in factors]
    for _ in range(len(bounds)):
        new = {}
        for index, range_ in bounds:
            names = {token: "!" if one == index else f"?{colours[one]}?" for token, one in tokens.items()}
            described = sorted(
                "".join(sorted(_PIECE.split(_EQUATION.sub(_unordered, _coloured(f.key, names))))) + "^" + e
                for f, e in texts
                if index in f.free
            )
            ends = _coloured(f"{lin_key(range_.lo)}..{lin_key(range_.hi)}", names)
            new[index] = f"{ends}:{';'.join(described)}"
        ranks = {colour: str(n) for n, colour in enumerate(sorted(set(new.values())))}
        refined = {index: ranks[colour] for index, colour in new.items()}
        if refined == colours:
            break
        colours = refined
    return colours


def _coloured(key: str, names: dict[str, str]) -> str:
    """Return a key with names in place of bound indices, without the sign -1 before them: [i - j = 0] has none."""
    for token, name in names.items():
        if token in key:
            key = key.replace(f"-1{token}", name).replace(token, name)
    return key
