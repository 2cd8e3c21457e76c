"""One line per finding: `path:line:column: CODE message`, and the coverage last."""

from __future__ import annotations

from collections.abc import Sequence

from derive.findings import FileReport
from derive.report import statistics
from derive.report.summary import Appearance, headline, hints, location, networks, summary_line, told
from derive.visible import escaped, inert


def render(files: Sequence[FileReport], appearance: Appearance) -> str:
    """Return one line for each finding to act on, then the summary line."""
    lines = [
        f"{location(file, finding)}: {escaped(' '.join(headline(finding).split()))}"
        for file, finding in told(files, appearance.verbose)
    ]
    if appearance.network:
        lines = [*networks(files), *lines]
    lines += [f"{escaped(file.path)}: {hint}" for file, hint in hints(files)]
    if appearance.statistics:
        lines += statistics.render(files).splitlines()
    return inert("\n".join([*lines, summary_line(files)]) + "\n")
