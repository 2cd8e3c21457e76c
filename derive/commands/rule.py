"""`derive rule`: explain a code."""

from __future__ import annotations

from difflib import get_close_matches

import click

from derive.codes import CODES, page
from derive.errors import UsageError


@click.command("rule")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a code that `derive check` reports, D202 or transpose; without CODE list them all."""
    if code is None:
        width = max(len(name) for name, _ in CODES.values())
        for known, (name, sentence) in CODES.items():
            click.echo(f"{known}  {name:<{width}}  {sentence}")
        return
    names = {name: known for known, (name, _) in CODES.items()}
    wanted = names.get(code.lower(), code.upper())
    if wanted not in CODES:
        near = get_close_matches(code.lower(), names, 1)
        hint = f"did you mean {near[0]!r}?" if near else "`derive rule` lists them"
        raise UsageError(f"there is no code {code!r}; {hint}")
    click.echo(page(wanted), nl=False)
