"""Findings: what a check has to say about each formula of a document."""

from __future__ import annotations

from dataclasses import dataclass, field

STOPPED = "the time limit ended the search"
VERDICTS = ("proved", "refuted", "undecided", "not-understood", "assumed", "skipped")


@dataclass(frozen=True, slots=True)
class Finding:
    """One link of one formula, judged. Lines and columns are 1-based in the source file as written (end exclusive).

    `cell` is the 1-based cell of a notebook (lines then count within the cell). `witness` is a printable
    counterexample: {"where", "left", "right", "values"}. `suggestion` is a proved repair in the document's own
    notation. `steps` is the derivation, one printable line per step, for --explain. `at` is the line and column of the
    first token that was not understood, where the caret is to point. `path` is the file of a formula that the document
    includes, from the document's folder; lines then count in that file. `certified` says whether Rocq has accepted the
    certificate, where that was asked.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    latex: str
    verdict: str
    code: str = ""
    message: str = ""
    scope: str = ""
    assumptions: tuple[str, ...] = ()
    witness: dict[str, object] | None = None
    suggestion: str | None = None
    milliseconds: float = 0.0
    cell: int | None = None
    steps: tuple[str, ...] = ()
    at: tuple[int, int] | None = None
    path: str = ""
    certified: bool | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """The findings of one file in the order of their places, with the text for excerpts.

    `unfinished` says why a document was not checked to its end; nothing is known of what it holds besides.
    """

    path: str
    findings: tuple[Finding, ...]
    text: str = field(default="", repr=False)
    unfinished: str = ""


def ended_early(code: str, message: str) -> bool:
    """Whether a limit of time or memory, the last resort, ended something: another run may come further."""
    return code == "D302" or STOPPED in message
