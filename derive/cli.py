"""The command line `derive`: a table of commands, each loaded only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from io import StringIO

import click

from derive.commands.writing import leave, say
from derive.errors import DeriveError, InternalDisagreement
from derive.files import reason

OK, FINDINGS, USAGE, DISAGREEMENT, INTERRUPTED = 0, 1, 2, 3, 130

COMMANDS = {
    "check": "Judge the formulas of documents.",
    "certify": "Write proofs as theorems of Rocq, and have them checked.",
    "prove": "Prove the bundled theorems and print them.",
    "handout": "Write the derivation out as a handout.",
    "explain": "Show the derivation of a derivative or a formula.",
    "repl": "Explore a network at the prompt.",
    "export": "Write the forward pass and all gradients as code.",
    "models": "List the bundled models, or print one.",
    "rule": "Explain a code that `derive check` reports.",
}


class LazyGroup(click.Group):
    """A group whose commands live in `derive.commands.<name>` and are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"derive.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; of an unknown one, say which one may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            near = get_close_matches(args[0], COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(f"{fault.message} Did you mean {near[0]!r}?", ctx) from fault

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"derive {version('derive-backprop')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
              help="Print the version and exit.")  # fmt: skip
def derive() -> None:
    """Derive and prove backpropagation formulas, check lecture notes, write handouts."""


def run(arguments: Sequence[str] | None = None, context: object = None) -> int:
    """Run a command and return its exit status; `context` is for the command (a checker in place of the usual one).

    0 all well, 1 findings, 2 unusable arguments or input, or a document given up, 3 prover and oracle disagree,
    130 interrupted.
    """
    try:
        status = derive.main(arguments, prog_name="derive", standalone_mode=False, obj=context)
        return status if isinstance(status, int) else OK
    except click.ClickException as fault:
        with StringIO() as shown:
            fault.show(shown)
            say(shown.getvalue())
        return USAGE
    except click.Abort:
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except InternalDisagreement as fault:
        from derive.commands.bug_report import bug_report

        say(bug_report(str(fault)))
        return DISAGREEMENT
    except DeriveError as fault:
        say(f"derive: {fault}")
        return USAGE
    except OSError as fault:  # what was to be printed could not be
        leave()
        say(f"derive: {reason(fault)}")
        return USAGE
    except SystemExit:  # click's answer to a reader that has gone (`| head`)
        leave()
        return OK


def main() -> None:
    """Run `derive` and end the process with its exit status."""
    sys.exit(run())
