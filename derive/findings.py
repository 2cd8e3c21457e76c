"""Findings: what a check has to say about each formula of a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

STOPPED = "the time limit ended the search"
VERDICTS = ("proved", "refuted", "undecided", "not-understood", "assumed", "skipped")


@dataclass(frozen=True, slots=True)
class Edit:
    """What a repair writes in place of a part of the source; lines and columns as those of a finding."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One link of one formula, judged. Lines and columns are 1-based in the source file as written (end exclusive).

    `cell` is the 1-based cell of a notebook (lines then count within the cell). `witness` is a printable
    counterexample: {"where", "left", "right", "values"}. `suggestion` is a proved repair in the document's own
    notation. `steps` is the derivation, one printable line per step, for --explain. `at` is the line and column of the
    first token that was not understood, where the caret is to point. `path` is the file of a formula that the document
    includes, from the document's folder; lines then count in that file. `certified` says whether Rocq has accepted the
    certificate, where that was asked. `reading` is LaTeX of what the formula was read as, entry by entry with the
    ranges of its indices; None where nothing was judged. `edits` are what the suggestion changes in the source; none
    where it is no edit of what stands there.
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
    reading: str | None = None
    edits: tuple[Edit, ...] = ()


Origin = Literal["directive", "command line", "configuration", "document"]
"""Where a network comes from; "document" is the text of a lecture itself."""


@dataclass(frozen=True, slots=True)
class NetworkPlace:
    """Where the network of a file comes from, and the lines of the document that state it, from … to."""

    origin: Origin
    lines: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        spans = [f"{first}-{last}" if last > first else f"{first}" for first, last in self.lines]
        many = len(spans) > 1 or "-" in "".join(spans)
        return f"the network of line{'s' if many else ''} {', '.join(spans)}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """The findings of one file in the order of their places, with the text for excerpts.

    `unfinished` says why a document was not checked to its end; nothing is known of what it holds besides. `network`
    says where the network comes from that its formulas were judged in, None where there is none. `stated` are the
    networks of the text that formulas were judged in, each as a model file.
    """

    path: str
    findings: tuple[Finding, ...]
    text: str = field(default="", repr=False)
    unfinished: str = ""
    network: NetworkPlace | None = None
    stated: tuple[str, ...] = field(default=(), repr=False)


def ended_early(code: str, message: str) -> bool:
    """Whether a limit of time or memory, the last resort, ended something: another run may come further."""
    return code == "D302" or STOPPED in message
