"""The gradients, from the loss down: local derivatives, the general entry line by line, the array, the algorithm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from derive.algebra.expr import ONE, Add, Diff, Expr, Functional, Mul, Sum, Var
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import subs, walk
from derive.names.letters import SPARE
from derive.network.dependencies import Dependencies, variables
from derive.network.derivation import Step
from derive.network.network import Definition
from derive.network.tidy import has_index, tidy
from derive.report.content import Block, Display, Line, Paragraph, Section, formula, paragraph
from derive.report.content_setting import singular, stated_line, whole, words
from derive.report.gradients import Gradient
from derive.report.inline import Text
from derive.report.subject import Subject
from derive.report.width import WIDEST, unbroken
from derive.writing.printer import to_latex

RULES = {"insert": "insert the above", "definition": "definition"}
REMARKS = {
    "transpose": "On the way up the matrix was used row by row, one row for each entry of the result. On the way down "
    "it is used *column* by column, and a transposed matrix has the columns as its rows.",
    "elementwise": "The circled dot multiplies entry by entry.",
    "outer product": "Along a row of this matrix the first factor stays the same, along a column the second does: it "
    "is a column times a row, their *outer product*.",
}
"""What is said, once, where an array is first recognised as such a form."""
READABLE = 1.6 * WIDEST
"""An array that is wider, written out by its entries, would be drawn too small to be read."""


def chapters(about: Subject) -> Iterator[Section]:
    """Yield the sections: at the output, through the layers, and one for each kind of parameter."""
    above = [g for g in about.gradients if g.name not in about.sought]
    told: set[str] = set()
    top = [g for g in above if g.last]
    if top:
        opening = paragraph(
            "We begin at the loss and go down. Where a value reaches the loss along several paths, its derivative is "
            "the sum over all of them; the local derivatives that stand in that sum are worked out first."
        )
        yield Section("output", "The gradient at the output", (opening, *_told(about, top, told)))
    hidden = [g for g in above if not g.last]
    if hidden:
        title = "Back through time" if about.over_time else "Through the layers" if hidden[0].layer else "Further down"
        yield Section("hidden", title, (
            paragraph(_downwards(about)), *_told(about, hidden, told), *_recursion(about, hidden)
        ))  # fmt: skip
    for name in about.sought:
        found = [g for g in about.gradients if g.name == name]
        if found:
            title = _said(about, name)
            kind = "input" if name in about.inputs else "parameter"
            title = f"The {title}" if title else f"The {kind} ${whole(about, name)}$"
            opening = paragraph(_parameter(about, name))
            yield Section(f"by-{_anchor(name)}", title, (opening, *_told(about, found, told)))


def _anchor(name: str) -> str:
    return "".join(char for char in name if char.isascii() and char.isalnum())


def _downwards(about: Subject) -> str:
    if about.roles is None:
        return "From there on each derivative rests on those above it."
    return (
        "Suppose that the gradient of the layer above is known. A unit feeds every unit of that layer, so it has as "
        "many paths upwards as that layer has units."
    )


def _parameter(about: Subject, name: str) -> str:
    roles = about.roles
    if roles is not None and name == roles.weight:
        return (
            "A weight has one way upwards only: into the pre-activation of the unit that it feeds, with the activation "
            "below as its factor."
        )
    if roles is not None and name == roles.bias:
        return "A bias is a weight whose input is always one."
    if name in about.inputs:
        return f"What comes before is learnt, too, and needs the gradient by what it hands over. {_enters(about, name)}"
    return _enters(about, name)


def _enters(about: Subject, name: str) -> str:
    """Return which values are computed from an array, and that the gradients by them are known."""
    users = [d for d in about.network.definitions
             if any(v.name == name for v in variables(d.body)) and _reaches(about, d.name)]  # fmt: skip
    above = list(dict.fromkeys(f"${_user(about, user)}$" for user in users if user.name != about.loss.name))
    layers = [user.ranges[n] for user in users for n in about.layer_slots(user.name)]
    shared = not about.layer_slots(name) and any(r.lo != r.hi for r in layers)
    every = " at every step" if shared and about.over_time else " in every layer" if shared else ""
    itself = f"the loss ${about.notation.loss}$" if any(user.name == about.loss.name for user in users) else ""
    if not above:
        return f"${whole(about, name)}$ enters {itself} only."
    gradient = f"the gradient by {above[0]} is" if len(above) == 1 else "the gradients by these are"
    return f"${whole(about, name)}$ enters {_listed(above)}{every}; {gradient} known by now." + (
        f" It enters {itself}, too." if itself else ""
    )


def _user(about: Subject, user: Definition) -> str:
    """Return how an array that reads another one is written: x_1 where that is the only layer that does."""
    layers = [user.ranges[n] for n in about.layer_slots(user.name)]
    alone = all(r.lo == r.hi for r in layers)
    return about.array(user.name, *(r.lo for r in layers)) if alone else whole(about, user.name)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _reaches(about: Subject, name: str) -> bool:
    return name == about.loss.name or name in Dependencies(about.network).below.get(about.loss.name, ())


def _told(about: Subject, gradients: list[Gradient], told: set[str]) -> Iterator[Block]:
    """Yield the derivation of each gradient: what it inserts, its entry, and the array."""
    for gradient in gradients:
        ranged = f", for ${gradient.where}$" if gradient.where else ""
        for chain in (_apart(about, chain) for chain in _inserted(about, gradient)):
            block = _chain(about, chain)
            if block is not None and repr(block) not in told:
                told.add(repr(block))
                yield paragraph(f"{_before(about, chain)}{ranged}:")
                yield block
        if is_given(about, gradient):
            yield paragraph(_handed_over(about, gradient, ranged))
            continue
        held, slopes = _held(about, gradient, told)
        if slopes:
            yield paragraph(held)
            yield paragraph(slopes, answer=True)
            held = ""
        yield paragraph(f"{held}{_along(about, gradient)}{ranged}:")
        yield _entry(about, gradient)
        yield from _array(about, gradient, ranged, told)


def _apart(about: Subject, chain: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return lines in which the indices that a sum above them binds have letters apart from those of the goal."""
    goal = chain[0].expr
    indices = sorted({i for v in variables(goal) for e in v.idx for i in e.indices()}, key=lambda index: index.order)
    taken = {index.name for index in indices if not index.uid} | {label.name for label in about.labels}
    own = {text for pattern in about.notation.patterns.values() for text in (pattern.whole, pattern.entry)}
    own |= set(about.notation.sizes)
    values = dict[Index, Lin]()
    for index in (index for index in indices if index.uid):
        first = about.counting(goal, index)
        wishes = (*([first] if first else []), index.name, *about.notation.unit_letters, *SPARE)
        letter = next(w for w in wishes if w not in taken and (w not in own or w == first))
        taken.add(letter)
        values[index] = lin(Index(letter))
    return tuple(replace(step, expr=subs(step.expr, values)) for step in chain)


def _before(about: Subject, chain: tuple[Step, ...]) -> str:
    goal = chain[0].expr
    assert isinstance(goal, Diff)
    return f"From the definition of ${about.latex(goal.body)}$, by ${about.latex(goal.var)}$"


def _along(about: Subject, gradient: Gradient) -> str:
    match gradient.steps[1].rule:
        case "sum over paths":
            return "Over all paths upwards"
        case "chain rule":
            if isinstance(gradient.steps[1].expr, Add):
                return "Over all paths upwards"
            return "There is one path upwards" if len(gradient.steps) > 2 else "By the chain rule"
    return f"The loss is computed from ${about.latex(gradient.goal.var)}$ directly"


def is_given(about: Subject, gradient: Gradient) -> bool:
    """Whether the loss is open as a whole, and a derivative is by what it is of: what stands behind hands it over."""
    loss = next(d.body for d in about.network.definitions if d.name == about.loss.name)
    result = gradient.result
    return isinstance(loss, Functional) and isinstance(result, Functional) and result.name == loss.name


def _handed_over(about: Subject, gradient: Gradient, ranged: str) -> str:
    entry, array = about.entry_latex(gradient), about.gradient_latex(gradient.name, *gradient.layers)
    return (
        f"The loss is open: what stands behind hands over the derivatives ${entry}${ranged}, together ${array}$, and "
        "everything below rests on them."
    )


def _held(about: Subject, gradient: Gradient, told: set[str]) -> tuple[str, str]:
    """Return what is said of values that depend on an array a second time, by others: that path has its own term; and
    what the derivatives are then."""
    said, slopes = list[str](), list[str]()
    for definition in about.network.definitions:
        held = _also_by(about, definition, gradient)
        if held is None:
            continue
        by, at = held
        slope = _slope(about, gradient, definition.name)
        if at and slope is None:  # the value at this layer or step does not depend on it a second time
            continue
        names, array = (
            _listed([f"${_written(about, v, at)}$" for v in by]),
            about.array(gradient.name, *gradient.layers),
        )
        above = f"${_written(about, Var(definition.name, tuple(map(lin, definition.params))), at)}$"
        if slope is not None:
            factor = about.latex(slope, gradient.goal)
            slopes.append(f"With {names} held fixed, the derivative of {above} by ${array}$ is ${factor}$.")
        are, key = "is" if len(by) == 1 else "are", f"{above} {names}"
        if key in told:
            said.append(f"As before, {names} {are} held fixed in the term of {above}.")
        else:
            said.append(
                f"{above} depends on ${array}$ directly, and by {names} as well. What comes by {names} has its own "
                f"place in the sum; in the term of {above} stands the derivative of its definition alone, with {names} "
                "held fixed."
            )
        told.add(key)
    return " ".join([*said, ""]), " ".join(slopes)


def _written(about: Subject, entry: Var, at: Mapping[Index, Lin]) -> str:
    """Return the array of an entry, at its layer or step."""
    return about.array(entry.name, *(entry.idx[n].subs(at) for n in about.layer_slots(entry.name)))


def _slope(about: Subject, gradient: Gradient, name: str) -> Expr | None:
    """Return what the derivative by an array is multiplied by in a sum over paths; None where no one term says it."""

    def is_above(node: Expr) -> bool:
        return isinstance(node, Diff) and node.body == gradient.goal.body and node.var.name == name

    def factors(term: Expr) -> list[Expr]:
        parts = term.args if isinstance(term, Mul) else (term,)
        inside = [p for p in parts if isinstance(p, Sum) and any(map(is_above, walk(p)))]
        rest = [p for p in parts if p not in inside and not is_above(p)]
        return [*rest, *(f for p in inside for f in factors(p.body))]

    total = about.timed(gradient.steps[1].expr)
    terms = [t for t in (total.args if isinstance(total, Add) else (total,)) if any(map(is_above, walk(t)))]
    slopes = [tidy(Mul(tuple(factors(term)))) for term in terms]
    return slopes[0] if len(slopes) == 1 and not any(isinstance(n, Diff) for n in walk(slopes[0])) else None


def _also_by(about: Subject, definition: Definition, gradient: Gradient) -> tuple[list[Var], dict[Index, Lin]] | None:
    """Return what else a definition that reads an array reads, and that depends on the array, too; and at which layer
    or step it reads the array of the gradient. None where there is nothing, or no path goes there."""
    name, below = gradient.name, Dependencies(about.network).below
    entries = {v.name: v for v in variables(definition.body) if v.name in about.notation.patterns}
    slots, own = about.layer_slots(name), bool(about.layer_slots(definition.name))
    if name not in entries or len(slots) > 1 or len(slots) != len(gradient.layers):
        return None
    if slots and (not own or gradient.last):
        return None
    at = dict[Index, Lin]()
    for n, layer in zip(slots, gradient.layers, strict=True):
        param = definition.params[about.layer_slots(definition.name)[0]]
        at[param] = lin(param) + layer - entries[name].idx[n]
    by = [
        v for n, v in entries.items()
        if n != name and name in below.get(n, ()) and bool(about.layer_slots(n)) == own
    ]  # fmt: skip
    return (by, at) if by else None


def _inserted(about: Subject, gradient: Gradient) -> Iterator[tuple[Step, ...]]:
    """Yield the derivatives that a gradient inserts and that no other place derives."""
    loss, elsewhere = gradient.goal.body, {one.name for one in about.gradients}
    for step in gradient.steps:
        for chain in step.used:
            goal = chain[0].expr
            if isinstance(goal, Diff) and (goal.body != loss or goal.var.name not in elsewhere):
                yield chain


def _chain(about: Subject, chain: tuple[Step, ...]) -> Display | None:
    goal = chain[0].expr
    if chain[-1].expr == ONE and isinstance(goal, Diff) and not goal.var.idx:
        return None
    lines = [(about.latex(s.expr, goal), _rule(about, s)) for s in chain[1:]]
    lines = [line for n, line in enumerate(lines) if n == 0 or line[0] != lines[n - 1][0]]
    return _display(about.latex(goal), lines, repeated=_unsaid(chain))


def _rule(about: Subject, step: Step) -> str:
    if step.rule == "definition" and isinstance(step.place, Var):
        said = singular(about, step.place.name)
        return f"definition of {said}" if said else "definition"
    return RULES.get(step.rule, step.words)


def _entry(about: Subject, gradient: Gradient) -> Display:
    texts = (about.latex(about.scaled(gradient, step.expr), gradient.goal) for step in gradient.steps[1:])
    lines = list(zip(texts, (_rule(about, step) for step in gradient.steps[1:]), strict=True))
    if lines[0][0] == lines[-1][0]:  # the derivative of an open loss is a name, and the way back to it no step
        lines = lines[:1]
    if gradient.name in about.signals:
        lines.insert(0, (to_latex(about.unsigned(gradient), about.notation), "definition"))
    return _display(about.entry_latex(gradient), lines, repeated=_unsaid(gradient.steps))


def _unsaid(steps: tuple[Step, ...]) -> bool:
    """Whether two lines in a row have an index beside others or in a delta only: only the goal says how far it runs."""
    goal = steps[0].expr
    letters = frozenset(i for v in variables(goal) for e in v.idx for i in e.indices())
    for pair in pairwise(step.expr for step in steps[1:]):
        said = frozenset().union(*(e.indices() for line in pair for e in _entries(line) if len(e.indices()) == 1))
        if any(has_index(line, letter) for letter in letters - said for line in pair):
            return True
    return False


def _entries(line: Expr) -> Iterator[Lin]:
    """Yield the indices of entries, those that an open function is differentiated by among them."""
    for node in walk(line):
        match node:
            case Var(_, idx):
                yield from idx
            case Functional(slots=slots):
                yield from (e for _, idx in slots for e in idx)


def _display(left: str, lines: list[tuple[str, str]], *, repeated: bool = False) -> Display:
    """Return aligned lines, each with its rule; the left side stands in each line where it is to be repeated."""
    shown = (Line(left if repeated or n == 0 else "", f"= {text}", rule) for n, (text, rule) in enumerate(lines))
    return Display(tuple(shown), step=True)


def _array(about: Subject, gradient: Gradient, ranged: str, told: set[str]) -> Iterator[Block]:
    """Yield the whole array: its entries written out, the rules that lead from there, and its form."""
    left = about.gradient_latex(gradient.name, *gradient.layers)
    *lines, last = about.gathered(gradient) or (None,)
    if last is None:
        return
    if lines:
        shown = [(line.latex, line.step.words) for line in lines if unbroken(line.latex) <= READABLE]
        if shown:
            yield paragraph(f"All entries together{ranged}:")
            yield replace(_display(left, shown), proposed=True)
        if last.step.rule in REMARKS and last.step.rule not in told:
            told.add(last.step.rule)
            yield paragraph(REMARKS[last.step.rule])
    said = _said(about, gradient.name)
    by = f"the {said}" if said else f"${about.array(gradient.name, *gradient.layers)}$"
    title = f"Gradient by {by}" + (f": {last.step.words}" if lines else "")
    yield formula(left, f"= {last.latex}", gradient.where, name=anchor(gradient), title=title)
    if about.roles is not None and last.latex == _difference(about):
        yield paragraph("What the network says, minus what it should say.", answer=True)
    if last.step.rule == "outer product" and about.roles is not None and gradient.name == about.roles.weight:
        rows, columns = (about.index(range_.hi) for _, range_ in gradient.axes)
        text = f"The shapes agree: a column of ${rows}$ entries times a row of ${columns}$ is a matrix of the shape of"
        yield paragraph(f"{text} ${about.array(gradient.name, *gradient.layers)}$.", answer=True)


def _difference(about: Subject) -> str:
    """Return prediction minus target, as a perceptron's output gradient often is."""
    roles = about.known
    output = about.array(roles.output, *([roles.depth] if roles.output == roles.hidden else []))
    targets = [about.array(roles.targets)] if roles.targets else [about.array(e.name) for e, _, _ in about.one_hots]
    return f"{output} - {' '.join(targets)}"


def anchor(gradient: Gradient) -> str:
    """Return the name by which the display of a gradient is referred to."""
    return _anchor(f"{gradient.name}{gradient.layer}{'last' if gradient.last else ''}")


def _said(about: Subject, name: str) -> str:
    """Return what an array is called in a title: weights; "" for one that has no name but its letter."""
    if about.roles is None:
        return ""
    said = words(about, name).split(" of ")[0].split(" into ")[0].split(",")[0]
    return said.removeprefix("the ") if said.startswith("the ") else ""


def results(about: Subject) -> Section | None:
    """What the model states about itself, in the words of its lecture; None where it states nothing."""
    stated = [(theorem.name, stated_line(theorem.formula)) for theorem in about.model.theorems]
    shown = [(name, line) for name, line in stated if line.right.removeprefix("= ") not in about.refused]
    left_out = [name for name, line in stated if (name, line) not in shown]
    if not stated:
        return None
    names = [rf"${line}$" for line in about.model.where if r"\partial" in line or r"\nabla" in line]
    here = f" Here {' and '.join(names)}." if names else ""
    opening = paragraph(f"What lectures state about this network, each line proved as it stands.{here}")
    displays = (Display((line,), title=name[0].upper() + name[1:], step=True, proposed=True) for name, line in shown)
    said = f"Stated by the model, too, but not proved, and so not shown: {', '.join(left_out)}."
    return Section("results", "The results", (opening, *displays, *([Paragraph((Text(said),))] if left_out else [])))


def _recursion(about: Subject, hidden: list[Gradient]) -> Iterator[Block]:
    """Yield the step from layer to layer, and what follows by induction: from a layer to the top."""
    for gradient in hidden:
        where, steps = about.unrolled(gradient)
        if not steps:
            continue
        left = about.gradient_latex(gradient.name, *gradient.layers)
        one, product = steps
        yield paragraph("Both steps in one line:")
        yield formula(left, f"= {one.latex}", where, name="recursion", title="From layer to layer")
        yield paragraph("Put into itself, layer after layer up to the top, this is one product:")
        yield formula(left, f"= {product.latex}", where, name="unrolled", title="From a layer to the top")
        yield from _induction(about, gradient)
        return


def _induction(about: Subject, gradient: Gradient) -> Iterator[Block]:
    """Yield the proof of the product by induction, from the top down; its formulas are claims of their own."""
    lines = about.inductive(gradient)
    if len(lines) != 3 or gradient.layer is None:
        return
    texts = (
        "*Proof*, by induction from the top down. The highest layer that has one above it is the base: there the "
        "product has one factor, and @{unrolled} is @{recursion} with the elementwise product as a diagonal matrix:",
        "Suppose that it holds one layer higher:",
        "By @{recursion}, one factor more leads there from layer to layer:",
    )
    for text, (left, right, where) in zip(texts, lines, strict=True):
        yield paragraph(text)
        yield Display((Line(left, f"= {right}", where=where),), step=True, proposed=True)
    yield paragraph(
        f"Put the one into the other: the new factor is that for ${gradient.layer}$, and stands in front of those from "
        f"${gradient.layer}+1$ on. That is @{{unrolled}}."
    )
