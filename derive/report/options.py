"""What a handout is to be about, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from derive.errors import UsageError
from derive.report.activations import ACTIVATIONS

FORMATS = ("tex", "html", "md", "pdf")
MAX_WIDTH, MAX_LAYERS = 6, 5

OUTPUTS = {"linear": "identity", "elementwise": "any", "open": "any"}
LOSSES = {"squared": "squared-error", "half-squared": "squared-error", "bce": "binary-cross-entropy"}
DEFAULT_LOSS = {"softmax": "cross-entropy", "sigmoid": "binary-cross-entropy"}
DEFAULT_TARGET = {"cross-entropy": "class"}
TARGETS = {
    "cross-entropy": ("class", "distribution"),
    "squared-error": ("vector",),
    "binary-cross-entropy": ("vector",),
}
DEFAULT_OUTPUT = {"cross-entropy": "softmax", "squared-error": "identity", "binary-cross-entropy": "sigmoid"}


@dataclass(frozen=True)
class HandoutOptions:
    """Options of `derive handout`; an empty output, loss or target is the usual one for the others.

    `output` is where the files go: a folder (then `backprop.*` in it), or a path whose suffix is ignored.
    Raises: UsageError for a value or a combination that there is no handout for, saying which there are.
    """

    activation: str = "any"
    output_function: str = ""
    loss: str = ""
    target: str = ""
    widths: tuple[int, ...] = (2, 3, 2)
    model: str = "khapra"
    title: str = "Backpropagation, step by step"
    author: str = ""
    course: str = ""
    date: str = ""
    formats: tuple[str, ...] = FORMATS
    templates: Path | None = None
    output: Path = Path("build/backprop")
    worksheet: bool = False

    def __post_init__(self) -> None:
        loss = LOSSES.get(self.loss, self.loss)
        output = OUTPUTS.get(self.output_function, self.output_function) or DEFAULT_OUTPUT.get(loss, "softmax")
        loss = loss or DEFAULT_LOSS.get(output, "squared-error")
        target = self.target or DEFAULT_TARGET.get(loss, "vector")
        for name, value in (("output_function", output), ("loss", loss), ("target", target)):
            object.__setattr__(self, name, value)
        _require(self.activation, ("any", *ACTIVATIONS), "activation")
        _require(loss, tuple(TARGETS), "loss")
        _require(output, ("softmax", "any", *ACTIVATIONS), "output function")
        _require(target, dict.fromkeys(target for targets in TARGETS.values() for target in targets), "target")
        _fits(loss, "output function", output, _outputs_for(loss))
        _fits(loss, "target", target, TARGETS[loss])
        for name in self.formats:
            _require(name, FORMATS, "format")
        self._check_widths()

    def _check_widths(self) -> None:
        if not 3 <= len(self.widths) <= MAX_LAYERS or not all(1 <= width <= MAX_WIDTH for width in self.widths):
            raise UsageError(
                f"widths {','.join(map(str, self.widths))}: the worked example writes every number out; give 3 to "
                f"{MAX_LAYERS} layers of 1 to {MAX_WIDTH} units, such as 2,3,2"
            )
        if self.output_function == "softmax" and self.widths[-1] < 2:
            raise UsageError("a softmax of one unit is always 1; give the output layer at least 2 units")

    @property
    def stem(self) -> Path:
        """The path of the files without their suffixes."""
        if self.output.is_dir():
            return self.output / "backprop"
        known = self.output.suffix.lstrip(".") in FORMATS
        return self.output.with_suffix("") if known else self.output


def _outputs_for(loss: str) -> tuple[str, ...]:
    match loss:
        case "cross-entropy":
            return ("softmax",)
        case "binary-cross-entropy":
            return ("sigmoid",)
        case _:
            return ("any", *ACTIVATIONS)


def _require(value: str, allowed: Iterable[str], what: str) -> None:
    if value not in allowed:
        raise UsageError(f'unknown {what} "{value}"; there are {", ".join(allowed)}')


def _fits(loss: str, what: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is known, but that the handout does not combine with this loss."""
    if value not in allowed:
        raise UsageError(f'the loss {loss} goes with the {what} {" or ".join(allowed)}, not "{value}"')
