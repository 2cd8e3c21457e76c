"""`derive models`: list the bundled models, or print one."""

from __future__ import annotations

import click


@click.command("models")
@click.argument("name", required=False)
@click.option("--toml", is_flag=True, help="Print the file itself, to begin a model of one's own with.")
def command(name: str | None, toml: bool) -> None:
    """List the bundled models, or print the model NAME (or of a TOML file) as a person reads it."""
    from derive.models.registry import list_models, load_model
    from derive.report.model_text import one_line, render

    if name is not None:
        model = load_model(name)
        click.echo(model.text if toml else render(model), nl=False)
        return
    names = list_models()
    width = max(len(known) for known in names)
    for known in names:
        click.echo(f"{known:<{width}}  {one_line(load_model(known))}")
