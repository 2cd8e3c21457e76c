"""Through the hidden layers, to the weights and biases, and the whole as an algorithm."""

from __future__ import annotations

from collections.abc import Callable

from derive.report.activations import ACTIVATIONS
from derive.report.content import Algorithm, Display, Line, Section, Step, formula, paragraph, steps
from derive.report.inline import prose
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions


def hidden(options: HandoutOptions, m: MlpNotation) -> Section:
    """Sum over paths for one unit, the whole layer as Wᵀ·, and then ⊙ g′."""
    k, i, j, unit = m.letters
    up, goal = m.above, m.dloss(m.h(k, j))
    total = rf"\sum_{{{unit}=1}}^{{{m.n(up)}}}"
    local = m.d(m.a(up, unit), m.h(k, j))
    column = m.parted(m.weight, up, r"\cdot", j)
    below_top = rf" \qquad ({m.hidden_layers})" if m.output_is_activation else ""
    whole = rf"= {m.t(m.w(up))} \, {m.grad(m.a(up))}"
    rows = r" \\ ".join(
        (rf"{total} {m.parted(m.weight, up, unit, '1')} {m.dloss(m.a(up, unit))}", r"\vdots",
         rf"{total} {m.parted(m.weight, up, unit, m.n(k))} {m.dloss(m.a(up, unit))}")
    )  # fmt: skip
    return Section(
        "hidden",
        "Through a hidden layer",
        (
            paragraph(
                f"Suppose that the gradient of layer ${up}$ is known. Unit ${j}$ of layer ${k}$ feeds every unit of "
                f"layer ${up}$, so it has as many paths "
                f"upwards as that layer has units. Along each of them:"
            ),
            steps(
                local,
                (
                    rf"= \frac{{\partial}}{{\partial {m.h(k, j)}}} \left({m.b(up, unit)} + "
                    rf"\sum_{{{i}=1}}^{{{m.n(k)}}} {m.w(up, unit, i)} {m.h(k, i)}\right)",
                    "definition of the pre-activation",
                ),
                (f"= {m.w(up, unit, j)}", "one term of the sum depends on it"),
            ),
            paragraph("Over all of them:"),
            steps(
                goal,
                (rf"= {total} {m.dloss(m.a(up, unit))} \, {local} \qquad ({m.hidden_layers})", "sum over all paths"),
                (rf"= {total} {m.dloss(m.a(up, unit))} \, {m.w(up, unit, j)}", "insert the above"),
                (rf"= ({column}){m.transpose} \, {m.grad(m.a(up))}", "a column of weights, transposed"),
            ),
            paragraph(
                "Going forwards, a unit used a *row* of the weights; going backwards, it uses a *column*. The whole "
                "layer at once is therefore the "
                "transposed matrix times the gradient above:"
            ),
            steps(m.grad(m.h(k)), (rf"= \begin{{bmatrix}} {rows} \end{{bmatrix}}", "all entries in a vector")),
            formula(m.grad(m.h(k)), f"{whole} \\qquad "
                                    f"({m.hidden_layers})", name="hidden", title="Through the weights", step=True),
            paragraph("Then through the unit itself, which has one path from its pre-activation to its activation:"),
            steps(
                m.dloss(m.a(k, j)),
                (rf"= {m.dloss(m.h(k, j))} \, {m.d(m.h(k, j), m.a(k, j))} \qquad ({m.hidden_layers})", "chain rule"),
                (rf"= {m.dloss(m.h(k, j))} \, {m.g(m.a(k, j), 1)}{below_top}", "derivative of the activation function"),
            ),
            formula(
                m.grad(m.a(k)), rf"= {m.grad(m.h(k))} \odot {m.g(m.a(k), 1)} \qquad ({m.hidden_layers})",
                name="slope", title="Through the activation", step=True,
            ),
            paragraph(rf"The circled dot multiplies entry by entry.{_slope_words(options, m)} Both steps in one "
                      rf"line, from layer to layer:"),
            formula(
                m.grad(m.a(k)), rf"= \left({m.t(m.w(up))} \, {m.grad(m.a(up))}\right) \odot {m.g(m.a(k), 1)} \qquad "
                                rf"({m.hidden_layers})",
                name="recursion",
            ),
        ),
    )  # fmt: skip


def _tall(fraction: str) -> str:
    """A fraction inside a matrix, at full size."""
    return fraction.replace(r"\frac", r"\dfrac", 1)


def _slope_words(options: HandoutOptions, m: MlpNotation) -> str:
    """Say how the slope comes from what the forward pass kept."""
    if options.activation != "any" and ACTIVATIONS[options.activation].by_output:
        kept = f"the activations ${m.h(m.layer)}$ that the forward pass kept"
        return f" The slope needs no new work: it follows from {kept}."
    return f" The forward pass keeps ${m.a(m.layer)}$ for this."


def weights(_options: HandoutOptions, m: MlpNotation) -> Section:
    """One entry, the matrix entry by entry, and the outer product."""
    k, i, j, unit = m.letters
    entry = m.dloss(m.w(k, i, j))
    by_entry = _matrix(m, lambda to, of: _tall(m.dloss(m.parted(m.weight, k, to, of))))
    by_factor = _matrix(m, lambda to, of: f"{_tall(m.dloss(m.parted(m.pre, k, to)))} {m.parted(m.hidden, m.below, of)}")
    return Section(
        "weights",
        "The weights",
        (
            paragraph("A weight has one path only: into the pre-activation of the unit that it feeds, with the "
                      "activation below as its factor."),
            steps(
                m.d(m.a(k, i), m.w(k, i, j)),
                (
                    rf"= \frac{{\partial}}{{\partial {m.w(k, i, j)}}} \left({m.b(k, i)} + "
                    rf"\sum_{{{unit}=1}}^{{{m.n(m.below)}}} {m.w(k, i, unit)} {m.h(m.below, unit)}\right)",
                    "definition of the pre-activation",
                ),
                (f"= {m.h(m.below, j)}", "one term of the sum depends on it"),
            ),
            paragraph("By the chain rule the loss feels it through that unit:"),
            steps(
                entry,
                (rf"= {m.dloss(m.a(k, i))} \, {m.d(m.a(k, i), m.w(k, i, j))} \qquad ({m.all_layers})", "chain rule"),
                (rf"= {m.dloss(m.a(k, i))} \, {m.h(m.below, j)}", "insert the above"),
            ),
            paragraph("Written out for the whole matrix, a pattern appears: along a row the gradient stays the same, "
                      "along a column the activation does."),
            Display(
                (
                    Line(m.grad(m.w(k)), f"= {by_entry}", "one entry for each weight"),
                    Line("", f"= {by_factor}", "insert each entry"),
                ),
                step=True,
            ),
            paragraph("A column vector times a row vector has just this pattern; it is their outer product."),
            formula(
                m.grad(m.w(k)), rf"= {m.grad(m.a(k))} \, {m.t(m.h(m.below))} \qquad ({m.all_layers})",
                name="weights", title="Weights", step=True,
            ),
            paragraph(f"The shapes agree: a column of ${m.n(k)}$ entries times a row of ${m.n(m.below)}$ gives a "
                      f"matrix with the shape of ${m.w(k)}$."),
        ),
    )  # fmt: skip


def _matrix(m: MlpNotation, entry: Callable[[str, str], str]) -> str:
    """A matrix of the shape of W_k by its corners."""
    rows, columns = m.n(m.layer), m.n(m.below)
    lines = (
        rf"{entry('1', '1')} & \cdots & {entry('1', columns)}",
        r"\vdots & \ddots & \vdots",
        rf"{entry(rows, '1')} & \cdots & {entry(rows, columns)}",
    )
    return r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}"


def biases(_options: HandoutOptions, m: MlpNotation) -> Section:
    """A bias feeds its unit with factor one."""
    k, i = m.layer, m.units[0]
    return Section(
        "biases",
        "The biases",
        (
            paragraph("A bias is a weight whose input is always one:"),
            steps(
                m.dloss(m.b(k, i)),
                (rf"= {m.dloss(m.a(k, i))} \, {m.d(m.a(k, i), m.b(k, i))} \qquad ({m.all_layers})", "chain rule"),
                (f"= {m.dloss(m.a(k, i))}", "the bias is added as it is"),
            ),
            formula(
                m.grad(m.b(k)), rf"= {m.grad(m.a(k))} \qquad ({m.all_layers})", name="biases", title="Biases", step=True
            ),
        ),
    )


def algorithm(options: HandoutOptions, m: MlpNotation) -> Section:
    """The forward and backward pass as pseudo-code."""
    k = m.layer
    rows = [
        (0, f"**for** ${k}$ from ${m.lowest}$ to ${m.depth}-1$ **do**", "forward pass"),
        (1, rf"${m.a(k)} \leftarrow {m.b(k)} + {m.w(k)} {m.h(m.below)}$", ""),
        (1, rf"${m.h(k)} \leftarrow {m.g(m.a(k))}$", "keep both"),
        (0, rf"${m.a(m.depth)} \leftarrow {m.b(m.depth)} + {m.w(m.depth)} {m.h(f'{m.depth}-1')}$", ""),
        (0, rf"${m.yhat()} \leftarrow {m.o(m.a(m.depth))}$", ""),
        (0, rf"${m.grad(m.a(m.depth))} \leftarrow {top_gradient(options, m)}$", "@{output}"),
        (0, f"**for** ${k}$ from ${m.depth}$ down to ${m.lowest}$ **do**", "backward pass"),
        (1, rf"${m.grad(m.w(k))} \leftarrow {m.grad(m.a(k))} \, {m.t(m.h(m.below))}$", "@{weights}"),
        (1, rf"${m.grad(m.b(k))} \leftarrow {m.grad(m.a(k))}$", "@{biases}"),
        (1, f"**if** ${k} > {m.lowest}$ **then**", ""),
        (2, rf"${m.grad(m.h(m.below))} \leftarrow {m.t(m.w(k))} \, {m.grad(m.a(k))}$", "@{hidden}"),
        (2, rf"${m.grad(m.a(m.below))} \leftarrow {m.grad(m.h(m.below))} \odot {m.g(m.a(m.below), 1)}$", "@{slope}"),
        (0, rf"**for** ${k}$ from ${m.lowest}$ to ${m.depth}$ **do**", "one step of gradient descent"),
        (1, rf"${m.w(k)} \leftarrow {m.w(k)} - \eta \, {m.grad(m.w(k))}$", ""),
        (1, rf"${m.b(k)} \leftarrow {m.b(k)} - \eta \, {m.grad(m.b(k))}$", ""),
    ]  # fmt: skip
    return Section(
        "algorithm",
        "The algorithm",
        (
            paragraph(
                f"Everything together, for one example with input ${m.x()}$ and learning rate $\\eta$. Layer "
                f"${m.bottom}$ is the input, ${m.h(m.bottom)}$. "
                "Each layer costs one matrix product on the way up and two on the way down."
            ),
            Algorithm(
                "Backpropagation", tuple(Step(depth, prose(text), prose(remark)) for depth, text, remark in rows)
            ),
        ),
    )


def top_gradient(options: HandoutOptions, m: MlpNotation) -> str:
    """Return the gradient at the output in closed form."""
    difference = f"{m.yhat()} - {m.y()}"
    if options.loss == "squared-error" and options.output_function != "identity":
        return rf"({difference}) \odot {m.o(m.a(m.depth), 1)}"
    return difference
