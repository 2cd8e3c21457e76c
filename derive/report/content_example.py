"""The worked example: a small network with given numbers, up and down; every number comes from the oracle.

The value of each array is computed from the forward pass alone, derivatives by dual numbers; what the handout states
for it is evaluated too, and must agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product, takewhile
from typing import Any

from derive.algebra.expr import Add, Diff, Expr, Mul, Num, Sum, Var
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.substitute import subs
from derive.errors import InternalDisagreement
from derive.models.lines import sides
from derive.network.array_forms import has_axis
from derive.network.dependencies import variables
from derive.network.network import Leaf
from derive.network.tidy import number_of
from derive.report.content import Block, Display, Figure, Line, Section, Table, cells, paragraph
from derive.report.content_algorithm import behind_layers, downwards, goes_down
from derive.report.figure import network_drawing
from derive.report.gradients import Gradient
from derive.report.inline import prose
from derive.report.numbers import Array, Axes, Nested, Numbers, flat, sizes_in
from derive.report.subject import Subject
from derive.report.width import WIDEST, width

DIGITS, MOST, SHOWN = 4, 9, 60
CHECKED, NUDGE = 6, 4
SPACED = r", \qquad "
FLAT, BEHIND = 2, 10**6
TOLERANCE = 1e-9


def worked(about: Subject, numbers: Numbers) -> Section:
    """A small network with numbers; that of `numbers` has a function in place of each that `about` leaves open."""
    return Section("example", "A worked example", tuple(_Example(about, numbers).blocks()))


@dataclass
class _Example:
    open: Subject
    numbers: Numbers

    @property
    def about(self) -> Subject:
        return self.numbers.about

    def blocks(self) -> Iterator[Block]:
        yield paragraph(self._opening())
        if self._widths:
            caption = prose(f"The network of the example: {self._by()} units.")
            yield Figure(network_drawing(self._widths, self.about), caption, name="example")
        yield from self._given()
        yield from self._forward()
        yield from self._backward()
        yield from self._checked()
        yield paragraph(self._closing())

    # What is given

    @property
    def _widths(self) -> tuple[int, ...]:
        """The units of each layer, where the network is a perceptron for one example."""
        roles = self.about.roles
        if roles is None or roles.batch:
            return ()
        depth = self.numbers.concrete.lin(roles.depth, {})
        sizes = (Size(roles.size, (lin(k),)) for k in range(roles.first, depth + 1))
        return tuple(self.numbers.concrete.size(size.name, (size.args[0].const,)) for size in sizes)

    def _by(self) -> str:
        return ", ".join(map(str, self._widths[:-1])) + f" and {self._widths[-1]}"

    def _opening(self) -> str:
        chosen = [f"${symbol}$ is the logistic function" for symbol, kind in self.open.model.functions if kind == "any"]
        open_loss = any(kind == "any scalar" for _, kind in self.open.model.functions)
        pairs = zip(self.open.model.forward, self.about.model.forward, strict=True)
        distance = any(one != other and " - " in other for one, other in pairs)
        what = "error" if distance else "length of its first argument"
        chosen += [f"the open loss is half the squared {what}"] if open_loss else []
        taken = f" For the numbers, {' and '.join(chosen)}." if chosen else ""
        what = f"A network of {self._by()} units" if self._widths else f"The network with {self._sizes()}"
        return (
            f"{what}, small enough for paper. Every number that is not given is rounded to "
            f"{DIGITS} decimals, but the next one is computed from it unrounded.{taken}"
        )

    def _sizes(self) -> str:
        """Return the sizes of a network that is drawn by no widths."""
        blocks = (*self.numbers.leaves, *self.numbers.network.definitions)
        sizes = dict.fromkeys(size for block in blocks for r in block.ranges for size in sizes_in(r))
        said = [f"${self.about.index(lin(size))} = {self.numbers.concrete.size(size.name, ())}$" for size in sizes]
        return ", ".join(said) if said else "small sizes"

    def _given(self) -> Iterator[Block]:
        leaves = sorted(self.numbers.leaves, key=self._is_learnt)
        arrays = [(leaf, array) for leaf in leaves for array in self.numbers.arrays(leaf)]
        groups: dict[tuple[bool, tuple[int, ...]], list[str]] = {}
        for leaf, array in arrays:
            group = groups.setdefault((self._is_learnt(leaf), array.layers), [])
            if len(array.axes) > FLAT:
                group += self._pages(array.entry, array.entry, array.axes)
            elif text := self._shown(array.entry, array.axes):
                group.append(f"{self._left(array)} = {text}")
        groups[False, ()] = [*groups.get((False, ()), []), *self._labels()]
        lines = [line for group in groups.values() for line in _side_by_side(group)]
        if lines:  # what is given may be too large to be shown
            yield _display(*lines)

    def _is_learnt(self, leaf: Leaf) -> bool:
        return leaf.name in self.about.parameters

    def _labels(self) -> Iterator[str]:
        for label in self.about.labels:
            yield f"{label.name} = {self.numbers.concrete.free_index(label)}"
        for entry, body, param in self.about.one_hots:
            if param.range is not None:
                place = self.numbers.table(body, ((param.index, self.numbers.concreted(param.range)),))
                yield f"{self.about.array(entry.name)} = {arranged([Fraction(round(n)) for n in flat(place)])}"

    def _left(self, array: Array) -> str:
        return self.about.array(array.name, *map(lin, array.layers))

    def _shown(self, expr: Expr, axes: Axes) -> str:
        """Return the values of an expression as LaTeX; "" where there are too many."""
        table = self.numbers.table(expr, axes)
        return arranged(table) if len(flat(table)) <= SHOWN else ""

    def _pages(self, entry: Expr, values: Expr, axes: Axes) -> list[str]:
        """Return an array of many axes matrix by matrix, as equations: w_{12ab} = …; none where there are too many."""
        if len(flat(self.numbers.table(values, axes))) > SHOWN:
            return []
        *leading, _, _ = axes
        places = product(*(range(r.lo.const, r.hi.const + 1) for _, r in leading))
        found = ({index: lin(n) for (index, _), n in zip(leading, place, strict=True)} for place in places)
        pages = ((subs(entry, at), self.numbers.table(subs(values, at), axes[-FLAT:])) for at in found)
        return [f"{self.about.latex(left)} = {arranged(table)}" for left, table in pages]

    # Forward

    def _forward(self) -> Iterator[Block]:
        """Yield the forward pass, a display for each layer, and one for the loss."""
        arrays = list(self.numbers.computed)
        last = [arrays.pop() for _ in takewhile(lambda array: not array.axes, reversed(self.numbers.computed))]
        groups: dict[int, list[Line]] = {}
        for layer, array in self._by_layer(arrays):
            lines = list(self._computed(array))
            if lines:
                groups.setdefault(layer, []).extend(lines)
        for n, (layer, lines) in enumerate(groups.items()):
            above = "Up to the next layer:" if self.about.roles else f"For ${self._letter} = {layer}$:"
            above = "From all of these:" if layer == BEHIND else above
            of_many = n == 0 and len(groups) > 1 and layer and not self.about.roles
            first = f"From the input up, for ${self._letter} = {layer}$:" if of_many else "From the input up:"
            yield paragraph(f"**Forward.** {first}" if n == 0 else above)
            yield _display(*lines)
        lines = [line for array in reversed(last) for line in self._computed(array)]
        yield paragraph("The loss:" if len(lines) == 1 else "The numbers that the loss is made of, and the loss:")
        yield _display(*lines)

    def _by_layer(self, arrays: list[Array]) -> Iterator[tuple[int, Array]]:
        """Yield arrays with their layers, one layer after the other; one without stands before or behind all of them,
        in a perceptron with the last."""
        layer, placed = 0, list[tuple[int, Array]]()
        for array in arrays:
            behind = layer if self.about.roles or not layer else BEHIND
            layer = array.layers[0] if array.layers else behind
            placed.append((layer, array))
        yield from sorted(placed, key=lambda pair: pair[0])

    def _computed(self, array: Array) -> Iterator[Line]:
        """Yield an array with its formula, the numbers in it, and its values; what only renames stays out."""
        assert array.body is not None
        unnamed = isinstance(array.body, Var) and array.body.name not in self.about.notation.patterns
        if unnamed or (isinstance(array.body, Var) and array.axes and self._widths):
            return
        if len(array.axes) > FLAT:
            yield from _side_by_side(self._pages(array.entry, array.entry, array.axes))
            return
        values = self._shown(array.entry, array.axes)
        form = self._form(array)
        stated = self._stated(array.name) if not array.layers else ""
        middle = self._middle(array.body, array.axes) if form and stated in ("", form) else ""
        if values:
            yield from self._lines(self._left(array), stated or form, f"{middle} = {values}" if middle else values)

    def _form(self, array: Array) -> str:
        """Return the body of a definition in the open network's functions, an array in matrix notation; "" for none."""
        own, source = (x.network.definitions[array.place] for x in (self.about, self.open))
        layers = dict(array.at)
        at: dict[Any, Lin] = {p: layers[q] for p, q in zip(source.params, own.params, strict=True) if q in layers}
        body = subs(source.body, at)
        axes = tuple((p, r.subs(at)) for p, r in zip(source.params, source.ranges, strict=True) if p not in at)
        return (self.open.form_of(body, axes) or "") if axes else self.open.latex(body)

    def _stated(self, name: str) -> str:
        """Return how the model writes what an array is; "" where it writes it entry by entry."""
        left = self.open.array(name)
        stated = (sides(line) for line in self.open.model.forward)
        return next((right for one, right in stated if one == left or one.startswith(f"{left}(")), "")

    # Backward

    def _backward(self) -> Iterator[Block]:
        """Yield the gradients: those of a layer together, from the top down."""
        found = [(layer, line) for layer, lines in self._levels() for line in lines]
        said = "**Backward.** From the loss down, each array by the formula found for it:"
        for n, (layer, same) in enumerate(groupby(found, lambda pair: pair[0])):
            lines = [line for _, line in same]
            if n == 0 or layer is None:
                yield paragraph(said if n == 0 else self._shared)
            if layer is not None:
                yield paragraph(f"At layer ${layer}$:" if self.about.roles else f"For ${self._letter} = {layer}$:")
            yield _display(*lines, step=True)

    @property
    def _letter(self) -> str:
        """The letter of the layers, or times, of a network that is no perceptron."""
        layers = (g.layer.atom for g in self.about.gradients if g.layer is not None)
        return next((atom.name for atom in layers if isinstance(atom, Index)), "k")

    @property
    def _shared(self) -> str:
        """What is said before the gradients that belong to no layer and come last."""
        learnt = behind_layers(self.about) <= set(self.about.parameters)
        return "The parameters, which all of these share:" if self.about.over_time and learnt else "What is left:"

    def _levels(self) -> Iterator[tuple[int | None, list[Line]]]:
        about = self.about
        ordered = goes_down(about)
        layers = sorted({n for g in about.gradients for n in self._layers(g)}, reverse=ordered)
        last = {*about.parameters, *behind_layers(about)}
        shared = [g for g in about.gradients if g.layer is None and g.name in last]
        above = [g for g in about.gradients if g.layer is None and g not in shared]
        if not layers:
            yield None, [line for g in (*above, *shared) for line in self._line(g, {})]
            return
        if not ordered:
            yield None, [line for g in above for line in self._line(g, {})]
        for layer in layers:
            lines = [line for g in above if ordered and layer == layers[0] for line in self._line(g, {})]
            for gradient in downwards(about, [g for g in about.gradients if layer in self._layers(g)]):
                lines += self._line(gradient, self._at(gradient, layer))
            yield layer, lines
        yield None, [line for g in shared for line in self._line(g, {})]

    def _at(self, gradient: Gradient, layer: int) -> dict[Index, Lin]:
        atom = gradient.layer.atom if gradient.layer is not None else None
        return {atom: lin(layer)} if isinstance(atom, Index) else {}

    def _layers(self, gradient: Gradient) -> list[int]:
        """Return the layers that a gradient speaks of, without those that have a rule of their own."""
        layer, range_ = gradient.layer, gradient.range
        if layer is None or len(gradient.layers) != 1:
            return []
        alone = self.numbers.whole(layer)
        if alone is not None:
            return [alone]
        if range_ is None:
            return []
        same = [g for g in self.about.gradients if g.name == gradient.name and g is not gradient and g.last]
        own = {self.numbers.whole(g.layer) for g in same if g.layer is not None}
        low, high = (self.numbers.concrete.lin(end, {}) for end in (range_.lo, range_.hi))
        return [n for n in range(low, high + 1) if n not in own]

    def _line(self, gradient: Gradient, here: dict[Index, Lin]) -> Iterator[Line]:
        about = self.about
        at: dict[Any, Lin] = {**here, **self._depths}
        goal, result = (subs(about.times(gradient, e), at) for e in (gradient.goal, gradient.result))
        if {i for v in variables(goal) for e in v.idx for i in e.indices()} - set(gradient.rows) - set(about.labels):
            return
        form = about.form(gradient, at) if gradient.rows else about.latex(result, goal)
        axes = tuple((i, self.numbers.concreted(r.subs(at))) for i, r in gradient.axes)
        found = self.numbers.table(goal, axes)
        self._compare(found, self.numbers.table(result, axes), form or "")
        if len(axes) > FLAT:
            yield from _side_by_side(self._pages(goal, goal, axes))
            return
        left = about.gradient_latex(gradient.name, *(e.subs(at) for e in gradient.layers))
        if len(flat(found)) <= SHOWN:
            middle = self._middle(result, axes)
            yield from self._lines(left, form or "", f"{middle} = {arranged(found)}" if middle else arranged(found))

    @property
    def _depths(self) -> dict[Any, Lin]:
        """The number of layers, which is the index of the top one."""
        ends = (r.hi.atom for d in self.about.network.definitions for r in d.ranges)
        sizes = (atom for atom in ends if isinstance(atom, Size) and not atom.args)
        layered = {self.about.known.depth.atom} if self.about.roles else set()
        ranges = (g.range.hi.atom for g in self.about.gradients if g.range is not None)
        layered |= {atom for atom in ranges if isinstance(atom, Size) and not atom.args}
        return {size: lin(self.numbers.concrete.size(size.name, ())) for size in sizes if size in layered}

    def _lines(self, left: str, formula: str, numbers: str) -> Iterator[Line]:
        """Yield a formula with its numbers, on a line of their own where they are wide."""
        if formula and numbers.count("&") + 2 * numbers.count("bmatrix") > 24:
            yield from (Line(left, f"= {formula}"), Line("", f"= {numbers}"))
        else:
            yield Line(left, f"= {formula} = {numbers}" if formula else f"= {numbers}")

    def _compare(self, one: Nested, other: Nested, form: str) -> None:
        for a, b in zip(map(float, flat(one)), map(float, flat(other)), strict=True):
            if abs(a - b) > TOLERANCE * max(1.0, abs(a)):
                raise InternalDisagreement(f"worked example: {form} is {b!r}, but {a!r} by the oracle")

    # Numbers put in

    def _middle(self, body: Expr, axes: Axes) -> str:
        """Return a form with its numbers put in, where it is a sum or product of columns or a matrix times one."""
        if len(axes) != 1:
            return ""
        match body:
            case Add() if all(_term(arg)[0] for arg in _terms(body)):
                ordered = sorted(_terms(body), key=lambda arg: _term(arg)[0] < 0)
                signed = [f"{'-' if _term(arg)[0] < 0 else '+'} {self._column(_term(arg)[1], axes)}" for arg in ordered]
                return " ".join(signed).removeprefix("+ ")
            case Mul(args) if len(args) == 2 and not any(isinstance(arg, Num) for arg in args):
                one, other = sorted(args, key=lambda arg: has_axis(arg, axes[0][0]))
                scaled = not has_axis(one, axes[0][0])
                left = arranged(self.numbers.table(one, () if scaled else axes))
                return f"{left} {'' if scaled else chr(92) + 'odot '}{arranged(self.numbers.table(other, axes))}"
            case Sum():
                return self._product(body, axes)
        return ""

    def _column(self, term: Expr, axes: Axes) -> str:
        """Return a term of a sum: a matrix times a column where it is that, else its values."""
        product = self._product(term, axes) if isinstance(term, Sum) else ""
        return product or arranged(self.numbers.table(term, axes))

    def _product(self, total: Sum, axes: Axes) -> str:
        """Return Σ_j A[i,j] v[j] as the numbers of A times those of v."""
        ((row, _),) = axes
        args = total.body.args if isinstance(total.body, Mul) else ()
        both = [a for a in args if any(row in e.indices() for v in variables(a) for e in v.idx)]
        if len(args) != 2 or len(both) != 1:
            return ""
        (rest,) = [arg for arg in args if arg is not both[0]]
        inner = (total.index, self.numbers.concreted(total.range))
        matrix, column = self.numbers.table(both[0], (*axes, inner)), self.numbers.table(rest, (inner,))
        return f"{arranged(matrix)} {arranged(column)}"

    def _checked(self) -> Iterator[Block]:
        """Yield the check that needs no calculus: a little more and a little less of each parameter in turn."""
        found = [
            (self._entry(array, place), *self._slopes(array.name, (*array.layers, *place)))
            for leaf in self.numbers.leaves if leaf.name in self.about.sought
            for array in self.numbers.arrays(leaf) for place in array.places
        ]  # fmt: skip
        if not found:
            return
        worst = max(abs(slope - ratio) for _, slope, ratio in found)
        loss, step = self.about.notation.loss, rf"10^{{-{NUDGE}}}"
        yield paragraph(
            f"**Numeric check.** Each number that a derivative is wanted by, in turn a little up and a little down, by "
            rf"${step}$, and the forward pass anew: the difference of the two losses over $2 \cdot {step}$ is close to "
            f"the derivative. For all {len(found)} the largest difference is ${scientific(worst)}$; the table has some "
            "of them."
        )
        some = found[:: -(-len(found) // CHECKED)]
        head = cells("Derivative by", "By its formula", "By the two losses")
        rows = (cells(f"${name}$", f"${slope:.8f}$", f"${ratio:.8f}$") for name, slope, ratio in some)
        yield Table("lll", head, tuple(rows), prose(f"Derivatives of ${loss}$ checked by differences."), numeric=True)

    def _entry(self, array: Array, place: tuple[int, ...]) -> str:
        at = dict(zip((index for index, _ in array.axes), map(lin, place), strict=True))
        return self.about.latex(subs(array.entry, at))

    def _slopes(self, name: str, place: tuple[int, ...]) -> tuple[float, float]:
        """Return a derivative of the loss by dual numbers, and by central differences."""
        numbers, loss, step = self.numbers, self.about.loss, Fraction(1, 10**NUDGE)
        value = numbers.entry(name, place)
        up, down = (numbers.value(loss, numbers.moved({(name, place): value + s})) for s in (step, -step))
        return numbers.value(Diff(loss, Var(name, tuple(map(lin, place))))), (up - down) / float(2 * step)

    def _closing(self) -> str:
        agrees = (
            "Every derivative of this example was computed from the forward pass alone, in interval arithmetic, and "
            "agrees with its formula."
        )
        if not self.about.parameters:
            return agrees
        rate = self.numbers.rate
        before, after = self.numbers.value(self.about.loss), self.numbers.descended(rate)
        digits = next((n for n in range(DIGITS, MOST) if f"{before:.{n}f}" != f"{after:.{n}f}"), MOST)
        return (
            f"One step of gradient descent with learning rate ${shown(rate)}$ takes the loss from "
            f"${before:.{digits}f}$ to ${after:.{digits}f}$. {agrees}"
        )


def _terms(total: Add) -> list[Expr]:
    return [inner for arg in total.args for inner in (_terms(arg) if isinstance(arg, Add) else [arg])]


def _term(term: Expr) -> tuple[int, Expr]:
    """Return the sign of a term and what it is of; sign 0 for a multiple."""
    number = number_of(term)
    rest = Mul(tuple(f for f in term.args if not isinstance(f, Num))) if isinstance(term, Mul) else term
    if isinstance(rest, Mul) and len(rest.args) == 1:
        (rest,) = rest.args
    return (int(number) if number in (1, -1) else 0), rest


def _side_by_side(equations: list[str]) -> Iterator[Line]:
    """Yield equations in lines, as many in one as there is room for."""
    line = list[str]()
    for equation in equations:
        if line and width(SPACED.join((*line, equation))) > WIDEST:
            yield _equations(line)
            line = []
        line.append(equation)
    if line:
        yield _equations(line)


def _equations(line: list[str]) -> Line:
    left, _, right = line[0].partition(" = ")
    return Line(left, SPACED.join([f"= {right}", *line[1:]]))


def _display(*lines: Line, step: bool = False) -> Display:
    return Display(lines, step=step, numeric=True)


def shown(value: float | Fraction) -> str:
    """Return a given number exactly, with as few digits as it has or as a fraction, and another one rounded."""
    if isinstance(value, Fraction):
        text = f"{float(value):.{DIGITS}f}".rstrip("0")
        exact = Fraction(text) == value
        return (
            text.removesuffix(".")
            if exact
            else (rf"{'-' if value < 0 else ''}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}")
        )
    text = f"{value:.{DIGITS}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def scientific(value: float) -> str:
    """Return a small number with one digit: 3 \\cdot 10^{-9}."""
    digit, _, power = f"{value:.0e}".partition("e")
    return rf"{digit} \cdot 10^{{{int(power)}}}" if value else "0"


def arranged(table: Nested) -> str:
    """Return numbers as LaTeX: a number, a column, a matrix, or a list of these."""
    if not isinstance(table, list):
        return shown(table)
    rows = [row if isinstance(row, list) else [row] for row in table]
    if any(isinstance(cell, list) for row in rows for cell in row):
        return r"\left(" + r",\; ".join(map(arranged, table)) + r"\right)"
    body = r" \\ ".join(" & ".join(arranged(cell) for cell in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
