"""The forward pass of the handout's network: as LaTeX lines, and as the TOML model that checks the handout."""

from __future__ import annotations

import json
from dataclasses import replace

from derive.names.patterns import pattern_latex
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions

LOSS_WORDS = {
    ("cross-entropy", "class"): "cross-entropy with the right class",
    ("cross-entropy", "distribution"): "cross-entropy with a target distribution",
    ("squared-error", "vector"): "squared error",
    ("binary-cross-entropy", "vector"): "binary cross-entropy, one yes-or-no question for each output",
}


def loss_value(options: HandoutOptions, m: MlpNotation) -> str:
    """Return the loss by the outputs, as LaTeX."""
    i = m.units[0]
    total, yhat, y = rf"\sum_{{{i}=1}}^{{{m.n(m.depth)}}}", m.yhat(i), m.y(i)
    match options.loss, options.target:
        case "cross-entropy", "class":
            return rf"-\log {m.yhat(m.label)}"
        case "cross-entropy", _:
            return rf"-{total} {y} \log {yhat}"
        case "binary-cross-entropy", _:
            return rf"-{total} \left({y} \log {yhat} + (1 - {y}) \log (1 - {yhat})\right)"
        case _:
            return rf"\frac{{1}}{{2}} {total} ({yhat} - {y})^2"


def forward_lines(options: HandoutOptions, m: MlpNotation) -> tuple[tuple[str, str, str], ...]:
    """Return (left, right, range) for each definition of the forward pass."""
    k = m.layer
    return (
        (m.h(m.bottom), m.x(), ""),
        (m.a(k), f"{m.b(k)} + {m.w(k)} {m.h(m.below)}", m.all_layers),
        (m.h(k), m.g(m.a(k)), m.hidden_layers),
        (m.yhat(), m.o(m.a(m.depth)), ""),
        (m.loss, loss_value(options, m), ""),
    )


def shapes(options: HandoutOptions, m: MlpNotation) -> tuple[str, ...]:
    """Return the declarations of shapes of the model."""
    k = m.layer
    column = rf"\mathbb{{R}}^{{{m.n(k)}}}"
    tops = [m.y(), m.yhat()] if not m.output_is_activation else [m.y()]
    return (
        rf"{m.w(k)} \in \mathbb{{R}}^{{{m.n(k)} \times {m.n(m.below)}}}",
        rf"{m.a(k)}, {m.b(k)}, {m.h(k)} \in {column}",
        rf"{m.x()} \in \mathbb{{R}}^{{{m.n(m.bottom)}}}",
        rf"{', '.join(tops)} \in \mathbb{{R}}^{{{m.n(m.depth)}}}",
        rf"{m.scalar}, \eta \in \mathbb{{R}}",
    )


def model_toml(options: HandoutOptions, m: MlpNotation) -> str:
    """Return the model that the handout's formulas are about, in the notation of the handout."""
    forward = [
        f"{left} = {right}" + (rf" \quad ({where})" if where else "")
        for left, right, where in forward_lines(options, m)
    ]
    where = [rf"{m.y()} = e({m.label})"] if options.target == "class" else []
    if m.weight.whole[-1] != m.weight.entry[-1] and "{" not in m.weight.whole:
        place = (m.layer, *m.units[:2])
        where.append(f"{m.w(*place)} = {pattern_latex(replace(m.weight, entry=m.weight.whole), place)}")
    assume = [rf"\sum_{m.units[0]} {m.y(m.units[0])} = 1"] if options.target == "distribution" else []
    lines = [
        f"name = {_quoted(f'{m.name} handout')}",
        *_array("forward", forward),
        *_array("shapes", shapes(options, m)),
    ]
    lines += _array("where", where) + _array("assume", assume)
    functions = {m.activation: options.activation, m.output_function: options.output_function}
    lines += ["[functions]", *(f"'{symbol}' = \"{name}\"" for symbol, name in functions.items())]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return a text as a string of TOML that no name ends early, nor the comment of Markdown around it."""
    return json.dumps(text).replace(">", "\\u003e").replace("\x7f", "\\u007f")


def _array(key: str, values: tuple[str, ...] | list[str]) -> list[str]:
    return [f"{key} = [", *(f"  '{value}'," for value in values), "]"] if values else []
