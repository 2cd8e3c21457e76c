"""`derive prove --widths`: every partial of a perceptron, or the theorems of a model, entry by entry at given sizes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from derive.errors import UsageError

if TYPE_CHECKING:
    from derive.algebra.index import Lin, Size
    from derive.network_theorems import Entries, ModelTheorem
    from derive.proof.entrywise import Kind, Matched

WIDE = 60  # columns for the name of a theorem


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
        bad = f"   {len(array.failed)} DIFFER: {_first(array.failed)}" if array.failed else ""
        yield f"  {'∂L/∂' + name:<10} {array.count:>9,} entries match{bad}{_assuming(array)}"
    total, failed = sum(array.count for array in arrays), sum(len(array.failed) for array in arrays)
    yield f"{total - failed:,} of {total:,} partials derived and matched with their closed forms in {seconds:.2f} s"


def _assuming(array: Matched) -> str:
    return f", assuming {' and '.join(array.assumptions)}" if array.assumptions else ""


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


def prove_theorems_at(
    theorems: Sequence[ModelTheorem], widths: tuple[int, ...] | dict[str, int], as_json: bool, time_limit: float
) -> int:
    """Judge the theorems of one model entry by entry, print how many hold, and return 1 if any is not proved.

    Raises: UsageError for sizes that the network does not have, or that are missing.
    """
    start = time.perf_counter()
    sizes = _sizes(theorems[0], widths)
    found = [theorem.entries(sizes, time_limit) for theorem in theorems]
    seconds = time.perf_counter() - start
    said = {str(size): value.const for size, value in sizes.items()}
    if as_json:
        click.echo(json.dumps(_report(theorems[0].network, said, found, seconds), indent=1))
    else:
        click.echo("\n".join(_shown(theorems[0].network, said, found, seconds)))
    return 1 if any(entries.failed for entries in found) else 0


def _sizes(theorem: ModelTheorem, widths: tuple[int, ...] | dict[str, int]) -> dict[Size, Lin]:
    """Return the values of all sizes of a network. Raises: UsageError for others, and where some are missing."""
    from derive.algebra.index import lin
    from derive.api.widths import size_of_name, typed, widths_as_sizes

    network = theorem.model.network
    if isinstance(widths, tuple):
        found = widths_as_sizes(network, widths)
    else:
        found = {size_of_name(network, name): lin(value) for name, value in widths.items()}
    missing = sorted(typed(name) for name in set(theorem.sizes) - {str(size) for size in found})
    if missing:
        raise UsageError(f"the sizes of {theorem.network} are {', '.join(map(typed, theorem.sizes))}; "
                         f"give {', '.join(missing)}, too, as in {missing[0]}=3")  # fmt: skip
    return found


def _shown(network: str, sizes: dict[str, int], found: Sequence[Entries], seconds: float) -> Iterator[str]:
    yield f"{network}, {', '.join(f'{name} = {value}' for name, value in sizes.items())}"
    for entries in found:
        name = entries.name.removeprefix(f"{network}: ")
        bad = f"   {len(entries.failed)} NOT PROVED: {_first(entries.failed)}" if entries.failed else ""
        using = f", assuming {' and '.join(entries.assumptions)}" if entries.assumptions else ""
        yield f"  {name:<{WIDE}} {entries.count:>7,} entries proved{bad}{using}"
    total, failed = sum(entries.count for entries in found), sum(len(entries.failed) for entries in found)
    yield f"{total - failed:,} of {total:,} entries of {len(found)} theorems proved in {seconds:.2f} s"


def _first(places: Sequence[tuple[int, ...]]) -> str:
    shown = ", ".join(map(str, places[:5]))
    return shown if len(places) <= 5 else f"{shown}, …"


def _report(network: str, sizes: dict[str, int], found: Sequence[Entries], seconds: float) -> dict[str, object]:
    return {
        "network": network,
        "sizes": sizes,
        "theorems": [
            {
                "name": entries.name,
                "statement": entries.statement,
                "count": entries.count,
                "proved": entries.count - len(entries.failed),
                "assumptions": list(entries.assumptions),
                "failed": [list(place) for place in entries.failed],
            }
            for entries in found
        ],
        "milliseconds": round(seconds * 1000, 3),
    }
