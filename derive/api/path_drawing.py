"""Paths as pictures: a tree of text, and the drawing of the handout for TikZ and SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from derive.report.figure import COLUMN, RADIUS, ROW, Drawing, Edge, Node, svg, tikz
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.algebra.expr import Var
    from derive.api.path import Path
    from derive.api.paths import PathSum

MAX_LINES = 40
STYLE = (
    "svg.network{font-family:serif;font-size:15px}.unit{fill:#fff;stroke:#555}.edge{stroke:#999}"
    ".path{stroke:#0969da}text{text-anchor:middle}.script{font-size:.72em}"
)


def draw_tree(paths: PathSum) -> list[str]:
    """Return the paths as a tree whose branches share their beginnings, one line for each path."""
    ways = [[to_unicode(v, paths.net.notation) for v in path.entries] for path in paths.paths[:MAX_LINES]]
    if not ways:
        return ["  (there is no path)"]
    lines = [f"  {line}" for line in _branches(ways)]
    left = len(paths.paths) - len(ways)
    return lines + ([f"  … and {left} more"] if left > 0 else [])


def _branches(ways: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of ways that all begin with the same entry."""
    head = ways[0][0]
    rests: dict[str, list[Sequence[str]]] = {}
    for way in ways:
        if len(way) > 1:
            rests.setdefault(way[1], []).append(way[1:])
    if not rests:
        return [head]
    blocks = [_branches(rest) for rest in rests.values()]
    lines = []
    for number, block in enumerate(blocks):
        first, last = number == 0, number == len(blocks) - 1
        for n, line in enumerate(block):
            if n == 0:
                sign = "───" if first and last else "─┬─" if first else " └─" if last else " ├─"
            else:
                sign = "   " if last else " │ "
            start = head if first and n == 0 else " " * len(head)
            lines.append(f"{start} {sign} {line}")
    return lines


def drawing(paths: PathSum) -> Drawing:
    """Return the entries on the paths in columns, by their distance from the variable, with the edges between them."""
    columns = _columns(paths.paths)
    tallest = max(map(len, columns), default=1)
    nodes: list[Node] = []
    number: dict[Var, int] = {}
    for at, column in enumerate(columns):
        top = (tallest + len(column) - 2) * ROW / 2 + 0.9
        for place, v in enumerate(column):
            number[v] = len(nodes)
            nodes.append(Node(RADIUS + 0.1 + at * COLUMN, top - place * ROW, to_latex(v, paths.net.notation), "path"))
    edges = dict.fromkeys(Edge(number[a], number[b], "path") for path in paths.paths for a, b in _pairs(path))
    words = f"The {len(paths.paths)} paths from {to_unicode(paths.by, paths.net.notation)} to "
    return Drawing(tuple(nodes), tuple(edges), (), words + to_unicode(paths.of, paths.net.notation))


def _pairs(path: Path) -> Iterator[tuple[Var, Var]]:
    yield from zip(path.entries, path.entries[1:], strict=False)


def _columns(paths: Sequence[Path]) -> list[list[Var]]:
    """Return the entries by the length of the longest way to them."""
    depth: dict[Var, int] = {}
    changed = True
    while changed:
        changed = False
        for path in paths:
            for n, v in enumerate(path.entries):
                least = 0 if n == 0 else depth[path.entries[n - 1]] + 1
                if depth.get(v, -1) < least:
                    depth[v] = least
                    changed = True
    columns: list[list[Var]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for v, at in depth.items():
        columns[at].append(v)
    return columns


def tikz_of(paths: PathSum) -> str:
    """Return the paths as a tikzpicture."""
    return tikz(drawing(paths))


def svg_of(paths: PathSum) -> str:
    """Return the paths as an SVG element."""
    return svg(drawing(paths), STYLE) if paths.paths else ""
