"""Where a command's text goes: to the standard output, or whole into a file."""

from __future__ import annotations

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
