"""The functions that the calculus knows, each with its derivative and, where it has one, its definition by simpler
ones.

One line a function. `DERIVATIVES[name](*args)` lists the partial derivatives by each argument;
`DEFINITIONS[name](*args)` rewrites the function in the basis of the normal form: exp, log, sin, cos, erf, arctan,
sigmoid, Step and powers. Any
name not in `KNOWN` is an open differentiable function. Derivatives hold where the function is differentiable (relu
away
from 0).

Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.3 (activations).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.algebra.expr import ONE, Expr, Fun, Num, Pow, Step

HALF = Num(Fraction(1, 2))
PI = Fun("pi", ())
DEFAULT_SLOPE = Num(Fraction(1, 100))  # of leaky_relu where no slope is given
DEFAULT_SCALE = ONE  # of elu where no scale is given


def call(name: str, *args: Expr) -> Fun:
    """Return `name(args)`, with no derivative taken."""
    return Fun(name, args, (0,) * len(args))


def _sqrt(x: Expr) -> Expr:
    return Pow(x, HALF)


def _gauss(x: Expr) -> Expr:
    """The density of the standard normal distribution, exp(-x²/2) / √(2π)."""
    return call("exp", -(x * x) * HALF) / _sqrt(2 * PI)


def _gauss_below(x: Expr) -> Expr:
    """Its distribution function, (1 + erf(x/√2)) / 2."""
    return HALF * (1 + call("erf", x / _sqrt(Num(Fraction(2)))))


def _leaky(x: Expr, slope: Expr = DEFAULT_SLOPE) -> Expr:
    return slope * x + (1 - slope) * x * Step(x)


def _elu(x: Expr, scale: Expr = DEFAULT_SCALE) -> Expr:
    return x * Step(x) + scale * (call("exp", x) - 1) * (1 - Step(x))


DERIVATIVES: dict[str, Callable[..., tuple[Expr, ...]]] = {
    "identity": lambda x: (ONE,),
    "exp": lambda x: (call("exp", x),),
    "log": lambda x: (1 / x,),
    "sin": lambda x: (call("cos", x),),
    "cos": lambda x: (-call("sin", x),),
    "tan": lambda x: (1 + call("tan", x) ** 2,),
    "arctan": lambda x: (1 / (1 + x * x),),
    "sinh": lambda x: (call("cosh", x),),
    "cosh": lambda x: (call("sinh", x),),
    "erf": lambda x: (2 * call("exp", -(x * x)) / _sqrt(PI),),
    "sqrt": lambda x: (HALF / _sqrt(x),),
    "sigmoid": lambda x: (call("sigmoid", x) * (1 - call("sigmoid", x)),),
    "tanh": lambda x: (1 - call("tanh", x) ** 2,),
    "softplus": lambda x: (call("sigmoid", x),),
    "silu": lambda x: (call("sigmoid", x) + x * call("sigmoid", x) * (1 - call("sigmoid", x)),),
    "gelu": lambda x: (_gauss_below(x) + x * _gauss(x),),
    "relu": lambda x: (Step(x),),
    "leaky_relu": lambda x, slope=DEFAULT_SLOPE: (slope + (1 - slope) * Step(x), x * (1 - Step(x))),
    "elu": lambda x, scale=DEFAULT_SCALE: (
        Step(x) + scale * call("exp", x) * (1 - Step(x)),
        (call("exp", x) - 1) * (1 - Step(x)),
    ),
    "abs": lambda x: (Step(x) - Step(-x),),
    "sign": lambda x: (Num(Fraction(0)),),
    "max": lambda x, y: (Step(x - y), 1 - Step(x - y)),
    "min": lambda x, y: (1 - Step(x - y), Step(x - y)),
    "pi": lambda: (),
}

DEFINITIONS: dict[str, Callable[..., Expr]] = {
    "identity": lambda x: x,
    "tan": lambda x: call("sin", x) / call("cos", x),
    "sinh": lambda x: HALF * (call("exp", x) - call("exp", -x)),
    "cosh": lambda x: HALF * (call("exp", x) + call("exp", -x)),
    "tanh": lambda x: 2 * call("sigmoid", 2 * x) - 1,
    "sqrt": _sqrt,
    "silu": lambda x: x * call("sigmoid", x),
    "gelu": lambda x: x * _gauss_below(x),
    "relu": lambda x: x * Step(x),
    "leaky_relu": _leaky,
    "elu": _elu,
    "abs": lambda x: x * (2 * Step(x) - 1),
    "sign": lambda x: Step(x) - Step(-x),
    "max": lambda x, y: y + (x - y) * Step(x - y),
    "min": lambda x, y: x - (x - y) * Step(x - y),
}

KNOWN = frozenset(DERIVATIVES)
POSITIVE = frozenset({"exp", "sigmoid", "softplus", "pi"})
"""Functions whose values are positive for every real argument."""
