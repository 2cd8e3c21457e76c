"""The known functions by their names in Rocq, with their derivatives and where they have one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A function of one argument; `needs` says what of the argument it is differentiable for: "> 0", "<> 0" or all."""

    name: str
    slope: str
    needs: str = ""


KNOWN = {
    "exp": Known("exp", "exp"),
    "log": Known("ln", "Rinv", "> 0"),
    "sin": Known("sin", "cos"),
    "cos": Known("cos", "cos'"),
    "arctan": Known("atan", "atan'"),
    "sinh": Known("sinh", "cosh"),
    "cosh": Known("cosh", "sinh"),
    "tanh": Known("tanh", "tanh'"),
    "erf": Known("erf", "erf'"),
    "sqrt": Known("sqrt", "sqrt'", "> 0"),
    "sigmoid": Known("sigmoid", "sigmoid'"),
    "softplus": Known("softplus", "sigmoid"),
    "silu": Known("silu", "silu'"),
    "gelu": Known("gelu", "gelu'"),
    "relu": Known("relu", "relu'", "<> 0"),
    "abs": Known("Rabs", "abs'", "<> 0"),
    "sign": Known("sgn", "zero'", "<> 0"),
    "step": Known("step", "zero'", "<> 0"),
}
"""The others are written out by `derive.algebra.functions.DEFINITIONS`."""
