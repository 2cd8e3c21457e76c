"""The theorems of a model file: what a lecture states about its network, each with the slips that it has to survive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.models.lines import ModelText


@dataclass(frozen=True, slots=True)
class StatedTheorem:
    """A formula that a lecture states by hand; a slip says what is written in it instead of what."""

    name: str
    formula: str
    slips: Mapping[str, tuple[str, str]]

    def slipped(self, slip: str) -> str:
        """Return the formula with one slip in it, at every place where it can be made."""
        return self.formula.replace(*self.slips[slip])


def theorems_in(text: ModelText, data: Mapping[str, Any]) -> tuple[StatedTheorem, ...]:
    """Return the theorems of a model file. Raises: ModelError for one that is no theorem, or no slip of it."""
    return tuple(_theorem(text, row) for row in data.get("theorems", []))


def _theorem(text: ModelText, row: Mapping[str, Any]) -> StatedTheorem:
    name, formula, slips = row.get("name"), row.get("formula"), row.get("slips", {})
    if not isinstance(name, str) or not isinstance(formula, str) or not isinstance(slips, dict):
        raise text.fault('a theorem has a "name", a "formula" and perhaps "slips"', text.find("[[theorems]]"))
    for slip, edit in slips.items():
        if not isinstance(edit, list) or len(edit) != 2 or not all(isinstance(part, str) for part in edit):
            raise text.fault("a slip is what stands there and what is written instead", text.find(slip))
        if edit[0] not in formula:
            raise text.fault(f'the theorem "{name}" has no {edit[0]} to be written wrongly', text.find(edit[0]))
    return StatedTheorem(name, formula, {slip: (edit[0], edit[1]) for slip, edit in slips.items()})
