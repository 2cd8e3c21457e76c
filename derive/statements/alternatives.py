"""The readings that a notation leaves open: those that differ from one in a single respect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derive.typing.reading import Reading

_OTHERS: dict[str, tuple[Any, ...]] = {
    "split": (True,),
    "listed": (True,),
    "gradients": ("row", "variable"),
    "matrices": ("transposed",),
    "jacobian": ("denominator", "numerator"),
    "powers": ("entries",),
    "stacking": ("rows",),
    "star": ("entries",),
    "bars": ("norm",),
    "logs": ("product",),
    "sums": ("columns", "rows"),
    "examples": ("rows",),
    "steps": ("power",),
    "repeated": ("falling",),
    "order": ("falling",),
    "reach": ("all",),
    "delta": ("kronecker",),
    "euler": ("name",),
    "held": ("others",),
    "step": ("own",),
    "scope": ("narrow",),
}
"""The other values of each choice, in the order in which they are tried."""

_OF_THE_MODEL = frozenset({"gradients", "jacobian"})


def toggled(reading: Reading, choices: set[str], default: Reading) -> list[Reading]:
    """Return the readings that differ from one in a single choice that is still as it was at first.

    For what a model may say (`_OF_THE_MODEL`) that is the model's own reading, `default`.
    """
    first = Reading()
    found: list[Reading] = []
    for choice, others in _OTHERS.items():
        usual = getattr(default if choice in _OF_THE_MODEL else first, choice)
        if choice == "matrices" and default.gradients != "row":
            continue
        if choice not in choices or getattr(reading, choice) != usual:
            continue
        found += (replace(reading, **{choice: other}) for other in others if other != usual)
    return found
