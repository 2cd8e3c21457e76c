"""The losses of the perceptron, one row each: its term, the gradient that lectures state, and what it goes with.

With p an output and t its target: the loss is Σ_i term(p_i, t_i), over the outputs of the last layer.

Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.2.2; Nielsen, Neural Networks and Deep Learning, ch. 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derive.algebra.expr import Expr, Num
from derive.algebra.functions import call

HALF = Num(Fraction(1, 2))
OUTPUTS = ("softmax", "linear", "sigmoid", "elementwise")
OUTPUT_NAMES = {"identity": "linear", "any": "elementwise", "open": "elementwise"}
"""What else an output function of OUTPUTS is called."""

Binary = Callable[[Expr, Expr], Expr]


@dataclass(frozen=True, slots=True)
class Loss:
    """A row of LOSSES.

    term: of one output p and its target t. gradient: ∂term/∂p, stated and not derived. statement: the gradient by the
    vector ŷ as a lecture writes it. latex: the whole loss, with $whole and $y for the vectors of outputs and targets,
    $p and $t for their entries, $total for the sum over them. outputs: the output functions it is taught with, the
    usual one first; also: others for which it is defined. targets: the kinds of target, the usual one first. needs:
    what the outputs lack for which it is not defined.
    """

    name: str
    others: tuple[str, ...]
    term: Binary
    gradient: Binary
    statement: str
    latex: str
    outputs: tuple[str, ...]
    also: tuple[str, ...]
    targets: tuple[str, ...]
    needs: str = ""


LOSSES = {
    row.name: row
    for row in (
        Loss(
            "cross-entropy",
            (),
            lambda p, t: -t * call("log", p),
            lambda p, t: -t / p,
            r"-y \oslash \hat{y}",
            r"-$total $t \log $p",
            ("softmax",),
            ("sigmoid",),
            ("class", "distribution"),
            "cross-entropy needs positive outputs: take output softmax",
        ),
        Loss(
            "squared",
            (),
            lambda p, t: (p - t) ** 2,
            lambda p, t: 2 * (p - t),
            r"2 (\hat{y} - y)",
            r"\|$whole - $y\|^2",
            ("linear", "elementwise", "sigmoid"),
            ("softmax",),
            ("vector",),
        ),
        Loss(
            "half-squared",
            ("squared-error",),
            lambda p, t: HALF * (p - t) ** 2,
            lambda p, t: p - t,
            r"\hat{y} - y",
            r"\frac{1}{2} \|$whole - $y\|^2",
            ("linear", "elementwise", "sigmoid"),
            ("softmax",),
            ("vector",),
        ),
        Loss(
            "binary-cross-entropy",
            ("bce",),
            lambda p, t: -(t * call("log", p) + (1 - t) * call("log", 1 - p)),
            lambda p, t: (p - t) / (p * (1 - p)),
            r"(\hat{y} - y) \oslash (\hat{y} \odot (1 - \hat{y}))",
            r"-$total \left($t \log $p + (1 - $t) \log (1 - $p)\right)",
            ("sigmoid",),
            ("elementwise",),
            ("vector",),
            "binary cross-entropy needs outputs between 0 and 1: take output sigmoid",
        ),
    )
}

NAMES = {name: row.name for row in LOSSES.values() for name in (row.name, *row.others)}
"""The name of a loss by each of the names that it is called by."""


def usual_loss(output: str) -> str:
    """Return the loss that an output function is taught with."""
    own = [row.name for row in LOSSES.values() if row.outputs == (output,)]
    return own[0] if own else "half-squared"
