"""The record of the lectures: what was found before is found now, or someone has looked at the difference."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from record import RECORD, TESTS, Change, Job, Link, changes, jobs, links, main, read_record, write_record
from score_lectures import lectures, report

KNOWN = read_record()
BESIDE_THEIR_VERDICTS = [
    pytest.param(path, id=path.name, marks=pytest.mark.xdist_group(path.name)) for path in lectures()
]  # a lecture is checked once, for its expectations and for the record

LINK = Link("a.md", 0, 3, 2, "a=b", "proved", scope="all L ≥ 1", assumptions=("b ≠ 0",))


@pytest.mark.parametrize("path", BESIDE_THEIR_VERDICTS)
def test_a_lecture_is_judged_as_recorded(path: Path) -> None:
    known = [link for link in KNOWN if link.document == path.name]
    found = changes(known, links(path.name, report(path).findings))

    differing = "\n".join(str(change) for change in found if not change.depends_on_machine)
    assert not differing, f"look at each of these, then `python tests/record.py --write`:\n{differing}"


def test_nothing_is_recorded_of_lectures_that_are_gone() -> None:
    assert {link.document for link in KNOWN} == {path.name for path in lectures()}


def test_the_record_stands_as_it_would_be_written(tmp_path: Path) -> None:
    write_record(tmp_path / "again.jsonl", reversed(KNOWN))

    assert (tmp_path / "again.jsonl").read_bytes() == RECORD.read_bytes()


@pytest.mark.parametrize(
    ("now", "direction"),
    [
        (replace(LINK, verdict="refuted", code="D201", scope="", assumptions=()), "proved → refuted"),
        (replace(LINK, scope="L = 1"), "proved, other scope"),
        (replace(LINK, assumptions=()), "proved, other assumptions"),
        (replace(LINK, latex="a=c", verdict="undecided"), "proved → undecided"),
    ],
)
def test_a_difference_is_told_by_its_direction(now: Link, direction: str) -> None:
    (change,) = changes([LINK], [now])

    assert change == Change(LINK, now)
    assert change.direction == direction
    assert not change.depends_on_machine


def test_links_that_come_and_go_are_differences() -> None:
    other = replace(LINK, line=9, latex="c=d")

    assert [change.direction for change in changes([LINK], [other])] == ["proved → missing", "missing → proved"]


def test_whatever_a_formula_holds_is_read_as_it_was_written(tmp_path: Path) -> None:
    odd = [replace(LINK, file="tests/test_a.py::test[b>c]", latex="\udc80 \u2028 é")]
    write_record(tmp_path / "record.jsonl", odd)

    assert read_record(tmp_path / "record.jsonl") == odd
    assert odd[0].document == "tests/test_a.py"


def test_a_formula_may_move() -> None:
    twice = [LINK, replace(LINK, line=5, verdict="refuted")]

    assert changes(twice, [replace(link, line=link.line + 7) for link in twice]) == []


def test_only_the_code_of_a_search_within_seconds_depends_on_the_machine() -> None:
    refuted = replace(LINK, verdict="refuted", code="D200")

    assert changes([refuted], [replace(refuted, code="D201")])[0].depends_on_machine
    assert not changes([refuted], [replace(refuted, code="D201", scope="L = 1")])[0].depends_on_machine


def test_labels_choose_documents_and_patterns_give_them_models(tmp_path: Path) -> None:
    for name in ("01.md", "02.md", "03.md"):
        (tmp_path / name).write_text("")
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"file": "01.md"}\n{"file": "02.md", "model": "nielsen"}\n{"file": "02.md"}\n')

    found = jobs([tmp_path], labels, ["01*=mopuri", "*=khapra"])

    assert found == [
        Job(tmp_path / "01.md", "01.md", "mopuri"),
        Job(tmp_path / "02.md", "02.md", "nielsen"),
        Job(tmp_path / "02.md", "02.md", "khapra"),
    ]


def test_a_document_is_held_to_what_was_written_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, record = tmp_path / "a.md", tmp_path / "record.jsonl"
    arguments = [str(document), "--record", str(record), "--model", "*=khapra", "--jobs", "1"]

    document.write_text("$a_k = b_k + W_k h_{k-1}$\n")
    assert main([*arguments, "--write"]) == 0
    document.write_text("Moved: $a_k = b_k + W_k h_{k-1}$\n")
    assert main(arguments) == 0
    document.write_text("$a_k = b_k - W_k h_{k-1}$\n")
    assert main(arguments) == 1
    assert "proved → refuted (1)" in capsys.readouterr().out


def test_what_tests_judge_is_recorded_on_demand(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    tests = TESTS / "test_judge_formula.py"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-k",
        "lectures_state",
        "--record",
        str(record),
    ]

    subprocess.run([*command, str(tests)], check=True, capture_output=True, cwd=TESTS.parent)

    found = read_record(record)
    assert len(found) == 8
    assert {link.verdict for link in found} == {"proved"}
    assert found[0].file.startswith("tests/test_judge_formula.py::")
