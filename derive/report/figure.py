"""A drawing of a network: nodes and edges once, rendered to TikZ and to inline SVG.

Marks tell what is drawn how: "weight" is the one weight that the figure is about, "path" one path from it to the loss,
"reach" everything else that the weight reaches.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from derive.writing.plain import plain

if TYPE_CHECKING:
    from derive.report.subject import Subject

COLUMN, ROW, RADIUS = 2.7, 1.15, 0.38
CAPTIONS = {"": "caption", "weight": "edge label", "value": "value", "gradient": "gradient"}
"""The TikZ style of a caption by its mark."""
SVG_CAPTIONS = {"weight": "label", "value": "value", "gradient": "value gradient"}
HEAD = 0.17


@dataclass(frozen=True, slots=True)
class Node:
    """A circle at (x, y), in centimetres, y upwards; `label` is LaTeX."""

    x: float
    y: float
    label: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one node to another; "flow" has an arrow, and a `bend` in degrees where it passes above others."""

    source: int
    target: int
    mark: str = ""
    bend: int = 0


@dataclass(frozen=True, slots=True)
class Caption:
    """A formula at (x, y): below a column, beside a marked edge, or the "value" or "gradient" of a node."""

    x: float
    y: float
    label: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`words` say what the picture shows, for those who cannot see it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    captions: tuple[Caption, ...]
    words: str

    @property
    def height(self) -> float:
        bent = any(edge.bend for edge in self.edges)
        return max(node.y for node in self.nodes) + RADIUS + (0.8 if bent else 0.1)

    @property
    def width(self) -> float:
        return max(node.x for node in self.nodes) + RADIUS + 0.15


def network_drawing(widths: tuple[int, ...], about: Subject, weight: tuple[int, int] | None = None) -> Drawing:
    """Draw a network of the given widths; `weight` = (i, j) marks that to unit i of the first layer from input j."""
    places = [_column(layer, width, max(widths)) for layer, width in enumerate(widths)]
    nodes = [
        Node(x, y, about.unit(layer, str(unit), top=layer == len(widths) - 1), _node_mark(layer, unit, weight))
        for layer, column in enumerate(places)
        for unit, (x, y) in enumerate(column, 1)
    ]
    edges = _edges(widths, weight)
    height, mark = (max(widths) - 1) * ROW / 2 + 0.9, "reach" if weight else ""
    loss = Node(len(widths) * COLUMN - 0.5, height, about.notation.loss, mark)
    start = sum(widths[:-1])
    edges += [Edge(start + unit, len(nodes), _mark(weight, unit == 0)) for unit in range(widths[-1])]
    captions = _captions(widths, about)
    if weight is not None:
        captions = (*captions, _weight_label(places[0][weight[1] - 1], places[1][weight[0] - 1], about.weight(*weight)))
    return Drawing((*nodes, loss), tuple(edges), captions, _words(widths, weight))


def _weight_label(source: tuple[float, float], target: tuple[float, float], name: str) -> Caption:
    """Return the name of the marked weight, a little to the upper side of its edge."""
    (x1, y1), (x2, y2) = source, target
    length = math.hypot(x2 - x1, y2 - y1)
    x, y = 0.55 * x1 + 0.45 * x2 - 0.34 * (y2 - y1) / length, 0.55 * y1 + 0.45 * y2 + 0.34 * (x2 - x1) / length
    return Caption(x, y, name, "weight")


def _column(layer: int, width: int, tallest: int) -> list[tuple[float, float]]:
    top = (tallest + width - 2) * ROW / 2 + 0.9
    return [(RADIUS + 0.1 + layer * COLUMN, top - unit * ROW) for unit in range(width)]


def _mark(weight: tuple[int, int] | None, on_path: bool) -> str:
    return "" if weight is None else "path" if on_path else "reach"


def _node_mark(layer: int, unit: int, weight: tuple[int, int] | None) -> str:
    """The path runs from input j to unit i and then through the first unit of every layer above."""
    if weight is None:
        return ""
    row, column = weight
    if layer == 0:
        return "path" if unit == column else ""
    if layer == 1:
        return "path" if unit == row else ""
    return "path" if unit == 1 else "reach"


def _edges(widths: tuple[int, ...], weight: tuple[int, int] | None) -> list[Edge]:
    edges, start = [], 0
    for layer, (below, above) in enumerate(pairwise(widths)):
        for j in range(1, below + 1):
            for i in range(1, above + 1):
                edges.append(Edge(start + j - 1, start + below + i - 1, _edge_mark(layer, i, j, weight)))
        start += below
    order = {"": 0, "reach": 1, "path": 2, "weight": 3}
    return sorted(edges, key=lambda edge: order[edge.mark])


def _edge_mark(layer: int, i: int, j: int, weight: tuple[int, int] | None) -> str:
    if weight is None:
        return ""
    if layer == 0:
        return "weight" if (i, j) == weight else ""
    if layer == 1 and j != weight[0]:
        return ""
    return "path" if i == 1 and (layer == 1 or j == 1) else "reach"


def _captions(widths: tuple[int, ...], about: Subject) -> tuple[Caption, ...]:
    top = len(widths) - 1
    places = (RADIUS + 0.1 + layer * COLUMN for layer in range(top + 1))
    return tuple(Caption(x, 0.12, about.layer(n, top=n == top)) for n, x in enumerate(places))


def _words(widths: tuple[int, ...], weight: tuple[int, int] | None) -> str:
    layers = f"{', '.join(map(str, widths[:-1]))} and {widths[-1]}"
    text = f"A network with layers of {layers} units, each joined to every unit of the next"
    if weight is not None:
        text += (
            f"; marked: the weight from input {weight[1]} to unit {weight[0]} of the first layer, one path from it to "
            "the loss, and all other units that it reaches"
        )
    return text + "."


def tikz(drawing: Drawing) -> str:
    """Return the drawing as a tikzpicture; the styles `unit`, `edge` and their marks are the template's."""
    lines = [r"\begin{tikzpicture}"]
    for number, node in enumerate(drawing.nodes):
        style = "unit" + (f", {node.mark} unit" if node.mark else "")
        lines.append(rf"  \node[{style}] (u{number}) at ({node.x:.2f}, {node.y:.2f}) {{${node.label}$}};")
    for edge in drawing.edges:
        style = "edge" + (f", {edge.mark} edge" if edge.mark else "")
        way = f"to[bend left={edge.bend}]" if edge.bend else "--"
        lines.append(rf"  \draw[{style}] (u{edge.source}) {way} (u{edge.target});")
    for caption in drawing.captions:
        style = CAPTIONS[caption.mark]
        lines.append(rf"  \node[{style}] at ({caption.x:.2f}, {caption.y:.2f}) {{${caption.label}$}};")
    return "\n".join([*lines, r"\end{tikzpicture}"])


def svg(drawing: Drawing, style: str = "") -> str:
    """Return the drawing as an SVG element; its colours come from the page's style sheet, or from `style`."""
    scale = 56
    width, height = drawing.width * scale, drawing.height * scale

    def at(x: float, y: float) -> tuple[str, str]:
        return f"{x * scale:.1f}", f"{height - y * scale:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="network" viewBox="0 0 {width:.0f} {height:.0f}" role="img"'
        f' width="{width:.0f}" aria-label="{escape(drawing.words)}">' + (f"<style>{style}</style>" if style else "")
    ]
    for edge in drawing.edges:
        points = _ends(drawing, edge)
        if edge.mark == "flow":
            parts += _arrow(points, at)
            continue
        (x1, y1), (x2, y2) = (at(*points[0]), at(*points[-1]))
        parts.append(f'<line class="edge {edge.mark}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>')
    for node in drawing.nodes:
        x, y = at(node.x, node.y)
        parts.append(f'<circle class="unit {node.mark}" cx="{x}" cy="{y}" r="{RADIUS * scale:.1f}"/>')
        parts.append(f'<text x="{x}" y="{y}" dy="0.32em">{_svg_label(node.label)}</text>')
    for caption in drawing.captions:
        x, y = at(caption.x, caption.y)
        style = f' class="{SVG_CAPTIONS[caption.mark]}" dy="0.32em"' if caption.mark else ""
        parts.append(f'<text{style} x="{x}" y="{y}">{_svg_label(caption.label)}</text>')
    return "".join([*parts, "</svg>"])


def _ends(drawing: Drawing, edge: Edge) -> list[tuple[float, float]]:
    """Return the points of an edge: from centre to centre, or for an arrow from rim to rim, with a bend between."""
    one, two = drawing.nodes[edge.source], drawing.nodes[edge.target]
    start, end = (one.x, one.y), (two.x, two.y)
    if edge.mark != "flow":
        return [start, end]
    rise = math.tan(math.radians(edge.bend)) * math.dist(start, end) / 2
    middle = ((one.x + two.x) / 2, (one.y + two.y) / 2 + rise)
    return [_towards(start, middle, RADIUS), middle, _towards(end, middle, RADIUS)]


def _towards(start: tuple[float, float], end: tuple[float, float], length: float) -> tuple[float, float]:
    share = length / math.dist(start, end)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _arrow(points: list[tuple[float, float]], at: Callable[[float, float], tuple[str, str]]) -> list[str]:
    """Return a curve through its middle point with a head at its end."""
    start, middle, end = points
    neck = _towards(end, middle, HEAD)
    across = ((end[1] - neck[1]) * 0.4, (neck[0] - end[0]) * 0.4)
    wings = [(neck[0] + sign * across[0], neck[1] + sign * across[1]) for sign in (1, -1)]
    (x1, y1), (xm, ym), (x2, y2) = at(*start), at(*middle), at(*neck)
    corners = " ".join(",".join(at(*point)) for point in (end, *wings))
    return [
        f'<path class="edge flow" d="M{x1} {y1} Q{xm} {ym} {x2} {y2}"/>', f'<polygon class="head" points="{corners}"/>',
    ]  # fmt: skip


_SCRIPT_LETTER = re.compile(r"\\math(?:cal|scr)\{([A-Za-z])\}")
_SCRIPTED = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "l": "ℓ"}


def _svg_label(latex: str) -> str:
    """Return a label as SVG text: letters upright or slanted, scripts smaller and shifted."""
    pieces, shift = [], 0.0
    for script, body in _scripts(_SCRIPT_LETTER.sub(lambda match: _SCRIPTED.get(match[1], match[1]), latex)):
        text = escape(plain(body))
        if script == "base":
            back = f' dy="{-shift:.2f}em"' if shift else ""
            pieces.append(f"<tspan{back}>{text}</tspan>")
            shift = 0.0
            continue
        wanted = 0.3 if script == "_" else -0.45
        style = "script number" if text.isdigit() else "script"
        pieces.append(f'<tspan class="{style}" dy="{(wanted - shift) / 0.72:.2f}em">{text}</tspan>')
        shift = wanted
    return "".join(pieces)


def _scripts(latex: str) -> list[tuple[str, str]]:
    """Split a label into bases and scripts: `h_{11}` is [("base", "h"), ("_", "{11}")]."""
    pieces: list[tuple[str, str]] = []
    end = 0
    for match in re.finditer(r"([_^])(\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|.)", latex):
        if latex[end : match.start()]:
            pieces.append(("base", latex[end : match.start()]))
        pieces.append((match[1], match[2]))
        end = match.end()
    if latex[end:]:
        pieces.append(("base", latex[end:]))
    return pieces
