"""What is proved: the statements of the handout, each with its verdict, scope and assumptions."""

from __future__ import annotations

from dataclasses import dataclass

from derive.report.content import Section, Table, cells, paragraph
from derive.report.inline import Math, Text, prose


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One statement and what the prover says of it; `assumptions` are LaTeX, or words without a backslash or dollar."""

    statement: str
    verdict: str
    scope: str
    assumptions: tuple[str, ...] = ()


def proofs(rows: tuple[ProofRow, ...], version: str) -> Section:
    """The table of what is proved, and by which version."""
    table = Table(
        "lpl",
        cells("Statement", "For", "Verdict"),
        tuple(
            ((Math(row.statement),), (*prose(row.scope), *_assumptions(row.assumptions)), (Text(row.verdict),))
            for row in rows
        ),
        prose(f"What derive {version} says of the results."),
        stacked=True,
    )
    return Section(
        "proofs",
        "What is proved",
        (
            paragraph(
                f"The results above were not only derived but proved, by *derive* {version}. *Proved* means: equal "
                f"for every width and "
                "depth in the scope, and for every differentiable function that is left open, under the "
                "assumptions listed. Each proof was also cross-examined on concrete networks, with derivatives "
                "taken by an independent method; none disagreed."
            ),
            table,
        ),
    )


def _assumptions(assumptions: tuple[str, ...]) -> tuple[Math | Text, ...]:
    pieces: list[Math | Text] = []
    for assumption in assumptions:
        pieces.append(Text("; " if pieces else ", assuming "))
        pieces.append(Math(assumption) if "\\" in assumption or "=" in assumption else Text(assumption))
    return tuple(pieces)
