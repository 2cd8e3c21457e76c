"""Why backwards: what both passes of the network at hand cost, counted from its formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.algebra.index import Index, Range, Size, lin
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Leaf
from derive.network.partials import derive_partial
from derive.proof.sizes import Sizes
from derive.report.content import Section, Table, cells, paragraph
from derive.report.counts import entries, multiplications
from derive.report.inline import prose
from derive.report.numbers import Numbers
from derive.report.subject import Subject

LARGE = (784, 128, 10)
"""Widths of a perceptron as it is used: pictures of 28 × 28, ten classes."""
TIMES = 10


def cost(about: Subject, numbers: Numbers) -> Section | None:
    """The multiplications of both passes, and of one pass upwards for each derivative; None where there are none."""
    wanted = about.parameters or about.inputs
    rows = [(said, _counted(about, wanted, sizes)) for said, sizes in _sizes(about, numbers)]
    deep = any(up > down for _, (_, _, down, up) in rows)
    if not deep and not about.parameters:
        return None
    table = Table(
        "lllll",
        cells("Sizes", "Parameters" if about.parameters else "Inputs", "Forward", "Down, all", "Up, one by one"),
        tuple(cells(said, *map(_written, counts)) for said, counts in rows),
        prose(
            "Multiplications and divisions in the formulas of this text, forward and for all derivatives, downwards "
            "and upwards. Each product is counted once for every value of its letters; additions and values of "
            "functions are not."
        ),
        numeric=True,
    )
    said = (WAYS, SAME + (DEEP if deep else FLAT))
    return Section("cost", "Why backwards", (*map(paragraph, said), table, paragraph(PRICE)))


WAYS = (
    "Along a path the local derivatives multiply, and over the paths they add: that is a product of Jacobians, and "
    "such a product may be multiplied from either end. *Upwards*: begin at one number, and carry the derivatives of "
    "everything above *by it* along the arrows, each step a Jacobian times a column. One pass gives one derivative of "
    "the loss. *Downwards*: begin at the loss, and carry the derivatives *of it* by everything below against the "
    "arrows, each step a row times a Jacobian. One pass gives all derivatives of the loss."
)
SAME = (
    "Between the values that are computed, a pass upwards multiplies by the same local derivatives as the pass "
    "downwards, and takes at most as many multiplications. But it has to be made anew for every number that a "
    "derivative is wanted by, and the loss is one number only."
)
DEEP = " That is the whole reason for going backwards."
FLAT = (
    " In this network a single step leads from what is learnt to what the loss is of, and both ways cost the same; "
    "with every layer between, the way up costs more."
)
PRICE = (
    "The price is memory: the way down needs the values of the way up, so they are kept until then, while a pass "
    "upwards forgets what it has passed."
)


def _sizes(about: Subject, numbers: Numbers) -> Iterator[tuple[str, Sizes]]:
    """Yield the sizes of the example, and those of a network as it is used."""
    own = numbers.concrete.sizes
    roles = about.roles
    if roles is None or roles.batch:
        yield "as in the example", own
        tenfold = replace(own, choose=lambda name, args: TIMES * own.size(name, args), known={}, _open=set())
        yield "ten times those", replace(tenfold, fixed=numbers.rules.sizes)
        return
    depth = roles.depth.atom
    assert isinstance(depth, Size)
    for widths in dict.fromkeys((numbers.widths, LARGE)):
        layers = {Size(roles.size, (lin(roles.first + k),)): lin(width) for k, width in enumerate(widths)}
        fixed = {depth: lin(roles.first + len(widths) - 1)} | layers
        yield ", ".join(map(str, widths)), replace(own, fixed=tuple(fixed.items()), known={}, _open=set())


def _counted(about: Subject, wanted: Iterable[str], sizes: Sizes) -> tuple[int, int, int, int]:
    """Return how many derivatives are wanted, and the multiplications of the forward pass, down and up."""
    needed = Dependencies(about.network).below[about.loss.name] | {about.loss.name}
    forward = [d for d in about.network.definitions if d.name in needed]
    number = sum(entries(_axes(leaf), sizes) for leaf in about.network.leaves if leaf.name in wanted)
    ahead = sum(multiplications(d.body, _axes(d), sizes) for d in forward)
    values = sum(_back(about, name, sizes) for name in dict.fromkeys(d.name for d in forward if d.params))
    last = sum(_back(about, name, sizes) for name in wanted)
    return number, ahead, values + last, number * values + last


def _back(about: Subject, name: str, sizes: Sizes) -> int:
    """Return the multiplications of a gradient, where those above it are known."""
    cases = derive_partial(about.network, about.loss, about.general(name)).cases
    return sum(multiplications(case.result, dict(case.free), sizes) for case in cases)


def _axes(block: Definition | Leaf) -> dict[Index, Range]:
    return dict(zip(block.params, block.ranges, strict=True))


def _written(number: int) -> str:
    return "$" + f"{number:,}".replace(",", r"\,") + "$"
