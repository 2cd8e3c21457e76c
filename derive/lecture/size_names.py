"""What sizes are called in the model that a document states, also those that the text does not name."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, Size, lin
from derive.lecture.declarations import Collected
from derive.models.known_shapes import Shape
from derive.models.sizes import PLACE, UNKNOWN
from derive.models.solve import Solver
from derive.models.uses import Form

SIZE_LETTERS = "nmdpqrsKDMPNQ"
"""What sizes are called that the text does not name."""


@dataclass
class SizeNames:
    """How sizes are written, and letters for those that the text does not name."""

    found: Collected
    solver: Solver
    given: dict[str, str] = field(default_factory=dict)

    def letters(self, form: Form) -> list[str]:
        """Return letters for the layers of a name."""
        ranged = {letter for letter, _ in self.found.ranges}
        known = sorted(self.solver.layers, key=lambda letter: (letter not in ranged, letter))
        return [*known, "k", "l", "t"]

    def exponent(self, shape: Shape, letters: list[str]) -> str:
        if not shape.sizes:
            return ""
        values = {place: lin(Index(letter)) for place, letter in zip(PLACE, letters, strict=False)}
        texts = [self.text(self.solver.known(length).subs(values)) for length in shape.sizes]
        if shape.row and len(texts) == 1:
            texts.insert(0, "1")
        joined = r" \times ".join(texts)
        return f"^{{{joined}}}"

    def text(self, value: Lin) -> str:
        """Return a size in LaTeX."""
        shown = ""
        for atom, c in value.terms:
            name = self._atom(atom)
            times = "" if abs(c) == 1 else str(abs(c))
            shown += ("-" if c < 0 else "+" if shown else "") + times + name
        if value.const or not shown:
            shown += f"{value.const:+d}" if shown else str(value.const)
        return shown

    def _atom(self, atom: Index | Size) -> str:
        if isinstance(atom, Index):
            return atom.name
        name = self._named(atom.name)
        if not atom.args:
            return name
        index = ",".join(self.text(arg) for arg in atom.args)
        bracket = self._bracket(name)
        return f"{name}^{{{bracket[0]}{index}{bracket[1]}}}" if bracket else f"{name}_{{{index}}}"

    def _bracket(self, name: str) -> str:
        said = " ".join(declared.text for declared in self.found.shapes)
        said += " ".join(region.latex for region in self.found.text.regions)
        return next((pair for pair in ("[]", "()") if f"{name}^{{{pair[0]}" in said), "")

    def _named(self, name: str) -> str:
        if not name.startswith(UNKNOWN):
            return name
        if name not in self.given:
            written_ = " ".join(region.latex for region in self.found.text.regions)
            free = (letter for letter in SIZE_LETTERS if letter not in written_ and letter not in self.given.values())
            self.given[name] = next(free, f"n_{{{len(self.given)}}}")
        return self.given[name]
