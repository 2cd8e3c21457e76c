"""Exercises to find a mistake: results with one slip each, which derive refutes and mends with a proved repair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from derive.check import check_document
from derive.check_options import CheckOptions
from derive.report.content import Block, Display, Handout, Line, Section, paragraph
from derive.report.content_setting import stated_line
from derive.report.subject import Subject

MOST = 5
BRACKETS = re.compile(r"(?<=[ =])(?:\\left)?\(((?:[^()]|\([^()]*\))*?)\s*(?:\\right)?\)(?![\^_'])")
"""Brackets around a factor: no argument of a function, no base of a power."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong line, what is wrong with it in words, and the line that is proved."""

    wrong: Line
    words: str
    right: Line


def slips(line: Line, transpose: str) -> Iterator[str]:
    """Yield wrong versions of the right side of a result: a difference turned, a transpose, slope or layer lost."""
    right = line.right.removeprefix("= ")
    difference = re.fullmatch(r"([^-+()]+) - ([^-+()]+)", right)
    if difference:
        yield f"{difference[2]} - {difference[1]}"
    if transpose in right:
        yield right.replace(transpose, "", 1)
    factor = re.search(r" \\odot (?=[^()]*'|[^()]*prime)\S+$", right)
    if factor:
        yield right[: factor.start()]
    below = re.search(r"\b([A-Za-z])-1\b", right)
    if below:
        yield right.replace(below[0], below[1], 1)
    above = re.search(r"\b([A-Za-z])\+1\b", right)
    if above:
        yield right.replace(above[0], above[1], 1)


def mistakes(handout: Handout, about: Subject) -> list[Mistake]:
    """Return slips in the results of a handout, one for each result: those that are refuted, with a proved repair.

    A slip that the model states beside its theorem has the theorem for its repair.
    """
    text = f"<!-- derive:model\n{handout.model}\n-->\n"
    starts: dict[int, tuple[Line, Line, str]] = {}
    for wrong, line, slip in _tried(handout, about):
        text += "\n$$\n"
        starts[text.count("\n") + 1] = wrong, line, slip
        text += f"{wrong.left} {wrong.ranged}\n$$\n"
    found: dict[str, list[Mistake]] = {}
    for finding in check_document(Path("mistakes.md"), CheckOptions(), text=text).findings:
        if finding.verdict == "refuted" and finding.line in starts:
            wrong, right, slip = starts[finding.line]
            if slip or finding.suggestion:
                words = f"{finding.message}: {slip}" if slip else finding.message
                found.setdefault(right.right, []).append(Mistake(wrong, words, right))
    return _various(list(found.values()))[:MOST]


def _tried(handout: Handout, about: Subject) -> Iterator[tuple[Line, Line, str]]:
    """Yield wrong lines, each with the right one, and the name of a slip that the model states."""
    results = [b.lines[0] for s in handout.sections for b in s.blocks if isinstance(b, Display) and b.title]
    for theorem in about.model.theorems:
        right = stated_line(theorem.formula)
        if right in results:
            for slip in theorem.slips:
                yield stated_line(unbracketed(theorem.slipped(slip), theorem.formula)), right, slip
    for line in results:
        for slip in slips(line, about.notation.transpose):
            yield Line(line.left, f"= {slip}", where=line.where), line, ""


def unbracketed(wrong: str, right: str) -> str:
    """Return a formula without the brackets around what a slip has left one factor of, which would give it away."""

    def opened(found: re.Match[str]) -> str:
        flat = re.sub(r"\([^()]*\)|\{[^{}]*\}", "", found[1])
        return found[0] if found[0] in right or re.search(r"[-+]|\\odot", flat) else found[1].strip()

    return re.sub(r" {2,}", " ", BRACKETS.sub(opened, wrong))


def _various(found: list[list[Mistake]]) -> list[Mistake]:
    """Return one mistake of each result, of a kind that did not come before where there is one."""
    chosen: list[Mistake] = []
    for same in found:
        known = {mistake.words for mistake in chosen}
        chosen.append(next((mistake for mistake in same if mistake.words not in known), same[0]))
    return chosen


def exercises(found: list[Mistake]) -> Section:
    """The wrong lines, each to be put right."""
    blocks: list[Block] = [
        paragraph(
            "One thing is wrong in each of these. Find it, put it right, and give a reason that does not need the "
            "whole derivation: a shape that does not fit, or numbers for which the two sides differ."
        )
    ]
    for number, mistake in enumerate(found, 1):
        blocks += [paragraph(f"**Mistake {number}.**"), Display((mistake.wrong,), wrong=True)]
    return Section("mistakes", "Find the mistake", tuple(blocks))


def corrected(found: list[Mistake]) -> Section:
    """What is wrong in each, and what is proved in its place."""
    blocks: list[Block] = []
    for number, mistake in enumerate(found, 1):
        blocks += [
            paragraph(f"**Mistake {number}.** The checker says: {plainly(mistake.words)}. Right, and proved, is:"),
            Display((mistake.right,)),
        ]
    return Section("corrected", "The mistakes", tuple(blocks))


def plainly(words: str) -> str:
    """Return the message of a finding as prose, without signs that prose gives a meaning to."""
    return re.sub(r"[*$@]", "", words).rstrip(".")
