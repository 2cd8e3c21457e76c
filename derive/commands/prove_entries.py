"""`derive prove --widths`: every partial of a network with given widths, entry by entry."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from derive.proof.entrywise import Kind, Matched


def prove_entries(kind: Kind, widths: tuple[int, ...], as_json: bool) -> int:
    """Match every partial with its closed form, print how many, and return 1 if any differs.

    Raises: NetworkError for widths or a kind that make no sense.
    """
    from derive.proof.entrywise import match_every_entry

    start = time.perf_counter()
    with _progress(kind, widths, as_json) as advance:
        arrays = list(match_every_entry(kind, widths, advance))
    seconds = time.perf_counter() - start
    if as_json:
        click.echo(json.dumps(_table(kind, widths, arrays, seconds), indent=1))
    else:
        click.echo("\n".join(_lines(kind, widths, arrays, seconds)))
    return 1 if any(array.failed for array in arrays) else 0


def _lines(kind: Kind, widths: tuple[int, ...], arrays: list[Matched], seconds: float) -> Iterator[str]:
    shape = "-".join(map(str, widths))
    yield f"{shape}, {kind.activation} hidden, {kind.output} output, {kind.loss} loss ({kind.target})"
    for array in arrays:
        name = array.name if array.layer is None else f"{array.name}_{array.layer}"
        bad = f"   {len(array.failed)} DIFFER: {_places(array)}" if array.failed else ""
        yield f"  {'∂L/∂' + name:<10} {array.count:>9,} entries match{bad}{_assuming(array)}"
    total, failed = sum(array.count for array in arrays), sum(len(array.failed) for array in arrays)
    yield f"{total - failed:,} of {total:,} partials derived and matched with their closed forms in {seconds:.2f} s"


def _assuming(array: Matched) -> str:
    return f", assuming {' and '.join(array.assumptions)}" if array.assumptions else ""


def _places(array: Matched) -> str:
    shown = ", ".join(str(place) for place in array.failed[:5])
    return shown if len(array.failed) <= 5 else f"{shown}, …"


def _table(kind: Kind, widths: tuple[int, ...], arrays: list[Matched], seconds: float) -> dict[str, object]:
    return {
        "widths": list(widths),
        "network": {
            "activation": kind.activation,
            "output": kind.output,
            "loss": kind.loss,
            "target": kind.target,
        },
        "partials": [
            {
                "name": array.name,
                "layer": array.layer,
                "count": array.count,
                "matched": array.count - len(array.failed),
                "assumptions": list(array.assumptions),
                "failed": [list(place) for place in array.failed],
            }
            for array in arrays
        ],
        "milliseconds": round(seconds * 1000, 3),
    }


@contextmanager
def _progress(kind: Kind, widths: tuple[int, ...], quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a counter of entries that draws a bar where somebody is watching."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    from derive.proof.entrywise import count_entries

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("partials", total=count_entries(kind, widths))
        yield lambda number: progress.advance(task, number)
