"""Whether each name of a forward pass is defined once, and before it is used."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from derive.algebra.expr import Var
from derive.algebra.index import Lin, Range, lin
from derive.algebra.index_facts import IndexFacts
from derive.models.extents import layer_place, variables
from derive.models.forward import Forward
from derive.names.table import Entry
from derive.network.network import Definition
from derive.source import Span


def check_order(forward: Forward) -> None:
    """Check that nothing is used before it is defined or by itself, nothing defined twice, and no layer left out.

    Raises: ModelError at the line that does so.
    """
    later = Counter(definition.name for definition in forward.definitions)
    seen: dict[str, list[Definition]] = {}
    for definition, line in zip(forward.definitions, forward.lines, strict=True):
        entry = forward.table.by_name(definition.name)
        before = seen.get(definition.name, [])
        if entry is not None and any(_is_again(definition, other, entry) for other in before):
            raise forward.text.fault(f'"{entry.base}" is defined twice', forward.text.find(line.text))
        for var, _ in variables(definition.body, {}):
            used = forward.table.by_name(var.name)
            if used is None or var.name not in later:
                continue
            if not used.layers and var.name not in seen:
                message = f'"{used.base}" is used before it is defined'
                raise forward.text.fault(message, forward.text.find(line.text))
            if used.layers and _uses_itself(var, definition, used):
                raise forward.text.fault(f'"{used.base}" is used by its own definition', forward.text.find(line.text))
        seen[definition.name] = [*before, definition]
    for name, found in seen.items():
        entry = forward.table.by_name(name)
        at = layer_place(entry)
        if entry is not None and at is not None:
            _check_gaps(entry, at, found, forward)
            _check_direction(entry, at, found, forward)


def _is_again(one: Definition, other: Definition, entry: Entry) -> bool:
    """Return whether two definitions of a name are about the same units, of layers that surely are the same ones."""
    known = IndexFacts()
    ends = [(a.lo - b.hi, b.lo - a.hi) for a, b in zip(one.ranges, other.ranges, strict=True)]
    if entry.layers:
        return all(known.at_most_zero(low) and known.at_most_zero(high) for low, high in ends)
    return not any(known.at_most_zero(-low + 1) or known.at_most_zero(-high + 1) for low, high in ends)


def _uses_itself(var: Var, definition: Definition, entry: Entry) -> bool:
    """Return whether a definition of layer k uses its own name at layer k."""
    if var.name != definition.name:
        return False
    pairs = zip(entry.params, var.idx, definition.params, definition.ranges, strict=True)
    return all(_same_layer(index, lin(own), range_) for p, index, own, range_ in pairs if p.kind == "layer")


def _same_layer(index: Lin, own: Lin, range_: Range) -> bool:
    return index == own or (range_.lo == range_.hi and index == range_.lo)


def _check_gaps(entry: Entry, at: int, found: list[Definition], forward: Forward) -> None:
    """Raise a fault where the ranges of a name leave a layer out: h_0 and h_k for 2 ≤ k."""
    ranges = [definition.ranges[at] for definition in found]
    constant = sorted((r for r in ranges if r.lo.is_const), key=lambda r: r.lo.const)
    for lower, upper in pairwise(constant):
        gap = upper.lo - lower.hi - 1
        if gap.is_const and gap.const > 0:
            message = f'nothing defines "{entry.base}" at {lower.hi + 1}'
            raise forward.text.fault(message, _place(found[ranges.index(upper)], forward))


def _check_direction(entry: Entry, at: int, found: list[Definition], forward: Forward) -> None:
    """Raise a fault where layer k is made of layer k+1, although the first layer is given and not the last."""
    ends = {definition.ranges[at].hi for definition in found}
    for definition in found:
        own = definition.ranges[at]
        is_given_below = any(d.ranges[at].hi == own.lo - 1 for d in found)
        for var, _ in variables(definition.body, {}):
            step = var.idx[at] - lin(definition.params[at]) if var.name == entry.name else lin(0)
            if is_given_below and step.is_const and step.const > 0 and own.hi + step not in ends:
                message = f'"{entry.base}" is used at {own.hi + step}, where nothing defines it'
                raise forward.text.fault(message, _place(definition, forward))


def _place(definition: Definition, forward: Forward) -> Span:
    return forward.text.find(forward.lines[forward.definitions.index(definition)].text)
