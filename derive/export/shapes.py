"""The sizes of a network, read off the shapes of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.export.names import Names, Slots
from derive.network.network import Leaf


def size_lines(size: str, arity: int, leaves: Sequence[Leaf], names: Names, slots: Slots) -> Iterator[str]:
    """Yield the statements that give a size its value; none where no shape tells it."""
    python = names.of("size", size)
    if arity == 0:
        found = next(_plain(size, leaves, names, slots), None)
        if found is not None:
            yield f"{python} = {found}"
        return
    updates = list(_indexed(size, leaves, names, slots).values())
    if updates:
        yield f"{python} = {{{', '.join(updates)}}}"


def _plain(size: str, leaves: Sequence[Leaf], names: Names, slots: Slots) -> Iterator[str]:
    for leaf in leaves:
        loops = slots.get(leaf.name, ())
        array = names.of("variable", leaf.name)
        for n, range_ in enumerate(leaf.ranges):
            rest = range_.hi - lin(Size(size))
            if n in loops and rest.is_const:
                place = loops.index(n)
                last = f"max({array})" if len(loops) == 1 else f"max(key[{place}] for key in {array})"
                yield _minus(last, rest.const)
        for axis, range_ in _units(leaf, loops):
            rest = range_.length - lin(Size(size))
            if rest.is_const:
                one = f"next(iter({array}.values()))" if loops else array
                yield _minus(f"{one}.shape[{axis}]", rest.const)


def _indexed(size: str, leaves: Sequence[Leaf], names: Names, slots: Slots) -> dict[str, str]:
    """Return the parts of a dictionary, one for each way to say the layer: `**{k: W[k].shape[0] for k in W}`."""
    found: dict[str, str] = {}
    single: dict[str, str] = {}
    for leaf in leaves:
        loops = slots.get(leaf.name, ())
        array = names.of("variable", leaf.name)
        for axis, range_ in _units(leaf, loops):
            atom = range_.length.atom
            if not isinstance(atom, Size) or atom.name != size or len(atom.args) != 1:
                continue
            argument = atom.args[0]
            if not argument.indices():
                key = _text(argument, names)
                single.setdefault(key, f"{key}: {array}.shape[{axis}]")
            elif len(loops) == 1 and (argument - lin(leaf.params[loops[0]])).is_const:
                key = _plus("k", (argument - lin(leaf.params[loops[0]])).const)
                found.setdefault(key, f"**{{{key}: {array}[k].shape[{axis}] for k in {array}}}")
    return found or single


def _units(leaf: Leaf, loops: tuple[int, ...]) -> Iterator[tuple[int, Range]]:
    yield from enumerate(range_ for n, range_ in enumerate(leaf.ranges) if n not in loops)


def _text(value: Lin, names: Names) -> str:
    if value.is_const:
        return str(value.const)
    atom = value.atom
    assert atom is not None
    assert not isinstance(atom, Index)
    return names.of("size", atom.name)


def _plus(text: str, shift: int) -> str:
    return text if not shift else f"{text} {'+' if shift > 0 else '-'} {abs(shift)}"


def _minus(text: str, shift: int) -> str:
    return _plus(text, -shift)
