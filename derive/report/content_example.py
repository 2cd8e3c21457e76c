"""The worked example: a small network with given numbers, up and down; every number comes from the oracle.

The value of each array is computed from the forward pass alone, derivatives by dual numbers; what the handout states
for it is evaluated too, and must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import cycle
from typing import Any

from derive.algebra.expr import Add, Diff, Expr, Fun, Mul, Num, Sum, Var
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.substitute import subs, walk
from derive.errors import InternalDisagreement
from derive.network.dependencies import variables
from derive.network.tidy import number_of
from derive.proof.draw import Concrete, draw_network
from derive.proof.evaluate import evaluate
from derive.report.content import Block, Display, Figure, Line, Section, paragraph
from derive.report.figure import network_drawing
from derive.report.inline import prose
from derive.report.subject import Gradient, Subject

DIGITS, WIDE = 4, 4
RATE, PENALTY = Fraction(1, 10), Fraction(1, 100)
TOLERANCE = 1e-9
_WEIGHTS = tuple(Fraction(n, 10) for n in (5, -3, 8, -6, 2, 9, -4, 7, -1, 6, -8, 3, -7))
_BIASES = tuple(Fraction(n, 10) for n in (1, -2, 3, -4))
_INPUTS = tuple(Fraction(n, 2) for n in (2, 1, -2, 4, 3, -1))
_TARGETS = tuple(Fraction(n, 4) for n in (2, 4, 0, 1, 3, 4))
Table = tuple[tuple[float | Fraction, ...], ...]
Values = Mapping[tuple[str, tuple[int, ...]], Fraction]


def worked(about: Subject, closed: Subject, widths: tuple[int, ...]) -> Section:
    """A small network with numbers; `closed` is the same with a function in place of each that is left open."""
    return Section("example", "A worked example", tuple(_Example(closed, about, widths).blocks()))


@dataclass
class _Example:
    about: Subject
    open: Subject
    widths: tuple[int, ...]

    # Numbers

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @cached_property
    def values(self) -> Values:
        """The given numbers: those for which no pre-activation is near a corner of its function, if there are any."""
        choices = [self._chosen(start) for start in range(len(_WEIGHTS))]
        return next((values for values in choices if self._generic(values)), choices[0])

    def _chosen(self, start: int) -> Values:
        roles = self.about.known
        numbers = cycle(_WEIGHTS[start:] + _WEIGHTS[:start])
        found: dict[tuple[str, tuple[int, ...]], Fraction] = {}
        for k in range(1, self.depth + 1):
            for i in range(1, self.widths[k] + 1):
                found[roles.bias, (roles.first + k, i)] = _BIASES[(i + k - 1) % len(_BIASES)]
                for j in range(1, self.widths[k - 1] + 1):
                    found[roles.weight, (roles.first + k, i, j)] = next(numbers)
        found |= {(roles.inputs, (i,)): _INPUTS[i - 1] for i in range(1, self.widths[0] + 1)}
        found |= {(roles.targets, (i,)): y for i, y in enumerate(self._target(), 1)}
        return found | {(leaf.name, ()): PENALTY for leaf in self.about.network.leaves if not leaf.params}

    def _target(self) -> Sequence[Fraction]:
        width = self.widths[-1]
        if self.about.network.facts:  # they say that the targets sum to one
            return [Fraction(1 + (unit == 2 or width == 1), width + (width > 1)) for unit in range(1, width + 1)]
        nodes = (node for d in self.about.network.definitions for node in walk(d.body))
        logged = any(isinstance(node, Fun) and node.name == "log" for node in nodes)
        return [Fraction(unit % 2) for unit in range(width)] if logged else _TARGETS[:width]

    def _generic(self, values: Values) -> bool:
        concrete = self._concrete(values)
        pre = [self._number(Var(self.about.known.pre, at), concrete) for at in self._units()]
        return min(map(abs, pre)) > 0.04

    def _units(self) -> Iterator[tuple[Lin, Lin]]:
        first = self.about.known.first
        for k in range(1, self.depth + 1):
            yield from ((lin(first + k), lin(i)) for i in range(1, self.widths[k] + 1))

    @property
    def depth_size(self) -> Size:
        depth = self.about.known.depth.atom
        assert isinstance(depth, Size)
        return depth

    def _concrete(self, values: Values) -> Concrete:
        roles = self.about.known
        sizes = {self.depth_size: roles.first + self.depth}
        sizes |= {Size(roles.size, (lin(roles.first + k),)): width for k, width in enumerate(self.widths)}
        free = {label: min(2, self.widths[-1]) for label in self.about.labels}
        return draw_network(self.about.network, sizes=sizes, values=values, free=free)

    @cached_property
    def concrete(self) -> Concrete:
        return self._concrete(self.values)

    def _number(self, expr: Expr, concrete: Concrete | None = None) -> float:
        return float(evaluate(expr, concrete or self.concrete).mid())

    def number_of_layer(self, layer: Lin) -> int:
        """Return the number of a layer that is given in terms of the depth."""
        return self.concrete.lin(layer, {})

    def table(self, expr: Expr, rows: Sequence[Index], lengths: Sequence[int]) -> Table:
        """Return the values of an expression over its axes, a column where it has one."""
        places = [range(1, length + 1) for length in (*lengths, 1)[:2]]
        return tuple(
            tuple(self._shown(subs(expr, {r: lin(n) for r, n in zip(rows, (i, j), strict=False)})) for j in places[1])
            for i in places[0]
        )

    def _shown(self, expr: Expr) -> float | Fraction:
        """Return the value of an entry, exactly where it was given."""
        if isinstance(expr, Var) and all(e.is_const for e in expr.idx):
            given = self.values.get((expr.name, tuple(e.const for e in expr.idx)))
            if given is not None:
                return given
        return self._number(expr)

    # The page

    def blocks(self) -> Iterator[Block]:
        about = self.about
        yield paragraph(self._opening())
        caption = prose(f"The network of the example: {self._by()} units.")
        yield Figure(network_drawing(self.widths, about), caption, name="example")
        yield self._given()
        for k in range(1, self.depth + 1):
            yield paragraph("**Forward.** From the input up:" if k == 1 else "Up to the next layer:")
            yield self._forward(k)
        yield from self._loss()
        yield paragraph("**Backward.** From the top down, each array by the formula found for it:")
        for k in range(self.depth, 0, -1):
            lines = list(self._backward(k))
            yield paragraph(f"At layer ${about.known.first + k}$:")
            yield _display(*lines, step=True)
        yield paragraph(self._closing())

    def _by(self) -> str:
        return ", ".join(map(str, self.widths[:-1])) + f" and {self.widths[-1]}"

    def _opening(self) -> str:
        chosen = [f"${symbol}$ is the logistic function" for symbol, kind in self.open.model.functions if kind == "any"]
        open_loss = any(kind == "any scalar" for _, kind in self.open.model.functions)
        chosen += ["the loss of an example is half the squared error"] if open_loss else []
        taken = f" For the numbers, {' and '.join(chosen)}." if chosen else ""
        return (
            f"A network of {self._by()} units, small enough for paper. Every number that is not given is rounded to "
            f"{DIGITS} decimals, but the next one is computed from it unrounded.{taken}"
        )

    def _given(self) -> Display:
        roles, name = self.about.known, self.about.array
        lines = [Line(name(roles.inputs), f"= {matrix(self._of(roles.inputs, (), self.widths[0]))}")]
        if roles.targets:
            lines.append(Line(name(roles.targets), f"= {matrix(self._of(roles.targets, (), self.widths[-1]))}"))
        for label in self.about.labels:
            lines.append(Line(label.name, f"= {min(2, self.widths[-1])}"))
        for entry, body, param in self.about.one_hots:
            place = self.table(body, (param.index,), (self.widths[-1],))
            lines.append(Line(name(entry.name), f"= {matrix(place, _whole)}"))
        for k in range(1, self.depth + 1):
            at = str(roles.first + k)
            weights = matrix(self._of(roles.weight, (roles.first + k,), self.widths[k], self.widths[k - 1]))
            bias = matrix(self._of(roles.bias, (roles.first + k,), self.widths[k]))
            lines.append(Line(name(roles.weight, at), rf"= {weights}, \qquad {name(roles.bias, at)} = {bias}"))
        scalars = [x.name for x in self.about.network.leaves if not x.params and self._matters(x.name)]
        lines += [Line(name(scalar), f"= {shown(PENALTY)}") for scalar in scalars]
        return _display(*lines)

    def _matters(self, name: str) -> bool:
        return any(v.name == name for d in self.about.network.definitions for v in variables(d.body))

    def _of(self, name: str, layer: tuple[int, ...], rows: int, columns: int = 0) -> Table:
        """Return given numbers as they were given."""
        across = range(1, columns + 1) if columns else (None,)
        return tuple(
            tuple(self.values[name, (*layer, i) if j is None else (*layer, i, j)] for j in across)
            for i in range(1, rows + 1)
        )

    def _forward(self, k: int) -> Display:
        roles, name, at = self.about.known, self.about.array, self.about.known.first + k
        given, width = self._of(roles.inputs, (), self.widths[0]), self.widths[k - 1]
        below = matrix(given if k == 1 else self._column(roles.hidden, at - 1, width))
        weights = matrix(self._of(roles.weight, (at,), self.widths[k], self.widths[k - 1]))
        bias = matrix(self._of(roles.bias, (at,), self.widths[k]))
        pre = matrix(self._column(roles.pre, at, self.widths[k]))
        stated = f"{name(roles.weight, str(at))} {name(roles.hidden, str(at - 1))} + {name(roles.bias, str(at))}"
        lines = [*self._lines(name(roles.pre, str(at)), stated, f"{weights} {below} + {bias} = {pre}")]
        if k < self.depth or roles.output == roles.hidden:
            hidden = matrix(self._column(roles.hidden, at, self.widths[k]))
            lines.append(Line(name(roles.hidden, str(at)), f"= {hidden}"))
        if k == self.depth and roles.output != roles.hidden:
            lines.append(Line(name(roles.output), f"= {matrix(self._column(roles.output, None, self.widths[k]))}"))
        return _display(*lines)

    def _column(self, name: str, layer: int | None, rows: int) -> Table:
        i = Index("entry")
        idx = (lin(i),) if layer is None else (lin(layer), lin(i))
        return self.table(Var(name, idx), (i,), (rows,))

    def _loss(self) -> Iterator[Block]:
        yield paragraph("The loss:")
        scalars = [d.name for d in self.about.network.definitions if not d.params]
        yield _display(*(Line(self.about.array(s), f"= {shown(self._number(Var(s)))}") for s in scalars))

    def _backward(self, k: int) -> Iterator[Line]:
        """Yield the gradients at a layer, those by values before those by parameters."""
        at = self.about.known.first + k
        for gradient in self.about.gradients:
            here = self._here(gradient, at)
            if here is not None:
                yield from self._line(gradient, here)

    def _here(self, gradient: Gradient, at: int) -> dict[Index, Lin] | None:
        """Return the letter of the layer with its number, where a gradient speaks of that layer."""
        layer, top = gradient.layer, self.about.known.first + self.depth
        if layer is None:
            return {} if at == top and gradient.rows else None
        if not isinstance(layer.atom, Index):
            return {} if self.number_of_layer(layer) == at else None
        higher = [g for g in self.about.gradients if g.name == gradient.name and g is not gradient and g.last]
        if any(g.layer is not None and self.number_of_layer(g.layer) == at for g in higher):
            return None
        layers = gradient.range
        within = layers is not None and self.number_of_layer(layers.lo) <= at <= self.number_of_layer(layers.hi)
        return {layer.atom: lin(at)} if within else None

    def _line(self, gradient: Gradient, here: dict[Index, Lin]) -> Iterator[Line]:
        about = self.about
        at: dict[Any, Lin] = {**here, self.depth_size: lin(about.known.first + self.depth)}
        goal, result = (subs(about.scaled(gradient, e), at) for e in (gradient.goal, gradient.result))
        form = about.form(gradient, at)
        lengths = [self.concrete.lin(r.hi.subs(at), {}) for _, r in gradient.axes]
        found = self.table(goal, gradient.rows, lengths)
        self._compare(found, self.table(result, gradient.rows, lengths), form or "")
        left = about.gradient_latex(gradient.name, *(e.subs(at) for e in gradient.layers))
        middle = self._middle(result, gradient.rows, lengths)
        numbers = f"{middle} = {matrix(found)}" if middle else matrix(found)
        yield from self._lines(left, form or "", numbers)

    def _lines(self, left: str, formula: str, numbers: str) -> Iterator[Line]:
        """Yield a formula with its numbers, on a line of their own where layers are wide."""
        if formula and max(self.widths) > WIDE:
            yield from (Line(left, f"= {formula}"), Line("", f"= {numbers}"))
        else:
            yield Line(left, f"= {formula} = {numbers}" if formula else f"= {numbers}")

    def _compare(self, one: Table, other: Table, form: str) -> None:
        for a, b in zip((float(x) for row in one for x in row), (float(x) for row in other for x in row), strict=True):
            if abs(a - b) > TOLERANCE * max(1.0, abs(a)):
                raise InternalDisagreement(f"worked example: {form} is {b!r}, but {a!r} by the oracle")

    def _middle(self, result: Expr, rows: tuple[Index, ...], lengths: Sequence[int]) -> str:
        """Return a form with its numbers put in, where it is a sum or product of columns or a matrix times one."""
        if len(rows) != 1:
            return ""
        match result:
            case Add(args) if all(number_of(arg) in (1, -1) for arg in args):
                columns = [(number_of(arg) < 0, self.table(_bare(arg), rows, lengths)) for arg in args]
                signed = [("- " if minus else "+ ") + matrix(column) for minus, column in columns]
                return " ".join(signed).removeprefix("+ ")
            case Mul(args) if len(args) == 2 and not any(isinstance(arg, Num) for arg in args):
                return r" \odot ".join(matrix(self.table(arg, rows, lengths)) for arg in args)
            case Sum(index, range_, Mul(args)) if len(args) == 2:
                inner = self.concrete.lin(range_.hi, {})
                both = [a for a in args if any(rows[0] in e.indices() for v in variables(a) for e in v.idx)]
                if len(both) == 1:
                    (rest,) = [arg for arg in args if arg is not both[0]]
                    left = self.table(both[0], (rows[0], index), (*lengths, inner))
                    return f"{matrix(left)} {matrix(self.table(rest, (index,), (inner,)))}"
        return ""

    def _closing(self) -> str:
        loss = self._number(self.about.loss)
        moved = {
            (name, idx): value - RATE * Fraction(self._number(Diff(self.about.loss, Var(name, tuple(map(lin, idx))))))
            if name in self.about.parameters else value
            for (name, idx), value in self.values.items()
        }  # fmt: skip
        after = self._number(self.about.loss, self._concrete(moved))
        return (
            rf"One step of gradient descent with learning rate ${shown(RATE)}$ takes the loss from ${shown(loss)}$ to "
            rf"${shown(after)}$. Every derivative of this example was computed from the forward pass alone, in "
            "interval arithmetic, and agrees with its formula."
        )


def _bare(term: Expr) -> Expr:
    return Mul(tuple(f for f in term.args if not isinstance(f, Num))) if isinstance(term, Mul) else term


def _display(*lines: Line, step: bool = False) -> Display:
    return Display(lines, step=step, numeric=True)


def shown(value: float | Fraction) -> str:
    """Return a given number exactly, with as few digits as it has or as a fraction, and another one rounded."""
    if isinstance(value, Fraction):
        text = f"{float(value):.{DIGITS}f}".rstrip("0")
        exact = Fraction(text) == value
        return (
            (text + "0" if text.endswith(".") else text)
            if exact
            else (rf"{'-' if value < 0 else ''}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}")
        )
    text = f"{value:.{DIGITS}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _whole(value: float | Fraction) -> str:
    return f"{float(value):.0f}"


def matrix(rows: Table, form: Callable[[float | Fraction], str] = shown) -> str:
    """Return a matrix of numbers as LaTeX."""
    body = r" \\ ".join(" & ".join(form(value) for value in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
