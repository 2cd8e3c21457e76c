"""The handout through `derive check`: nothing in it is refuted, undecided or not understood, whatever it is about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from bundled_models import LECTURES

from derive.check import CheckOptions, ProvedFormula, check_document
from derive.findings import Finding
from derive.recall import Recall
from derive.report import content_check
from derive.report.content import Display, Handout, Line, Section
from derive.report.content_check import FalseFormula, checked
from derive.report.handout import build_handout, write_handout
from derive.report.options import HandoutOptions
from derive.report.render import render
from tests.report.combinations import COMBINATIONS, combination, most

pytestmark = pytest.mark.xdist_group("handouts checked")
JUDGED: dict[str, object] = {}
"""The formulas of handouts that this process has judged."""
OTHERS = ("refuted", "undecided", "not-understood")


def findings(kind: str, text: str) -> tuple[Finding, ...]:
    """Return what is found in a handout; a formula that another one has after the same text is recalled."""
    recall = Recall(JUDGED)
    found = check_document(Path(f"handout.{kind}"), CheckOptions(), text=text, recall=recall).findings
    JUDGED.update(recall.kept)
    return found


@pytest.mark.parametrize("name", most(COMBINATIONS))
def test_every_formula_is_proved(name: str) -> None:
    found = findings("md", render(combination(name), "md"))

    assert [(item.line, item.latex, item.message) for item in found if item.verdict in OTHERS] == []
    assert Counter(item.verdict for item in found)["proved"] >= 35
    derivative = re.compile(r"\\partial|\\nabla")
    assert [f.latex for f in found if f.verdict == "assumed" and "= " in f.latex and derivative.search(f.latex)] == []


@pytest.mark.parametrize("worksheet", [False, True], ids=["handout", "worksheet"])
@pytest.mark.parametrize("model", most(LECTURES, ("nielsen-cross-entropy",)))
def test_the_finished_files_are_proved(model: str, worksheet: bool, tmp_path: Path) -> None:
    """With the table of results and in LaTeX, worksheet and solutions too."""
    options = HandoutOptions(model=model, formats=("tex", "md"), worksheet=worksheet, output=tmp_path / "x")
    written = write_handout(options)
    assert written.hidden == ()
    for file in written.files:
        if file.suffix == ".tex" or file.stem.endswith("-solutions"):
            bad = [f for f in findings(file.suffix[1:], file.read_text()) if f.verdict in OTHERS]
            assert [(file.name, item.line, item.latex, item.message) for item in bad] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\hat{y} - y", r"y - \hat{y}"),
        (r"W_{k+1}^T \nabla", r"W_{k+1} \nabla"),
        (r"\odot g'(a_k)", r"\odot g(a_k)"),
        (r"\nabla_{a_k} \mathcal{L} h_{k-1}^T", r"\nabla_{a_k} \mathcal{L} h_k^T"),
    ],
)
def test_a_slip_in_the_handout_would_be_refuted(right: str, wrong: str) -> None:
    text = render(combination("khapra"), "md")
    assert right in text

    assert "refuted" in {item.verdict for item in findings("md", text.replace(right, wrong))}


def with_line(line: Line) -> Handout:
    """Return the handout with one more line."""
    whole = combination("khapra")
    return replace(whole, sections=(*whole.sections, Section("more", "More", (Display((line,), title="More"),))))


@pytest.mark.parametrize("right", ["= y", r"= \operatorname{nonsense} y"])
def test_a_false_or_unreadable_formula_is_named_and_nothing_is_written(
    right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    false = with_line(Line(r"\nabla_{a_L} \mathcal{L}", right))
    monkeypatch.setattr("derive.report.handout.assembled", lambda *_: false)

    with pytest.raises(FalseFormula, match=r"own formula .*nabla_\{a_L\}.* is (refuted|not-understood)"):
        write_handout(HandoutOptions(output=tmp_path / "x"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_undecided_is_left_out_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(r"\nabla_{b_L} \mathcal{L}", r"= \hat{y} - y")

    def doubtful(path: Path, options: CheckOptions, *, text: str) -> object:
        report = check_document(path, options, text=text)
        return replace(report, findings=tuple(
            replace(f, verdict="undecided") if r"\nabla_{b_L}" in f.latex else f for f in report.findings
        ))  # fmt: skip

    monkeypatch.setattr(content_check, "check_document", doubtful)
    found = checked(with_line(line))

    assert len(found.hidden) == 1
    assert r"\nabla_{b_L}" in found.hidden[0]
    assert r"\nabla_{b_L}" not in render(found.handout, "md")


def test_the_results_are_listed_with_what_they_hold_for() -> None:
    whole, hidden = build_handout(HandoutOptions(target="distribution"))
    text = render(whole, "md")
    rows = [line for line in text.splitlines() if line.endswith("| proved |")]

    assert hidden == ()
    assert whole.sections[-1].name == "proofs"
    assert len(rows) == sum(isinstance(b, Display) and bool(b.title) for s in whole.sections for b in s.blocks)
    assert any(r"\sum_i y_i = 1" in row for row in rows)
    assert whole.version in text
    assert f"The {sum(f.verdict == 'proved' for f in findings('md', text))} equations" in text  # no definition counts


def test_the_table_has_a_column_for_certificates_where_they_are_asked_for() -> None:
    asked: list[str] = []

    def first_only(formula: ProvedFormula) -> bool:
        asked.append(formula.finding.latex)
        return len(asked) == 1

    handout = build_handout(HandoutOptions(), first_only)[0]
    text = render(handout, "md")
    rows = [line for line in text.splitlines() if "| proved |" in line]

    assert len(asked) == len(rows) > 1
    assert [row.rsplit("|", 2)[1].strip() for row in rows] == ["accepted", *["none"] * (len(rows) - 1)]
    assert "| Certificate |" in text
    assert "| Certificate |" not in render(combination("khapra"), "md")
    assert re.search(r"\\begin\{longtable\}\{.*linewidth\}ll\}\n", render(handout, "tex"))  # one for each cell
