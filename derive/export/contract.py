"""Products of arrays summed over some of their axes: matmul where it is one, outer, sums, einsum for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.algebra.index import Index
from derive.export.indexing import ATOM, LETTERS, MATMUL, PRODUCT, SUM, Code, union

if TYPE_CHECKING:
    from derive.export.vectorise import Vectoriser

LARGE = 4
"""So many axes of a product NumPy can go through at once; of more, it is to multiply two arrays at a time."""


def contract(compiler: Vectoriser, codes: list[Code], summed: tuple[Index, ...]) -> Code:
    """Return code for Σ over the axes `summed` of the product of arrays; axes that no array has count as factors."""
    present = tuple(index for index in summed if any(index in code.axes for code in codes))
    scalars = [code for code in codes if not code.axes]
    arrays = [code for code in codes if code.axes]
    found = _arrays(compiler, arrays, present) if arrays else None
    for index in summed:
        if index not in present:
            scalars.append(Code(compiler.length(compiler.ranges[index]), (), SUM))
    if found is None:
        parts = scalars
    elif not scalars:
        return found
    else:
        parts = [*scalars, found]
    if not parts:
        return Code("1.0")
    if len(parts) == 1:
        return parts[0]
    return Code(" * ".join(part.within(PRODUCT) for part in parts), union([part.axes for part in parts]), PRODUCT)


def _arrays(compiler: Vectoriser, arrays: list[Code], summed: tuple[Index, ...]) -> Code:
    left = compiler.in_order(tuple(axis for axis in union([code.axes for code in arrays]) if axis not in summed))
    if not summed:
        if len(arrays) == 2 and all(len(code.axes) == 1 for code in arrays) and arrays[0].axes != arrays[1].axes:
            return Code(f"{compiler.xp}.outer({arrays[0].text}, {arrays[1].text})", (*arrays[0].axes, *arrays[1].axes))
        aligned = [compiler.aligned(code, left) for code in arrays]
        if len(aligned) == 1:
            return aligned[0]
        return Code(" * ".join(part.within(PRODUCT) for part in aligned), left, PRODUCT)
    if len(arrays) == 1:
        return compiler.summed(arrays[0], summed)
    if len(arrays) == 2 and len(summed) == 1:
        found = _matmul(arrays[0], arrays[1], summed[0]) or _matmul(arrays[1], arrays[0], summed[0])
        if found is not None:
            return found
    return _einsum(compiler, arrays, left)


def _matmul(a: Code, b: Code, index: Index) -> Code | None:
    """Return a @ b where `index` is the only axis that both have."""
    if set(a.axes) & set(b.axes) != {index} or len(a.axes) > 2 or len(b.axes) > 2 or len(a.axes) < len(b.axes):
        return None
    first = a.within(ATOM) if a.axes[-1] == index else _transposed(a)
    second = b.within(ATOM) if b.axes[0] == index else _transposed(b)
    axes = (*(axis for axis in a.axes if axis != index), *(axis for axis in b.axes if axis != index))
    if len(axes) < 2:
        return Code(f"{first} @ {second}", axes, MATMUL)
    turned = (b.within(ATOM) if b.axes[-1] == index else _transposed(b),
              a.within(ATOM) if a.axes[0] == index else _transposed(a))  # fmt: skip
    return Code(f"{first} @ {second}", axes, MATMUL, " @ ".join(turned))


def _transposed(code: Code) -> str:
    return f"({code.turned})" if code.turned else f"{code.within(ATOM)}.T"


def _einsum(compiler: Vectoriser, arrays: Sequence[Code], left: tuple[Index, ...]) -> Code:
    every = union([code.axes for code in arrays])
    own = [axis.name for axis in every]
    plain = len(set(own)) == len(own) and all(len(name) == 1 and name.isascii() for name in own)
    letters = dict(zip(every, own if plain else LETTERS, strict=False))
    pattern = ",".join("".join(letters[axis] for axis in code.axes) for code in arrays)
    target = "".join(letters[axis] for axis in left)
    best = ", optimize=True" if compiler.xp == "np" and len(arrays) > 2 and len(every) > LARGE else ""
    return Code(f'{compiler.xp}.einsum("{pattern}->{target}", {", ".join(code.text for code in arrays)}{best})', left)
