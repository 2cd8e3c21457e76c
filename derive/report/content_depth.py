"""What depth does to the gradient: the factors of the proved product, measured for several ways to begin."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

from flint import arb

from derive.algebra.expr import Fun
from derive.algebra.index import lin
from derive.models.overrides import closed
from derive.proof.known import partials
from derive.report.content import Block, Display, Line, Section, Table, cells, paragraph
from derive.report.inline import prose
from derive.report.subject import Subject

WIDTH, DEPTHS, DRAWS, SEED = 24, (2, 6, 18), 3, 7
SCALES = ((r"\frac{1}{4n}", 0.25), (r"\frac{1}{n}", 1.0), (r"\frac{2}{n}", 2.0), (r"\frac{8}{n}", 8.0))
"""Variances of the weights, n units below: as LaTeX, and times n."""
KINDS = ("sigmoid", "tanh", "relu")
Vector = list[float]


def depth(about: Subject) -> Section | None:
    """How much of the gradient arrives at the lowest layer; None for a network that is no perceptron for one "
    "example."""
    roles = about.roles
    if roles is None or roles.batch or not any(g.name == roles.pre and not g.last for g in about.gradients):
        return None
    return Section("depth", "Vanishing and exploding gradients", tuple(_blocks(about)))


def _blocks(about: Subject) -> Iterator[Block]:
    roles = about.known
    top, low = about.gradient_latex(roles.pre, roles.depth), about.gradient_latex(roles.pre, lin(roles.first + 1))
    gradient = next(g for g in about.gradients if g.name == roles.pre and not g.last)
    where, steps = about.unrolled(gradient)
    if steps:
        left = about.gradient_latex(gradient.name, *gradient.layers)
        yield paragraph("From a layer to the top there is one matrix for each layer between:")
        yield Display((Line(left, f"= {steps[-1].latex}", where=where),), step=True, proposed=True)
    yield paragraph(
        "Each has the slopes of the units on a diagonal, times the transposed weights. Where these factors shrink what "
        "they multiply, their product shrinks it once more with every layer, and nothing is left to learn from: the "
        "gradient *vanishes*. Where they stretch it, it *explodes*. What decides is the size of the weights at the "
        "start, and the slope of the function."
    )
    rows = tuple(cells(*row) for kind in _kinds(about) for row in _rows(kind))
    header = cells("Function", "Variance of the weights", *(f"{layers} layers" for layers in DEPTHS))
    yield Table(
        "l" * len(header),
        header,
        rows,
        prose(
            rf"Length of ${low}$ over that of ${top}$, for ${WIDTH}$ units in each layer, weights drawn with mean "
            r"zero and the variance given, $n$ units below, biases zero; the geometric mean of several draws."
        ),
        numeric=True,
    )
    yield paragraph(
        "So weights are drawn with a variance that keeps the length: about one over the number of units below for a "
        "function whose slope is one around zero, and twice that for a rectifier, which lets half of its units through."
    )


def _kinds(about: Subject) -> tuple[str, ...]:
    """Return several functions where the network leaves its own open, else that of its hidden layers."""
    if any(kind == "any" for _, kind in about.model.functions):
        return KINDS
    bodies = [d.body for d in Subject(closed(about.model)).network.definitions if d.name == about.known.hidden]
    return tuple(body.name for body in bodies if isinstance(body, Fun))[:1]


def _rows(kind: str) -> Iterator[tuple[str, ...]]:
    for latex, scale in SCALES:
        yield (kind, f"${latex}$", *(f"${_short(share(kind, layers, scale))}$" for layers in DEPTHS))


def _short(share: float) -> str:
    digits = f"{share:.1e}"
    number, _, power = digits.partition("e")
    return f"{share:.2f}" if 0.01 <= share < 100 else rf"{number} \cdot 10^{{{int(power)}}}"


def share(kind: str, layers: int, scale: float, width: int = WIDTH) -> float:
    """Return the length of the gradient at the lowest layer over that at the top, the geometric mean of draws."""
    random = Random(SEED)
    logs = []
    for _ in range(DRAWS):
        weights = [_matrix(random, width, math.sqrt(scale / width)) for _ in range(layers - 1)]
        top = [random.gauss(0, 1) for _ in range(width)]
        lowest = product(kind, [random.gauss(0, 1) for _ in range(width)], weights, top)
        logs.append(math.log(max(math.hypot(*lowest), 1e-30) / math.hypot(*top)))
    return math.exp(sum(logs) / len(logs))


def _matrix(random: Random, width: int, spread: float) -> list[Vector]:
    return [[random.gauss(0, spread) for _ in range(width)] for _ in range(width)]


def product(kind: str, pre: Vector, weights: list[list[Vector]], top: Vector) -> Vector:
    """Return Π_t diag(g'(a_t)) W_{t+1}ᵀ times the gradient at the top; `pre` is a_1, and a_{t+1} = W_{t+1} g(a_t)."""
    slopes = list[Vector]()
    for matrix in weights:
        at = [partials(kind, (arb(value),)) for value in pre]
        slopes.append([_float(one((1,))) for one in at])
        unit = [_float(one((0,))) for one in at]
        pre = [_dot(row, unit) for row in matrix]
    gradient = top
    for slope, matrix in zip(reversed(slopes), reversed(weights), strict=True):
        gradient = [g * _dot(column, gradient) for g, column in zip(slope, zip(*matrix, strict=True), strict=True)]
    return gradient


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _float(value: arb | None) -> float:
    return 0.0 if value is None else float(value.mid())
