"""A handout's own check of the same text is made once for all tests that write this handout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from derive.check import CheckOptions, ProvedFormula, check_document
from derive.findings import FileReport
from derive.report import content_check

Known = dict[tuple[Path, str], tuple[FileReport, list[ProvedFormula]]]


@pytest.fixture(autouse=True, scope="session")
def _each_text_is_checked_once() -> Iterator[None]:
    known: Known = {}

    def check(path: Path, options: CheckOptions, *, text: str) -> FileReport:
        assert options.proofs is not None
        assert options == CheckOptions(proofs=options.proofs), "a handout is checked with the usual options"
        if (path, text) not in known:
            proofs: list[ProvedFormula] = []
            known[path, text] = check_document(path, replace(options, proofs=proofs), text=text), proofs
        report, proved = known[path, text]
        options.proofs.extend(proved)
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content_check, "check_document", check)
        yield
