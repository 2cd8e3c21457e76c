"""The handout as a worksheet: what is left blank at each of three levels, and what belongs there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter

from derive.report.content import Blank, Block, Display, Handout, Paragraph, Section, Solution, paragraph
from derive.report.content_mistakes import Mistake, corrected, exercises

ANSWERING = ("algorithm", "proofs", "equations", "code")
"""Sections that say what belongs into the blanks."""
DERIVED = ("output", "hidden", "chain")
SCRIPT = re.compile(r"_(\{[^{}]*\}|[a-z])")
INDEX = re.compile(r"(?<![a-z\\])[i-nprst](?![a-z])")
"""Letters that count; another one, as in u_o, is a part of the name."""
SLOPE = re.compile(r"\\frac\{\\partial ([^{}]+)\}\{\\partial (.+)\}")
LEVELS = (1, 2, 3)


def worksheet(handout: Handout, level: int = 2, found: Sequence[Mistake] = ()) -> tuple[Handout, Handout]:
    """Return the handout with steps blank, and what stood there as a handout of its own.

    level 1   the last line of each derivation and the results are blank: every step is there to follow
    level 2   derivations and results are blank: what they begin with is given
    level 3   only the results are asked for: no step, no hint
    """
    writer = _Blanks(level)
    kept = tuple(section for section in handout.sections if section.name not in ANSWERING)
    blanked = tuple(replace(section, blocks=tuple(writer.section(section))) for section in kept)
    blanked = tuple(section for section in blanked if section.blocks)
    title = handout.meta.title
    sheet, answers = (replace(handout.meta, title=f"{title} ({what})") for what in ("worksheet", "solutions"))
    asked, told = ([exercises(list(found))], [corrected(list(found))]) if found else ([], [])
    return (
        replace(handout, meta=sheet, sections=(*blanked, *asked)),
        replace(handout, meta=answers, sections=(*_solutions(writer.solutions), *told)),
    )


def _solutions(solved: Sequence[tuple[str, Solution]]) -> Iterator[Section]:
    """Yield the solutions by the model that they are about, in the order of their numbers."""
    said = paragraph("What belongs into the blanks, by their numbers.")
    for place, (model, group) in enumerate(groupby(solved, key=itemgetter(0))):
        title = "Solutions" if place == 0 else "Further solutions"
        lead = (said,) if place == 0 else ()
        yield Section(f"solutions-{place}", title, (*lead, *(solution for _, solution in group)), model=model)


@dataclass
class _Blanks:
    """Counts the blanks, and keeps what belongs there, with the model of its section where that has one of its own."""

    level: int
    solutions: list[tuple[str, Solution]] = field(default_factory=list)
    number: int = 0
    model: str = ""
    asked: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What was asked for, with the number of its blank and what belongs there."""

    def section(self, section: Section) -> Iterator[Block]:
        self.model = section.model
        if self.level == 3 and (section.name in DERIVED or section.name.startswith("by-")):
            yield from self._results(section)
            return
        if section.name == "results":
            yield from self._stated(section)
            return
        for block in section.blocks:
            if isinstance(block, Display) and block.step:
                yield from self._blanked(block)
            elif not isinstance(block, Paragraph) or not block.answer:
                yield block

    def _blanked(self, block: Display) -> Iterator[Block]:
        """Yield a blank; at level 1 with all lines but the last one of a derivation above it."""
        shown = block.lines[:-1] if self.level == 1 and any(line.rule for line in block.lines) else ()
        if shown:
            yield replace(block, lines=shown, name="", number=0, step=False)
        yield self._blank(block, [block], 2 if shown else _rows(block))

    def _stated(self, section: Section) -> Iterator[Block]:
        """Yield blanks for what lectures state, without those that were asked for before; another form is said to be
        one."""
        blanks = list[Block]()
        for block in section.blocks:
            if not isinstance(block, Display):
                continue
            prompt, right = _plain(block)
            number, known = self.asked.get(prompt, (0, ""))
            if known != right:
                another = f" (another form of blank {number})" if number else ""
                blanks += self._blanked(replace(block, title=f"{block.title}{another}"))
        if blanks:
            yield from (block for block in section.blocks if not isinstance(block, Display))
            yield from blanks

    def _results(self, section: Section) -> Iterator[Block]:
        """Yield a blank for each result, with room for all that leads to it."""
        waiting: list[Display] = []
        for block in section.blocks:
            if isinstance(block, Display) and block.step:
                waiting.append(block)
                if block.title:
                    yield self._blank(block, waiting, min(12, 2 + sum(map(_rows, waiting)) // 2))
                    waiting = []

    def _blank(self, block: Display, solved: Sequence[Display], rows: int) -> Blank:
        self.number += 1
        self.solutions += [(self.model, Solution(self.number, replace(one, name="", number=0))) for one in solved]
        self.asked |= {prompt: (self.number, right) for prompt, right in map(_plain, solved)}
        prompts = tuple(dict.fromkeys(line.left for line in block.lines if line.left))
        return Blank(self.number, rows, prompts, block.title, block.name, block.number)


def _plain(display: Display) -> tuple[str, str]:
    """Return both sides of what a display ends in, whatever its free indices are called; the right one as its letters,
    in whatever order its factors and terms stand."""
    left, right = SLOPE.sub(r"\\nabla_{\2} \1", display.lines[0].left), display.lines[-1].right
    letters = dict.fromkeys(letter for found in SCRIPT.findall(left) for letter in INDEX.findall(found))
    names = {letter: f"{n}." for n, letter in enumerate(letters)}

    def renamed(found: re.Match[str]) -> str:
        return "_" + INDEX.sub(lambda letter: names.get(letter[0], letter[0]), found[1])

    one, other = (re.sub(r"[\s{}]|\\left|\\right|\\,", "", SCRIPT.sub(renamed, side)) for side in (left, right))
    return one, "".join(sorted(other))


def _rows(display: Display) -> int:
    """Return how many ruled lines a solution by hand needs; a matrix needs three."""
    return sum(3 if r"\begin{bmatrix}" in line.right else 1 for line in display.lines) + 1
