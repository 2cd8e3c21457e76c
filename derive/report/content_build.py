"""The whole handout from its options, numbered, and as a worksheet where one is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar, cast

from derive.report.content import (
    Algorithm,
    Blank,
    Block,
    Bullets,
    Display,
    Figure,
    Handout,
    Meta,
    Paragraph,
    Section,
    Solution,
    Step,
    Table,
    paragraph,
)
from derive.report.content_example import worked
from derive.report.content_layers import algorithm, biases, hidden, weights
from derive.report.content_model import model_toml
from derive.report.content_output import output
from derive.report.content_proofs import ProofRow, proofs
from derive.report.content_setting import forward, idea, setting
from derive.report.inline import Reference
from derive.report.mlp_model import notation_for
from derive.report.options import HandoutOptions

T = TypeVar("T")

CHAPTERS = (setting, forward, idea, output, hidden, weights, biases, algorithm, worked)


def build(options: HandoutOptions, rows: tuple[ProofRow, ...], version: str) -> Handout:
    """Return the handout for the options, with `rows` as what is proved by derive `version`."""
    m = notation_for(options.model)
    sections = [chapter(options, m) for chapter in CHAPTERS]
    if rows:
        sections.append(proofs(rows, version))
    numbering = _Numbering()
    numbered = tuple(replace(section, blocks=tuple(map(numbering.number, section.blocks))) for section in sections)
    numbered = tuple(_resolved(section, numbering.references) for section in numbered)
    title = options.title + (" (worksheet)" if options.worksheet else "")
    meta = Meta(title, options.author, options.course, options.date)
    if options.worksheet:
        numbered = worksheet(numbered)
    return Handout(meta, numbered, model_toml(options, m), version)


@dataclass
class _Numbering:
    """Counts displays that have a name, figures and tables."""

    counts: Counter[str] = field(default_factory=Counter)
    references: dict[str, Reference] = field(default_factory=dict)

    def number(self, block: Block) -> Block:
        match block:
            case Display(name=name) if name:
                return replace(block, number=self._next("display", name))
            case Figure(name=name):
                return replace(block, number=self._next("figure", name))
            case Table():
                return replace(block, number=self._next("table", ""))
        return block

    def _next(self, kind: str, name: str) -> int:
        self.counts[kind] += 1
        if name:
            family = "fig" if kind == "figure" else "eq"
            self.references[name] = Reference(name, self.counts[kind], family)
        return self.counts[kind]


def _resolved(node: T, references: dict[str, Reference]) -> T:
    """Return a part of the handout with the number of every reference in it."""
    if isinstance(node, Reference):
        return cast(T, references[node.value])
    if isinstance(node, tuple):
        return cast(T, tuple(_resolved(item, references) for item in node))
    if isinstance(node, Section | Paragraph | Bullets | Table | Figure | Algorithm | Step):
        changes = {item.name: _resolved(getattr(node, item.name), references) for item in fields(node)}
        return replace(node, **changes)
    return node


def worksheet(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the sections with their key steps blank, and what stood there in a section at the end."""
    solutions: list[Block] = []
    blanked = tuple(replace(section, blocks=tuple(_blanked(section, solutions))) for section in sections)
    last = Section("solutions", "Solutions", (paragraph("What belongs into the blanks, by their numbers."), *solutions))
    return (*blanked, last)


def _blanked(section: Section, solutions: list[Block]) -> Iterator[Block]:
    for block in section.blocks:
        if not isinstance(block, Display) or not block.step:
            yield block
            continue
        number = len(solutions) + 1
        solutions.append(Solution(number, replace(block, name="", number=0)))
        prompts = tuple(line.left for line in block.lines if line.left)
        yield Blank(number, _rows(block), prompts, block.title, block.name, block.number)


def _rows(display: Display) -> int:
    """Return how many ruled lines a solution by hand needs; a matrix needs three."""
    return sum(3 if r"\begin{bmatrix}" in line.right else 1 for line in display.lines) + 1
