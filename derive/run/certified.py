"""`derive check --certify`: a document is checked, and each proved formula given to Rocq; a checker for workers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from derive.document.files import read_text
from derive.findings import FileReport, Finding
from derive.run.task import Progress, Task

if TYPE_CHECKING:
    from derive.certify.certificate import Certificate
    from derive.check_options import ProvedFormula

Place = tuple[str, int | None, int, int]


def certify_task(task: Task, progress: Progress) -> FileReport:
    """Check one document and say of each proved formula whether its certificate is accepted."""
    from derive.check import check_document
    from derive.check_options import CheckOptions

    proofs: list[ProvedFormula] = []
    options = CheckOptions(
        model=task.model, time_limit=task.time_limit, seed=task.seed, explain=task.explain, without=task.without,
        proofs=proofs, within=task.within,
    )  # fmt: skip
    text = read_text(task.path) if task.text is None else task.text
    report = check_document(task.path, options, text=text, progress=progress)
    with _working_in(task.scratch):
        return replace(report, findings=tuple(_certified(report.findings, proofs, progress)))


@contextmanager
def _working_in(folder: Path | None) -> Iterator[None]:
    """Put the temporary files of this process into a folder, if there is one."""
    before = tempfile.tempdir
    tempfile.tempdir = before if folder is None else str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _certified(findings: tuple[Finding, ...], proofs: list[ProvedFormula], progress: Progress) -> Iterator[Finding]:
    """Yield the findings, the proved ones with what Rocq says of them."""
    formulas: dict[Place, list[ProvedFormula]] = {}
    for formula in proofs:  # a file that is included twice may be about two networks
        formulas.setdefault(_place(formula.finding), []).append(formula)
    for done, finding in enumerate(findings, start=1):
        if finding.verdict != "proved":
            yield finding
            continue
        here = [certificates(formula) for formula in formulas.get(_place(finding), ())]
        made = [one for each in here for one in each] if all(here) else []
        progress(done, len(findings), ())
        yield replace(finding, certified=_complete(made), scope=_scope(finding.scope, made))


def accepted(formula: ProvedFormula) -> bool:
    """Whether Rocq accepts the certificates of all claims that a formula is made of. Raises: RocqError without it."""
    return _complete(certificates(formula))


def certificates(formula: ProvedFormula) -> list[Certificate]:
    """Return the certificates of the claims that a formula is made of. Raises: RocqError without Rocq."""
    from derive.certify import rocq
    from derive.certify.certificate import Subject, certify

    compiled = rocq.compiled_library()
    subjects = [Subject("", claim, verdict) for claim, verdict in formula.claims]
    return [certify(subject, compiled, remember=True) for subject in subjects if not formula.follows]


def _complete(made: list[Certificate]) -> bool:
    return bool(made) and all(one.status == "certified" for one in made)


def _scope(scope: str, made: list[Certificate]) -> str:
    """Return a scope with what the certificates of a formula say of sizes, if Rocq has accepted them."""
    from derive.certify.certificate import scope_with

    positive = dict.fromkeys(size for one in made for size in one.positive)
    limited = any(one.limited for one in made)
    return scope_with(scope, positive, limited=limited) if _complete(made) else scope


def _place(finding: Finding) -> Place:
    return finding.path, finding.cell, finding.line, finding.column
