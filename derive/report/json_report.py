"""The machine-readable report; its keys are a contract (version 1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from derive.findings import FileReport, Finding, NetworkPlace
from derive.report.summary import Appearance, counts


def render(files: Sequence[FileReport], _appearance: Appearance) -> str:
    """Return `{"version": 1, "files": [...], "summary": {...}}`, ASCII only, so that no encoding can damage it."""
    report = {
        "version": 1,
        "files": [
            {
                "path": file.path,
                "network": network_table(file.network),
                "findings": [finding_table(finding) for finding in file.findings],
            }
            for file in files
        ],
        "summary": counts(files),
    }
    return json.dumps(report, indent=1) + "\n"


def network_table(network: NetworkPlace | None) -> dict[str, object] | None:
    """Return where the network of a file comes from, and the lines of the document that state it."""
    return None if network is None else {"from": network.origin, "lines": [list(span) for span in network.lines]}


def finding_table(finding: Finding) -> dict[str, object]:
    """Return one finding as it stands in the report; a `cell` only in notebooks, `certified` only with --certify, and
    `edits` only where the suggestion is an edit of what stands there."""
    table: dict[str, object] = {
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "latex": finding.latex,
        "verdict": finding.verdict,
        "code": finding.code,
        "message": finding.message,
        "scope": finding.scope,
        "assumptions": list(finding.assumptions),
        "witness": finding.witness,
        "suggestion": finding.suggestion,
        "milliseconds": round(finding.milliseconds, 3),
        "reading": finding.reading,
    }
    if finding.edits:
        table["edits"] = [asdict(edit) for edit in finding.edits]
    if finding.certified is not None:
        table["certified"] = finding.certified
    return table if finding.cell is None else {**table, "cell": finding.cell}
