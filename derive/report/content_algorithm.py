"""The algorithm: forward pass, backward pass and descent as pseudo-code, each line after those that it reads.

What is stated for all layers stands in a loop over them: there a line may read what another one has for the same layer,
or for the layer before it on the way; what reads all layers at once stands behind the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from derive.algebra.expr import Diff, Var
from derive.algebra.index import Lin, lin
from derive.algebra.substitute import walk
from derive.models.lines import sides
from derive.network.dependencies import variables
from derive.network.network import Definition
from derive.report.content import Algorithm, Section, Step, paragraph
from derive.report.content_gradients import anchor, is_given
from derive.report.content_setting import RANGE
from derive.report.given import canonical
from derive.report.gradients import Gradient
from derive.report.inline import prose
from derive.report.subject import Subject

AHEAD = (0, 1, -1)
"""How far ahead of its layer a line may state an array: h_t, x_{l+1}."""
RATES = (r"\eta", r"\alpha", r"\epsilon", r"\rho", r"\tau")
Loop = tuple[str, str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class _Row:
    """One line: which array it computes, and which arrays it reads.

    `where` has its layers, and `at` the layer of a line for one alone. Of what it reads, `now` is read at its own
    layer, `near` at another one, `whole` at all of them.
    """

    name: str
    text: str
    where: str = ""
    at: str = ""
    remark: str = ""
    now: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    @property
    def layered(self) -> bool:
        return bool(self.where or self.at)


def algorithm(about: Subject) -> Section:
    """The forward and backward pass as pseudo-code; what is stated for all layers stands in a loop over them."""
    loop = _loop(about)
    lines = [*_pass(loop, _forward_rows(about, loop), "forward pass", up=True)]
    lines += _pass(loop, _backward_rows(about), "backward pass", up=False)
    lines += _pass(loop, _descent_rows(about), "one step of gradient descent", up=True)
    said = "Everything together. What is computed on the way up is kept for the way down."
    said += " Each layer costs one matrix product on the way up and two on the way down." if about.roles else ""
    steps = tuple(Step(n, prose(text), prose(remark)) for n, text, remark in lines)
    return Section("algorithm", "The algorithm", (paragraph(said), Algorithm("Backpropagation", steps)))


def _loop(about: Subject) -> Loop | None:
    """Return the layers that have parameters, or else values: first, letter, last."""
    for name in (*about.parameters, *(d.name for d in about.network.definitions)):
        block = about.block(name)
        for n in about.layer_slots(name):
            if block.ranges[n].lo != block.ranges[n].hi:
                return about.index(block.ranges[n].lo), str(block.params[n]), about.index(block.ranges[n].hi)
    return None


# What is computed


def _forward_rows(about: Subject, loop: Loop | None) -> list[_Row]:
    """Return the lines of the model, one that is not known to define an array after all that stand before it."""
    rows = list[_Row]()
    found = [(_definition(about, left), left, right) for left, right in map(sides, about.model.forward) if right]
    ahead = {told[0].name: told[1] for told, _, _ in found if told is not None and told[1]}
    for told, left, right in found:
        where = RANGE.search(right)
        text, said = rf"${left} \leftarrow {RANGE.sub('', right)}$", where[1] if where else ""
        if told is None:
            rows.append(_Row("", text, said, now=frozenset(row.name for row in rows)))
            continue
        definition, step = told
        layers = [definition.ranges[n] for n in about.layer_slots(definition.name)]
        at = about.index(layers[0].lo) if layers and layers[0].lo == layers[0].hi else ""
        own = lin(definition.params[about.layer_slots(definition.name)[0]]) - step if layers and not at else None
        now, near, whole = _reads(about, variables(definition.body), own if not at else layers[0].lo, ahead)
        rows.append(_Row(definition.name, text, said, at, "", now, near, whole))
    return rows


def _definition(about: Subject, left: str) -> tuple[Definition, int] | None:
    """Return the definition that a line of the forward pass states, by its left side, and how far ahead of the layer
    of the line the array is: 1 for x_{l+1}."""
    for definition in about.network.definitions:
        if definition.name not in about.notation.patterns:
            continue
        slots = about.layer_slots(definition.name)
        ranges = zip(definition.params, definition.ranges, strict=True)
        idx = [r.lo if r.lo == r.hi else lin(p) for p, r in ranges]
        for step in AHEAD if slots else (0,):
            at = tuple(e + step if n in slots and not e.is_const else e for n, e in enumerate(idx))
            written = about.array(definition.name, *(at[n] for n in slots)), about.latex(Var(definition.name, at))
            if canonical(left) in map(canonical, written):
                return definition, step
    return None


def _backward_rows(about: Subject) -> list[_Row]:
    """Return the gradients in matrix notation; one that has no such form, entry by entry where something needs it."""
    rows = list[_Row]()
    read = {n.var.name for g in about.gradients for n in walk(g.result) if isinstance(n, Diff)}
    for gradient in sorted(about.gradients, key=lambda g: not g.last):
        if is_given(about, gradient):
            rows.append(_handed_over(about, gradient))
            continue
        form = about.form(gradient)
        if form is not None and gradient.rows:
            left, remark = about.gradient_latex(gradient.name, *gradient.layers), f"@{{{anchor(gradient)}}}"
        elif gradient.name in (*read, *about.sought):
            form = about.latex(about.scaled(gradient, gradient.result), gradient.goal)
            left, remark = about.entry_latex(gradient), "for each entry" if gradient.rows else ""
        else:
            continue
        where = _below_the_top(about, gradient)
        at = about.index(gradient.layer) if gradient.layer is not None and not where else ""
        now, near, whole = _reads(about, _above(about, gradient), gradient.layer)
        rows.append(_Row(gradient.name, rf"${left} \leftarrow {form}$", where, at, remark, now, near, whole))
    return rows


def _handed_over(about: Subject, gradient: Gradient) -> _Row:
    """Return the line of a gradient that an open loss hands over."""
    array = about.gradient_latex(gradient.name, *gradient.layers)
    at = about.index(gradient.layer) if gradient.layer is not None and not gradient.where else ""
    return _Row(gradient.name, f"take ${array}$ from what stands behind", gradient.where, at)


def _above(about: Subject, gradient: Gradient) -> list[Var]:
    """Return the entries by which the derivatives are that a gradient rests on."""
    return [node.var for node in walk(gradient.result) if isinstance(node, Diff) and node.body == about.loss]


def downwards(about: Subject, gradients: list[Gradient]) -> list[Gradient]:
    """Return the gradients of one layer, each after those of this layer that it reads."""
    reads = [_reads(about, _above(about, gradient), gradient.layer)[0] for gradient in gradients]
    return _in_order([(g, g.name, now) for g, now in zip(gradients, reads, strict=True)])


def goes_down(about: Subject) -> bool:
    """Whether a gradient of one layer rests on one of another: then the layers have an order, from the top down."""
    return any(_reads(about, _above(about, gradient), gradient.layer)[1] for gradient in about.gradients)


def behind_layers(about: Subject) -> set[str]:
    """Return the arrays without layers whose gradients rest on those of one layer or of all, or on such a one."""
    reads = {g.name: _reads(about, _above(about, g), None) for g in about.gradients if g.layer is None}
    found = {name for name, (now, _, whole) in reads.items() if whole or any(map(about.layer_slots, now))}
    while more := {name for name, (now, _, _) in reads.items() if now & found} - found:
        found |= more
    return found


def _below_the_top(about: Subject, gradient: Gradient) -> str:
    """Return the layers that a gradient is computed for by its rule: not the top one, where that has its own."""
    same = (g for g in about.gradients if g.name == gradient.name and g.last and not gradient.last)
    layers = gradient.range
    if layers is None or not any(g.layer == layers.hi for g in same):
        return gradient.where
    return gradient.where.removesuffix(about.index(layers.hi)) + about.index(layers.hi - 1)


def _descent_rows(about: Subject) -> list[_Row]:
    named = {v.name for d in about.network.definitions for v in variables(d.body)}
    used = {pattern.whole for name, pattern in about.notation.patterns.items() if name in named}
    rate = next((r for r in RATES if r in about.notation.patterns and r not in used), None)
    rate = rate or next(r for r in RATES if r not in used)
    rows = list[_Row]()
    for name in about.parameters:
        block, slots = about.block(name), about.layer_slots(name)
        layers = [lin(block.params[n]) for n in slots]
        array, gradient = about.array(name, *layers), about.gradient_latex(name, *layers)
        where = ", ".join(rf"{block.ranges[n].lo} \le {block.params[n]} \le {block.ranges[n].hi}" for n in slots)
        rows.append(
            _Row(name, rf"${array} \leftarrow {array} - {rate} \, {gradient}$", where, "", f"learning rate ${rate}$")
        )
    return rows


def _reads(
    about: Subject, entries: Iterable[Var], own: Lin | None, ahead: Mapping[str, int] = MappingProxyType({})
) -> tuple[frozenset[str], ...]:
    """Return the arrays of entries: those at the layer `own` or without one, those at another, those at all layers.

    Of an array that lines state so far `ahead` of their layer, its layer is that of its line.
    """
    now, near, whole = set[str](), set[str](), set[str]()
    for entry in entries:
        layers = [entry.idx[n] for n in about.layer_slots(entry.name)]
        bound = any(e.indices() - (own.indices() if own is not None else set()) for e in layers)
        here = own is None or all(e == own + ahead.get(entry.name, 0) for e in layers)
        kind = whole if bound else now if here else near
        kind.add(entry.name)
    return frozenset(now), frozenset(near), frozenset(whole)


# In which order


def _pass(loop: Loop | None, rows: list[_Row], title: str, *, up: bool) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of one pass: those for all layers in a loop, with what narrows them as a remark."""
    if not rows:
        return
    yield 0, f"**{title}**", ""
    for together in _ordered(rows, loop):
        looped = loop is not None and any(row.where for row in together) and all(row.layered for row in together)
        if loop is not None and looped:
            low, letter, high = loop
            down = not up and any(row.near for row in together)
            ends = f"from ${high}$ down to ${low}$" if down else f"from ${low}$ to ${high}$"
            yield 1, f"**for** ${letter}$ {ends} **do**", ""
        for row in together:
            yield 1 + looped, row.text, ", ".join(part for part in (_narrower(row, loop, looped), row.remark) if part)


def _narrower(row: _Row, loop: Loop | None, looped: bool) -> str:
    """Return for which layers a line is, where that is not the whole loop that it stands in."""
    if row.at:
        return f"for ${loop[1]} = {row.at}$" if loop is not None and looped else ""
    if loop is None:
        return "for each entry" if row.where else ""
    whole = row.where == rf"{loop[0]} \le {loop[1]} \le {loop[2]}"
    return f"for ${row.where}$" if row.where and not whole else ""


def _ordered(rows: list[_Row], loop: Loop | None) -> Iterator[list[_Row]]:
    """Yield the lines, each alone or with those of a loop, after what they read."""
    left = list(rows)
    while left:
        waiting = {row.name for row in left}
        alone = [row for row in left if (row.at or not row.where or loop is None)
                 and not (row.now | row.near | row.whole) & (waiting - {row.name})]  # fmt: skip
        together = alone[:1] or _in_one_loop([row for row in left if row.layered], waiting) or left[:1]
        yield together
        left = [row for row in left if row not in together]


def _in_one_loop(rows: list[_Row], waiting: set[str]) -> list[_Row]:
    """Return the lines that can stand in one loop over the layers, each after what it reads at its own layer."""
    while True:
        there = {row.name for row in rows}
        kept = [row for row in rows if not row.whole & waiting and not (row.now | row.near) & waiting - there]
        if kept == rows:
            break
        rows = kept
    return _in_order([(row, row.name, row.now) for row in rows])


def _in_order(items: list[tuple[T, str, frozenset[str]]]) -> list[T]:
    """Return things, each with its name and the names that it reads, after those that it reads, else as they stand."""
    found = list[T]()
    while items:
        missing = {name for _, name, _ in items}
        place = next((n for n, (_, name, reads) in enumerate(items) if not reads & (missing - {name})), 0)
        found.append(items[place][0])
        items = items[:place] + items[place + 1 :]
    return found
