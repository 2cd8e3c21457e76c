"""Reports of documents as reports of files: what an included file holds is reported under that file's path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from derive.document.files import read_text
from derive.errors import DeriveError
from derive.findings import FileReport


def by_file(reports: Iterable[FileReport]) -> list[FileReport]:
    """Return each document followed by the files that it includes, in the order in which it includes them."""
    return [part for report in reports for part in _parts(report)]


def _parts(report: FileReport) -> Iterator[FileReport]:
    paths = dict.fromkeys(("", *(finding.path for finding in report.findings)))
    for path in paths:
        found = tuple(finding for finding in report.findings if finding.path == path)
        if not path:
            yield replace(report, findings=found)
            continue
        file = Path(report.path).parent / path
        yield FileReport(str(file), found, _text(file))


def _text(file: Path) -> str:
    """Return the text for excerpts; none where the file is gone by now."""
    try:
        return read_text(file)
    except DeriveError:
        return ""
