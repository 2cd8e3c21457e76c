"""An order in which the entries of a network can be computed: a natural number for each entry, larger than those that
its definition mentions.

A variable that is defined by way of itself runs along one of its indices, upwards (h_t from h_{t-1}) or downwards; its
rank is linear in that index. The proof checks the ranks; nobody has to trust them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.algebra.expr import Var
from derive.algebra.index import Lin, Range, lin
from derive.algebra.substitute import walk
from derive.certify.names import quoted
from derive.certify.terms import Terms, UntranslatedError
from derive.network.network import Definition


@dataclass(frozen=True, slots=True)
class Group:
    """Names that are defined by way of each other, in the order of one round, along the index at `place`."""

    names: tuple[str, ...]
    place: int | None = None
    upwards: bool = True
    ends: Range | None = None


def rank(definitions: tuple[Definition, ...], terms: Terms) -> str:
    """Return the body of `rank`, which maps an entry p to a natural number."""
    base, lines = "1", []
    for group in groups(definitions):
        rounds, length = _rounds(group, terms)
        count = len(group.names)
        for m, name in enumerate(group.names):
            place = f"{base} + {count} * {rounds} + {m}" if rounds else f"{base}"
            lines.append(f"  if String.eqb (fst p) {quoted(name)} then Z.to_nat ({place}) else")
        base += f" + {count} * {length} + {count}" if rounds else " + 1"
    return "\n".join([*lines, "  O"])


def _rounds(group: Group, terms: Terms) -> tuple[str, str]:
    """Return how far along its index an entry is, and how far the last one; clamped to just beyond the range."""
    if group.place is None or group.ends is None:
        return "", ""
    lo, hi = terms.integer(group.ends.lo - 1), terms.integer(group.ends.hi + 1)
    here = f"(Z.max {lo} (Z.min {hi} (nth {group.place} (snd p) 0%Z)))"
    length = f"Z.max 0 {terms.integer(group.ends.hi - group.ends.lo + 2)}"
    return (f"({here} - {lo})" if group.upwards else f"({hi} - {here})"), f"({length})"


def groups(definitions: tuple[Definition, ...]) -> Iterator[Group]:
    """Yield the groups of names that depend on each other, those first that others are made of."""
    below = reached(definitions)
    waiting = list(below)
    while waiting:
        name = next((n for n in waiting if not any(m in waiting and n not in below[m] for m in below[n])), waiting[0])
        same = [n for n in waiting if n == name or (n in below[name] and name in below[n])]
        waiting = [n for n in waiting if n not in same]
        yield _recurrence(tuple(same), definitions) if name in below[name] else Group((name,))


def reached(definitions: tuple[Definition, ...]) -> dict[str, set[str]]:
    """Return for each defined name all names that its entries are made of, leaves too."""
    mentions = {d.name: set[str]() for d in definitions}
    for d in definitions:
        mentions[d.name] |= {v.name for v in walk(d.body) if isinstance(v, Var)}
    return {name: _reached(name, mentions) for name in mentions}


def _reached(name: str, mentions: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(mentions[name])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting.extend(mentions.get(other, ()))
    return found


def _recurrence(names: tuple[str, ...], definitions: tuple[Definition, ...]) -> Group:
    """Return the index along which the names depend on each other, and their order within one round."""
    own = [d for d in definitions if d.name in names]
    links = [(d, v) for d in own for v in walk(d.body) if isinstance(v, Var) and v.name in names]
    for place in range(min(len(d.params) for d in own)):
        for upwards in (True, False):
            shifts = [_shift(d, v, place) * (1 if upwards else -1) for d, v in links if _shift(d, v, place) is not None]
            if len(shifts) < len(links) or any(shift > 0 for shift in shifts):
                continue
            same = [(d.name, v.name) for (d, v), shift in zip(links, shifts, strict=True) if shift == 0]
            order = _order(names, same)
            if order is not None:
                return Group(order, place, upwards, _ends(own, place))
    raise UntranslatedError("definitions that run through each other along no index")


def _shift(definition: Definition, var: Var, place: int) -> int:
    """Return by how much an index of an entry differs from that of the definition; a large number if it is unknown."""
    gap = var.idx[place] - lin(definition.params[place])
    if not gap.is_const and definition.ranges[place].lo == definition.ranges[place].hi:
        gap = var.idx[place] - definition.ranges[place].lo
    return gap.const if gap.is_const else 10**6


def _order(names: tuple[str, ...], before: list[tuple[str, str]]) -> tuple[str, ...] | None:
    """Return the names so that what a definition mentions at the same place comes first; None if there is a circle."""
    order: list[str] = []
    while len(order) < len(names):
        found = next((n for n in names if n not in order and all(v in order for d, v in before if d == n)), None)
        if found is None:
            return None
        order.append(found)
    return tuple(order)


def _ends(definitions: list[Definition], place: int) -> Range:
    """Return the widest range of an index, as far as its ends can be compared."""
    los, his = ([getattr(d.ranges[place], end) for d in definitions] for end in ("lo", "hi"))
    return Range(_extreme(los, -1), _extreme(his, 1))


def _extreme(values: list[Lin], sign: int) -> Lin:
    """Return the largest value, or with -1 the smallest, as far as sizes of at least 1 tell: 1 is less than T + 1."""
    best = values[0]
    for value in values[1:]:
        gap = (value - best) * sign
        if gap.const > 0 if gap.is_const else all(c > 0 for _, c in gap.terms):
            best = value
    return best
