"""Where a command's text goes: to the standard output, or whole into a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from derive.errors import UsageError


def write(text: str, path: Path | None) -> None:
    """Write a text to a file, saying so, or print it. Raises: UsageError if the file cannot be written."""
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
    click.echo(path)


def leave() -> None:
    """Send nowhere what is still to be printed: the reader has gone, and flushing at the end would complain again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
