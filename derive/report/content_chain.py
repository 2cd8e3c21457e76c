"""The scalar chain: the model's own functions with one unit in each of two layers, down and up, and its graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derive.algebra.expr import Diff, Expr, Fun, Var
from derive.algebra.substitute import subs, walk
from derive.models.model import parse_model
from derive.models.overrides import closed, model_text
from derive.models.roles import Roles
from derive.names.patterns import pattern_latex
from derive.network.dependencies import variables
from derive.network.derivation import Step
from derive.network.partials import last_case
from derive.network.tidy import replaced, tidy
from derive.report.content import Block, Display, Figure, Line, Section, paragraph
from derive.report.figure_graph import graph_drawing
from derive.report.given import Given
from derive.report.inline import prose
from derive.report.named import FONT
from derive.report.numbers import Array, Numbers
from derive.report.subject import Subject

LAYERS = 2


def chain(about: Subject) -> Section | None:
    """The section, with the model that its formulas are about; None for a network that is no perceptron."""
    roles = about.roles
    if roles is None:
        return None
    text = _text(about, roles)
    small = Subject(parse_model(text, name="one unit"))
    return Section("chain", "One unit after the other", tuple(_blocks(about, small)), model=text)


# The model


def _text(about: Subject, roles: Roles) -> str:
    """Return the model file of two layers of one unit, in the names of the model."""

    def name(which: str, *layers: str) -> str:
        pattern = about.notation.patterns[which]
        return pattern_latex(replace(pattern, whole=FONT.sub(r"\1", pattern.entry)), layers)

    k, first = about.notation.layer_letters[0], roles.first
    low, top = str(first + 1), str(first + LAYERS)
    apart = roles.output != roles.hidden
    renamed = apart and _reads(about, roles.output) == {roles.hidden}
    output = name(roles.output) if apart else name(roles.hidden, top)
    target = name(roles.targets) if roles.targets else next((about.array(e.name) for e, _, _ in about.one_hots), "y")
    hidden, last = _functions(about, roles)
    lines = [
        f"{name(roles.hidden, str(first))} = {name(roles.inputs)}",
        rf"{name(roles.pre, k)} = {name(roles.weight, k)} {name(roles.hidden, f'{k}-1')} + {name(roles.bias, k)} "
        rf"\quad ({low} \le {k} \le {top})",
        f"{name(roles.hidden, low)} = {hidden[0]}({name(roles.pre, low)})",
    ]
    if not apart or renamed:
        lines.append(f"{name(roles.hidden, top)} = {last[0]}({name(roles.pre, top)})")
    if apart:
        made = name(roles.hidden, top) if renamed else f"{last[0]}({name(roles.pre, top)})" if last[0] else ""
        lines.append(f"{output} = {made or name(roles.pre, top)}")
    lines.append(f"{about.notation.loss} = {_loss(about, output, target)}")
    scalars = [name(roles.inputs), target, about.notation.loss, *([output] if apart else [])]
    layered = (name(which, k) for which in (roles.weight, roles.bias, roles.pre, roles.hidden))
    functions = {symbol: kind for symbol, kind in (hidden, last) if symbol}
    shapes = [rf"{one} \in \mathbb{{R}}" for one in dict.fromkeys([*layered, *scalars])]
    return model_text({"name": "one unit", "forward": lines, "shapes": shapes, "functions": functions})


def _reads(about: Subject, name: str) -> set[str]:
    return {v.name for d in about.network.definitions if d.name == name for v in variables(d.body)}


def _functions(about: Subject, roles: Roles) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return letter and kind of the functions of a hidden layer and of the top; ("", "") for none."""
    hidden = [d for d in about.network.definitions if d.name == roles.hidden and isinstance(d.body, Fun)]
    wide = next((d for d in hidden if d.ranges[0].lo != d.ranges[0].hi), hidden[0])
    own = [d for d in hidden if d is not wide]
    if own or roles.output == roles.hidden or _reads(about, roles.output) == {roles.hidden}:
        return _function(about, wide.body), _function(about, (own or [wide])[0].body)
    body = next(d.body for d in about.network.definitions if d.name == roles.output)
    return _function(about, wide.body), _function(about, body)


def _function(about: Subject, body: Expr) -> tuple[str, str]:
    """Return the letter of a function and its kind; a softmax of two classes is logistic."""
    kinds = {re.split(r"[\^_]", symbol)[0]: kind for symbol, kind in about.model.functions}
    for node in walk(body):
        letter = about.notation.functions.get(node.name, node.name) if isinstance(node, Fun) else ""
        if letter in kinds:
            return letter, kinds[letter]
    softmax = next((letter for letter, kind in kinds.items() if kind.startswith("softmax")), "")
    return (softmax, "sigmoid") if softmax else ("", "")


def _loss(about: Subject, output: str, target: str) -> str:
    nodes = (node for d in about.network.definitions for node in walk(d.body))
    if any(isinstance(node, Fun) and node.name == "log" for node in nodes):
        return rf"-\left( {target} \log {output} + (1 - {target}) \log(1 - {output}) \right)"
    return rf"\frac{{1}}{{2}} ({output} - {target})^2"


# The page


def _blocks(about: Subject, small: Subject) -> Iterator[Block]:
    numbers = Numbers(Subject(closed(small.model)), (), Given())
    softened = any(kind.startswith("softmax") for _, kind in about.model.functions)
    yield paragraph(
        "Before any matrix: the same network with one unit in each of two layers, so that every letter is a number."
        + (" A softmax of one number is always one; in its place stands the logistic function, which is what the "
           "softmax of two classes is of the difference of its arguments." if softened else "")
    )  # fmt: skip
    arrays = [array for array in numbers.computed if not _starts(array)]
    yield Display(tuple(_forward(small, array) for array in numbers.computed))
    yield paragraph(
        "There is one path from each letter to the loss. So the derivative by a letter is that by the letter above it "
        "times one factor, and going from the loss down, what is above is known already:"
    )
    learnt = [a for leaf in numbers.leaves if leaf.name in _parameters(numbers) for a in numbers.arrays(leaf)]
    entries = [array.entry for array in (*arrays[-2::-1], *learnt)]
    cases = {entry: last_case(small.network, small.loss, entry) for entry in entries}
    yield Display(tuple(_line(small, case.steps) for case in cases.values()), step=True)
    lowest = learnt[0].entry
    known: dict[Expr, Expr] = {Diff(small.loss, entry): case.result for entry, case in cases.items()}
    product = f"= {small.latex(_whole(known[Diff(small.loss, lowest)], known))}"
    yield paragraph(f"Put into each other, the factors of the path from ${small.latex(lowest)}$ are one product:")
    yield Display((Line(small.latex(Diff(small.loss, lowest)), product),), step=True)
    chosen = [f"${symbol}$ is the logistic function" for symbol, kind in small.model.functions if kind == "any"]
    yield paragraph(
        f"With numbers{' (where ' + ' and '.join(chosen) + ')' if chosen else ''}, both passes stand in one picture, "
        "Figure @{chain}."
    )
    yield Figure(
        graph_drawing(numbers, values=True),
        prose(
            "The computational graph. Below each letter stand its value, which is found along the arrows, and the "
            f"derivative of ${small.notation.loss}$ by it, which is found against them."
        ),
        name="chain",
    )


def _starts(array: Array) -> bool:
    return isinstance(array.body, Var) and array.body.idx == () and bool(array.layers)


def _parameters(numbers: Numbers) -> list[str]:
    """The leaves with a layer: weight and bias."""
    return [leaf.name for leaf in numbers.leaves if leaf.params]


def _forward(small: Subject, array: Array) -> Line:
    definition = small.network.definitions[array.place]
    body = subs(definition.body, dict(zip(definition.params, array.entry.idx, strict=True)))
    return Line(small.latex(array.entry), f"= {small.latex(body)}")


def _line(small: Subject, steps: tuple[Step, ...]) -> Line:
    """Return a derivation in short: the chain rule where it begins with it, and the result."""
    goal, *others = steps
    shown = [others[0], *others[-1:]] if others[0].rule == "chain rule" and len(others) > 1 else others[-1:]
    right = " ".join(f"= {small.latex(step.expr, goal.expr)}" for step in shown)
    return Line(small.latex(goal.expr), right)


def _whole(expr: Expr, known: dict[Expr, Expr]) -> Expr:
    """Return an expression with all derivatives by letters above inserted."""
    for _ in known:
        expr = tidy(replaced(expr, lambda node: known.get(node, node) if isinstance(node, Diff) else None))
    return expr
