"""From a variable upwards along the definitions: which entries each one reaches, and the local derivative there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from derive.algebra.build import fold
from derive.algebra.differentiate import derivative, entry_delta
from derive.algebra.expr import ONE, Add, Diff, Expr, Iverson, Mul, Var
from derive.algebra.factors import IversonFactor, Poly
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import subs
from derive.api.path import Path, as_var, contracted
from derive.network.chain_rule import NetworkAlgebra
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Network
from derive.network.partials import free_indices, label_ranges
from derive.network.recognise import recognise

if TYPE_CHECKING:
    from derive.api.net import Net

Ranges = dict[Index, Range]
LETTERS = ("m", "p", "q", "r", "s", "t", "u", "v", "i", "j")


class Walker:
    """Follows the definitions from a variable upwards."""

    def __init__(self, net: Net, of: Var) -> None:
        self.net = net
        self.of = of
        self.network: Network = net.network
        self.dependencies = Dependencies(self.network)

    def paths(self, by: Var) -> Iterator[Path]:
        free = {**label_ranges(self.network), **free_of(self.net, self.of, by)}
        yield from self._from(Path((by,), (), (), (), self.net), free)

    def _from(self, path: Path, free: Ranges) -> Iterator[Path]:
        here = path.entries[-1]
        if here.name == self.of.name:
            yield from self._arrived(path)
        above = self.dependencies.possible((self.of.name, self.of.idx), (here.name, here.idx), IndexFacts(free))
        if above is False:
            return
        if self._endless(path):
            rest = Diff(self.of, here)
            yield replace(path, entries=(*path.entries, self.of), factors=(*path.factors, rest))
            return
        for definition in self.dependencies.users.get(here.name, ()):
            yield from self._through(path, definition, free)

    def _endless(self, path: Path) -> bool:
        """Whether a path comes back to a name at a layer that is no number, so that it might never end."""
        from derive.api.net import layer_places

        here = path.entries[-1]
        again = any(v.name == here.name for v in path.entries[:-1])
        return again and not all(here.idx[n].is_const for n in layer_places(self.net, here.name))

    def _arrived(self, path: Path) -> Iterator[Path]:
        extra = [Iverson("=", a, b) for a, b in zip(path.entries[-1].idx, self.of.idx, strict=True)]
        found = contracted(replace(path, conditions=(*path.conditions, *extra)))
        if found is not None:
            yield found

    def _through(self, path: Path, definition: Definition, free: Ranges) -> Iterator[Path]:
        """Take the edges from the end of a path to the entries of one definition."""
        here = path.entries[-1]
        params, new = _placed(definition, free)
        algebra = self._algebra({**free, **new})
        slope = algebra.normal(derivative(subs(definition.body, params), here, entry_delta))
        if slope.is_zero:
            return
        solved, conditions = _solved(slope, new)
        known = _known(conditions, free)
        if known:
            free = {i: r.subs(known) for i, r in free.items() if i not in known}
            algebra = self._algebra({**free, **{i: r.subs(known) for i, r in new.items()}})
            at = as_var(subs(here, known))
            slope = algebra.normal(derivative(subs(definition.body, params), at, entry_delta))
            solved, _ = _solved(slope, new)
        outside = _outside(solved, new, algebra.context)
        if outside is None:
            return
        factor = to_expr(recognise(algebra, algebra.subs(slope, solved)))
        for condition in (*conditions, *outside):
            factor = _assuming(factor, condition)
        w = Var(definition.name, tuple(value.subs(solved) for value in params.values()))
        binders = tuple((i, r.subs(solved)) for i, r in new.items() if i not in solved)
        longer = Path(
            (*path.entries, w), (*path.factors, factor), (*path.binders, *binders),
            (*path.conditions, *conditions, *outside), self.net,
        )  # fmt: skip
        kept = contracted(longer)
        if kept is not None:
            yield from self._from(kept, {**free, **dict(kept.binders)})

    def _algebra(self, ranges: Ranges) -> NetworkAlgebra:
        algebra = NetworkAlgebra(self.network, IndexFacts(ranges), dependencies=self.dependencies)
        algebra.unroll = 0
        return algebra


def _known(conditions: list[Iverson], free: Ranges) -> dict[Any, Lin]:
    """Return what conditions say of free layers: k = L."""
    found: dict[Any, Lin] = {}
    for condition in conditions:
        difference = condition.left - condition.right
        index = next((i for i, c in difference.terms if i in free and abs(c) == 1), None)
        if index is not None and not all(isinstance(i, Index) for i, _ in difference.terms):
            sign = dict(difference.terms)[index]
            found[index] = (difference - lin(index) * sign) * -sign
    return found


def _placed(definition: Definition, free: Ranges) -> tuple[dict[Any, Lin], Ranges]:
    """Return new letters for the parameters of a definition, with their ranges; a single value needs no letter."""
    params: dict[Any, Lin] = {}
    new: Ranges = {}
    taken = {index.name for index in free}
    for param, range_ in zip(definition.params, definition.ranges, strict=True):
        bounds = range_.subs(params)
        if bounds.lo == bounds.hi:
            params[param] = bounds.lo
            continue
        letter = next(found for found in (param.name, *LETTERS) if found not in taken)
        taken.add(letter)
        index = fresh(letter)
        params[param] = lin(index)
        new[index] = bounds
    return params, new


def _outside(solved: Mapping[Index, Lin], new: Ranges, context: IndexFacts) -> list[Iverson] | None:
    """Return what the solved indices must satisfy to be in their ranges; None if they cannot be."""
    values: dict[Any, Lin] = dict(solved)
    found = []
    for index, value in solved.items():
        conditions = context.within(value, new[index].subs(values))
        if conditions is None:
            return None
        found += [_as_condition("<=", c) for c in conditions]
    return found


def _as_condition(relation: str, e: Lin) -> Iverson:
    """Return e <= 0 or e = 0 as it is read, with the index variables on the left: k <= L-1."""
    own = Lin(tuple((a, c) for a, c in e.terms if isinstance(a, Index)))
    sign = -1 if relation == "=" and own.terms and own.terms[0][1] < 0 else 1
    return Iverson(relation, own * sign, (own - e) * sign)


def free_of(net: Net, of: Var, by: Var) -> dict[Index, Range]:
    return {i: r.subs(net.sizes) for i, r in free_indices(net.symbolic, of, by).items()}


def _common_deltas(slope: Poly) -> list[IversonFactor]:
    """Return the conditions i = j that stand in every term."""
    terms = [{f for f, _ in m if isinstance(f, IversonFactor) and f.relation == "="} for m in slope.terms]
    common = reduce(lambda a, b: a & b, terms)
    return sorted(common, key=str)


def _solved(slope: Poly, new: Mapping[Index, Range]) -> tuple[dict[Index, Lin], list[Iverson]]:
    """Return the indices of the next entry that the conditions determine, and the conditions that remain."""
    solved: dict[Index, Lin] = {}
    rest: list[Iverson] = []
    for delta in _common_deltas(slope):
        e = delta.e.subs(solved)
        index = next((i for i, c in e.terms if i in new and abs(c) == 1), None)
        if not isinstance(index, Index):
            rest.append(_as_condition("=", e))
            continue
        coefficient = dict(e.terms)[index]
        value = (e - lin(index) * coefficient) * -coefficient
        solved = {i: old.subs({index: value}) for i, old in solved.items()} | {index: value}
    return solved, rest


def _assuming(expr: Expr, condition: Iverson) -> Expr:
    """Return an expression without a condition that is stated beside it."""
    difference = condition.left - condition.right

    def same(e: Expr) -> bool:
        return isinstance(e, Iverson) and e.relation == condition.relation and _equal(e, difference)

    match expr:
        case Mul(args):
            return fold(Mul(tuple(ONE if same(arg) else arg for arg in args)))
        case Add(args):
            return fold(Add(tuple(_assuming(arg, condition) for arg in args)))
    return ONE if same(expr) else expr


def _equal(e: Iverson, difference: Lin) -> bool:
    own = e.left - e.right
    return own == difference or (e.relation == "=" and own == -difference)
