"""How the content's prose becomes Markdown with LaTeX between dollar signs."""

from __future__ import annotations

from collections.abc import Sequence

from derive.report import escape
from derive.report.content import Display
from derive.report.inline import Inline, Reference, prose


def inline(pieces: Sequence[Inline]) -> str:
    """Return prose as Markdown."""
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Inline) -> str:
    match piece.kind:
        case "math":
            return f"${piece.value}$"
        case "emphasis":
            return f"*{piece.value}*"
        case "strong":
            return f"**{piece.value}**"
    if isinstance(piece, Reference):
        return f"({piece.number})" if piece.family == "eq" else str(piece.number)
    return piece.value


def cell(pieces: Sequence[Inline]) -> str:
    """Return prose for a cell of a table, where a bar would end the cell."""
    return inline(pieces).replace("|", r"\vert ")


def display(block: Display) -> str:
    """Return the lines of a display between double dollar signs, with the rules as remarks."""
    rows = [_row(block, place) for place in range(len(block.lines))]
    if not aligned(block):
        return f"$$\n{rows[0].replace(' &', ' ', 1)}\n$$" if " &" in rows[0] else f"$$\n{rows[0]}\n$$"
    body = " \\\\\n".join(rows)
    tag = f" \\tag{{{block.number}}}" if block.number else ""
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}{tag}\n$$"


def aligned(block: Display) -> bool:
    """Whether the lines of a display stand in an environment of their own, which begins a line above them."""
    return len(block.lines) > 1 or bool(block.lines[0].rule)


def _row(block: Display, place: int) -> str:
    line = block.lines[place]
    left = f"{line.left} &" if line.right.startswith("=") else line.left
    rule = rf" && \text{{({line.rule})}}" if line.rule else ""
    tag = rf" \tag{{{block.number}}}" if block.number and not aligned(block) else ""
    return f"{left}{line.ranged}{rule}{tag}".strip()


FILTERS = {
    "inline": inline,
    "title": lambda text: inline(prose(text)),
    "cell": cell,
    "display": display,
    "text": escape.markdown,
}
