"""The content of a handout as data: what is said, in which order, with no layout.

    Handout > Section > Paragraph | Display | Table | Algorithm | Code | Figure | Blank

Mathematics is LaTeX in the notation of the model. Prose is a tuple of inline pieces (see `derive.report.inline`), so
that every format escapes it in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from derive.report.figure import Drawing
from derive.report.inline import Inline, Strong, prose


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a display: `left` (empty where the line continues the one above), `right` with its relation sign in
    front, the rule that led there, and the range for which it holds."""

    left: str
    right: str
    rule: str = ""
    where: str = ""

    @property
    def ranged(self) -> str:
        """The right side with its range behind it."""
        return self.right + (rf" \qquad ({self.where})" if self.where else "")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`answer` says that it gives away what a worksheet asks for."""

    kind: ClassVar[str] = "paragraph"
    text: tuple[Inline, ...]
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    kind: ClassVar[str] = "bullets"
    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Display:
    """Aligned lines. `name` makes it one to refer to by its `number`; `title` makes it a result, which is boxed.

    `step` marks what a worksheet leaves blank; `numeric` marks rounded numbers, which no prover should judge;
    `proposed` a form that was found by its looks, and is shown only where it is proved; `wrong` a mistake to be found.
    """

    kind: ClassVar[str] = "display"
    lines: tuple[Line, ...]
    name: str = ""
    number: int = 0
    title: str = ""
    step: bool = False
    numeric: bool = False
    proposed: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """Ruled space for `rows` lines in place of a display; `prompts` are the left sides to start from."""

    kind: ClassVar[str] = "blank"
    number: int
    rows: int
    prompts: tuple[str, ...]
    title: str = ""
    name: str = ""
    label: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """What stood in blank `number`."""

    kind: ClassVar[str] = "solution"
    number: int
    display: Display


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` gives each column's kind: "l" for a short cell, "p" for prose that may wrap.

    `stacked` says that on a narrow screen the cells of a row are better read one below the other; `numeric` marks
    rounded numbers, which no prover should judge.
    """

    kind: ClassVar[str] = "table"
    columns: str
    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    caption: tuple[Inline, ...] = ()
    number: int = 0
    stacked: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of pseudo-code, indented by `depth`, with a remark at its end; `opens` says that it heads others."""

    depth: int
    text: tuple[Inline, ...]
    remark: tuple[Inline, ...] = ()

    @property
    def opens(self) -> bool:
        return bool(self.text) and isinstance(self.text[0], Strong)


@dataclass(frozen=True, slots=True)
class Algorithm:
    kind: ClassVar[str] = "algorithm"
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of a program, as it is."""

    kind: ClassVar[str] = "code"
    title: str
    text: str
    language: str = "python"


@dataclass(frozen=True, slots=True)
class Figure:
    kind: ClassVar[str] = "figure"
    drawing: Drawing
    caption: tuple[Inline, ...]
    name: str = ""
    number: int = 0


Block = Paragraph | Bullets | Display | Blank | Solution | Table | Algorithm | Code | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """`model` is the TOML model that its formulas are about, where that is not the handout's."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    model: str = ""


@dataclass(frozen=True, slots=True)
class Meta:
    """Who and what: text as the user gave it, not escaped."""

    title: str
    author: str = ""
    course: str = ""
    date: str = ""


@dataclass(frozen=True)
class Handout:
    """`model` is the TOML model that the formulas are about, so that the handout can be checked as it stands."""

    meta: Meta
    sections: tuple[Section, ...]
    model: str
    version: str


def paragraph(text: str, *, answer: bool = False) -> Paragraph:
    """Return a paragraph of prose (see `derive.report.inline.prose` for its few marks)."""
    return Paragraph(prose(text), answer)


def bullets(*items: str) -> Bullets:
    return Bullets(tuple(prose(item) for item in items))


def cells(*texts: str) -> tuple[tuple[Inline, ...], ...]:
    """Return the cells of one table row."""
    return tuple(prose(text) for text in texts)


def formula(left: str, right: str, where: str, *, name: str, title: str) -> Display:
    """Return a result in matrix notation: a display of one line, for a range."""
    return Display((Line(left, right, where=where),), name=name, title=title, step=True, proposed=True)
