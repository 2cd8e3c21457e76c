"""The written form of a multilayer perceptron: which name plays which part, and each part as LaTeX.

Layers and units are given as LaTeX ("k-1", "1", "\\ell"), so that a formula of the handout reads like the formula:

    m.w("k", "i", "j")      W_{kij}           m.w("k+1")       W_{k+1}
    m.d(m.loss, m.a("k"))   \\frac{\\partial \\mathcal{L}(\\theta)}{\\partial a_k}
"""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.names.notation import Notation, Pattern, Slot
from derive.names.patterns import pattern_latex, transposed


@dataclass(frozen=True)
class MlpNotation:
    """Patterns of the parts, the letters for indices, and where the layers start.

    `first` is the number of the input layer (0, or 1 where the input counts as the first layer). `loss` is the loss as
    a whole. `inputs` names the input, `outputs` the prediction, which may be the activation of the top layer (a pattern
    with a layer slot). `scalar` is the argument of a function of numbers.
    """

    name: str
    weight: Pattern
    bias: Pattern
    pre: Pattern
    hidden: Pattern
    inputs: Pattern
    outputs: Pattern
    targets: Pattern
    size: Pattern
    loss: str
    activation: str = "g"
    output_function: str = "O"
    label: str = r"\ell"
    depth: str = "L"
    layer: str = "k"
    units: tuple[str, str, str] = ("i", "j", "m")
    first: int = 0
    transpose: str = "^T"
    scalar: str = "z"
    notation: Notation = field(init=False)

    def __post_init__(self) -> None:
        patterns = {
            "weight": self.weight, "bias": self.bias, "pre": self.pre, "hidden": self.hidden, "inputs": self.inputs,
            "outputs": self.outputs, "targets": self.targets,
        }  # fmt: skip
        notation = Notation(patterns, {}, {"n": self.size}, (self.layer,), self.units, self.transpose, self.loss)
        object.__setattr__(self, "notation", notation)

    # Layers

    @property
    def bottom(self) -> str:
        """The layer of the input."""
        return str(self.first)

    @property
    def lowest(self) -> str:
        """The first layer that has weights."""
        return str(self.first + 1)

    @property
    def above(self) -> str:
        return f"{self.layer}+1"

    @property
    def below(self) -> str:
        return f"{self.layer}-1"

    @property
    def output_is_activation(self) -> bool:
        """Whether the output is written as the activation of the top layer, with no name of its own."""
        return any(slot.kind == "layer" for slot in self.outputs.slots)

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """The letters of a layer and of three units."""
        return self.layer, *self.units

    @property
    def all_layers(self) -> str:
        return rf"{self.lowest} \le {self.layer} \le {self.depth}"

    @property
    def hidden_layers(self) -> str:
        return rf"{self.lowest} \le {self.layer} \le {self.depth}-1"

    # Parts

    def w(self, layer: str, *units: str) -> str:
        return pattern_latex(self.weight, (layer, *units))

    def parted(self, part: Pattern, layer: str, *units: str) -> str:
        """An entry with commas between its indices, as all entries of a matrix have where one of them needs some."""
        return pattern_latex(part, (layer, *units), commas=True)

    def b(self, layer: str, *units: str) -> str:
        return pattern_latex(self.bias, (layer, *units))

    def a(self, layer: str, *units: str) -> str:
        return pattern_latex(self.pre, (layer, *units))

    def h(self, layer: str, *units: str) -> str:
        return pattern_latex(self.hidden, (layer, *units))

    def x(self, *units: str) -> str:
        return pattern_latex(self.inputs, units)

    def y(self, *units: str) -> str:
        return pattern_latex(self.targets, units)

    def yhat(self, *units: str) -> str:
        """The output, by its own name or as the activation of layer L."""
        if self.output_is_activation:
            return pattern_latex(self.outputs, (self.depth, *units))
        return pattern_latex(self.outputs, units)

    def n(self, layer: str) -> str:
        return pattern_latex(self.size, (layer,))

    def t(self, matrix: str) -> str:
        """The transpose."""
        return transposed(matrix, self.notation)

    def g(self, argument: str, primes: int = 0) -> str:
        return f"{self.activation}{chr(39) * primes}({argument})"

    def o(self, argument: str, primes: int = 0) -> str:
        return f"{self.output_function}{chr(39) * primes}({argument})"

    # Derivatives of the loss

    def d(self, above: str, below: str) -> str:
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"

    def dloss(self, below: str) -> str:
        return self.d(self.loss, below)

    def grad(self, variable: str) -> str:
        return rf"\nabla_{{{variable}}} {self.loss}"


_K, _U = Slot("sub", "layer"), Slot("sub", "unit")


def _subscripts(entry: str, units: int, whole: str = "", layer: bool = True) -> Pattern:
    return Pattern(whole or entry, entry, ((_K,) if layer else ()) + (_U,) * units)


def _above(entry: str, units: int, bracket: str = "", whole: str = "") -> Pattern:
    place = Slot("sup", "layer", bracket)  # type: ignore[arg-type]
    return Pattern(whole or entry, entry, (place,) + (_U,) * units)


def _plain(entry: str, whole: str = "") -> Pattern:
    return _subscripts(entry, 1, whole, layer=False)


_HAT = r"\hat{y}"

KHAPRA = MlpNotation(
    "khapra", _subscripts("W", 2), _subscripts("b", 1), _subscripts("a", 1), _subscripts("h", 1), _plain("x"),
    _plain(_HAT), _plain("y"), _subscripts("n", 0), r"\mathcal{L}(\theta)",
)  # fmt: skip

NIELSEN = MlpNotation(
    "nielsen", _above("w", 2), _above("b", 1), _above("z", 1), _above("a", 1), _plain("x"), _above("a", 1), _plain("y"),
    _subscripts("n", 0), "C", activation=r"\sigma", output_function="f", label="c", layer="l", units=("j", "k", "m"),
    scalar="t",
)  # fmt: skip

MOPURI = MlpNotation(
    "mopuri", _above("w", 2, whole="W"), _above("b", 1), _above("s", 1), _above("x", 1), _plain("x"), _above("x", 1),
    _plain("y"), _subscripts("n", 0), r"\ell", activation=r"\sigma", output_function="f", label="c", layer="l",
    units=("j", "k", "m"),
)  # fmt: skip

NG = MlpNotation(
    "ng", _above("W", 2, "["), _above("b", 1, "["), _above("z", 1, "["), _above("a", 1, "["), _plain("x"), _plain(_HAT),
    _plain("y"), Pattern("n", "n", (Slot("sup", "layer", "["),)), "J", output_function="f", label="c", layer="l",
    scalar="t",
)  # fmt: skip

GOODFELLOW = MlpNotation(
    "goodfellow", _above("W", 2, "(", r"\boldsymbol{W}"), _above("b", 1, "(", r"\boldsymbol{b}"),
    _above("a", 1, "(", r"\boldsymbol{a}"), _above("h", 1, "(", r"\boldsymbol{h}"), _plain("x", r"\boldsymbol{x}"),
    _plain(_HAT, r"\hat{\boldsymbol{y}}"), _plain("y", r"\boldsymbol{y}"), _subscripts("n", 0), "J", activation="f",
    label="c", depth="l", transpose=r"^\top",
)  # fmt: skip

NOTATIONS = {item.name: item for item in (KHAPRA, NIELSEN, MOPURI, NG, GOODFELLOW)}
