"""Which findings count: selected and ignored codes, and a baseline of what was known before.

A finding that does not count becomes `skipped` with the reason, so that the coverage stays honest.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from derive.errors import UsageError
from derive.files import read_bytes, write_whole
from derive.findings import FileReport, Finding
from derive.report.summary import LISTED, listed
from derive.source import squeeze
from derive.visible import escaped

Key = tuple[str, str, str]  # path, verdict, formula without blanks: survives moved lines


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of an earlier day; each stands for one finding of today."""

    file: Path
    known: tuple[tuple[Key, int], ...]


def write_baseline(file: Path, reports: Sequence[FileReport], spare: Iterable[Path] = ()) -> int:
    """Write the findings to act on as known; return how many.

    Raises: UsageError if the file cannot be written, or is among those to `spare`.
    """
    entries = [
        {"path": _relative(report.path, file), "verdict": finding.verdict, "code": finding.code, "latex": finding.latex}
        for report, finding in listed(reports)
    ]
    text = json.dumps({"version": 1, "findings": entries}, indent=1, ensure_ascii=True) + "\n"
    write_whole(file, text, spare)
    return len(entries)


def load_baseline(file: Path) -> Baseline:
    """Return the known findings of a file.

    Raises: UsageError if it cannot be read or is no baseline.
    """
    try:
        table = json.loads(read_bytes(file))
        keys = Counter((entry["path"], entry["verdict"], squeeze(entry["latex"])) for entry in table["findings"])
    except UsageError as fault:
        raise UsageError(f"cannot read the baseline: {fault}") from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise UsageError(f"{escaped(file)} is no baseline; write one with --write-baseline") from fault
    return Baseline(file, tuple(keys.items()))


def apply_filters(
    reports: Sequence[FileReport], *, select: tuple[str, ...] | None = None, ignore: tuple[str, ...] = (),
    baseline: Baseline | None = None,
) -> list[FileReport]:  # fmt: skip
    """Return the reports with what does not count turned to `skipped`."""
    left = Counter(dict(baseline.known)) if baseline is not None else Counter[Key]()

    def filtered(report: FileReport, finding: Finding) -> Finding:
        if finding.verdict not in LISTED:
            return finding
        if finding.code.startswith(ignore) if ignore else False:
            return _skipped(finding, "ignored by the settings")
        if select is not None and not finding.code.startswith(select):
            return _skipped(finding, "not selected by the settings")
        if baseline is not None:
            known = (_relative(report.path, baseline.file), finding.verdict, squeeze(finding.latex))
            if left[known]:
                left[known] -= 1
                return _skipped(finding, "known in the baseline")
        return finding

    return [
        replace(report, findings=tuple(filtered(report, finding) for finding in report.findings)) for report in reports
    ]


def _skipped(finding: Finding, reason: str) -> Finding:
    return replace(finding, verdict="skipped", message=f"{reason} ({finding.verdict}): {finding.message}")


def _relative(path: str, baseline: Path) -> str:
    """Return a path from the folder of the baseline, with forward slashes, wherever the run was started."""
    return Path(os.path.relpath(path, baseline.parent)).as_posix()
