"""`derive rule`: explain a code."""

from __future__ import annotations

from importlib.resources import files

import click

from derive.codes import CODES
from derive.errors import UsageError


@click.command("rule")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a code that `derive check` reports; without CODE list them all."""
    if code is None:
        width = max(len(name) for name, _ in CODES.values())
        for known, (name, sentence) in CODES.items():
            click.echo(f"{known}  {name:<{width}}  {sentence}")
        return
    click.echo(page(code), nl=False)


def page(code: str) -> str:
    """Return the page of a code, given as `D202` or by its name, `transpose`.

    Raises: UsageError for a code that does not exist.
    """
    names = {name: known for known, (name, _) in CODES.items()}
    known = names.get(code.lower(), code.upper())
    if known not in CODES:
        raise UsageError(f"there is no code {code!r}; `derive rule` lists them")
    return files("derive").joinpath("rules", f"{known}.md").read_text(encoding="utf-8")
