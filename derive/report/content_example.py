"""The worked example: every value of one forward and one backward pass, with the formula that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from derive.report.activations import ACTIVATIONS, definition
from derive.report.content import Block, Display, Figure, Line, Section, paragraph
from derive.report.content_layers import top_gradient
from derive.report.content_model import loss_value
from derive.report.example import RATE, Example, Matrix, Vector, worked_example
from derive.report.example_check import check_example
from derive.report.figure import network_drawing
from derive.report.inline import prose
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions

DIGITS = 4


def worked(options: HandoutOptions, notation: MlpNotation) -> Section:
    """A small network with numbers, all the way up and down."""
    example = worked_example(options)
    m = replace(notation, depth=str(notation.first + example.depth))
    blocks: list[Block] = [
        paragraph(_opening(options, example, m)),
        Figure(
            network_drawing(example.widths, m),
            prose(f"The network of the example: {_by(example.widths)} units."),
            name="example",
        ),
        _given(options, example, m),
        *(block for layer in range(1, example.depth + 1) for block in _forward(example, m, layer)),
        paragraph("The loss compares the prediction with the target:"),
        _display(_loss(options, example, m)),
        paragraph("**Backward.** From the prediction and the target alone comes the gradient at the top, and from it "
                  "those of the top layer's parameters:"),
        _top(options, example, m),
        *(block for layer in range(example.depth - 1, 0, -1) for block in _backward(example, m, layer)),
        paragraph(_closing(example, check_example(example, options))),
    ]  # fmt: skip
    return Section("example", "A worked example", tuple(blocks))


def number(value: float, digits: int = DIGITS) -> str:
    """Return a rounded number, without a negative zero."""
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def short(value: float) -> str:
    """Return a given number with as few digits as it has, but one at least."""
    text = f"{value:.{DIGITS}f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def column(values: Vector, form: Callable[[float], str] = number) -> str:
    return matrix(((value,) for value in values), form)


def matrix(rows: Iterable[Iterable[float]], form: Callable[[float], str] = number) -> str:
    """Return a matrix of numbers as LaTeX."""

    body = r" \\ ".join(" & ".join(form(value) for value in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _by(widths: tuple[int, ...]) -> str:
    return ", ".join(map(str, widths[:-1])) + f" and {widths[-1]}"


def _opening(options: HandoutOptions, example: Example, m: MlpNotation) -> str:
    opened = {m.activation: options.activation, m.output_function: options.output_function}
    taken = " and ".join(f"${symbol}$" for symbol, name in opened.items() if name == "any")
    value = definition(ACTIVATIONS["sigmoid"], "", m.scalar)
    chosen = f" For the numbers we take ${m.scalar} \\mapsto {value}$ as {taken}." if taken else ""
    return (
        f"A network of {_by(example.widths)} units, small enough for paper. Every number that is not given is "
        f"rounded to {DIGITS} decimals, but the next one is computed from it unrounded.{chosen}"
    )


def _display(*lines: Line, step: bool = False) -> Display:
    return Display(lines, step=step, numeric=True)


def _given(options: HandoutOptions, example: Example, m: MlpNotation) -> Display:
    target = rf"{m.y()} = {column(example.y, short)}"
    top = rf"= {column(example.x, short)}, \qquad {target}"
    if options.target == "class":
        top += rf" \quad ({m.label} = {example.label})"
    lines = [Line(m.x(), top)]
    for layer in range(1, example.depth + 1):
        name, bias = m.w(_layer(m, layer)), m.b(_layer(m, layer))
        lines.append(
            Line(
                name,
                rf"= {matrix(example.weights[layer], short)}, \qquad {bias} = {column(example.biases[layer], short)}",
            )
        )
    return _display(*lines)


def _layer(m: MlpNotation, layer: int) -> str:
    return str(m.first + layer)


def _activation(m: MlpNotation, example: Example, layer: int) -> tuple[str, str]:
    """The name of a layer's activation, and what it is."""
    here = m.a(_layer(m, layer))
    return (m.yhat(), m.o(here)) if layer == example.depth else (m.h(_layer(m, layer)), m.g(here))


def _forward(example: Example, m: MlpNotation, layer: int) -> tuple[Block, Block]:
    here, below = _layer(m, layer), _layer(m, layer - 1)
    inputs = column(example.hidden[layer - 1], short if layer == 1 else number)
    name, value = _activation(m, example, layer)
    start = "**Forward.** From the input up" if layer == 1 else "Up" if layer < example.depth else "And up"
    place = f"to layer ${here}$" if layer < example.depth else "to the output"
    return paragraph(f"{start} {place}:"), _display(
        Line(m.a(here), f"= {m.b(here)} + {m.w(here)} {m.h(below)}"),
        Line("", f"= {column(example.biases[layer], short)} + {matrix(example.weights[layer], short)} {inputs} = "
                 f"{column(example.pre[layer])}"),
        Line(name, f"= {value} = {column(example.hidden[layer])}"),
    )  # fmt: skip


def _loss(options: HandoutOptions, example: Example, m: MlpNotation) -> Line:
    if options.target == "class":
        return Line(
            m.loss,
            rf"= -\log {m.yhat(str(example.label))} = -\log {number(example.output[example.label - 1])} = "
            rf"{number(example.loss)}",
        )
    return Line(m.loss, f"= {loss_value(options, m)} = {number(example.loss)}")


def _top(options: HandoutOptions, example: Example, m: MlpNotation) -> Display:
    gradient = m.grad(m.a(m.depth))
    values = f"{column(example.output)} - {column(example.y, short if options.target != 'distribution' else number)}"
    if r"\odot" in top_gradient(options, m):
        slopes = tuple(d / e for d, e in zip(example.d_pre[-1], example.d_output, strict=True))
        values = rf"\left({values}\right) \odot {column(slopes)}"
    return _display(
        Line(gradient, f"= {top_gradient(options, m)} = {values} = {column(example.d_pre[-1])}"),
        *_parameters(example, m, example.depth),
        step=True,
    )


def _parameters(example: Example, m: MlpNotation, layer: int) -> tuple[Line, Line]:
    here, below = _layer(m, layer), _layer(m, layer - 1)
    gradient = m.grad(m.a(here))
    return (
        Line(m.grad(m.w(here)), rf"= {gradient} \, {m.t(m.h(below))} = {matrix(example.d_weights[layer])}"),
        Line(m.grad(m.b(here)), f"= {gradient} = {column(example.d_pre[layer])}"),
    )


def _backward(example: Example, m: MlpNotation, layer: int) -> tuple[Block, Block]:
    here, above = _layer(m, layer), _layer(m, layer + 1)
    slopes = tuple(map(example.activation.derivative, example.pre[layer]))
    transposed: Matrix = tuple(zip(*example.weights[layer + 1], strict=True))
    return (
        paragraph(f"Down to layer ${here}$, through the weights ${m.w(above)}$ and then through the units:"),
        _display(
            *_product(
                m.grad(m.h(here)),
                rf"= {m.t(m.w(above))} \, {m.grad(m.a(above))}",
                f"= {matrix(transposed, short)} {column(example.d_pre[layer + 1])} = {column(example.d_hidden[layer])}",
                wide=len(transposed[0]) > 4,
            ),
            Line(
                m.grad(m.a(here)),
                rf"= {m.grad(m.h(here))} \odot {m.g(m.a(here), 1)} = {column(example.d_hidden[layer])} \odot "
                rf"{column(slopes)}"
                f" = {column(example.d_pre[layer])}",
            ),
            *_parameters(example, m, layer),
            step=True,
        ),
    )


def _product(left: str, formula: str, numbers: str, wide: bool) -> tuple[Line, ...]:
    """Return a product and its value on one line, or on two where the matrix is wide."""
    return (Line(left, formula), Line("", numbers)) if wide else (Line(left, f"{formula} {numbers}"),)


def _closing(example: Example, confirmed: int) -> str:
    rate = short(float(RATE))
    return (
        rf"One step of gradient descent with learning rate ${rate}$ takes the loss from ${number(example.loss)}$ to "
        rf"${number(example.next_loss)}$. "
        f"All {confirmed} numbers of this pass were computed a second time from the forward pass alone, by an "
        f"independent "
        "method in interval arithmetic, and agree."
    )
