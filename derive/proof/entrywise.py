"""Every partial of a perceptron with given widths, matched entry by entry with the closed form that lectures state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from derive.algebra.expr import ZERO
from derive.algebra.factors import Poly, subtract
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.substitute import subs
from derive.network import closed_forms as forms
from derive.network.closed_forms import ClosedForm
from derive.network.entries import ArrayGradient, array_gradients, arrays
from derive.network.mlp import DEPTH, mlp, with_widths
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.proof.facts import FactRules
from derive.proof.prover import Prover

TARGET = "y"
"""Nobody differentiates by the targets: they are data, and no closed form is stated for them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which perceptron: activation, output, loss and target as in `derive.network.mlp.mlp`."""

    activation: str = "g"
    output: str = "softmax"
    loss: str = "cross-entropy"
    target: str = "class"


@dataclass(frozen=True, slots=True)
class Matched:
    """The entries of one array at one layer: how many there are, and those where derivation and closed form differ."""

    name: str
    layer: int | None
    count: int
    failed: tuple[tuple[int, ...], ...]
    assumptions: tuple[str, ...] = ()


def match_every_entry(
    kind: Kind, widths: tuple[int, ...], advance: Callable[[int], None] = lambda _: None
) -> Iterator[Matched]:
    """Derive every partial of the perceptron with these widths and match it with its closed form; `advance` counts.

    Raises: NetworkError for widths or a kind that make no sense.
    """
    for gradient in array_gradients(_network(kind, widths)):
        if gradient.v.name == TARGET:
            continue
        form = stated_form(kind, gradient, depth=len(widths) - 1)
        yield _match(gradient, _right_side(form, gradient, len(widths) - 1), advance)


def count_entries(kind: Kind, widths: tuple[int, ...]) -> int:
    """Return how many partials `match_every_entry` matches."""
    found = arrays(_network(kind, widths))
    return sum(prod(r.length.const for r in ranges) for name, _, ranges in found if name != TARGET)


def _network(kind: Kind, widths: tuple[int, ...]) -> Network:
    return with_widths(mlp(kind.activation, kind.output, kind.loss, kind.target), widths)


def stated_form(kind: Kind, gradient: ArrayGradient, depth: int) -> ClosedForm:
    """Return what lectures state for the gradient of an array."""
    match gradient.v.name:
        case "W":
            return forms.weight_gradient()
        case "b":
            return forms.bias_gradient()
        case "a" if gradient.v.idx[0] == lin(depth):
            return forms.output_gradient(kind.output, kind.loss, kind.target)
        case "a":
            return forms.pre_activation_gradient(kind.activation)
        case "h":
            return forms.hidden_gradient()
        case "x":
            return forms.input_copy_gradient()
    return forms.output_unit_gradient(kind.loss, kind.target)


def _right_side(form: ClosedForm, gradient: ArrayGradient, depth: int) -> Poly:
    """Return the closed form at the layer and unit indices of the array, in normal form."""
    layered = [index for index, _ in form.free if index == forms.LAYER]
    unit_letters = [index for index, _ in form.free if index in (forms.UNIT, forms.BELOW)]
    idx = gradient.v.idx
    values: dict[Any, Lin] = {DEPTH.atom: lin(depth)}
    values.update(zip(layered, idx[: len(layered)], strict=True))
    values.update(zip(unit_letters, idx[len(idx) - len(unit_letters) :], strict=True))
    sized = dict(_sizes(gradient))
    gradient.algebra.fixed.update(sized)
    return gradient.algebra.normal(subs(subs(form.right, values), sized))


def _sizes(gradient: ArrayGradient) -> Iterator[tuple[Size, Lin]]:
    for definition in gradient.algebra.network.definitions:
        if definition.name in ("a", "h"):
            yield Size("n", (definition.ranges[0].lo,)), definition.ranges[1].hi


def _match(gradient: ArrayGradient, closed: Poly, advance: Callable[[int], None]) -> Matched:
    units = list(gradient.ranges)
    layer, unit_idx = _layer_and_units(gradient)
    spans = [range(gradient.ranges[i].lo.const, gradient.ranges[i].hi.const + 1) for i in units]
    prover = Prover(Claim(gradient.algebra.network, ZERO, ZERO))
    failed: list[tuple[int, ...]] = []
    only = {i: r.lo for i, r in gradient.algebra.context.ranges.items() if i.uid == 0 and r.lo == r.hi}
    for values in product(*spans):
        at: dict[Index, Lin] = {**only, **{i: lin(n) for i, n in zip(units, values, strict=True)}}
        algebra = gradient.algebra
        difference = subtract(algebra.subs(gradient.derived, at), algebra.subs(closed, at))
        if not difference.is_zero and not _vanishes(prover, gradient, difference):
            failed.append(tuple(e.subs(at).const for e in unit_idx))
        advance(1)
    return Matched(gradient.v.name, layer, gradient.count, tuple(failed), tuple(prover.used))


def _layer_and_units(gradient: ArrayGradient) -> tuple[int | None, tuple[Lin, ...]]:
    """Return the layer of an array, where it has one, and its unit indices, those of a single unit too."""
    idx = gradient.v.idx
    return (idx[0].const, idx[1:]) if len(idx) > 1 else (None, idx)


def _vanishes(prover: Prover, gradient: ArrayGradient, difference: Poly) -> bool:
    """Whether a difference vanishes once both sides are expanded to a common frontier, with the facts where need be."""
    if any(found is None for found in prover.search(gradient.algebra, difference)):
        return True
    if not prover.facts:
        return False
    rules = gradient.algebra.rules
    gradient.algebra.rules = list(rules)
    try:
        FactRules(prover.facts, prover.used).install(gradient.algebra)
        return any(found is None for found in prover.search(gradient.algebra, difference))
    finally:
        gradient.algebra.rules = rules
