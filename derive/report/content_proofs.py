"""What is proved: the results of the handout, each with what derive says of it as it stands in the text."""

from __future__ import annotations

from dataclasses import dataclass

from derive.report.content import Block, Section, Table, bullets, cells, paragraph
from derive.report.inline import Math, Text, prose


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One result and what derive says of it; `assumptions` are LaTeX, or words without a backslash or dollar."""

    statement: str
    verdict: str
    scope: str
    assumptions: tuple[str, ...] = ()
    certified: bool | None = None
    """Whether Rocq has accepted the certificate, where that was asked."""


def proofs(rows: tuple[ProofRow, ...], lines: int, hidden: tuple[str, ...], version: str) -> Section:
    """The table of what is proved, by which version, and what is not shown because it could not be decided."""
    if not rows:
        said = "None of the sections above has a result; *derive prove* lists those of this network."
        return Section("proofs", "What is proved", (paragraph(said),))
    asked = any(row.certified is not None for row in rows)
    table = Table(
        "lpll" if asked else "lpl",
        cells("Statement", "For", "Verdict", *(["Certificate"] if asked else [])),
        tuple(
            (
                (Math(row.statement),),
                (*prose(row.scope), *_assumptions(row.assumptions)),
                (Text(row.verdict),),
                *([(Text("accepted" if row.certified else "none"),)] if asked else []),
            )
            for row in rows
        ),
        prose(f"What derive {version} says of the results."),
        stacked=True,
    )
    blocks: list[Block] = [
        paragraph(
            f"The {lines} equations of the derivations above were read back from this text and proved, each on its "
            f"own, by *derive* {version}; the table has those that are results. *Proved* means: equal for every width "
            "and depth in the scope, and for every differentiable function that is left open, under the assumptions "
            "listed. Each proof was also cross-examined on concrete networks, with derivatives taken by an independent "
            "method; none disagreed."
        ),
        table,
    ]
    if asked:
        blocks.append(
            paragraph(
                "Where a certificate is *accepted*, the statement was also written as a theorem of the proof assistant "
                "Rocq, which has checked a proof of it."
            )
        )
    if hidden:
        blocks += [
            paragraph("Not shown, because it could not be decided:"),
            bullets(*(f"${text}$" for text in hidden)),
        ]
    return Section("proofs", "What is proved", tuple(blocks))


def _assumptions(assumptions: tuple[str, ...]) -> tuple[Math | Text, ...]:
    pieces: list[Math | Text] = []
    for assumption in assumptions:
        pieces.append(Text("; " if pieces else ", assuming "))
        pieces.append(Math(assumption) if "\\" in assumption or "=" in assumption else Text(assumption))
    return tuple(pieces)
