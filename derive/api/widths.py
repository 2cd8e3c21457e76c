"""Widths as a user gives them, n_0, …, n_L, as values of the sizes of a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.algebra.index import Index, Lin, Size, factors_of, lin
from derive.errors import UsageError
from derive.network.network import Definition, Leaf, Network
from derive.writing.plain import plain


def widths_as_sizes(network: Network, widths: tuple[int, ...]) -> dict[Size, Lin]:
    """Return the values of depth and widths: n of the lowest layer is the first.

    Raises: UsageError for a network without layers, or widths that are none.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise UsageError("give the widths of the input and of each layer, at least two positive numbers: 2,3,2")
    found = _layered_size(network)
    if found is None:
        raise UsageError("this network has no layers with widths of their own; give its sizes by their names")
    name, first, depth = found
    values = {Size(name, (lin(first + n),)): lin(width) for n, width in enumerate(widths)}
    if depth is not None:
        values[depth] = lin(first + len(widths) - 1)
    return values


def size_of_name(network: Network, name: str) -> Size:
    """Return the size of that name, m or n_2 (also n2). Raises: UsageError if the network has none."""
    for atom, _ in _atoms(network):
        if not atom.args and name in (atom.name, typed(atom.name), plain(atom.name)):
            return atom
        rest = name.removeprefix(atom.name).lstrip("_")
        if atom.args and name.startswith(atom.name) and rest.isdigit():
            return Size(atom.name, (lin(int(rest)),))
    there = ", ".join(sorted({typed(atom.name) for atom, _ in _atoms(network)}))
    raise UsageError(f"the network has no size {name}; its sizes are {there}")


def typed(name: str) -> str:
    """Return the name of a size as it is typed: d_{k} is d_k, \\tau is tau."""
    return re.sub(r"[\\{}]", "", name)


def _atoms(network: Network) -> Iterator[tuple[Size, dict[Index, Lin]]]:
    """Yield the sizes in the ranges of a network, with the lowest values of the indices there."""
    blocks: tuple[Definition | Leaf, ...] = (*network.leaves, *network.definitions)
    for block in blocks:
        lowest: dict[Index, Lin] = {}
        for param, range_ in zip(block.params, block.ranges, strict=True):
            for end in (range_.lo, range_.hi):
                for atom in (factor.atom for product, _ in end.terms for factor in factors_of(product)):
                    if isinstance(atom, Size):
                        yield atom, lowest
            lowest[param] = range_.lo.subs(lowest)


def _layered_size(network: Network) -> tuple[str, int, Size | None] | None:
    """Return the name of the widths, the number of the lowest layer, and the size that is the depth."""
    lowest: dict[str, int] = {}
    depth: Size | None = None
    for atom, values in _atoms(network):
        if len(atom.args) == 1:
            at = atom.args[0].subs(values)
            if at.is_const:
                lowest[atom.name] = min(lowest.get(atom.name, at.const), at.const)
            elif isinstance(at.atom, Size):
                depth = depth or at.atom
    if not lowest:
        return None
    name = next(iter(lowest))
    return name, lowest[name], depth or _depth_of_ranges(network)


def _depth_of_ranges(network: Network) -> Size | None:
    """Return the size that ends the range of an index on which widths depend."""
    for definition in network.definitions:
        used = {i for r in definition.ranges for i in r.hi.indices()}
        for param, range_ in zip(definition.params, definition.ranges, strict=True):
            for atom, _ in range_.hi.terms:
                if param in used and isinstance(atom, Size):
                    return atom
    return None
