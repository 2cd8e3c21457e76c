"""`derive check --certify`: a document is checked, and each proved formula given to Rocq; a checker for workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.document.files import read_text
from derive.findings import FileReport, Finding
from derive.run.task import Progress, Task

if TYPE_CHECKING:
    from derive.check import ProvedFormula


def certify_task(task: Task, progress: Progress) -> FileReport:
    """Check one document and say of each proved formula whether its certificate is accepted."""
    from derive.check import CheckOptions, check_document

    proofs: list[ProvedFormula] = []
    options = CheckOptions(
        model=task.model, time_limit=task.time_limit, seed=task.seed, explain=task.explain, without=task.without,
        proofs=proofs,
    )  # fmt: skip
    text = read_text(task.path) if task.text is None else task.text
    report = check_document(task.path, options, text=text, progress=progress)
    return replace(report, findings=tuple(_certified(report.findings, proofs, progress)))


def _certified(findings: tuple[Finding, ...], proofs: list[ProvedFormula], progress: Progress) -> Iterator[Finding]:
    """Yield the findings, the proved ones with what Rocq says of them."""
    formulas = {_place(formula.finding): formula for formula in proofs}
    for done, finding in enumerate(findings, start=1):
        if finding.verdict != "proved":
            yield finding
            continue
        formula = formulas.get(_place(finding))
        certified = formula is not None and accepted(formula)
        progress(done, len(findings), ())
        yield replace(finding, certified=certified)


def accepted(formula: ProvedFormula) -> bool:
    """Whether Rocq accepts the certificates of all claims that a formula is made of. Raises: RocqError without it."""
    from derive.certify import rocq
    from derive.certify.certificate import Subject, certify

    compiled = rocq.compiled_library()
    subjects = [Subject("", claim, verdict) for claim, verdict in formula.claims]
    made = [certify(subject, compiled, remember=True) for subject in subjects if not formula.follows]
    return bool(made) and all(one.status == "certified" for one in made)


def _place(finding: Finding) -> tuple[str, int | None, int, int]:
    return finding.path, finding.cell, finding.line, finding.column
