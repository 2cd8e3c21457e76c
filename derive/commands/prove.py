"""`derive prove`: prove the bundled theorems and print them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import click

from derive.commands.parameters import seconds, sizes
from derive.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from derive.network_theorems import ModelTheorem, Outcome, PerceptronTheorem
    from derive.proof.entrywise import Kind

AnyTheorem = TypeVar("AnyTheorem", "ModelTheorem", "ModelTheorem | PerceptronTheorem")
PAGE = 150  # columns where the output is no terminal
COLORS = {"proved": "green", "refuted": "bold red", "undecided": "yellow"}


@click.command("prove")
@click.argument("names", nargs=-1)
@click.option(
    "--widths",
    metavar="LIST",
    callback=sizes,
    help="Entry by entry: every partial of a perceptron of widths such as 784,128,10; with --model its theorems, "
    "for sizes such as D=3,H=4.",
)
@click.option("--activation", metavar="NAME", help="Activation of the hidden layers; else any differentiable g.")
@click.option("--output", metavar="NAME", help="softmax, linear, sigmoid, elementwise.  [default: softmax]")
@click.option("--loss", metavar="NAME", help="cross-entropy, binary-cross-entropy, squared, half-squared.")
@click.option("--target", metavar="NAME", help="class, distribution, vector.")
@click.option("--model", metavar="NAME|FILE", help="Only the theorems that this model states.")
@click.option("--json", "as_json", is_flag=True, help="Print the theorems as JSON.")
@click.option("--summary", is_flag=True, help="One line for each network.")
@click.option("--slips", is_flag=True, help="With --model: judge the slips of its theorems; each has to be refuted.")
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
    names: tuple[str, ...],
    widths: tuple[int, ...] | dict[str, int] | None,
    model: str | None,
    as_json: bool,
    summary: bool,
    slips: bool,
    time_limit: float,
    **chosen: str | None,
) -> int:
    """Prove the bundled theorems and print them by network, with their scope and assumptions.

    NAMES choose theorems by any part of their names, such as softmax or lstm. With --activation, --output, --loss or
    --target the theorems are about that perceptron, with --model those of a model. The exit status is 1 unless all are
    proved.
    """
    if model is not None and any(chosen.values()):
        raise UsageError("--model names a network; --activation, --output, --loss and --target describe another one")
    if slips:
        return _judge_slips(_named(_of_model(_given(model)), names), time_limit)
    kind = _kind(**chosen)
    if widths is not None and model is not None:
        return _prove_at(widths, _named(_of_model(model), names), as_json, time_limit)
    if widths is not None:
        return _prove_perceptron_at(widths, kind, names, as_json)
    wanted = _named(_theorems(model, kind if any(chosen.values()) else None), names)
    proving = (theorem.prove(time_limit) for theorem in wanted)
    outcomes = list(_with_progress(proving, len(wanted), as_json))
    if as_json:
        click.echo(json.dumps({"theorems": [_entry(outcome) for outcome in outcomes]}, indent=1))
    elif summary:
        click.echo("\n".join(_summary({theorem.network: theorem.sizes for theorem in wanted}, outcomes)))
    else:
        _print(outcomes)
    return 0 if all(outcome.word == "proved" for outcome in outcomes) else 1


def _prove_perceptron_at(
    widths: tuple[int, ...] | dict[str, int], kind: Kind, names: tuple[str, ...], as_json: bool
) -> int:
    if names or isinstance(widths, dict):
        raise UsageError(
            "--widths without --model is about every partial of a perceptron: give a list such as 784,128,10 and no "
            "names of theorems"
        )
    from derive.commands.prove_entries import prove_entries

    return prove_entries(kind, widths, as_json)


def _prove_at(
    widths: tuple[int, ...] | dict[str, int], theorems: Sequence[ModelTheorem], as_json: bool, time_limit: float
) -> int:
    from derive.commands.prove_entries import prove_theorems_at

    return prove_theorems_at(theorems, widths, as_json, time_limit)


def _given(model: str | None) -> str:
    if model is None:
        raise UsageError("--slips is about the theorems of one model; name it with --model")
    return model


def _judge_slips(theorems: Sequence[ModelTheorem], time_limit: float) -> int:
    """Print which slips of theorems are not refuted and how many are, and return 1 if one is not."""
    total, lines = sum(len(theorem.stated.slips) for theorem in theorems), list[str]()
    for theorem in theorems:
        lines += (f"{theorem.name}: NOT REFUTED: {slip}" for slip in theorem.surviving_slips(time_limit))
    click.echo("\n".join([*lines, f"{total - len(lines)} of {total} slips of {len(theorems)} theorems refuted"]))
    return 1 if lines else 0


def _theorems(model: str | None, kind: Kind | None) -> Sequence[PerceptronTheorem | ModelTheorem]:
    """Return the theorems of a model, those about a kind of perceptron, or else all that are bundled."""
    from derive.network_theorems import of_bundled_models, of_perceptron
    from derive.proof.theorems import bundled, theorems

    if kind is not None:
        return of_perceptron(theorems(kind.activation, kind.output, kind.loss, kind.target))
    if model is None:
        return (*of_perceptron(bundled()), *of_bundled_models())
    return _of_model(model)


def _of_model(model: str) -> Sequence[ModelTheorem]:
    from derive.lecture.stated import load_model
    from derive.network_theorems import of_model

    found = of_model(load_model(model))
    if not found:
        raise UsageError(f"the model {model} states no theorems; write them into its file under [[theorems]]")
    return found


def _kind(activation: str | None, output: str | None, loss: str | None, target: str | None) -> Kind:
    """Return the network that the options describe; what goes with a loss or an output is filled in."""
    from derive.network.losses import LOSSES, NAMES, OUTPUT_NAMES, OUTPUTS, usual_loss
    from derive.proof.entrywise import Kind

    loss = NAMES.get(loss or "", loss)
    output = OUTPUT_NAMES.get(output or "", output) or (LOSSES[loss].outputs[0] if loss in LOSSES else OUTPUTS[0])
    loss = loss or usual_loss(output)
    target = target or ("class" if output == "softmax" and loss == "cross-entropy" else "vector")
    return Kind(activation or "g", output, loss, target)


def _named(theorems: Sequence[AnyTheorem], names: tuple[str, ...]) -> list[AnyTheorem]:
    if not names:
        return list(theorems)
    chosen = [theorem for theorem in theorems if any(name.lower() in theorem.name.lower() for name in names)]
    if not chosen:
        raise UsageError(f"no theorem is called {' or '.join(names)}; `derive prove` lists them")
    return chosen


def _entry(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.name,
        "statement": outcome.statement,
        "verdict": outcome.word,
        "scope": outcome.scope,
        "assumptions": list(outcome.assumptions),
        "milliseconds": round(outcome.milliseconds, 3),
        "network": outcome.network,
        "message": outcome.reason,
    }


def _with_progress(outcomes: Iterable[Outcome], total: int, quiet: bool) -> Iterable[Outcome]:
    if quiet or not sys.stderr.isatty():
        return outcomes
    from rich.console import Console
    from rich.progress import track

    return track(outcomes, "proving", total=total, console=Console(stderr=True), transient=True)


def _summary(sizes: Mapping[str, Sequence[str]], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a line for each network: its theorems, the sizes that stay symbols, and what was assumed."""
    rows = [("network", "proved", "for all", "assuming")]
    for network, group in groupby(outcomes, key=lambda outcome: outcome.network):
        found = list(group)
        proved = sum(outcome.word == "proved" for outcome in found)
        used = dict.fromkeys(assumption for outcome in found for assumption in outcome.assumptions)
        rows.append((network, f"{proved} of {len(found)}", ", ".join(sizes[network]), "; ".join(used)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield f"{sum(outcome.word == 'proved' for outcome in outcomes)} of {len(outcomes)} proved"


def _print(outcomes: list[Outcome]) -> None:
    """Print a table for each network."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else PAGE)
    for network, group in groupby(outcomes, key=lambda outcome: outcome.network):
        console.print(_table(network, list(group)))
        console.print()
    proved = sum(outcome.word == "proved" for outcome in outcomes)
    console.print(f"{proved} of {len(outcomes)} proved", style="bold")


def _table(network: str, outcomes: list[Outcome]) -> Table:
    """Return a table with the statement below each name and the assumptions below each scope."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(network, overflow="fold", ratio=3)
    table.add_column("verdict", no_wrap=True)
    table.add_column("scope and assumptions", overflow="fold", ratio=2)
    table.add_column("ms", justify="right", no_wrap=True)
    for outcome in outcomes:
        name = Text(outcome.name.removeprefix(f"{network}: "), style="bold")
        name.append(f"\n  {outcome.statement}", style="not bold")
        assuming = "".join(f"\nassuming {assumption}" for assumption in outcome.assumptions)
        verdict = Text(outcome.word, style=COLORS.get(outcome.word, "yellow"))
        about = Text(f"{outcome.scope}{assuming}" or outcome.reason)
        table.add_row(name, verdict, about, f"{outcome.milliseconds:.0f}")
    return table
