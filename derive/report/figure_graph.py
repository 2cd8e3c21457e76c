"""The computational graph of an example: what is computed from what, with values and gradients, or with shapes.

A column is as far right as its longest path from what is given; what is given stands just before its first use.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.algebra.expr import Diff, Var
from derive.algebra.index import Index, Lin, Size, lin
from derive.algebra.substitute import subs
from derive.report.figure import RADIUS, Caption, Drawing, Edge, Node
from derive.report.numbers import Array, Numbers, flat
from derive.writing.plain import plain

BROADEST, ACROSS, DOWN = 15.0, 2.2, 1.95
CAPTION = 1.9
"""How wide a name with its value may be; a drawing that is too wide for a page with it is drawn smaller as a whole."""
BELOW = (0.22, 0.56)
"""How far below its circle a node's value and gradient stand, in centimetres."""
BEND = 26


@dataclass(frozen=True)
class ArrayGraph:
    """Arrays, by their places which reads which, and which of them are given."""

    arrays: tuple[Array, ...]
    edges: tuple[tuple[int, int], ...]
    given: frozenset[int]


def graph_drawing(numbers: Numbers, values: bool = False, folded: bool = False) -> Drawing:
    """Draw the graph; `values` writes value and derivative of one entry below each array, else its shape. `folded`
    draws arrays of one name once, Q_r for all heads r."""
    graph = _folded(array_graph(numbers)) if folded else array_graph(numbers)
    columns = _columns(graph)
    places = _places(graph, columns, CAPTION if values else 0)
    labels = [_label(numbers, array, folded) for array in graph.arrays]
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


def array_graph(numbers: Numbers) -> ArrayGraph:
    """Return the arrays that the loss rests on, without those that only rename others, and which reads which."""
    given = [array for leaf in numbers.leaves for array in numbers.arrays(leaf)]
    every = [*given, *numbers.computed]
    renamed = {n: list(numbers.sources(every, n)) for n, a in enumerate(every) if isinstance(a.body, Var)}
    kept = [n for n in range(len(every)) if n not in renamed]
    number = {n: place for place, n in enumerate(kept)}

    def ends(n: int) -> list[int]:
        return [end for m in renamed[n] for end in ends(m)] if n in renamed else [number[n]]

    edges = {(u, number[n]): None for n in kept if every[n].body is not None
             for m in numbers.sources(every, n) for u in ends(m)}  # fmt: skip
    return ArrayGraph(tuple(every[n] for n in kept), tuple(edges), frozenset(number[n] for n in kept if n < len(given)))


def _folded(graph: ArrayGraph) -> ArrayGraph:
    """Return the graph with one array of each name and shape."""
    first: dict[tuple[str, int], int] = {}
    for n, array in enumerate(graph.arrays):
        first.setdefault((array.name, len(array.places)), n)
    same = [first[array.name, len(array.places)] for array in graph.arrays]
    number = {n: place for place, n in enumerate(first.values())}
    edges = {(number[same[u]], number[same[v]]): None for u, v in graph.edges if same[u] != same[v]}
    arrays = tuple(graph.arrays[n] for n in number)
    return ArrayGraph(arrays, tuple(edges), frozenset(number[n] for n in number if n in graph.given))


def _label(numbers: Numbers, array: Array, folded: bool) -> str:
    about = numbers.about
    params = about.block(array.name).params
    letters = [str(params[n]) for n in about.layer_slots(array.name)]
    return about.array(array.name, *(letters if folded else map(str, array.layers)))


def _columns(graph: ArrayGraph) -> list[int]:
    columns = [0] * len(graph.arrays)
    for _ in graph.arrays:
        for u, v in graph.edges:
            columns[v] = max(columns[v], columns[u] + 1)
    for n in graph.given:
        columns[n] = min((columns[v] - 1 for u, v in graph.edges if u == n), default=0)
    return columns


def _places(graph: ArrayGraph, columns: list[int], least: float) -> dict[int, tuple[float, float]]:
    """Return where each array stands: what is computed in the middle of its column, what is given around it."""
    across = min(ACROSS, max(least, BROADEST / max(1, *columns)))
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


def path_drawing(numbers: Numbers, entries: Sequence[Var]) -> Drawing:
    """Draw one entry of each array of a path in a row, with its value and its derivative below."""
    across = min(ACROSS, BROADEST / max(1, len(entries) - 1))
    about = numbers.about
    layers = [[entry.idx[n] for n in about.layer_slots(entry.name)] for entry in entries]
    labels = [about.array(entry.name, *at) for entry, at in zip(entries, layers, strict=True)]
    nodes = tuple(Node(RADIUS + 0.5 + n * across, RADIUS + 0.75, label) for n, label in enumerate(labels))
    edges = tuple(Edge(n, n + 1, "flow") for n in range(len(entries) - 1))
    captions = tuple(
        Caption(node.x, node.y - RADIUS - below, text, mark)
        for node, entry in zip(nodes, entries, strict=True)
        for below, (mark, text) in zip(BELOW, _valued(numbers, entry), strict=False)
    )
    return Drawing(nodes, edges, captions, f"A path: {', then '.join(map(plain, map(about.latex, entries)))}.")


def _said(numbers: Numbers, array: Array, values: bool) -> list[tuple[str, str]]:
    """Return what stands below an array, each with its mark."""
    if values:
        return _valued(numbers, entry_shown(numbers, array))
    lengths = [str(r.hi.const - r.lo.const + 1) for _, r in array.axes]
    return [("value", r" \times ".join(lengths) if lengths else "1")]


def _valued(numbers: Numbers, entry: Var) -> list[tuple[str, str]]:
    """Return the value of an entry, with its name where it is one of several, and the derivative by it."""
    about = numbers.about
    (value,) = flat(numbers.table(entry, ()))
    slope = numbers.value(Diff(about.loss, entry)) if entry != about.loss else 1.0
    alone = len(entry.idx) == len(about.layer_slots(entry.name))
    named = about.latex(entry) if entry.name in about.notation.patterns else about.array(entry.name, *entry.idx)
    return [
        ("value", ("" if alone else f"{named} = ") + _short(float(value))),
        ("gradient", _short(slope)),
    ]


def entry_shown(numbers: Numbers, array: Array) -> Var:
    """Return the first entry of an array that moves the loss, else its first."""
    entries = list(entries_of(array))
    return next(
        (e for e in entries if e == numbers.about.loss or numbers.value(Diff(numbers.about.loss, e))), entries[0]
    )


def entries_of(array: Array) -> Iterator[Var]:
    """Yield the entries of an array."""
    for place in array.places:
        at: dict[Index | Size, Lin] = dict(zip((index for index, _ in array.axes), map(lin, place), strict=True))
        entry = subs(array.entry, at)
        assert isinstance(entry, Var)
        yield entry


def _short(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
