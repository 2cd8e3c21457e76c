"""Activation functions as a handout states them: definition, derivative in its usual closed form, and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activation:
    """`definition` and `slope` are LaTeX, with `Z` for the argument and `G` for the function's own value at it.

    `by_output` is the slope of one unit by its own output `H`, where it has such a form. `name` is the name that the
    model language knows. `note` says where the function has no derivative.
    """

    name: str
    words: str
    definition: str
    slope: str
    value: Callable[[float], float]
    derivative: Callable[[float], float]
    by_output: str = ""
    note: str = ""


def _sigmoid(z: float) -> float:
    """1/(1 + e^-z), without overflow."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def _below(z: float) -> float:
    return (1 + math.erf(z / math.sqrt(2))) / 2


_SIGMOID = r"\frac{1}{1 + \exp(-Z)}"
_KINK = "It has no derivative at zero; there, every formula below is to be read with one of the one-sided slopes."

ACTIVATIONS: dict[str, Activation] = {
    item.name: item
    for item in (
        Activation(
            "sigmoid", "the logistic sigmoid", _SIGMOID, r"G \, (1 - G)", _sigmoid,
            lambda z: _sigmoid(z) * (1 - _sigmoid(z)), r"H (1 - H)",
        ),
        Activation(
            "tanh", "the hyperbolic tangent", r"\frac{\exp(Z) - \exp(-Z)}{\exp(Z) + \exp(-Z)}", r"1 - G^2", math.tanh,
            lambda z: 1 - math.tanh(z) ** 2, r"1 - H^2",
        ),
        Activation(
            "relu", "the rectifier", r"\max(0, Z)", r"\mathbf{1}_{(Z>0)}", lambda z: max(0.0, z),
            lambda z: float(z > 0), note=_KINK,
        ),
        Activation(
            "leaky_relu", "the leaky rectifier", r"\begin{cases} Z & Z > 0 \\ \frac{1}{100} Z & Z \le 0 \end{cases}",
            r"\begin{cases} 1 & Z > 0 \\ \frac{1}{100} & Z \le 0 \end{cases}", lambda z: z if z > 0 else z / 100,
            lambda z: 1.0 if z > 0 else 0.01, note=_KINK,
        ),
        Activation(
            "elu", "the exponential linear unit", r"\begin{cases} Z & Z > 0 \\ \exp(Z) - 1 & Z \le 0 \end{cases}",
            r"\begin{cases} 1 & Z > 0 \\ \exp(Z) & Z \le 0 \end{cases}", lambda z: z if z > 0 else math.expm1(z),
            lambda z: 1.0 if z > 0 else math.exp(z),
        ),
        Activation(
            "softplus", "softplus", r"\log(1 + \exp(Z))", _SIGMOID,
            lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
            _sigmoid,
        ),
        Activation(
            "silu", "the sigmoid linear unit", r"\frac{Z}{1 + \exp(-Z)}", r"G + \frac{1 - G}{1 + \exp(-Z)}",
            lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) * (1 + z * (1 - _sigmoid(z))),
        ),
        Activation(
            "gelu", "the Gaussian error linear unit",
            r"\frac{Z}{2} \left(1 + \operatorname{erf}\left(\frac{Z}{\sqrt{2}}\right)\right)",
            r"\frac{1}{2} \left(1 + \operatorname{erf}\left(\frac{Z}{\sqrt{2}}\right)\right)"
            r" + \frac{Z}{\sqrt{2 \pi}} \exp\left(-\frac{Z^2}{2}\right)",
            lambda z: z * _below(z), lambda z: _below(z) + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
        ),
        Activation("identity", "the identity", "Z", "1", lambda z: z, lambda _: 1.0),
    )
}  # fmt: skip


def definition(activation: Activation, symbol: str, scalar: str = "z") -> str:
    """Return the definition of g(z)."""
    return _filled(activation.definition, symbol, scalar)


def slope(activation: Activation, symbol: str, scalar: str = "z") -> str:
    """Return the closed form of g'(z)."""
    return _filled(activation.slope, symbol, scalar)


def _filled(template: str, symbol: str, scalar: str) -> str:
    return template.replace("G", f"{symbol}({scalar})").replace("Z", scalar)


def slope_of_unit(activation: Activation, output: str) -> str:
    """Return g' at a unit by the unit's output; empty where it has no such form."""
    shown = f"({output})" if "^" in output and "^2" in activation.by_output else output
    return activation.by_output.replace("H", shown)
