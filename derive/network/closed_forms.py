"""The closed forms that lectures state for the perceptron, as left and right sides. Nothing here is derived.

Source: Goodfellow, Bengio, Courville, Deep Learning, sections 6.2.2 and 6.5; Nielsen, Neural Networks and Deep
Learning, ch. 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derive.algebra.expr import ZERO, Chain, Diff, Expr, Fun, Iverson, Num, Sum, Var
from derive.algebra.functions import KNOWN, call
from derive.algebra.index import Index, Lin, Range, fresh, lin, upto
from derive.network.losses import HALF, LOSSES
from derive.network.mlp import DEPTH, LABEL, softmax, var, width

LOSS = Var("loss")
LAYER, UNIT, BELOW = Index("k"), Index("i"), Index("j")
Free = tuple[tuple[Index, Range], ...]
TARGET_LETTER = re.compile(r"(?<![\\A-Za-z{])y(?!\w)")
"""The target, which is no part of ŷ."""

UNITS: Free = ((LAYER, Range(lin(1), DEPTH)), (UNIT, upto(width(lin(LAYER)))))
HIDDEN: Free = ((LAYER, Range(lin(1), DEPTH - 1)), (UNIT, upto(width(lin(LAYER)))))
ENTRIES: Free = (*UNITS, (BELOW, upto(width(lin(LAYER) - 1))))
TOP: Free = ((UNIT, upto(width(DEPTH))),)
LABELS: Free = ((LABEL, upto(width(DEPTH))),)


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """`left = right` for all values of the free indices; `statement` is how a lecture writes it."""

    name: str
    statement: str
    left: Expr
    right: Expr
    free: Free


def gradient(name: str, *idx: Index | Lin | int) -> Diff:
    """Return ∂loss/∂name[idx]."""
    return Diff(LOSS, var(name, *idx))


def slope(activation: str, arg: Expr) -> Fun:
    """Return g′(arg)."""
    return Fun(activation, (arg,), (1,))


def hidden_gradient() -> ClosedForm:
    """∂L/∂h_kj = Σ_i W_{k+1,i,j} ∂L/∂a_{k+1,i} for 1 <= k <= L-1."""
    m = fresh("m")
    above = lin(LAYER) + 1
    right = Sum(m, upto(width(above)), var("W", above, m, UNIT) * gradient("a", above, m))
    statement = r"\nabla_{h_k} \mathcal{L} = W_{k+1}^T \nabla_{a_{k+1}} \mathcal{L}"
    return ClosedForm("hidden layer", statement, gradient("h", LAYER, UNIT), right, HIDDEN)


def pre_activation_gradient(activation: str) -> ClosedForm:
    """∂L/∂a_ki = ∂L/∂h_ki g′(a_ki) for 1 <= k <= L-1."""
    statement = r"\nabla_{a_k} \mathcal{L} = \nabla_{h_k} \mathcal{L} \odot g'(a_k)"
    right = gradient("h", LAYER, UNIT) * slope(activation, var("a", LAYER, UNIT))
    return ClosedForm("pre-activation", statement, gradient("a", LAYER, UNIT), right, HIDDEN)


def weight_gradient() -> ClosedForm:
    """∂L/∂W_kij = ∂L/∂a_ki h_{k-1,j}: an outer product."""
    statement = r"\nabla_{W_k} \mathcal{L} = \nabla_{a_k} \mathcal{L} \, h_{k-1}^T"
    right = gradient("a", LAYER, UNIT) * var("h", lin(LAYER) - 1, BELOW)
    return ClosedForm("weights", statement, gradient("W", LAYER, UNIT, BELOW), right, ENTRIES)


def bias_gradient() -> ClosedForm:
    """∂L/∂b_ki = ∂L/∂a_ki."""
    statement = r"\nabla_{b_k} \mathcal{L} = \nabla_{a_k} \mathcal{L}"
    return ClosedForm("biases", statement, gradient("b", LAYER, UNIT), gradient("a", LAYER, UNIT), UNITS)


def input_gradient() -> ClosedForm:
    """∂L/∂x_i = Σ_m W_{1mi} ∂L/∂a_1m."""
    m = fresh("m")
    right = Sum(m, upto(width(1)), var("W", 1, m, UNIT) * gradient("a", 1, m))
    statement = r"\nabla_x \mathcal{L} = W_1^T \nabla_{a_1} \mathcal{L}"
    return ClosedForm("input", statement, gradient("x", UNIT), right, ((UNIT, upto(width(0))),))


def unrolled_gradient(activation: str, output: str, loss: str, target: str) -> ClosedForm:
    """∂L/∂a_k = D_k W_{k+1}ᵀ D_{k+1} W_{k+2}ᵀ ··· W_Lᵀ ∂L/∂a_L with D_t = diag(g′(a_t)), for 1 <= k <= L."""
    t, row, col, q = fresh("t"), fresh("r"), fresh("c"), fresh("q")
    factor = slope(activation, var("a", t, row)) * var("W", lin(t) + 1, col, row)
    chain = Chain(t, Range(lin(LAYER), DEPTH - 1), row, col, width(lin(t) + 1), factor, lin(UNIT), lin(q))
    top = output_gradient_entry(output, loss, target, q)
    statement = (
        r"\nabla_{a_k} \mathcal{L} = g'(a_k) \odot W_{k+1}^T"
        r" ( \cdots g'(a_{L-1}) \odot W_L^T \nabla_{a_L} \mathcal{L} )"
    )
    free: Free = (*UNITS, *LABELS) if target == "class" else UNITS
    return ClosedForm("unrolled", statement, gradient("a", LAYER, UNIT), Sum(q, upto(width(DEPTH)), chain * top), free)


def _y(target: str, i: Index) -> Expr:
    return Iverson("=", lin(i), lin(LABEL)) if target == "class" else var("y", i)


def _unnormalised(target: str, i: Index) -> Expr:
    """ŷ_i Σ_m y_m - y_i: what the gradient of cross-entropy through softmax is; ŷ_i - y_i where Σ y = 1."""
    if target != "vector":
        return _difference(target, i)
    m = fresh("m")
    return var("yhat", i) * Sum(m, upto(width(DEPTH)), var("y", m)) - var("y", i)


def _difference(target: str, i: Index) -> Expr:
    return var("yhat", i) - _y(target, i)


CANCELLED: dict[tuple[str, str], tuple[str, Callable[[str, Index], Expr]]] = {
    ("softmax", "cross-entropy"): (r"\hat{y} - y", _unnormalised),
    ("sigmoid", "cross-entropy"): (r"-(1 - \hat{y}) \odot y", lambda t, i: (var("yhat", i) - 1) * _y(t, i)),
    ("sigmoid", "binary-cross-entropy"): (r"\hat{y} - y", _difference),
}
"""∂L/∂a_Li where the output function and the loss cancel, for a kind of target."""

OUTPUT_SLOPES: dict[str, tuple[str, Callable[[Index], Expr]]] = {
    "linear": ("", lambda _: Num(Fraction(1))),
    "sigmoid": (r" \odot \hat{y} \odot (1 - \hat{y})", lambda i: var("yhat", i) * (1 - var("yhat", i))),
    "elementwise": (r" \odot O'(a_L)", lambda i: slope("O", var("a", DEPTH, i))),
}
"""∂ŷ_i/∂a_Li of the output functions that work entry by entry, with the factor that they put behind ∇ŷ L."""


def _through_softmax(loss: str, target: str, i: Index) -> Expr:
    """ŷ_i (∂L/∂ŷ_i - Σ_m ŷ_m ∂L/∂ŷ_m)."""
    m = fresh("m")
    along = Sum(m, upto(width(DEPTH)), var("yhat", m) * _by_output(loss, target, m))
    return var("yhat", i) * (_by_output(loss, target, i) - along)


def _by_output(loss: str, target: str, i: Index) -> Expr:
    return LOSSES[loss].gradient(var("yhat", i), _y(target, i))


def output_gradient_entry(output: str, loss: str, target: str, i: Index) -> Expr:
    """Return the stated ∂L/∂a_Li."""
    if (output, loss) in CANCELLED:
        return CANCELLED[output, loss][1](target, i)
    if output == "softmax":
        return _through_softmax(loss, target, i)
    return _by_output(loss, target, i) * OUTPUT_SLOPES[output][1](i)


def _output_statement(output: str, loss: str, target: str) -> str:
    if (output, loss, target) == ("softmax", "cross-entropy", "vector"):
        return r"\hat{y} \sum_i y_i - y"
    if (output, loss) in CANCELLED:
        return CANCELLED[output, loss][0]
    if output == "softmax":
        return r"\hat{y} \odot (\nabla_{\hat{y}} \mathcal{L} - \hat{y}^T \nabla_{\hat{y}} \mathcal{L})"
    stated, behind = LOSSES[loss].statement, OUTPUT_SLOPES[output][0]
    bracketed = f"({stated})" if behind and stated.startswith(r"\hat{y} -") else stated
    return bracketed + behind


def output_gradient(output: str, loss: str, target: str) -> ClosedForm:
    """∂L/∂a_Li in closed form."""
    right = output_gradient_entry(output, loss, target, UNIT)
    value = _output_statement(output, loss, target)
    if target == "class":
        value = TARGET_LETTER.sub(r"e(\\ell)", value)
    free: Free = (*TOP, *LABELS) if target == "class" else TOP
    statement = rf"\nabla_{{a_L}} \mathcal{{L}} = {value}"
    return ClosedForm(f"{output} + {loss} ({target})", statement, gradient("a", DEPTH, UNIT), right, free)


def softmax_jacobian() -> ClosedForm:
    """∂ŷ_i/∂a_Lj = ŷ_i ([i = j] - ŷ_j)."""
    free: Free = (*TOP, (BELOW, upto(width(DEPTH))))
    right = var("yhat", UNIT) * (Iverson("=", lin(UNIT), lin(BELOW)) - var("yhat", BELOW))
    statement = r"\frac{\partial \hat{y}}{\partial a_L} = \operatorname{diag}(\hat{y}) - \hat{y} \hat{y}^T"
    return ClosedForm("softmax Jacobian", statement, Diff(var("yhat", UNIT), var("a", DEPTH, BELOW)), right, free)


def output_gradient_sum() -> ClosedForm:
    """Σ_i ∂L/∂a_Li = 0."""
    i = fresh("i")
    statement = r"\sum_i \frac{\partial \mathcal{L}}{\partial a_{Li}} = 0"
    return ClosedForm(
        "output gradient sum", statement, Sum(i, upto(width(DEPTH)), gradient("a", DEPTH, i)), ZERO, LABELS
    )


def softmax_definition() -> ClosedForm:
    """ŷ_i = exp(a_Li) / Σ_m exp(a_Lm)."""
    statement = r"\hat{y}_i = \frac{\exp(a_{Li})}{\sum_m \exp(a_{Lm})}"
    return ClosedForm("softmax", statement, var("yhat", UNIT), softmax(UNIT), TOP)


def output_unit_gradient(loss: str, target: str) -> ClosedForm:
    """∂L/∂ŷ_i in closed form."""
    free: Free = (*TOP, *LABELS) if target == "class" else TOP
    right = _by_output(loss, target, UNIT)
    return ClosedForm("output units", r"\nabla_{\hat{y}} \mathcal{L}", gradient("yhat", UNIT), right, free)


def input_copy_gradient() -> ClosedForm:
    """∂L/∂x_i = ∂L/∂h_0i, as h_0 = x."""
    free: Free = ((UNIT, upto(width(0))),)
    return ClosedForm(
        "input copy",
        r"\nabla_x \mathcal{L} = \nabla_{h_0} \mathcal{L}",
        gradient("x", UNIT),
        gradient("h", 0, UNIT),
        free,
    )


X = Var("z")
ACTIVATION_SLOPES: dict[str, tuple[str, Expr]] = {
    "identity": ("1", Num(Fraction(1))),
    "sigmoid": (r"\sigma(z) (1 - \sigma(z))", call("sigmoid", X) * (1 - call("sigmoid", X))),
    "tanh": (r"1 - \tanh^2(z)", 1 - call("tanh", X) ** 2),
    "relu": (r"\mathbf{1}_{(z > 0)}", HALF * (1 + call("sign", X))),
    "leaky_relu": (
        r"\mathbf{1}_{(z > 0)} + \alpha \mathbf{1}_{(z \le 0)}",
        HALF * (1 + call("sign", X)) + Var("alpha") * HALF * (1 - call("sign", X)),
    ),
    "elu": (
        r"\mathbf{1}_{(z > 0)} + \alpha e^z \mathbf{1}_{(z \le 0)}",
        HALF * (1 + call("sign", X)) + Var("alpha") * call("exp", X) * HALF * (1 - call("sign", X)),
    ),
    "softplus": (r"\sigma(z)", 1 / (1 + call("exp", -X))),
    "silu": (r"\sigma(z) (1 + z (1 - \sigma(z)))", call("sigmoid", X) * (1 + X * (1 - call("sigmoid", X)))),
    "gelu": (
        r"\Phi(z) + z \varphi(z)",
        HALF * (1 + call("erf", X / call("sqrt", Num(Fraction(2)))))
        + X * call("exp", -(X**2) / 2) / call("sqrt", 2 * Fun("pi", ())),
    ),
    "sin": (r"\cos(z)", call("cos", X)),
    "exp": (r"\exp(z)", call("exp", X)),
    "log": (r"\frac{1}{z}", 1 / X),
    "sqrt": (r"\frac{1}{2 \sqrt{z}}", 1 / (2 * call("sqrt", X))),
    "abs": (r"\operatorname{sign}(z)", call("sign", X)),
}


def activation_slope(name: str) -> ClosedForm:
    """g′(z) of a known activation in its usual closed form."""
    text, right = ACTIVATION_SLOPES[name]
    args = (X, Var("alpha")) if name in ("leaky_relu", "elu") else (X,)
    if name not in KNOWN:
        raise KeyError(name)
    shown = name.replace("_", r"\_")
    statement = rf"\frac{{d}}{{dz}} \operatorname{{{shown}}}(z) = {text}"
    return ClosedForm(f"{name} derivative", statement, Diff(call(name, *args), X), right, ())
