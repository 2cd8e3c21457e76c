"""What a handout is about: a model, its gradients in matrix notation, and what a picture of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Lin, lin
from derive.algebra.substitute import subs
from derive.models.model import Model
from derive.models.roles import Roles
from derive.names.letters import lettered
from derive.names.patterns import pattern_latex
from derive.network.array_forms import Axes, NoForm, gathered
from derive.network.dependencies import variables
from derive.network.derivation import Step
from derive.network.recursion import recursion, unrolled
from derive.report.gradients import Differentiated, Gradient
from derive.writing.matrix_form import Speller

NOWHERE: Mapping[Any, Lin] = {}


@dataclass(frozen=True, slots=True)
class Written:
    """A step about a whole array, and the array in the model's notation."""

    step: Step
    latex: str


class Subject(Differentiated):
    """A model and its derivations, as entries and as whole arrays."""

    def __init__(self, model: Model, part: bool = False) -> None:
        """Take a model; `part` says that it is a part of a larger network, as one with an open loss is anyway."""
        super().__init__(model, part)
        self.refused: set[str] = set()  # forms in matrix notation that turned out to be none

    def array_size(self, layer: str) -> str:
        """Return the width of a layer, as LaTeX."""
        return pattern_latex(self.notation.sizes[self.known.size], (layer,))

    def unit(self, layer: int, unit: str, *, top: bool) -> str:
        """Return what is written into a unit, layers counted from the input."""
        roles = self.known
        if layer == 0 or (top and roles.output != roles.hidden):
            return self.array(roles.inputs if layer == 0 else roles.output, unit)
        return self.array(roles.hidden, str(roles.first + layer), unit)

    def layer(self, layer: int, *, top: bool) -> str:
        """Return what is written below a layer: its pre-activation and its activation."""
        roles = self.known
        if layer == 0:
            return self.array(roles.inputs)
        number = self.index(roles.depth) if top else str(roles.first + layer)
        named = top and roles.output != roles.hidden
        output = self.array(roles.output) if named else self.array(roles.hidden, number)
        return f"{self.array(roles.pre, number)}, {output}"

    def weight(self, row: int, column: int) -> str:
        """Return a weight of the lowest layer."""
        return self.array(self.known.weight, str(self.known.first + 1), str(row), str(column))

    @property
    def known(self) -> Roles:
        """The roles, where the network is a perceptron."""
        assert self.roles is not None
        return self.roles

    def gathered(self, gradient: Gradient, at: Mapping[Any, Lin] = NOWHERE) -> tuple[Written, ...]:
        """Return a gradient as a whole array, one rule at a time; nothing where it has no form that is proved.

        `at` gives the number of the layer.
        """
        axes = tuple((axis, range_.subs(at)) for axis, range_ in gradient.axes)
        try:
            steps = self._gathered(subs(self.named(gradient, gradient.result), at), axes)
        except NoForm:
            return ()
        return self._written(steps)

    def unrolled(self, gradient: Gradient) -> tuple[str, tuple[Written, ...]]:
        """Return a gradient from that of the layer above, and by induction from the top, with the layers as LaTeX."""
        try:
            found = unrolled(self.network, gradient.case, gradient.axes, lambda top: self.named(gradient, top))
        except NoForm:
            found = None
        if found is None or gradient.layer is None:
            return "", ()
        return self._between(found.free, [gradient.layer.atom]), self._written(found.steps)

    def inductive(self, gradient: Gradient) -> tuple[tuple[str, str, str], ...]:
        """Return base, hypothesis and step of the induction behind `unrolled`: left side, right side, layers; or ()."""
        found = recursion(self.network, gradient.case)
        if found is None:
            return ()
        try:
            said = found.argument(lambda top: self.named(gradient, top))
        except NoForm:
            return ()
        written = self._written(tuple(step for _, step in said))
        below = replace(found.layers, hi=found.layers.hi - 1)
        where = self._between(((found.layer, below),), [found.layer])
        lefts = (self.gradient_latex(gradient.name, layer) for layer, _ in said)
        return tuple(zip(lefts, (line.latex for line in written), ("", where, where), strict=False))

    def _gathered(self, expr: Expr, axes: Axes) -> tuple[Step, ...]:
        """Return the steps to an array in matrix notation; a sum over layers or times adds arrays. Raises: NoForm."""
        expr = lettered(self.timed(expr), self.notation, tuple(Var("", (lin(axis),)) for axis, _ in axes))
        entries = [(v, n) for v in variables(expr) for n in self.layer_slots(v.name)]
        layers = frozenset(index for v, n in entries for index in v.idx[n].indices())
        return gathered(expr, axes, layers=layers)

    def form_of(self, expr: Expr, axes: Axes) -> str | None:
        """Return an array by its general entry in matrix notation; None where it has no such form."""
        try:
            steps = self._written(self._gathered(expr, axes))
        except NoForm:
            return None
        return steps[-1].latex if steps else None

    def form(self, gradient: Gradient, at: Mapping[Any, Lin] = NOWHERE) -> str | None:
        """Return a gradient in matrix notation; None where it has no such form."""
        steps = self.gathered(gradient, at)
        return steps[-1].latex if steps else None

    def _written(self, steps: tuple[Step, ...]) -> tuple[Written, ...]:
        speller = Speller(self.notation, self.model.table.every)
        try:
            written = [Written(step, speller.latex(step.form)) for step in steps if step.form is not None]
        except NoForm:
            return ()
        kept = tuple(line for line in written if line.latex not in self.refused)
        return kept if written and written[-1] in kept else ()
