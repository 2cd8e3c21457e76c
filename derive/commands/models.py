"""`derive models`: list the bundled models, or print one."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("models")
@click.argument("name", required=False)
@click.option("--toml", is_flag=True, help="Print the file itself, to begin a model of one's own with.")
@click.option("--from", "place", metavar="FILE[:LINE]", help="Print the network in force in a lecture as a model file.")
def command(name: str | None, toml: bool, place: str | None) -> None:
    """List the bundled models, or print the model NAME (or of a TOML file or a lecture) as a person reads it."""
    from derive.lecture.stated import load_model
    from derive.models.registry import list_models
    from derive.report.model_text import one_line, render

    if place is not None:
        click.echo(_stated(place).rstrip("\n"))
        return
    if name is not None:
        model = load_model(name)
        click.echo(model.text if toml else render(model), nl=False)
        return
    names = list_models()
    width = max(len(known) for known in names)
    for known in names:
        click.echo(f"{known:<{width}}  {one_line(load_model(known))}")


def _stated(place: str) -> str:
    """Return the model that is in force at FILE:LINE. Raises: UsageError where there is none, or several."""
    from derive.errors import UsageError
    from derive.lecture.stated import model_at

    name, _, line = place.rpartition(":")
    path, number = (Path(name), int(line)) if name and line.isdecimal() else (Path(place), None)
    if not path.exists():
        raise UsageError(f"there is no file {path}")
    return model_at(path, number).toml
