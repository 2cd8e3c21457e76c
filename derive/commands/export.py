"""`derive export`: the forward pass and all gradients as code."""

from __future__ import annotations

from pathlib import Path

import click

from derive.commands.parameters import sized, sizes

BACKENDS = ("numpy", "torch", "jax")


@click.command("export")
@click.option("--to", "backend", type=click.Choice(BACKENDS), default="numpy", show_default=True)
@click.option("--model", default="khapra", show_default=True, help="A bundled model, or a TOML file.")
@click.option("--activation", help="Function in place of the activation that the model leaves open.")
@click.option(
    "--widths", metavar="LIST", callback=sizes, help="Widths of the layers, or sizes such as D=3,H=4; any if left out."
)
@click.option("-o", "path", type=click.Path(path_type=Path), help="Write to a file.")
def command(
    backend: str,
    model: str,
    activation: str | None,
    widths: tuple[int, ...] | dict[str, int] | None,
    path: Path | None,
) -> None:
    """Write the forward pass and all gradients of a model as vectorised functions.

    A loss that the model leaves open is half the squared error. Run the file to compare its gradients with numeric or
    automatic differentiation.
    """
    from derive.api.activations import with_functions
    from derive.api.net import Net
    from derive.commands.writing import write
    from derive.export.module import export
    from derive.lecture.stated import load_model
    from derive.models.overrides import with_loss

    chosen = with_loss(with_functions(load_model(model), activation, {}))
    net = sized(Net(chosen.network, chosen), widths)
    title = chosen.source or f"the model {chosen.name}"
    write(export(net.network, net.notation, backend, title), path)
