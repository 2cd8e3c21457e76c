"""What the prover says of the handout's results, in the handout's notation."""

from __future__ import annotations

import re

from derive.proof.theorems import Result, Theorem, prove, theorems
from derive.report.activations import ACTIVATIONS
from derive.report.content_proofs import ProofRow
from derive.report.mlp_notation import MlpNotation
from derive.report.options import HandoutOptions

OUTPUTS = {"softmax": "softmax", "identity": "linear", "sigmoid": "sigmoid"}
LOSSES = {"squared-error": "half-squared"}
_RANGE = re.compile(r"(\S+) <= (\S+) <= (\S+)")


def proof_rows(options: HandoutOptions, m: MlpNotation) -> tuple[ProofRow, ...]:
    """Prove the theorems that the handout rests on and return one row for each."""
    return tuple(_row(prove(theorem), options, m) for theorem in _theorems(options))


def _theorems(options: HandoutOptions) -> tuple[Theorem, ...]:
    """Return the theorems about the handout's network; an output function of entries is left open where it may be."""
    from derive.network import closed_forms
    from derive.network.network import Leaf, Network

    activation = "g" if options.activation == "any" else options.activation
    output = OUTPUTS.get(options.output_function, "elementwise")
    found = theorems(activation, output, LOSSES.get(options.loss, options.loss), options.target)
    plain = Network((), (Leaf("z"), Leaf("alpha")))
    named = dict.fromkeys(name for name in (options.activation, options.output_function) if name in ACTIVATIONS)
    return found + tuple(Theorem(closed_forms.activation_slope(name), plain) for name in named)


def _row(result: Result, options: HandoutOptions, m: MlpNotation) -> ProofRow:
    statement = _statements(options, m).get(result.theorem.name, result.theorem.statement_latex)
    return ProofRow(statement, result.word, _scope(result.scope, m), result.assumptions)


def _statements(options: HandoutOptions, m: MlpNotation) -> dict[str, str]:
    """The theorems as the handout writes them, by their names."""
    i, unit, up, top = m.units[0], m.units[2], m.above, f"{m.depth}-1"
    exponential = rf"\sum_{unit} \exp({m.a(m.depth, unit)})"
    function, loss = OUTPUTS.get(options.output_function, "elementwise"), LOSSES.get(options.loss, options.loss)
    output = f"{function} + {loss} ({options.target})"
    difference = f"{m.yhat()} - {m.y()}"
    slope = {"elementwise": rf" \odot {m.o(m.a(m.depth), 1)}", "sigmoid": rf" \odot {m.yhat()} \odot (1 - {m.yhat()})"}
    if output.startswith(("elementwise", "sigmoid + half")):
        difference = f"({difference}){slope[function]}"
    return {
        output: rf"{m.grad(m.a(m.depth))} = {difference}",
        "softmax": rf"{m.yhat(i)} = \exp({m.a(m.depth, i)}) / {exponential}",
        "softmax Jacobian": rf"\frac{{\partial {m.yhat()}}}{{\partial {m.a(m.depth)}}} = "
        rf"\operatorname{{diag}}({m.yhat()}) - {m.yhat()} \, {m.t(m.yhat())}",
        "output gradient sum": rf"\sum_{i} {m.dloss(m.a(m.depth, i))} = 0",
        "hidden layer": rf"{m.grad(m.h(m.layer))} = {m.t(m.w(up))} \, {m.grad(m.a(up))}",
        "pre-activation": rf"{m.grad(m.a(m.layer))} = {m.grad(m.h(m.layer))} \odot {m.g(m.a(m.layer), 1)}",
        "weights": rf"{m.grad(m.w(m.layer))} = {m.grad(m.a(m.layer))} \, {m.t(m.h(m.below))}",
        "biases": rf"{m.grad(m.b(m.layer))} = {m.grad(m.a(m.layer))}",
        "input": rf"{m.grad(m.x())} = {m.t(m.w(m.lowest))} \, {m.grad(m.a(m.lowest))}",
        "unrolled": rf"{m.grad(m.a(m.layer))} = {m.g(m.a(m.layer), 1)} \odot {m.t(m.w(up))} \bigl( \cdots "
        rf"{m.g(m.a(top), 1)} \odot {m.t(m.w(m.depth))} \, {m.grad(m.a(m.depth))} \bigr)",
    }


def _scope(scope: str, m: MlpNotation) -> str:
    """Return the prover's scope in the handout's letters and sizes; what is not a list of ranges stays as it is.

    The prover counts the input as layer 0; a notation that counts it as layer 1 has its layers moved by one.
    """
    pieces = [_RANGE.fullmatch(piece) for piece in scope.removeprefix("all ").split(", ")]
    if not scope.startswith("all ") or None in pieces:
        return scope
    return "all " + ", ".join(_range(piece[1], piece[2], piece[3], m) for piece in pieces if piece)


def _range(low: str, letter: str, high: str, m: MlpNotation) -> str:
    if letter == "k":
        return f"${m.all_layers if high == 'L' else m.hidden_layers}$"
    letters = {"i": m.units[0], "j": m.units[1], "l": m.label}
    layers = {"n[L]": m.depth, "n[k]": m.layer, "n[k-1]": m.below, "n[0]": m.bottom}
    shown = m.n(layers[high]) if high in layers else high
    return rf"${low} \le {letters.get(letter, letter)} \le {shown}$"
