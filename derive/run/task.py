"""What goes to a worker process and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from derive.findings import FileReport, Finding


@dataclass(frozen=True, slots=True)
class Task:
    """One document to check; `name` is the path to report, `text` stands in for the file where given.

    `explain` asks for the steps of derivations; `without` holds the 0-based numbers of formulas that have brought a
    process down and are not to be tried again; `within` is the folder that the command line names, below which a
    document in no repository may include files. `cache` is the folder that keeps what each formula yielded.
    `configured` says that the model is that of the configuration. `scratch` is a folder for temporary files, which is
    removed by whoever gives the task: a process that is killed does not.
    """

    path: Path
    name: str
    model: str | None = None
    time_limit: float = 10.0
    seed: int = 0
    text: str | None = None
    explain: bool = False
    without: frozenset[int] = frozenset()
    cache: Path | None = None
    configured: bool = False
    scratch: Path | None = None
    within: Path | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a document has no report: unusable input, or a bug of derive (prover against oracle, or a crash)."""

    name: str
    kind: Literal["input", "disagreement", "crash"]
    message: str


Outcome = FileReport | Fault
Progress = Callable[[int, int, Sequence[Finding]], None]
Checker = Callable[[Task, Progress], FileReport]
