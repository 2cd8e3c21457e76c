"""Selected and ignored codes, and baselines."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.findings import FileReport, Finding
from derive.run.filters import apply_filters, load_baseline, write_baseline


def found(line: int, latex: str, verdict: str = "refuted", code: str = "D201") -> Finding:
    return Finding(line, 1, line, 9, latex, verdict, code, "message")


def report(*findings: Finding, path: str = "a.md") -> FileReport:
    return FileReport(path, findings)


def verdicts(reports: list[FileReport]) -> list[str]:
    return [finding.verdict for file in reports for finding in file.findings]


MIXED = report(
    found(1, "a"), found(2, "b", code="D101"), found(3, "c", "undecided", "D301"), found(4, "d", "proved", "")
)


def test_without_filters_nothing_changes() -> None:
    assert apply_filters([MIXED]) == [MIXED]


def test_selected_codes_and_beginnings_of_codes() -> None:
    assert verdicts(apply_filters([MIXED], select=("D2",))) == ["refuted", "skipped", "skipped", "proved"]
    assert verdicts(apply_filters([MIXED], select=("D101", "D3"))) == ["skipped", "refuted", "undecided", "proved"]


def test_ignored_codes_become_skipped_with_the_reason() -> None:
    (filtered,) = apply_filters([MIXED], ignore=("D201",))
    assert filtered.findings[0].verdict == "skipped"
    assert filtered.findings[0].message == "ignored by the settings (refuted): message"
    assert filtered.findings[1:] == MIXED.findings[1:]


def test_a_baseline_knows_what_was_there_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "base.json"
    path = str(tmp_path / "a.md")
    assert write_baseline(file, [report(found(1, "x = y"), found(2, "x = y"), path=path)]) == 2
    baseline = load_baseline(file)

    moved = report(found(7, "x  =  y"), found(9, "x = y"), found(11, "x = y"), found(12, "x = z"), path=path)
    assert verdicts(apply_filters([moved], baseline=baseline)) == ["skipped", "skipped", "refuted", "refuted"]


def test_a_known_open_formula_that_turns_out_wrong_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "base.json"
    path = str(tmp_path / "a.md")
    write_baseline(file, [report(found(1, "x", "undecided", "D301"), path=path)])
    assert verdicts(apply_filters([report(found(1, "x"), path=path)], baseline=load_baseline(file))) == ["refuted"]


def test_a_baseline_holds_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    write_baseline(Path("base.json"), [report(found(1, "x"), path="sub/a.md")])
    monkeypatch.chdir(tmp_path / "sub")
    baseline = load_baseline(Path("../base.json"))
    assert verdicts(apply_filters([report(found(1, "x"), path="a.md")], baseline=baseline)) == ["skipped"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [1]}', '{"findings": [{"path": "a"}]}'])
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "base.json").write_text(text)
    with pytest.raises(UsageError, match="is no baseline"):
        load_baseline(tmp_path / "base.json")


def test_a_missing_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the baseline"):
        load_baseline(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot write"):
        write_baseline(tmp_path / "no folder" / "base.json", [])
