"""The handout as slides: the same blocks, one step of a derivation a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.report.content import (
    Algorithm,
    Block,
    Code,
    Display,
    Figure,
    Handout,
    Paragraph,
    Section,
    Step,
    Table,
)
from derive.report.inline import Strong
from derive.report.width import width

KEPT, LINES, ROWS, STEPS, CODE = 2, 7, 5, 7, 14
"""Lines of a derivation that stay above the new one; lines, rows, steps and lines of code on a frame."""
MUCH, FEW, WIDE = 380, 160, 60
"""Letters of prose that fill a frame, and that leave room for what follows; digits that fill a line."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One frame: the section it belongs to, what it shows, and which step of how many it is ("" for a whole)."""

    section: str
    blocks: tuple[Block, ...]
    step: str = ""


def slides(handout: Handout) -> tuple[Slide, ...]:
    """Return the frames of a handout; what stands before a formula is on its frame."""
    return tuple(slide for section in handout.sections for slide in _of_section(section))


def _of_section(section: Section) -> list[Slide]:
    found: list[Slide] = []
    lead: list[Paragraph] = []
    for block in section.blocks:
        if not isinstance(block, Paragraph):
            found += _framed(section.title, lead, block)
            lead = []
        elif not lead and found and _is_remark(block, found[-1]):
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, block))
        else:
            lead.append(block)
    return [*found, *([Slide(section.title, tuple(lead))] if lead else [])]


def _framed(title: str, lead: list[Paragraph], block: Block) -> Iterator[Slide]:
    """Yield the frames of a block: what leads to it stands on the first, its last sentence on all of them."""
    if len(lead) > 1 and _letters(lead) > MUCH:
        yield Slide(title, tuple(lead[:-1]))
        lead = lead[-1:]
    if lead and _letters(lead) > (FEW if isinstance(block, Figure | Code | Table) else MUCH):
        yield Slide(title, tuple(lead))
        lead = []
    parts = list(_parts(block))
    last = [paragraph for paragraph in lead[-1:] if _letters([paragraph]) < FEW]
    for n, part in enumerate(parts, 1):
        step = f"{n}/{len(parts)}" if len(parts) > 1 else ""
        yield Slide(title, (*(lead if n == 1 else last), part), step)


def _is_remark(paragraph: Paragraph, before: Slide) -> bool:
    """Whether a paragraph says something of the result before it, rather than leading to what follows."""
    result = isinstance(before.blocks[-1], Display) and bool(before.blocks[-1].title)
    return result and _letters([paragraph]) < FEW and not paragraph.text[-1].value.endswith(":")


def _letters(paragraphs: Iterable[Paragraph]) -> int:
    return sum(len(piece.value) for paragraph in paragraphs for piece in paragraph.text)


def _parts(block: Block) -> Iterator[Block]:
    """Yield a block in pieces that fit on a frame; the lines of a derivation come one by one."""
    match block:
        case Display():
            yield from _lines(block)
        case Table(rows=rows):
            yield from (replace(block, rows=rows[n : n + ROWS]) for n in range(0, len(rows), ROWS))
        case Algorithm(steps=steps):
            yield from (replace(block, steps=part) for part in _passes(steps))
        case Code(text=text):
            yield from (replace(block, text=part) for part in _listings(text))
        case _:
            yield block


def _lines(block: Display) -> Iterator[Display]:
    lines, left = block.lines, block.lines[0].left
    if block.numeric or not any(line.rule for line in lines):
        parts = -(-len(lines) // (2 if block.numeric else LINES))
        ends = [round(len(lines) * n / parts) for n in range(parts + 1)]
        yield from (_cut(block, start, end, left) for start, end in pairwise(ends))
        return
    for n in range(len(lines)):
        yield _cut(block, max(0, n - KEPT), n + 1, left)


def _cut(block: Display, start: int, end: int, left: str) -> Display:
    """Return some lines of a display; only the last part of it has its name and number."""
    first = block.lines[start]
    lines = (replace(first, left=first.left or left), *block.lines[start + 1 : end])
    whole = end == len(block.lines)
    return replace(block, lines=lines, name=block.name if whole else "", number=block.number if whole else 0)


def _passes(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yield the steps of an algorithm pass by pass, each with its heading."""
    part: list[Step] = []
    for step in steps:
        heading = step.depth == 0 and any(isinstance(piece, Strong) for piece in step.text)
        if part and (heading or sum(map(_height, (*part, step))) > STEPS):
            yield tuple(part)
            part = []
        part.append(step)
    if part:
        yield tuple(part)


def _height(step: Step) -> float:
    """Return how many lines of text a step is high: what has a fraction in it is higher, what is wide has two lines."""
    text = "".join(piece.value for piece in (*step.text, *step.remark))
    return (1.7 if r"\frac" in text else 1.0) * (2 if width(text) > WIDE else 1)


def _listings(text: str) -> Iterator[str]:
    """Yield a program in pieces of whole functions, as many as there is room for; a long one is cut."""
    piece: list[str] = []
    for function in text.split("\n\n\n"):
        lines = function.splitlines()
        if piece and len(piece) + 1 + len(lines) > CODE:
            yield "\n".join(piece)
            piece = []
        piece += ["", *lines] if piece else lines
        while len(piece) > CODE:
            yield "\n".join(piece[:CODE])
            piece = piece[CODE:]
    if piece:
        yield "\n".join(piece)
