"""The one maker of declared names: where their indices stand, which axes they have, what belongs to the name itself.

h^{(t)}_j               t above, j below; no axes
W_k ∈ ℝ^{m × n}         k below, the axes m and n
C_0 = p(x_i)            0 belongs to the name, and only its argument binds i
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.names.table import Entry, Orientation, Param


def declared_name(
    base: str, above: Sequence[Param] = (), below: Sequence[Param] = (), bound: Sequence[Param] = (), *,
    axes: Sequence[Param] = (), orientation: Orientation | None = None, fixed_sub: tuple[str, ...] = (),
    fixed_sup: tuple[str, ...] = (), written: str = "", bracket: str = "",
) -> Entry:  # fmt: skip
    """Return a name with the indices above and below it as they are written, those that only its arguments bind, and
    the `axes` of a whole array; indices of layers come first. By itself the orientation goes by the number of units.
    """
    slots = (*above, *below, *bound)
    order = sorted(range(len(slots)), key=lambda at: slots[at].kind != "layer")
    places = [order.index(at) for at in range(len(slots))]
    end = len(above) + len(below)
    params = (*(slots[at] for at in order), *axes)
    units = sum(param.kind == "unit" for param in params)
    own: Orientation = "scalar" if units == 0 else "col" if units == 1 else "matrix"
    return Entry(
        full_name(base, fixed_sub, fixed_sup), base, params,
        sub=(*places[len(above) : end], *range(len(slots), len(params))),
        sup=tuple(places[: len(above)]),
        bound=tuple(places[end:]),
        orientation=own if orientation is None else orientation,
        fixed_sub=fixed_sub, fixed_sup=fixed_sup, written=written or base, bracket=bracket,
        letters=() if axes else tuple(param.index.name for param in params),
    )  # fmt: skip


def full_name(key: str, fixed_sub: tuple[str, ...], fixed_sup: tuple[str, ...]) -> str:
    """Return the name of a base with its fixed parts: C_{0}, W^{(1)}."""
    below = f"_{{{''.join(fixed_sub)}}}" if fixed_sub else ""
    above = f"^{{{''.join(fixed_sup)}}}" if fixed_sup else ""
    return key + below + above
