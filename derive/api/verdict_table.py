"""Several formulas with their verdicts, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from derive.api.claims import Judgement, details, formula_html, row
from derive.api.show import Shown, table, word
from derive.errors import LatexError

if TYPE_CHECKING:
    from derive.api.net import Net


@dataclass(frozen=True, repr=False)
class Unread(Shown):
    """A line that cannot be read, with the fault."""

    line: str
    fault: LatexError

    def __str__(self) -> str:
        return f"? not-understood: {self.line}\n    {self.fault.message}"

    def latex(self) -> str:
        return self.line


@dataclass(frozen=True, repr=False)
class VerdictTable(Shown):
    """The verdicts on the lines of a cell, in order."""

    rows: tuple[Judgement | Unread, ...]

    def latex(self) -> str:
        lines = [rf"{item.latex()} & \text{{{_word(item)}}}" for item in self.rows]
        return "\\begin{array}{ll}\n" + " \\\\\n".join(lines) + "\n\\end{array}"

    def __str__(self) -> str:
        return "\n".join(map(str, self.rows))

    def __repr__(self) -> str:
        return f"<VerdictTable {', '.join(map(_word, self.rows))}>"

    def _repr_html_(self) -> str:
        cells: list[tuple[str, ...]] = []
        for item in self.rows:
            if isinstance(item, Unread):
                cells.append((f"<code>{escape(item.line)}</code>", word("not-understood"), escape(item.fault.message)))
            else:
                cells += [row(item.text_of(link), link) for link in item.links]
        return table(cells)


def _word(item: Judgement | Unread) -> str:
    return item.word if isinstance(item, Judgement) else "not-understood"


def judge_lines(net: Net, text: str, time_limit: float = 10.0) -> VerdictTable:
    """Judge the formula on each line; empty lines and comments that begin with % are passed over."""
    rows: list[Judgement | Unread] = []
    for line in text.splitlines():
        formula = line.strip().strip("$").strip()
        if not formula or formula.startswith("%"):
            continue
        try:
            rows.append(net.claim(formula).judge(time_limit))
        except LatexError as fault:
            rows.append(Unread(formula, fault))
    return VerdictTable(tuple(rows))


__all__ = ["Unread", "VerdictTable", "details", "formula_html", "judge_lines"]
