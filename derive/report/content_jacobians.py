"""The Jacobian of each building block and what layout means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.algebra.expr import Add, Expr, Mul, Var
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import subs
from derive.network.dependencies import variables
from derive.network.derivation import Case
from derive.network.network import Definition
from derive.network.partials import derive_partial
from derive.network.tidy import tidy
from derive.report.content import Block, Display, Line, Section, paragraph
from derive.report.subject import Subject


@dataclass(frozen=True)
class _Jacobian:
    """∂u/∂v of two vectors, one computed directly from the other, as it is written."""

    left: str
    right: str
    where: str


def jacobians(about: Subject) -> Section | None:
    """Each Jacobian ∂u/∂v of two vectors in matrix notation; None where no vector is computed from another."""
    found = list(dict.fromkeys(_found(about)))
    if not found:
        return None
    layout = about.model.reading["jacobian"]
    shape = "as many rows as $u$ has entries and as many columns as $v$ has"
    if layout == "denominator":
        shape = "as many rows as $v$ has entries and as many columns as $u$ has"
    blocks: list[Block] = [
        paragraph(
            "Where a vector $u$ is computed from a vector $v$, all derivatives of the entries of the one by those of "
            f"the other are a matrix, the *Jacobian* $\\partial u / \\partial v$. In the layout of this text "
            f"({layout} layout) it has {shape}; in the other layout each of them is transposed, and products of them "
            "stand in the opposite order. Gradients are no Jacobians: they have the shape of their variable in "
            "either layout."
        ),
        paragraph("The Jacobians of the building blocks:"),
        Display(tuple(Line(j.left, f"= {j.right}", where=j.where) for j in found), step=True, proposed=True),
        *_pulled(about),
    ]
    return Section("jacobians", "Jacobians, and what layout means", tuple(blocks))


def _found(about: Subject) -> Iterator[_Jacobian]:
    for definition in about.network.definitions:
        if len(_units(about, definition.name)) != 1 or isinstance(definition.body, Var):
            continue
        for below in dict.fromkeys(v.name for v in variables(definition.body)):
            if below not in (definition.name, *about.parameters) and len(_units(about, below)) == 1:
                yield from _jacobian(about, definition, below)


def _units(about: Subject, name: str) -> list[int]:
    slots = about.layer_slots(name)
    return [n for n in range(len(about.block(name).params)) if n not in slots]


def _jacobian(about: Subject, definition: Definition, below: str) -> Iterator[_Jacobian]:
    """Yield ∂u/∂v for the entries of v that the definition of u reads, in the layout of the model."""
    ends = zip(definition.params, definition.ranges, strict=True)
    letters = dict(zip(definition.params, about.general(definition.name).idx, strict=True))
    upper = Var(definition.name, tuple(r.lo if r.lo == r.hi else letters[p] for p, r in ends))
    read = next(v for v in variables(subs(definition.body, letters)) if v.name == below)
    (row,), (place,) = ([upper.idx[n].atom for n in _units(about, definition.name)], _units(about, below))
    letter = next(w for w in (*about.notation.unit_letters, "p", "q") if w not in {str(e) for e in upper.idx})
    column = Index(letter)
    lower = Var(below, tuple(lin(column) if n == place else e for n, e in enumerate(read.idx)))
    known = {i for e in upper.idx for i in e.indices()} | {column}
    if not isinstance(row, Index) or not {i for e in lower.idx for i in e.indices()} <= known:
        return
    for case in derive_partial(about.network, upper, lower).cases:
        free = dict(case.free)
        if row in free and column in free:
            axes = ((row, free[row]), (column, free[column]))
            turned = about.model.reading["jacobian"] == "denominator"
            form = about.form_of(spread(case.result), axes[::-1] if turned else axes)
            both = (x for x in (case.goal.body, case.goal.var) if isinstance(x, Var))
            u, v = (about.array(x.name, *_layers(about, x)) for x in both)
            if form is not None and form != "0":
                yield _Jacobian(rf"\frac{{\partial {u}}}{{\partial {v}}}", form, _where(about, case))


def _layers(about: Subject, entry: Var) -> list[Lin]:
    units = _units(about, entry.name)
    return [e for n, e in enumerate(entry.idx) if n not in units]


def _where(about: Subject, case: Case) -> str:
    """Return the layers that a case is for."""
    body, free = case.goal.body, dict(case.free)
    assert isinstance(body, Var)
    atoms = [e.atom for e in _layers(about, body)]
    layers = [(i, free[i]) for i in atoms if isinstance(i, Index) and i in free]
    return ", ".join(rf"{about.index(r.lo)} \le {i} \le {about.index(r.hi)}" for i, r in layers)


def spread(expr: Expr) -> Expr:
    """Return a product with a sum in it as a sum of products: u (δ - v) is u δ - u v."""
    sums = [arg for arg in expr.args if isinstance(arg, Add)] if isinstance(expr, Mul) else []
    if not isinstance(expr, Mul) or len(sums) != 1:
        return expr
    rest = tuple(arg for arg in expr.args if arg is not sums[0])
    return tidy(Add(tuple(tidy(Mul((*rest, term))) for term in sums[0].args)))


def _pulled(about: Subject) -> Iterator[Block]:
    """Yield what one step of the backward pass is in Jacobians: the transposed Jacobian times the gradient above."""
    roles = about.roles
    if roles is None or about.model.reading["jacobian"] == "denominator":
        return
    k = about.general(roles.weight).idx[0]
    low, top = about.block(roles.weight).ranges[0].lo, about.index(roles.depth)
    above, below = about.array(roles.pre, k), about.array(roles.hidden, k - 1)
    left, right = about.gradient_latex(roles.hidden, k - 1), about.gradient_latex(roles.pre, k)
    if roles.hidden in about.signals or roles.pre in about.signals:
        return
    jacobian = rf"\left(\frac{{\partial {above}}}{{\partial {below}}}\right){about.notation.transpose}"
    yield paragraph(
        "One step of the backward pass is the transposed Jacobian times the gradient above: a vector-Jacobian product, "
        "for which the Jacobian itself is never written down."
    )
    yield Display((Line(left, f"= {jacobian} {right}", where=rf"{about.index(low)} \le {k} \le {top}"),), proposed=True)
