"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from derive.errors import UsageError

if TYPE_CHECKING:
    from derive.api.net import Net


def seconds(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """Return a time limit that makes sense."""
    from derive.config import seconds as checked

    try:
        return None if value is None else checked(value)
    except UsageError as fault:
        raise click.BadParameter(f"it must be {fault}") from fault


def numbers(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Return the widths `784,128,10` as numbers."""
    if value is None:
        return None
    try:
        widths = tuple(int(width) for width in value.split(","))
    except ValueError as fault:
        raise click.BadParameter(f"{value!r} is not a list of widths such as 784,128,10") from fault
    if len(widths) < 2 or min(widths) < 1:
        raise click.BadParameter(f"{value!r}: a network has at least two layers, each of at least one unit")
    return widths


def sizes(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[int, ...] | dict[str, int] | None:
    """Return widths `784,128,10` as numbers, or sizes `D=3,H=4` by their names."""
    if value is None or "=" not in value:
        return numbers(context, parameter, value)
    pairs = [part.partition("=") for part in value.split(",")]
    if any(not name.strip() or not number.strip().isdigit() or int(number) < 1 for name, _, number in pairs):
        raise click.BadParameter(f"{value!r} is not a list of sizes such as D=3,H=4, each a positive number")
    return {name.strip(): int(number) for name, _, number in pairs}


def sized(net: Net, given: tuple[int, ...] | dict[str, int] | None) -> Net:
    """Return a network with the widths or sizes that the option `sizes` gave. Raises: UsageError for others."""
    return net.at(None, **given) if isinstance(given, dict) else net.at(given)


def names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())
