"""`derive check`: judge the formulas of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derive.commands.parameters import seconds
from derive.report.formats import FORMATS
from derive.run.task import Checker
from derive.run.worker import check_task

PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


def _jobs(_context: click.Context, _parameter: click.Parameter, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise click.BadParameter(f"at least 1 process is needed, not {value}")
    return value


@click.command("check")
@PATHS
@click.option("--model", metavar="NAME|FILE", help="Model of documents that do not name their own.")
@click.option("--output-format", type=click.Choice(list(FORMATS)), default="full", show_default=True)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report to a file.",
)
@click.option("--strict/--no-strict", default=None, help="Undecided and not understood formulas count as findings.")
@click.option("--select", metavar="CODES", multiple=True, help="Report only these codes (D2 means all of D2..).")
@click.option("--ignore", metavar="CODES", multiple=True, help="Do not report these codes.")
@click.option("--jobs", metavar="N", type=int, callback=_jobs, help="Processes.  [default: one for each CPU]")
@click.option("--time-limit", metavar="S", type=float, callback=seconds, help="Seconds for each claim.  [default: 10]")
@click.option("--seed", metavar="N", type=int, default=0, show_default=True, help="Seed of the concrete networks.")
@click.option("--baseline", metavar="FILE", type=click.Path(path_type=Path), help="Skip the findings known in FILE.")
@click.option(
    "--write-baseline",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the findings to FILE as known, and succeed.",
)
@click.option("--fix", is_flag=True, help="Write the proved repairs into the documents, each judged again there.")
@click.option("--diff", is_flag=True, help="Print what --fix would write; the report goes to the standard error.")
@click.option("--certify", is_flag=True, help="Have Rocq check the proof of each proved formula (see derive certify).")
@click.option("--statistics", is_flag=True, help="Count the codes, and the processor time (formats full and concise).")
@click.option(
    "--show-network",
    is_flag=True,
    help="Print the network that the text of each document states (formats full and concise).",
)
@click.option("--explain", metavar="FILE:LINE", help="Print the derivation or the witness of a formula in full.")
@click.option("-v", "--verbose", is_flag=True, help="List proved formulas and definitions too.")
@click.option(
    "--stdin-filename", metavar="NAME", help="What to call the document `-` (its suffix says how to read it)."
)
@click.option("--config", metavar="FILE", type=click.Path(path_type=Path), help="pyproject.toml or derive.toml to use.")
@click.option(
    "--cache-dir",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="[default: the user's cache]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write what earlier runs have found.")
@click.pass_obj
def command(checker: Checker | None, /, **options: Any) -> int:
    """Judge the formulas of documents: proved, refuted with a counterexample, undecided, or not understood.

    PATHS are files or folders (*.md *.markdown *.txt *.rst *.tex *.ltx *.latex *.ipynb), or - for the standard input.

    \b
    Exit status: 0 nothing refuted (with --strict: nothing undecided or not understood either)
                 1 findings
                 2 unusable arguments or input, a document given up, or no model and nothing judged
                 3 prover and oracle disagree: a bug in derive
                 130 interrupted; what is done is reported
    """
    from derive.commands.checking import CheckArguments, check

    return check(CheckArguments(**options, checker=checker or check_task))
