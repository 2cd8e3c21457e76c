"""How the objects of the API show themselves: text, LaTeX and HTML, all made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = "border-collapse:collapse;text-align:left"
CELL = "padding:.2em .8em .2em 0;text-align:left;vertical-align:middle"
COLORS = {"proved": "#1a7f37", "refuted": "#cf222e", "undecided": "#9a6700", "not-understood": "#9a6700"}


class Shown:
    """Base of what is shown: subclasses give `__str__` and `latex`; notebooks take the rest from these."""

    def __init_subclass__(cls) -> None:
        # IPython takes the first class that has either of the two, so that a repr of its own would win.
        cls._repr_pretty_ = Shown._repr_pretty_  # type: ignore[method-assign]

    def __repr__(self) -> str:
        """Return a short text for the prompt: the kind and the first line."""
        lines = str(self).strip().splitlines()
        first = lines[0] if lines else ""
        return f"<{type(self).__name__} {first[:100]}{'…' if len(lines) > 1 or len(first) > 100 else ''}>"

    def latex(self) -> str:
        """Return LaTeX without dollar signs."""
        raise NotImplementedError

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex()}$"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """Show the whole text at IPython's prompt."""
        printer.text(str(self))  # type: ignore[attr-defined]


def mathml(latex: str) -> str:
    """Return LaTeX as MathML, which browsers show without a script."""
    from derive.report.html import mathml as convert

    return str(convert(rf"\displaystyle {latex}"))


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table of cells that are HTML already."""
    body = "".join(f"<tr>{''.join(f'<td style={CELL!r}>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table style="{STYLE}">{body}</table>'


def word(verdict: str) -> str:
    """Return a verdict in its colour."""
    return f'<b style="color:{COLORS.get(verdict, "inherit")}">{escape(verdict)}</b>'
