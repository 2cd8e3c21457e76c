"""The worker processes: order, progress, and documents that bring their process down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fakes
import pytest
from processes import start

from derive.findings import FileReport
from derive.run import check_files as check_files_module
from derive.run.check_files import check_files
from derive.run.pool import Pool
from derive.run.task import Fault, Outcome, Task


def run(folder: Path, jobs: int = 2, time_limit: float = 10.0, grace: float = 5.0, **texts: str) -> list[Outcome]:
    tasks = [Task(path, path.name, time_limit=time_limit) for path in fakes.write(folder, **texts)]
    return check_files(tasks, jobs=jobs, checker=fakes.check, grace=grace)


def verdicts(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, FileReport)
    return [finding.verdict for finding in outcome.findings]


def test_outcomes_come_in_the_order_of_the_tasks_under_their_names(tmp_path: Path) -> None:
    outcomes = run(tmp_path, c="x\nfalse", a="x", b="false", d="")

    assert [verdicts(outcome) for outcome in outcomes] == [["proved", "refuted"], ["proved"], ["refuted"], []]
    assert [outcome.path for outcome in outcomes if isinstance(outcome, FileReport)] == ["c.md", "a.md", "b.md", "d.md"]


def test_a_formula_that_kills_its_process_is_undecided_and_the_others_are_judged(tmp_path: Path) -> None:
    (deadly, harmless) = run(tmp_path, a="x\ndie\nfalse\ndie\ny", b="x")

    assert verdicts(deadly) == ["proved", "undecided", "refuted", "undecided", "proved"]
    assert verdicts(harmless) == ["proved"]


def test_a_call_that_no_signal_interrupts_is_ended_by_the_watchdog(tmp_path: Path) -> None:
    (outcome,) = run(tmp_path, time_limit=0.1, grace=1.0, a="x\nhang\nfalse")  # it would take centuries
    assert verdicts(outcome) == ["proved", "undecided", "refuted"]


def test_an_open_guard_is_a_sign_of_life(tmp_path: Path) -> None:
    (outcome,) = run(tmp_path, time_limit=0.1, grace=0.9, a="wait")
    assert verdicts(outcome) == ["proved"]


def test_a_recursion_that_escapes_counts_as_a_lost_process(tmp_path: Path) -> None:
    (outcome,) = run(tmp_path, a="deep\nx")
    assert verdicts(outcome) == ["undecided", "proved"]


def test_a_document_that_kills_too_many_processes_is_given_up(tmp_path: Path) -> None:
    (outcome,) = run(tmp_path, a="die\n" * 9)

    assert isinstance(outcome, FileReport)
    assert set(verdicts(outcome)) == {"undecided"}
    assert outcome.unfinished
    assert outcome.findings[0].code == "D302"
    assert "could not be checked" in outcome.findings[0].message


def test_faults_are_told_apart(tmp_path: Path) -> None:
    outcomes = run(tmp_path, a="fault", b="disagree", c="bug", d="x")
    faults = [outcome for outcome in outcomes if isinstance(outcome, Fault)]

    assert [(fault.name, fault.kind) for fault in faults] == [
        ("a.md", "input"), ("b.md", "disagreement"), ("c.md", "crash"),
    ]  # fmt: skip
    assert faults[0].message == "a wrong model"
    assert "ValueError: a bug" in faults[2].message


def test_unreadable_files_are_faults_of_the_input(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\x41")
    outcomes = check_files([Task(tmp_path / name, name) for name in ("bad.md", "gone.md")], checker=fakes.check)

    assert [isinstance(outcome, Fault) and outcome.kind for outcome in outcomes] == ["input", "input"]


def test_progress_is_reported(tmp_path: Path) -> None:
    (path,) = fakes.write(tmp_path, a="x\ny")
    heard: list[tuple[str, int, int]] = []
    check_files([Task(path, "a.md")], checker=fakes.check, watcher=lambda *news: heard.append(news))
    assert heard == [("a.md", 0, 2), ("a.md", 1, 2), ("a.md", 2, 2)]


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    fakes.write(tmp_path, a="x", b="false")
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(fakes.__file__).parent)!r})\n"
        "from derive.cli import run\nimport fakes\nprint('started')\nrun(['check', 'a.md', 'b.md'], fakes.check)\n"
    )
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count("started") == 1
    assert done.stdout.endswith("1 proved, 1 refuted, 0 undecided, 0 not understood, 0 assumed\n")


def test_leaving_early_ends_the_processes(tmp_path: Path) -> None:
    paths = fakes.write(tmp_path, a="x", b="hang")
    pool = Pool([Task(path, path.name) for path in paths], 2, fakes.check)
    outcomes = pool.outcomes()
    assert next(outcomes)[0] == 0
    processes = [worker.process for worker in pool._busy]
    outcomes.close()
    assert processes
    assert not any(process.is_alive() for process in processes)


def test_more_documents_than_the_parent_can_hold_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_files_module, "ROOM", 10)
    (first, second, third) = run(tmp_path, a="x\nfalse", b="false", c="x")

    assert (verdicts(first), verdicts(third)) == (["proved", "refuted"], ["proved"])
    assert isinstance(second, Fault)
    assert "several runs" in second.message


def test_a_limit_of_the_user_is_not_raised(tmp_path: Path) -> None:
    (path,) = fakes.write(tmp_path, a="limits")
    code = (
        "import resource as r, sys, fakes, derive.cli\n"
        "r.setrlimit(r.RLIMIT_AS, (1 << 30, r.RLIM_INFINITY)), r.setrlimit(r.RLIMIT_CPU, (7, r.RLIM_INFINITY))\n"
        "sys.exit(derive.cli.run(sys.argv[1:], fakes.check))"
    )
    with start(
        ["check", path.name, "-v", "--no-cache", "--output-format", "concise"], tmp_path, ["-c", code]
    ) as process:
        out, _ = process.communicate(timeout=60)
    assert "assumed (1073741824, 7)" in out
