"""`derive prove`: prove the bundled theorems and print them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from derive.commands.parameters import numbers, seconds
from derive.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from derive.proof.entrywise import Kind
    from derive.proof.theorems import Result, Theorem

LOSSES = {"squared-error": "squared", "mse": "squared", "bce": "binary-cross-entropy"}
LOSS_OF = {"softmax": "cross-entropy", "sigmoid": "binary-cross-entropy"}
OUTPUT_OF = {"squared": "linear", "half-squared": "linear", "binary-cross-entropy": "sigmoid"}
PAGE = 150  # columns where the output is no terminal
COLORS = {"proved": "green", "refuted": "bold red", "undecided": "yellow"}


@click.command("prove")
@click.argument("names", nargs=-1)
@click.option(
    "--widths",
    metavar="LIST",
    callback=numbers,
    help="Every single partial of a network of these widths, such as 784,128,10.",
)
@click.option("--activation", metavar="NAME", help="Activation of the hidden layers; else any differentiable g.")
@click.option("--output", metavar="NAME", help="softmax, linear, sigmoid, elementwise.  [default: softmax]")
@click.option("--loss", metavar="NAME", help="cross-entropy, squared, half-squared, binary-cross-entropy.")
@click.option("--target", metavar="NAME", help="class, distribution, vector.")
@click.option("--json", "as_json", is_flag=True, help="Print the theorems as JSON.")
@click.option(
    "--time-limit",
    metavar="S",
    type=float,
    callback=seconds,
    default=10.0,
    show_default=True,
    help="Seconds for each theorem.",
)
def command(
    names: tuple[str, ...], widths: tuple[int, ...] | None, as_json: bool, time_limit: float, **chosen: str | None
) -> int:
    """Prove the bundled theorems and print them with their scope and assumptions.

    NAMES choose theorems by any part of their names, such as softmax. With --activation, --output, --loss or --target
    the theorems are about that network. The exit status is 1 unless all are proved.
    """
    kind = _kind(**chosen)
    if widths is not None:
        if names:
            raise UsageError("--widths is about every partial of a network; name no theorems with it")
        from derive.commands.prove_entries import prove_entries

        return prove_entries(kind, widths, as_json)
    from derive.proof.theorems import bundled, prove_all, theorems

    about = bundled() if not any(chosen.values()) else theorems(kind.activation, kind.output, kind.loss, kind.target)
    wanted = _named(about, names)
    results = list(_with_progress(prove_all(wanted, time_limit), len(wanted), as_json))
    if as_json:
        click.echo(json.dumps({"theorems": [_entry(result) for result in results]}, indent=1))
    else:
        _print(results)
    return 0 if all(result.word == "proved" for result in results) else 1


def _kind(activation: str | None, output: str | None, loss: str | None, target: str | None) -> Kind:
    """Return the network that the options describe; what goes with a loss or an output is filled in."""
    from derive.proof.entrywise import Kind

    loss = LOSSES.get(loss or "", loss)
    output = output or OUTPUT_OF.get(loss or "", "softmax")
    loss = loss or LOSS_OF.get(output, "squared")
    target = target or ("class" if output == "softmax" and loss == "cross-entropy" else "vector")
    return Kind(activation or "g", output, loss, target)


def _named(theorems: Sequence[Theorem], names: tuple[str, ...]) -> list[Theorem]:
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
