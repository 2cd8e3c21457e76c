"""`derive handout`: write the derivation out as a handout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.commands.parameters import names, sizes
from derive.errors import UsageError
from derive.visible import escaped

if TYPE_CHECKING:
    from derive.check_options import ProvedFormula


@click.command("handout")
@click.option(
    "-o",
    "path",
    type=click.Path(path_type=Path),
    default=Path("build/backprop"),
    show_default=True,
    help="Path of the files without their suffix.",
)
@click.option(
    "--format",
    "formats",
    metavar="LIST",
    default="tex,html,md,pdf",
    show_default=True,
    callback=names,
    help="tex, html, md, pdf; slides as beamer and deck.",
)
@click.option("--model", default="khapra", show_default=True, help="The model that it is about, or its file.")
@click.option("--activation", default="", help="Activation of the hidden layers, in place of the model's own.")
@click.option("--output", "output_function", default="", help="Function of the output: softmax, identity, sigmoid, …")
@click.option("--loss", default="", help="cross-entropy, binary-cross-entropy, squared, half-squared.")
@click.option("--target", default="", help="What the loss is for: class, distribution, vector.")
@click.option(
    "--widths",
    metavar="LIST",
    callback=sizes,
    help="Widths of the layers in the worked example, such as 2,3,2, or sizes such as d=3,n=2.",
)
@click.option("--sections", metavar="LIST", callback=names, help="The sections, in their order; all is every one.")
@click.option("--values", metavar="FILE", type=click.Path(path_type=Path), help="Numbers of the example, as TOML.")
@click.option("--seed", type=int, metavar="N", help="Draw the numbers of the example.")
@click.option("--title", default="", help="By default it names the network.")
@click.option("--author", default="")
@click.option("--course", default="")
@click.option("--date", default="")
@click.option("--templates", metavar="DIR", type=click.Path(path_type=Path), help="Templates that come before the own.")
@click.option("--certify", is_flag=True, help="Have Rocq check the results (see derive certify), and say so.")
@click.option("--worksheet", is_flag=True, help="Leave the steps blank; the solutions go to NAME-solutions.")
@click.option("--level", type=int, default=2, show_default=True, help="How much a worksheet leaves blank: 1, 2 or 3.")
def command(**options: Any) -> int:
    """Write a handout that derives every gradient step by step, in LaTeX, HTML, Markdown and PDF."""
    from derive.report.handout import write_handout
    from derive.report.options import HandoutOptions, ordered

    if not options["formats"]:
        raise UsageError("--format names no format; there are tex, html, md, pdf, beamer and deck")
    certify, widths = options.pop("certify"), options.pop("widths")
    options |= {"sizes": tuple(widths.items())} if isinstance(widths, dict) else {"widths": widths or ()}
    chosen = HandoutOptions(output=options.pop("path"), sections=ordered(options.pop("sections")), **options)
    written = write_handout(chosen, lambda message: click.echo(message, err=True), _certifier(certify))
    for file in written.files:
        click.echo(escaped(file))
    for formula in written.hidden:
        click.echo(f"not shown, because it could not be decided: {escaped(formula)}", err=True)
    return 1 if written.hidden else 0


def _certifier(wanted: bool) -> Callable[[ProvedFormula], bool] | None:
    """Return what asks Rocq, if that is wanted. Raises: RocqError without it, before anything else is done."""
    if not wanted:
        return None
    from derive.certify.rocq import compiled_library
    from derive.run.certified import accepted

    compiled_library()
    return accepted
