"""Hears what tests have judged in their own process, formulas and documents, and writes it down as a record.

Each link stands under the test that asked for it, its line counts the links of that test, and its model is the
beginning of a digest of the model's text. Tests with random formulas are left out, those of lectures, which have a
record of their own, and those of pages that derive has written itself or that hold its output.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from record import Link, links, squeezed, write_record

from derive import check
from derive.errors import LatexError
from derive.findings import FileReport
from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict

LEFT_OUT = {"test_lectures.py", "test_lectures_doubled.py", "test_record.py", "test_handout_checked.py", "test_docs.py"}
JUDGED = "judged"  # the property that brings links from the process of a test to the one that writes


class Recorder:
    """What the test that is running has judged so far, and what all tests have where it is written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.heard: list[Link] = []
        self.found: list[Link] = []
        self._listen_to_formulas()
        self._listen_to_documents()

    def _listen_to_formulas(self) -> None:
        judge = Judge.formula

        def formula(this: Judge, text: str, *more: Any, **named: Any) -> tuple[list[LinkVerdict], Judge]:
            model = sha256(this.model.text.encode()).hexdigest()[:8]
            try:
                verdicts, following = judge(this, text, *more, **named)
            except LatexError:
                self.heard.append(Link("", 0, 0, 0, squeezed(text), "not-understood", model=model))
                raise
            self.heard += (
                Link("", 0, 0, 0, squeezed(text[one.span.start : one.span.end]), one.word, one.code, one.scope,
                     tuple(one.assumptions), model)
                for one in verdicts
            )  # fmt: skip
            return verdicts, following

        Judge.formula = formula  # type: ignore[method-assign]

    def _listen_to_documents(self) -> None:
        judge = check.check_document

        def check_document(path: Path, *more: Any, **named: Any) -> FileReport:
            report = judge(path, *more, **named)
            self.heard += links("", report.findings)
            return report

        check.check_document = check_document

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Send what a test has judged along with its report."""
        self.heard.clear()
        try:
            return (yield)
        finally:
            if item.path.name not in LEFT_OUT and not _is_random(item):
                item.user_properties.append((JUDGED, [link.json() for link in _of(item, self.heard)]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.found += (
                Link.read(line) for name, lines in report.user_properties if name == JUDGED for line in lines
            )

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):
            write_record(self.file, self.found)


def _of(item: pytest.Item, heard: Sequence[Link]) -> list[Link]:
    """Return links under the name of their test, numbered."""
    return [
        replace(link, file=item.nodeid, cell=0, line=number, column=0) for number, link in enumerate(heard, start=1)
    ]


def _is_random(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))
