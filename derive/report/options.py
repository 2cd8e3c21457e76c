"""What a handout is to be about, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from derive.errors import UsageError

USUAL_FORMATS = ("tex", "html", "md", "pdf")
FORMATS = (*USUAL_FORMATS, "beamer", "deck")
MAX_WIDTH, MAX_LAYERS = 6, 5
USUAL_WIDTHS = (2, 3, 2)
USUAL = ("setting", "chain", "forward", "idea", "gradients", "results", "algorithm", "example", "proofs")
SECTIONS = (
    "setting", "chain", "forward", "graph", "idea", "jacobians", "cost", "gradients", "results", "equations",
    "algorithm", "example", "code", "depth", "updates", "proofs",
)  # fmt: skip
TARGETS = ("class", "distribution", "vector")


@dataclass(frozen=True)
class HandoutOptions:
    """Options of `derive handout`; an empty activation, output, loss or target is the model's own.

    An empty title names the network. `widths` are the units of the layers of a perceptron in the example, by default
    those of USUAL_WIDTHS; `sizes` are the sizes of any other network by their names.

    `output` is where the files go: a folder (then `backprop.*` in it), or a path whose suffix is ignored.
    Raises: UsageError for a value that there is no handout for, saying which there are.
    """

    activation: str = ""
    output_function: str = ""
    loss: str = ""
    target: str = ""
    widths: tuple[int, ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()
    model: str = "khapra"
    title: str = ""
    author: str = ""
    course: str = ""
    date: str = ""
    formats: tuple[str, ...] = USUAL_FORMATS
    templates: Path | None = None
    output: Path = Path("build/backprop")
    worksheet: bool = False
    level: int = 2
    sections: tuple[str, ...] = USUAL
    values: Path | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        from derive.network.losses import NAMES
        from derive.notation.functions import BY_NAME

        entrywise = [row.name for row in BY_NAME.values() if row.slope is not None and row.arity]
        named = ("any", "open", "linear", *entrywise)
        _require(self.activation, named, "activation")
        _require(self.output_function, ("softmax", "elementwise", *named), "output function")
        _require(self.loss, NAMES, "loss")
        _require(self.target, TARGETS, "target")
        for name in self.formats:
            _require(name, FORMATS, "format")
        for name in self.sections:
            _require(name, SECTIONS, "section")
        if self.level not in (1, 2, 3):
            raise UsageError(f"there is no level {self.level} of worksheets; there are 1, 2 and 3")
        self._check_widths()

    def _check_widths(self) -> None:
        if not self.widths:
            return
        if not 3 <= len(self.widths) <= MAX_LAYERS or not all(1 <= width <= MAX_WIDTH for width in self.widths):
            raise UsageError(
                f"widths {','.join(map(str, self.widths))}: the worked example writes every number out; give 3 to "
                f"{MAX_LAYERS} layers of 1 to {MAX_WIDTH} units, such as 2,3,2"
            )

    @property
    def stem(self) -> Path:
        """The path of the files without their suffixes."""
        if self.output.is_dir():
            return self.output / "backprop"
        known = self.output.suffix.lstrip(".") in FORMATS
        return self.output.with_suffix("") if known else self.output


def ordered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sections by the names given on the command line: the usual ones, or every one for "all"."""
    return SECTIONS if names == ("all",) else names or USUAL


def _require(value: str, allowed: Iterable[str], what: str) -> None:
    if value and value not in (allowed := tuple(allowed)):
        raise UsageError(f'unknown {what} "{value}"; there are {", ".join(allowed)}')
