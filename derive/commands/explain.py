"""`derive explain`: the derivation of a derivative, a gradient, a Jacobian or a claim."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.parameters import sized, sizes

FORMATS = ("text", "tex", "html", "md")


@click.command("explain")
@click.argument("formula")
@click.option("--model", default="khapra", show_default=True, help="A bundled model, or a TOML file.")
@click.option("--widths", metavar="LIST", callback=sizes, help="Widths 2,2,2 or sizes T=2,H=1: lists the paths.")
@click.option("--activation", help="Function in place of the activation that the model leaves open.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--numbers", "in_numbers", is_flag=True, help="Put numbers into the paths; needs --widths.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which numbers.")
@click.option("-o", "path", type=click.Path(path_type=Path), help="Write to a file.")
def command(
    formula: str, model: str, widths: tuple[int, ...] | dict[str, int] | None, activation: str | None, form: str, *,
    in_numbers: bool, seed: int, path: Path | None,
) -> int:  # fmt: skip
    """Explain FORMULA: a derivative such as '\\frac{\\partial L}{\\partial W_{112}}', or a formula with its verdict.

    The exit status is 1 if a formula is refuted.
    """
    from derive.api.claims import Judgement
    from derive.api.explain_formats import FORMATS as renderers
    from derive.api.explanation import explain
    from derive.api.net import load_network
    from derive.commands.writing import write

    if in_numbers and activation is None:
        activation = _activation_for_numbers(model)
    net = sized(load_network(model, activation=activation), widths)
    explanation = explain(net, formula, numbers=in_numbers, seed=seed)
    write(renderers[form](explanation), path)
    refuted = any(isinstance(part, Judgement) and part.word == "refuted" for part in explanation.parts)
    return 1 if refuted else 0


def _activation_for_numbers(model: str) -> str | None:
    """Return an activation for models that leave theirs open: numbers need one."""
    from derive.lecture.stated import load_model

    if all(kind != "any" for _, kind in load_model(model).functions):
        return None
    click.echo("the activation is open; the numbers are those of sigmoid (choose with --activation)", err=True)
    return "sigmoid"
