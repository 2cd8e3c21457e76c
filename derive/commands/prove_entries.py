"""`derive prove --widths`: every partial of a perceptron, or the theorems of a model, entry by entry at given sizes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from derive.errors import UsageError

if TYPE_CHECKING:
    from derive.algebra.index import Lin, Size
    from derive.network_theorems import Entries, ModelTheorem
    from derive.proof.entrywise import Kind, Matched


@dataclass(frozen=True, slots=True)
class _Words:
    """How a report is worded: the JSON keys of its rows and of what holds of one, and its lines."""

    rows: str
    holds: str
    good: str
    bad: str
    total: str
    wide: int


PARTIALS = _Words("partials", "matched", "entries match", "DIFFER",
                  "partials derived and matched with their closed forms", 10)  # fmt: skip
THEOREMS = _Words("theorems", "proved", "entries proved", "NOT PROVED", "entries of {rows} theorems proved", 60)


@dataclass(frozen=True, slots=True)
class _Row:
    """One array or theorem: what it is called in a line, what it is called in JSON, and what was found."""

    title: str
    keys: Mapping[str, object]
    found: Matched | Entries

    @property
    def holding(self) -> int:
        """How many entries hold."""
        return self.found.count - len(self.found.failed)


@dataclass(frozen=True, slots=True)
class _Report:
    """All rows about one network: its heading in words, and in JSON."""

    words: _Words
    heading: str
    about: Mapping[str, object]
    rows: Sequence[_Row]
    seconds: float

    def show(self, as_json: bool) -> int:
        """Print it, and return 1 if an entry does not hold."""
        click.echo(json.dumps(self._table(), indent=1) if as_json else "\n".join(self._lines()))
        return 1 if any(row.found.failed for row in self.rows) else 0

    def _table(self) -> dict[str, object]:
        rows = [
            {
                **row.keys,
                "count": row.found.count,
                self.words.holds: row.holding,
                "assumptions": list(row.found.assumptions),
                "failed": [list(place) for place in row.found.failed],
            }
            for row in self.rows
        ]
        return {**self.about, self.words.rows: rows, "milliseconds": round(self.seconds * 1000, 3)}

    def _lines(self) -> Iterator[str]:
        words = self.words
        yield self.heading
        for row in self.rows:
            failed, assumptions = row.found.failed, row.found.assumptions
            bad = f"   {len(failed)} {words.bad}: {_first(failed)}" if failed else ""
            using = f", assuming {' and '.join(assumptions)}" if assumptions else ""
            yield f"  {row.title:<{words.wide}} {row.found.count:>9,} {words.good}{bad}{using}"
        holding, total = sum(row.holding for row in self.rows), sum(row.found.count for row in self.rows)
        said = words.total.format(rows=len(self.rows))
        yield f"{holding:,} of {total:,} {said} in {self.seconds:.2f} s"


def _first(places: Sequence[tuple[int, ...]]) -> str:
    shown = ", ".join(map(str, places[:5]))
    return shown if len(places) <= 5 else f"{shown}, …"


def prove_entries(kind: Kind, widths: tuple[int, ...], as_json: bool) -> int:
    """Match every partial with its closed form, print how many, and return 1 if any differs.

    Raises: NetworkError for widths or a kind that make no sense.
    """
    from derive.proof.entrywise import match_every_entry

    start = time.perf_counter()
    with _progress(kind, widths, as_json) as advance:
        arrays = list(match_every_entry(kind, widths, advance))
    shape = "-".join(map(str, widths))
    heading = f"{shape}, {kind.activation} hidden, {kind.output} output, {kind.loss} loss ({kind.target})"
    about = {"widths": list(widths), "network": asdict(kind)}
    rows = [_Row(_partial(array), {"name": array.name, "layer": array.layer}, array) for array in arrays]
    return _Report(PARTIALS, heading, about, rows, time.perf_counter() - start).show(as_json)


def _partial(array: Matched) -> str:
    return f"∂L/∂{array.name if array.layer is None else f'{array.name}_{array.layer}'}"


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
    network, said = theorems[0].network, {str(size): value.const for size, value in sizes.items()}
    rows = [
        _Row(each.name.removeprefix(f"{network}: "), {"name": each.name, "statement": each.statement}, each)
        for each in found
    ]
    heading = f"{network}, {', '.join(f'{name} = {value}' for name, value in said.items())}"
    about = {"network": network, "sizes": said}
    return _Report(THEOREMS, heading, about, rows, time.perf_counter() - start).show(as_json)


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
