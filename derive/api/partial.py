"""∂u/∂v of two entries: its steps, its value, the paths that it sums over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from derive.algebra.build import substitute
from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.api.deriving import derive_entry
from derive.api.show import mathml, table
from derive.api.symbolic import Symbolic
from derive.errors import NetworkError
from derive.names.notation import Notation
from derive.network.derivation import Case, Derivation, Step
from derive.writing.derivations import condition_text, lettered_steps, text_of
from derive.writing.matrix_form import Speller
from derive.writing.plain_formula import plain_formula
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.claims import Judgement
    from derive.api.net import Net
    from derive.api.paths import PathSum
    from derive.proof.kernel import Verdict


@dataclass(frozen=True, repr=False, eq=False)
class Line(Symbolic):
    """One line of a derivation: an expression and the rule that led to it."""

    step: Step
    net: Net

    @property
    def notation(self) -> Notation:
        return self.net.notation

    def to_sympy(self, expand: bool = False) -> Any:
        return self.net.face.show(self.expr, expand)

    @property
    def expr(self) -> Expr:
        return self.step.expr

    @property
    def rule(self) -> str:
        """What was done, in words."""
        return self.step.words

    def latex(self) -> str:
        form = self.step.form
        return to_latex(self.step.expr, self.notation) if form is None else self._speller.latex(form)

    @property
    def _speller(self) -> Speller:
        table = self.net.model.table.entries if self.net.model is not None else {}
        return Speller(self.notation, [entry for same in table.values() for entry in same])

    def __str__(self) -> str:
        return (
            to_unicode(self.step.expr, self.notation)
            if self.step.form is None
            else plain_formula(self.latex(), self.notation)
        )


@dataclass(frozen=True, repr=False, eq=False)
class Partial(Symbolic):
    """∂of/∂by. Its parts are worked out when they are asked for.

    In SymPy's arithmetic it is the derivative itself, ∂L/∂a[k, i]; `doit()` is its value by the chain rule.
    """

    net: Net
    of: Var
    by: Var

    @cached_property
    def derivation(self) -> Derivation:
        """The derivation as data. Raises: NetworkError where there is no such derivative."""
        from derive.api.net import layer_places

        return derive_entry(
            self.net.symbolic, self.of, self.by, self.net.sizes, lambda name: layer_places(self.net, name)
        )

    @property
    def goal(self) -> Expr:
        return Diff(self.of, self.by)

    def to_sympy(self, expand: bool = False) -> Any:
        """Return the derivative as a SymPy object; with `expand`, its value in weights, biases and inputs alone."""
        return self.net.face.show(self.goal, expand)

    def doit(self, **_: Any) -> Any:
        """Return the last line as a SymPy object; where the layers differ, a Piecewise of the last lines."""
        import sympy

        face = self.net.face
        *first, last = self.cases
        pieces = [(face.show(case.result), sympy.And(*self._conditions(case))) for case in first]
        value = face.show(last.result)
        return sympy.Piecewise(*pieces, (value, True)) if pieces else value

    def _conditions(self, case: Case) -> Iterator[Any]:
        """Yield what tells a case apart: k = L, L = 2, or the range of k."""
        import sympy

        index = self.net.face.write_index
        goal = case.steps[0].expr
        have = goal.var.idx if isinstance(goal, Diff) else self.by.idx
        same = [(own, value) for own, value in zip(self.by.idx, have, strict=True) if own != value]
        yield from (sympy.Eq(index(own), index(value)) for own, value in same)
        yield from (sympy.Eq(index(lin(size)), index(value)) for size, value in case.sizes)
        for letter, range_ in case.free:
            if letter.name in case.condition.split():
                yield sympy.And(index(range_.lo) <= index(lin(letter)), index(lin(letter)) <= index(range_.hi))

    @property
    def cases(self) -> tuple[Case, ...]:
        """The parts of the range of its indices, each with its own steps."""
        return self.derivation.cases

    @property
    def steps(self) -> tuple[Line, ...]:
        """The lines of all cases, in order."""
        return tuple(line for case in self.cases for line in self._lines(case))

    def _lines(self, case: Case) -> list[Line]:
        """Return the lines of a case, with letters for bound indices that mean nothing else in it."""
        return [Line(step, self.net) for step in lettered_steps(case.steps, self.net.notation)]

    @property
    def result(self) -> Line:
        """The last line. Raises: NetworkError where the result differs by case."""
        if len(self.cases) != 1:
            conditions = ", ".join(case.condition for case in self.cases)
            raise NetworkError(f"the result differs by case: {conditions}; give the layer")
        return self.steps[-1]

    def at(self, widths: Sequence[int] | None = None, **values: int) -> Partial:
        """Return it with given widths and values of its indices: `.at(widths=[2, 3, 2], k=1, i=1, j=2)`.

        Names of sizes among `values` give sizes. Raises: UsageError for widths or names that do not fit.
        """
        letters = {i.name for v in (self.of, self.by) for e in v.idx for i in e.indices()}
        sizes = {name: value for name, value in values.items() if name not in letters}
        given: Mapping[Any, Lin] = {Index(name): Lin((), value) for name, value in values.items() if name in letters}
        net = self.net.at(widths, **sizes) if widths is not None or sizes else self.net
        of, by = (Var(v.name, tuple(e.subs(given) for e in v.idx)) for v in (self.of, self.by))
        return type(self)._at(self, net, of, by, given)

    def _at(self, net: Net, of: Var, by: Var, given: Mapping[Any, Lin]) -> Partial:
        return Partial(net, of, by)

    @property
    def free(self) -> dict[Index, Range]:
        """The indices that are still letters, with their ranges."""
        from derive.network.partials import free_indices

        found = free_indices(self.net.symbolic, self.of, self.by)
        return {index: range_.subs(self.net.sizes) for index, range_ in found.items()}

    def numeric(self, values: Mapping[str, Any] | None = None, **labels: int) -> Any:
        """Return its value: a number, or a NumPy array over its free indices; {layer: array} for a free layer.

        `values` gives every parameter and input as an array, those with layers as a list or {layer: array}
        (`net.sample()` has that form); `labels` the free indices of the network, such as the class: l=2. Widths follow
        from the arrays. Raises: UsageError for what is missing or does not fit.
        """
        from derive.api.numbers import evaluate_over

        slots = [(lin(index), range_) for index, range_ in self.free.items()]
        return evaluate_over(self.net, self.goal, slots, values, labels)

    def path_sum(self) -> PathSum:
        """Return every path from the variable to the loss with its product of local derivatives.

        Raises: UsageError where there are more paths than anybody reads.
        """
        from derive.api.paths import path_sum

        return path_sum(self.net, self.of, self.by)

    def judge(self, time_limit: float = 10.0) -> Judgement:
        """Return the kernel's verdict on the result of each case: it is proved apart from the derivation."""
        from derive.api.claims import Judgement

        notation = self.net.notation
        texts = [f"{to_latex(case.steps[0].expr, notation)} = {to_latex(case.result, notation)}" for case in self.cases]
        return Judgement.of(self.net, texts, [self._judged(case, time_limit) for case in self.cases])

    def _judged(self, case: Case, time_limit: float) -> Verdict:
        """Judge one case for all widths where only the depth matters, else for the widths that are given."""
        from derive.proof.claim import Claim
        from derive.proof.kernel import Proved, judge

        every = tuple(self.net.sizes.items())
        depth = tuple((size, value) for size, value in every if not size.args)
        claim = Claim(self.net.symbolic, case.steps[0].expr, case.result, case.free, face=self.net.face)
        verdicts = (
            judge(replace(claim, sizes=(*sizes, *case.sizes)), time_limit) for sizes in dict.fromkeys((depth, every))
        )
        first = next(verdicts)
        return first if isinstance(first, Proved) else next(verdicts, first)

    def latex(self) -> str:
        """Return the derivation as aligned lines, each with its rule."""
        return "\n".join([r"\begin{aligned}", " \\\\\n".join(self._latex_lines()), r"\end{aligned}"])

    def _latex_lines(self) -> list[str]:
        lines = []
        for case in self.cases:
            if case.condition != "all indices":
                lines.append("&" + condition_text(case).replace("≤", r"\le").replace("ℓ", r"\ell") + ":")
            first, *others = self._lines(case)
            if not others:
                lines.append(rf"&{first.latex()}")
            for n, line in enumerate(others):
                left = first.latex() if n == 0 else ""
                lines.append(rf"{left} &= {line.latex()} && \text{{{line.rule}}}")
        return lines

    def __str__(self) -> str:
        return text_of(self.derivation, self.net.notation)

    def __repr__(self) -> str:
        return f"<Partial {to_unicode(self.goal, self.net.notation)}>"

    def _repr_html_(self) -> str:
        rows = []
        for case in self.cases:
            if case.condition != "all indices":
                rows.append((f"<i>{escape(condition_text(case))}</i>", "", ""))
            first, *others = self._lines(case)
            for n, line in enumerate(others or [first]):
                left = mathml(first.latex()) if n == 0 else ""
                rows.append((left, mathml("= " + line.latex()), escape(line.rule)))
        return table(rows)


class SecondPartial(Partial):
    """∂²L/∂v∂w: the derivative by w of the derivative by v."""

    second: Var

    def __init__(self, net: Net, of: Var, by: Var, second: Var) -> None:
        super().__init__(net, of, by)
        object.__setattr__(self, "second", second)

    @property
    def goal(self) -> Expr:
        return Diff(Diff(self.of, self.by), self.second)

    @cached_property
    def derivation(self) -> Derivation:
        """The derivation as data. Raises: NetworkError where the depth between the two is symbolic."""
        from derive.api.second import second_derivation

        return second_derivation(self.net, self.of, self.by, self.second)

    @property
    def free(self) -> dict[Index, Range]:
        from derive.network.partials import free_indices

        found = free_indices(self.net.symbolic, self.of, self.by, self.second)
        return {index: range_.subs(self.net.sizes) for index, range_ in found.items()}

    def _at(self, net: Net, of: Var, by: Var, given: Mapping[Any, Lin]) -> Partial:
        second = substitute(self.second, given)
        assert isinstance(second, Var)
        return SecondPartial(net, of, by, second)
