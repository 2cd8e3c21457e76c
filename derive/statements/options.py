"""What several links say together in one reading."""

from __future__ import annotations

from dataclasses import replace

from derive.statements.lowered import LinkClaim
from derive.typing.reading import Reading


def together(found: list[list[LinkClaim]], reading: Reading) -> LinkClaim | None:
    """Return what links say together in one reading; a single one that is refuted or not understood if there is any."""
    options = [option for each in found for option in each if option.reading == reading]
    if len(options) < len(found):
        return None
    stuck = [option for option in options if not option.claims or option.ceiling.refutation is not None]
    claims = tuple(claim for option in options for claim in option.claims)
    return (
        stuck[0] if stuck else replace(options[0], claims=claims, notes=("at each of the numbers", *options[0].notes))
    )
