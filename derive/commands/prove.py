"""`derive prove`: prove the bundled theorems and print them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from derive.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from derive.proof.theorems import Result, Theorem

PAGE = 150  # columns where the output is no terminal
COLORS = {"proved": "green", "refuted": "bold red", "undecided": "yellow"}


@click.command("prove")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the theorems as JSON.")
@click.option("--time-limit", metavar="S", type=click.FloatRange(min=0, min_open=True), default=10.0, show_default=True,
              help="Seconds for each theorem.")  # fmt: skip
def command(names: tuple[str, ...], as_json: bool, time_limit: float) -> int:
    """Prove the bundled theorems and print them with their scope and assumptions.

    NAMES choose theorems by any part of their names, such as softmax. The exit status is 1 unless all are proved.
    """
    from derive.proof.theorems import prove_all

    chosen = _chosen(names)
    results = list(_with_progress(prove_all(chosen, time_limit), len(chosen), as_json))
    if as_json:
        click.echo(json.dumps({"theorems": [_entry(result) for result in results]}, indent=1))
    else:
        _print(results)
    return 0 if all(result.word == "proved" for result in results) else 1


def _chosen(names: tuple[str, ...]) -> list[Theorem]:
    from derive.proof.theorems import bundled

    theorems = bundled()
    if not names:
        return list(theorems)
    chosen = [theorem for theorem in theorems if any(name.lower() in theorem.name.lower() for name in names)]
    if not chosen:
        raise UsageError(f"no theorem is called {' or '.join(names)}; `derive prove` lists them")
    return chosen


def _entry(result: Result) -> dict[str, object]:
    return {
        "name": result.theorem.name,
        "statement": result.theorem.statement_latex,
        "verdict": result.word,
        "scope": result.scope,
        "assumptions": list(result.assumptions),
        "milliseconds": round(result.milliseconds, 3),
    }


def _with_progress(results: Iterable[Result], total: int, quiet: bool) -> Iterable[Result]:
    if quiet or not sys.stderr.isatty():
        return results
    from rich.console import Console
    from rich.progress import track

    return track(results, "proving", total=total, console=Console(stderr=True), transient=True)


def _print(results: list[Result]) -> None:
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE)
    console.print(_table(results))
    proved = sum(result.word == "proved" for result in results)
    console.print(f"{proved} of {len(results)} proved", style="bold")


def _table(results: list[Result]) -> Table:
    """Return a table with the statement below each name and the assumptions below each scope."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("theorem", overflow="fold", ratio=3)
    table.add_column("verdict", no_wrap=True)
    table.add_column("scope and assumptions", overflow="fold", ratio=2)
    table.add_column("ms", justify="right", no_wrap=True)
    for result in results:
        name = Text(result.theorem.name, style="bold").append(f"\n  {result.theorem.statement_latex}", style="not bold")
        assuming = "".join(f"\nassuming {assumption}" for assumption in result.assumptions)
        verdict = Text(result.word, style=COLORS[result.word])
        table.add_row(name, verdict, Text(f"{result.scope}{assuming}"), f"{result.milliseconds:.0f}")
    return table
