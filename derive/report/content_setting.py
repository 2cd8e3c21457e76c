"""What the handout says of the network, its forward pass, and the idea of backpropagation for one weight."""

from __future__ import annotations

from derive.report.activations import ACTIVATIONS, definition, slope, slope_of_unit
from derive.report.content import Block, Display, Figure, Line, Section, Table, cells, formula, paragraph
from derive.report.content_model import LOSS_WORDS, forward_lines
from derive.report.figure import network_drawing
from derive.report.inline import prose
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions

DRAWN = (3, 4, 3, 2)
MARKED = (1, 2)


def setting(options: HandoutOptions, m: MlpNotation) -> Section:
    """The network, drawn, and the table of its symbols with their shapes."""
    k, i, j, _ = m.letters
    return Section(
        "setting",
        "The setting",
        (
            paragraph(
                f"A *feedforward network* turns an input ${m.x()}$ into a prediction ${m.yhat()}$ by ${m.depth}$ "
                f"layers, each of "
                "which takes weighted sums of the layer below and bends them by a fixed function. A *loss* says "
                "how bad "
                "the prediction is. To learn is to change the weights and biases so that the loss falls, and for "
                "that we "
                "need its partial derivative with respect to every one of them. *Backpropagation* finds them all, in "
                "about the time of two forward passes."
            ),
            Figure(
                network_drawing(DRAWN, m),
                prose(
                    "A network with two hidden layers. Every line is one weight; the bias of each unit is not drawn. "
                    "Below each "
                    "layer stand its pre-activation and its activation."
                ),
                name="network",
            ),
            paragraph(
                "Nothing below depends on the numbers of layers and units in the picture: the depth "
                f"${m.depth}$ and the widths ${m.n(k)}$ stay symbols throughout."
            ),
            _symbols(options, m),
            paragraph(
                f"In ${m.w(k, i, j)}$ the first unit index is where the weight goes *to* and the second where it "
                f"comes *from*: "
                f"it joins unit ${j}$ of layer ${m.below}$ to unit ${i}$ of layer ${k}$. A gradient such as "
                f"${m.grad(m.w(k))}$ has the "
                "shape of its variable, and its entries are the partial derivatives by the entries of the variable."
            ),
        ),
    )


def _symbols(options: HandoutOptions, m: MlpNotation) -> Table:
    k = m.layer
    unit, scalar = rf"$\mathbb{{R}}^{{{m.n(k)}}}$", r"$\mathbb{R}$"
    top = rf"$\mathbb{{R}}^{{{m.n(m.depth)}}}$"
    rows = [
        (f"${m.x()}$", rf"$\mathbb{{R}}^{{{m.n(m.bottom)}}}$", "the input"),
        (f"${m.w(k)}$", rf"$\mathbb{{R}}^{{{m.n(k)} \times {m.n(m.below)}}}$", f"the weights into layer ${k}$"),
        (f"${m.b(k)}$", unit, f"the biases of layer ${k}$"),
        (f"${m.a(k)}$", unit, f"the pre-activations of layer ${k}$"),
        (f"${m.h(k)}$", unit, f"the activations of layer ${k}$; layer ${m.bottom}$ is the input"),
        (f"${m.activation}$", r"$\mathbb{R} \to \mathbb{R}$", _activation_words(options)),
        (f"${m.output_function}$", rf"$\mathbb{{R}}^{{{m.n(m.depth)}}} \to "
                                   rf"\mathbb{{R}}^{{{m.n(m.depth)}}}$", _output_words(options)),
        (f"${m.yhat()}$", top, "the prediction" + (": a probability for "
                                                   "each class" if options.loss == "cross-entropy" else "")),
        (f"${m.y()}$", top, _target_words(options, m)),
        (f"${m.loss}$", scalar, f"the loss: {LOSS_WORDS[options.loss, options.target]}"),
    ]  # fmt: skip
    return Table(
        "llp", cells("Symbol", "Shape", "Meaning"), tuple(cells(*row) for row in rows), prose("Symbols and shapes.")
    )


def _activation_words(options: HandoutOptions) -> str:
    if options.activation == "any":
        return "the activation function: any differentiable one, applied to each entry"
    return f"the activation function: {ACTIVATIONS[options.activation].words}, applied to each entry"


def _output_words(options: HandoutOptions) -> str:
    if options.output_function == "softmax":
        return "the output function: softmax, of the whole vector"
    if options.output_function == "any":
        return "the output function: any differentiable one, applied to each entry"
    return f"the output function: {ACTIVATIONS[options.output_function].words}, applied to each entry"


def _target_words(options: HandoutOptions, m: MlpNotation) -> str:
    match options.target, options.loss:
        case "class", _:
            return f"the target: one at the right class ${m.label}$, zero elsewhere"
        case "distribution", _:
            return "the target: a probability for each class, in sum one"
        case _, "binary-cross-entropy":
            return "the targets: for each output, no or yes as zero or one"
        case _:
            return "the target"


def forward(options: HandoutOptions, m: MlpNotation) -> Section:
    """The forward pass in matrix form and entry by entry, with the functions that are not left open."""
    k, i, j, unit = m.letters
    rows = tuple(
        Line(left, rf"= {right}" + (rf" \qquad ({where})" if where else ""))
        for left, right, where in forward_lines(options, m)
    )
    entries = (
        Line(
            m.a(k, i),
            rf"= {m.b(k, i)} + \sum_{{{j}=1}}^{{{m.n(m.below)}}} {m.w(k, i, j)} {m.h(m.below, j)} \qquad "
            rf"({m.all_layers})",
        ),
        Line(m.h(k, i), rf"= {m.g(m.a(k, i))} \qquad ({m.hidden_layers})"),
    )
    blocks: list[Block] = [
        paragraph("From the input upwards, one layer after the other:"),
        Display(rows, name="forward"),
        paragraph("Unit by unit, which is where every derivation below begins:"),
        Display(entries),
    ]
    if options.output_function == "softmax":
        blocks += [
            paragraph("The softmax makes the top layer positive and lets it sum to one:"),
            formula(m.yhat(i), f"= {softmax(m, i, unit)}", name="softmax"),
        ]
    blocks += _function_blocks(options, m)
    return Section("forward", "The forward pass", tuple(blocks))


def softmax(m: MlpNotation, unit: str, bound: str) -> str:
    """Return the softmax of the top layer at one unit, written out."""
    return rf"\frac{{\exp({m.a(m.depth, unit)})}}{{\sum_{{{bound}=1}}^{{{m.n(m.depth)}}} \exp({m.a(m.depth, bound)})}}"


def _function_blocks(options: HandoutOptions, m: MlpNotation) -> list[Block]:
    blocks: list[Block] = []
    z = m.scalar
    for symbol, name, layer in (
        (m.activation, options.activation, m.layer),
        (m.output_function, options.output_function, m.depth),
    ):
        if name not in ACTIVATIONS:
            continue
        known = ACTIVATIONS[name]
        what = "activation" if symbol == m.activation else "output"
        blocks.append(paragraph(f"The {what} function is {known.words}, with its derivative. {known.note}".strip()))
        lines = [
            Line(f"{symbol}({z})", f"= {definition(known, symbol, z)}"),
            Line(f"{symbol}'({z})", f"= {slope(known, symbol, z)}"),
        ]
        i = m.units[0]
        output = m.h(layer, i) if symbol == m.activation else m.yhat(i)
        if known.by_output:
            where = rf" \qquad ({m.hidden_layers})" if symbol == m.activation else ""
            lines.append(Line(f"{symbol}'({m.a(layer, i)})", f"= {slope_of_unit(known, output)}{where}"))
        blocks.append(Display(tuple(lines)))
    return blocks


def idea(options: HandoutOptions, m: MlpNotation) -> Section:
    """One weight, the path from it to the loss, and the factors along it."""
    k, i, j, unit = m.letters
    row, column = (str(value) for value in MARKED)
    low, second, third = (str(m.first + layer) for layer in (1, 2, 3))
    weight = m.w(low, row, column)
    along = (
        rf"\underbrace{{{m.dloss(m.a(third, '1'))}}}_{{\text{{output}}}} \quad \cdot \quad "
        rf"\underbrace{{{m.w(third, '1', '1')} \, {m.g(m.a(second, '1'), 1)}}}_{{\text{{weight, unit}}}} \quad "
        rf"\cdot \quad "
        rf"\underbrace{{{m.w(second, '1', row)} \, {m.g(m.a(low, row), 1)}}}_{{\text{{weight, unit}}}} \quad "
        rf"\cdot \quad "
        rf"\underbrace{{{m.x(column)}}}_{{\text{{input}}}}"
    )
    factors = (
        rf"= \sum_{{{unit}=1}}^{{{m.n(m.above)}}} \underbrace{{{m.dloss(m.a(m.above, unit))}}}_{{\text{{above}}}} \; "
        rf"\underbrace{{{m.d(m.a(m.above, unit), m.h(k, i))}}}_{{\text{{weight}}}} \; "
        rf"\underbrace{{{m.d(m.h(k, i), m.a(k, i))}}}_{{\text{{unit}}}} \; "
        rf"\underbrace{{{m.d(m.a(k, i), m.w(k, i, j))}}}_{{\text{{input}}}} \qquad ({m.hidden_layers})"
    )
    values = (
        rf"= \sum_{{{unit}=1}}^{{{m.n(m.above)}}} {m.dloss(m.a(m.above, unit))} \, {m.w(m.above, unit, i)} \, "
        rf"{m.g(m.a(k, i), 1)} \, {m.h(m.below, j)}"
    )
    return Section(
        "idea",
        "The idea, for one weight",
        (
            paragraph(
                f"Take one weight, ${weight}$, and turn it a little. At first only one thing moves: the pre-activation "
                f"${m.a(low, row)}$ that it feeds, by ${m.x(column)}$ times as much. Then ${m.h(low, row)}$ moves, "
                f"then every unit of the layer above, "
                "then everything above these, and in the end the loss. *Along* a path the small changes "
                "multiply; *over* "
                "all paths they add. There is no more to the chain rule than that."
            ),
            Figure(
                network_drawing(DRAWN, m, MARKED),
                prose(
                    f"The weight ${weight}$ (thick), one path from it to the loss (dark), and everything else that "
                    f"it reaches (light)."
                ),
                name="path",
            ),
            paragraph(
                "The dark path of Figure @{path} contributes the product of its factors, one for each thing that "
                "it passes:"
            ),
            Display((Line("", along),)),
            paragraph(
                "A deep network has far too many paths to add them one by one: their number is the product of the "
                "widths. But all "
                "paths that leave a unit share what comes before it, and all that enter one share what comes after. So "
                "we go from the loss downwards, once, and keep for each unit the sum over everything above it:"
            ),
            Display((Line(m.dloss(m.w(k, i, j)), factors), Line("", values)), name="factors"),
            paragraph(
                "What remains is to find each of these factors: at the output, through a hidden layer, and at a "
                "weight or bias."
            ),
        ),
    )
