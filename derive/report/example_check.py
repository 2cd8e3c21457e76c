"""The worked example against the oracle: each number again, from the forward pass alone, in ball arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.functions import call
from derive.algebra.index import Size, lin
from derive.errors import InternalDisagreement
from derive.network.mlp import LABEL, mlp
from derive.network.network import Definition, Network
from derive.proof.draw import Concrete, draw_network
from derive.proof.evaluate import evaluate
from derive.report.example import Example, Matrix, Vector
from derive.report.options import HandoutOptions

LOSSES = {"squared-error": "half-squared"}
TOLERANCE = 1e-9


def check_example(example: Example, options: HandoutOptions) -> int:
    """Return how many numbers of the example the oracle confirms, which is all of them.

    Raises: InternalDisagreement at a number that differs.
    """
    concrete = _concrete(example, options)
    confirmed = 0
    for expr, value in _numbers(example):
        found = float(evaluate(expr, concrete).mid())
        if abs(found - value) > TOLERANCE * max(1.0, abs(value)):
            raise InternalDisagreement(f"worked example: {expr} is {value!r}, but {found!r} by the oracle")
        confirmed += 1
    return confirmed


def example_network(example: Example, options: HandoutOptions) -> Network:
    """Return the network of the example with its functions filled in."""
    output = {"softmax": "softmax", "sigmoid": "sigmoid", "identity": "linear"}.get(
        example.output_function, "elementwise"
    )
    network = mlp(example.activation.name, output, LOSSES.get(options.loss, options.loss), options.target)
    if output != "elementwise":
        return network
    definitions = tuple(_filled(definition, example.output_function) for definition in network.definitions)
    return replace(network, definitions=definitions)


def _filled(definition: Definition, output: str) -> Definition:
    """Put a named function in place of the open output function."""
    if definition.name != "yhat":
        return definition
    return replace(definition, body=call(output, Var("a", (lin(Size("L")), lin(definition.params[0])))))


def _concrete(example: Example, options: HandoutOptions) -> Concrete:
    values: dict[tuple[str, tuple[int, ...]], Fraction] = {}
    for layer in range(1, example.depth + 1):
        for i, bias in enumerate(example.biases[layer], 1):
            values["b", (layer, i)] = _exact(bias)
            for j, weight in enumerate(example.weights[layer][i - 1], 1):
                values["W", (layer, i, j)] = _exact(weight)
    values |= {("x", (i,)): _exact(value) for i, value in enumerate(example.x, 1)}
    values |= {("y", (i,)): _exact(value) for i, value in enumerate(example.y, 1)}
    sizes = {Size("L"): example.depth} | {Size("n", (lin(k),)): width for k, width in enumerate(example.widths)}
    return draw_network(example_network(example, options), sizes=sizes, values=values, free={LABEL: example.label})


def _exact(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1000)


def _numbers(example: Example) -> Iterator[tuple[Expr, float]]:
    """Yield every number of the example as an expression of the network, with its value."""
    loss, top = Var("loss"), example.depth
    yield loss, example.loss
    yield from _vector("yhat", (), example.output)
    yield from ((Diff(loss, var), value) for var, value in _vector("yhat", (), example.d_output))
    for k in range(1, top + 1):
        yield from _vector("a", (k,), example.pre[k])
        for name in ("a", "b"):
            yield from ((Diff(loss, var), value) for var, value in _vector(name, (k,), example.d_pre[k]))
        yield from ((Diff(loss, var), value) for var, value in _matrix("W", k, example.d_weights[k]))
        if k < top:
            yield from _vector("h", (k,), example.hidden[k])
            yield from ((Diff(loss, var), value) for var, value in _vector("h", (k,), example.d_hidden[k]))


def _vector(name: str, layer: tuple[int, ...], values: Vector) -> Iterator[tuple[Var, float]]:
    for i, value in enumerate(values, 1):
        yield Var(name, (*map(lin, layer), lin(i))), value


def _matrix(name: str, layer: int, rows: Matrix) -> Iterator[tuple[Var, float]]:
    for i, row in enumerate(rows, 1):
        yield from _vector(name, (layer, i), row)
