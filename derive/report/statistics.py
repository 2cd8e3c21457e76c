"""How often each code was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from derive.codes import CODES
from derive.findings import FileReport
from derive.report.summary import listed


def render(files: Iterable[FileReport]) -> str:
    """Return one line for each code found, the most frequent first: number, code, name, and what it means."""
    found = Counter(finding.code or finding.verdict for _, finding in listed(files))
    rows = [(number, code, *CODES.get(code, (code, ""))) for code, number in found.items()]
    rows.sort(key=lambda row: (-row[0], row[1]))
    width = max((len(row[2]) for row in rows), default=0)
    return "\n".join(f"{number:>5}  {code}  {name:<{width}}  {sentence}" for number, code, name, sentence in rows)
