"""Every path from a variable to the loss, with the local derivative along each of its edges.

    ∂L/∂v = Σ over paths v → w₁ → … → L of ∂w₁/∂v · ∂w₂/∂w₁ · … · ∂L/∂w_r

Where sizes are open, a path stands for all its choices of units: its bound indices are summed over. Where the depth is open,
a path ends at the next layer, and ∂L/∂ of the quantity there stands for everything above.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Any

from derive.algebra.context import Context
from derive.algebra.differentiate import derivative, entry_delta
from derive.algebra.expr import ONE, ZERO, Add, Diff, Expr, Iverson, Mul, Sum, Var
from derive.algebra.factors import IversonFactor, Poly
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import subs
from derive.api.show import Shown, mathml, table
from derive.errors import UsageError
from derive.latex.folding import fold, substitute
from derive.latex.printer import index_latex, to_latex
from derive.latex.unicode import to_unicode
from derive.network.chain_rule import NetworkAlgebra
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Network
from derive.network.partials import free_indices, label_ranges
from derive.network.recognise import recognise

if TYPE_CHECKING:
    from derive.api.net import Net

MAX_PATHS = 400
MAX_CLASSES = 2000
Binders = tuple[tuple[Index, Range], ...]
Ranges = dict[Index, Range]
LETTERS = ("m", "p", "q", "r", "s", "t", "u", "v", "i", "j")


@dataclass(frozen=True, repr=False)
class Path(Shown):
    """A path: the entries along it, the local derivative along each edge, and the units that it sums over.

    `conditions` limit it ("k ≤ L-1"). The last factor is a derivative of the loss where the path goes on above.
    """

    entries: tuple[Var, ...]
    factors: tuple[Expr, ...]
    binders: Binders
    conditions: tuple[Iverson, ...]
    net: Net

    @property
    def product(self) -> Expr:
        """The product of the factors, under its sums and conditions."""
        body: Expr = Mul((*self.conditions, *self.factors)) if self.conditions else Mul(self.factors)
        for index, range_ in reversed(self.binders):
            body = Sum(index, range_, body)
        return body

    def latex(self) -> str:
        return r" \to ".join(to_latex(v, self.net.notation) for v in self.entries)

    def product_latex(self) -> str:
        """Return the factors in the order of the path, with dots between them."""
        shown = [_in_brackets(to_latex(f, self.net.notation), f) for f in self.factors]
        sums = "".join(
            rf"\sum_{{{index_latex(lin(i), self.net.notation)}={index_latex(r.lo, self.net.notation)}}}"
            rf"^{{{index_latex(r.hi, self.net.notation)}}} "
            for i, r in self.binders
        )
        texts = [to_latex(Iverson(c.relation, c.left, c.right), self.net.notation) for c in self.conditions]
        return sums + r" \cdot ".join([*texts, *shown])

    def __str__(self) -> str:
        way = " → ".join(to_unicode(v, self.net.notation) for v in self.entries)
        return f"{way}\n    {self.product_text()}"

    def product_text(self) -> str:
        """Return the factors in the order of the path as one line."""
        shown = [_in_brackets(to_unicode(f, self.net.notation), f) for f in self.factors]
        sums = "".join(f"Σ[{i}={r}] ".replace("..", "…") for i, r in self.binders)
        return sums + " · ".join(shown) + self.when()

    def when(self) -> str:
        """Return the conditions in words: "   if k ≤ L-1"."""
        texts = [to_unicode(c, self.net.notation).strip("[]") for c in self.conditions]
        return f"   if {' and '.join(texts)}" if texts else ""


def _in_brackets(text: str, factor: Expr) -> str:
    return f"({text})" if isinstance(factor, Add) or text.startswith("-") else text


@dataclass(frozen=True, repr=False)
class PathSum(Shown):
    """∂of/∂by as the sum over its paths."""

    net: Net
    of: Var
    by: Var
    paths: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    @property
    def total(self) -> Expr:
        """The sum of the products."""
        products = tuple(path.product for path in self.paths)
        return Add(products) if len(products) != 1 else products[0]

    def latex(self) -> str:
        left = to_latex(Diff(self.of, self.by), self.net.notation)
        lines = [rf"{path.product_latex()} && {path.latex()}" for path in self.paths] or ["0"]
        return "\n".join([r"\begin{aligned}", rf"{left} &= " + " \\\\\n&+ ".join(lines), r"\end{aligned}"])

    def __str__(self) -> str:
        from derive.api.path_drawing import draw_tree

        count = f"{len(self.paths)} path{'s' if len(self.paths) != 1 else ''}"
        goal = to_unicode(Diff(self.of, self.by), self.net.notation)
        lines = [f"{goal} is a sum over {count}:", "", *draw_tree(self), ""]
        for number, path in enumerate(self.paths, 1):
            lines += [f"{number:>3}. {' → '.join(to_unicode(v, self.net.notation) for v in path.entries)}"]
            lines += [f"       {path.product_text()}"]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from derive.api.path_drawing import svg_of

        rows = [(mathml(path.latex()), mathml(path.product_latex())) for path in self.paths]
        return svg_of(self) + table(rows)


def path_sum(net: Net, of: Var, by: Var) -> PathSum:
    """Return the paths from `by` to `of`. Raises: UsageError where there are more than anybody reads."""
    walker = _Walker(net, of)
    classes = list(islice(walker.paths(by), MAX_CLASSES + 1))
    if len(classes) > MAX_CLASSES:
        raise UsageError(f"there are more than {MAX_CLASSES} kinds of paths; take a smaller network")
    paths: list[Path] = []
    for found in classes:
        for path in _instances(found, net):
            if len(paths) == MAX_PATHS:
                raise UsageError(f"there are more than {MAX_PATHS} paths; take narrower layers")
            paths.append(path)
    return PathSum(net, of, by, tuple(paths))


class _Walker:
    """Follows the definitions from a variable upwards."""

    def __init__(self, net: Net, of: Var) -> None:
        self.net = net
        self.of = of
        self.network: Network = net.network
        self.dependencies = Dependencies(self.network)

    def paths(self, by: Var) -> Iterator[Path]:
        free = {**label_ranges(self.network), **_free(self.net, self.of, by)}
        yield from self._from(Path((by,), (), (), (), self.net), free)

    def _from(self, path: Path, free: Ranges) -> Iterator[Path]:
        here = path.entries[-1]
        if here.name == self.of.name:
            yield from self._arrived(path)
        above = self.dependencies.possible((self.of.name, self.of.idx), (here.name, here.idx), Context(free))
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
        found = _contracted(replace(path, conditions=(*path.conditions, *extra)))
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
            at = _var(subs(here, known))
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
        kept = _contracted(longer)
        if kept is not None:
            yield from self._from(kept, {**free, **dict(kept.binders)})

    def _algebra(self, ranges: Ranges) -> NetworkAlgebra:
        algebra = NetworkAlgebra(self.network, Context(ranges), None, self.dependencies)
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


def _outside(solved: Mapping[Index, Lin], new: Ranges, context: Context) -> list[Iverson] | None:
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


def _free(net: Net, of: Var, by: Var) -> dict[Index, Range]:
    return {i: r.subs(net.sizes) for i, r in free_indices(net.symbolic, of, by).items()}


def _atom(value: Lin) -> Index:
    atom = value.atom
    assert isinstance(atom, Index)
    return atom


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


def _contracted(path: Path) -> Path | None:
    """Insert what a condition m = l says of a bound index; None if a factor or a condition is 0."""
    bound = dict(path.binders)
    for delta in (*path.conditions, *(d for factor in path.factors for d in _deltas(factor))):
        difference = delta.left - delta.right
        index = next((i for i, c in difference.terms if i in bound and abs(c) == 1), None)
        if delta.relation == "=" and isinstance(index, Index):
            sign = dict(difference.terms)[index]
            return _contracted(_inserted(path, index, (difference - lin(index) * sign) * -sign))
    factors = tuple(map(fold, path.factors))
    conditions = tuple(dict.fromkeys(map(fold, path.conditions)))
    if ZERO in (*factors, *conditions):
        return None
    return replace(path, factors=factors, conditions=tuple(c for c in conditions if isinstance(c, Iverson)))


def _deltas(factor: Expr) -> list[Iverson]:
    """Return the conditions i = j that are factors of an expression."""
    parts = factor.args if isinstance(factor, Mul) else (factor,)
    return [part for part in parts if isinstance(part, Iverson) and part.relation == "="]


def _inserted(path: Path, index: Index, value: Lin) -> Path:
    values: dict[Any, Lin] = {index: value}
    return Path(
        tuple(_var(substitute(v, values)) for v in path.entries),
        tuple(substitute(f, values) for f in path.factors),
        tuple((i, r.subs(values)) for i, r in path.binders if i != index),
        tuple(Iverson(c.relation, c.left.subs(values), c.right.subs(values)) for c in path.conditions),
        path.net,
    )


def _var(expr: Expr) -> Var:
    assert isinstance(expr, Var)
    return expr


def _instances(path: Path, net: Net) -> Iterator[Path]:
    """Yield a path for each choice of its units where their numbers are known."""
    for index, range_ in path.binders:
        if range_.lo.is_const and range_.hi.is_const:
            for value in range(range_.lo.const, range_.hi.const + 1):
                kept = _contracted(_inserted(path, index, lin(value)))
                if kept is not None:
                    yield from _instances(kept, net)
            return
    yield path
