"""The gradient at the output, step by step, for each output function with its loss."""

from __future__ import annotations

from derive.report.content import Block, Section, formula, paragraph, steps
from derive.report.content_setting import softmax
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions


def output(options: HandoutOptions, m: MlpNotation) -> Section:
    """∂loss/∂a_L for one unit, each line with its rule, then for the whole layer."""
    match options.loss, options.target:
        case "cross-entropy", "class":
            blocks = _softmax_class(m)
        case "cross-entropy", _:
            blocks = _softmax_distribution(m)
        case "binary-cross-entropy", _:
            blocks = _binary(m)
        case _:
            blocks = _squared(options, m)
    return Section("output", "The gradient at the output", tuple(blocks))


def _indicator(left: str, right: str) -> str:
    return rf"\mathbf{{1}}_{{({left}={right})}}"


def _quotient(m: MlpNotation, of: str, by: str, bound: str) -> str:
    """The quotient rule for ∂ŷ_of/∂a_L,by, nothing differentiated yet."""
    total = rf"\sum_{{{bound}=1}}^{{{m.n(m.depth)}}} \exp({m.a(m.depth, bound)})"
    top, slope = rf"\exp({m.a(m.depth, of)})", rf"\frac{{\partial}}{{\partial {m.a(m.depth, by)}}}"
    return rf"\frac{{{slope} {top}}}{{{total}}} - \frac{{{top} \, {slope} {total}}}{{\left({total}\right)^2}}"


def _differentiated(m: MlpNotation, of: str, by: str, bound: str) -> str:
    total = rf"\sum_{{{bound}=1}}^{{{m.n(m.depth)}}} \exp({m.a(m.depth, bound)})"
    top, other = rf"\exp({m.a(m.depth, of)})", rf"\exp({m.a(m.depth, by)})"
    return rf"\frac{{{_indicator(by, of)} {top}}}{{{total}}} - \frac{{{top}}}{{{total}}} \, \frac{{{other}}}{{{total}}}"


def _softmax_class(m: MlpNotation) -> list[Block]:
    i, unit, label = m.units[0], m.units[2], m.label
    goal, by = m.dloss(m.a(m.depth, i)), m.a(m.depth, i)
    front = rf"-\frac{{1}}{{{m.yhat(label)}}}"
    return [
        paragraph(
            f"The loss looks at one output only, that of the right class ${label}$. By the outputs themselves its "
            f"gradient is short:"
        ),
        steps(
            m.dloss(m.yhat(i)),
            (rf"= -\frac{{{_indicator(i, label)}}}{{{m.yhat(label)}}}", "derivative of the logarithm"),
        ),
        paragraph(
            f"But every pre-activation of the top layer moves the output of class ${label}$, because the softmax "
            f"divides by the "
            f"sum of them all. So we ask for the derivative by ${by}$, for any unit ${i}$, the right class or not:"
        ),
        steps(
            goal,
            (rf"= \frac{{\partial}}{{\partial {by}}} \left(-\log {m.yhat(label)}\right)", "definition of the loss"),
            (rf"= {front} \, {m.d(m.yhat(label), by)}", "derivative of the logarithm"),
            (rf"= {front} \, \frac{{\partial}}{{\partial {by}}} "
             rf"{softmax(m, label, unit)}", "definition of the softmax"),
            (rf"= {front} \left({_quotient(m, label, i, unit)}\right)", "quotient rule"),
            (rf"= {front} \left({_differentiated(m, label, i, unit)}\right)", "derivative of exp"),
            (rf"= {front} \left({_indicator(i, label)} {m.yhat(label)} - {m.yhat(label)} "
             rf"{m.yhat(i)}\right)", "recognise the softmax"),
            (rf"= -\left({_indicator(i, label)} - {m.yhat(i)}\right)", "cancel"),
        ),
        paragraph(
            f"In the sum of exponentials only the term of unit ${i}$ depends on ${by}$; in the numerator the "
            f"indicator ${_indicator(i, label)}$ "
            f"keeps the case that ${i}$ is the right class. All units at once, with the indicators collected in the "
            f"target vector ${m.y()}$:"
        ),
        formula(m.grad(m.a(m.depth)), f"= {m.yhat()} - {m.y()}", name="output", title="Output gradient", step=True),
        paragraph("What the network says, minus what it should say. All exponentials and logarithms are gone."),
    ]  # fmt: skip


def _softmax_distribution(m: MlpNotation) -> list[Block]:
    i, j, unit = m.units
    goal, by = m.dloss(m.a(m.depth, i)), m.a(m.depth, i)
    total = rf"\sum_{{{unit}=1}}^{{{m.n(m.depth)}}}"
    return [
        paragraph("By the outputs themselves the gradient is short:"),
        steps(m.dloss(m.yhat(i)), (rf"= -\frac{{{m.y(i)}}}{{{m.yhat(i)}}}", "derivative of the logarithm")),
        paragraph("Next the softmax alone. Every output depends on every pre-activation, because all share one sum:"),
        steps(
            m.d(m.yhat(unit), by),
            (rf"= \frac{{\partial}}{{\partial {by}}} {softmax(m, unit, j)}", "definition of the softmax"),
            (f"= {_quotient(m, unit, i, j)}", "quotient rule"),
            (f"= {_differentiated(m, unit, i, j)}", "derivative of exp"),
            (rf"= {_indicator(i, unit)} {m.yhat(unit)} - {m.yhat(unit)} {m.yhat(i)}", "recognise the softmax"),
            (rf"= {m.yhat(unit)} \left({_indicator(i, unit)} - {m.yhat(i)}\right)", "factor out"),
        ),
        paragraph(f"So ${by}$ has as many paths to the loss as there are outputs, and we add them up:"),
        steps(
            goal,
            (rf"= {total} {m.dloss(m.yhat(unit))} \, {m.d(m.yhat(unit), by)}", "sum over all paths"),
            (rf"= -{total} \frac{{{m.y(unit)}}}{{{m.yhat(unit)}}} \, {m.yhat(unit)} \left({_indicator(i, unit)} - "
             rf"{m.yhat(i)}\right)", "insert both"),
            (rf"= -{total} {m.y(unit)} \left({_indicator(i, unit)} - {m.yhat(i)}\right)", "cancel"),
            (rf"= -{m.y(i)} + {m.yhat(i)} {total} {m.y(unit)}", "the indicator keeps one term"),
            (rf"= {m.yhat(i)} - {m.y(i)}", "the targets sum to one"),
        ),
        paragraph("All units at once:"),
        formula(m.grad(m.a(m.depth)), f"= {m.yhat()} - {m.y()}", name="output", title="Output gradient", step=True),
        paragraph("What the network says, minus what it should say. The last step used that the targets are a "
                  "distribution."),
    ]  # fmt: skip


def _binary(m: MlpNotation) -> list[Block]:
    i = m.units[0]
    by, yhat, y = m.a(m.depth, i), m.yhat(i), m.y(i)
    return [
        paragraph("Each output has its own term in the loss, so that only one term remains when we differentiate:"),
        steps(
            m.dloss(yhat),
            (
                rf"= -\left(\frac{{{y}}}{{{yhat}}} - \frac{{1 - {y}}}{{1 - {yhat}}}\right)",
                "derivative of the logarithm",
            ),
            (rf"= -\frac{{{y} (1 - {yhat}) - (1 - {y}) {yhat}}}{{{yhat} (1 - {yhat})}}", "common denominator"),
            (rf"= \frac{{{yhat} - {y}}}{{{yhat} (1 - {yhat})}}", "collect terms"),
        ),
        paragraph("The sigmoid works on each entry alone, so there is one path from a pre-activation to the loss:"),
        steps(
            m.dloss(by),
            (rf"= {m.dloss(yhat)} \, {m.d(yhat, by)}", "chain rule"),
            (rf"= \frac{{{yhat} - {y}}}{{{yhat} (1 - {yhat})}} \, {yhat} (1 - {yhat})", "derivative of the sigmoid"),
            (rf"= {yhat} - {y}", "cancel"),
        ),
        paragraph("All units at once:"),
        formula(m.grad(m.a(m.depth)), f"= {m.yhat()} - {m.y()}", name="output", title="Output gradient", step=True),
        paragraph(
            "The slope of the sigmoid cancels against the logarithms: a unit that is sure and wrong still learns fast."
        ),
    ]


def _squared(options: HandoutOptions, m: MlpNotation) -> list[Block]:
    i, _, unit = m.units
    by, yhat, y = m.a(m.depth, i), m.yhat(i), m.y(i)
    total = rf"\sum_{{{unit}=1}}^{{{m.n(m.depth)}}}"
    linear = options.output_function == "identity"
    slope = "1" if linear else m.o(by, 1)
    local = "the output is the pre-activation" if linear else "derivative of the output function"
    last = [(rf"= {yhat} - {y}", "cancel")] if linear else []
    whole = f"= {m.yhat()} - {m.y()}" if linear else rf"= ({m.yhat()} - {m.y()}) \odot {m.o(m.a(m.depth), 1)}"
    closing = (
        r"What the network says, minus what it should say; this is what the factor one half in the loss is for."
        if linear
        else r"The circled dot multiplies entry by entry. Where the output function is flat its slope is near zero, "
        r"and the unit learns slowly."
    )
    return [
        paragraph("Each output has its own term in the loss:"),
        steps(
            m.dloss(yhat),
            (rf"= \frac{{1}}{{2}} {total} \frac{{\partial}}{{\partial {yhat}}} ({m.yhat(unit)} - "
             rf"{m.y(unit)})^2", "linearity"),
            (rf"= \frac{{1}}{{2}} {total} 2 ({m.yhat(unit)} - {m.y(unit)}) {_indicator(unit, i)}", "power rule"),
            (rf"= {yhat} - {y}", "the indicator keeps one term"),
        ),
        paragraph("The output function works on each entry alone, so there is one path from a pre-activation to "
                  "the loss:"),
        steps(
            m.dloss(by),
            (rf"= {m.dloss(yhat)} \, {m.d(yhat, by)}", "chain rule"),
            (rf"= ({yhat} - {y}) \, {slope}", local),
            *last,
        ),
        paragraph("All units at once:"),
        formula(m.grad(m.a(m.depth)), whole, name="output", title="Output gradient", step=True),
        paragraph(closing),
    ]  # fmt: skip
