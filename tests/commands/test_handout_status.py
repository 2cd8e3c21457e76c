"""The exit status of `derive handout`: a formula that had to be left out is not a success."""

from __future__ import annotations

import pytest

from derive.cli import run
from derive.report import handout
from derive.report.handout import Written


@pytest.mark.parametrize(("hidden", "status"), [((), 0), (("x = y",), 1)])
def test_a_formula_that_is_not_shown_is_named_and_counts(
    hidden: tuple[str, ...], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handout, "write_handout", lambda *_: Written((), hidden))

    assert run(["handout"]) == status
    assert ("not shown, because it could not be decided: x = y" in capsys.readouterr().err) == bool(hidden)
