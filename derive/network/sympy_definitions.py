"""Networks written with SymPy objects: one equation for each definition of the forward pass.

W, x, a, h, n = map(IndexedBase, ("W", "x", "a", "h", "n"))
L = symbols("L", integer=True, positive=True)
k = Idx("k", (1, L))
i, j = Idx("i", (1, n[k])), symbols("j", integer=True)
from_sympy([
    (h[0, i], x[i], {i: (1, n[0])}),
    Eq(a[k, i], Sum(W[k, i, j] * h[k - 1, j], (j, 1, n[k - 1]))),
    Eq(h[k, i], Function("g")(a[k, i])),
    Eq(Symbol("loss"), Sum(h[L, j] ** 2, (j, 1, n[L]))),
])
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from derive.algebra.expr import Expr, Functional, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size, extreme, fresh, lin
from derive.algebra.substitute import children
from derive.algebra.sympy_bridge import Lookup, index_from_sympy
from derive.algebra.sympy_bridge import from_sympy as read
from derive.algebra.sympy_names import label
from derive.errors import NetworkError
from derive.network.network import Definition, Leaf, Network
from derive.network.sympy_objects import meaning_of

if TYPE_CHECKING:
    Limits = Mapping[Any, tuple[Any, Any]]

Ranges = Mapping[Index, Range]


def from_sympy(
    definitions: Iterable[Any],
    *,
    loss: Any = None,
    leaves: Iterable[Sequence[Any]] = (),
    functions: Mapping[str, str] | None = None,
    sizes: Collection[str] = (),
    labels: Collection[Any] = (),
) -> Network:
    """Return the network of SymPy definitions: `Eq(left side, body)`, or `(left side, body, {index: (lo, hi)})`.

    A left side is an Indexed over symbols with ranges, or with an integer for one layer (h[0, i]), or a Symbol for a
    scalar. An `Idx("k", (1, L))` brings its range along; one that is no index of its left side is a label. Names that
    nothing defines are parameters; their ranges follow from where they are used, or are given in `leaves` as
    `(W[k, i, j], {k: (1, L), …})`. `functions` says what a function is ({"g": "tanh"}; any other one stays open),
    `sizes` which symbols are sizes besides those that are assumed positive, `labels` which free indices of the network
    are meant, such as the class l in -log ŷ[l]. The loss is the last scalar that is defined, or `loss`.

    Raises: NetworkError for definitions that do not fit together, SymPyError for what has no counterpart.
    """
    writer = _Reader(tuple(sizes), dict(functions or {}), frozenset(Index(label(found)) for found in labels))
    found = [writer.definition(*_parts(definition)) for definition in definitions]
    given = [writer.leaf(*_parts(leaf, body=False)) for leaf in leaves]
    scalars = [definition.name for definition in found if not definition.params]
    name = str(loss) if loss is not None else scalars[-1] if scalars else None
    if name is not None and name not in scalars:
        raise NetworkError(f"the loss {name} is not defined as a scalar")
    return Network(tuple(found), (*given, *_leaves(found, {leaf.name for leaf in given})), (), name)


def _parts(entry: Any, body: bool = True) -> tuple[Any, ...]:
    if isinstance(entry, sympy.Eq):
        return (*entry.args, {})
    if isinstance(entry, sympy.Basic | bool):
        raise NetworkError(f"{entry} is no definition; write Eq(left side, body, evaluate=False)")
    wanted = 3 if body else 2
    if len(entry) == wanted:
        return tuple(entry)
    if len(entry) == wanted - 1:
        return (*entry, {})
    shape = "(left side, body, {index: (lo, hi)})" if body else "(entry, {index: (lo, hi)})"
    raise NetworkError(f"{entry} is not of the form {shape}")


@dataclass(frozen=True)
class _Reader:
    sizes: tuple[str, ...]
    functions: dict[str, str]
    labels: frozenset[Index]

    def definition(self, left: Any, body: Any, limits: Limits) -> Definition:
        name, params, ranges, bound = self.left_side(left, limits)
        expr = read(body, self.sizes, bound, self.functions, _Names())
        loose = _free(expr) - set(params) - self.labels - _labels(body)
        if loose:
            letters = ", ".join(sorted(map(str, loose)))
            raise NetworkError(
                f"the index {letters} in the definition of {left} has no range; if it is meant, list it in labels"
            )
        return Definition(name, params, ranges, expr)

    def leaf(self, entry: Any, limits: Limits) -> Leaf:
        name, params, ranges, _ = self.left_side(entry, limits)
        return Leaf(name, params, ranges)

    def is_size(self, e: Any, limits: Limits) -> bool:
        """Return whether a symbol on the left stands for one layer, as the depth does in h[L, i]."""
        return not isinstance(e, sympy.Idx) and e not in limits and bool(e.is_positive or e.name in self.sizes)

    def left_side(self, left: Any, limits: Limits) -> tuple[str, tuple[Index, ...], tuple[Range, ...], dict[Any, Lin]]:
        """Return name, parameters and ranges of `h[k, i]`, and what its symbols stand for."""
        if not isinstance(left, sympy.Indexed | sympy.Symbol):
            raise NetworkError(f"{left} cannot be defined: take an entry such as a[k, i], or a Symbol")
        indices = left.indices if isinstance(left, sympy.Indexed) else ()
        letters = [e for e in indices if isinstance(e, sympy.Symbol | sympy.Idx) and not self.is_size(e, limits)]
        bound = {letter: lin(fresh(str(letter))) for letter in letters}
        params, ranges = [], []
        for entry in indices:
            if entry in bound:
                own = (getattr(entry, "lower", None), getattr(entry, "upper", None))
                lo, hi = limits.get(entry, own)
                if lo is None or hi is None:
                    raise NetworkError(f"the index {entry} of {left} has no range; write {{{entry}: (1, n)}}")
                params.append(bound[entry].index)
            else:
                params.append(fresh("k"))
                lo = hi = entry
            ranges.append(Range(*(index_from_sympy(end, self.sizes, bound, _Names()) for end in (lo, hi))))
        name = _Names().variable(left)
        if name is None:
            raise NetworkError(f"{left} is an integer, and no variable that can be defined")
        return name, tuple(params), tuple(ranges), bound


class _Names(Lookup):
    """Names as they stand; what a network has written itself has its name there."""

    def variable(self, e: Any) -> str | None:
        meaning = meaning_of(e)
        return super().variable(e) if meaning is None or e.is_integer else meaning.name

    def letter(self, e: Any) -> Lin | None:
        meaning = meaning_of(getattr(e, "label", e))
        return None if meaning is None else lin(Index(meaning.name))

    def size(self, e: Any) -> str:
        meaning = meaning_of(e)
        return super().size(e) if meaning is None else meaning.name


def _labels(body: Any) -> set[Index]:
    """Return the labels among the indices of a body: those that bring a range along."""
    found = (idx for idx in sympy.sympify(body).atoms(sympy.Idx) if idx.lower is not None)
    values = ((_Names().letter(idx), label(idx)) for idx in found)
    return {Index(name) if value is None else value.index for value, name in values}


def _uses(expr: Expr, ranges: Ranges) -> Iterator[tuple[Var, Ranges]]:
    """Yield every variable of an expression with the ranges of the indices bound around it."""
    match expr:
        case Var():
            yield expr, ranges
        case Sum(index, range_, body) | Prod(index, range_, body):
            yield from _uses(body, {**ranges, index: range_})
        case Functional(_, args):
            for arg in args:
                yield from _uses(arg.body, {**ranges, **dict(zip(arg.indices, arg.ranges, strict=True))})
        case _:
            for child in children(expr):
                yield from _uses(child, ranges)


def _free(expr: Expr) -> set[Index]:
    """Return the indices of variables that nothing around them binds."""
    return {i for var, ranges in _uses(expr, {}) for e in var.idx for i in e.indices() if i not in ranges}


def _leaves(definitions: list[Definition], given: set[str]) -> tuple[Leaf, ...]:
    """Return the names that nothing defines, with the hull of the ranges over which they are used."""
    defined = given | {definition.name for definition in definitions}
    found: dict[str, Leaf] = {}
    for definition in definitions:
        for var, ranges in _uses(definition.body, dict(zip(definition.params, definition.ranges, strict=True))):
            if var.name not in defined:
                leaf = _leaf(var, ranges)
                found[var.name] = _hull(found[var.name], leaf) if var.name in found else leaf
    return tuple(found.values())


def _leaf(var: Var, ranges: Ranges) -> Leaf:
    """Return the leaf that has just the entries of one use: W[k,i,j] with k = 1..L, i = 1..n[k], j = 1..n[k-1]."""
    params = tuple(fresh(e.atom.name if isinstance(e.atom, Index) else "k") for e in var.idx)
    solved: dict[Index | Size, Lin] = {}
    bounds = []
    for param, e in zip(params, var.idx, strict=True):
        single = _shifted(e)
        lo, hi = _end(e, ranges, solved, low=True), _end(e, ranges, solved, low=False)
        if single is not None:
            solved[single] = lin(param) - e.const
        bounds.append(Range(lo, hi))
    return Leaf(var.name, params, tuple(bounds))


def _shifted(e: Lin) -> Index | None:
    """Return the index k of k + c."""
    atom = (e - e.const).atom
    return atom if isinstance(atom, Index) else None


def _end(e: Lin, ranges: Ranges, solved: Mapping[Any, Lin], low: bool) -> Lin:
    """Return the least or greatest value of an index expression, in terms of the slots before it.

    Raises: NetworkError for an index without a range.
    """
    while True:
        e = e.subs(solved)
        waiting = [atom for atom, _ in e.terms if isinstance(atom, Index) and atom in ranges]
        if not waiting:
            break
        atom = waiting[0]
        grows = dict(e.terms)[atom] > 0
        e = e.subs({atom: ranges[atom].lo if grows == low else ranges[atom].hi})
    loose = e.indices() - {i for value in solved.values() for i in value.indices()}
    if loose:
        raise NetworkError(f"the range of index {e} cannot be told from its use; give it in leaves")
    return e


def _hull(a: Leaf, b: Leaf) -> Leaf:
    """Return the leaf that has the entries of both. Raises: NetworkError if they differ in their number of indices."""
    if len(a.params) != len(b.params):
        raise NetworkError(f"{a.name} is used with {len(a.params)} and with {len(b.params)} indices")
    names: dict[Any, Lin] = {old: lin(new) for old, new in zip(b.params, a.params, strict=True)}
    ranges = []
    for one, other in zip(a.ranges, (r.subs(names) for r in b.ranges), strict=True):
        lo, hi = extreme(one.lo, other.lo, -1), extreme(one.hi, other.hi, 1)
        if lo is None or hi is None:
            raise NetworkError(f"{a.name} is used over {one} and over {other}; give its range in leaves")
        ranges.append(Range(lo, hi))
    return Leaf(a.name, a.params, tuple(ranges))
