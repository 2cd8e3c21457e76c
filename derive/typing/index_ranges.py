"""Over what indices run: the one solver of ranges. Those that a sum binds, and the free ones of a formula, lie in the
slots of every name on which they stand, and where conditions say that they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.algebra.expr import Expr, IndexValue, Num
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts, sizes_in
from derive.network.network import Fact
from derive.reader.syntax import Node
from derive.typing.bounds import Bound
from derive.typing.ceiling import Reason, only_refutes
from derive.typing.constraints import Use, meet
from derive.typing.context import Context, Log
from derive.typing.quantifiers import Limits


def bound_range(bound: Bound, ctx: Context, start: int, usual: Range | None = None) -> Range:
    """Return the range of a bound index from its bounds and from the slots where it is used, and close it in the log.

    `usual` is the range of its letter in the forward pass: a sum without bounds leaves the start h_0 out.

    Raises: ShapeError if two slots, or a slot and a declared bound, have different sizes.
    """
    log = ctx.log
    known = [use for use in log.uses[start:] if not use.soft]
    direct = [use for use in known if not (use.value.indices() - {bound.index})]
    uses = direct if any(use.solved(bound.index) for use in direct) else known
    slots = [r for use in uses if (r := use.solved(bound.index)) is not None]
    kept = [use for use in log.uses[start:] if bound.index not in use.value.indices()]
    log.uses[start:] = kept
    lo, slot = bound.lo, _common(slots, bound, ctx)
    if bound.hi is not None and lo is not None:
        return _checked(bound, Range(lo, bound.hi), slot, ctx)
    if bound.hi is None and not any(use.solved(bound.index) for use in direct):
        slot = None  # where others stand beside it, as the p of x_{si+p}, the slot does not say how far it goes
    if slot is not None and usual is not None and lo is None:
        slot = meet(slot, usual) or slot
    slot = slot or usual
    if slot is None:
        raise ctx.fault(f'cannot tell what "{bound.letter}" runs over', bound.node, "bounds below and above the sum")
    return Range(lo if lo is not None else slot.lo, slot.hi)


def slot_range(letter: str, node: Node, ctx: Context) -> Range:
    """Return the range that the slots of a free letter leave to it. Raises: as `bound_range`."""
    return bound_range(Bound(letter, Index(letter), node), replace(ctx, log=Log(list(ctx.log.uses))), 0)


def _common(slots: Iterable[Range], bound: Bound, ctx: Context) -> Range | None:
    found: Range | None = None
    for slot in slots:
        if found is None:
            found = slot
            continue
        met = meet(found, slot)
        if met is None and ctx.same_range(found, slot):
            met = ctx.fixed(found)
        if met is None and bound.hi is not None and _share_sizes(found, slot):
            continue
        if met is None:
            raise ctx.misfit(
                f'"{bound.letter}" counts {ctx.said(found.length)} in one place and {ctx.said(slot.length)} in another',
                bound.node,
            )
        found = met
    return found


def _share_sizes(left: Range, right: Range) -> bool:
    """Return whether two ranges end at related sizes, B and B+F-2: one may well be part of the other."""
    return bool(sizes_in(left.hi) & sizes_in(right.hi))


def _checked(bound: Bound, written: Range, slot: Range | None, ctx: Context) -> Range:
    """Return the written range, its last letter read as the size of the slot where the model does not know it."""
    if slot is None:
        return written
    if written.lo == lin(0) and slot.lo == lin(1):
        ctx.log.note("units are counted from 0 here")
        return _checked(bound, Range(written.lo + 1, written.hi + 1), slot, ctx)
    met = meet(written, slot)
    if met is not None:
        if met != written:
            ends = [f"{ctx.said(bounds.lo)} … {ctx.said(bounds.hi)}" for bounds in (written, slot)]
            raise ctx.fault(f'"{bound.letter}" runs over {ends[0]}, beyond {ends[1]}', bound.node)
        return written
    last = written.hi
    if written.lo == slot.lo and _is_open_letter(last, bound, ctx):
        text = bound.hi_node.text if bound.hi_node is not None else str(last)
        ctx.log.taken.add(str(last))
        ctx.log.note(f"{text} is taken for {ctx.said(slot.hi)}")
        return slot
    if written.lo == slot.lo and last.is_const and isinstance(slot.hi.atom, Size) and ctx.same_range(written, slot):
        return ctx.fixed(slot)
    if not (slot.hi - last).is_const and isinstance(last.atom, Size) and isinstance(slot.hi.atom, Size):
        raise ctx.misfit(
            f'"{bound.letter}" counts {ctx.said(slot.length)} here, not {ctx.said(written.length)}', bound.node
        )
    if isinstance(last.atom, Index) and not last.atom.uid and isinstance(slot.hi.atom, Size):
        ctx.use(last, slot, "unit", bound.node)  # the k of c_k = Σ_{j=1}^k x_j
    return written


def _is_open_letter(last: Lin, bound: Bound, ctx: Context) -> bool:
    """Return whether a sum ends at a letter of which nothing is known so far, so that it may stand for a size.

    Where it ends beside such a letter, the log remembers that this has to be an index of the formula.
    Raises: LatexError where it ends at its own letter, or at a name that is declared as something else.
    """
    used = {index for use in ctx.log.uses for index in use.value.indices()}
    known = {*ctx.indices, *ctx.free, *(index.name for index in used)}
    atoms = [atom for atom, _ in last.terms if isinstance(atom, Index)]
    letters = [atom for atom in atoms if not atom.uid and atom.name not in known]
    if not letters:
        return False
    node = bound.hi_node or bound.node
    if bound.letter in {letter.name for letter in letters}:
        raise ctx.fault(f'a sum over "{bound.letter}" cannot end at "{bound.letter}"', node, "a size")
    if last.atom is None:
        ctx.log.ends |= {letter.name: node for letter in letters}
        return False
    if ctx.table.candidates(node.key, node.plain):
        raise ctx.fault(f"{node.text} is declared, but not as a size", node, "a size")
    return True


@dataclass(frozen=True)
class Quantified:
    """The free indices with their ranges, sizes that had to be fixed, and facts about sizes."""

    free: tuple[tuple[Index, Range], ...]
    sizes: Mapping[Size, int]
    facts: tuple[Fact, ...]
    values: Mapping[Index | Size, Lin]


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
        slots = _told(index, [use for use in uses if not (use.soft and limited)])
        lower, upper = [slot.lo for slot in slots], [slot.hi for slot in slots]
        if not _says_all(index, slots, limits, uses, ctx):
            _note_beyond(index, slots, limits, ctx, node)
            lower += limits.lower.get(index.name, [])
            upper += limits.upper.get(index.name, [])
        if not lower or not upper:
            raise ctx.fault(f'nothing says over what the index "{index}" runs', node)
        low = _tightest(lower, sizes, largest=True, facts=facts, known=known)
        high = _tightest(upper, sizes, largest=False, facts=facts, known=known)
        free.append((index, Range(low, high)))
    for use in uses:
        facts.extend(_size_facts(use))
    facts += [size_fact(high, low - 1) for low, high in limits.orders if not (high - low).is_const]
    kept = tuple((index, range_) for index, range_ in labels.items())
    unique = tuple(dict.fromkeys(facts))
    return Quantified((*_ordered(free), *kept), sizes, unique, values)


def at_single_values(limits: Limits, uses: Sequence[Use]) -> Limits:
    """Return conditions with the value that they and its slots leave a letter, l = L for l ≥ L where l ends there."""
    found = dict(limits.values)
    for letter in {*limits.lower, *limits.upper} - found.keys():
        index = Index(letter)
        slots = [slot for use in uses if not use.soft and (slot := use.solved(index)) is not None]
        lows = [*limits.lower.get(letter, ()), *(slot.lo for slot in slots)]
        highs = [*limits.upper.get(letter, ()), *(slot.hi for slot in slots)]
        ends = [low for low in lows if low in highs and index not in low.indices()]
        if ends:
            found[letter] = ends[0]
    return replace(limits, values=found)


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
        plain = [slot for slot in _told(index, uses) if not (slot.lo.indices() | slot.hi.indices())]
        if plain:
            found[index] = plain[0]
    return found


def _says_all(index: Index, slots: Sequence[Range], limits: Limits, uses: Iterable[Use], ctx: Context) -> bool:
    """Return whether a side condition says of a unit no more than that it is any one of its layer: i = 1, …, n with an
    n of which nothing is known, or i = 0, …, n_k - 1."""
    said = limits.lower.get(index.name, []), limits.upper.get(index.name, [])
    kinds = {use.kind for use in uses if index in use.value.indices()}
    if kinds != {"unit"} or any(len(ends) != 1 for ends in said) or not slots:
        return False
    (low,), (high,) = said
    if any(slot.lo != lin(1) for slot in slots) or low not in (lin(0), lin(1)):
        return False
    shift = 1 - low.const
    letter = (high + shift).atom
    if isinstance(letter, Index) and not _is_known(letter, uses, ctx):
        ctx.log.note(f"{letter} is taken for {slots[0].hi}")
    elif not shift or any(high + shift != slot.hi for slot in slots):
        return False
    if shift:
        ctx.log.note(f'"{index}" is counted from 0')
    return True


def _is_known(letter: Index, uses: Iterable[Use], ctx: Context) -> bool:
    """Return whether a letter has a meaning in the model or in the formula."""
    used = any(letter in use.value.indices() for use in uses)
    return used or letter.name in ctx.indices or bool(ctx.table.candidates(letter.name, letter.name))


def _note_beyond(index: Index, slots: Sequence[Range], limits: Limits, ctx: Context, node: Node) -> None:
    """Note where a side condition speaks of values for which a name in the formula is not defined."""
    below = [(end, s.lo) for end in limits.lower.get(index.name, ()) for s in slots if _exceeds(s.lo, end)]
    above = [(end, s.hi) for end in limits.upper.get(index.name, ()) for s in slots if _exceeds(end, s.hi)]
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


def _told(index: Index, uses: Iterable[Use]) -> list[Range]:
    """Return the ranges in which uses keep a free index; what a sum binds beside it tells nothing of it."""
    return [found for use in uses if use.value.indices() == use.free and (found := use.solved(index)) is not None]


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
