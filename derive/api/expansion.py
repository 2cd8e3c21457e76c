"""Expressions of a network with given sizes in weights, biases and inputs alone, as SymPy takes them.

Values are inserted from the definitions, derivatives by derive's own chain rule, one step for each entry, remembered:
the dynamic programme of backpropagation. Nothing is asked of `sympy.diff`, which the tests compare it with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import sympy

from derive.algebra.build import fold
from derive.algebra.differentiate import derivative, entry_delta, total
from derive.algebra.expr import (
    ZERO,
    Add,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.functions import KNOWN
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs
from derive.algebra.sympy_bridge import SymPyError
from derive.algebra.sympy_names import SYMPY_FUNCTIONS, Own
from derive.errors import UsageError
from derive.network.dependencies import Dependencies, definitions_of
from derive.network.partials import label_ranges
from derive.notation.functions import BY_NAME, EXTREMES

if TYPE_CHECKING:
    from derive.api.net import Net


class Explicit:
    """The functions of the table of `derive.notation.functions`, by SymPy's own or by their values.

    Corners are a Piecewise, whose derivative is one again: that of Abs is complex, that of Heaviside a delta function.
    """

    def __getattr__(self, name: str) -> Any:
        if name in SYMPY_FUNCTIONS.keys() - {"abs", "sign", "max", "min"}:
            return SYMPY_FUNCTIONS[name]
        value = BY_NAME[name].value
        assert value is not None
        return partial(value, self)

    def number(self, value: int) -> Any:
        return sympy.Integer(value)

    def root(self, x: Any) -> Any:
        return sympy.sqrt(x)

    def pi(self) -> Any:
        return sympy.pi

    def step(self, x: Any) -> Any:
        return sympy.Piecewise((1, x > 0), (0, True))


EXPLICIT = Explicit()


class Expansion:
    """Expands expressions of a network whose sizes are given; labels such as the class may stay letters."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.network = net.network
        self.labels = {index: r.subs(net.sizes) for index, r in label_ranges(net.symbolic).items()}
        self.dependencies = Dependencies(self.network)
        self.known: dict[Expr, Any] = {}

    def of(self, expr: Expr) -> Any:
        """Return the expression. Raises: UsageError while a size or an index is open."""
        return self.expr(subs(expr, self.net.sizes))

    def expr(self, e: Expr) -> Any:
        match e:
            case Num(value):
                return sympy.Rational(value.numerator, value.denominator)
            case IndexValue(value):
                return self._number(value)
            case Var() | Diff():
                if e not in self.known:
                    self.known[e] = self.value(e) if isinstance(e, Var) else self.slope(e)
                return self.known[e]
            case Add(args):
                return sympy.Add(*map(self.expr, args))
            case Mul(args):
                return self._product(args)
            case Pow(base, exponent):
                return sympy.Pow(self.expr(base), self.expr(exponent))
            case Fun():
                return self.function(e)
            case Functional():
                return self.functional(e)
            case Sum(index, range_, body):
                return sympy.Add(*(self.expr(subs(body, {index: lin(n)})) for n in self._values(range_)))
            case Prod(index, range_, body):
                return sympy.Mul(*(self.expr(subs(body, {index: lin(n)})) for n in self._values(range_)))
            case Iverson(relation, left, right):
                return self.condition(relation, left, right)
            case Step(arg):
                return EXPLICIT.step(self.expr(arg))
        raise SymPyError(f"SymPy has no counterpart of {type(e).__name__}")

    def _product(self, args: Iterable[Expr]) -> Any:
        """Return a product, whose later factors need not exist where an earlier one is 0: [k <= L-1] h[k+1]."""
        found = sympy.S.One
        for arg in sorted(args, key=lambda arg: not isinstance(arg, Iverson)):
            found = sympy.Mul(found, self.expr(arg))
            if found == 0:
                break
        return found

    def value(self, v: Var) -> Any:
        """Return an entry: a parameter itself, else its definition."""
        return sympy.Add(*(self.expr(Mul(conditions)) * self._entry(entry) for conditions, entry in self._choices(v)))

    def _entry(self, v: Var) -> Any:
        definitions = definitions_of(self.network, v.name)
        for definition in definitions:
            at: dict[Any, Lin] = dict(zip(definition.params, v.idx, strict=True))
            if all(e.const in self._values(r.subs(at)) for e, r in zip(v.idx, definition.ranges, strict=True)):
                return self.expr(subs(definition.body, at))
        if definitions:
            raise UsageError(f"there is no {self.net.face.write(v)} in this network")
        return self.net.face.write(v)

    def _choices(self, v: Var) -> Iterator[tuple[tuple[Expr, ...], Var]]:
        """Yield the entries that v can be, each with its conditions on the labels that are open."""
        open_ones = [n for n, e in enumerate(v.idx) if e.atom in self.labels]
        ranges = [self._values(self.labels[atom]) for n in open_ones if isinstance(atom := v.idx[n].atom, Index)]
        for values in product(*ranges):
            at = dict(zip(open_ones, values, strict=True))
            idx = tuple(lin(at[n]) if n in at else e for n, e in enumerate(v.idx))
            for e in idx:
                self._whole(e)
            yield tuple(Iverson("=", v.idx[n], lin(m)) for n, m in at.items()), Var(v.name, idx)

    def slope(self, e: Diff) -> Any:
        """Return ∂u/∂v; of a derivative, the derivative of what one step of the chain rule makes of it."""
        if not isinstance(e.body, Var):
            return self.expr(self._step(e))
        pairs = product(self._choices(e.body), self._choices(e.var))
        return sympy.Add(*(self.expr(Mul((*c, *d))) * self._through(u, v) for (c, u), (d, v) in pairs))

    def _through(self, u: Var, v: Var) -> Any:
        """Return ∂u/∂v = [u = v] + Σ_w ∂u/∂w · ∂w/∂v over the entries w whose definitions mention v."""
        terms = [sympy.Integer(u == v)]
        for w, slope in self._dependents(u, v):
            local = self.expr(slope)
            if local != 0:
                terms.append(self.expr(Diff(u, w)) * local)
        return sympy.Add(*terms)

    def _step(self, e: Diff) -> Expr:
        """Return a derivative after one step of the chain rule, as an expression to be differentiated again."""
        pairs = product(
            list(self._choices(e.body)) if isinstance(e.body, Var) else [((), e.body)], self._choices(e.var)
        )
        terms: list[Expr] = []
        for (c, u), (d, v) in pairs:
            if isinstance(u, Var):
                terms += (Mul((*c, *d, Diff(u, w), slope)) for w, slope in self._dependents(u, v))
            else:
                inner = self._step(u) if isinstance(u, Diff) else u
                terms.append(Mul((*c, *d, derivative(inner, v, total))))
        return Add(tuple(terms))

    def _dependents(self, u: Var, v: Var) -> Iterator[tuple[Var, Expr]]:
        """Yield every entry w on a way from v to u whose definition mentions v's name, with ∂w/∂v."""
        for definition in self.dependencies.users.get(v.name, ()):
            if definition.name != u.name and definition.name not in self.dependencies.below.get(u.name, ()):
                continue
            for at in self._places(definition.params, definition.ranges):
                w = Var(definition.name, tuple(at[param] for param in definition.params))
                slope = fold(derivative(subs(definition.body, at), v, entry_delta))
                if slope != ZERO:
                    yield w, slope

    def _places(self, params: Sequence[Index], ranges: Sequence[Range]) -> Iterator[dict[Any, Lin]]:
        """Yield the values of the indices of a definition."""
        if not params:
            yield {}
            return
        for value in self._values(ranges[0]):
            at: dict[Any, Lin] = {params[0]: lin(value)}
            for rest in self._places(params[1:], [r.subs(at) for r in ranges[1:]]):
                yield at | rest

    def function(self, e: Fun) -> Any:
        own = tuple(map(self._number, e.idx)) if e.name not in KNOWN else ()
        head = getattr(EXPLICIT, e.name) if e.name in KNOWN else self.net.face.names.function(e.name)
        args = tuple(map(self.expr, e.args))
        points = tuple(sympy.Dummy("xi", real=True) for _ in args)
        found = head(Own(*own), *points) if own else head(*points)
        for point, order in zip(points, e.order, strict=True):
            found = found.diff((point, order)) if order else found
        return _put_in(found, dict(zip(points, args, strict=True)))

    def functional(self, e: Functional) -> Any:
        """Return an open function of arrays as one of all their entries, with its derivatives by some of them."""
        values: dict[tuple[int, tuple[int, ...]], Any] = {}
        for place, array in enumerate(e.args):
            for at in self._places(array.indices, array.ranges):
                values[place, tuple(at[index].const for index in array.indices)] = self.expr(subs(array.body, at))
        if e.name in EXTREMES:
            return _extreme(EXTREMES[e.name], values, [(n, tuple(map(self._number, idx))) for n, idx in e.slots])
        points = {entry: sympy.Dummy("xi", real=True) for entry in values}
        found = self.net.face.names.function(e.name)(*map(self._number, e.idx), *points.values())
        for place, idx in e.slots:
            found = found.diff(points[place, tuple(self._number(value) for value in idx)])
        return _put_in(found, {points[entry]: value for entry, value in values.items()})

    def condition(self, relation: str, left: Lin, right: Lin) -> Any:
        one, other = self._number(left), self._number(right)
        if relation == "=":
            return sympy.KroneckerDelta(one, other)
        return sympy.Piecewise((1, one <= other), (0, True))

    def _number(self, value: Lin) -> Any:
        return self.net.face.write_index(value.subs(self.net.sizes))

    def _values(self, range_: Range) -> range:
        known = range_.subs(self.net.sizes).subs(self.net.sizes)
        self._whole(known.lo)
        self._whole(known.hi)
        return range(known.lo.const, known.hi.const + 1)

    def _whole(self, value: Lin) -> None:
        if not value.is_const:
            raise UsageError(
                f"{value} is open: expand=True needs widths and numbers as indices, as in "
                "net.at([2, 3, 2]).partial(…).at(k=1, i=1, j=2)"
            )


def _put_in(found: Any, values: dict[Any, Any]) -> Any:
    """Return a function of points at the values of these, derivatives as Subs."""
    return found.subs(values, simultaneous=True) if found.has(sympy.Derivative) else found.xreplace(values)


def _extreme(name: str, values: Mapping[Any, Any], slots: list[Any]) -> Any:
    """Return the largest or smallest of values, or the indicator of that at a slot, where no two are equal."""
    if not slots:
        return (sympy.Max if name == "max" else sympy.Min)(*values.values())
    (place,) = slots
    if place not in values:
        return sympy.S.Zero
    others = (other for entry, other in values.items() if entry != place)
    best = (values[place] > other if name == "max" else values[place] < other for other in others)
    return sympy.Piecewise((1, sympy.And(*best)), (0, True))
