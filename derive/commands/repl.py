"""`derive repl`: a prompt with a network loaded."""

from __future__ import annotations

import click

from derive.commands.parameters import numbers


@click.command("repl")
@click.option("--model", default="khapra", show_default=True, help="A bundled model, or a TOML file.")
@click.option("--widths", metavar="LIST", callback=numbers, help="Widths of the layers, such as 2,3,2.")
@click.option("--activation", help="Function in place of the activation that the model leaves open.")
@click.option("--plain", is_flag=True, help="The plain Python prompt, also where IPython is installed.")
def command(model: str, widths: tuple[int, ...] | None, activation: str | None, *, plain: bool) -> None:
    """Explore a network at the prompt: names, derivatives, paths, formulas."""
    from derive.api.net import load_network
    from derive.repl import start

    start(load_network(model, activation=activation, widths=widths), plain=plain)
