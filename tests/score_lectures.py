"""Score the checker on the project's own lectures: `python tests/score_lectures.py [FILES…]`.

A lecture says what is to be found in a comment on the line before each formula, `<!-- expect: VERDICT: reason -->` in
Markdown and notebooks, `% expect: VERDICT: reason` in LaTeX. The findings of a formula are those that begin below that
line and above the next empty line or the next expectation; the worst of them counts. Prints what differs, then a table
of expected against found verdicts. Exits with 1 where a true formula is refuted or a false one proved.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.findings import FileReport, Finding

LECTURES = Path(__file__).resolve().parent / "lectures"
WORST_FIRST = ("refuted", "not-understood", "undecided", "proved", "assumed", "skipped", "missing")

ACCEPTED = {
    "proved": {"proved"},
    "refuted": {"refuted"},
    "assumed": {"assumed", "proved", "skipped"},
    "convention": {"assumed", "proved", "skipped", "undecided"},
    "not-understood": {"not-understood"},
    "skipped": {"skipped"},
}
SEVERE = {
    "proved": {"refuted"},
    "refuted": {"proved"},
    "assumed": {"refuted"},
    "convention": {"refuted"},
    "not-understood": {"proved", "refuted"},
    "skipped": {"refuted"},
}

JUDGED: dict[Path, dict[str, object]] = {}
"""What is known of the formulas of the lectures that this process has checked, as a second check recalls it."""

_EXPECTATION = re.compile(r"^[\s>]*(?:<!--|%)\s*expect:\s*(?P<truth>[a-z-]+)(?::\s*(?P<reason>.*?))?\s*(?:-->)?\s*$")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of the formula that begins at `line` and ends before `end` (in cell `cell` of a notebook)."""

    path: Path
    line: int
    end: int
    truth: str
    reason: str
    latex: str
    cell: int | None = None

    @property
    def place(self) -> str:
        """`file:line`, or `file:cell.line` in a notebook."""
        return f"{self.path.name}:{self.line}" if self.cell is None else f"{self.path.name}:{self.cell}.{self.line}"

    def accepts(self, verdict: str) -> bool:
        return verdict in ACCEPTED[self.truth]

    def is_severe(self, verdict: str) -> bool:
        """Whether the verdict is the opposite of the truth, and not just weaker."""
        return verdict in SEVERE[self.truth]

    def owns(self, finding: Finding) -> bool:
        return finding.cell == self.cell and self.line <= finding.line < self.end

    def verdict(self, findings: Iterable[Finding]) -> str:
        """Return the worst verdict of the findings of this formula, "missing" if there are none."""
        return min((found.verdict for found in findings if self.owns(found)), key=WORST_FIRST.index, default="missing")


def lectures() -> list[Path]:
    """Return all lectures in the order of their names."""
    return sorted(path for path in LECTURES.iterdir() if path.suffix in {".md", ".tex", ".ipynb"})


def expectations(path: Path) -> list[Expectation]:
    """Return the expectations of a lecture in the order of their places."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return list(_read(path, text, None))
    cells = json.loads(text)["cells"]
    return [
        expectation
        for number, cell in enumerate(cells, start=1)
        if cell["cell_type"] == "markdown"
        for expectation in _read(path, "".join(cell["source"]), number)
    ]


def _read(path: Path, text: str, cell: int | None) -> Iterator[Expectation]:
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if match := _EXPECTATION.match(line):
            end = index + 1
            while end < len(lines) and lines[end].strip() and not _EXPECTATION.match(lines[end]):
                end += 1
            latex = " ".join(lines[index + 1 : end])
            yield Expectation(path, index + 2, end + 1, match["truth"], match["reason"] or "", latex, cell)


@cache
def report(path: Path) -> FileReport:
    """Return what the checker finds in a lecture; each lecture is checked once per process."""
    from derive.check import CheckOptions, check_document
    from derive.recall import Recall

    recall = Recall()
    found = check_document(path, CheckOptions(), recall=recall)
    JUDGED[path] = recall.kept
    return found


def score(paths: Iterable[Path]) -> int:
    """Print mismatches and the table; return the number of severe ones."""
    table: Counter[tuple[str, str]] = Counter()
    severe = 0
    for path in paths:
        findings = _findings(path)
        if findings is None:
            print(f"{path.name}: not one formula could be checked")
        for expectation in expectations(path):
            verdict = expectation.verdict(findings or ())
            table[expectation.truth, verdict] += 1
            severe += expectation.is_severe(verdict)
            if findings is not None and not expectation.accepts(verdict):
                _print_mismatch(expectation, verdict, findings)
    _print_table(table)
    print(f"severe {severe}")
    return severe


def _findings(path: Path) -> tuple[Finding, ...] | None:
    """Return the findings of a lecture, None where the checker gives up, so that the others can still be scored."""
    try:
        return report(path).findings
    except Exception:
        traceback.print_exc(limit=-3, file=sys.stdout)
        return None


def _print_mismatch(expectation: Expectation, verdict: str, findings: Iterable[Finding]) -> None:
    mark = "SEVERE " if expectation.is_severe(verdict) else ""
    reason = f" ({expectation.reason})" if expectation.reason else ""
    print(f"{mark}{expectation.place}: {verdict}, expected {expectation.truth}{reason}\n    {expectation.latex[:200]}")
    for found in findings:
        if expectation.owns(found) and found.verdict == verdict:
            print(
                f"    {found.line}:{found.column} {found.code} {found.message.splitlines()[0] if found.message else ''}"
            )


def _print_table(table: Counter[tuple[str, str]]) -> None:
    print("\n" + f"{'expected':16}" + "".join(f"{verdict:>15}" for verdict in WORST_FIRST))
    for truth in ACCEPTED:
        if any(expected == truth for expected, _ in table):
            print(f"{truth:16}" + "".join(f"{table[truth, verdict]:>15}" for verdict in WORST_FIRST))
    right = sum(count for (truth, verdict), count in table.items() if verdict in ACCEPTED[truth])
    print(f"{right} of {sum(table.values())} as expected", end=", ")


def main() -> int:
    paths = [Path(argument).resolve() for argument in sys.argv[1:]] or lectures()
    return 1 if score(paths) else 0


if __name__ == "__main__":
    sys.exit(main())
