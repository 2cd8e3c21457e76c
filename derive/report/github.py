"""Annotations that GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from derive.codes import CODES
from derive.findings import FileReport, Finding
from derive.report.summary import Appearance, certified_places, fails, headline, hints, summary_line, told
from derive.visible import escaped_lines


def render(files: Sequence[FileReport], appearance: Appearance) -> str:
    """Return one workflow command for each finding to act on, one for what is certified, then the summary line."""
    lines = [_annotation(file, finding, appearance) for file, finding in told(files)]
    lines += [f"::notice file={_property(file.path)}::{_data(hint)}" for file, hint in hints(files)]
    for file in files:
        if places := certified_places(file):
            lines.append(f"::notice file={_property(file.path)},title=certified::{_data(', '.join(places))}")
    return "\n".join([*lines, f"derive: {summary_line(files)}"]) + "\n"


def _annotation(file: FileReport, finding: Finding, appearance: Appearance) -> str:
    place = {"file": file.path}
    if finding.cell is None:  # lines of a notebook count within the cell, which GitHub does not know
        place |= {"line": str(finding.line), "col": str(finding.column), "endLine": str(finding.end_line)}
        if finding.end_line == finding.line:
            place["endColumn"] = str(finding.end_column)
    name = CODES.get(finding.code, (finding.verdict, ""))[0]
    place["title"] = f"{finding.code} {name}".strip()
    level = "error" if fails(finding, appearance.strict) else "warning"
    properties = ",".join(f"{key}={_property(value)}" for key, value in place.items())
    return f"::{level} {properties}::{_data(_message(finding))}"


def _message(finding: Finding) -> str:
    lines = [headline(finding)]
    if finding.cell is not None:
        lines[0] = f"cell {finding.cell}, line {finding.line}: {lines[0]}"
    if finding.witness is not None:
        witness = finding.witness
        lines.append(f"at {witness.get('where')}: left {witness.get('left')}, right {witness.get('right')}")
    if finding.suggestion is not None:
        lines.append(f"help: {finding.suggestion}")
    return "\n".join(lines)


def _data(text: str) -> str:
    return escaped_lines(text.replace("%", "%25").replace("\r", "%0D")).replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
