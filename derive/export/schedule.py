"""In which order definitions are evaluated: groups that need each other share a loop over layers or steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from derive.algebra.expr import Diff, Var
from derive.algebra.index import Index, Lin, Range, hull, lin
from derive.algebra.substitute import subs, walk
from derive.export.names import ExportError, Slots
from derive.network.network import Definition


@dataclass(frozen=True)
class Straight:
    """Definitions that are evaluated once for each value of their own loop indices, in any order.

    Several have the same loops, and none reads another one at another value of theirs.
    """

    definitions: tuple[Definition, ...]


@dataclass(frozen=True)
class Joint:
    """Definitions that are evaluated in turn for each value of shared loop indices; `down` counts backwards.

    Each body is written in the shared indices; a definition holds where they lie in its own range.
    """

    indices: tuple[Index, ...]
    ranges: tuple[Range, ...]
    down: bool
    members: tuple[tuple[Definition, tuple[Range, ...]], ...]


Block = Straight | Joint
Loops = tuple[tuple[str, Range], ...]


def schedule(definitions: Sequence[Definition], slots: Slots) -> Iterator[Block]:
    """Yield the definitions in an order in which each has what it needs.

    Raises: ExportError where a definition needs a later layer and an earlier one.
    """
    yield from _together(list(_blocks(definitions, slots)), slots)


def _blocks(definitions: Sequence[Definition], slots: Slots) -> Iterator[Block]:
    for group in _groups(definitions):
        members = [d for d in definitions if d.name in group]
        recursive = any(_mentions(d) & group for d in members)
        looped = all(slots.get(name) for name in group) and not all(_is_single(d, slots) for d in members)
        if not recursive or not looped:
            yield from (Straight((d,)) for d in _sorted_straight(members, group, slots))
            continue
        yield from _joint(members, group, slots)


def _together(blocks: list[Block], slots: Slots) -> Iterator[Block]:
    """Yield the blocks, neighbours that loop over the same and do not read each other as one."""
    for (loops, _), same in groupby(_told_apart(blocks, slots), key=lambda pair: pair[0]):
        found = [block for _, block in same]
        straight = [block for block in found if isinstance(block, Straight)]
        yield from [Straight(tuple(d for block in straight for d in block.definitions))] if loops else found


def _told_apart(blocks: list[Block], slots: Slots) -> Iterator[tuple[tuple[Loops, int], Block]]:
    """Yield each block with its loops and a number that is new where it reads what its neighbours with these define
    at another value of theirs."""
    number, names = 0, set[str]()
    loops: Loops = ()
    for block in blocks:
        own = _loops(block.definitions[0], slots) if isinstance(block, Straight) else ()
        apart = isinstance(block, Straight) and any(_reads_elsewhere(d, names, slots) for d in block.definitions)
        if not own or own != loops or apart:
            number, loops, names = number + 1, own, set()
        names |= {d.name for d in block.definitions} if isinstance(block, Straight) else set()
        yield (loops, number), block


def _reads_elsewhere(definition: Definition, names: set[str], slots: Slots) -> bool:
    """Return whether a definition reads one of some arrays at another layer or step than its own."""
    own = [lin(definition.params[n]) for n in slots.get(definition.name, ())]
    inside = {id(node.var) for node in walk(definition.body) if isinstance(node, Diff)}
    for node in walk(definition.body):
        name = node.name if isinstance(node, Var) and id(node) not in inside else ""
        name, entry = ("d " + node.var.name, node.var) if isinstance(node, Diff) else (name, node)
        if name in names and isinstance(entry, Var) and [entry.idx[n] for n in slots.get(name, ())] != own:
            return True
    return False


def _loops(definition: Definition, slots: Slots) -> Loops:
    """Return the letter and range of the one index that a definition loops over; nothing for none and for more."""
    places = slots.get(definition.name, ())
    found = tuple((definition.params[n].name, definition.ranges[n]) for n in places)
    return found if len(found) == 1 and found[0][1].lo != found[0][1].hi else ()


def _mentions(definition: Definition) -> set[str]:
    """Return the names that a body uses; a derivative of the loss counts as the array that holds it."""
    found = set()
    inside = {id(node.var) for node in walk(definition.body) if isinstance(node, Diff)}
    for node in walk(definition.body):
        if isinstance(node, Diff):
            found.add("d " + node.var.name)
        elif isinstance(node, Var) and id(node) not in inside:
            found.add(node.name)
    return found


def _groups(definitions: Sequence[Definition]) -> list[set[str]]:
    """Return the names that need each other, in the order of need (Tarjan)."""
    needs: dict[str, set[str]] = {}
    for definition in definitions:
        needs.setdefault(definition.name, set()).update(_mentions(definition))
    order: list[set[str]] = []
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in sorted(needs[name]):
            if other not in needs:
                continue
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            group = set(stack[stack.index(name) :])
            del stack[stack.index(name) :]
            order.append(group)

    for name in needs:
        if name not in number:
            visit(name)
    return order


def _sorted_straight(members: list[Definition], group: set[str], slots: Slots) -> list[Definition]:
    """Return definitions with fixed layers in the order of need: h_1 before a_2."""
    waiting, done = list(members), list[Definition]()
    while waiting:
        ready = [d for d in waiting if not any(_needs_entry(d, other, slots) for other in waiting if other is not d)]
        if not ready:
            names = ", ".join(sorted(group))
            raise ExportError(f"{names} need each other; there is no order in which to evaluate them")
        done += ready
        waiting = [d for d in waiting if d not in ready]
    return done


def _needs_entry(d: Definition, other: Definition, slots: Slots) -> bool:
    """Whether a body uses an entry that the other definition defines, by the values of its layers."""
    for node in walk(d.body):
        v = node.var if isinstance(node, Diff) else node
        name = f"d {v.name}" if isinstance(node, Diff) and isinstance(v, Var) else getattr(v, "name", None)
        if isinstance(v, Var) and name == other.name:
            places = slots.get(name, ())
            if all(_may_be(v.idx[n], other.ranges[n], d) for n in places):
                return True
    return False


def _may_be(value: Lin, range_: Range, d: Definition) -> bool:
    single: dict[Any, Lin] = {p: r.lo for p, r in zip(d.params, d.ranges, strict=True) if r.lo == r.hi}
    at = value.subs(single)
    below, above = at - range_.lo, range_.hi - at
    return not ((below.is_const and below.const < 0) or (above.is_const and above.const < 0))


def _joint(members: list[Definition], group: set[str], slots: Slots) -> Iterator[Block]:
    first = [d for d in members if not _mentions(d) & group and _is_single(d, slots)]
    yield from (Straight((d,)) for d in first)
    rest = [d for d in members if d not in first]
    count = len(slots[rest[0].name])
    if any(len(slots[d.name]) != count for d in rest):
        names = ", ".join(sorted(group))
        raise ExportError(f"{names} need each other, and do not run over the same layers and steps")
    indices = tuple(_loop_index(rest, slots, n) for n in range(count))
    placed = [_in_shared(d, indices, slots) for d in rest]
    ranges = tuple(hull([own[n] for _, own in placed]) for n in range(count))
    down = _direction(placed, group, indices, slots)
    yield Joint(indices, ranges, down, tuple(_in_turn(placed, group, slots)))


def _is_single(d: Definition, slots: Slots) -> bool:
    return all(d.ranges[n].lo == d.ranges[n].hi for n in slots[d.name])


def _loop_index(members: list[Definition], slots: Slots, n: int) -> Index:
    wide = [d for d in members if not _is_single(d, slots)] or members
    return wide[0].params[slots[wide[0].name][n]]


def _in_shared(d: Definition, indices: tuple[Index, ...], slots: Slots) -> tuple[Definition, tuple[Range, ...]]:
    """Return a definition whose loop indices are the shared ones, and the ranges in which it holds."""
    places = slots[d.name]
    names: dict[Any, Lin] = {d.params[n]: lin(index) for n, index in zip(places, indices, strict=True)}
    params = tuple(indices[places.index(n)] if n in places else p for n, p in enumerate(d.params))
    ranges = tuple(r.subs(names) for r in d.ranges)
    return Definition(d.name, params, ranges, subs(d.body, names)), tuple(ranges[n] for n in places)


def _shifts(
    placed: list[tuple[Definition, tuple[Range, ...]]], group: set[str], indices: tuple[Index, ...], slots: Slots
) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield (user, used, shifts of the shared indices) for every use within the group."""
    for d, _ in placed:
        for node in walk(d.body):
            v = node.var if isinstance(node, Diff) else node
            name = f"d {v.name}" if isinstance(node, Diff) and isinstance(v, Var) else getattr(v, "name", "")
            if not isinstance(v, Var) or name not in group:
                continue
            shifts = [v.idx[n] - lin(index) for n, index in zip(slots[name], indices, strict=True)]
            if all(shift.is_const for shift in shifts):
                yield d.name, name, tuple(shift.const for shift in shifts)


def _direction(
    placed: list[tuple[Definition, tuple[Range, ...]]], group: set[str], indices: tuple[Index, ...], slots: Slots
) -> bool:
    """Return whether the loop counts down: what is needed lies above."""
    signs = {value > 0 for _, _, shifts in _shifts(placed, group, indices, slots) for value in shifts if value}
    if len(signs) > 1:
        raise ExportError(
            f"{', '.join(sorted(group))} need earlier and later layers; there is no order to evaluate them"
        )
    return signs == {True}


def _in_turn(
    placed: list[tuple[Definition, tuple[Range, ...]]], group: set[str], slots: Slots
) -> list[tuple[Definition, tuple[Range, ...]]]:
    """Return the definitions in the order of need within one layer."""
    indices = tuple(placed[0][0].params[n] for n in slots[placed[0][0].name])
    same_layer = {(user, used) for user, used, shifts in _shifts(placed, group, indices, slots) if not any(shifts)}
    waiting, done = list(placed), list[tuple[Definition, tuple[Range, ...]]]()
    while waiting:
        left = {d.name for d, _ in waiting}
        ready = [p for p in waiting if not any((p[0].name, other) in same_layer for other in left - {p[0].name})]
        if not ready:
            raise ExportError(f"{', '.join(sorted(left))} need each other within one layer")
        done += ready
        waiting = [p for p in waiting if p not in ready]
    return done
