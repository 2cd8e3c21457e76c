"""What is done with the gradients: rules of update, and the loss of the example under each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import sqrt

from derive.algebra.expr import Diff, Var
from derive.algebra.index import lin
from derive.report.content import Algorithm, Block, Section, Step, Table, cells, paragraph
from derive.report.content_example import shown
from derive.report.inline import prose
from derive.report.numbers import Key, Numbers
from derive.report.subject import Subject

STEPS, DIGITS = (1, 5, 10), 10**6
DECAY, SQUARES, TINY = 0.9, 0.999, 1e-8
State = dict[str, float]
Rule = Callable[[float, State, int], float]
LETTER, SYMBOL = re.compile(r"<(\w+)>"), re.compile(r"\\[A-Za-z]+|[A-Za-z]")
SPARE = "pqrudzcabefhkmnovwxy"
LETTERS = {
    "w": "w" + SPARE, "g": "gGde" + SPARE, "t": "tn" + SPARE, "v": "vmu" + SPARE, "s": "srq" + SPARE,
    "eta": (r"\eta", r"\alpha", r"\rho"), "beta": (r"\beta", r"\mu", r"\kappa", r"\xi"),
    "gamma": (r"\gamma", r"\nu", r"\zeta"),
    "eps": (r"\epsilon", r"\varepsilon", r"\tau"),
}  # fmt: skip
"""What may stand for each quantity of the rules, the usual letter first."""


def updates(about: Subject, numbers: Numbers) -> Section:
    """The rules, each for one parameter w with gradient g, and how far each brings the loss of the example down."""
    return Section("updates", "What to do with the gradients", tuple(_blocks(about, numbers)))


def _blocks(about: Subject, numbers: Numbers) -> Iterator[Block]:
    own = _own_letters(about)

    def named(text: str) -> str:
        return LETTER.sub(lambda found: own[found[1]], text)

    yield paragraph(
        named(
            "The gradient says in which direction the loss grows fastest *here*; how far to go against it is a choice. "
            "In the rules below $<w>$ is any one parameter, $<g>$ the derivative of the loss by it at this step, $<t>$ "
            "the number of the step, and $<eta>$ the learning rate; $<v>$ and $<s>$ begin at zero and are kept from "
            "step to step."
        )
    )
    yield Algorithm("Rules of update", tuple(_written(named)))
    rows, rate = [], numbers.rate
    for title, _, rule in RULES:
        losses = _losses(numbers, rule, rate)
        rows.append(cells(title, *(f"${loss:.4f}$" for loss in losses)))
    yield Table(
        "l" * (len(STEPS) + 2),
        cells("Rule", "Start", *(f"{n} step{'s' if n > 1 else ''}" for n in STEPS)),
        tuple(rows),
        prose(
            named(
                f"The loss of the example, with $<eta> = {shown(rate)}$, $<beta> = {DECAY}$, $<gamma> = {SQUARES}$"
                ", $<eps> = 10^{-8}$."
            )
        ),
        numeric=True,
    )


def _own_letters(about: Subject) -> dict[str, str]:
    """Return a letter for each quantity of the rules, the usual one unless the model has it for something else."""
    said = (*about.model.forward, *about.model.where, *(symbol for symbol, _ in about.model.functions))
    taken = set(SYMBOL.findall(" ".join(said)))
    found: dict[str, str] = {}
    for name, letters in LETTERS.items():
        found[name] = next((one for one in letters if one not in taken), letters[0])
        taken.add(found[name])
    return found


def _written(named: Callable[[str], str]) -> Iterator[Step]:
    for title, lines, _ in RULES:
        yield Step(0, prose(f"**{title}**"))
        yield from (Step(1, prose(f"${named(line)}$")) for line in lines)


def _plain(g: float, state: State, step: int) -> float:
    return g


def _momentum(g: float, state: State, step: int) -> float:
    state["v"] = DECAY * state.get("v", 0.0) + g
    return state["v"]


def _adam(g: float, state: State, step: int) -> float:
    state["v"] = DECAY * state.get("v", 0.0) + (1 - DECAY) * g
    state["s"] = SQUARES * state.get("s", 0.0) + (1 - SQUARES) * g * g
    mean, square = state["v"] / (1 - DECAY**step), state["s"] / (1 - SQUARES**step)
    return mean / (sqrt(square) + TINY)


RULES: tuple[tuple[str, tuple[str, ...], Rule], ...] = (
    ("Gradient descent", (r"<w> \leftarrow <w> - <eta> <g>",), _plain),
    ("Momentum", (r"<v> \leftarrow <beta> <v> + <g>", r"<w> \leftarrow <w> - <eta> <v>"), _momentum),
    (
        "Adam",
        (
            r"<v> \leftarrow <beta> <v> + (1 - <beta>) <g>",
            r"<s> \leftarrow <gamma> <s> + (1 - <gamma>) <g>^2",
            r"<w> \leftarrow <w> - <eta> \frac{<v> / (1 - <beta>^<t>)}{\sqrt{<s> / (1 - <gamma>^<t>)} + <eps>}",
        ),
        _adam,
    ),
)
"""Title, the rule as it is written, and how far a parameter goes down by it, at the learning rate 1."""


def _losses(numbers: Numbers, rule: Rule, rate: Fraction) -> list[float]:
    """Return the loss at the start and after some steps by a rule."""
    about = numbers.about
    places = [
        (leaf.name, place) for leaf in numbers.leaves if leaf.name in about.parameters
        for place in numbers.concrete.entries(leaf.name)
    ]  # fmt: skip
    values: dict[Key, Fraction] = {key: numbers.entry(*key) for key in places}
    states: dict[Key, State] = {key: {} for key in places}
    losses = [numbers.value(about.loss)]
    for step in range(1, STEPS[-1] + 1):
        concrete = numbers.moved(values)
        slopes = {
            key: numbers.value(Diff(about.loss, Var(key[0], tuple(map(lin, key[1])))), concrete) for key in places
        }
        for key, slope in slopes.items():
            values[key] -= Fraction(round(rate * Fraction(rule(slope, states[key], step)) * DIGITS), DIGITS)
        if step in STEPS:
            losses.append(numbers.value(about.loss, numbers.moved(values)))
    return losses
