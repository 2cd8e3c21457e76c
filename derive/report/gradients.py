"""The gradients of what a handout is about, each with its derivation: for which names and layers, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.algebra.expr import ONE, ZERO, Diff, Expr, Iverson, Mul, Pow, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import walk
from derive.models.model import Model
from derive.models.roles import Roles, roles_of
from derive.names.letters import SPARE
from derive.names.table import Entry, Param
from derive.network.array_forms import Axes
from derive.network.dependencies import Dependencies, variables
from derive.network.derivation import Case, Step
from derive.network.network import Definition
from derive.network.partials import derive_partial, label_ranges
from derive.network.tidy import MINUS_ONE, cancelled, tidy
from derive.report.named import Named
from derive.writing.printer import to_latex

DATA, INPUT = frozenset("xyt"), "x"
OTHERS = ("u", "v", "p", "q")
"""Letters of an entry where the model has none for it."""


@dataclass(frozen=True)
class Gradient:
    """∂loss/∂v for the entries of one array, for some of its layers; `axes` are its rows and columns.

    `last` says that its result has no derivative left; `layer` is its layer index, `range` has the layers, and `where`
    is that as LaTeX.
    """

    name: str
    case: Case
    axes: Axes
    where: str
    layer: Lin | None
    range: Range | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.case.steps

    @property
    def goal(self) -> Diff:
        return self.case.goal

    @property
    def result(self) -> Expr:
        return self.case.result

    @property
    def rows(self) -> tuple[Index, ...]:
        return tuple(axis for axis, _ in self.axes)

    @property
    def last(self) -> bool:
        return not any(isinstance(node, Diff) for node in walk(self.result))

    @property
    def layers(self) -> tuple[Lin, ...]:
        """The indices that are no axis."""
        return tuple(e for e in self.goal.var.idx if e.atom not in self.rows)


class Differentiated(Named):
    """A model and its gradients; `part` says that it is a part of a larger network, as one with an open loss is."""

    def __init__(self, model: Model, part: bool = False) -> None:
        super().__init__(model)
        self.part = part or any(kind == "any scalar" for _, kind in model.functions)

    @cached_property
    def roles(self) -> Roles | None:
        return roles_of(self.network)

    def gradient_latex(self, name: str, *layers: Lin) -> str:
        """Return the gradient by an array as it is written: δ^l, or ∇_{W_k} L."""
        if name in self.signals:
            return self.array(self.signals[name][0], *layers)
        if not self.block(name).params:
            return to_latex(Diff(self.loss, Var(name)), self.notation)
        return rf"\nabla_{{{self.array(name, *layers)}}} {self.notation.loss}"

    def entry_latex(self, gradient: Gradient) -> str:
        """Return how the general entry of a gradient is written."""
        goal = gradient.goal
        name = self.signals[goal.var.name][0] if goal.var.name in self.signals else None
        return to_latex(goal if name is None else Var(name, goal.var.idx), self.notation)

    def unsigned(self, gradient: Gradient) -> Expr:
        """Return what the name of a gradient stands for: ∂C/∂z for δ, m ∂J/∂Z for dZ."""
        factor = self.signals[gradient.name][1]
        return tidy(Mul((Pow(factor, MINUS_ONE), gradient.goal)))

    def times(self, gradient: Gradient, expr: Expr) -> Expr:
        """Return an expression times what the name of a gradient is times the derivative: m for dZ."""
        factor = self.signals[gradient.name][1] if gradient.name in self.signals else ONE
        return expr if factor == ONE else Mul((Pow(factor, MINUS_ONE), expr))

    def scaled(self, gradient: Gradient, expr: Expr) -> Expr:
        """Return what the name of a gradient is, where the derivative is `expr`: m times it for dZ."""
        scaled = self.times(gradient, self.signed(expr))
        return expr if scaled == self.signed(expr) else tidy(cancelled(tidy(scaled)))

    def named(self, gradient: Gradient, expr: Expr) -> Expr:
        """Return what the name of a gradient is, in the names that the model has for derivatives."""
        return self.signed(self.scaled(gradient, expr))

    @cached_property
    def gradients(self) -> tuple[Gradient, ...]:
        """The gradients by all that the loss depends on but its own terms, from the loss down, then those sought."""
        defined = dict.fromkeys(d.name for d in reversed(self.network.definitions) if d.params or self._feeds(d))
        found = [gradient for name in (*defined, *self.sought) for gradient in self._gradients(name)]
        return tuple(gradient for gradient in found if gradient.result != ZERO)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """What is learnt: names that nothing defines, but for inputs, targets, what the model says is given, and
        scalars that only weigh terms."""
        into = [d for d in self.network.definitions if d.params]
        arrays = {v.name for d in self.network.definitions if d in into or self._feeds(d) for v in variables(d.body)}
        scalars = {v.name for d in into for v in variables(d.body)} - self._told_of
        given = {d.body.name for d in self.network.definitions if isinstance(d.body, Var)}
        reached = Dependencies(self.network).below[self.loss.name] - given
        return tuple(
            leaf.name
            for leaf in self.network.leaves
            if leaf.name in (arrays if leaf.params else scalars) & reached and not self._is_data(leaf.name)
        )

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs of a part of a network: what is before it asks for their gradients. A perceptron is no part."""
        asked = self.part and self.roles is None
        reached = Dependencies(self.network).below[self.loss.name]
        names = (leaf.name for leaf in self.network.leaves if leaf.params and leaf.name in reached)
        return tuple(n for n in names if n in self.model.inputs or (asked and self.letter(n) == INPUT))

    def _is_data(self, name: str) -> bool:
        return name in self.model.inputs | self.model.given or self.letter(name) in DATA

    @property
    def sought(self) -> tuple[str, ...]:
        """The names that nothing defines whose gradients are wanted: parameters, and inputs of a part."""
        return (*self.parameters, *self.inputs)

    def _feeds(self, definition: Definition) -> bool:
        """Whether a scalar is a value of the forward pass and no term of the loss, which is linear in its terms."""
        name = definition.name
        if definition.params or name not in Dependencies(self.network).below[self.loss.name]:
            return False
        slope = derive_partial(self.network, self.loss, Var(name)).cases[0].result
        return any(v.name == name for v in variables(slope))

    @property
    def _told_of(self) -> set[str]:
        """The names that the model states facts about, such as ε > 0."""
        sides = (side for f in self.network.facts for side in (f.left, f.right) if side is not None)
        return {v.name for side in sides for v in variables(side)}

    def _gradients(self, name: str) -> Iterator[Gradient]:
        entry, layers = self.general(name), self.layer_slots(name)
        cases = derive_partial(self.network, self.loss, entry, self._with_the_input(name, entry)).cases
        same = len(cases) == 1 and not self._is_last(self._gradient(name, cases[0]))
        if same and len(layers) == 1 and name not in self.parameters:
            top = self.block(name).ranges[layers[0]].hi
            at = tuple(top if n == layers[0] else e for n, e in enumerate(entry.idx))
            above = derive_partial(self.network, self.loss, Var(name, at)).cases
            yield from (g for case in above[:1] if self._is_last(g := self._gradient(name, case)))
        yield from (self._gradient(name, case) for case in cases)

    def _with_the_input(self, name: str, entry: Var) -> dict[Index, Range]:
        """Return the layers of an array with that at which it is an input whose gradient is sought: 1..L+1 of x_1 = x
        and x_{l+1} = x_l + f_l, where x_l alone has 2..L+1."""
        found, slots = self.block(name), self.layer_slots(name)
        starts = [d for d in self.network.definitions if isinstance(d.body, Var) and d.body.name in self.inputs]
        for start in (d for d in starts if d.name == name and len(slots) == 1):
            first, others = start.ranges[slots[0]].hi, found.ranges[slots[0]]
            atom = entry.idx[slots[0]].atom
            if first + 1 == others.lo and isinstance(atom, Index):
                return {atom: replace(others, lo=first)}
        return {}

    def _is_last(self, gradient: Gradient) -> bool:
        """Whether a gradient at the top layer speaks of values of the forward pass only."""
        learnt = {v.name for v in variables(gradient.result)} & set(self.parameters)
        return gradient.last and not learnt

    def _gradient(self, name: str, case: Case) -> Gradient:
        slots = self.layer_slots(name)
        idx = case.goal.var.idx
        free, told = dict(case.free), set(case.condition.split())
        narrowed = [n for n, e in enumerate(idx) if n not in slots and e.atom in free and str(e) in told]
        whole = not narrowed and all(isinstance(e.atom, Index) for n, e in enumerate(idx) if n not in slots)
        units = (e.atom for n, e in enumerate(idx) if whole and n not in slots)
        axes = tuple((unit, free[unit]) for unit in units if isinstance(unit, Index))
        told_of = [e.atom for n, e in enumerate(idx) if n in (*slots, *narrowed)]
        where = self._between(case.free, told_of)
        layer = idx[slots[0]] if slots else None
        layers = free.get(layer.atom) if layer is not None and isinstance(layer.atom, Index) else None
        return Gradient(name, case, axes, where, layer, layers)

    def _between(self, free: Axes, atoms: Sequence[object]) -> str:
        """Return the ranges of some of the free indices, as LaTeX."""
        ranges = dict(free)
        found = [(atom, ranges[atom]) for atom in atoms if isinstance(atom, Index) and atom in ranges]
        return ", ".join(rf"{self.index(r.lo)} \le {i} \le {self.index(r.hi)}" for i, r in found)

    def general(self, name: str) -> Var:
        """Return the general entry of an array, its letters apart from those of labels, sizes and arrays."""
        taken = {label.name for label in self.labels}
        taken |= {text for pattern in self.notation.patterns.values() for text in (pattern.whole, pattern.entry)}
        idx = []
        own = self._entrywise.get(name, ())
        for n, param in enumerate(self.block(name).params):
            wishes = ((own[n],) if own[n] else OTHERS) if own else (param.name,)
            letter = next(w for w in (*wishes, *self.notation.unit_letters, *SPARE) if w not in taken)
            taken.add(letter)
            idx.append(lin(Index(letter)))
        return Var(name, tuple(idx))

    @property
    def over_time(self) -> bool:
        """Whether the layers are steps of time: what is learnt is the same at all of them."""
        layered = any(self.layer_slots(d.name) for d in self.network.definitions)
        return layered and not any(self.layer_slots(name) for name in self.parameters)

    @property
    def one_hots(self) -> list[tuple[Entry, Iverson, Param]]:
        """The model's names of vectors that are one at a label."""
        entries = (entry for entry in self.model.table.every if len(entry.params) == 1)
        found = [(e, e.body, e.params[0]) for e in entries if isinstance(e.body, Iverson)]
        return [one for one in found if (one[1].left.indices() | one[1].right.indices()) & set(self.labels)]

    @cached_property
    def labels(self) -> dict[Index, Range]:
        return label_ranges(self.network)
