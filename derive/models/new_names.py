"""Names that only the forward pass declares, with the indices and the shape that their definition gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.names.declare import declared_name
from derive.names.matching import Filled, Written, fill, letter_of
from derive.names.table import Kind, Param
from derive.statements.definitions import bound_by_arguments, slots_above, slots_below
from derive.statements.left_sides import LeftSide
from derive.typing.constraints import letters_of
from derive.typing.context import Context
from derive.typing.index_ranges import slot_range
from derive.typing.quantifiers import Limits
from derive.typing.tensor import Tensor

if TYPE_CHECKING:
    from derive.models.forward import Forward


def plain_range(range_: Range) -> Range:
    """Return a range with its index variables known by their names alone."""
    inside = range_.lo.indices() | range_.hi.indices()
    names: dict[Index | Size, Lin] = {index: lin(Index(index.name)) for index in inside}
    return range_.subs(names)


def is_another_scalar(filled: Filled, value: Tensor, forward: Forward) -> bool:
    """Return whether a number is defined under a name that so far has indices only: E = Σ_n E_n beside E_n."""
    entry = filled.entry
    bare = bool(entry.params) and not any(index is not None for index in filled.values.values())
    return bare and value.is_scalar and any(d.name == entry.name for d in forward.definitions)


def names_other_units(filled: Filled, limits: Limits, forward: Forward) -> bool:
    """Return whether a definition is one of other units than those that have the name so far: a_k beside a_j."""
    entry = filled.entry
    if not entry.letters or entry.layers or all(d.name != entry.name for d in forward.definitions):
        return False
    for at, (own, param) in enumerate(zip(entry.letters, entry.params, strict=True)):
        letter = letter_of(filled.values.get(at))
        range_ = limits.range_of(letter) or forward.runs.alike.get(letter)
        if letter and letter != own and range_ is not None and range_ != param.range:
            return True
    return False


def new_entry(
    name: Written, left: LeftSide, value: Tensor, limits: Limits, ctx: Context, forward: Forward
) -> tuple[Filled, Tensor]:
    """Declare a name that `shapes` does not know, with the indices on the left and the axes of its value."""
    key = name.base.key or ""
    letters = set(limits.lower) | set(limits.upper) | set(limits.values) | set(forward.runs.said)
    letters |= letters_of(ctx.log.uses)
    letters |= forward.layers
    below, fixed_sub = slots_below(name.sub, letters, ctx)
    above, fixed_sup, bracket = slots_above(name, letters, ctx)
    inside = bound_by_arguments(left, [*below, *above], letters, ctx)
    params: list[Param] = []
    for letter in [*above, *below, *inside]:
        is_entry = value.is_scalar and letter in forward.table.examples and letter not in above
        kind: Kind = "layer" if letter in forward.layers and not is_entry else "unit"
        range_ = None if kind == "layer" else limits.range_of(letter) or slot_range(letter, name.node, ctx)
        params.append(Param(Index(letter), range_, kind))
    behind = len(above) + len(below)
    units = [Param(axis.index, plain_range(axis.range), "unit") for axis in value.axes]
    entry = declared_name(
        key, params[: len(above)], params[len(above) : behind], params[behind:], axes=units,
        orientation=value.orientation if units else None, fixed_sub=fixed_sub, fixed_sup=fixed_sup,
        written=name.base.text, bracket=bracket,
    )  # fmt: skip
    beside = forward.table.by_name(entry.name)
    if beside is not None and (units or not beside.letters or len(beside.letters) != len(params)):
        entry = replace(entry, name=f"{entry.name} alone")
    entry = forward.table.apart(replace(entry, arguments=left.given))
    forward.table = forward.table.with_another(entry)
    filled = fill(name, (entry,), ctx)
    if filled is None:
        raise ctx.fault("cannot read the indices of this name", name.node)
    return filled, value
