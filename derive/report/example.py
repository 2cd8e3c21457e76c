"""The worked example: a small network with given numbers, forward and backward, in plain floating point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import cycle, islice, pairwise

from derive.report.activations import ACTIVATIONS, Activation
from derive.report.options import HandoutOptions

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]
RATE = Fraction(1, 10)
_WEIGHTS = (0.5, -0.3, 0.8, -0.6, 0.2, 0.9, -0.4, 0.7, -0.1, 0.6, -0.8, 0.3, -0.7)
_BIASES = (0.1, -0.2, 0.3, -0.4)


@dataclass(frozen=True)
class Given:
    """The numbers that an example starts from. Layers count from 0, the input; `weights[0]` and `biases[0]` are empty.

    Shapes: weights[k] is (widths[k], widths[k-1]), biases[k] is (widths[k],).
    """

    widths: tuple[int, ...]
    activation: Activation
    output_function: str
    loss_function: str
    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...]
    x: Vector
    y: Vector
    label: int


@dataclass(frozen=True)
class Example(Given):
    """Every value of one forward and one backward pass.

    `pre[0]` is empty; the last of `hidden` is the output. `d_hidden[k]`, `d_pre[k]` and `d_weights[k]` are gradients of
    the loss (those by the biases equal `d_pre`), `d_output` is that by the output; `next_loss` is the loss after one
    step of gradient descent with rate `RATE`.
    """

    pre: tuple[Vector, ...]
    hidden: tuple[Vector, ...]
    loss: float
    d_output: Vector
    d_pre: tuple[Vector, ...]
    d_hidden: tuple[Vector, ...]
    d_weights: tuple[Matrix, ...]
    next_loss: float

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @property
    def output(self) -> Vector:
        return self.hidden[-1]


def worked_example(options: HandoutOptions) -> Example:
    """Return the example for the options; an open activation or output function is taken to be the sigmoid."""
    activation = ACTIVATIONS[options.activation if options.activation != "any" else "sigmoid"]
    output = options.output_function if options.output_function != "any" else "sigmoid"
    x = tuple([1.0, 0.5, -1.0, 2.0, 1.5, -0.5][: options.widths[0]])
    choices = [_parameters(options.widths, start) for start in range(len(_WEIGHTS))]
    generic = (choice for choice in choices if _generic(forward(*choice, x, activation, output)[0]))
    weights, biases = next(generic, choices[0])
    label = min(2, options.widths[-1])
    y = _target(options, label)
    given = Given(options.widths, activation, output, options.loss, weights, biases, x, y, label)
    return evaluate(given)


def _parameters(widths: Sequence[int], start: int) -> tuple[tuple[Matrix, ...], tuple[Vector, ...]]:
    """Return weights and biases: tenths between -1 and 1 that look mixed and repeat from run to run."""
    numbers = cycle(_WEIGHTS[start:] + _WEIGHTS[:start])
    weights: list[Matrix] = [()]
    biases: list[Vector] = [()]
    for below, above in pairwise(widths):
        weights.append(tuple(tuple(islice(numbers, below)) for _ in range(above)))
        biases.append(tuple(_BIASES[(unit + len(biases)) % len(_BIASES)] for unit in range(above)))
    return tuple(weights), tuple(biases)


def _generic(pre: Sequence[Vector]) -> bool:
    """Return whether no pre-activation is near a kink and the lowest layer has one of each sign where it can."""
    values = [value for layer in pre for value in layer]
    signs = {value > 0 for value in pre[1]}
    return min(map(abs, values)) > 0.04 and len(signs) == min(2, len(pre[1]))


def _target(options: HandoutOptions, label: int) -> Vector:
    width = options.widths[-1]
    match options.target, options.loss:
        case "class", _:
            return tuple(float(unit == label) for unit in range(1, width + 1))
        case "distribution", _:
            parts = [2.0 if unit == label else 1.0 for unit in range(1, width + 1)]
            return tuple(part / sum(parts) for part in parts)
        case _, "binary-cross-entropy":
            return tuple(float(unit % 2 == 0) for unit in range(1, width + 1))
        case _:
            return tuple([0.5, 1.0, 0.0, 0.25, 0.75, 1.0][:width])


def evaluate(given: Given) -> Example:
    """Run the network forwards and backwards."""
    weights, depth = given.weights, len(given.widths) - 1
    pre, hidden = forward(weights, given.biases, given.x, given.activation, given.output_function)
    d_pre: dict[int, Vector] = {depth: _top_gradient(given, pre[-1], hidden[-1])}
    d_hidden: dict[int, Vector] = {}
    for k in range(depth - 1, 0, -1):
        columns = zip(*weights[k + 1], strict=True)
        d_hidden[k] = tuple(sum(w * d for w, d in zip(column, d_pre[k + 1], strict=True)) for column in columns)
        d_pre[k] = tuple(d * given.activation.derivative(a) for d, a in zip(d_hidden[k], pre[k], strict=True))
    d_weights = tuple(
        () if k == 0 else tuple(tuple(d * h for h in hidden[k - 1]) for d in d_pre[k]) for k in range(depth + 1)
    )
    slopes = tuple(d_pre.get(k, ()) for k in range(depth + 1))
    moved = _moved(weights, given.biases, d_weights, slopes)
    after = forward(*moved, given.x, given.activation, given.output_function)[1][-1]
    return Example(
        **{item.name: getattr(given, item.name) for item in fields(given)},
        pre=pre,
        hidden=hidden,
        loss=_loss(given.loss_function, hidden[-1], given.y),
        d_output=_output_gradient(given.loss_function, hidden[-1], given.y),
        d_pre=slopes,
        d_hidden=tuple(d_hidden.get(k, ()) for k in range(depth + 1)),
        d_weights=d_weights,
        next_loss=_loss(given.loss_function, after, given.y),
    )


def forward(
    weights: Sequence[Matrix], biases: Sequence[Vector], x: Vector, activation: Activation, output: str
) -> tuple[tuple[Vector, ...], tuple[Vector, ...]]:
    """Return all pre-activations and activations, from the input (layer 0, no pre-activation) to the output."""
    pre: list[Vector] = [()]
    hidden: list[Vector] = [x]
    for k in range(1, len(weights)):
        a = tuple(
            bias + sum(w * h for w, h in zip(row, hidden[-1], strict=True))
            for row, bias in zip(weights[k], biases[k], strict=True)
        )
        pre.append(a)
        hidden.append(_output(output, a) if k == len(weights) - 1 else tuple(map(activation.value, a)))
    return tuple(pre), tuple(hidden)


def _output(name: str, a: Vector) -> Vector:
    if name != "softmax":
        return tuple(map(ACTIVATIONS[name].value, a))
    shifted = [math.exp(value - max(a)) for value in a]
    return tuple(value / sum(shifted) for value in shifted)


def _loss(name: str, output: Vector, y: Vector) -> float:
    pairs = list(zip(output, y, strict=True))
    if name == "squared-error":
        return sum((o - t) ** 2 for o, t in pairs) / 2
    if name == "binary-cross-entropy":
        return -sum(t * math.log(o) + (1 - t) * math.log(1 - o) for o, t in pairs)
    return -sum(t * math.log(o) for o, t in pairs)


def _output_gradient(name: str, output: Vector, y: Vector) -> Vector:
    pairs = zip(output, y, strict=True)
    if name == "squared-error":
        return tuple(o - t for o, t in pairs)
    if name == "binary-cross-entropy":
        return tuple((o - t) / (o * (1 - o)) for o, t in pairs)
    return tuple(-t / o for o, t in pairs)


def _top_gradient(given: Given, a: Vector, yhat: Vector) -> Vector:
    difference = tuple(o - t for o, t in zip(yhat, given.y, strict=True))
    if given.loss_function != "squared-error":
        return difference
    slope = ACTIVATIONS[given.output_function].derivative
    return tuple(d * slope(value) for d, value in zip(difference, a, strict=True))


def _moved(
    weights: Sequence[Matrix], biases: Sequence[Vector], d_weights: Sequence[Matrix], d_biases: Sequence[Vector]
) -> tuple[tuple[Matrix, ...], tuple[Vector, ...]]:
    """Return the parameters after one step of gradient descent."""
    rate = float(RATE)
    new_weights = tuple(
        tuple(tuple(w - rate * d for w, d in zip(*rows, strict=True)) for rows in zip(old, slopes, strict=True))
        for old, slopes in zip(weights, d_weights, strict=True)
    )
    new_biases = tuple(
        tuple(b - rate * d for b, d in zip(old, slopes, strict=True))
        for old, slopes in zip(biases, d_biases, strict=True)
    )
    return new_weights, new_biases
