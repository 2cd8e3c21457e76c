"""Arrays in matrix notation, found from their general entries: Σ_m W[m,i] d[m] is Wᵀ d, d[i] h[j] is d hᵀ.

    Form = Whole | Written | Applied | Scaled | Total | Elementwise | Product | Outer | Turned | Diagonal | Repeated | …

Every form knows its general entry again, so that each step from one form to the next is a claim about entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from itertools import groupby

from derive.algebra.expr import (
    ONE,
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Mul,
    Num,
    Pow,
    Sum,
    Var,
)
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs, walk
from derive.network.derivation import Form, Step
from derive.network.tidy import cancelled, tidy

MAX_POWER = 4


class NoForm(Exception):
    """An entry that this notation has no matrix form for."""


@dataclass(frozen=True, slots=True)
class Whole(Form):
    """An array that has a name of its own, ∇_a L, W or a one-hot vector; or the same number everywhere."""

    of: Expr
    axes: tuple[Index, ...]

    @property
    def entry(self) -> Expr:
        return self.of


@dataclass(frozen=True, slots=True)
class Written(Form):
    """An array by its entries, with the ranges of its axes."""

    of: Expr
    axes: tuple[tuple[Index, Range], ...]

    @property
    def entry(self) -> Expr:
        return self.of


@dataclass(frozen=True, slots=True)
class Applied(Form):
    """A function of each entry."""

    function: Fun
    argument: Form

    @property
    def entry(self) -> Expr:
        return replace(self.function, args=(self.argument.entry,))


@dataclass(frozen=True, slots=True)
class Scaled(Form):
    """A number times factors without an axis times an array."""

    number: Fraction
    factors: tuple[Expr, ...]
    array: Form

    @property
    def entry(self) -> Expr:
        number = (Num(self.number),) if self.number != 1 else ()
        return Mul((*number, *self.factors, self.array.entry))


@dataclass(frozen=True, slots=True)
class Total(Form):
    """A sum of arrays."""

    terms: tuple[Form, ...]

    @property
    def entry(self) -> Expr:
        return Add(tuple(term.entry for term in self.terms))


@dataclass(frozen=True, slots=True)
class Summed(Form):
    """Σ_t of arrays: one for each layer or time step."""

    index: Index
    range: Range
    array: Form

    @property
    def entry(self) -> Expr:
        return Sum(self.index, self.range, self.array.entry)


@dataclass(frozen=True, slots=True)
class Elementwise(Form):
    """u ⊙ v."""

    factors: tuple[Form, ...]

    @property
    def entry(self) -> Expr:
        return tidy(cancelled(Mul(tuple(factor.entry for factor in self.factors))))


@dataclass(frozen=True, slots=True)
class Product(Form):
    """A v or A B: the sum over the axis that both share."""

    left: Form
    right: Form
    index: Index
    range: Range

    @property
    def entry(self) -> Expr:
        return Sum(self.index, self.range, Mul((self.left.entry, self.right.entry)))


@dataclass(frozen=True, slots=True)
class Outer(Form):
    """u vᵀ."""

    left: Form
    right: Form

    @property
    def entry(self) -> Expr:
        return Mul((self.left.entry, self.right.entry))


@dataclass(frozen=True, slots=True)
class Turned(Form):
    """Aᵀ."""

    array: Form

    @property
    def entry(self) -> Expr:
        return self.array.entry


@dataclass(frozen=True, slots=True)
class Diagonal(Form):
    """diag(u), or the identity where `array` is None."""

    row: Index
    col: Index
    array: Form | None = None

    @property
    def entry(self) -> Expr:
        delta = Iverson("=", lin(self.row), lin(self.col))
        return delta if self.array is None else Mul((delta, self.array.entry))


@dataclass(frozen=True, slots=True)
class Stretched(Form):
    """diag(u) A, or A diag(u) where `after`: row by row, or column by column, a multiple."""

    diagonal: Form
    array: Form
    after: bool = False

    @property
    def entry(self) -> Expr:
        both = (self.array.entry, self.diagonal.entry)
        return Mul(both if self.after else both[::-1])


@dataclass(frozen=True, slots=True)
class Repeated(Form):
    """Π_t A_t v: a product of matrices over the layers, times a vector; `row` and `col` are the axes of A_t."""

    index: Index
    range: Range
    factor: Form
    row: Index
    col: Index
    cols: Lin
    vector: Form
    at: Lin
    inner: tuple[Index, Range]

    @property
    def entry(self) -> Expr:
        index, range_ = self.inner
        chain = Chain(self.index, self.range, self.row, self.col, self.cols, self.factor.entry, self.at, lin(index))
        return Sum(index, range_, Mul((chain, self.vector.entry)))


RULE_OF: dict[type[Form], str] = {
    Product: "matrix product", Outer: "outer product", Elementwise: "elementwise", Turned: "transpose",
    Diagonal: "diagonal", Stretched: "diagonal",
}  # fmt: skip
"""What is recognised where an array by its entries becomes such a form."""


def form_of(expr: Expr, axes: Sequence[Index], layers: Layers = frozenset()) -> Form:
    """Return the vector or matrix whose general entry, over one or two axes, is an expression. Raises: NoForm.

    A sum over one of the `layers` adds arrays; over any other index it is a product of matrices.
    """
    match axes:
        case (row,):
            return _vector(expr, row, layers)
        case (row, col):
            return _matrix(expr, row, col, layers)
    raise NoForm


def _vector(expr: Expr, row: Index, layers: Layers = frozenset()) -> Form:
    return _terms(expr, (row,), lambda factors: _column(factors, row), layers)


def _matrix(expr: Expr, row: Index, col: Index, layers: Layers = frozenset()) -> Form:
    return _terms(expr, (row, col), lambda factors: _grid(factors, row, col), layers)


def _terms(expr: Expr, axes: tuple[Index, ...], one: Callable[[list[Expr]], Form], layers: Layers) -> Form:
    """Return a sum term by term, what is added before what is subtracted."""
    found = [parted(term) for term in (expr.args if isinstance(expr, Add) else (expr,))]
    terms = list[Form]()
    for number, factors in sorted(found, key=lambda term: term[0] < 0):
        if not factors:
            terms.append(Whole(Num(number), axes))
            continue
        own = tuple(f for f in factors if not any(has_axis(f, axis) for axis in axes))
        rest = [_layer_first(f, layers) for f in factors if f not in own]
        if not rest:
            raise NoForm
        match rest:
            case [Sum(index, range_, body)] if index in layers:
                array: Form = Summed(index, range_, form_of(body, axes, layers))
            case _:
                array = one(rest)
        terms.append(array if number == 1 and not own else Scaled(number, own, array))
    return terms[0] if len(terms) == 1 else Total(tuple(terms))


def _layer_first(factor: Expr, layers: Layers) -> Expr:
    """Return a double sum with the layers outside, so that arrays are added: Σ_m Σ_r over heads r is Σ_r Σ_m."""
    match factor:
        case Sum(index, range_, Sum(layer, among, body)) if layer in layers and index not in layers:
            apart = index not in among.lo.indices() | among.hi.indices()
            if apart and layer not in range_.lo.indices() | range_.hi.indices():
                return Sum(layer, among, Sum(index, range_, body))
    return factor


def _column(factors: list[Expr], row: Index) -> Form:
    parts = [part for f in factors for part in _column_factors(f, row)]
    parts.sort(key=lambda part: not isinstance(part, Product))
    return parts[0] if len(parts) == 1 else Elementwise(tuple(parts))


def _column_factors(f: Expr, row: Index) -> list[Form]:
    match f:
        case Var() if _once(f.idx, row):
            return [Whole(f, (row,))]
        case Diff(Var() | Functional() as u, Var() as v) if not has_axis(u, row) and _once(v.idx, row):
            return [Whole(f, (row,))]
        case Pow(base, Num(power)) if power.denominator == 1 and 1 < power <= MAX_POWER:
            return _column_factors(base, row) * int(power)
        case Fun(_, (arg,)):
            return [Applied(f, _vector(arg, row))]
        case Iverson("=", left, right) if lin(row) in (left, right):
            return [Whole(f, (row,))]
        case Sum(index, range_, body):
            return [_applied_matrix(body, row, index, range_)]
        case Add():
            return [_vector(f, row)]
    raise NoForm


def _once(idx: tuple[Lin, ...], row: Index) -> bool:
    """Whether an axis is one of the indices, and occurs in no other."""
    return [e for e in idx if row in e.indices()] == [lin(row)]


def _applied_matrix(body: Expr, row: Index, index: Index, range_: Range) -> Form:
    """Return Σ_index A[row, index] v[index] as A v."""
    number, factors = parted(body)
    both = [f for f in factors if has_axis(f, row)]
    rest = [f for f in factors if not has_axis(f, row)]
    if number != 1 or not both:
        raise NoForm
    vector = _column(rest, index) if rest else Whole(ONE, (index,))
    return Product(_least_turned(both, row, index), vector, index, range_)


def _grid(rest: list[Expr], row: Index, col: Index) -> Form:
    deltas = [f for f in rest if isinstance(f, Iverson) and {f.left, f.right} == {lin(row), lin(col)}]
    if deltas:
        others = [subs(f, {col: lin(row)}) for f in rest if f not in deltas]
        return Diagonal(row, col, _column(others, row) if others else None)
    both = [f for f in rest if has_axis(f, row) and has_axis(f, col)]
    left = [f for f in rest if f not in both and has_axis(f, row)]
    right = [f for f in rest if f not in both and has_axis(f, col)]
    if not both:
        if not (left and right):
            raise NoForm
        return Outer(_column(left, row), _column(right, col))
    forms = [_array_or_product(f, row, col) for f in both]
    middle = forms[0] if len(forms) == 1 else Elementwise(tuple(forms))
    if right:
        middle = Stretched(_column(right, col), middle, after=True)
    return Stretched(_column(left, row), middle) if left else middle


def _array_or_product(f: Expr, row: Index, col: Index) -> Form:
    if not isinstance(f, Sum):
        return _array(f, row, col)
    number, factors = parted(f.body)
    last = [g for g in factors if has_axis(g, col)]
    first = [g for g in factors if g not in last]
    if (
        number != 1
        or any(has_axis(g, row) for g in last)
        or not all(has_axis(g, row) or has_axis(g, f.index) for g in first)
    ):
        raise NoForm
    return Product(_least_turned(first, row, f.index), _least_turned(last, f.index, col), f.index, f.range)


def _least_turned(factors: list[Expr], row: Index, col: Index) -> Form:
    """Return a matrix as it is, or as the transpose of one, whichever has fewer transposes in it."""
    straight, turned = _grid(factors, row, col), Turned(_grid(factors, col, row))
    return min((straight, turned), key=lambda form: sum(isinstance(node, Turned) for node in _composite(form)))


def _array(f: Expr, row: Index, col: Index) -> Form:
    """Return the matrix whose entry (row, col) is an entry of an array, or a function of one."""
    match f:
        case Fun(_, (arg,)):
            return Applied(f, _matrix(arg, row, col))
        case Pow(base, Num(power)) if power.denominator == 1 and 1 < power <= MAX_POWER:
            return Elementwise((_array(base, row, col),) * int(power))
        case Add():
            return _matrix(f, row, col)
        case Var(_, (*first, a, b)) | Diff(Var(), Var(_, (*first, a, b))):
            outside = (*first, *(f.body.idx if isinstance(f, Diff) and isinstance(f.body, Var) else ()))
            if not any(axis in e.indices() for e in outside for axis in (row, col)):
                if (a, b) == (lin(row), lin(col)):
                    return Whole(f, (row, col))
                if (a, b) == (lin(col), lin(row)):
                    return Turned(Whole(f, (col, row)))
    raise NoForm


def parted(term: Expr) -> tuple[Fraction, list[Expr]]:
    """Return the numeric factor of a term and its other factors."""
    number, rest = Fraction(1), list[Expr]()
    for f in term.args if isinstance(term, Mul) else (term,):
        if isinstance(f, Num):
            number *= f.value
        elif isinstance(f, Mul):
            inner, more = parted(f)
            number *= inner
            rest += more
        else:
            rest.append(f)
    return number, rest


def has_axis(expr: Expr, axis: Index) -> bool:
    """Return whether an index occurs in an expression."""

    def values(node: Expr) -> tuple[Lin, ...]:
        match node:
            case Var(_, idx) | Fun(_, _, _, idx):
                return idx
            case Iverson(_, left, right):
                return left, right
            case IndexValue(value):
                return (value,)
        return ()

    return any(axis in value.indices() for node in walk(expr) for value in values(node))


# From entries to forms, one rule at a time

Axes = tuple[tuple[Index, Range], ...]
Layers = frozenset[Index]


def gathered(expr: Expr, axes: Axes, *, turned: bool = False, layers: Layers = frozenset()) -> tuple[Step, ...]:
    """Return the steps from the entries written out to the array in matrix notation, one rule at a time.

    `turned` says that what is a column elsewhere is a row here; `layers` are the indices of layers and time steps, over
    which arrays are added. Raises: NoForm.
    """
    if turned and len(axes) == 1:
        column = gathered(expr, axes, layers=layers)
        return tuple(replace(step, form=Turned(step.form)) for step in column if step.form is not None)
    axes = axes[::-1] if turned else axes
    form = form_of(expr, [axis for axis, _ in axes], layers)
    waiting = _composite(form)
    together = "vector" if len(axes) == 1 else "matrix"
    steps = [Step(form.entry, together, form=Written(form.entry, axes) if waiting else form)]
    opened: list[Form] = []
    for rule, nodes in groupby(waiting, lambda node: RULE_OF[type(node)]):
        opened += nodes
        shown = _veiled(form, opened, axes)
        steps.append(Step(shown.entry, rule, place=opened[-1].entry, form=shown))
    return tuple(steps)


def _composite(form: Form) -> list[Form]:
    """Return the forms that a rule recognises, the outermost first."""
    found, level = list[Form](), [form]
    while level:
        found += sorted((node for node in level if type(node) in RULE_OF), key=lambda node: RULE_OF[type(node)])
        level = [part for node in level for part in _parts(node)]
    return found


def _parts(form: Form) -> Iterator[Form]:
    for value in (getattr(form, item.name) for item in fields(form)):
        yield from (part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Form))


def _veiled(form: Form, opened: Sequence[Form], axes: Axes) -> Form:
    """Return a form in which what is not recognised yet is written out by its entries."""
    if type(form) in RULE_OF and form not in opened:
        return Written(form.entry, axes)
    match form:
        case Product(left, right, index, range_):
            shared = ((index, range_),)
            return replace(
                form, left=_veiled(left, opened, (axes[0], *shared)), right=_veiled(right, opened, (*shared, *axes[1:]))
            )
        case Outer(left, right):
            return Outer(_veiled(left, opened, axes[:1]), _veiled(right, opened, axes[1:]))
        case Stretched(diagonal, array, after):
            return Stretched(
                _veiled(diagonal, opened, axes[1:] if after else axes[:1]), _veiled(array, opened, axes), after
            )
        case Turned(array):
            return Turned(_veiled(array, opened, axes[::-1]))
        case Diagonal(array=Form() as array):
            return replace(form, array=_veiled(array, opened, axes[:1]))
        case Total(parts) | Elementwise(parts):
            return type(form)(tuple(_veiled(part, opened, axes) for part in parts))
        case Scaled(array=array) | Summed(array=array):
            return replace(form, array=_veiled(array, opened, axes))
        case Applied(argument=argument):
            return replace(form, argument=_veiled(argument, opened, axes))
    return form
