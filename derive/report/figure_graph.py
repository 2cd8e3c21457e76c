"""The computational graph of an example: what is computed from what, with values and gradients, or with shapes.

A column is as far right as its longest path from what is given; what is given stands just before its first use.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.algebra.expr import Diff, Var
from derive.report.figure import RADIUS, Caption, Drawing, Edge, Node
from derive.report.numbers import Array, Numbers, flat
from derive.writing.plain import plain

BROADEST, ACROSS, DOWN = 15.0, 2.2, 1.95
BELOW = (0.22, 0.56)
"""How far below its circle a node's value and gradient stand, in centimetres."""
BEND = 26


@dataclass(frozen=True)
class _Graph:
    arrays: tuple[Array, ...]
    edges: tuple[tuple[int, int], ...]
    given: frozenset[int]


def graph_drawing(numbers: Numbers, values: bool = False) -> Drawing:
    """Draw the graph; `values` writes its value and derivative below each letter, else the shape of each array."""
    graph = _graph(numbers)
    columns = _columns(graph)
    places = _places(graph, columns)
    labels = [numbers.about.array(array.name, *map(str, array.layers)) for array in graph.arrays]
    nodes = tuple(Node(*places[n], label) for n, label in enumerate(labels))
    edges = tuple(
        Edge(u, v, "flow", BEND if columns[v] - columns[u] > 1 and places[u][1] == places[v][1] else 0)
        for u, v in graph.edges
    )
    captions = tuple(
        Caption(nodes[n].x, nodes[n].y - RADIUS - below, text, mark)
        for n, array in enumerate(graph.arrays)
        for below, (mark, text) in zip(BELOW, _said(numbers, array, values), strict=False)
    )
    words = "; ".join(
        f"{plain(labels[v])} from " + ", ".join(plain(labels[u]) for u, w in graph.edges if w == v)
        for v in sorted({v for _, v in graph.edges})
    )
    return Drawing(nodes, edges, captions, f"The graph of what is computed from what: {words}.")


def _graph(numbers: Numbers) -> _Graph:
    """Return the arrays that the loss rests on, without those that only rename others, and which reads which."""
    given = [array for leaf in numbers.leaves for array in numbers.arrays(leaf)]
    every = [*given, *numbers.computed]
    renamed = {n: numbers.sources(every, n) for n, a in enumerate(every) if isinstance(a.body, Var)}
    kept = [n for n in range(len(every)) if n not in renamed]
    number = {n: place for place, n in enumerate(kept)}

    def ends(n: int) -> list[int]:
        return [end for m in renamed[n] for end in ends(m)] if n in renamed else [number[n]]

    edges = {(u, number[n]): None for n in kept if every[n].body is not None
             for m in numbers.sources(every, n) for u in ends(m)}  # fmt: skip
    return _Graph(tuple(every[n] for n in kept), tuple(edges), frozenset(number[n] for n in kept if n < len(given)))


def _columns(graph: _Graph) -> list[int]:
    columns = [0] * len(graph.arrays)
    for _ in graph.arrays:
        for u, v in graph.edges:
            columns[v] = max(columns[v], columns[u] + 1)
    for n in graph.given:
        columns[n] = min((columns[v] - 1 for u, v in graph.edges if u == n), default=0)
    return columns


def _places(graph: _Graph, columns: list[int]) -> dict[int, tuple[float, float]]:
    """Return where each array stands: what is computed in the middle of its column, what is given around it."""
    across = min(ACROSS, BROADEST / max(1, *columns))
    rows: dict[int, float] = {}
    for column in set(columns):
        here = [n for n in range(len(columns)) if columns[n] == column]
        computed = [n for n in here if n not in graph.given]
        for row, n in enumerate(computed):
            rows[n] = (len(computed) - 1) / 2 - row
        for side, n in enumerate(n for n in here if n in graph.given):
            edge = (len(computed) - 1) / 2 + 1 + side // 2 if computed else (side + 1) // 2
            rows[n] = (1 if side % 2 == 0 else -1) * edge
    low = min(rows.values())
    return {n: (RADIUS + 0.5 + columns[n] * across, RADIUS + 0.75 + (rows[n] - low) * DOWN) for n in rows}


def _said(numbers: Numbers, array: Array, values: bool) -> list[tuple[str, str]]:
    """Return what stands below an array, each with its mark."""
    if not values:
        lengths = [str(r.hi.const - r.lo.const + 1) for _, r in array.axes]
        return [("value", r" \times ".join(lengths) if lengths else "1")]
    (value,) = flat(numbers.table(array.entry, ()))
    slope = numbers.value(Diff(numbers.about.loss, array.entry)) if array.entry != numbers.about.loss else 1.0
    return [("value", _short(float(value))), ("gradient", _short(slope))]


def _short(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
