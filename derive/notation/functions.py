"""Functions with a fixed meaning: one row each says how it is read and written, what it is, and what its slope is.

    Function("mish", "Mish mish", value=lambda f, x: x * f.tanh(f.softplus(x)), slope=…)

is all that a new activation needs: formulas, models, prover, oracle, repairs, printers, SymPy and exported code read it
here. `value` and `slope` are formulas in the functions of `f`, which is the algebra's, the ball arithmetic's, Python's,
SymPy's or that of exported code.

Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.3 (activations).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

Formula = Callable[..., Any]
LONG_ENOUGH, ALIKE = 5, 0.8
"""From which length, and how far, a word has to be like the name of a function to be a slip of it."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of real numbers.

    name    in expressions, in the [functions] of a model, in prose
    reads   names in formulas, blank between; commands with their backslash
    words   further names in [functions] and in prose
    latex   how it is written; by default \\operatorname{name}
    value   f(x) by simpler functions; None for those that everything is made of
    slope   its partial derivatives by each argument, away from corners
    basis   the normal form keeps it as it is, although it has a value
    smooth  has derivatives of all orders everywhere, and is proved as an open function first
    bare    may stand before its argument without brackets
    numpy   its name in array libraries, and in formulas behind np.
    shown   how a person defines it, where that is not `value`
    """

    name: str
    reads: str = ""
    words: tuple[str, ...] = ()
    latex: str = ""
    value: Formula | None = None
    slope: Formula | None = None
    arity: int = 1
    basis: bool = False
    smooth: bool = False
    positive: bool = False
    analytic: bool = False
    bare: bool = False
    numpy: str = ""
    corner: bool = False
    unicode: str = ""
    shown: Formula | None = None

    @property
    def written(self) -> str:
        """How the function is written in LaTeX."""
        return self.latex or rf"\operatorname{{{self.name}}}".replace("_", r"\_")


def _gauss(f: Any, x: Any) -> Any:
    """The density of the standard normal distribution, exp(-x²/2) / √(2π)."""
    return f.exp(-(x * x) / 2) / f.sqrt(2 * f.pi())


def _gauss_below(f: Any, x: Any) -> Any:
    """Its distribution function, (1 + erf(x/√2)) / 2."""
    return (1 + f.erf(x / f.sqrt(f.number(2)))) / 2


def _elementary(name: str, **said: Any) -> Function:
    """Return a function that LaTeX has a command for and NumPy has by the same name."""
    return Function(name, f"{name} \\{name}", latex=f"\\{name}", numpy=name, **said)


FUNCTIONS: tuple[Function, ...] = (
    Function(
        "identity", "identity id", words=("linear", "id"), latex=r"\operatorname{id}", unicode="id",
        value=lambda f, x: x, slope=lambda f, x: (f.number(1),),
    ),
    _elementary("exp", words=("exponential",), slope=lambda f, x: (f.exp(x),), positive=True, analytic=True),
    Function(
        "log", r"log \log ln \ln", words=("ln",), latex=r"\log", bare=True, numpy="log", analytic=True,
        slope=lambda f, x: (1 / x,),
    ),
    _elementary("sin", bare=True, analytic=True, slope=lambda f, x: (f.cos(x),)),
    _elementary("cos", bare=True, analytic=True, slope=lambda f, x: (-f.sin(x),)),
    _elementary("tan", bare=True, value=lambda f, x: f.sin(x) / f.cos(x), slope=lambda f, x: (1 + f.tan(x) ** 2,)),
    Function(
        "arctan", r"arctan \arctan", numpy="arctan", analytic=True, slope=lambda f, x: (1 / (1 + x * x),),
        latex=r"\arctan",
    ),
    _elementary("sinh", value=lambda f, x: (f.exp(x) - f.exp(-x)) / 2, slope=lambda f, x: (f.cosh(x),)),
    _elementary("cosh", value=lambda f, x: (f.exp(x) + f.exp(-x)) / 2, slope=lambda f, x: (f.sinh(x),)),
    _elementary(
        "tanh", words=("hyperbolic tangent",), bare=True, smooth=True, value=lambda f, x: 2 * f.sigmoid(2 * x) - 1,
        slope=lambda f, x: (1 - f.tanh(x) ** 2,), shown=lambda f, x: (f.exp(x) - f.exp(-x)) / (f.exp(x) + f.exp(-x)),
    ),
    Function("erf", "erf", analytic=True, slope=lambda f, x: (2 * f.exp(-(x * x)) / f.sqrt(f.pi()),)),
    Function(
        "sqrt", "sqrt", value=lambda f, x: f.root(x), slope=lambda f, x: (1 / (2 * f.root(x)),), numpy="sqrt",
    ),
    Function(
        "sigmoid", "sigmoid logistic Sigmoid expit sigm", words=("logistic", "logistic sigmoid"),
        latex=r"\sigma", unicode="σ",
        value=lambda f, x: 1 / (1 + f.exp(-x)), slope=lambda f, x: (f.sigmoid(x) * (1 - f.sigmoid(x)),),
        basis=True, smooth=True, positive=True, analytic=True, shown=lambda f, x: 1 / (1 + f.exp(-x)),
    ),
    Function(
        "softplus", "softplus Softplus SoftPlus", value=lambda f, x: f.log(1 + f.exp(x)),
        slope=lambda f, x: (f.sigmoid(x),), basis=True, smooth=True, positive=True, analytic=True,
        shown=lambda f, x: f.log(1 + f.exp(x)),
    ),
    Function(
        "silu", "silu SiLU Swish swish", words=("swish",), latex=r"\operatorname{SiLU}", smooth=True,
        value=lambda f, x: x * f.sigmoid(x), slope=lambda f, x: (f.sigmoid(x) + x * f.sigmoid(x) * (1 - f.sigmoid(x)),),
    ),
    Function(
        "gelu", "gelu GELU", latex=r"\operatorname{GELU}", smooth=True,
        value=lambda f, x: x * _gauss_below(f, x), slope=lambda f, x: (_gauss_below(f, x) + x * _gauss(f, x),),
    ),
    Function(
        "mish", "mish Mish", latex=r"\operatorname{Mish}", smooth=True,
        value=lambda f, x: x * f.tanh(f.softplus(x)),
        slope=lambda f, x: (f.tanh(f.softplus(x)) + x * f.sigmoid(x) * (1 - f.tanh(f.softplus(x)) ** 2),),
    ),
    Function(
        "relu", "relu ReLU RELU Relu", words=("rectifier", "rectified linear unit"),
        latex=r"\operatorname{ReLU}", corner=True,
        value=lambda f, x: x * f.step(x), slope=lambda f, x: (f.step(x),), shown=lambda f, x: f.max(f.number(0), x),
    ),
    Function(
        "leaky_relu", "LeakyReLU LReLU LeakyRelu lrelu leakyrelu", latex=r"\operatorname{LReLU}", corner=True,
        value=lambda f, x, slope=None: _leaky(f, x, f.number(1) / 100 if slope is None else slope),
        slope=lambda f, x, slope=None: _leaky_slopes(f, x, f.number(1) / 100 if slope is None else slope),
        arity=2,
    ),
    Function(
        "elu", "elu ELU", latex=r"\operatorname{ELU}", corner=True, arity=2,
        value=lambda f, x, scale=None: _elu(f, x, f.number(1) if scale is None else scale),
        slope=lambda f, x, scale=None: _elu_slopes(f, x, f.number(1) if scale is None else scale),
    ),
    Function(
        "abs", "abs", corner=True, value=lambda f, x: x * (2 * f.step(x) - 1),
        slope=lambda f, x: (f.step(x) - f.step(-x),), numpy="abs",
    ),
    Function(
        "sign", "sign sgn", latex=r"\operatorname{sgn}", corner=True, value=lambda f, x: f.step(x) - f.step(-x),
        slope=lambda f, x: (f.number(0),), numpy="sign",
    ),
    Function(
        "max", r"max", latex=r"\max", corner=True, arity=2,
        value=lambda f, x, y: y + (x - y) * f.step(x - y), slope=lambda f, x, y: (f.step(x - y), 1 - f.step(x - y)),
    ),
    Function(
        "min", r"min", latex=r"\min", corner=True, arity=2,
        value=lambda f, x, y: x - (x - y) * f.step(x - y), slope=lambda f, x, y: (1 - f.step(x - y), f.step(x - y)),
    ),
    Function("pi", positive=True, arity=0, slope=lambda f: (), latex=r"\pi"),
)  # fmt: skip


def _leaky(f: Any, x: Any, slope: Any) -> Any:
    return slope * x + (1 - slope) * x * f.step(x)


def _leaky_slopes(f: Any, x: Any, slope: Any) -> tuple[Any, ...]:
    return slope + (1 - slope) * f.step(x), x * (1 - f.step(x))


def _elu(f: Any, x: Any, scale: Any) -> Any:
    return x * f.step(x) + scale * (f.exp(x) - 1) * (1 - f.step(x))


def _elu_slopes(f: Any, x: Any, scale: Any) -> tuple[Any, ...]:
    return f.step(x) + scale * f.exp(x) * (1 - f.step(x)), (f.exp(x) - 1) * (1 - f.step(x))


BY_NAME: dict[str, Function] = {function.name: function for function in FUNCTIONS}
READS: dict[str, str] = {read: function.name for function in FUNCTIONS for read in function.reads.split()}
"""The function that a name in a formula means, if nothing else is declared."""
WORDS: dict[str, str] = {word: function.name for function in FUNCTIONS for word in function.words}
"""The function that a word of a model file or of the prose means, beside the name itself."""

ArrayKind = Literal["softmax", "log_softmax", "logsumexp"]
OF_WHOLE_ARRAYS: dict[str, tuple[ArrayKind, str]] = {
    "softmax": ("softmax", "softmax Softmax SoftMax"),
    "log_softmax": ("log_softmax", "logsoftmax LogSoftmax logSoftmax"),
    "logsumexp": ("logsumexp", "logsumexp LSE"),
}
"""Functions of vectors, and their names in formulas."""
EXTREMES: dict[str, str] = {"max of": "max", "min of": "min"}
"""Functions of whole arrays of numbers: what expressions call them, which no symbol can be, and the function of two."""
OF_MATRICES = ("diag", "Diag", "tr", "trace", "Tr", "Trace", "vec")
IN_NUMPY: dict[str, str] = {
    **{function.numpy: function.name for function in FUNCTIONS if function.numpy},
    **{"sigmoid": "sigmoid", "relu": "relu", "maximum": "max", "trace": "trace", "diag": "diag"},
}
"""Functions behind np., entry by entry or of matrices."""
LIBRARY_IN_NUMPY: dict[str, str] = {
    **{name: name for name in ("sum", "mean", "dot", "multiply", "outer", "transpose", "square")},
    **{"matmul": "dot", "mm": "dot", "mul": "multiply"},
}
LIBRARY = ("sum", "mean", "prod", "transpose")


def near_function(word: str) -> str:
    """Return the function that a word is probably meant to be, "sofmax"; "" for none, and for one that is known."""
    of_arrays = (name for _, names in OF_WHOLE_ARRAYS.values() for name in names.split())
    words = [name for name in (*READS, *of_arrays) if len(name) >= LONG_ENOUGH and not name.startswith("\\")]
    if len(word) < LONG_ENOUGH or word in words:
        return ""
    return next(iter(get_close_matches(word, words, 1, ALIKE)), "")
