"""From layer to layer: the gradient at layer k by that at layer k+1 of the same array, and so, by induction, the top's.

∂L/∂a[k,i] = Σ_m M_k[i,m] ∂L/∂a[k+1,m]   for lo <= k <= hi
∇_{a_k} L = M_k M_{k+1} ··· M_hi ∇_{a_{hi+1}} L
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derive.algebra.expr import Diff, Expr, Mul, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.substitute import refresh, subs, walk
from derive.errors import NetworkError
from derive.network.array_forms import Axes, Product, Repeated, form_of, gathered, parted
from derive.network.derivation import Case, Step
from derive.network.network import Network
from derive.network.partials import derive_partial
from derive.network.tidy import replaced, tidy

MAX_INSERTED = 4


@dataclass(frozen=True, slots=True)
class Recursion:
    """The lines down to the layer above, and M_k over `row` and `column`, the index that the last line sums over.

    `layer` is k, `layers` its range; `above` is the derivative at layer k+1.
    """

    steps: tuple[Step, ...]
    layer: Index
    layers: Range
    row: Index
    column: Index
    range: Range
    matrix: Expr
    above: Diff

    def induction(self, named: Callable[[Expr], Expr] = lambda top: top) -> Step:
        """Return the step to the product of all matrices up to the top, whose derivative is called as `named` says.

        Raises: NoForm.
        """
        t, row, inner, top = Index("t"), fresh(self.row.name), fresh("m"), {self.layer: self.layers.hi}
        at = {self.layer: lin(t), self.row: lin(row), self.column: lin(inner)}
        end = fresh(self.column.name)
        last = named(subs(self.above, {**top, self.column: lin(end)}))
        product = Repeated(
            index=t,
            range=Range(lin(self.layer), self.layers.hi),
            factor=form_of(subs(self.matrix, at), (row, inner)),
            row=row,
            col=inner,
            cols=self.range.hi.subs({self.layer: lin(t)}),
            vector=form_of(last, (end,)),
            at=lin(self.row),
            inner=(end, self.range.subs(top)),
        )
        return Step(product.entry, "induction", form=product)

    def argument(self, named: Callable[[Expr], Expr] = lambda top: top) -> tuple[tuple[Lin, Step], ...]:
        """Return what the induction rests on, each with the layer that it is about.

            base         at the last layer below the top the product is M_hi alone
            hypothesis   the product from layer k+1 on
            step         M_k times the gradient at layer k+1

        Raises: NoForm.
        """
        above = form_of(named(self.above), (self.column,))
        matrix = form_of(self.matrix, (self.row, self.column))
        once = Product(matrix, above, self.column, self.range)
        at_top, higher = {self.layer: self.layers.hi}, {self.layer: lin(self.layer) + 1}
        base = form_of(subs(self.matrix, at_top), (self.row, self.column))
        last = form_of(named(subs(self.above, at_top)), (self.column,))
        lowest = Product(base, last, self.column, self.range.subs(at_top))
        product = self.induction(named).form
        assert isinstance(product, Repeated)
        shifted = replace(product, range=Range(lin(self.layer) + 1, self.layers.hi))
        return (
            (self.layers.hi, Step(lowest.entry, "insert", form=lowest)),
            (lin(self.layer) + 1, Step(subs(shifted.entry, higher), "induction", form=shifted)),
            (lin(self.layer), Step(once.entry, "insert", form=once)),
        )


def unrolled(network: Network, case: Case, axes: Axes, named: Callable[[Expr], Expr] = lambda top: top) -> Case | None:
    """Return the array from that of the layer above, and from the top; None where no such recursion is found.

    Raises: NoForm.
    """
    found = recursion(network, case) if len(axes) == 1 else None
    if found is None:
        return None
    above = gathered(named(found.steps[-1].expr), axes)[-1]
    steps = (found.steps[0], replace(above, rule="insert", note="from the layer above"), found.induction(named))
    free = tuple((i, found.layers if i == found.layer else r) for i, r in case.free)
    return Case(f"{found.layers.lo} <= {found.layer} <= {found.layers.hi}", free, steps)


def recursion(network: Network, case: Case) -> Recursion | None:
    """Return how a derivative at one layer follows from those at the next, if that is one sum over its entries."""
    letters = [i for i, _ in case.free if i in {e.atom for e in case.goal.var.idx} and i.name in case.condition.split()]
    steps, ranges = _down_to(network, case)
    line = steps[-1].expr
    _, factors = parted(line)
    sums = [f for f in factors if isinstance(f, Sum)]
    layers = [(i, r) for i, r in ranges.items() if i in letters or r != dict(case.free)[i]]
    if len(sums) != 1 or len(layers) != 1:
        return None
    (whole,), ((layer, range_),) = sums, layers
    number, inside = parted(whole.body)
    above = [f for f in inside if _is_of(f, case.goal)]
    rest = (*(f for f in factors if f != whole), *(f for f in inside if f not in above))
    if number != 1 or len(above) != 1 or any(_is_of(node, case.goal) for f in rest for node in walk(f)):
        return None
    (found,) = above
    assert isinstance(found, Diff)
    row = _next(case.goal.var.idx, found.var.idx, layer, whole.index)
    if row is None:
        return None
    return Recursion(steps, layer, range_, row, whole.index, whole.range, Mul(rest), found)


def _next(here: tuple[Lin, ...], above: tuple[Lin, ...], layer: Index, column: Index) -> Index | None:
    """Return the unit index, where `above` is the entry of unit `column` one layer further up."""
    units = [e for e in here if e != lin(layer)]
    further = {lin(layer): lin(layer) + 1} | {unit: lin(column) for unit in units}
    same = len(units) == 1 and tuple(further.get(e) for e in here) == above
    return units[0].atom if same and isinstance(units[0].atom, Index) else None


def _is_of(node: Expr, goal: Diff) -> bool:
    return isinstance(node, Diff) and node.body == goal.body and node.var.name == goal.var.name


def _down_to(network: Network, case: Case) -> tuple[tuple[Step, ...], dict[Index, Range]]:
    """Return the line of a case with the derivatives by other arrays inserted, and the ranges that it holds for.

    Where one of them differs by layer, what holds below the top is taken.
    """
    steps = [Step(case.goal, "start"), Step(case.result, "insert", used=(case.steps,))]
    ranges = dict(case.free)
    for _ in range(MAX_INSERTED):
        others = [n for n in walk(steps[-1].expr) if isinstance(n, Diff) and n.body == case.goal.body]
        chains = {n: found for n in others if not _is_of(n, case.goal) and (found := _derived(network, n)) is not None}
        if not chains:
            break
        values: dict[Expr, Expr] = {node: refresh(inner.result) for node, inner in chains.items()}
        line = tidy(replaced(steps[-1].expr, values.get))
        steps.append(Step(line, "insert", used=tuple(inner.steps for inner in chains.values())))
        ranges |= {i: r for inner in chains.values() for i, r in inner.free if i in ranges}
    return tuple(steps), ranges


def _derived(network: Network, node: Diff) -> Case | None:
    """Return the derivation of a derivative, at the layers below the top where these differ from it."""
    assert isinstance(node.body, Var)
    if any(i.uid for e in node.var.idx for i in e.indices()):
        return None
    try:
        cases = derive_partial(network, node.body, node.var).cases
    except NetworkError:
        return None
    general = [case for case in cases if case.goal == node and not case.sizes]
    return general[0] if len(general) == 1 else None
