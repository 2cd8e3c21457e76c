"""Derivatives of whole arrays: gradients and Jacobians in matrix form, each form read back and proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Lin, lin
from derive.api.partial import Line, Partial
from derive.api.quantity import Quantity, checked
from derive.api.show import Shown, mathml, table
from derive.errors import LatexError, UsageError
from derive.network.array_forms import Axes, NoForm, gathered
from derive.network.derivation import Case, Step
from derive.network.recursion import unrolled
from derive.writing.derivations import condition_text, laid_out
from derive.writing.plain_formula import plain_formula
from derive.writing.printer import array_latex, to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.net import Net

Kind = Literal["gradient", "jacobian"]


@dataclass(frozen=True, repr=False)
class ArrayCase(Shown):
    """One case of an array derivative: where it holds, the general entry, and the matrix form where it is proved.

    `steps` lead from the entries to that form, one rule at a time.
    """

    condition: str
    goal: str
    entry_goal: str
    entry: Expr
    matrix: str | None
    text: str
    steps: tuple[Step, ...] = ()

    def latex(self) -> str:
        if self.matrix is not None:
            return rf"{self.goal} = {self.matrix}"
        return self.entry_goal

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False, eq=False)
class ArrayDerivative(Shown):
    """∇_v u, or the Jacobian ∂u/∂v, of whole arrays; `partial` is its general entry."""

    partial: Partial
    by: Quantity
    of: Quantity
    kind: Kind
    rows: tuple[Index, ...]
    columns: tuple[Index, ...]

    @property
    def net(self) -> Net:
        return self.partial.net

    @property
    def shape(self) -> tuple[str, ...]:
        """The lengths of its axes, as the network calls them."""
        axes = self.by.axes if self.kind == "gradient" else (*self.of.axes, *self.by.axes)
        return tuple(str(axis.length) for axis in axes)

    @cached_property
    def cases(self) -> tuple[ArrayCase, ...]:
        """Its parts, such as k = L and k < L, each with its own form."""
        return tuple(self._case(case) for case in self.partial.cases)

    @property
    def matrix(self) -> str | None:
        """The matrix form as LaTeX, where there is one case and its form is proved."""
        return self.cases[0].matrix if len(self.cases) == 1 else None

    def at(self, widths: Sequence[int] | None = None, **values: int) -> ArrayDerivative:
        """Return it with given widths and values of its indices: `.at(widths=[2, 3, 2], k=1)`."""
        partial = self.partial.at(widths, **values)
        given: dict[Any, Lin] = {Index(name): lin(value) for name, value in values.items()}
        by, of = (Quantity(partial.net, q.place, tuple(e.subs(given) for e in q.idx)) for q in (self.by, self.of))
        return ArrayDerivative(partial, by, of, self.kind, self.rows, self.columns)

    def __getitem__(self, key: Any) -> Partial:
        """Return an entry, by an index for each axis. Raises: UsageError for others than it has."""
        given = [self.net.index(value) for value in (key if isinstance(key, tuple) else (key,))]
        axes = (*self.rows, *self.columns)
        if len(given) != len(axes):
            raise UsageError(f"{self._name()} has {len(axes)} axes, not {len(given)}")
        at: dict[Any, Lin] = dict(zip(axes, given, strict=True))
        of, by = (Var(v.name, tuple(e.subs(at) for e in v.idx)) for v in (self.partial.of, self.partial.by))
        for v in (of, by):
            checked(self.net, self.net.places[v.name], v.idx)
        return Partial(self.net, of, by)

    def _name(self) -> str:
        return plain_formula(self._goal_latex(self.partial.of, self.partial.by), self.net.notation)

    def to_sympy(self, expand: bool = False) -> Any:
        """Return its entries as a Matrix (a column where it has one axis), an Array where it has more than two.

        Raises: UsageError while widths are open; an entry has its own `to_sympy`.
        """
        import sympy

        axes = self.by.axes if self.kind == "gradient" else (*self.of.axes, *self.by.axes)
        if not all(axis.lo.is_const and axis.hi.is_const for axis in axes):
            entry = ", ".join("ijmt"[: len(axes)])
            raise UsageError(f"the shape of {self._name()} is open; give widths, or take an entry with [{entry}]")
        ranges = [range(axis.lo.const, axis.hi.const + 1) for axis in axes]
        entries = [self[place].to_sympy(expand) for place in product(*ranges)]
        if len(axes) > 2:
            return sympy.Array(entries, tuple(map(len, ranges)))
        return sympy.Matrix(*(*map(len, ranges), 1)[:2], entries) if axes else entries[0]

    def numeric(self, values: Any = None, **labels: int) -> Any:
        """Return it as a NumPy array, in its shape; see `Partial.numeric`."""
        found = self.partial.numeric(values, **labels)
        order = [index for index in self.partial.free if index in (*self.rows, *self.columns)]
        wanted = [index for index in (*self.rows, *self.columns) if index in order]
        return _transposed(found, [order.index(index) for index in wanted])

    def _case(self, case: Case) -> ArrayCase:
        goal, notation, left = case.goal, self.net.notation, self._left(case)
        entry = to_latex(goal, notation)
        condition = condition_text(case) if case.condition != "all indices" else ""
        steps = self._proved(case)
        matrix = self.matrix_latex(steps[-1]) if steps else None
        text = f"{to_unicode(goal, notation)} = {to_unicode(case.result, notation)}"
        if matrix is not None:
            text = f"{plain_formula(left, notation)} = {plain_formula(matrix, notation)}"
        entries = f"{entry} = {to_latex(case.result, notation)}"
        return ArrayCase(condition, left, entries, case.result, matrix, text, steps)

    def _goal_latex(self, of: Var, by: Var) -> str:
        notation = self.net.notation
        below = array_latex(by.name, by.idx[: len(self.by.idx)], notation)
        if self.kind == "gradient":
            return rf"\nabla_{{{below}}} {notation.loss}"
        return rf"\frac{{\partial {array_latex(of.name, of.idx[: len(self.of.idx)], notation)}}}{{\partial {below}}}"

    def _proved(self, case: Case) -> tuple[Step, ...]:
        """Return the steps to a matrix form that can be written, read back and proved; none where there is no such."""
        if self.net.model is None:
            return ()
        results = [case.result, *(step.expr for step in case.steps[-2:-1] if case.steps[-1].rule == "factor")]
        for result in results:
            try:
                steps = gathered(result, self._axes(case), turned=self._turned())
            except NoForm:
                continue
            if self._is_proved(case, steps[-1]):
                return steps
        return ()

    def matrix_latex(self, step: Step) -> str:
        """Return the array of a step in matrix notation."""
        return Line(step, self.net).latex()

    @property
    def derivation(self) -> ArrayDerivation:
        """The steps from the entries to the matrix form, and where layers repeat by induction to the top."""
        return ArrayDerivation(self)

    @property
    def steps(self) -> tuple[Line, ...]:
        """The steps of all cases, in order."""
        return tuple(line for *_, lines in self.derivation.cases for line in lines)

    def unrolled(self, case: Case) -> Case | None:
        """Return the array from that of the layer above and from the top, where both are proved."""
        if self.kind != "gradient" or self.net.sizes or self.net.model is None:
            return None
        try:
            found = unrolled(self.net.symbolic, case, self._axes(case))
        except NoForm:
            return None
        if found is None or not all(self._is_proved(found, step) for step in found.steps[1:]):
            return None
        return found

    def _is_proved(self, case: Case, step: Step) -> bool:
        """Whether an array in matrix notation can be written, read back and proved."""
        try:
            form = self.matrix_latex(step)
            return self.net.claim(f"{self._left(case)} = {form}{self._range(case)}").judge(4.0).proved
        except (NoForm, LatexError):
            return False

    def _left(self, case: Case) -> str:
        assert isinstance(case.goal.body, Var)
        return self._goal_latex(case.goal.body, case.goal.var)

    def _axes(self, case: Case) -> Axes:
        ranges = dict(case.free)
        return tuple((axis, ranges[axis]) for axis in (*self.rows, *self.columns) if axis in ranges)

    def _range(self, case: Case) -> str:
        """Return the layers of a case, as LaTeX behind a formula."""
        told = [(i, r) for i, r in case.free if case.condition != "all indices" and str(i) in case.condition.split()]
        return "".join(rf" \quad ({r.lo} \le {i} \le {r.hi})" for i, r in told[:1])

    def _turned(self) -> bool:
        """Whether what is derived by stands in the rows of a Jacobian; ∇ has the shape of its variable always."""
        assert self.net.model is not None
        return self.kind == "jacobian" and self.net.model.reading["jacobian"] == "denominator"

    def latex(self) -> str:
        lines = []
        for case in self.cases:
            where = rf" && ({_latex_condition(case.condition)})" if case.condition else ""
            lines.append(case.latex().replace(" = ", " &= ", 1) + where)
        return lines[0].replace("&= ", "= ", 1) if len(lines) == 1 and "&&" not in lines[0] else (
            "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join(f"{case.text}{f'   ({case.condition})' if case.condition else ''}" for case in self.cases)

    def __repr__(self) -> str:
        first = self.cases[0]
        return f"<{self.kind.capitalize()} {first.text}>"

    def _repr_html_(self) -> str:
        return table([(mathml(case.latex()), escape(case.condition)) for case in self.cases])


@dataclass(frozen=True, repr=False)
class ArrayDerivation(Shown):
    """How the entries of an array derivative become a matrix form, case by case, one rule at a time."""

    of: ArrayDerivative

    @cached_property
    def cases(self) -> tuple[tuple[str, str, tuple[Line, ...]], ...]:
        """The cases that have a matrix form: where each holds, what is asked for as LaTeX, and the steps."""
        return tuple(self._cases())

    def _cases(self) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
        for shown, case in zip(self.of.cases, self.of.partial.cases, strict=True):
            further = self.of.unrolled(case) if shown.steps else None
            same = further is not None and further.condition == case.condition
            steps = (*shown.steps, *(further.steps[1:] if further is not None and same else ()))
            if steps:
                yield shown.condition, shown.goal, tuple(Line(step, self.of.net) for step in steps)
            if further is not None and not same:
                yield condition_text(further), shown.goal, tuple(Line(step, self.of.net) for step in further.steps[1:])

    def latex(self) -> str:
        rows = []
        for condition, goal, lines in self.cases:
            rows += [rf"&{_latex_condition(condition)}:"] if condition else []
            for n, line in enumerate(lines):
                rows.append(rf"{'' if n else goal} &= {line.latex()} && \text{{{line.rule}}}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        rows = []
        for condition, goal, lines in self.cases:
            rows += [f"{condition}:"] if condition else []
            texts = [(str(line), line.rule) for line in lines]
            rows += [
                f"{'  ' if condition else ''}{row}"
                for row in laid_out(plain_formula(goal, self.of.net.notation), texts)
            ]
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        rows = []
        for condition, goal, lines in self.cases:
            rows += [(f"<i>{escape(condition)}</i>", "", "")] if condition else []
            for n, line in enumerate(lines):
                left = mathml(goal) if n == 0 else ""
                rows.append((left, mathml(f"= {line.latex()}"), escape(line.rule)))
        return table(rows)


def _latex_condition(text: str) -> str:
    return text.replace("≤", r"\le").replace("ℓ", r"\ell")


def _transposed(found: Any, order: list[int]) -> Any:
    if isinstance(found, dict):
        return {key: _transposed(value, order) for key, value in found.items()}
    return found.transpose(order) if order and hasattr(found, "transpose") else found


def gradient(net: Net, by: Quantity, of: Quantity) -> ArrayDerivative:
    """Return the gradient of a scalar by an array. Raises: UsageError for what is no scalar."""
    if not of.is_entry:
        raise UsageError(f"{of} is no scalar; net.jacobian differentiates arrays")
    entry = by.entry()
    rows = tuple(e.index for e in entry.idx[len(by.idx) :])
    return ArrayDerivative(Partial(net, of.var, entry.var), by, of, "gradient", rows, ())


def jacobian(net: Net, of: Quantity, by: Quantity) -> ArrayDerivative:
    """Return the Jacobian of an array by an array, with letters that differ."""
    upper = of.entry()
    taken = {i.name for e in (*upper.idx, *by.idx) for i in e.indices()}
    free = [letter for letter in (*net.notation.unit_letters, "p", "q", "r", "s") if letter not in taken]
    missing = len(by.place.params) - len(by.idx)
    lower = Quantity(net, by.place, (*by.idx, *(lin(Index(letter)) for letter in free[:missing])))
    rows = tuple(e.index for e in upper.idx[len(of.idx) :])
    columns = tuple(e.index for e in lower.idx[len(by.idx) :])
    return ArrayDerivative(Partial(net, upper.var, lower.var), by, of, "jacobian", rows, columns)
