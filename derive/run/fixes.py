"""Proved repairs in the text of documents: each is judged again where it stands, and kept if it is proved there."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.errors import UsageError
from derive.findings import Edit, FileReport, Finding
from derive.run.task import Fault, Outcome, Task
from derive.source import Source
from derive.visible import escaped

NOTEBOOK = ".ipynb"
_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*%")
Judge = Callable[[Task], Outcome]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A document with its repairs: the text before and after, the report on what it is now, how many were written, and
    how many could not be written and why."""

    before: str
    after: str
    report: FileReport
    written: int = 0
    spared: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.after != self.before


def fixed(task: Task, report: FileReport, wanted: Sequence[Finding], judge: Judge) -> Fixed:
    """Return a document with all repairs of `wanted` findings that are proved where they stand; nothing else in it may
    get worse by them.

    `judge` checks a document anew. Repairs are tried together, and one by one where that does not hold.
    """
    mendable = [n for n, f in enumerate(report.findings) if f.verdict == "refuted" and f.edits and f in wanted]
    own = [n for n in mendable if not report.findings[n].path]
    foreign = len(mendable) - len(own)
    spared = (f"{foreign} in files that it includes",) if foreign else ()
    if not own or report.unfinished:
        return Fixed(report.text, report.text, report, 0, spared)
    try:
        notebook = task.path.suffix == NOTEBOOK
        offered = [n for n in own if not _covers_comment(report.text, report.findings[n], notebook=notebook)]
        if len(offered) < len(own):
            spared = (*spared, f"{len(own) - len(offered)} in whose place a comment stands")
        kept, text, found = _kept(task, report, offered, judge)
    except UsageError as fault:
        return Fixed(report.text, report.text, report, 0, (*spared, str(fault)))
    if len(kept) < len(offered):
        spared = (*spared, f"{len(offered) - len(kept)} that are not proved where they stand")
    return Fixed(report.text, text, found, len(kept), spared)


def _kept(task: Task, report: FileReport, offered: Sequence[int], judge: Judge) -> tuple[list[int], str, FileReport]:
    """Return the findings that are mended, the text, and the report on it. Raises: UsageError where it is no text."""
    tried = _tried(task, report, list(offered), judge)
    if tried is not None:
        return list(offered), *tried
    kept, text, found = list[int](), report.text, report
    for number in offered:
        tried = _tried(task, report, [*kept, number], judge)
        if tried is not None:
            kept, (text, found) = [*kept, number], tried
    return kept, text, found


def _tried(task: Task, report: FileReport, numbers: list[int], judge: Judge) -> tuple[str, FileReport] | None:
    """Return the text with some findings mended and the report on it; None where one of them does not hold there."""
    text = edited(report.text, [report.findings[n] for n in numbers], notebook=task.path.suffix == NOTEBOOK)
    outcome = judge(replace(task, text=text))
    if isinstance(outcome, Fault) or outcome.unfinished or len(outcome.findings) != len(report.findings):
        return None
    pairs = list(zip(report.findings, outcome.findings, strict=True))
    holds = all(outcome.findings[n].verdict == "proved" for n in numbers)
    return (text, replace(outcome, text=text)) if holds and not any(_worse(a, b) for a, b in pairs) else None


def _worse(before: Finding, after: Finding) -> bool:
    """Whether a formula lost its verdict by an edit elsewhere, as the next link of a chain may."""
    if after.verdict == "refuted":
        return before.verdict != "refuted"
    return before.verdict in {"proved", "assumed"} and after.verdict not in {"proved", before.verdict}


def difference(name: str, fixed: Fixed) -> str:
    """Return what was changed as a unified diff with the name of the file on both sides; "" for nothing."""
    before, after = (text.splitlines(keepends=True) for text in (fixed.before, fixed.after))
    lines = difflib.unified_diff(before, after, f"a/{name.removeprefix('/')}", f"b/{name.removeprefix('/')}")
    return "".join(_ended(line) for line in lines)


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


# The text


def edited(text: str, findings: Sequence[Finding], *, notebook: bool) -> str:
    """Return a text with the edits of some findings made in it. Raises: UsageError for a notebook that is laid out
    otherwise than Jupyter writes it, since all of it would change."""
    if not notebook:
        return _with_edits(text, [edit for finding in findings for edit in finding.edits])
    table, layout = _notebook(text)
    for number in sorted({finding.cell for finding in findings if finding.cell is not None}):
        cell = table["cells"][number - 1]
        lines = cell["source"]
        own = [edit for finding in findings if finding.cell == number for edit in finding.edits]
        written = _with_edits("".join(lines), own)
        cell["source"] = written.splitlines(keepends=True) if isinstance(lines, list) else written
    return json.dumps(table, **layout) + text[len(text.rstrip()) :]


def _covers_comment(text: str, finding: Finding, *, notebook: bool) -> bool:
    """Return whether the edits of a finding would take a comment of TeX away. Raises: UsageError as `edited`."""
    if notebook and finding.cell is not None:
        text = "".join(_notebook(text)[0]["cells"][finding.cell - 1]["source"])
    return any(_COMMENT.search(text[start:end]) for start, end, _ in _offsets(text, finding.edits))


def _with_edits(text: str, edits: Sequence[Edit]) -> str:
    for start, end, written in sorted(_offsets(text, edits), reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _offsets(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, str]]:
    source = Source("", text)
    for edit in edits:
        start = source.offset(edit.line, edit.column)
        yield start, source.offset(edit.end_line, edit.end_column), edit.text


def _notebook(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a notebook, and how its JSON is laid out."""
    table = json.loads(text)
    for ascii_only in (False, True):
        layout = {"indent": 1, "ensure_ascii": ascii_only}
        if json.dumps(table, **layout) == text.rstrip() and "cells" in table:  # type: ignore[arg-type]
            return table, layout
    raise UsageError("the notebook is laid out otherwise than Jupyter writes it; save it in Jupyter first")


def told(name: str, fixed: Fixed, *, writes: bool) -> str:
    """Return what was done to a document, in one line; "" where there is nothing to say."""
    if not fixed.written and not fixed.spared:
        return ""
    repairs = f"{fixed.written} repair{'' if fixed.written == 1 else 's'}"
    spared = "".join(f"; left: {reason}" for reason in fixed.spared)
    return f"{escaped(name)}: {repairs} {'written' if writes else 'to write'}{spared}"
