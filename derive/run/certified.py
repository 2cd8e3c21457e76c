"""`derive check --certify`: a document is checked, and each proved formula given to Rocq; a checker for workers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.document.files import read_text
from derive.findings import FileReport, Finding
from derive.run.task import Progress, Task

if TYPE_CHECKING:
    from derive.certify.certificate import Certificate
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
        made = [] if formula is None else certificates(formula)
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
    return scope_with(scope, positive) if _complete(made) else scope


def _place(finding: Finding) -> tuple[str, int | None, int, int]:
    return finding.path, finding.cell, finding.line, finding.column
