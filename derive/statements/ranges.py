"""Over which values the free indices of a formula run: where every name in it is defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.algebra.expr import Expr, IndexValue, Num
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.network.network import Fact
from derive.reader.syntax import Node
from derive.typing.ceiling import Reason, only_refutes
from derive.typing.context import Context, Use
from derive.typing.quantifiers import Limits


@dataclass(frozen=True)
class Quantified:
    """The free indices with their ranges, sizes that had to be fixed, and facts about sizes."""

    free: tuple[tuple[Index, Range], ...]
    sizes: Mapping[Size, int]
    facts: tuple[Fact, ...]
    values: Mapping[Index | Size, Lin]


class Bounds:
    """The bounds of one index as they are collected."""

    def __init__(self) -> None:
        self.lower: list[Lin] = []
        self.upper: list[Lin] = []


def free_indices(uses: Iterable[Use]) -> list[Index]:
    """Return the free indices of the uses in order, those on which ranges depend first."""
    found: list[Index] = []
    for kind in ("layer", "unit"):
        for use in uses:
            if use.kind != kind:
                continue
            inside = use.range.lo.indices() | use.range.hi.indices() | use.value.indices()
            for index in sorted(inside, key=lambda index: (index not in use.range.hi.indices(), index.name)):
                if index.uid == 0 and index not in found:
                    found.append(index)
    return found


def quantify(uses: list[Use], limits: Limits, labels: Mapping[Index, Range], ctx: Context, node: Node) -> Quantified:
    """Return the range of every free index: the intersection of the ranges of its slots and of what conditions say.

    Where an index counts units of different sizes, both sizes are taken to be 2 and a note says so.
    Raises: LatexError if an index has no range.
    """
    sizes: dict[Size, int] = dict(ctx.log.sizes)
    values: dict[Index | Size, Lin] = {Index(name): value for name, value in limits.values.items()}
    uses = [use.subs(values) for use in uses]
    facts: list[Fact] = []
    free: list[tuple[Index, Range]] = []
    limits = _each_once(_with_products(limits, ctx))
    known = IndexFacts(_slot_ranges(uses))
    for index in free_indices(uses):
        if index in labels:
            continue
        limited = index.name in limits.lower or index.name in limits.upper
        bounds = _bounds_of(index, [use for use in uses if not (use.soft and limited)])
        if not _says_all(index, bounds, limits, uses, ctx):
            _note_beyond(index, bounds, limits, ctx, node)
            bounds.lower += limits.lower.get(index.name, [])
            bounds.upper += limits.upper.get(index.name, [])
        if not bounds.lower or not bounds.upper:
            raise ctx.fault(f'nothing says over what the index "{index}" runs', node)
        low = _tightest(bounds.lower, sizes, largest=True, facts=facts, known=known)
        high = _tightest(bounds.upper, sizes, largest=False, facts=facts, known=known)
        free.append((index, Range(low, high)))
    for use in uses:
        facts.extend(_size_facts(use))
    facts += [size_fact(high, low - 1) for low, high in limits.orders if not (high - low).is_const]
    kept = tuple((index, range_) for index, range_ in labels.items())
    unique = tuple(dict.fromkeys(facts))
    return Quantified((*_ordered(free), *kept), sizes, unique, values)


def _with_products(limits: Limits, ctx: Context) -> Limits:
    """Return the conditions with k <= t for a product over j = k+1, …, t; one that runs downwards says nothing."""
    upper = dict(limits.upper)
    for range_ in ctx.log.products:
        lows, highs = range_.lo.indices(), range_.hi.indices()
        if len(lows) != 1 or len(highs) != 1 or any(index.uid for index in lows | highs):
            continue
        (low,), (high,) = lows, highs
        length = range_.hi - range_.lo + lin(low) - lin(high)
        if low != high and length.is_const and length.const <= 0:
            end = lin(high) + length + 1
            upper[low.name] = [*upper.get(low.name, []), end]
    return replace(limits, upper=upper)


def _each_once(limits: Limits) -> Limits:
    """Return the conditions without k as a lower end of t where t is an upper end of k: k <= t is said of k alone."""
    lower = {
        letter: [end for end in ends if not _is_said_above(letter, end, limits)]
        for letter, ends in limits.lower.items()
    }
    return replace(limits, lower={letter: ends for letter, ends in lower.items() if ends})


def _is_said_above(letter: str, end: Lin, limits: Limits) -> bool:
    """Return whether t >= k + c is said as k <= t - c, too."""
    shifts = {other.name: end - lin(other) for other in end.indices()}
    return any(lin(Index(letter)) - shift in limits.upper.get(name, ()) for name, shift in shifts.items())


def _slot_ranges(uses: list[Use]) -> dict[Index, Range]:
    """Return for each free index a range in which the slots that it stands in keep it, where one says so alone."""
    found: dict[Index, Range] = {}
    for index in free_indices(uses):
        bounds = _bounds_of(index, uses)
        ends = [(low, high) for low, high in zip(bounds.lower, bounds.upper, strict=True)]
        plain = [(low, high) for low, high in ends if not (low.indices() | high.indices())]
        if plain:
            found[index] = Range(*plain[0])
    return found


def _says_all(index: Index, defined: Bounds, limits: Limits, uses: Iterable[Use], ctx: Context) -> bool:
    """Return whether a side condition says of a unit no more than that it is any one of its layer: i = 1, …, n with an
    n of which nothing is known, or i = 0, …, n_k - 1."""
    said = limits.lower.get(index.name, []), limits.upper.get(index.name, [])
    kinds = {use.kind for use in uses if index in use.value.indices()}
    if kinds != {"unit"} or any(len(ends) != 1 for ends in said) or not defined.lower or not defined.upper:
        return False
    (low,), (high,) = said
    if any(end != lin(1) for end in defined.lower) or low not in (lin(0), lin(1)):
        return False
    shift = 1 - low.const
    letter = (high + shift).atom
    if isinstance(letter, Index) and not _is_known(letter, uses, ctx):
        ctx.log.note(f"{letter} is taken for {defined.upper[0]}")
    elif not shift or any(high + shift != end for end in defined.upper):
        return False
    if shift:
        ctx.log.note(f'"{index}" is counted from 0')
    return True


def _is_known(letter: Index, uses: Iterable[Use], ctx: Context) -> bool:
    """Return whether a letter has a meaning in the model or in the formula."""
    used = any(letter in use.value.indices() for use in uses)
    return used or letter.name in ctx.indices or bool(ctx.table.candidates(letter.name, letter.name))


def _note_beyond(index: Index, defined: Bounds, limits: Limits, ctx: Context, node: Node) -> None:
    """Note where a side condition speaks of values for which a name in the formula is not defined."""
    below = [(end, at) for end in limits.lower.get(index.name, ()) for at in defined.lower if _exceeds(at, end)]
    above = [(end, at) for end in limits.upper.get(index.name, ()) for at in defined.upper if _exceeds(end, at)]
    for said, first in [*below, *above]:
        message = f"it is said for {index} = {said}, but names in it are only defined"
        side = "from" if (said, first) in below else "up to"
        ctx.log.limit(only_refutes(Reason(f"{message} {side} {index} = {first}", node.span)))


def _exceeds(one: Lin, other: Lin) -> bool:
    """Return whether one bound is larger than another; two sizes that are not the same may be."""
    difference = one - other
    if isinstance(one.atom, Size) and isinstance(other.atom, Size):
        return one != other
    return difference.is_const and difference.const > 0


def _bounds_of(index: Index, uses: Iterable[Use]) -> Bounds:
    bounds = Bounds()
    for use in uses:
        coefficient = dict(use.value.terms).get(index)
        others = {i for i in use.value.indices() if i.uid}
        if coefficient not in {1, -1} or others:
            continue
        rest = use.value - lin(index) * coefficient
        ends = (
            (use.range.lo - rest, use.range.hi - rest)
            if coefficient == 1
            else (rest - use.range.hi, rest - use.range.lo)
        )
        if any(index in end.indices() for end in ends):
            continue
        bounds.lower.append(ends[0])
        bounds.upper.append(ends[1])
    return bounds


def _tightest(ends: list[Lin], sizes: dict[Size, int], *, largest: bool, facts: list[Fact], known: IndexFacts) -> Lin:
    """Return the tightest of several bounds; sizes that cannot be compared are both fixed at 2."""
    best = ends[0]
    for end in ends[1:]:
        is_lower = known.at_most_zero(end - best)
        if is_lower is None and known.at_most_zero(best - end):
            is_lower = False
        if is_lower is not None:
            best = best if is_lower == largest else end
        elif not largest and isinstance(best.atom, Size) and isinstance(end.atom, Size):
            sizes.setdefault(best.atom, 2)
            sizes.setdefault(end.atom, 2)
        elif largest:
            facts.append(size_fact(best, end - 1))
        else:
            facts.append(size_fact(end, best - 1))
    return best


def size_fact(left: Lin, right: Lin) -> Fact:
    """Return the fact left > right about sizes; the network is drawn so that it holds."""
    a: Expr = IndexValue(left) if not left.is_const else Num(Fraction(left.const))
    b: Expr = IndexValue(right) if not right.is_const else Num(Fraction(right.const))
    return Fact(">", a, b, (), (), f"{left} > {right}")


def _size_facts(use: Use) -> list[Fact]:
    """Return what a number in a slot asks of its size: unit 3 of layer k needs n_k > 2."""
    if not use.value.is_const or use.range.hi.is_const or not use.range.lo.is_const:
        return []
    if use.value.const <= use.range.lo.const:
        return []
    return [size_fact(use.range.hi, use.value - 1)]


def _ordered(free: list[tuple[Index, Range]]) -> list[tuple[Index, Range]]:
    """Return the indices so that each range depends on earlier ones only."""
    done: list[tuple[Index, Range]] = []
    rest = list(free)
    while rest:
        known = {index for index, _ in done}
        names = {index for index, _ in rest}
        ready = [(index, r) for index, r in rest if not ((r.lo.indices() | r.hi.indices()) & names - known - {index})]
        if not ready:
            return done + rest
        done += ready
        rest = [pair for pair in rest if pair not in ready]
    return done
