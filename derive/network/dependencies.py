"""Which variable of a network can depend on which: reachability, and the offsets of layers and time steps."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import combinations

from derive.algebra.expr import Expr, Fun, Num, Pow, Var
from derive.algebra.index import Lin, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import walk
from derive.network.network import Definition, Network

Edge = tuple[str, str, int]


def variables(expr: Expr) -> list[Var]:
    """Return the entries of variables that occur in an expression."""
    return [node for node in walk(expr) if isinstance(node, Var)]


class Dependencies:
    """The graph of definitions: u depends on w directly if a definition of u mentions w."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.mentions: dict[str, set[str]] = {}
        self.users: dict[str, list[Definition]] = {}
        for definition in network.definitions:
            names = {v.name for v in variables(definition.body)}
            self.mentions.setdefault(definition.name, set()).update(names)
            for name in names:
                self.users.setdefault(name, []).append(definition)

    @cached_property
    def activations(self) -> frozenset[str]:
        """The names defined by way of a function or a root, as h = tanh(a) is and a = W h is not."""
        return frozenset(d.name for d in self.network.definitions if any(map(_is_function, walk(d.body))))

    @cached_property
    def distinguishing(self) -> dict[str, list[int] | None]:
        """For each defined name, the index slots that tell its definitions apart; None where two may overlap."""
        return {name: distinguishing_slots(definitions_of(self.network, name)) for name in self.mentions}

    @cached_property
    def below(self) -> dict[str, set[str]]:
        """For each defined name, the names that it can depend on by one definition or more."""
        closure = {name: set(found) for name, found in self.mentions.items()}
        changed = True
        while changed:
            changed = False
            for known in closure.values():
                more = set().union(*(closure.get(name, set()) for name in known)) - known
                known.update(more)
                changed = changed or bool(more)
        return closure

    @cached_property
    def slots(self) -> list[dict[str, int]]:
        """Each way to pick one index of every name of a recursive group so that all definitions shift it alike."""
        found: list[dict[str, int]] = []
        for name in self.mentions:
            if name not in self.below[name]:
                continue
            for definition in self.network.definitions:
                if definition.name != name:
                    continue
                for slot in range(len(definition.params)):
                    picked = self._propagate(name, slot)
                    if picked is not None and picked not in found:
                        found.append(picked)
        return found

    def _group(self, name: str) -> set[str]:
        return {other for other in self.below[name] if name in self.below.get(other, set())} | {name}

    def _propagate(self, start: str, slot: int) -> dict[str, int] | None:
        group = self._group(start)
        picked = {start: slot}
        queue = [start]
        while queue:
            name = queue.pop()
            for definition in definitions_of(self.network, name):
                if picked[name] >= len(definition.params):
                    return None
                param = _place(definition, picked[name])
                for v in variables(definition.body):
                    if v.name not in group:
                        continue
                    places = [n for n, e in enumerate(v.idx) if (e - param).is_const]
                    if v.name not in picked and places:
                        picked[v.name] = places[0]
                        queue.append(v.name)
                    if picked.get(v.name) not in places:
                        return None
        if set(picked) != group:
            return None
        picked = self._with_users(picked)
        return {**picked, **self._leaf_slots(picked)}

    def _with_users(self, picked: dict[str, int]) -> dict[str, int]:
        """Add the names above the group that use it at a constant distance from an index of theirs: o_t uses h_t."""
        picked = dict(picked)
        changed = True
        while changed:
            changed = False
            for name in self.mentions:
                if name in picked or not any(v in picked for v in self.mentions[name]):
                    continue
                slot = self._user_slot(name, picked)
                if slot is not None:
                    picked[name] = slot
                    changed = True
        return picked

    def _user_slot(self, name: str, picked: dict[str, int]) -> int | None:
        """The index of a name that follows the group, if every path from it to the group goes through picked names."""
        definitions = definitions_of(self.network, name)
        if any(
            other not in picked and not self.below.get(other, set()).isdisjoint(picked) for other in self.mentions[name]
        ):
            return None
        for slot in range(len(definitions[0].params)):
            shifts = [
                (v.idx[picked[v.name]] - _place(definition, slot)).is_const
                for definition in definitions
                for v in variables(definition.body)
                if v.name in picked
            ]
            if all(shifts):
                return slot
        return None

    def _leaf_slots(self, picked: dict[str, int]) -> dict[str, int]:
        """The leaves that only the group uses, always with the picked index shifted by a constant: W_k in a_k."""
        found: dict[str, int] = {}
        spoiled: set[str] = set()
        for definition in self.network.definitions:
            for v in variables(definition.body):
                if v.name in self.mentions or v.name in spoiled:
                    continue
                slot = picked.get(definition.name)
                param = _place(definition, slot) if slot is not None else None
                places = [n for n, e in enumerate(v.idx) if param is not None and (e - param).is_const]
                if not places or found.setdefault(v.name, places[0]) not in places:
                    spoiled.add(v.name)
        return {name: n for name, n in found.items() if name not in spoiled}

    @cached_property
    def offsets(self) -> list[tuple[dict[str, int], dict[tuple[str, str], tuple[int | None, int | None]]]]:
        """For each choice of slots: the least and greatest sum of shifts along paths u → w (None: unbounded)."""
        return [(picked, self._shifts(picked)) for picked in self.slots]

    def _edges(self, picked: dict[str, int]) -> list[Edge]:
        edges = []
        for definition in self.network.definitions:
            if definition.name not in picked:
                continue
            param = _place(definition, picked[definition.name])
            for v in variables(definition.body):
                if v.name in picked:
                    shift = v.idx[picked[v.name]] - param
                    if shift.is_const:
                        edges.append((definition.name, v.name, shift.const))
        return edges

    def _shifts(self, picked: dict[str, int]) -> dict[tuple[str, str], tuple[int | None, int | None]]:
        edges = self._edges(picked)
        least = _extreme_paths(set(picked), edges, sign=1)
        greatest = _extreme_paths(set(picked), edges, sign=-1)
        return {pair: (least.get(pair), greatest.get(pair)) for pair in {*least, *greatest}}

    def possible(
        self, u: tuple[str, tuple[Lin, ...]], v: tuple[str, tuple[Lin, ...]], context: IndexFacts
    ) -> bool | None:
        """Decide whether u can depend on v through at least one definition; None if that rests on open index values."""
        (u_name, u_idx), (v_name, v_idx) = u, v
        if v_name not in self.below.get(u_name, set()):
            return False
        undecided = False
        for picked, shifts in self.offsets:
            if u_name not in picked or v_name not in picked:
                continue
            least, greatest = shifts.get((u_name, v_name), (None, None))
            distance = v_idx[picked[v_name]] - u_idx[picked[u_name]]
            for condition in (
                None if greatest is None else distance - greatest,
                None if least is None else -distance + least,
            ):
                if condition is None:
                    continue
                decided = context.at_most_zero(condition)
                if decided is False:
                    return False
                undecided = undecided or decided is None
        return None if undecided else True


def distinguishing_slots(definitions: list[Definition]) -> list[int] | None:
    """Return the index slots in which the definitions of one name have different ranges; None if two may overlap."""
    first = definitions[0].params
    if any(len(d.params) != len(first) for d in definitions):
        return None
    ranges = [
        [r.subs({param: lin(place) for param, place in zip(d.params, first, strict=True)}) for r in d.ranges]
        for d in definitions
    ]
    slots = [n for n in range(len(first)) if len({str(own[n]) for own in ranges}) > 1]
    decide = IndexFacts().at_most_zero
    for one, other in combinations(ranges, 2):
        if not any(decide(one[n].hi - other[n].lo + 1) or decide(other[n].hi - one[n].lo + 1) for n in slots):
            return None
    return slots


def _is_function(node: Expr) -> bool:
    """Whether an expression is a function or a root of what is computed."""
    match node:
        case Pow(base, Num(value)):
            return value.denominator > 1 and bool(variables(base))
    return isinstance(node, Fun)


def _place(definition: Definition, slot: int) -> Lin:
    """The index of a definition in one slot: its parameter, or the only value that it takes."""
    range_ = definition.ranges[slot]
    return range_.lo if range_.lo == range_.hi else lin(definition.params[slot])


def _extreme_paths(names: set[str], edges: list[Edge], sign: int) -> dict[tuple[str, str], int | None]:
    """Return for each pair the least sign × sum of shifts over paths of one edge or more, None if it has no bound."""
    best: dict[tuple[str, str], int] = {}
    for u, w, shift in edges:
        best[u, w] = min(best.get((u, w), sign * shift), sign * shift)
    for _ in names:
        for (u, w), total in list(best.items()):
            for x, y, shift in edges:
                if x == w:
                    best[u, y] = min(best.get((u, y), total + sign * shift), total + sign * shift)
    unbounded = {name for name in names if best.get((name, name), 0) < 0}
    result: dict[tuple[str, str], int | None] = {}
    for (u, w), total in best.items():
        result[u, w] = None if unbounded else sign * total
    return result


def names_below(exprs: Iterable[Expr], network: Network) -> set[str]:
    """Return the names in expressions, and those from which they are computed."""
    found = set[str]()
    waiting = {v.name for expr in exprs for v in variables(expr)}
    while waiting:
        found |= waiting
        bodies = [definition.body for definition in network.definitions if definition.name in waiting]
        waiting = {v.name for body in bodies for v in variables(body)} - found
    return found


def definitions_of(network: Network, name: str) -> list[Definition]:
    """Return the definitions of a name."""
    return [definition for definition in network.definitions if definition.name == name]
