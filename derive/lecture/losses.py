"""Losses that a text names without a formula: they are open, what is true of them holds for any loss."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from derive.lecture.declarations import Collected, Declared
from derive.lecture.enumerations import enumerations
from derive.lecture.forward import ForwardPass
from derive.lecture.gradient_names import GradientNotation
from derive.lecture.latex import latex_of
from derive.lecture.model_text import ModelLine
from derive.lecture.said import Sentences, head_key, heads_in, names_in
from derive.lecture.words import Word, arguments_of
from derive.models.equation_lines import head_of
from derive.reader.derivatives import derivatives, has_derivative, numerators
from derive.reader.syntax import Additive, Fraction, Group, Node, Product, Relation, walk

OPEN_LOSS = r"\operatorname{loss}"
"""What a loss is called that the text only names."""
_SECOND = re.compile(
    r"\\(?:partial|nabla)\s*\^\s*\{?\s*2|\\mathrm\{d\}\^2|Hess|\\[a-z]?frac\s*\{\s*(?:\\partial|d)\s*\}"
    r"|\\nabla_(?:\{(?:[^{}]|\{[^{}]*\})*\}|\S)\s*(?:\\left)?\(?\s*\\nabla"
)
"""A second derivative: that of a sum over steps says more than that of any loss."""
STEPS = frozenset((r"\tau", "t"))
"""Letters of steps of time: a loss may depend on what is computed at each of them."""
PENALTIES = ("regulari", "penalt", "weight decay", "ridge", "régularis", "strafterm", "penaliz", "регуляриз", "正则")
"""Words of texts in which the loss is more than a function of what is computed last."""


@dataclass(frozen=True, slots=True)
class OpenLoss:
    """A loss that a text names, differentiates and does not define: any scalar of its `arguments`, as LaTeX.

    It is `unsaid` where the text does not say of what: then of what the network computes last. Of what is computed at
    each of several steps it is `summed`: its gradients there may be any vectors, as those of any loss.
    """

    key: str
    word: Word
    arguments: str
    unsaid: bool
    summed: str = ""

    def line(self, found: Collected) -> ModelLine:
        region = found.text.regions[self.word.number]
        span = self.word.name.span
        place = Declared(self.key, latex_of(region, span), region, span, self.word.number)
        text = rf"{place.text} = {self.summed}{OPEN_LOSS}({self.arguments})"
        return ModelLine("forward", text, place, note="any loss of what is last")


def open_loss(chosen: ForwardPass) -> OpenLoss | str | None:
    """Return the loss that is left open; a text that says what is missing where nothing says what it depends on.

    Where the text so far speaks of a penalty the loss is more than a function of what is last.
    """
    found = chosen.found
    marked = {chosen.key(top) for top, _ in found.derivatives()}
    keys: dict[str, Word] = {}
    applied = {key for equation in chosen.equations for key, _, _ in heads_in([equation.right])}
    for word in _losses_named(found):
        use, key = chosen.solver.use(word.name), word.name.base.key or ""
        elsewhere = chosen.is_open_loss(key) and key not in applied  # only another part of the text applies it
        if use is not None and not use.layers and (elsewhere or not chosen.is_function(word.name)):
            keys[use.key] = word
    said = _keys_said(chosen)
    open_ones = [key for key in keys if key in marked and key in chosen.unclear and key not in said]
    if len(open_ones) != 1:
        return None
    word = keys[open_ones[0]]
    counted = _counted(word, chosen)
    if counted is not None:
        arguments, summed = counted
        return OpenLoss(open_ones[0], word, arguments, False, summed) if summed else _unsaid(word, chosen)
    last = _depends_on(word, chosen)
    unsaid = word.meaning == "loss" and last is None
    last = _last(chosen) if unsaid else last
    if last is None or (unsaid and _speaks_of_penalties(open_ones[0], chosen)):
        return _unsaid(word, chosen)
    return OpenLoss(open_ones[0], word, last, unsaid)


def _unsaid(word: Word, chosen: ForwardPass) -> str:
    name = latex_of(chosen.found.text.regions[word.number], word.name.span)
    return rf"what the loss ${name}$ depends on, such as ${name} = \ell(\hat y)$"


def _counted(word: Word, chosen: ForwardPass) -> tuple[str, str] | None:
    """Return what a loss depends on at each step, with the sign of a sum over them: h_t with Σ_{t=1}^T for h_1, …, h_T;
    no sign where the text has a second derivative; None where no steps are listed."""
    text = chosen.found.text
    bodies = [statement.body for statement in text.of(word.other)] if word.meaning == "loss of" else []
    for listed in (one for body in bodies for one in enumerations(body)):
        use = chosen.solver.use(listed.name)
        if use is None or not use.layers:
            continue
        region, letters = text.regions[word.other], listed.letters(text.bodies)
        if not letters or use.key not in chosen.defined or any(_SECOND.search(one.latex) for one in text.regions):
            return "", ""
        low, _, _ = listed.range_of(letters[0], region).partition(",")
        return listed.written(letters[0], region), rf"\sum_{{{low}}}^{{{listed.end(region)}}} "
    return None


def _speaks_of_penalties(key: str, chosen: ForwardPass) -> bool:
    """Return whether a text speaks of a penalty before it differentiates a loss for the last time."""
    text = chosen.found.text
    tops = ((said.number, top) for said in text.said for top, _ in derivatives(said.statement.body))
    last = max((number for number, top in tops if chosen.key(top) == key), default=len(text.regions))
    return any(penalty in text.flow.partition(f"«{last}»")[0] for penalty in PENALTIES)


def _losses_named(found: Collected) -> list[Word]:
    """Return the words for losses, last those that say what a loss depends on."""
    words = [word for word in found.words if word.meaning in {"loss", "loss of"}]
    return sorted(words, key=lambda word: word.meaning == "loss of")


def _depends_on(word: Word, chosen: ForwardPass) -> str | None:
    """Return what the text says that a loss depends on; None where a name of it is none of the network.

    Of the arguments of L(y, t) those count that the network computes: a label is given, and parameters are no outputs.
    """
    said = word.meaning == "loss of"
    nodes = arguments_of(word, chosen.found.text) if said else _own_arguments(word, chosen.found.text)
    known = chosen.defined | set(chosen.declared) if said else chosen.defined
    inside = [node for node in nodes if chosen.key(node) in known]
    if not inside or (said and len(inside) < len(nodes)):
        return None
    region = chosen.found.text.regions[word.other if said else word.number]
    uses = [chosen.solver.use(node) for node in inside]
    pairs = zip(inside, uses, strict=True)
    return ", ".join(
        latex_of(region, (node.base if use is not None and use.units else node).span) for node, use in pairs
    )


def _own_arguments(word: Word, text: Sentences) -> list[Node]:
    """Return the names in the brackets behind a loss: the y of L(y)."""
    groups = [group for _, _, group in heads_in(statement.body for statement in text.of(word.number))]
    return [name for group in groups for name in names_in(group.body)]


def _keys_said(chosen: ForwardPass) -> set[str]:
    """Return what equations say a name is, also one of a case, or one that is no line of the network."""
    lefts = [*(equation.left for equation in chosen.found.equations), *chosen.found.spoiled]
    bodies = (said.statement.body for said in chosen.found.text.said)
    lefts += [head_of(body.first) for body in bodies if isinstance(body, Relation) and body.links[0].operator == "="]
    return {chosen.key(node) for node in lefts}


def _last(chosen: ForwardPass) -> str | None:
    """Return what the network computes last as LaTeX; None where that is not one thing."""
    solver = chosen.solver
    needed = {key for equation in chosen.equations for key in chosen.needs(equation)}
    ends = {e.left.base.plain: e for e in chosen.equations if (key := chosen.key(e.left)) and key not in needed}
    use = solver.use(next(iter(ends.values())).left) if len(ends) == 1 else None
    if use is None or len(use.layers) > 1 or use.key not in solver.forms:
        return None
    depths = sorted(solver.depths)
    steps = any(str(value.atom) in STEPS for value in use.layers)
    if use.layers and (len(depths) != 1 or steps):
        return None
    return solver.forms[use.key].text(depths)


def is_of_any_loss(body: Relation, keys: Container[str], names: GradientNotation | None = None) -> bool:
    """Return whether each term of a relation has a derivative of an open loss: then it speaks of any loss.

    `names` makes names of such derivatives.
    """
    sides = (body.first, *(link.node for link in body.links))
    return all(_has_loss(term, keys, names) for side in sides for term in _terms(side))


def is_of_one_loss(body: Relation, keys: Container[str], names: GradientNotation | None = None) -> bool:
    """Return whether a relation says what a derivative of an open loss is by something without one: ∂L/∂o = o - y."""
    sides = [_has_loss(side, keys, names) for side in (body.first, *(link.node for link in body.links))]
    return any(sides) and not all(sides)


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, Additive):
        for term in node.terms:
            yield from _terms(term.node)
    elif isinstance(node, Group):
        yield from _terms(node.body)
    else:
        yield node


def _has_loss(node: Node, keys: Container[str], names: GradientNotation | None) -> bool:
    """Return whether a derivative of a loss stands in a term, or a name for one: δ, dX."""
    if names is not None and any(names.names_in(node)):
        return True
    for inner in walk(node):
        if any(head_key(name) in keys for name in numerators(inner)):
            return True
        if inner.base.plain in {r"\delta", r"\bar"}:
            return True
    return isinstance(node, Product | Fraction) and has_derivative(node) and _names_loss(node, keys)


def _names_loss(node: Node, keys: Container[str]) -> bool:
    return any(head_key(inner) in keys for inner in walk(node))
