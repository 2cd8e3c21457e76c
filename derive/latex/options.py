"""The readings of one link: which others its notation leaves open, and what several links say together in one."""

from __future__ import annotations

from dataclasses import replace

from derive.latex.lowered import LinkClaim
from derive.latex.reading import Reading


def together(found: list[list[LinkClaim]], reading: Reading) -> LinkClaim | None:
    """Return what links say together in one reading; a single one that is refuted or not understood if there is any."""
    options = [option for each in found for option in each if option.reading == reading]
    if len(options) < len(found):
        return None
    stuck = [option for option in options if not option.claims or option.unread is not None]
    claims = tuple(claim for option in options for claim in option.claims)
    return (
        stuck[0] if stuck else replace(options[0], claims=claims, notes=("at each of the numbers", *options[0].notes))
    )


def toggled(reading: Reading, choices: set[str], default: Reading) -> list[Reading]:
    """Return the readings that differ from one in a single respect that the notation leaves open."""
    found: list[Reading] = []
    if "split" in choices and not reading.split:
        found.append(replace(reading, split=True))
    if "listed" in choices and not reading.listed:
        found.append(replace(reading, listed=True))
    if "gradients" in choices and reading.gradients == default.gradients:
        found.append(replace(reading, gradients="row" if reading.gradients == "variable" else "variable"))
    if "matrices" in choices and default.gradients == "row" and reading.matrices == "variable":
        found.append(replace(reading, matrices="transposed"))
    if "jacobian" in choices and reading.jacobian == default.jacobian:
        found.append(replace(reading, jacobian="denominator" if reading.jacobian == "numerator" else "numerator"))
    if "powers" in choices and reading.powers == "product":
        found.append(replace(reading, powers="entries"))
    if "star" in choices and reading.star == "product":
        found.append(replace(reading, star="entries"))
    if "bars" in choices and reading.bars == "entries":
        found.append(replace(reading, bars="norm"))
    if "logs" in choices and reading.logs == "factor":
        found.append(replace(reading, logs="product"))
    if "sums" in choices and reading.sums == "entries":
        found += [replace(reading, sums="columns"), replace(reading, sums="rows")]
    if "examples" in choices and reading.examples == "columns":
        found.append(replace(reading, examples="rows"))
    if "order" in choices and reading.order == "rising":
        found.append(replace(reading, order="falling"))
    if "reach" in choices and reading.reach == "indexed":
        found.append(replace(reading, reach="all"))
    if "delta" in choices and reading.delta == "model":
        found.append(replace(reading, delta="kronecker"))
    if "euler" in choices and reading.euler == "number":
        found.append(replace(reading, euler="name"))
    if "held" in choices and reading.held == "nothing":
        found.append(replace(reading, held="others"))
    if "step" in choices and reading.step == "all":
        found.append(replace(reading, step="own"))
    if "scope" in choices and reading.scope == "wide":
        found.append(replace(reading, scope="narrow"))
    return found
