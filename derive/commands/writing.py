"""Where a command's text goes: to the standard output, or whole into a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from derive.errors import UsageError
from derive.files import make_folder, reason, write_whole
from derive.visible import escaped, escaped_lines, inert


def write(text: str, path: Path | None) -> None:
    """Write a text to a file, saying so, or print it. Raises: UsageError if it cannot be written."""
    if path is None:
        show(text)
        return
    make_folder(path.parent)
    write_whole(path, text)
    show(f"{escaped(path)}\n")


def show(text: str, *, error: bool = False) -> None:
    """Print a text as it is, or on the standard error.

    Raises: UsageError if it cannot be written, where somebody is left to read it.
    """
    try:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False, err=error)
    except BrokenPipeError:  # `| head` has read enough; the exit status is still that of the findings
        leave()
    except OSError as fault:
        leave()
        raise UsageError(f"cannot write to the standard output: {reason(fault)}") from fault


def say(text: str) -> None:
    """Print what is wrong, or what was done; it may quote names and texts that are anybody's."""
    click.echo(inert(escaped_lines(text.rstrip("\n"))), err=True)


def leave() -> None:
    """Send nowhere what is still to be printed: the reader has gone, and flushing at the end would complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
