"""Formulas of included files are reported under those files, at their own lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.commands.checking import CheckArguments, check
from derive.run.included import by_file

MAIN = r"""\documentclass{article}
% derive:model
% name = "square"
% forward = ['L = x^2']
% shapes = ['x \in \mathbb{R}']
% end: derive
\begin{document}
\input{chapters/slopes}
\[ \frac{dL}{dx} = 2x \]
\end{document}
""".replace("% end: derive", "% derive:end")
CHAPTER = "\n\n\\[ \\frac{dL}{dx} = 3x \\]\n"


@pytest.fixture
def lecture(tmp_path: Path) -> Path:
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "slopes.tex").write_text(CHAPTER)
    (tmp_path / "lecture.tex").write_text(MAIN)
    return tmp_path / "lecture.tex"


def test_a_finding_says_which_included_file_it_is_in(lecture: Path) -> None:
    found = check_document(lecture, CheckOptions()).findings

    assert [(f.path, f.line, f.verdict) for f in found] == [("chapters/slopes.tex", 3, "refuted"), ("", 9, "proved")]


def test_every_file_has_its_own_report_and_text(lecture: Path) -> None:
    own, chapter = by_file([check_document(lecture, CheckOptions())])

    assert (own.path, chapter.path) == (str(lecture), str(lecture.parent / "chapters" / "slopes.tex"))
    assert [finding.line for finding in own.findings] == [9]
    assert chapter.text == CHAPTER


def test_the_report_groups_by_file(
    lecture: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(lecture.parent)
    arguments = CheckArguments((Path("lecture.tex"),), output_format="json", no_cache=True)

    assert check(arguments) == 1
    report = json.loads(capfd.readouterr().out)
    assert check(replace(arguments, output_format="full")) == 1
    text = capfd.readouterr().out

    assert [file["path"] for file in report["files"]] == ["lecture.tex", "chapters/slopes.tex"]
    assert "chapters/slopes.tex:3:4: " in text
    assert r"    \[ \frac{dL}{dx} = 3x \]" in text
