"""What a handout is about: a model, its gradients with their derivations, and how all of it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from derive.algebra.expr import ONE, ZERO, Diff, Expr, Functional, Iverson, Mul, Pow, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.substitute import map_children, subs, walk
from derive.errors import NetworkError
from derive.models.lines import sides
from derive.models.model import Model
from derive.models.roles import Roles, roles_of
from derive.names.letters import SPARE, lettered
from derive.names.notation import Notation, Pattern, Slot
from derive.names.patterns import index_latex, pattern_latex
from derive.names.table import Entry, Param
from derive.network.array_forms import Axes, NoForm, gathered
from derive.network.dependencies import Dependencies, variables
from derive.network.derivation import Case, Step
from derive.network.network import Definition, Leaf
from derive.network.partials import derive_partial, label_ranges
from derive.network.recursion import recursion, unrolled
from derive.network.tidy import MINUS_ONE, cancelled, replaced, tidy
from derive.notation.functions import EXTREMES
from derive.writing.matrix_form import Speller
from derive.writing.printer import array_latex, to_latex

FONT = re.compile(r"\\(?:mathbf|boldsymbol|bm)\{([^{}]*)\}")
"""A bold letter is an array; a number is not bold."""
DATA, INPUT = frozenset("xyt"), "x"
OTHERS = ("u", "v", "p", "q")
"""Letters of an entry where the model has none for it."""
COMMAS = re.compile(r"_\{\s*\\?[A-Za-z]+(?:\s*,\s*\\?[A-Za-z]+)+\s*\}")
NOWHERE: Mapping[Any, Lin] = {}


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


@dataclass(frozen=True, slots=True)
class Written:
    """A step about a whole array, and the array in the model's notation."""

    step: Step
    latex: str


class Subject:
    """A model and its derivations."""

    def __init__(self, model: Model, part: bool = False) -> None:
        """Take a model; `part` says that it is a part of a larger network, as one with an open loss is anyway."""
        if model.network.loss is None:
            raise NetworkError(f"the model {model.name} has no loss: no scalar is defined in it")
        self.model = model
        self.network = model.network
        self.notation = _written_out(model)
        self.loss = Var(model.network.loss)
        self.part = part or any(kind == "any scalar" for _, kind in model.functions)
        self.refused: set[str] = set()  # forms in matrix notation that turned out to be none

    @cached_property
    def roles(self) -> Roles | None:
        return roles_of(self.network)

    # Names

    def latex(self, expr: Expr, beside: Expr = ONE) -> str:
        """Return an expression in the model's notation, derivatives that it has a name for by that name.

        Its bound letters mean nothing else in the model, nor in what stands `beside` it.
        """
        return to_latex(lettered(self.timed(self.signed(expr)), self.notation, (beside,)), self.notation)

    def timed(self, expr: Expr) -> Expr:
        """Return an expression whose sums count by the letters that the model has for what they run over."""
        expr = map_children(expr, self.timed)
        letter = self.counting(expr.body, expr.index) if isinstance(expr, Sum) else None
        if not isinstance(expr, Sum) or letter in (None, expr.index.name):
            return expr
        new = fresh(str(letter))
        return Sum(new, expr.range, subs(expr.body, {expr.index: lin(new)}))

    def counting(self, expr: Expr, index: Index) -> str | None:
        """Return the letter of the layers that an index counts in an expression, or of the places in an array that the
        model writes entry by entry; None for one that counts units."""
        named = {name: array for array, (name, _) in self.signals.items()}
        for entry in variables(expr):
            name = named.get(entry.name, entry.name)
            for slot in self.layer_slots(entry.name):
                if index in entry.idx[slot].indices():
                    return self.block(name).params[slot].name
            for letter, e in zip(self._entrywise.get(name, ()), entry.idx, strict=False):
                if letter and e == lin(index):
                    return letter
        return None

    def array(self, name: str, *layers: Lin | str) -> str:
        return array_latex(self._starts.get(name, name), layers, self.notation)

    @cached_property
    def _starts(self) -> dict[str, str]:
        """The starts that have no letters of their own, such as h_0 where the model has h_t: leaf -> array."""
        patterns = self.notation.patterns
        bodies = [(d.name, d.body) for d in self.network.definitions]
        return {body.name: name for name, body in bodies if isinstance(body, Var) and body.name not in patterns}

    def index(self, value: Lin) -> str:
        return index_latex(value, self.notation)

    @cached_property
    def signals(self) -> dict[str, tuple[str, Expr]]:
        """The model's names of derivatives of its loss: array -> the name, and what the derivative is times it.

        With dZ = m ∂J/∂Z, ∂J/∂Z is 1/m times dZ.
        """
        found: dict[str, tuple[str, Expr]] = {}
        for entry in self.model.table.every:
            body = entry.body
            factors = body.args if isinstance(body, Mul) else (body,)
            diffs = [f for f in factors if isinstance(f, Diff) and f.body == self.loss]
            rest = [f for f in factors if f not in diffs and f is not None]
            idx = tuple(lin(param.index) for param in entry.params)
            alike = len(diffs) == 1 and (diffs[0].var.idx == idx or self._is_written_alike(entry.name, diffs[0].var))
            if alike and entry.name in self.notation.patterns:
                found[diffs[0].var.name] = entry.name, tidy(Pow(tidy(Mul(tuple(rest))), MINUS_ONE)) if rest else ONE
        return found

    def _is_written_alike(self, name: str, var: Var) -> bool:
        """Whether the model writes the same letters in the same order below a name as below what it is the derivative
        by: g_{n,f,i,j} = ∂L/∂y_{n,f,i,j}."""
        own, array = (re.escape(self.array(one)) for one in (name, var.name))
        return any(
            re.fullmatch(rf"{own}(_\{{[^{{}}]*\}}) = .*\\partial {array}\1\}}", line) for line in self.model.where
        )

    def signed(self, expr: Expr) -> Expr:
        """Return an expression with δ for ∂C/∂z where the model has that name."""

        def change(node: Expr) -> Expr | None:
            match node:
                case Functional(name, args, ((place, entry),)) if name not in EXTREMES:
                    array = args[place].body
                    if isinstance(array, Var):
                        at = dict(zip(args[place].indices, entry, strict=True))
                        return Diff(Functional(name, args), Var(array.name, tuple(e.subs(at) for e in array.idx)))
                case Diff(body, var) if body == self.loss and var.name in self.signals:
                    name, factor = self.signals[var.name]
                    return Mul((factor, Var(name, var.idx)))
            return node if isinstance(node, Diff) else None

        return tidy(replaced(expr, change))

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

    def array_size(self, layer: str) -> str:
        """Return the width of a layer, as LaTeX."""
        return pattern_latex(self.notation.sizes[self.known.size], (layer,))

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

    # Units in a picture

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

    # Gradients

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

    def letter(self, name: str) -> str:
        """Return the letter of a name, small and without its font."""
        pattern = self.notation.patterns.get(name)
        return FONT.sub(r"\1", pattern.entry if pattern else name).lower()

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

    @cached_property
    def _entrywise(self) -> dict[str, tuple[str, ...]]:
        """The letters by which the model writes an array that it reads entry by entry: w_{f,c,a,b}; "" at a place that
        it reads by a sum of letters, x_{n,c,si+a}. An array in matrix notation has none."""
        found: dict[str, tuple[str, ...]] = {}
        for definition in self.network.definitions:
            if not self._is_entrywise(definition):
                continue
            found[definition.name] = tuple(param.name for param in definition.params)
            for v in variables(definition.body):
                letters = tuple(e.atom.name if isinstance(e.atom, Index) else "" for e in v.idx)
                plain = [letter for letter in letters if letter]
                if plain and len(set(plain)) == len(plain) and not self.layer_slots(v.name):
                    found.setdefault(v.name, letters)
        return found

    def _is_entrywise(self, definition: Definition) -> bool:
        """Whether the model states a definition by its general entry."""
        name = definition.name
        if not definition.params or name not in self.notation.patterns or self.layer_slots(name):
            return False
        entry = re.sub(r"[\\s{},]", "", self.array(name, *map(lin, definition.params)))
        return any(re.sub(r"[\\s{},]", "", sides(line)[0]) == entry for line in self.model.forward)

    def block(self, name: str) -> Definition | Leaf:
        """Return the definition of a name at most of its layers, or the leaf."""
        blocks: list[Definition | Leaf] = [*self.network.leaves, *self.network.definitions]
        found = [block for block in blocks if block.name == name]
        wide = [block for block in found if not any(r.lo == r.hi for r in block.ranges)]
        return (wide or found)[0]

    @property
    def over_time(self) -> bool:
        """Whether the layers are steps of time: what is learnt is the same at all of them."""
        layered = any(self.layer_slots(d.name) for d in self.network.definitions)
        return layered and not any(self.layer_slots(name) for name in self.parameters)

    def layer_slots(self, name: str) -> list[int]:
        arrays = {signal: array for array, (signal, _) in self.signals.items()}
        pattern = self.notation.patterns.get(self._starts.get(name, arrays.get(name, name)))
        return [n for n, slot in enumerate(pattern.slots) if slot.kind == "layer"] if pattern else []

    def shape(self, name: str) -> tuple[str, ...]:
        """Return the lengths of the axes of an array, as LaTeX; a sum in brackets where it stands beside others."""
        block, layers = self.block(name), self.layer_slots(name)
        lengths = [r.length for n, r in enumerate(block.ranges) if n not in layers]
        sums = [len(length.terms) + bool(length.const) > 1 and len(lengths) > 1 for length in lengths]
        return tuple(
            f"({self.index(one)})" if bracketed else self.index(one)
            for one, bracketed in zip(lengths, sums, strict=True)
        )

    # Matrix notation

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

    @property
    def one_hots(self) -> list[tuple[Entry, Iverson, Param]]:
        """The model's names of vectors that are one at a label."""
        entries = (entry for entry in self.model.table.every if len(entry.params) == 1)
        found = [(e, e.body, e.params[0]) for e in entries if isinstance(e.body, Iverson)]
        return [one for one in found if (one[1].left.indices() | one[1].right.indices()) & set(self.labels)]

    @cached_property
    def labels(self) -> dict[Index, Range]:
        return label_ranges(self.network)

    def at(self, expr: Expr, values: dict[Index, Lin]) -> str:
        """Return an expression with numbers or sizes in place of indices, as LaTeX."""
        return self.latex(subs(expr, values))


LAYERED = re.compile(r"(?P<base>.+?)(?P<place>[\^_])\{?(?P<bracket>[\[(]?)(?:\\[A-Za-z]+|[A-Za-z])[\])]?\}?")


def _written_out(model: Model) -> Notation:
    """Return the notation of a model, with the logistic function by its name where the model has no letter for it,
    functions that have a layer as the model writes them: g^{[l]}, and commas between indices where it has them."""
    notation = model.notation
    functions = {"sigmoid": r"\operatorname{sigmoid}", **notation.functions}
    patterns = dict(notation.patterns)
    for symbol, _ in model.functions:
        found = LAYERED.fullmatch(symbol)
        name = next((name for name, base in notation.functions.items() if found and base == found["base"]), None)
        if found and name is not None:
            place: Literal["sub", "sup"] = "sup" if found["place"] == "^" else "sub"
            slot = Slot(place, "layer", found["bracket"])  # type: ignore[arg-type]
            patterns.setdefault(name, Pattern(found["base"], found["base"], (slot,)))
        elif name is None:
            base = re.split(r"[\^_]", symbol)[0]
            functions |= {name: symbol for name, had in notation.functions.items() if had == base != symbol}
    commas = any(COMMAS.search(line) for line in model.forward)
    return replace(notation, functions=functions, patterns=patterns, commas=commas)
