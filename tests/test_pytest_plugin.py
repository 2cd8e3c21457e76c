"""The pytest plugin: off unless asked for, then one item for each claim."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import fakes
import pytest

from derive.config import find_config
from derive.pytest_plugin import slug
from derive.run.discover import documents

pytest_plugins = ["pytester"]

LECTURE = "x claim\nfalse claim\nopen question\nunread sign\nmodel definition\n"
CONFTEST = f"import sys\nsys.path[:0] = {[str(Path(fakes.__file__).parent)]!r}\n" + (
    "import derive.run.check_files, fakes\nderive.run.check_files.check_task = fakes.check\n"
)


@pytest.fixture
def course(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    pytester.makeconftest(CONFTEST)
    pytester.mkdir("lectures").joinpath("04.md").write_text(LECTURE)
    pytester.mkdir("tests").joinpath("test_code.py").write_text("def test_code(): pass\n")
    return pytester


def test_nothing_is_collected_unless_asked_for(course: pytest.Pytester) -> None:
    course.runpytest_subprocess().assert_outcomes(passed=1)


def test_nothing_of_derive_is_loaded_unless_asked_for(course: pytest.Pytester) -> None:
    (course.path / "conftest.py").unlink()
    (course.path / "tests" / "test_code.py").write_text(
        "import sys\n"
        "def test_code():\n"
        "    names = [name for name in sys.modules if name.split('.')[0] in ('derive', 'sympy', 'flint', 'rich')]\n"
        "    assert sorted(names) == ['derive', 'derive.pytest_plugin']\n"
    )
    course.runpytest_subprocess().assert_outcomes(passed=1)


def test_every_verdict_has_its_outcome(course: pytest.Pytester) -> None:
    result = course.runpytest_subprocess("--derive", "-rxs", "-v")

    result.assert_outcomes(passed=2, failed=1, xfailed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "*lectures/04.md::1:1 x_claim PASSED*",
            "*lectures/04.md::2:1 false_claim FAILED*",
            "*lectures/04.md::3:1 open_question XFAIL*",
            "*lectures/04.md::4:1 unread_sign SKIPPED*",
            "lectures/04.md:2:1: D201 another sign",
            "    false claim",
            "    ^^^^^^^^^^^",
            "XFAIL lectures/04.md::3:1 open_question - D301 no normal form",
            "SKIPPED*lectures/04.md:4: D001 cannot read this",
        ],
        consecutive=False,
    )
    assert "definition" not in result.stdout.str()


def test_strict_fails_what_is_open(course: pytest.Pytester) -> None:
    course.runpytest_subprocess("--derive", "--derive-strict").assert_outcomes(passed=2, failed=3)


def test_items_can_be_selected_and_the_run_stopped(course: pytest.Pytester) -> None:
    course.runpytest_subprocess("--derive", "-k", "x_claim").assert_outcomes(passed=1, deselected=4)
    course.runpytest_subprocess("--derive", "lectures/04.md::1:1 x_claim").assert_outcomes(passed=1)
    result = course.runpytest_subprocess("--derive", "-x", "lectures")
    result.assert_outcomes(passed=1, failed=1)


def test_derive_paths_switches_on_for_these_documents_only(course: pytest.Pytester) -> None:
    course.path.joinpath("README.md").write_text("false claim")
    course.makeini("[pytest]\nderive_paths = lectures/*.md\ntestpaths = tests\n")
    course.runpytest_subprocess().assert_outcomes(passed=2, failed=1, xfailed=1, skipped=1)
    course.runpytest_subprocess("tests").assert_outcomes(passed=1)
    course.runpytest_subprocess("lectures").assert_outcomes(passed=1, failed=1, xfailed=1, skipped=1)


def test_a_folder_in_derive_paths(course: pytest.Pytester) -> None:
    course.makeini("[pytest]\nderive_paths = lectures\n")
    course.runpytest_subprocess().assert_outcomes(passed=2, failed=1, xfailed=1, skipped=1)


def test_xdist_sees_the_same_items(course: pytest.Pytester) -> None:
    result = course.runpytest_subprocess("--derive", "-n", "2", "lectures")
    result.assert_outcomes(passed=1, failed=1, xfailed=1, skipped=1)


def test_settings_come_from_the_configuration(course: pytest.Pytester) -> None:
    course.path.joinpath("derive.toml").write_text("ignore = ['D201']\n")
    result = course.runpytest_subprocess("--derive", "-rs", "lectures")
    result.assert_outcomes(passed=1, xfailed=1, skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED*lectures/04.md:2: D201 ignored by the settings (refuted): another sign"])
    course.path.joinpath("derive.toml").write_text("ignore = 3\n")
    result = course.runpytest_subprocess("--derive", "lectures")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ignore must be a list of strings, not 3*"])
    assert "Traceback" not in result.stdout.str()


def test_what_the_baseline_knows_is_skipped_with_the_reason(course: pytest.Pytester) -> None:
    course.path.joinpath("derive.toml").write_text("baseline = 'known.json'\n")
    known = [{"path": "lectures/04.md", "verdict": "refuted", "code": "D201", "latex": "false claim"}]
    course.path.joinpath("known.json").write_text(json.dumps({"version": 1, "findings": known}))

    result = course.runpytest_subprocess("--derive", "-rs", "lectures")

    result.assert_outcomes(passed=1, xfailed=1, skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED*lectures/04.md:2: D201 known in the baseline (refuted): another sign"])


def test_a_document_that_cannot_be_used_is_an_error(course: pytest.Pytester) -> None:
    course.path.joinpath("lectures", "05.md").write_text("fault")
    result = course.runpytest_subprocess("--derive", "lectures/05.md")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a wrong model*"])


def test_equal_formulas_at_one_place_have_names_of_their_own(course: pytest.Pytester) -> None:
    course.path.joinpath("lectures", "06.txt").write_text("x\nx\n")
    result = course.runpytest_subprocess("--derive", "--collect-only", "-q", "lectures/06.txt")
    result.stdout.fnmatch_lines(["lectures/06.txt::1:1 x", "lectures/06.txt::2:1 x"])


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        (r"\nabla_{W} \mathcal{L} = a h^T", "nabla_W_L"),
        (r"\frac{\partial L}{\partial \mathbf{a}_{ij}} = 1", "partial_L_partial_a_ij"),
        (r"= \hat{y} - y", "hat_y_y"),
        (r"W_k \in \mathbb{R}^{n}", "W_k"),
        (r"\nabla_{\boldsymbol{\theta}} J", "nabla_theta_J"),
        ("", ""),
        ("a" * 50, "a" * 24),
    ],
)
def test_slug(latex: str, name: str) -> None:
    assert slug(latex) == name


def test_folders_are_searched_as_the_command_line_does(course: pytest.Pytester) -> None:
    lectures = course.path / "lectures"
    for name in ("A.MARKDOWN", "drafts.md", ".hidden/h.md", "b.ltx", "c.mdx"):
        (lectures / name).parent.mkdir(exist_ok=True)
        (lectures / name).write_text("x claim\n")
    os.mkfifo(lectures / "pipe.md")
    (lectures / "zero.md").symlink_to("/dev/zero")
    (course.path / "derive.toml").write_text('exclude = ["drafts.md"]\n')
    config = find_config(course.path)
    expected = {str(path.relative_to(course.path)) for path in documents([lectures], config)}
    assert expected == {"lectures/04.md", "lectures/A.MARKDOWN", "lectures/b.ltx"}

    for arguments in (["--derive", "lectures"], ["-o", "derive_paths=lectures", "lectures"]):
        result = course.runpytest_subprocess("--collect-only", "-q", *arguments)
        assert {line.partition("::")[0] for line in result.outlines if "::" in line} == expected
    assert not (course.path / ".derive_cache").exists()


def test_a_document_that_is_named_is_taken_as_it_is(course: pytest.Pytester) -> None:
    (course.path / "derive.toml").write_text('exclude = ["04.md"]\n')
    result = course.runpytest_subprocess("--collect-only", "-q", "--derive", "lectures/04.md")
    assert any("::" in line for line in result.outlines)
