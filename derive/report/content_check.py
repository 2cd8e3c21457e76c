"""The handout checks itself: its Markdown is read back and judged before anything is written.

What is refuted or not understood is an error in derive, and nothing is written; what stays undecided is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from derive.check import check_document
from derive.check_options import CheckOptions, ProvedFormula
from derive.errors import InternalDisagreement
from derive.findings import Finding
from derive.report.content import Display, Handout, Line
from derive.report.content_proofs import ProofRow
from derive.report.markdown import aligned, display
from derive.report.render import render

Certifier = Callable[[ProvedFormula], bool]
LOOKS = re.compile(r"\\left|\\right|\\[,;!]|[\s{}]")
"""What two ways to write one formula may differ in."""
WORDS = re.compile(r"\\(?:operatorname|mathrm|text|begin|end)\{[^{}]*\}")
LETTER, LESS = re.compile(r"\\[A-Za-z]+|[A-Za-z]"), r" \le "
OPEN = ("refuted", "undecided", "not-understood")


class FalseFormula(InternalDisagreement):
    """A formula of the handout that derive itself does not prove or cannot read."""


class NotProposed(Exception):
    """Forms in matrix notation that are not proved, so that they are none."""

    def __init__(self, forms: list[str]) -> None:
        super().__init__(*forms)
        self.forms = forms


@dataclass(frozen=True)
class Checked:
    """A handout without what could not be decided: `hidden` are the formulas left out, `proved` counts the others."""

    handout: Handout
    rows: tuple[ProofRow, ...]
    proved: int
    hidden: tuple[str, ...]


def checked(handout: Handout, certified: Certifier | None = None) -> Checked:
    """Return the handout as it may be shown; `certified` says of a result whether it has a certificate.

    Raises: FalseFormula where a formula is refuted or not understood, NotProposed where a form in matrix notation is
    anything but proved.
    """
    hidden: list[str] = []
    while True:
        text = render(handout, "md")
        proofs: list[ProvedFormula] = []
        findings = check_document(Path("handout.md"), CheckOptions(proofs=proofs), text=text).findings
        open_ones = [finding for finding in findings if finding.verdict in OPEN]
        _require_proposals(handout, text, open_ones)
        for finding in open_ones:
            if finding.verdict != "undecided":
                raise FalseFormula(f"the handout's own formula {finding.latex} is {finding.verdict}: {finding.message}")
        if not open_ones:
            proved = sum(finding.verdict == "proved" for finding in findings)
            rows = _rows(handout, text, findings, proofs, certified)
            return Checked(handout, tuple(rows), proved, tuple(hidden))
        hidden += [finding.latex.replace("&", "").strip() for finding in open_ones]
        shorter = _without(handout, text, open_ones)
        if shorter == handout:
            raise FalseFormula(f"the handout's own formula {hidden[-1]} is undecided: {open_ones[-1].message}")
        handout = shorter


def _require_proposals(handout: Handout, text: str, findings: list[Finding]) -> None:
    """Raise NotProposed with the forms that findings are about."""
    lines = {finding.line for finding in findings}
    forms = [
        line.right.removeprefix("= ")
        for block, begin in _places(handout, text)
        if block.proposed
        for line, place in _lines(block, begin)
        if place in lines
    ]
    if forms:
        raise NotProposed(forms)


def _places(handout: Handout, text: str) -> Iterator[tuple[Display, int]]:
    """Yield the displays with the line of the text at which each begins."""
    start = 0
    for section in handout.sections:
        for block in section.blocks:
            if isinstance(block, Display):
                written = display(block)
                start = text.index(written, start)
                yield block, text.count("\n", 0, start) + 1
                start += len(written)


def _lines(block: Display, begin: int) -> Iterator[tuple[Line, int]]:
    """Yield the lines of a display with the line of the text that each stands in."""
    first = begin + (2 if aligned(block) else 1)
    yield from ((line, first + n) for n, line in enumerate(block.lines))


def _rows(
    handout: Handout, text: str, findings: tuple[Finding, ...], proofs: list[ProvedFormula], certified: Certifier | None
) -> Iterator[ProofRow]:
    """Yield what is said of the results, which are the displays with a title."""
    formulas = {(formula.finding.line, formula.finding.column): formula for formula in proofs}
    told = set[str]()
    for block, begin in _places(handout, text):
        if not block.title:
            continue
        for line, place in _lines(block, begin):
            for finding in findings:
                if finding.line == place and finding.verdict == "proved":
                    formula = formulas.get((finding.line, finding.column))
                    statement = f"{line.left} {line.right}"
                    if (key := LOOKS.sub("", statement)) in told:  # derived here, and what lectures state, too
                        continue
                    told.add(key)
                    accepted = None if certified is None else formula is not None and certified(formula)
                    scope = _ranges(finding.scope, statement)
                    yield ProofRow(statement, finding.verdict, scope, finding.assumptions, accepted)


def _ranges(scope: str, statement: str) -> str:
    """Return a scope with its ranges as mathematics; what is no list of ranges stays as it is.

    An index that the statement does not have counts the entries of a whole array.
    """
    pieces = scope.removeprefix("all ").split(", ")
    if not scope.startswith("all ") or not all(piece.count(" <= ") == 2 for piece in pieces):
        return scope
    letters = set(LETTER.findall(WORDS.sub(" ", statement)))
    said = [f"${piece.replace(' <= ', LESS)}$" for piece in pieces if piece.split(" <= ")[1] in letters]
    whole = ["all entries"] if len(said) < len(pieces) else []
    return ", ".join([*(["all " + ", ".join(said)] if said else []), *whole])


def _without(handout: Handout, text: str, undecided: list[Finding]) -> Handout:
    """Return the handout without the lines that findings are about."""
    gone = {finding.line for finding in undecided}
    kept: dict[int, Display | None] = {}
    for block, begin in _places(handout, text):
        lines = tuple(line for line, place in _lines(block, begin) if place not in gone)
        if len(lines) < len(block.lines):
            begun = bool(lines) and not lines[0].left
            lines = (replace(lines[0], left=block.lines[0].left), *lines[1:]) if begun else lines
            kept[id(block)] = replace(block, lines=lines) if lines else None
    sections = tuple(
        replace(section, blocks=tuple(
            new for block in section.blocks if (new := kept.get(id(block), block)) is not None
        ))
        for section in handout.sections
    )  # fmt: skip
    return replace(handout, sections=sections)
