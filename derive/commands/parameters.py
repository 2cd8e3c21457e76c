"""Options that several commands share."""

from __future__ import annotations

import click

from derive.errors import UsageError


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


def names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())
